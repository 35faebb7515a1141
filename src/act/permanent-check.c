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

/* What firewalld still has in its memory it writes whole: doing an action and undoing it mends the file. */
static char *cure_of(const GPtrArray *actions)
{
    g_autoptr(GString) commands = g_string_new(NULL);
    for (guint i = actions->len; i > 0; i--) {
        const Action *action = g_ptr_array_index(actions, i - 1);
        g_autoptr(Action) inverse = action_inverse(action);
        if (!was_tried(action))
            continue;
        if (action->state != ACTION_DONE)
            append_command(commands, action);
        append_command(commands, inverse);
    }
    return g_strdup_printf(
        "make room on the disk that /etc/firewalld is on, then run: %s; then see "
        "firewall-cmd --check-config",
        commands->str);
}

bool permanent_check(Bus *bus, const GPtrArray *actions, const GError *reason, GError **error)
{
    bool any = false;
    PTR_ARRAY_FOREACH (const Action, action, actions)
        any = any || was_tried(action);
    g_autoptr(GError) fault = NULL;
    g_autoptr(GVariant) sound =
        any ? bus_call(bus, CALL_CHECK_PERMANENT_CONFIG, NULL, NULL, &fault) : NULL;
    if (!any || sound != NULL || bus_error_firewalld_code(fault) == NULL)
        return true;
    g_autofree char *hint = cure_of(actions);
    nicfix_error_set(
        error, NICFIX_ERROR_NOT_UNDONE, hint,
        "%s%sthe permanent configuration is broken now, and the next reload or restart of "
        "firewalld will fail: %s",
        reason != NULL ? reason->message : "", reason != NULL ? "; " : "", fault->message);
    return false;
}
