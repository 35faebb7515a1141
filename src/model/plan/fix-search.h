/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the searches for fixes of findings and of flows have in common. Used by these two only. */
#pragma once

#include "model/plan/cures.h"

/* One host, for any number of searches. */
typedef struct {
    const Snapshot *snapshot;
    Diagnosis *diagnosis;
    const Declared *declared;
    ExposureBase *base;
    GArray *needed; /* Flow: plan_needed_flows() */
} FixSearch;

/* CURE as a fix (transfer full). FINDING is NULL where no finding leads to CURE: then a command of nicfix
 * may not do so either. */
Fix *fix_of_cure(const Cure *cure, const Finding *finding, const Declared *declared);

/* Whether a fix of FINDING is looked for. */
bool finding_is_curable(const Finding *finding);

/* The flows that FINDING, of SNAPSHOT, rests on (Flow; transfer full). */
GArray *finding_flows(const Snapshot *snapshot, const Finding *finding);

/* The goal of curing FINDING (NULL: FLOWS alone) by letting FLOWS pass, which must outlive it. */
CureGoal fix_search_goal(const FixSearch *search, const Finding *finding, const GArray *flows);
