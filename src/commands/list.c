/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nicfix list: every link and every zone. */
#include "commands/command.h"

#include "report/dot-report.h"
#include "report/list-report.h"

typedef struct {
    char *format;
} ListOptions;

static GOptionEntry *make_entries(gpointer values)
{
    ListOptions *options = values;
    const GOptionEntry entries[] = {
        {"format", 0, 0, G_OPTION_ARG_STRING, &options->format, "How to write it (default: text)",
         "text|json|dot"},
        {NULL},
    };
    return g_memdup2(entries, sizeof entries);
}

static void free_values(gpointer values)
{
    ListOptions *options = values;
    g_free(options->format);
}

static char *draw(const Snapshot *snapshot, const Topology *topology)
{
    g_autoptr(CoverageMap) map = coverage_map_new(snapshot, topology);
    return dot_report(snapshot, topology, map);
}

static int run(const Context *context, gpointer values, char *const *arguments, GError **error)
{
    (void)arguments;
    const ListOptions *options = values;
    Output *output = context->output;
    if (!command_choose_format(context, options->format, "dot", error))
        return -1;
    ObserveOptions scope = context_observe_options(context, OBSERVE_ALL_ZONES);
    g_autoptr(Snapshot) snapshot = context_snapshot(context, &scope, NULL, error);
    if (snapshot == NULL)
        return -1;
    g_autoptr(Topology) topology = topology_new(snapshot, context_uplinks(context));
    if (output->format == FORMAT_SPECIAL)
        output_special(output, draw(snapshot, topology));
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
    .values_size = sizeof(ListOptions),
    .make_entries = make_entries,
    .free_values = free_values,
    .run = run,
};
