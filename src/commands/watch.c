/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nicfix watch: keep checking, and tell when a finding appears or clears. */
#include "commands/watcher.h"
#include "model/error.h"

enum { MAX_INTERVAL = 86400 };

typedef struct {
    int interval;
    char *metrics;
    gboolean once;
} WatchOptions;

static GOptionEntry *make_entries(gpointer values)
{
    WatchOptions *options = values;
    const GOptionEntry entries[] = {
        {"interval", 0, 0, G_OPTION_ARG_INT, &options->interval,
         "Read all of it anew so often, for safety", "SECONDS"},
        {"metrics", 0, 0, G_OPTION_ARG_FILENAME, &options->metrics,
         "Write metrics for node_exporter to FILE", "FILE"},
        {"once", 0, 0, G_OPTION_ARG_NONE, &options->once, "Look once, and end", NULL},
        {NULL},
    };
    return g_memdup2(entries, sizeof entries);
}

static void free_values(gpointer values)
{
    WatchOptions *options = values;
    g_free(options->metrics);
}

static int run(const Context *context, gpointer values, char *const *arguments, GError **error)
{
    (void)arguments;
    const WatchOptions *options = values;
    if (context->options->snapshot != NULL) {
        nicfix_error_set(error, NICFIX_ERROR_USAGE, "nicfix check --snapshot looks at one",
                         "a snapshot does not change, and cannot be watched");
        return -1;
    }
    if (options->interval < 0 || options->interval > MAX_INTERVAL) {
        nicfix_error_set(error, NICFIX_ERROR_USAGE, "use 1 to 86400 seconds",
                         "--interval: %d is out of range", options->interval);
        return -1;
    }
    if (context->options->json)
        context->output->format = FORMAT_JSON_LINES;
    const WatcherOptions wanted = {(guint)options->interval, options->metrics};
    bool failing = false;
    bool done = options->once
                    ? watcher_run_once(context, &wanted, SEVERITY_WARNING, &failing, error)
                    : watcher_run(context, &wanted, error);
    return !done ? -1 : failing ? STATUS_NOT_FINE : STATUS_FINE;
}

const Command watch_command = {
    .name = "watch",
    .summary = "Keep checking, and tell when a finding appears or clears",
    .example = "nicfix watch --metrics /var/lib/node_exporter/nicfix.prom",
    .values_size = sizeof(WatchOptions),
    .make_entries = make_entries,
    .free_values = free_values,
    .run = run,
};
