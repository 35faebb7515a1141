/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nicfix report: one report of many hosts, from the documents that nicfix wrote on them. */
#include "commands/command.h"

#include "model/error.h"
#include "fleet/fleet-documents.h"
#include "report/error-report.h"
#include "fleet/fleet-html.h"
#include "fleet/fleet-json.h"
#include "fleet/fleet-text.h"

typedef struct {
    char *format;
    char *fail_on;
} ReportOptions;

static GOptionEntry *make_entries(gpointer values)
{
    ReportOptions *options = values;
    const GOptionEntry entries[] = {
        {"format", 0, 0, G_OPTION_ARG_STRING, &options->format,
         "Write text (default), a JSON document or a page", "text|json|html"},
        {"fail-on", 0, 0, G_OPTION_ARG_STRING, &options->fail_on,
         "Exit 1 from this severity on (default: warning)", "warning|error"},
        {NULL},
    };
    return g_memdup2(entries, sizeof entries);
}

static void free_values(gpointer values)
{
    ReportOptions *options = values;
    g_free(options->format);
    g_free(options->fail_on);
}

static bool check_arguments(const Context *context, char *const *arguments, GError **error)
{
    static const char hint[] = "name files that nicfix check --json or nicfix snapshot wrote, "
                               "directories of them, or - for standard input";
    if (context->options->snapshot != NULL)
        nicfix_error_set(error, NICFIX_ERROR_USAGE, hint, "report does not take --snapshot");
    else if (*arguments == NULL)
        nicfix_error_set(error, NICFIX_ERROR_USAGE, hint, "report needs documents");
    return context->options->snapshot == NULL && *arguments != NULL;
}

/* A document that is none must not go unnoticed in a page that nobody looks at. */
static void tell_if_unreadable(const FleetHost *host)
{
    if (host->source != FLEET_UNREADABLE)
        return;
    g_autoptr(GError) error = NULL;
    nicfix_error_set(&error, NICFIX_ERROR_BAD_INPUT, NULL, "%s", host->error);
    error_report_tell(error);
}

static FleetReport *read_fleet(const Context *context, char *const *arguments)
{
    FleetReport *report = fleet_report_new();
    g_autoptr(GPtrArray) paths = fleet_documents_find(arguments);
    for (guint i = 0; i < paths->len; i++) {
        FleetHost *host =
            fleet_document_read(g_ptr_array_index(paths, i), context_uplinks(context));
        tell_if_unreadable(host);
        fleet_report_add(report, host);
    }
    fleet_report_finish(report);
    return report;
}

static void write_report(Output *output, const FleetReport *report)
{
    switch (output->format) {
    case FORMAT_TEXT:
        output_text(output, fleet_text(report, &output->style));
        break;
    case FORMAT_SPECIAL:
        output_special(output, fleet_html(report));
        break;
    case FORMAT_JSON:
    case FORMAT_JSON_LINES:
        output_json(output, fleet_json(report));
        break;
    }
}

static int run(const Context *context, gpointer values, char *const *arguments, GError **error)
{
    enum { NOTHING_READ = 2 };
    const ReportOptions *options = values;
    Severity fail_on;
    if (!command_choose_format(context, options->format, "html", error) ||
        !command_parse_fail_on(options->fail_on, &fail_on, error) ||
        !check_arguments(context, arguments, error))
        return -1;
    g_autoptr(FleetReport) report = read_fleet(context, arguments);
    write_report(context->output, report);
    if (!fleet_report_is_judged(report))
        return NOTHING_READ;
    return fleet_report_has(report, fail_on) ? STATUS_NOT_FINE : STATUS_FINE;
}

const Command report_command = {
    .name = "report",
    .arguments = "FILE|DIR|-...",
    .summary = "One report of many hosts, from what check or snapshot wrote on them",
    .example = "nicfix report --format html fleet/ > fleet.html",
    .max_arguments = G_MAXUINT,
    .values_size = sizeof(ReportOptions),
    .make_entries = make_entries,
    .free_values = free_values,
    .run = run,
};
