/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From a request to a plan: what is chosen and done is in plan-choice.c and plan-steps.c; here is
 * whether it would cure, and what else it would change. */
#include "model/plan/planner.h"

#include "model/firewalld/dispatch.h"
#include "model/foreach.h"
#include "model/plan/reload-losses.h"
#include "model/plan/reload.h"

bool planner_refuse(Planner *planner, PlanRefusal refusal)
{
    planner->refusal = refusal;
    return false;
}

void plan_refusal_clear(PlanRefusal *refusal)
{
    g_strfreev(refusal->better);
    plan_free(refusal->attempt);
    *refusal = (PlanRefusal){0};
}

/* ---- notes ---- */

static void note_free(gpointer data)
{
    PlanNote *note = data;
    g_free(note->interface);
    g_free(note->zone);
    g_clear_pointer(&note->losses, g_ptr_array_unref);
    g_free(note->reason);
    g_free(note);
}

GPtrArray *plan_notes_new(void)
{
    return g_ptr_array_new_with_free_func(note_free);
}

void plan_notes_add(GPtrArray *notes, PlanNote note)
{
    note.interface = g_strdup(note.interface);
    note.zone = g_strdup(note.zone);
    note.reason = g_strdup(note.reason);
    g_ptr_array_add(notes, g_memdup2(&note, sizeof note));
}

const PlanNote *plan_find_note(const Plan *plan, PlanNoteCode code)
{
    PTR_ARRAY_FOREACH (const PlanNote, note, plan->notes) {
        if (note->code == code)
            return note;
    }
    return NULL;
}

/* Of several policies the first reload brings all. What the plan makes permanent before it is not
 * lost. */
static void note_reload(Plan *plan, const Action *action)
{
    if (action_reloads(action) && plan_find_note(plan, NOTE_RELOADS) == NULL)
        plan_notes_add(plan->notes,
                       (PlanNote){NOTE_RELOADS, .losses = reload_losses(plan->predicted)});
}

/* ---- whether it cures ---- */

/* Where nothing is wrong with LINK, to bind it is what the user wants, not a cure: what that breaks is told. */
static bool was_to_be_cured(const Planner *planner, const Link *link)
{
    PTR_ARRAY_FOREACH (const Finding, finding, planner->plan->before->findings) {
        if (g_strcmp0(finding->interface, link->name) == 0 &&
            (finding->id == FINDING_UPLINK_IN_REJECTING_ZONE ||
             planner_is_cured_by_binding(planner, finding)))
            return true;
    }
    return false;
}

/* Whether FINDING, which is left afterwards, is about what was to be bound. Binding at run time only
 * is what the user asked for: that it does not last is no failure. */
static bool is_uncured(const Planner *planner, const Finding *finding)
{
    bool is_asked_for =
        planner->request->runtime_only && (finding->id == FINDING_RUNTIME_ONLY_BINDING ||
                                           finding->id == FINDING_PERMANENT_NOT_ACTIVE ||
                                           finding->id == FINDING_MANAGER_ZONE_MISMATCH);
    /* It is but a note where nothing is forwarded; to put an uplink there is no cure. */
    bool refuses_all = finding->id == FINDING_UPLINK_IN_REJECTING_ZONE;
    if (is_asked_for || (!refuses_all && !planner_is_cured_by_binding(planner, finding)))
        return false;
    PTR_ARRAY_FOREACH (const Link, link, planner->links) {
        if (g_strcmp0(finding->interface, link->name) == 0)
            return was_to_be_cured(planner, link);
    }
    return false;
}

PlanRefusal planner_refusal_of_worse(const Diagnosis *before, const Finding *broken)
{
    const Finding rules_differ = {.id = FINDING_RULES_DIFFER};
    const Finding *differ = diagnosis_find(before, &rules_differ);
    return differ != NULL ? (PlanRefusal){REFUSED_NOTHING_OFFERED, .finding = differ}
                          : (PlanRefusal){REFUSED_WORSE, .finding = broken};
}

