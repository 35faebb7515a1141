/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The text of a document. Jansson's own writer (2.14) makes a hash table of all that it is inside of and a call
 * for each piece: that took longer than to judge the flow that was told. */
#include "documents/json.h"

#include <string.h>

/* Where values are put. */
typedef struct {
    GString *text;
    bool indented;
} Writer;

static bool is_plain(char c)
{
    return c >= ' ' && c < '\x7f' && c != '"' && c != '\\';
}

static void put_unit(GString *text, guint unit)
{
    g_string_append_printf(text, "\\u%04X", unit);
}

/* As Jansson writes them, but for U+007F, which it leaves as it is. */
static void put_special(GString *text, gunichar c)
{
    static const char named[] = "\b\f\n\r\t\"\\", letters[] = "bfnrt\"\\";
    const char *found = c < 0x7f ? strchr(named, (int)c) : NULL;
    if (c == 0x7f) {
        g_string_append(text, "\\u007f");
    } else if (found != NULL && c != 0) {
        g_string_append_c(text, '\\');
        g_string_append_c(text, letters[found - named]);
    } else if (c < 0x10000) {
        put_unit(text, c);
    } else { /* a pair of surrogates: RFC 8259, 7 */
        put_unit(text, 0xd800 + ((c - 0x10000) >> 10));
        put_unit(text, 0xdc00 + ((c - 0x10000) & 0x3ff));
    }
}

static void put_string(GString *text, const char *string, gsize length)
{
    const char *end = string + length;
    g_string_append_c(text, '"');
    while (string < end) {
        const char *plain = string;
        while (string < end && is_plain(*string))
            string++;
        g_string_append_len(text, plain, string - plain);
        if (string == end)
            break;
        put_special(text, g_utf8_get_char(string));
        string = g_utf8_next_char(string);
    }
    g_string_append_c(text, '"');
}

static void put_line(const Writer *writer, guint depth)
{
    if (!writer->indented)
        return;
    g_string_append_c(writer->text, '\n');
    for (guint i = 0; i < depth; i++)
        g_string_append(writer->text, "  ");
}

static void put_value(const Writer *writer, const json_t *value, guint depth);

static void put_array(const Writer *writer, const json_t *array, guint depth)
{
    gsize size = json_array_size(array);
    g_string_append_c(writer->text, '[');
    for (gsize i = 0; i < size; i++) {
        if (i > 0)
            g_string_append_c(writer->text, ',');
        put_line(writer, depth + 1);
        put_value(writer, json_array_get(array, i), depth + 1);
    }
    if (size > 0)
        put_line(writer, depth);
    g_string_append_c(writer->text, ']');
}

static void put_object(const Writer *writer, json_t *object, guint depth)
{
    const char *key;
    json_t *value;
    bool is_first = true;
    g_string_append_c(writer->text, '{');
    json_object_foreach(object, key, value)
    {
        if (!is_first)
            g_string_append_c(writer->text, ',');
        is_first = false;
        put_line(writer, depth + 1);
        put_string(writer->text, key, strlen(key));
        g_string_append(writer->text, writer->indented ? ": " : ":");
        put_value(writer, value, depth + 1);
    }
    if (!is_first)
        put_line(writer, depth);
    g_string_append_c(writer->text, '}');
}

static void put_real(GString *text, const json_t *real)
{
    char *number = json_dumps(real, JSON_ENCODE_ANY);
    g_string_append(text, number);
    free(number);
}

static void put_value(const Writer *writer, const json_t *value, guint depth)
{
    switch (json_typeof(value)) {
    case JSON_OBJECT:
        put_object(writer, (json_t *)value, depth);
        break;
    case JSON_ARRAY:
        put_array(writer, value, depth);
        break;
    case JSON_STRING:
        put_string(writer->text, json_string_value(value), json_string_length(value));
        break;
    case JSON_INTEGER:
        g_string_append_printf(writer->text, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
        break;
    case JSON_REAL:
        put_real(writer->text, value);
        break;
    case JSON_TRUE:
        g_string_append(writer->text, "true");
        break;
    case JSON_FALSE:
        g_string_append(writer->text, "false");
        break;
    case JSON_NULL:
        g_string_append(writer->text, "null");
        break;
    }
}

char *json_document_text(const json_t *document, bool indented)
{
    enum { USUAL_SIZE = 2048 };
    const Writer writer = {g_string_sized_new(USUAL_SIZE), indented};
    put_value(&writer, document, 0);
    return g_string_free(writer.text, FALSE);
}
