/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "act/permanent-check.h"

#include "bus/bus-error.h"
#include "model/error.h"
#include "model/foreach.h"
#include "report/plan-text.h"

static bool was_tried(const Action *action)
{
    return action->scope == SCOPE_PERMANENT && action->state != ACTION_PLANNED;
}

static void append_command(GString *text, const Action *action)
{
    g_autofree char *command = action_command_line(action);
    g_string_append_printf(text, "%s%s", text->len > 0 ? "; " : "", command);
}

/* What firewalld still has in its memory it writes whole: doing an action and undoing it mends the file. What
 * was done elsewhere is undone, too: the list leads back. */
static char *cure_of(const GPtrArray *actions)
{
    g_autoptr(GString) commands = g_string_new(NULL);
    for (guint i = actions->len; i > 0; i--) {
        const Action *action = g_ptr_array_index(actions, i - 1);
        g_autoptr(Action) inverse = action_inverse(action);
        bool is_done = action->state == ACTION_DONE;
        if (was_tried(action) && !is_done)
            append_command(commands, action);
        if (was_tried(action) || is_done)
            append_command(commands, inverse);
    }
    return g_strdup_printf(
        "make room on the disk that /etc/firewalld is on, then run: %s; then see "
        "firewall-cmd --check-config",
        commands->str);
}

/* What firewalld's own check finds (transfer full), or NULL with *ERROR NULL, or with the error of the call. */
static GError *fault_of(Bus *bus, GError **error)
{
    g_autoptr(GError) reason = NULL;
    g_autoptr(GVariant) sound = bus_call(bus, CALL_CHECK_PERMANENT_CONFIG, NULL, NULL, &reason);
    if (sound != NULL || bus_error_firewalld_code(reason) != NULL)
        return g_steal_pointer(&reason);
    g_propagate_error(error, g_steal_pointer(&reason));
    return NULL;
}

bool permanent_check_before(Bus *bus, GError **error)
{
    g_autoptr(GError) failure = NULL;
    g_autoptr(GError) fault = fault_of(bus, &failure);
    if (fault != NULL)
        nicfix_error_set(
            error, NICFIX_ERROR_REFUSED,
            "run firewall-cmd --check-config to see what is wrong, or use --runtime-only",
            "the permanent configuration is broken, and nothing was changed: %s", fault->message);
    if (failure != NULL) {
        g_propagate_error(error, g_steal_pointer(&failure));
        return false;
    }
    return fault == NULL;
}

bool permanent_check_after(Bus *bus, const GPtrArray *actions, const GError *reason, GError **error)
{
    bool any = false;
    PTR_ARRAY_FOREACH (const Action, action, actions)
        any = any || was_tried(action);
    g_autoptr(GError) fault = any ? fault_of(bus, NULL) : NULL;
    if (fault == NULL)
        return true;
    g_autofree char *hint = cure_of(actions);
    nicfix_error_set(
        error, NICFIX_ERROR_NOT_UNDONE, hint,
        "%s%sthe permanent configuration is broken now, and the next reload or restart of "
        "firewalld will fail: %s",
        reason != NULL ? reason->message : "", reason != NULL ? "; " : "", fault->message);
    return false;
}
