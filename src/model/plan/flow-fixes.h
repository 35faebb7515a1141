/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The fixes of single flows. */
#pragma once

#include "model/plan/plan.h"

/* The fixes for any number of flows of one host: what is the same for all of them is worked out once. */
typedef struct FlowFixes FlowFixes;

/* SNAPSHOT must outlive the result. DECLARED as for diagnose(). */
FlowFixes *flow_fixes_new(const Snapshot *snapshot, const Declared *declared);
void flow_fixes_free(FlowFixes *fixes);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(FlowFixes, flow_fixes_free)

/* The smallest plan that would let FLOW through, as a fix, or NULL where none would: bindings cure
 * what is forwarded only. JUDGEMENT is that of FLOW. Of what is forwarded between the same ends, or ends that
 * nothing tells apart (model/needs/flow-classes.h, model/plan/alike.h), the fix of the first flow is the fix of
 * all that it lets through, said of their own links (transfer none, until the next call). */
const Fix *flow_fixes_find(FlowFixes *fixes, const Flow *flow, const Judgement *judgement);

/* How many searches it took so far. */
guint flow_fixes_searches(const FlowFixes *fixes);
