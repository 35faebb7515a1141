/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Metrics for the textfile collector of Prometheus's node_exporter, in the text format 0.0.4. */
#pragma once

#include "model/diagnosis/diagnosis.h"

/* What the last pass found; of one that failed only the counters are told. */
typedef struct {
    const Diagnosis *diagnosis; /* NULL: the last pass failed */
    guint links;
    double duration;     /* seconds of the last pass */
    gint64 last_success; /* seconds since the epoch; 0: there was none yet */
    guint64 passes;      /* since the start */
    guint64 failures;
} Metrics;

/* The text of METRICS (transfer full). */
char *metrics_text(const Metrics *metrics);

/* Writes it to PATH, so that a reader sees the old file or the new one. Fails with
 * NICFIX_ERROR_OUTPUT. */
bool metrics_write(const Metrics *metrics, const char *path,
                   GError **error) G_GNUC_WARN_UNUSED_RESULT;
