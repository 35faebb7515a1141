/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/plan/offer.h"

#include "model/foreach.h"
#include "model/plan/fixes.h"
#include "model/plan/planner.h"

/* ---- which findings ---- */

bool offer_is_about(const Offer *offer, const Finding *finding)
{
    if (finding->severity < SEVERITY_WARNING ||
        (offer->finding >= 0 && finding->id != (FindingId)offer->finding))
        return false;
    bool names_links = offer->interfaces != NULL && *offer->interfaces != NULL;
    return !names_links || finding_is_about(finding, offer->interfaces);
}

/* What a user who leaves alone what lasts has asked for himself. */
static bool is_asked_for(const Offer *offer, const Finding *finding)
{
    return offer->runtime_only && (finding->id == FINDING_RUNTIME_ONLY_BINDING ||
                                   finding->id == FINDING_PERMANENT_NOT_ACTIVE ||
                                   finding->id == FINDING_MANAGER_ZONE_MISMATCH);
}

/* ---- which actions ---- */

/* Whether OFFER leaves ACTION out. */
static bool is_left_out(const Offer *offer, const Action *action)
{
    return action->scope == SCOPE_RUNTIME ? offer->permanent_only : offer->runtime_only;
}

/* A policy cannot be had without its permanent half. */
static bool is_possible(const Offer *offer, const Fix *fix)
{
    PTR_ARRAY_FOREACH (const Action, action, fix->actions) {
        if (offer->runtime_only && action_is_of_policy(action))
            return false;
    }
    return true;
}

/* What ACTION changes, whatever it makes of it: one binding, source or setting (transfer full). No zone
 * has a slash in its name. */
static char *subject_of(const Action *action)
{
    const char *scope = action_scope_word(action->scope);
    if (action->interface != NULL)
        return g_strdup_printf("%s//%s", scope, action->interface);
    bool is_source = action->op == ACTION_ADD_SOURCE || action->op == ACTION_REMOVE_SOURCE;
    return g_strdup_printf("%s/%s/%s", scope, is_source ? "" : action->to,
                           action->value != NULL ? action->value : "");
}

/* What is to be done, as it is put together. */
typedef struct {
    const Offer *offer;
    GPtrArray *actions;   /* Action */
    GHashTable *known;    /* identities of ACTIONS */
    GHashTable *subjects; /* of ACTIONS */
} Union;

/* Whether FIX changes nothing that the fixes before change to something else. */
static bool fits(const Union *all, const Fix *fix)
{
    PTR_ARRAY_FOREACH (const Action, action, fix->actions) {
        g_autofree char *identity = action_identity(action);
        g_autofree char *subject = subject_of(action);
        if (!g_hash_table_contains(all->known, identity) &&
            g_hash_table_contains(all->subjects, subject))
            return false;
    }
    return true;
}

static void add_fix(Union *all, const Fix *fix)
{
    PTR_ARRAY_FOREACH (const Action, action, fix->actions) {
        if (is_left_out(all->offer, action) ||
            !g_hash_table_add(all->known, action_identity(action)))
            continue;
        g_hash_table_add(all->subjects, subject_of(action));
        Action *copy = action_copy(action);
        copy->saved_only = all->offer->permanent_only && action->scope == SCOPE_NETWORKMANAGER;
        g_ptr_array_add(all->actions, copy);
    }
}

/* The running firewall first: what lasts is written only when that has worked. A policy is made
 * permanently, and is in force with the reload after all else. */
static int turn_of(const Action *action)
{
    if (action_is_of_policy(action))
        return action->scope == SCOPE_PERMANENT ? 2 : 3;
    return action->scope == SCOPE_RUNTIME ? 0 : 1;
}

static GPtrArray *in_order(const GPtrArray *actions)
{
    enum { TURNS = 4 };
    GPtrArray *ordered = g_ptr_array_new();
    for (int turn = 0; turn < TURNS; turn++) {
        PTR_ARRAY_FOREACH (Action, action, actions) {
            if (turn_of(action) == turn)
                g_ptr_array_add(ordered, action);
        }
    }
    return ordered;
}

/* ---- the whole ---- */

/* The worst of what is left, which nothing is offered for. */
typedef struct {
    const Finding *finding; /* NULL: there is none */
    bool at_run_time;       /* it has a fix, which cannot be made at run time only */
} Rest;

/* Adds the first LIMIT fixes that DIAGNOSIS has. */
static Rest add_fixes(Union *all, const Diagnosis *diagnosis, guint limit)
{
    Rest rest = {NULL, false};
    PTR_ARRAY_FOREACH (const Finding, finding, diagnosis->findings) {
        const Fix *fix = finding->fix;
        if (!offer_is_about(all->offer, finding) || is_asked_for(all->offer, finding))
            continue;
        bool possible = fix != NULL && is_possible(all->offer, fix);
        if (possible && limit > 0 && fits(all, fix)) {
            add_fix(all, fix);
            limit--;
        } else if (!possible && rest.finding == NULL) {
            rest = (Rest){finding, fix != NULL};
        }
    }
    return rest;
}