static bool check_cure(Planner *planner)
{
    Plan *plan = planner->plan;
    PTR_ARRAY_FOREACH (const Finding, finding, plan->after->findings) {
        if (is_uncured(planner, finding))
            return planner_refuse(planner,
                                  (PlanRefusal){REFUSED_NOT_CURED, .interface = finding->interface,
                                                .zone = plan->zone, .finding = finding});
    }
    const Finding *broken = diagnosis_first_worse(plan->before, plan->after, SEVERITY_ERROR);
    return broken == NULL || planner->request->force ||
           planner_refuse(planner, planner_refusal_of_worse(plan->before, broken));
}

/* ---- what else it changes ---- */

/* What is judged of SNAPSHOT; NULL where it cannot be. */
static const Snapshot *view_of(Plan *plan, const Snapshot *snapshot)
{
    if (!plan->permanent_only)
        return snapshot;
    Snapshot *after = plan_predict_reboot(snapshot);
    if (after != NULL)
        g_ptr_array_add(plan->after_reboot, after);
    return after;
}

/* Adds to FOUND the findings of ONE, at least of SEVERITY, that OTHER does not have. */
static void collect_difference(const Diagnosis *one, const Diagnosis *other, Severity severity,
                               GPtrArray *found)
{
    PTR_ARRAY_FOREACH (Finding, finding, one->findings) {
        if (finding->severity >= severity && diagnosis_find(other, finding) == NULL)
            g_ptr_array_add(found, finding);
    }
}

static bool predict_findings(Planner *planner)
{
    Plan *plan = planner->plan;
    plan->goal = view_of(plan, plan->predicted);
    if (plan->goal == NULL)
        return planner_refuse(planner, (PlanRefusal){REFUSED_PERMANENT_UNREAD});
    plan->after = diagnose(plan->goal, planner->request->declared);
    collect_difference(plan->before, plan->after, SEVERITY_INFO, plan->cured);
    collect_difference(plan->after, plan->before, SEVERITY_WARNING, plan->caused);
    return true;
}

static void add_flow(GArray *flows, FlowDirection direction, const char *in, const char *out)
{
    Flow flow = flow_new(direction, FAMILY_IPV4);
    flow.in = in;
    flow.out = out;
    g_array_append_val(flows, flow);
}

GArray *plan_needed_flows(const Snapshot *snapshot, const Diagnosis *diagnosis)
{
    GArray *flows = g_array_new(FALSE, FALSE, sizeof(Flow));
    GHashTableIter iterator;
    gpointer at, refusal;
    g_hash_table_iter_init(&iterator, diagnosis->refusals);
    while (g_hash_table_iter_next(&iterator, &at, &refusal)) {
        const Link *out = at;
        PTR_ARRAY_FOREACH (const Link, link, ((const Refusal *)refusal)->links) {
            add_flow(flows, FLOW_FORWARD, link_ingress_name(snapshot, link), out->name);
            if (link_is_overlay(out))
                add_flow(flows, FLOW_FORWARD, out->name, link->name);
        }
    }
    PTR_ARRAY_FOREACH (const Need, need, diagnosis->needs) {
        if (need->way.coverage != COVERAGE_IDLE)
            g_array_append_val(flows, need->way.flow);
    }
    return flows;
}

/* Traffic to the host itself that arrives on a member of a VRF comes in, for the firewall, on the
 * VRF. */
static void predict_exposure(Planner *planner)
{
    Plan *plan = planner->plan;
    g_autoptr(ExposureBase) base = exposure_base_new(plan->start, plan->before->topology);
    g_autoptr(GArray) needed = plan_needed_flows(plan->start, plan->before);
    plan->exposure = exposure_of(base, plan->goal, plan->actions, needed);
}

/* What the user says is done where it harms nothing. */
static bool check_harm(Planner *planner)
{
    Plan *plan = planner->plan;
    if (planner->request->force)
        return true;
    Harm harm = harm_of_actions(plan->start, plan->before, plan->actions);
    if (harm.kind == HARM_NONE)
        harm = harm_of_exposure(plan->start, plan->exposure);
    if (harm.kind == HARM_NONE)
        harm = harm_of_findings(plan->before, plan->after);
    return harm.kind == HARM_NONE ||
           planner_refuse(planner, (PlanRefusal){REFUSED_HARM, .harm = harm});
}

