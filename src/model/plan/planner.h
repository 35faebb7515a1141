/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A plan in the making: what its parts hand one another. Used by the parts of the plan only. */
#pragma once

#include "model/plan/plan.h"

typedef struct {
    const Snapshot *snapshot; /* the plan's start */
    const PlanRequest *request;
    Plan *plan;
    GPtrArray *links; /* Link: what is to be bound, the uplinks first */
} Planner;

/* Whether FINDING is one that a binding, and what goes with it, can cure as it was asked for. */
bool planner_is_cured_by_binding(const Planner *planner, const Finding *finding);

/* Chooses the links and then the plan's zone; fails where what was asked for cannot be meant. */
bool planner_choose(Planner *planner, GError **error);

/* Adds the actions to the plan and predicts each; fails where one would need a word more. */
bool planner_add_actions(Planner *planner, GError **error);
