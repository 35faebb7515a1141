/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A fleet as two tables, one line of summary, and a line for each failure. */
#include "fleet/fleet-text.h"

#include "model/foreach.h"
#include "report/escape.h"
#include "report/table.h"
#include "report/wrap.h"

#include <string.h>

/* ---- parts ---- */

char *fleet_text_remark(const FleetHost *host)
{
    if (host->after != NULL)
        return g_strdup_printf("expected after a %s", host->after);
    if (host->source == FLEET_APPLY)
        return g_strdup_printf("had %u error%s, %u warning%s before apply", host->before.errors,
                               text_plural(host->before.errors), host->before.warnings,
                               text_plural(host->before.warnings));
    return NULL;
}

char *fleet_text_summary(const FleetReport *report)
{
    GString *text = g_string_new(NULL);
    g_string_append_printf(text, "%u host%s", report->names, text_plural(report->names));
    if (report->with_errors + report->with_warnings + report->unreadable == 0)
        g_string_append(text, ", no errors and no warnings");
    else
        g_string_append_printf(text, ": %u with errors, %u with warnings only", report->with_errors,
                               report->with_warnings);
    if (report->unchecked > 0)
        g_string_append_printf(text, ", %u not checked", report->unchecked);
    if (report->old > 0)
        g_string_append_printf(text, "; %u document%s older than a day", report->old,
                               text_plural(report->old));
    return g_string_free(text, FALSE);
}

/* ---- hosts ---- */

/* The name of HOST, with the file where HOST has several documents (transfer full). */
static char *name_of(const FleetHost *host)
{
    return host->alone ? g_strdup(host->host) : g_strdup_printf("%s (%s)", host->host, host->file);
}

/* What failed, or the worst finding and a remark (transfer full). */
static char *worst_cell(const FleetHost *host)
{
    g_autofree char *remark = fleet_text_remark(host);
    if (host->error != NULL)
        return g_strdup(host->source == FLEET_APPLY   ? "apply failed"
                        : host->source == FLEET_ERROR ? "nicfix failed"
                                                      : "not checked");
    if (host->found == 0)
        return g_steal_pointer(&remark);
    const char *interface = host->worst_interface;
    return g_strconcat(finding_word(host->worst), interface != NULL ? " " : "",
                       interface != NULL ? interface : "", remark != NULL ? ", " : "", remark,
                       NULL);
}

/* NULL where it is not known (transfer full). */
static char *count_cell(bool known, guint count)
{
    return known ? g_strdup_printf("%u", count) : NULL;
}

static void add_host(Table *table, const FleetHost *host, const TextStyle *style)
{
    bool judged = fleet_host_is_judged(host);
    g_autofree char *name = name_of(host);
    g_autofree char *errors = count_cell(judged, host->count.errors);
    g_autofree char *warnings = count_cell(judged, host->count.warnings);
    g_autofree char *infos = count_cell(fleet_host_has_infos(host), host->infos);
    g_autofree char *worst = worst_cell(host);
    g_autofree char *age = fleet_host_age(host);
    const char *cells[] = {name, errors, warnings, infos, host->firewalld, age, worst, NULL};
    table_add(table, cells);
    table_color(table, host->count.errors > 0                            ? text_bad(style)
                       : host->count.warnings > 0 || host->error != NULL ? text_doubtful(style)
                                                                         : text_good(style));
}

static void append_hosts(GString *text, const FleetReport *report, const TextStyle *style)
{
    static const char *const titles[] = {"HOST",      "ERRORS", "WARNINGS", "INFOS",
                                         "FIREWALLD", "AGE",    "WORST",    NULL};
    g_autoptr(Table) table = table_new(titles);
    PTR_ARRAY_FOREACH (const FleetHost, host, report->hosts)
        add_host(table, host, style);
    table_render(table, style, text);
}

/* ---- findings ---- */

static void append_findings(GString *text, const FleetReport *report, const TextStyle *style)
{
    static const char *const titles[] = {"FINDING", "SEVERITY", "HOSTS", NULL};
    if (report->tallies->len == 0)
        return;
    g_autoptr(Table) table = table_new(titles);
    PTR_ARRAY_FOREACH (const FleetTally, tally, report->tallies) {
        g_autofree char *hosts = g_strdup_printf("%u", tally->hosts);
        const char *cells[] = {finding_word(tally->id), severity_word(tally->severity), hosts,
                               NULL};
        table_add(table, cells);
    }
    table_render(table, style, text);
    g_string_append_c(text, '\n');
}

/* Why nothing is known of a host, or why a change failed: a line each, since a cell may be cut. */
static void append_failures(GString *text, const FleetReport *report, const TextStyle *style)
{
    guint told = 0;
    PTR_ARRAY_FOREACH (const FleetHost, host, report->hosts) {
        if (host->error == NULL)
            continue;
        g_autofree char *name = name_of(host);
        g_autofree char *line = g_strdup_printf("%s: %s", name, host->error);
        g_autofree char *escaped = escape_for_terminal(line);
        const char *title = host->source == FLEET_UNREADABLE ? "not checked" : "failed";
        g_string_append_printf(text, "%s%s%s%s ", told++ == 0 ? "\n" : "", text_doubtful(style),
                               title, text_plain(style));
        wrap_append(text, escaped, (guint)strlen(title) + 1, 2, style);
    }
}

char *fleet_text(const FleetReport *report, const TextStyle *style)
{
    GString *text = g_string_new(NULL);
    append_hosts(text, report, style);
    g_string_append_c(text, '\n');
    append_findings(text, report, style);
    g_autofree char *summary = fleet_text_summary(report);
    const char *color = report->with_errors > 0                               ? text_bad(style)
                        : report->with_warnings > 0 || report->unreadable > 0 ? text_doubtful(style)
                                                                              : text_good(style);
    g_string_append_printf(text, "%s%s%s\n", color, summary, text_plain(style));
    append_failures(text, report, style);
    return g_string_free(text, FALSE);
}
