/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Taking back what was done earlier: which of its actions are still in effect and ours to undo. */
#pragma once

#include "model/plan/plan.h"

/* The actions that take back ACTIONS (Action, in the order they were done) on SNAPSHOT, in the order
 * they are to be done (transfer full). What is back where it was needs none. What is in neither
 * state is somebody else's by now: it is left alone, with a note in NOTES (PlanNote, appended). */
GPtrArray *undo_actions(const Snapshot *snapshot, const GPtrArray *actions, GPtrArray *notes);

/* Those of ACTIONS that are still in effect on SNAPSHOT, in their order (transfer container). */
GPtrArray *undo_find_done(const Snapshot *snapshot, const GPtrArray *actions);
