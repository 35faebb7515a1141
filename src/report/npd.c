/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/npd.h"

#include "report/check-report.h"
#include "report/escape.h"
#include "report/finding-text.h"

#include <string.h>

enum { MAX_BYTES = 80 };

NpdStatus npd_status(const Diagnosis *diagnosis, Severity severity)
{
    return diagnosis_has(diagnosis, severity) ? NPD_PROBLEM : NPD_OK;
}

/* As much of TEXT as there is room for, in whole characters. */
static char *line_of(const char *text)
{
    static const char dots[] = "...";
    g_autofree char *shown = escape_for_terminal(text);
    if (strlen(shown) > MAX_BYTES) {
        char *end = g_utf8_find_prev_char(shown, shown + MAX_BYTES - strlen(dots) + 1);
        *end = '\0';
        return g_strconcat(shown, dots, "\n", NULL);
    }
    return g_strconcat(shown, "\n", NULL);
}

char *npd_text(const Diagnosis *diagnosis)
{
    if (!diagnosis_has(diagnosis, SEVERITY_WARNING)) {
        g_autofree char *summary = check_report_summary(diagnosis);
        return line_of(summary);
    }
    const Finding *worst = g_ptr_array_index(diagnosis->findings, 0);
    g_autofree char *message = finding_message(worst);
    g_autofree char *text = g_strdup_printf("%s: %s", finding_word(worst->id), message);
    return line_of(text);
}

char *npd_text_of_error(const GError *error)
{
    return line_of(error->message);
}
