/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nicfix snapshot: everything that check reads, as one JSON document. */
#include "commands/command-line.h"
#include "commands/host-notes.h"
#include "documents/snapshot-json.h"

/* A snapshot has no text form: it is JSON with and without --json. */
static int run(const Context *context, char **words, GError **error)
{
    int status;
    if (!command_line_parse(context, NULL, &words, &status, error))
        return status;
    context->output->format = FORMAT_JSON;
    ObserveOptions scope = context_observe_options(context, OBSERVE_ALL_ZONES);
    scope.permanent = true;
    g_autoptr(Snapshot) snapshot = context_snapshot(context, &scope, NULL, error);
    if (snapshot == NULL)
        return -1;
    json_t *document = snapshot_to_json(snapshot);
    if (context->options->behalf.caller != NULL)
        json_object_set_new(document, HOST_NOTES_MEMBER, host_notes_to_json());
    output_json(context->output, document);
    return STATUS_FINE;
}

const Command snapshot_command = {
    .name = "snapshot",
    .summary = "Print everything that check reads as one JSON document",
    .example = "nicfix snapshot > worker1.json; nicfix check --snapshot worker1.json",
    .run = run,
};
