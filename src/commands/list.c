/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nicfix list: every link and every zone. */
#include "commands/command.h"

#include "report/list-report.h"

static int run(const Context *context, gpointer values, char *const *arguments, GError **error)
{
    (void)values;
    (void)arguments;
    ObserveOptions scope = context_observe_options(context, OBSERVE_ALL_ZONES);
    g_autoptr(Snapshot) snapshot = context_snapshot(context, &scope, NULL, error);
    if (snapshot == NULL)
        return -1;
    g_autoptr(Topology) topology = topology_new(snapshot, context_uplinks(context));
    Output *output = context->output;
    if (output_wants_text(output))
        output_text(output, list_report_text(snapshot, topology, &output->style));
    if (output_wants_json(output))
        output_json(output, list_report_json(snapshot, topology));
    return STATUS_FINE;
}

const Command list_command = {
    .name = "list",
    .summary = "Which NICs and zones are there, and which zone filters what?",
    .example = "nicfix list --json | jq '.links[] | select(.role == \"uplink\")'",
    .run = run,
};
