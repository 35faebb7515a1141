/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nicfix snapshot: everything that check reads, as one JSON document. */
#include "commands/command.h"

#include "documents/snapshot-json.h"

/* The document is the result in both formats: there is no text of a snapshot. */
static int run(const Context *context, gpointer values, char *const *arguments, GError **error)
{
    (void)values;
    (void)arguments;
    ObserveOptions scope = context_observe_options(context, OBSERVE_ALL_ZONES);
    scope.permanent = true;
    g_autoptr(Snapshot) snapshot = context_snapshot(context, &scope, NULL, error);
    if (snapshot == NULL)
        return -1;
    context->output->format = FORMAT_JSON;
    output_json(context->output, snapshot_to_json(snapshot));
    return STATUS_FINE;
}

const Command snapshot_command = {
    .name = "snapshot",
    .summary = "Write everything that check reads as one JSON document",
    .example = "nicfix snapshot > worker1.json; nicfix check --snapshot worker1.json",
    .run = run,
};
