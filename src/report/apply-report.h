/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What `nicfix apply` shows: the plan, and how carrying it out ended. */
#pragma once

#include "model/plan/plan.h"
#include "report/output.h"
#include "report/pending.h"

/* Whose plan it is. */
typedef enum {
    PURPOSE_APPLY,
    PURPOSE_UNDO,
    PURPOSE_CONFIRM,
} ApplyPurpose;

/* How a plan ended; all zero is a plan that was only shown. */
typedef struct {
    ApplyPurpose purpose;
    bool dry_run;
    bool changed;
    bool verified;
    bool rolled_back;
    const Diagnosis *after; /* observed, or predicted for a dry run; NULL: not known */
    Pending pending;
    bool pending_is_all; /* what lasts has been changed, too */
} ApplyOutcome;

/* The plan before it is carried out (transfer full). */
char *apply_report_plan_text(const Plan *plan, const TextStyle *style);

/* One line of it: a NOTE that was added since (transfer full). */
char *apply_report_note_text(const PlanNote *note, const TextStyle *style);

/* How it ended (transfer full). */
char *apply_report_outcome_text(const Plan *plan, const ApplyOutcome *outcome,
                                const TextStyle *style);

/* The document. ERROR says why carrying the plan out failed, NULL where it did not. */
json_t *apply_report_json(const Plan *plan, const ApplyOutcome *outcome, const GError *error);
