/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A plan: the actions that cure findings, with what they are predicted to change. Nothing is
 * planned that is not predicted to cure, and nothing is changed here. */
#pragma once

#include "model/plan/action.h"
#include "model/diagnosis/diagnosis.h"
#include "model/plan/host-services.h"

/* What the user asks for; all zero is "cure what can be cured, in the zone that makes sense". */
typedef struct {
    const char
        *zone; /* NULL: the zone that filters what is refused, else what filters the uplink */
    const char *const *interfaces; /* NULL or empty: uplinks with a finding that binding cures */
    const char *const *uplinks;    /* as for topology_new() */
    const Diagnosis *known; /* of the snapshot, with UPLINKS, to outlive the plan; NULL: none yet */
    bool runtime_only;      /* leave alone what lasts */
    bool permanent_only;    /* leave the running firewall alone; not with runtime_only */
    bool move;              /* an interface may be taken out of another zone */
    bool enable_forward;    /* the zone's intra-zone forwarding may be switched on */
    bool bind_downstreams;  /* downstreams that are refused may be bound to the zone, too */
    bool force;             /* accept zones that accept everything, or that another program keeps */
} PlanRequest;

typedef struct {
    char *zone;              /* NULL where there is nothing to do */
    GPtrArray *actions;      /* Action, in the order they are to be done */
    Snapshot *predicted;     /* the snapshot as it would be afterwards */
    bool permanent_only;     /* only what lasts is changed, so that the next two are of a reboot */
    const Snapshot *start;   /* what is judged: the snapshot, or plan_foresee() of it */
    const Snapshot *goal;    /* PREDICTED, or plan_foresee() of it */
    GPtrArray *foreseen;     /* Snapshot: those of plan_foresee() */
    const Diagnosis *before; /* of START: what was known, or DIAGNOSED */
    Diagnosis *diagnosed;
    Diagnosis *after;  /* of GOAL */
    GPtrArray *cured;  /* Finding of BEFORE that AFTER no longer has (transfer none) */
    GPtrArray *caused; /* Finding of AFTER, no mere info, that BEFORE does not have (likewise) */
    GPtrArray *opens;  /* ServiceChange: reachable afterwards, not before */
    GPtrArray *closes; /* ServiceChange: the other way round */
    GPtrArray *notes;  /* char *: what else the user should know */
} Plan;

/* Plans what REQUEST asks for on SNAPSHOT, which must outlive the result; a zone that REQUEST names
 * must be in it to be found. Fails with NICFIX_ERROR_NOT_FOUND for an interface or a zone that does
 * not exist, and with NICFIX_ERROR_REFUSED for what would not cure, would break something else, or
 * needs a word more: the hint says which. */
Plan *plan_new(const Snapshot *snapshot, const PlanRequest *request,
               GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* A plan of ACTIONS (Action, copied) on SNAPSHOT, which must outlive it: nothing is chosen or
 * refused, only predicted. UPLINKS as in PlanRequest. */
Plan *plan_of_actions(const Snapshot *snapshot, const GPtrArray *actions,
                      const char *const *uplinks);

void plan_free(Plan *plan);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Plan, plan_free)

/* SNAPSHOT as a reboot leaves it, for plans of what lasts alone (transfer full). Fails where that was
 * not read, see snapshot_after(). */
Snapshot *plan_foresee(const Snapshot *snapshot, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Whether SNAPSHOT, read anew, is still what PLAN starts from. */
bool plan_fits(const Plan *plan, const Snapshot *snapshot);
