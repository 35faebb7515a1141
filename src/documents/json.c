/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Values, members and text of JSON documents: see json.h. */
#include "documents/json.h"

#include "model/foreach.h"

#include <string.h>

json_t *json_document(const char *name)
{
    json_t *document = json_object();
    json_object_set_new(document, "schema", json_sprintf("nicfix.%s/1", name));
    return document;
}

/* Jansson leaves U+007F as it is, which can only be in a string. */
static char *escape_delete(char *text)
{
    GString *escaped = g_string_new(text);
    g_free(text);
    g_string_replace(escaped, "\x7f", "\\u007f", 0);
    return g_string_free(escaped, FALSE);
}

char *json_document_text(const json_t *document, bool indented)
{
    char *text =
        json_dumps(document, JSON_ENSURE_ASCII | (indented ? JSON_INDENT(2) : JSON_COMPACT));
    g_assert(text != NULL);
    return strchr(text, '\x7f') != NULL ? escape_delete(text) : text;
}

json_t *json_text(const char *text)
{
    if (text == NULL)
        return json_null();
    gsize length = strlen(text);
    if (g_utf8_validate(text, (gssize)length, NULL))
        return json_stringn_nocheck(text, length);
    g_autofree char *valid = g_utf8_make_valid(text, (gssize)length);
    return json_string(valid);
}

json_t *json_tristate(Tristate value)
{
    return value == TRISTATE_UNKNOWN ? json_null() : json_boolean(value == TRISTATE_YES);
}

json_t *json_texts(const GPtrArray *texts)
{
    json_t *array = json_array();
    PTR_ARRAY_FOREACH (const char, text, texts)
        json_array_append_new(array, json_text(text));
    return array;
}

json_t *json_strv(char *const *strv)
{
    json_t *array = json_array();
    STRV_FOREACH (text, strv)
        json_array_append_new(array, json_text(*text));
    return array;
}
