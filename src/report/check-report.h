/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What `nicfix check` shows: findings, worst first, and a summary. */
#pragma once

#include "model/plan/reload-harm.h"
#include "model/diagnosis/diagnosis.h"
#include "report/output.h"
#include "report/pending.h"

/* What a diagnosis of the host as it will be is about. */
typedef struct {
    ReloadEvent event;
    bool worse;               /* than the host as it is */
    const Diagnosis *before;  /* of the host as it is */
    const GPtrArray *assumes; /* ReloadAssumption */
    const ReloadHarm *harm;   /* what is accepted now and is not then */
} Outlook;

/* What is reported. */
typedef struct {
    const Snapshot *snapshot;
    const Diagnosis *diagnosis; /* of SNAPSHOT */
    const Outlook *outlook;     /* which future they are of; NULL: they are of the host as it is */
    Pending pending;
    const char *version; /* of nicfix; NULL: it is not told */
} CheckReport;

/* Both render REPORT (transfer full). */
char *check_report_text(const CheckReport *report, const TextStyle *style);
json_t *check_report_json(const CheckReport *report);

/* The summary alone, in one line without its end (transfer full). */
char *check_report_summary(const Diagnosis *diagnosis);
