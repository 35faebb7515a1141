/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The commands of an action as one line, for tests. */
#pragma once

#include "model/plan/action.h"

/* Separated by "; " (transfer full). */
static inline char *command_line_of(const Action *action)
{
    g_autoptr(GPtrArray) commands = action_commands(action);
    GString *line = g_string_new(NULL);
    for (guint i = 0; i < commands->len; i++) {
        g_autofree char *command = g_strjoinv(" ", g_ptr_array_index(commands, i));
        g_string_append_printf(line, "%s%s", i > 0 ? "; " : "", command);
    }
    return g_string_free(line, FALSE);
}