/* Whether another zone or a source keeps ZONE's side of POLICY active when no interface does. */
static bool stays_active(char **side, const Zone *zone)
{
    return g_strv_contains((const char *const *)side, zone->name) &&
           (zone->sources->len > 0 || g_strv_length(side) > 1);
}

static bool any_policy_stays_active(const Firewalld *firewalld, const Zone *zone)
{
    PTR_ARRAY_FOREACH (const Policy, policy, firewalld->policies) {
        if (stays_active(policy->ingress_zones, zone) || stays_active(policy->egress_zones, zone))
            return true;
    }
    return false;
}

/* Measured with 0.9 to 1.3: taking the only interface out of a zone uninstalls every policy that
 * names the zone, although something else keeps it active, and only a reload mends that. */
static void note_forgotten_policies(Planner *planner, const Action *action)
{
    const Firewalld *firewalld = planner->snapshot->firewalld;
    const Zone *from = firewalld_zone(firewalld, action->from);
    if (action->scope == SCOPE_RUNTIME && action->op == ACTION_MOVE && from != NULL &&
        firewalld_generation(firewalld) < GENERATION_2 && g_strv_length(from->interfaces) == 1 &&
        any_policy_stays_active(firewalld, from))
        plan_notes_add(planner->plan->notes,
                       (PlanNote){NOTE_POLICIES_FORGOTTEN, .zone = from->name,
                                  .losses = reload_losses(planner->plan->predicted)});
}

static void note_kept_rules(Planner *planner, const Action *action)
{
    bool leaves = action->scope == SCOPE_RUNTIME &&
                  (action->op == ACTION_MOVE || action->op == ACTION_UNBIND);
    if (leaves && dispatch_would_keep_rules(planner->snapshot, action->interface, action->from))
        plan_notes_add(planner->plan->notes,
                       (PlanNote){NOTE_RULES_KEPT, .interface = action->interface,
                                  .zone = action->from,
                                  .losses = reload_losses(planner->plan->predicted)});
}

static bool masquerades(const Snapshot *snapshot, const Link *link)
{
    const Zone *zone = dispatch_interface(snapshot, link->name).zone;
    return zone != NULL && zone->filter.masquerade == TRISTATE_YES;
}

/* Masquerading opens nothing, but without it hosts with private addresses get no answers. */
static void add_notes(Planner *planner)
{
    Plan *plan = planner->plan;
    PTR_ARRAY_FOREACH (const Link, link, planner->links) {
        if (masquerades(planner->snapshot, link) && !masquerades(plan->goal, link))
            plan_notes_add(plan->notes, (PlanNote){NOTE_MASQUERADE_LOST, .zone = plan->zone,
                                                   .interface = link->name});
    }
    PTR_ARRAY_FOREACH (const Action, action, plan->actions) {
        note_forgotten_policies(planner, action);
        note_kept_rules(planner, action);
    }
    if (plan->actions->len > 0 && planner->request->runtime_only)
        plan_notes_add(plan->notes, (PlanNote){NOTE_RUNTIME_ONLY});
    if (plan->actions->len > 0 && planner->request->permanent_only)
        plan_notes_add(plan->notes, (PlanNote){NOTE_PERMANENT_ONLY});
}

/* ---- the whole ---- */

static Plan *plan_empty(const Snapshot *snapshot, const PlanRequest *request)
{
    Plan *plan = g_new0(Plan, 1);
    plan->permanent_only = request->permanent_only;
    plan->after_reboot = g_ptr_array_new_with_free_func((GDestroyNotify)snapshot_free);
    plan->actions = g_ptr_array_new_with_free_func((GDestroyNotify)action_free);
    plan->predicted = snapshot_copy(snapshot);
    plan->predicted->firewalld_predicted = true;
    plan->cured = g_ptr_array_new();
    plan->caused = g_ptr_array_new();
    plan->notes = plan_notes_new();
    plan->start = view_of(plan, snapshot);
    if (plan->start != NULL && (request->known == NULL || plan->start != snapshot))
        plan->diagnosed = diagnose(plan->start, request->declared);
    plan->before = plan->diagnosed != NULL ? plan->diagnosed : request->known;
    return plan;
}

