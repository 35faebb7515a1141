/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Bindings that were made in the running firewall only, and that a reload has undone since: the trap
 * at the end of many a recipe, for log-denied cannot be switched off without a reload. */
#pragma once

#include "model/plan/action.h"
#include "model/diagnosis/diagnosis.h"

/* Adds to the findings of DIAGNOSIS, which is of SNAPSHOT, about links that ACTIONS (Action: what the
 * last change did) bound at run time alone and that are not bound so any more, that this is so. */
void lost_bindings_explain(Diagnosis *diagnosis, const Snapshot *snapshot,
                           const GPtrArray *actions);
