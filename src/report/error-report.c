/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/error-report.h"

#include "model/error.h"
#include "report/escape.h"
#include "report/json-parts.h"
#include "report/wrap.h"

#include <string.h>

/* A terminal that cannot show GLib's typographic quotes gets plain ones. */
static char *for_terminal(const char *text, bool unicode)
{
    g_autofree char *escaped = escape_for_terminal(text);
    g_autoptr(GString) result = g_string_new(escaped);
    if (!unicode) {
        g_string_replace(result, "“", "'", 0);
        g_string_replace(result, "”", "'", 0);
    }
    return g_string_free(g_steal_pointer(&result), FALSE);
}

char *error_report_text(const GError *error, const TextStyle *style, bool unicode)
{
    static const char name[] = "nicfix: ";
    static const char label[] = "  try: ";
    enum { NAME_WIDTH = sizeof name - 1, LABEL_WIDTH = sizeof label - 1, LONG_LINE = 160 };
    const char *hint = nicfix_error_hint(error);
    g_autofree char *message = for_terminal(error->message, unicode);
    g_autofree char *advice = for_terminal(hint != NULL ? hint : "", unicode);
    GString *text = g_string_new(NULL);
    g_string_append_printf(text, "%snicfix:%s ", text_bad(style), text_plain(style));
    if (style->width == 0 && strlen(message) + strlen(advice) < LONG_LINE) {
        g_string_append_printf(text, "%s%s%s\n", message, hint != NULL ? "; " : "", advice);
    } else {
        wrap_append(text, message, NAME_WIDTH, NAME_WIDTH, style);
        if (hint != NULL) {
            g_string_append(text, label);
            wrap_append(text, advice, LABEL_WIDTH, LABEL_WIDTH, style);
        }
    }
    return g_string_free(text, FALSE);
}

void error_report_print(const GError *error)
{
    const TextStyle style = text_style_for(stderr, COLOR_AUTO, false);
    g_autofree char *text = error_report_text(error, &style, g_get_charset(NULL));
    fputs(text, stderr);
}

json_t *error_report_json(const GError *error)
{
    json_t *document = json_document("error");
    json_object_set_new(document, "error", json_error(error));
    return document;
}

void error_report_print_document(const GError *error)
{
    json_t *document = error_report_json(error);
    json_dumpf(document, stderr, JSON_COMPACT);
    json_decref(document);
}