Plan *plan_new(const Snapshot *snapshot, const PlanRequest *request, PlanRefusal *refusal)
{
    g_autoptr(Plan) plan = plan_empty(snapshot, request);
    g_autoptr(GPtrArray) links = g_ptr_array_new();
    Planner planner = {plan->start, request, plan, links, {REFUSED_PERMANENT_UNREAD}};
    if (plan->start != NULL && planner_choose(&planner) && planner_add_actions(&planner) &&
        predict_findings(&planner)) {
        predict_exposure(&planner);
        if (check_cure(&planner) && check_harm(&planner)) {
            add_notes(&planner);
            return g_steal_pointer(&plan);
        }
    }
    if (refusal != NULL) {
        *refusal = planner.refusal;
        refusal->attempt = g_steal_pointer(&plan);
    }
    return NULL;
}

GPtrArray *plan_choose_actions(const Snapshot *snapshot, const PlanRequest *request, char **zone)
{
    g_autoptr(Plan) plan = plan_empty(snapshot, request);
    g_autoptr(GPtrArray) links = g_ptr_array_new();
    Planner planner = {plan->start, request, plan, links, {REFUSED_PERMANENT_UNREAD}};
    if (plan->start == NULL || !planner_choose(&planner) || !planner_add_actions(&planner))
        return NULL;
    *zone = g_strdup(plan->zone);
    return g_ptr_array_ref(plan->actions);
}

Plan *plan_of_actions(const Snapshot *snapshot, const GPtrArray *actions, const Declared *declared)
{
    return plan_of_actions_as(snapshot, actions, &(PlanRequest){.declared = declared});
}

Plan *plan_of_actions_as(const Snapshot *snapshot, const GPtrArray *actions,
                         const PlanRequest *request)
{
    Plan *plan = plan_empty(snapshot, request);
    g_autoptr(GPtrArray) links = g_ptr_array_new();
    g_autoptr(GHashTable) seen = g_hash_table_new(g_direct_hash, g_direct_equal);
    Planner planner = {plan->start, request, plan, links, {0}};
    PTR_ARRAY_FOREACH (const Action, action, actions) {
        g_ptr_array_add(plan->actions, action_copy(action));
        note_reload(plan, action);
        action_predict(action, plan->predicted);
        if (plan->zone == NULL)
            plan->zone = g_strdup(action->to);
        const Link *link =
            action->interface != NULL ? snapshot_link_by_name(snapshot, action->interface) : NULL;
        if (link != NULL && g_hash_table_add(seen, (gpointer)link))
            g_ptr_array_add(links, (gpointer)link);
    }
    bool predicted = predict_findings(&planner);
    g_assert(predicted); /* of what was read */
    predict_exposure(&planner);
    add_notes(&planner);
    return plan;
}

Snapshot *plan_predict_reboot(const Snapshot *snapshot)
{
    return snapshot_after_reload(snapshot, EVENT_REBOOT, NULL);
}

void plan_free(Plan *plan)
{
    if (plan == NULL)
        return;
    g_free(plan->zone);
    g_ptr_array_unref(plan->actions);
    g_ptr_array_unref(plan->after_reboot);
    g_ptr_array_unref(plan->cured);
    g_ptr_array_unref(plan->caused);
    diagnosis_free(plan->diagnosed);
    diagnosis_free(plan->after);
    snapshot_free(plan->predicted);
    exposure_free(plan->exposure);
    g_ptr_array_unref(plan->notes);
    g_free(plan);
}

Verdict *plan_find_lock_out(const Plan *plan, const Flow *session)
{
    g_autoptr(Verdict) now = verdict_of(plan->start, session);
    g_autoptr(Verdict) then = verdict_of(plan->goal, session);
    return verdict_accepts(now) && !verdict_accepts(then) ? g_steal_pointer(&then) : NULL;
}

/* The second step of a permanent move starts from what the first one leaves. */
bool plan_preconditions_hold(const Plan *plan, const Snapshot *snapshot)
{
    g_autoptr(Snapshot) world = snapshot_copy(snapshot);
    PTR_ARRAY_FOREACH (const Action, action, plan->actions) {
        if (!action_precondition_holds(action, world))
            return false;
        action_predict(action, world);
    }
    return true;
}
