/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/metrics.h"

#include "model/error.h"
#include "model/foreach.h"

static void head(GString *text, const char *name, const char *type, const char *help)
{
    g_string_append_printf(text, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void add_number(GString *text, const char *name, const char *type, const char *help,
                       guint64 value)
{
    head(text, name, type, help);
    g_string_append_printf(text, "%s %" G_GUINT64_FORMAT "\n", name, value);
}

/* ---- findings ---- */

static guint count_findings(const Diagnosis *diagnosis, FindingId id, Severity severity)
{
    guint count = 0;
    PTR_ARRAY_FOREACH (const Finding, finding, diagnosis->findings)
        count += finding->id == id && finding->severity == severity;
    return count;
}

/* Every series is there from the start, so that one that appears is a change and not a gap. */
static void add_findings(GString *text, const Diagnosis *diagnosis)
{
    head(text, "nicfix_findings", "gauge", "Findings of nicfix check by id and severity.");
    for (FindingId id = FINDING_PANIC_MODE; id <= FINDING_LAST; id++) {
        for (Severity severity = SEVERITY_INFO; severity <= SEVERITY_ERROR; severity++)
            g_string_append_printf(text, "nicfix_findings{id=\"%s\",severity=\"%s\"} %u\n",
                                   finding_word(id), severity_word(severity),
                                   count_findings(diagnosis, id, severity));
    }
}

static bool is_covered(const Diagnosis *diagnosis, const Link *link)
{
    PTR_ARRAY_FOREACH (const Finding, finding, diagnosis->findings) {
        if (finding->severity >= SEVERITY_WARNING && g_strcmp0(finding->interface, link->name) == 0)
            return false;
    }
    return true;
}

static guint count_covered(const Diagnosis *diagnosis)
{
    guint count = 0;
    PTR_ARRAY_FOREACH (const Link, uplink, topology_uplinks(diagnosis->topology))
        count += is_covered(diagnosis, uplink);
    return count;
}

static void add_host(GString *text, const Metrics *metrics)
{
    const Diagnosis *diagnosis = metrics->diagnosis;
    add_findings(text, diagnosis);
    add_number(text, "nicfix_links", "gauge", "Network interfaces.", metrics->links);
    add_number(text, "nicfix_uplinks", "gauge", "Interfaces that lead to other networks.",
               topology_uplinks(diagnosis->topology)->len);
    add_number(text, "nicfix_uplinks_covered", "gauge",
               "Uplinks that no warning and no error is about.", count_covered(diagnosis));
    add_number(text, "nicfix_downstreams", "gauge", "Interfaces whose traffic is forwarded.",
               topology_count_downstreams(diagnosis->topology));
}

/* ---- the whole ---- */

char *metrics_text(const Metrics *metrics)
{
    GString *text = g_string_new(NULL);
    char duration[G_ASCII_DTOSTR_BUF_SIZE];
    add_number(text, "nicfix_up", "gauge", "Whether the last pass could read the host.",
               metrics->diagnosis != NULL);
    if (metrics->diagnosis != NULL)
        add_host(text, metrics);
    add_number(text, "nicfix_last_success_timestamp_seconds", "gauge",
               "When the last pass that read the host ended.", (guint64)metrics->last_success);
    head(text, "nicfix_pass_duration_seconds", "gauge", "How long the last pass took.");
    g_string_append_printf(text, "nicfix_pass_duration_seconds %s\n",
                           g_ascii_formatd(duration, sizeof duration, "%.6f", metrics->duration));
    add_number(text, "nicfix_passes_total", "counter", "Passes since the start.", metrics->passes);
    add_number(text, "nicfix_failures_total", "counter", "Passes that could not read the host.",
               metrics->failures);
    return g_string_free(text, FALSE);
}

bool metrics_write(const Metrics *metrics, const char *path, GError **error)
{
    g_autofree char *text = metrics_text(metrics);
    g_autoptr(GError) reason = NULL;
    if (g_file_set_contents_full(path, text, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0644, &reason))
        return true;
    nicfix_error_set(error, NICFIX_ERROR_OUTPUT, NULL, "--metrics: %s", reason->message);
    return false;
}
