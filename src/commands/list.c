/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nicfix list: every interface and every zone. */
#include "commands/command-line.h"
#include "model/needs/needs.h"
#include "report/dot-report.h"
#include "report/list-report.h"

static int run(const Context *context, char **words, GError **error)
{
    int status;
    if (!command_line_parse(context, NULL, &words, &status, error))
        return status;
    Output *output = context->output;
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
    .formats = "text|json|dot",
    .run = run,
};
