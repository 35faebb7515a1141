/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sosreport/lines.h"

#include "model/foreach.h"

#include <string.h>

char **line_words(const char *line)
{
    g_auto(GStrv) pieces = g_strsplit_set(line, " \t", -1);
    g_autoptr(GStrvBuilder) words = g_strv_builder_new();
    STRV_FOREACH (piece, pieces) {
        if (**piece != '\0')
            g_strv_builder_add(words, *piece);
    }
    return g_strv_builder_end(words);
}

const char *word_after(char *const *words, const char *key)
{
    for (; *words != NULL; words++) {
        if (g_str_equal(*words, key))
            return words[1];
    }
    return NULL;
}

bool words_have(char *const *words, const char *word)
{
    return g_strv_contains((const char *const *)words, word);
}

bool line_has_prefix(const char *line, const char *prefix, char **rest)
{
    if (!g_str_has_prefix(line, prefix))
        return false;
    *rest = g_strstrip(g_strdup(line + strlen(prefix)));
    return true;
}

bool number_parse(const char *text, guint64 max, guint64 *number)
{
    bool is_hexadecimal = text != NULL && g_str_has_prefix(text, "0x");
    return text != NULL &&
           g_ascii_string_to_unsigned(is_hexadecimal ? text + 2 : text, is_hexadecimal ? 16 : 10, 0,
                                      max, number, NULL);
}
