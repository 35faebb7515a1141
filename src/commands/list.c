/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nicfix list: every interface and every zone. */
#include "commands/command-line.h"
#include "model/needs/needs.h"
#include "report/dot-report.h"
#include "report/list-report.h"

static int run(const Context *context, char **words, GError **error)
{
    g_autofree char *format = NULL;
    const GOptionEntry options[] = {
        {"format", 0, 0, G_OPTION_ARG_STRING, &format, "Output format (default: text)",
         "text|json|dot"},
        {NULL},
    };
    static const char *const formats[] = {"dot", NULL};
    int status;
    if (!command_line_parse(context, options, &words, &status, error))
        return status;
    Output *output = context->output;
    if (!command_choose_format(context, format, formats, error))
        return -1;
    ObserveOptions scope = context_observe_options(context, OBSERVE_ALL_ZONES);
    g_autoptr(Snapshot) snapshot = context_snapshot(context, &scope, NULL, error);
    if (snapshot == NULL)
        return -1;
    g_autoptr(Topology) topology = topology_new(snapshot, context_declared(context));
    needs_find_roles(snapshot, topology);
    if (output->format == FORMAT_SPECIAL) {
        g_autoptr(CoverageMap) map = coverage_map_new(snapshot, topology);
        output_special(output, dot_report(snapshot, topology, map));
    }
    if (output_wants_text(output))
        output_text(output, list_report_text(snapshot, topology, &output->style));
    if (output_wants_json(output))
        output_json(output, list_report_json(snapshot, topology));
    return STATUS_FINE;
}

const Command list_command = {
    .name = "list",
    .summary = "Show interfaces and zones, and which zone filters what",
    .example = "nicfix list --json | jq '.links[] | select(.role == \"uplink\")'",
    .run = run,
};
