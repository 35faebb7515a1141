/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Watching this host: a pass at the start, and one whenever something may have changed. */
#pragma once

#include "commands/command.h"
#include "report/metrics.h"

typedef struct {
    guint interval;      /* seconds between full passes for safety's sake; 0: none */
    const char *metrics; /* the file they are written to; NULL: none */
} WatcherOptions;

/* Watches until SIGINT or SIGTERM comes. Fails where it cannot begin, or its metrics cannot be
 * written at the start. */
bool watcher_run(const Context *context, const WatcherOptions *options,
                 GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* One pass, told like the first of a watch. *FAILING is whether a finding at or above SEVERITY is
 * there. Fails where the host cannot be read; the metrics are written all the same. */
bool watcher_run_once(const Context *context, const WatcherOptions *options, Severity severity,
                      bool *failing, GError **error) G_GNUC_WARN_UNUSED_RESULT;
