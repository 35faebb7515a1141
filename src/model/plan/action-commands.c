/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The command lines that do what an action does. */
#include "model/plan/action.h"
#include "model/strv.h"

/* Adds the words of firewall-cmd that are not NULL as a command. */
static void add_command(GPtrArray *commands, const Action *action, char *subject, char *option)
{
    g_autoptr(GStrvBuilder) words = g_strv_builder_new();
    g_strv_builder_add(words, "firewall-cmd");
    if (action->scope == SCOPE_PERMANENT)
        g_strv_builder_add(words, "--permanent");
    if (subject != NULL)
        g_strv_builder_add(words, subject);
    g_strv_builder_add(words, option);
    g_ptr_array_add(commands, g_strv_builder_end(words));
    g_free(subject);
    g_free(option);
}

/* ---- policies ---- */

static void add_policy_command(GPtrArray *commands, const Action *action, const char *option,
                               const char *value)
{
    add_command(commands, action, g_strconcat("--policy=", action->value, NULL),
                g_strconcat(option, value, NULL));
}

/* firewall-cmd 1.3.3 refuses --new-policy without --permanent, and its zones in the same call. */
static void add_policy_commands(GPtrArray *commands, const Action *action)
{
    bool adds = action->op == ACTION_ADD_POLICY;
    if (action->scope == SCOPE_RUNTIME && adds) {
        add_command(commands, action, NULL, g_strdup("--reload"));
    } else if (action->scope == SCOPE_RUNTIME) {
        add_policy_command(commands, action, "--remove-ingress-zone=", action->from);
        add_policy_command(commands, action, "--remove-egress-zone=", action->to);
    } else if (adds) {
        add_command(commands, action, NULL, g_strconcat("--new-policy=", action->value, NULL));
        add_policy_command(commands, action, "--add-ingress-zone=", action->from);
        add_policy_command(commands, action, "--add-egress-zone=", action->to);
        add_policy_command(commands, action, "--set-target=", "ACCEPT");
    } else {
        add_command(commands, action, NULL, g_strconcat("--delete-policy=", action->value, NULL));
    }
}

/* ---- zones ---- */

/* Where NetworkManager manages the interface, firewall-cmd --permanent (1.3.3) changes its profile, and
 * not the zone file. */
static void add_zone_file_command(GPtrArray *commands, const Action *action)
{
    bool binds = action->op == ACTION_BIND;
    g_autofree char *zone = g_strconcat("--zone=", binds ? action->to : action->from, NULL);
    g_autofree char *option =
        g_strconcat(binds ? "--add-interface=" : "--remove-interface=", action->interface, NULL);
    g_autoptr(GStrvBuilder) words = g_strv_builder_new();
    STRV_BUILDER_ADD(words, "firewall-offline-cmd", zone, option);
    g_ptr_array_add(commands, g_strv_builder_end(words));
}

static void add_zone_command(GPtrArray *commands, const Action *action)
{
    static const char *const options[] = {
        [ACTION_BIND] = "--add-interface=",
        [ACTION_UNBIND] = "--remove-interface=",
        [ACTION_MOVE] = "--change-interface=",
        [ACTION_ENABLE_FORWARD] = "--add-forward",
        [ACTION_DISABLE_FORWARD] = "--remove-forward",
        [ACTION_ADD_SOURCE] = "--add-source=",
        [ACTION_REMOVE_SOURCE] = "--remove-source=",
        [ACTION_ADD_SERVICE] = "--add-service=",
        [ACTION_REMOVE_SERVICE] = "--remove-service=",
        [ACTION_ADD_PORT] = "--add-port=",
        [ACTION_REMOVE_PORT] = "--remove-port=",
    };
    const char *zone = action->op == ACTION_UNBIND ? action->from : action->to;
    const char *value = action->interface != NULL ? action->interface : action->value;
    add_command(commands, action, g_strconcat("--zone=", zone, NULL),
                g_strconcat(options[action->op], value, NULL));
}

/* ---- profiles ---- */

static void add_profile_command(GPtrArray *commands, const Action *action)
{
    g_autoptr(GStrvBuilder) words = g_strv_builder_new();
    STRV_BUILDER_ADD(words, "nmcli", "connection", "modify", action->profile, "connection.zone",
                     action->to != NULL ? action->to : "");
    g_ptr_array_add(commands, g_strv_builder_end(words));
}

/* ---- the whole ---- */

GPtrArray *action_commands(const Action *action)
{
    GPtrArray *commands = g_ptr_array_new_with_free_func((GDestroyNotify)g_strfreev);
    if (action->scope == SCOPE_NETWORKMANAGER)
        add_profile_command(commands, action);
    else if (action_is_of_policy(action))
        add_policy_commands(commands, action);
    else if (action->scope == SCOPE_PERMANENT && action->profile != NULL)
        add_zone_file_command(commands, action);
    else
        add_zone_command(commands, action);
    return commands;
}
