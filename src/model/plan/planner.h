/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A plan in the making: what its parts hand one another. Used by the parts of the plan only. */
#pragma once

#include "model/plan/plan.h"

typedef struct {
    const Snapshot *snapshot; /* the plan's start */
    const PlanRequest *request;
    Plan *plan;
    GPtrArray *links; /* Link: what is to be bound, the uplinks first */
    PlanRefusal refusal;
} Planner;

/* Keeps REFUSAL as the reason why nothing is planned; returns false. */
bool planner_refuse(Planner *planner, PlanRefusal refusal);

/* Why a change is not made whose AFTER has the worse finding BROKEN. Where firewalld's rules in the
 * kernel are not its configuration's, the two cannot be compared, and that is the reason: what passes
 * now may pass by a rule that no setting makes. */
PlanRefusal planner_refusal_of_worse(const Diagnosis *before, const Finding *broken);

/* Whether FINDING is one that a binding, and what goes with it, can cure as it was asked for. */
bool planner_is_cured_by_binding(const Planner *planner, const Finding *finding);

/* Chooses the links and then the plan's zone; false where that is refused. */
bool planner_choose(Planner *planner);

/* Adds the actions to the plan and predicts each; false where one is refused. */
bool planner_add_actions(Planner *planner);
