/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/wrap.h"

#include "report/escape.h"

void wrap_append(GString *out, const char *text, guint column, guint indent, const TextStyle *style)
{
    g_auto(GStrv) words = g_strsplit(text, " ", -1);
    gsize used = column;
    for (char **word = words; *word != NULL; word++) {
        gsize width = escape_display_width(*word);
        bool first = word == words;
        if (!first && style->width > 0 && used + 1 + width > style->width) {
            g_string_append_printf(out, "\n%*s%s", (int)indent, "", *word);
            used = indent + width;
        } else {
            g_string_append_printf(out, "%s%s", first ? "" : " ", *word);
            used += width + (first ? 0 : 1);
        }
    }
    g_string_append_c(out, '\n');
}
