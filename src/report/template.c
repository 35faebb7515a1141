/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/template.h"

#include <string.h>

/* The value of the name that WORD, of LENGTH, is; values are never searched for places themselves. */
static const char *find_value(const char *word, gsize length, va_list pairs)
{
    va_list rest;
    va_copy(rest, pairs);
    const char *found = NULL;
    for (const char *name; found == NULL && (name = va_arg(rest, const char *)) != NULL;) {
        const char *value = va_arg(rest, const char *);
        if (strlen(name) == length && strncmp(name, word, length) == 0)
            found = value != NULL ? value : "";
    }
    va_end(rest);
    g_assert(found != NULL);
    return found;
}

char *template_fill(const char *template, ...)
{
    GString *text = g_string_new(NULL);
    va_list pairs;
    va_start(pairs, template);
    for (const char *next; *template != '\0'; template = next) {
        gsize plain = strcspn(template, "{");
        g_string_append_len(text, template, (gssize)plain);
        next = template + plain;
        if (*next == '{') {
            gsize length = strcspn(next + 1, "}");
            g_string_append(text, find_value(next + 1, length, pairs));
            next += length + 2;
        }
    }
    va_end(pairs);
    return g_string_free(text, FALSE);
}
