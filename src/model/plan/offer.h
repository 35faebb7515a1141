/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is offered for the findings of a host, as one plan: the fixes of all of them together. */
#pragma once

#include "model/plan/plan.h"

/* Which findings are to be cured, and where. All zero but FINDING is "all that can be". */
typedef struct {
    int finding;                   /* FindingId: those of this id; -1: of any */
    const char *const *interfaces; /* those about one of these links; NULL or empty: about any */
    const Declared *declared;      /* as for topology_new() */
    bool runtime_only;             /* leave alone what lasts */
    bool permanent_only;           /* leave the running firewall alone; not with runtime_only */
    bool force;                    /* even where it breaks something else */
} Offer;

/* Plans what the fixes of SNAPSHOT's findings do, of those at least of warning that OFFER is about:
 * what the fixes have in common is done once, and a fix that does not fit those of worse findings is
 * left out. SNAPSHOT and OFFER must outlive the result, which has no actions where there is no such
 * finding. Returns NULL, and fills *REFUSAL unless REFUSAL is NULL, where none of the findings has a
 * fix, where all fixes together would break something, and for an interface that does not exist. */
Plan *plan_of_offer(const Snapshot *snapshot, const Offer *offer,
                    PlanRefusal *refusal) G_GNUC_WARN_UNUSED_RESULT;

/* Whether FINDING is one that OFFER is about. */
bool offer_is_about(const Offer *offer, const Finding *finding);