/* Takes PLAN, which is not to be carried out. */
static Plan *refuse(Plan *plan, PlanRefusal refusal, PlanRefusal *result)
{
    if (result != NULL) {
        *result = refusal;
        result->attempt = plan;
    } else {
        plan_free(plan);
    }
    return NULL;
}

static const char *find_unknown(const Snapshot *snapshot, const Offer *offer)
{
    STRV_FOREACH (name, offer->interfaces) {
        if (snapshot_link_by_name(snapshot, *name) == NULL)
            return *name;
    }
    return NULL;
}

/* A plan of the first LIMIT fixes of DIAGNOSIS. */
static Plan *plan_fixes(const Snapshot *snapshot, const Diagnosis *diagnosis, const Offer *offer,
                        guint limit, PlanRefusal *refusal)
{
    g_autoptr(GPtrArray) actions = g_ptr_array_new_with_free_func((GDestroyNotify)action_free);
    g_autoptr(GHashTable) known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GHashTable) subjects = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    Union all = {offer, actions, known, subjects};
    Rest rest = add_fixes(&all, diagnosis, limit);
    g_autoptr(GPtrArray) ordered = in_order(actions);
    const PlanRequest request = {
        .declared = offer->declared,
        .runtime_only = offer->runtime_only,
        .permanent_only = offer->permanent_only,
    };
    Plan *plan = plan_of_actions_as(snapshot, ordered, &request);
    if (actions->len == 0 && rest.finding != NULL) {
        PlanRefusalCode code =
            rest.at_run_time ? REFUSED_POLICY_AT_RUN_TIME : REFUSED_NOTHING_OFFERED;
        const Finding *left = diagnosis_find(plan->before, rest.finding);
        return refuse(plan, (PlanRefusal){code, .finding = left}, refusal);
    }
    const Finding *broken = diagnosis_first_worse(plan->before, plan->after, SEVERITY_ERROR);
    if (broken != NULL && !offer->force)
        return refuse(plan, planner_refusal_of_worse(plan->before, broken), refusal);
    LostFlow lost;
    if (!offer->force && diagnosis_find_lost(plan->before, plan->after, LOST_SURELY, &lost))
        return refuse(plan, (PlanRefusal){REFUSED_LOSES_FLOW, .lost = lost}, refusal);
    const Harm harm = harm_of_actions(plan->start, plan->before, plan->actions);
    if (harm.kind != HARM_NONE && !offer->force)
        return refuse(plan, (PlanRefusal){REFUSED_HARM, .harm = harm}, refusal);
    /* Where the permanent configuration was not read, nothing can be changed either. */
    const PlanNote *reload = plan_find_note(plan, NOTE_RELOADS);
    bool loses = reload != NULL && reload->losses != NULL && reload->losses->len > 0;
    return !loses || offer->force
               ? plan
               : refuse(plan, (PlanRefusal){REFUSED_RELOAD_LOSES, .losses = reload->losses},
                        refusal);
}

/* START is SNAPSHOT, or what a reboot makes of it. Fixes that are good one by one may not be together:
 * then the worst finding's is offered alone. */
static Plan *plan_union(const Snapshot *snapshot, const Snapshot *start, const Offer *offer,
                        PlanRefusal *refusal)
{
    g_autoptr(Diagnosis) diagnosis = diagnose(start, offer->declared);
    fixes_suggest(start, diagnosis, offer->declared);
    g_auto(PlanRefusal) of_all = {0};
    Plan *plan = plan_fixes(snapshot, diagnosis, offer, G_MAXUINT, &of_all);
    if (plan == NULL && (of_all.code == REFUSED_WORSE || of_all.code == REFUSED_LOSES_FLOW ||
                         of_all.code == REFUSED_HARM))
        return plan_fixes(snapshot, diagnosis, offer, 1, refusal);
    if (plan == NULL && refusal != NULL) {
        *refusal = of_all;
        of_all = (PlanRefusal){0};
    }
    return plan;
}

Plan *plan_of_offer(const Snapshot *snapshot, const Offer *offer, PlanRefusal *refusal)
{
    const char *unknown = find_unknown(snapshot, offer);
    if (unknown != NULL)
        return refuse(NULL,
                      (PlanRefusal){REFUSED_NO_SUCH_LINK, .interface = unknown,
                                    .other = snapshot_nearest_link(snapshot, unknown)},
                      refusal);
    g_autoptr(Snapshot) after_reboot = offer->permanent_only ? plan_predict_reboot(snapshot) : NULL;
    if (offer->permanent_only && after_reboot == NULL)
        return refuse(NULL, (PlanRefusal){REFUSED_PERMANENT_UNREAD}, refusal);
    return plan_union(snapshot, after_reboot != NULL ? after_reboot : snapshot, offer, refusal);
}
