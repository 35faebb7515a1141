/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Commands to paste. */
#include "report/fix-text.h"

#include "model/foreach.h"
#include "report/escape.h"

void command_text_append(GString *text, char *const *words)
{
    STRV_FOREACH (word, words) {
        g_autofree char *quoted = escape_for_shell(*word);
        g_string_append_printf(text, "%s%s", word == words ? "" : " ", quoted);
    }
}

void fix_text_append(GString *text, const Fix *fix, int indent, const TextStyle *style)
{
    bool has_command = *fix->command != NULL;
    g_string_append_printf(text, "%*s%sfix:%s%s", indent, "", text_good(style), text_plain(style),
                           has_command ? "  " : "");
    command_text_append(text, fix->command);
    g_string_append_c(text, '\n');
    if (fix->firewall_cmd->len == 0)
        return;
    if (has_command)
        g_string_append_printf(text, "%*s%sor by hand:%s\n", indent, "", text_faint(style),
                               text_plain(style));
    PTR_ARRAY_FOREACH (char *, command, fix->firewall_cmd) {
        g_string_append_printf(text, "%*s%s", indent + 6, "", text_faint(style));
        command_text_append(text, command);
        g_string_append_printf(text, "%s\n", text_plain(style));
    }
}
