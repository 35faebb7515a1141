/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nicfix report: one report of many hosts, from the documents that nicfix wrote on them. */
#include "commands/command-line.h"
#include "fleet/fleet-documents.h"
#include "fleet/fleet-html.h"
#include "fleet/fleet-json.h"
#include "fleet/fleet-text.h"
#include "model/error.h"
#include "model/foreach.h"
#include "report/error-report.h"

/* An unreadable document is also an error message: nobody may look at the page. */
static FleetReport *read_fleet(const Context *context, char *const *files, const FleetView *view)
{
    FleetReport *report = fleet_report_new(view);
    g_autoptr(GPtrArray) paths = fleet_documents_find(files);
    PTR_ARRAY_FOREACH (const char, path, paths) {
        FleetHost *host = fleet_document_read(path, context_declared(context));
        if (host->source == FLEET_UNREADABLE) {
            g_autoptr(GError) error = NULL;
            nicfix_error_set(&error, NICFIX_ERROR_BAD_INPUT, NULL, "%s", host->error);
            error_report_print(error);
        }
        fleet_report_add(report, host);
        g_clear_pointer(&paths->pdata[path_index], g_free);
    }
    fleet_report_finish(report);
    return report;
}

/* What is to be told of each host: nothing where a line of the table is enough. */
static const FleetView *view_for(const Output *output)
{
    switch (output->format) {
    case FORMAT_TEXT:
        return NULL;
    case FORMAT_SPECIAL:
        return &fleet_html_view;
    case FORMAT_JSON:
        return &fleet_json_view;
    case FORMAT_JSON_LINES:
        break;
    }
    return &fleet_json_line_view;
}

static bool write_report(Output *output, const FleetReport *report, GError **error)
{
    switch (output->format) {
    case FORMAT_TEXT:
        output_text(output, fleet_text(report, &output->style));
        return true;
    case FORMAT_SPECIAL:
        return fleet_html_write(report, output, error);
    case FORMAT_JSON:
    case FORMAT_JSON_LINES:
        break;
    }
    return fleet_json_write(report, output, error);
}

static int run(const Context *context, char **words, GError **error)
{
    enum { NOTHING_READ = 2 };
    g_autofree char *fail_on = NULL;
    const GOptionEntry options[] = {
        {"fail-on", 0, 0, G_OPTION_ARG_STRING, &fail_on,
         "Exit 1 for findings this severe or worse (default: warning)", "warning|error"},
        {NULL},
    };
    int status;
    Severity severity;
    if (!command_line_parse(context, options, &words, &status, error))
        return status;
    if (!command_parse_fail_on(fail_on, &severity, error))
        return -1;
    if (*words == NULL) {
        nicfix_error_set(error, NICFIX_ERROR_USAGE,
                         "name files that nicfix check --json or nicfix snapshot wrote, "
                         "directories of them, or - for standard input",
                         "no documents given");
        return -1;
    }
    g_autoptr(FleetReport) report = read_fleet(context, words, view_for(context->output));
    if (!write_report(context->output, report, error))
        return -1;
    if (!fleet_report_is_judged(report))
        return NOTHING_READ;
    return fleet_report_has(report, severity) ? STATUS_NOT_FINE : STATUS_FINE;
}

const Command report_command = {
    .name = "report",
    .arguments = "FILE|DIR|-...",
    .summary = "Report on many hosts, from what check or snapshot wrote on them",
    .example = "nicfix report --format html fleet/ > fleet.html",
    .max_arguments = G_MAXUINT,
    .formats = "text|json|html",
    .why_no_snapshot = "it reads the documents that are its arguments",
    .run = run,
};
