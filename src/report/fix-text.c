/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Commands to paste. */
#include "report/fix-text.h"

#include "report/escape.h"

void command_text_append(GString *text, char *const *words)
{
    for (char *const *word = words; *word != NULL; word++) {
        g_autofree char *quoted = escape_for_shell(*word);
        g_string_append_printf(text, "%s%s", word == words ? "" : " ", quoted);
    }
}

void fix_text_append(GString *text, const Fix *fix, int indent, const TextStyle *style)
{
    g_string_append_printf(text, "%*s%sfix:%s  ", indent, "", text_good(style), text_plain(style));
    command_text_append(text, fix->command);
    g_string_append_c(text, '\n');
    for (guint i = 0; i < fix->firewall_cmd->len; i++) {
        g_string_append_printf(text, "%*s%s%s", indent, "", text_faint(style),
                               i == 0 ? "same: " : "      ");
        command_text_append(text, g_ptr_array_index(fix->firewall_cmd, i));
        g_string_append_printf(text, "%s\n", text_plain(style));
    }
}
