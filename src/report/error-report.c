/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How errors are told. */
#include "report/error-report.h"

#include "model/error.h"
#include "report/escape.h"
#include "report/json-parts.h"

static char *error_text(const GError *error, const TextStyle *style)
{
    const char *hint = nicfix_error_hint(error);
    g_autofree char *message = escape_for_terminal(error->message);
    g_autofree char *escaped_hint = escape_for_terminal(hint != NULL ? hint : "");
    return g_strdup_printf("%snicfix:%s %s%s%s\n", text_bad(style), text_plain(style), message,
                           hint != NULL ? "; " : "", escaped_hint);
}

void error_report_tell(const GError *error)
{
    TextStyle style = text_style_for(stderr, COLOR_AUTO, false);
    g_autofree char *text = error_text(error, &style);
    fputs(text, stderr);
}

json_t *error_report_json(const GError *error)
{
    json_t *document = json_document("error");
    json_object_set_new(document, "error", json_error(error));
    return document;
}
