/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nicfix watch: keep checking, and report when a finding appears or clears. */
#include "commands/command-line.h"
#include "commands/watcher.h"

enum { MAX_INTERVAL = 86400 };

static int run(const Context *context, char **words, GError **error)
{
    int interval = 0;
    g_autofree char *metrics = NULL;
    gboolean once = FALSE;
    const GOptionEntry options[] = {
        {"interval", 0, 0, G_OPTION_ARG_INT, &interval, "Also re-read everything every SECONDS",
         "SECONDS"},
        {"metrics", 0, 0, G_OPTION_ARG_FILENAME, &metrics,
         "Write metrics for node_exporter to FILE", "FILE"},
        {"once", 0, 0, G_OPTION_ARG_NONE, &once, "Run one check and exit", NULL},
        {NULL},
    };
    int status;
    if (!command_line_parse(context, options, &words, &status, error))
        return status;
    if (!command_check_seconds("--interval", interval, 0, MAX_INTERVAL, error))
        return -1;
    if (context->options->json)
        context->output->format = FORMAT_JSON_LINES;
    const WatcherOptions wanted = {(guint)interval, metrics};
    bool failing = false;
    bool done = once ? watcher_run_once(context, &wanted, SEVERITY_WARNING, &failing, error)
                     : watcher_run(context, &wanted, error);
    return !done ? -1 : failing ? STATUS_NOT_FINE : STATUS_FINE;
}

const Command watch_command = {
    .name = "watch",
    .summary = "Keep checking, and report when a finding appears or clears",
    .example = "nicfix watch --metrics /var/lib/node_exporter/nicfix.prom",
    .why_no_snapshot = "a snapshot does not change",
    .run = run,
};
