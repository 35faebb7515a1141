/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The cures that are offered: for findings, and in place of what would not cure. */
#pragma once

#include "model/plan/plan.h"

/* Gives each finding of DIAGNOSIS that some plan on SNAPSHOT would cure its fix, the one that asks
 * for the least. DECLARED as for diagnose(). */
void fixes_suggest(const Snapshot *snapshot, Diagnosis *diagnosis, const Declared *declared);

/* The command line of the smallest plan that would cure what REQUEST is about although REQUEST
 * itself would not, or NULL (transfer full). */
char **fixes_find_better(const Snapshot *snapshot, const PlanRequest *request);
