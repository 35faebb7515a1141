/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is cheap to rule out is ruled out first: a diagnosis of a large host takes long. */
#include "model/plan/cures.h"

#include "model/foreach.h"
#include "model/kernel/judgement.h"

void cure_free(Cure *cure)
{
    if (cure == NULL)
        return;
    g_ptr_array_unref(cure->actions);
    g_strfreev(cure->command);
    g_free(cure);
}

/* firewalld's own share is the cheaper question. */
static bool passes(const CureGoal *goal, const Snapshot *snapshot, const Flow *flow)
{
    g_autoptr(Verdict) verdict = verdict_of(snapshot, flow);
    if (verdict_refuses(verdict) && snapshot->ruleset == NULL)
        return false;
    g_autoptr(Judgement) judgement = judgement_of(snapshot, flow, JUDGE_PACKET);
    return judgement_accepts(judgement) ||
           (goal->whatever_else && verdict_accepts(judgement->firewalld) &&
            !judgement_is_firewallds(judgement));
}

bool cure_is_promising(const CureGoal *goal, const ExposureBase *base, const GArray *needed,
                       Cure *cure)
{
    g_autoptr(Snapshot) predicted = snapshot_after_actions(goal->snapshot, cure->actions);
    ARRAY_FOREACH (const Flow, flow, goal->flows) {
        if (!passes(goal, predicted, flow))
            return false;
    }
    Harm harm = harm_of_actions(goal->snapshot, goal->diagnosis, cure->actions);
    if (harm.kind != HARM_NONE)
        return false;
    g_autoptr(Exposure) exposure = exposure_of(base, predicted, cure->actions, needed);
    cure->opened = exposure_opened(exposure);
    cure->closed = exposure_closed(exposure);
    return harm_of_exposure(goal->snapshot, exposure).kind == HARM_NONE;
}

/* It is but a note where nothing is forwarded; to put an uplink there is no cure. */
static bool puts_into_refusal(const Diagnosis *before, const Diagnosis *after)
{
    PTR_ARRAY_FOREACH (const Finding, finding, after->findings) {
        if (finding->id == FINDING_UPLINK_IN_REJECTING_ZONE &&
            diagnosis_find(before, finding) == NULL)
            return true;
    }
    return false;
}

bool cure_holds(const CureGoal *goal, const Cure *cure)
{
    g_autoptr(Snapshot) predicted = snapshot_after_actions(goal->snapshot, cure->actions);
    g_autoptr(Diagnosis) diagnosis = diagnose(predicted, goal->declared);
    const Finding *left = goal->finding != NULL ? diagnosis_find(diagnosis, goal->finding) : NULL;
    return (left == NULL || left->severity < goal->finding->severity) &&
           diagnosis_first_worse(goal->diagnosis, diagnosis, SEVERITY_WARNING) == NULL &&
           !puts_into_refusal(goal->diagnosis, diagnosis) &&
           harm_of_findings(goal->diagnosis, diagnosis).kind == HARM_NONE;
}

int cure_compare(const Cure *a, const Cure *b)
{
    if (a->restores != b->restores)
        return a->restores ? -1 : 1;
    if (a->opened != b->opened)
        return a->opened < b->opened ? -1 : 1;
    if (a->closed != b->closed)
        return a->closed < b->closed ? -1 : 1;
    return a->actions->len < b->actions->len ? -1 : a->actions->len > b->actions->len;
}

static gint best_first(gconstpointer a, gconstpointer b)
{
    return cure_compare(*(const Cure *const *)a, *(const Cure *const *)b);
}

Cure *cure_find(const CureGoal *goal, const ExposureBase *base, const GArray *needed)
{
    g_autoptr(GPtrArray) candidates = cure_candidates(goal);
    g_autoptr(GPtrArray) promising = g_ptr_array_new();
    PTR_ARRAY_FOREACH (Cure, cure, candidates) {
        if (cure_is_promising(goal, base, needed, cure))
            g_ptr_array_add(promising, cure);
    }
    g_ptr_array_sort(promising, best_first); /* stable: merge sort */
    PTR_ARRAY_FOREACH (Cure, cure, promising) {
        if (!cure_holds(goal, cure))
            continue;
        guint index;
        g_ptr_array_find(candidates, cure, &index);
        return g_ptr_array_steal_index(candidates, index);
    }
    return NULL;
}
