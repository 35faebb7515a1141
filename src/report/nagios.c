/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/nagios.h"

#include "report/check-report.h"
#include "report/escape.h"
#include "report/finding-text.h"

NagiosStatus nagios_status(const Diagnosis *diagnosis)
{
    if (diagnosis_has(diagnosis, SEVERITY_ERROR))
        return NAGIOS_CRITICAL;
    return diagnosis_has(diagnosis, SEVERITY_WARNING) ? NAGIOS_WARNING : NAGIOS_OK;
}

/* A bar begins performance data, wherever it stands. */
static char *one_line(const char *text)
{
    g_autofree char *plain = g_strdelimit(g_strdup(text), "|", '/');
    return escape_for_terminal(plain);
}

static char *line_of(NagiosStatus status, const char *message, const char *data)
{
    static const char *const words[] = {
        [NAGIOS_OK] = "OK",
        [NAGIOS_WARNING] = "WARNING",
        [NAGIOS_CRITICAL] = "CRITICAL",
        [NAGIOS_UNKNOWN] = "UNKNOWN",
    };
    g_autofree char *shown = one_line(message);
    return g_strdup_printf("NICFIX %s - %s%s\n", words[status], shown, data);
}

/* The worst finding; the performance data count the others. */
static char *status_text(const Diagnosis *diagnosis)
{
    if (!diagnosis_has(diagnosis, SEVERITY_WARNING))
        return check_report_summary(diagnosis);
    const Finding *worst = g_ptr_array_index(diagnosis->findings, 0);
    guint others = diagnosis->errors + diagnosis->warnings - 1;
    g_autofree char *message = finding_message(worst);
    return others == 0
               ? g_strdup_printf("%s: %s", finding_word(worst->id), message)
               : g_strdup_printf("%s: %s, and %u more", finding_word(worst->id), message, others);
}

char *nagios_text(const Diagnosis *diagnosis)
{
    g_autofree char *message = status_text(diagnosis);
    g_autofree char *data = g_strdup_printf(
        " | errors=%u;;0;0 warnings=%u;0;;0 uplinks=%u;;;0 downstreams=%u;;;0", diagnosis->errors,
        diagnosis->warnings, topology_uplinks(diagnosis->topology)->len,
        topology_count_downstreams(diagnosis->topology));
    return line_of(nagios_status(diagnosis), message, data);
}

char *nagios_text_of_error(const GError *error)
{
    return line_of(NAGIOS_UNKNOWN, error->message, "");
}
