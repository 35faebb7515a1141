/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What `nicfix check` shows: findings, worst first, and a summary. */
#pragma once

#include "model/plan/reload-harm.h"
#include "model/diagnosis/diagnosis.h"
#include "report/output.h"

/* What a diagnosis of the host as it will be is about. */
typedef struct {
    ReloadEvent event;
    bool worse;               /* than the host as it is */
    const Diagnosis *before;  /* of the host as it is */
    const GPtrArray *assumes; /* ReloadAssumption */
    const ReloadHarm *harm;   /* what is accepted now and is not then */
} Outlook;

/* Both render DIAGNOSIS of SNAPSHOT, which are of the host as it is where OUTLOOK is NULL (transfer
 * full). */
char *check_report_text(const Snapshot *snapshot, const Diagnosis *diagnosis,
                        const Outlook *outlook, const TextStyle *style);
json_t *check_report_json(const Snapshot *snapshot, const Diagnosis *diagnosis,
                          const Outlook *outlook);

/* The summary alone, in one line without its end (transfer full). */
char *check_report_summary(const Diagnosis *diagnosis);
