/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From a request to a plan: what is chosen and done is in plan-choice.c and plan-steps.c; here is
 * whether it would cure, and what else it would change. */
#include "model/plan/planner.h"

#include "model/plan/after.h"
#include "model/firewalld/dispatch.h"
#include "model/error.h"
#include "model/plan/losses.h"

/* ---- whether it cures ---- */

static bool is_about(const Planner *planner, const Finding *finding)
{
    for (guint i = 0; i < planner->links->len; i++) {
        const Link *link = g_ptr_array_index(planner->links, i);
        if (g_strcmp0(finding->interface, link->name) == 0)
            return true;
    }
    return false;
}

/* Binding at run time only is what the user asked for: that it does not last is no failure. */
static bool is_asked_for(const Planner *planner, const Finding *finding)
{
    return planner->request->runtime_only && (finding->id == FINDING_RUNTIME_ONLY_BINDING ||
                                              finding->id == FINDING_PERMANENT_NOT_ACTIVE ||
                                              finding->id == FINDING_MANAGER_ZONE_MISMATCH);
}

static const Finding *uncured(const Planner *planner)
{
    const Diagnosis *after = planner->plan->after;
    for (guint i = 0; i < after->findings->len; i++) {
        const Finding *finding = g_ptr_array_index(after->findings, i);
        if (is_about(planner, finding) && planner_is_cured_by_binding(planner, finding) &&
            !is_asked_for(planner, finding))
            return finding;
    }
    return NULL;
}

/* Adds to FOUND the findings of ONE, at least of SEVERITY, that OTHER does not have. */
static void collect_difference(const Diagnosis *one, const Diagnosis *other, Severity severity,
                               GPtrArray *found)
{
    for (guint i = 0; i < one->findings->len; i++) {
        Finding *finding = g_ptr_array_index(one->findings, i);
        if (finding->severity >= severity && diagnosis_find(other, finding) == NULL)
            g_ptr_array_add(found, finding);
    }
}

/* What is judged of SNAPSHOT, NULL with an error where it cannot be. */
static const Snapshot *look_at(Plan *plan, const Snapshot *snapshot, GError **error)
{
    if (!plan->permanent_only)
        return snapshot;
    Snapshot *foreseen = plan_foresee(snapshot, error);
    if (foreseen != NULL)
        g_ptr_array_add(plan->foreseen, foreseen);
    return foreseen;
}

static bool predict_findings(Plan *plan, const char *const *uplinks, GError **error)
{
    plan->goal = look_at(plan, plan->predicted, error);
    if (plan->goal == NULL)
        return false;
    plan->after = diagnose(plan->goal, uplinks);
    collect_difference(plan->before, plan->after, SEVERITY_INFO, plan->cured);
    collect_difference(plan->after, plan->before, SEVERITY_WARNING, plan->caused);
    return true;
}

static bool check_cure(Planner *planner, GError **error)
{
    Plan *plan = planner->plan;
    const Finding *left = uncured(planner);
    if (left != NULL) {
        const char *detail =
            left->evidence->len > 2 ? g_ptr_array_index(left->evidence, 2) : left->message;
        nicfix_error_set(error, NICFIX_ERROR_REFUSED, NULL,
                         "binding %s to zone %s would not cure it: %s", left->interface, plan->zone,
                         detail);
        return false;
    }
    const Finding *broken = diagnosis_first_worse(plan->before, plan->after, SEVERITY_ERROR);
    if (broken != NULL && !planner->request->force) {
        nicfix_error_set(error, NICFIX_ERROR_REFUSED, "--force does it all the same",
                         "this would break something else: %s", broken->message);
        return false;
    }
    return true;
}

/* ---- what else it changes ---- */

/* What reaches the host itself by a member of a VRF comes in, for the firewall, by the VRF. */
static void predict_services(Planner *planner)
{
    for (guint i = 0; i < planner->links->len; i++) {
        const Link *link = g_ptr_array_index(planner->links, i);
        host_services_compare(planner->plan->start, planner->plan->goal,
                              link_ingress_name(planner->snapshot, link), planner->plan->opens,
                              planner->plan->closes);
    }
}

static void note(Planner *planner, char *text)
{
    g_ptr_array_add(planner->plan->notes, text);
}

/* Whether another zone or a source keeps ZONE's side of POLICY active when no interface does. */
static bool stays_active(char **side, const Zone *zone)
{
    const char *const *zones = (const char *const *)side;
    return g_strv_contains(zones, zone->name) &&
           (zone->sources->len > 0 || g_strv_length(side) > 1);
}

static bool any_policy_stays_active(const Firewalld *firewalld, const Zone *zone)
{
    for (guint i = 0; i < firewalld->policies->len; i++) {
        const Policy *policy = g_ptr_array_index(firewalld->policies, i);
        if (stays_active(policy->ingress_zones, zone) || stays_active(policy->egress_zones, zone))
            return true;
    }
    return false;
}

/* What the reload that mends it would lose, once the plan is done. */
static char *describe_losses(const Plan *plan)
{
    g_autoptr(GPtrArray) losses = losses_at_reload(plan->predicted, NULL);
    if (losses == NULL)
        return g_strdup("what that would lose as well could not be read");
    if (losses->len == 0)
        return g_strdup("that would lose nothing else");
    g_ptr_array_add(losses, NULL);
    g_autofree char *list = g_strjoinv("; ", (char **)losses->pdata);
    return g_strdup_printf("then: %s", list);
}

/* Measured with 0.9 to 1.3: taking the only interface out of a zone uninstalls every policy that
 * names the zone, although something else keeps it active, and only a reload mends that. */
static void note_lost_policies(Planner *planner, const Action *action)
{
    const Firewalld *firewalld = planner->snapshot->firewalld;
    const Zone *from = firewalld_zone(firewalld, action->from);
    if (action->scope != SCOPE_RUNTIME || action->op != ACTION_MOVE || from == NULL ||
        firewalld_generation(firewalld) >= GENERATION_2)
        return;
    if (g_strv_length(from->interfaces) != 1 || !any_policy_stays_active(firewalld, from))
        return;
    g_autofree char *losses = describe_losses(planner->plan);
    note(planner, g_strdup_printf("this firewalld forgets the policies of zone %s when the only "
                                  "interface leaves it: run firewall-cmd --reload afterwards (%s)",
                                  from->name, losses));
}

static bool masquerades(const Snapshot *snapshot, const Link *link)
{
    const Zone *zone = dispatch_interface(snapshot, link->name).zone;
    return zone != NULL && zone->filter.masquerade == TRISTATE_YES;
}

/* Masquerading opens nothing, but without it what has a private address gets no answer. */
static void note_lost_masquerade(Planner *planner, const Link *link)
{
    if (masquerades(planner->snapshot, link) && !masquerades(planner->plan->goal, link))
        note(planner, g_strdup_printf("zone %s does not masquerade what leaves by %s, as its zone "
                                      "does now: hosts with private addresses will get no answers",
                                      planner->plan->zone, link->name));
}

static void add_notes(Planner *planner)
{
    for (guint i = 0; i < planner->links->len; i++)
        note_lost_masquerade(planner, g_ptr_array_index(planner->links, i));
    const GPtrArray *actions = planner->plan->actions;
    for (guint i = 0; i < actions->len; i++)
        note_lost_policies(planner, g_ptr_array_index(actions, i));
    if (actions->len > 0 && planner->request->runtime_only)
        note(planner, g_strdup("--runtime-only: the next reload or restart of firewalld undoes "
                               "this"));
    if (actions->len > 0 && planner->request->permanent_only)
        note(planner, g_strdup("--permanent-only: nothing changes now; this is what the next start "
                               "of firewalld and NetworkManager brings"));
}

/* ---- the whole ---- */

static void snapshot_destroy(gpointer snapshot)
{
    snapshot_free(snapshot);
}

static Plan *plan_empty(const Snapshot *snapshot, const PlanRequest *request, GError **error)
{
    g_autoptr(Plan) plan = g_new0(Plan, 1);
    plan->permanent_only = request->permanent_only;
    plan->foreseen = g_ptr_array_new_with_free_func(snapshot_destroy);
    plan->actions = g_ptr_array_new_with_free_func((GDestroyNotify)action_free);
    plan->predicted = snapshot_copy(snapshot);
    plan->cured = g_ptr_array_new();
    plan->caused = g_ptr_array_new();
    plan->opens = g_ptr_array_new_with_free_func((GDestroyNotify)service_change_free);
    plan->closes = g_ptr_array_new_with_free_func((GDestroyNotify)service_change_free);
    plan->notes = g_ptr_array_new_with_free_func(g_free);
    plan->start = look_at(plan, snapshot, error);
    if (plan->start == NULL)
        return NULL;
    if (request->known == NULL || plan->start != snapshot)
        plan->diagnosed = diagnose(plan->start, request->uplinks);
    plan->before = plan->diagnosed != NULL ? plan->diagnosed : request->known;
    return g_steal_pointer(&plan);
}

Plan *plan_new(const Snapshot *snapshot, const PlanRequest *request, GError **error)
{
    g_autoptr(Plan) plan = plan_empty(snapshot, request, error);
    if (plan == NULL)
        return NULL;
    g_autoptr(GPtrArray) links = g_ptr_array_new();
    Planner planner = {plan->start, request, plan, links};
    if (!planner_choose(&planner, error) || !planner_add_actions(&planner, error) ||
        !predict_findings(plan, request->uplinks, error) || !check_cure(&planner, error))
        return NULL;
    predict_services(&planner);
    add_notes(&planner);
    return g_steal_pointer(&plan);
}

/* The links whose bindings ACTIONS change, as far as they are there. */
static void collect_links(Planner *planner, const GPtrArray *actions)
{
    for (guint i = 0; i < actions->len; i++) {
        const Action *action = g_ptr_array_index(actions, i);
        const Link *link = action->interface != NULL
                               ? snapshot_link_by_name(planner->snapshot, action->interface)
                               : NULL;
        if (link != NULL && !g_ptr_array_find(planner->links, link, NULL))
            g_ptr_array_add(planner->links, (gpointer)link);
    }
}

Plan *plan_of_actions(const Snapshot *snapshot, const GPtrArray *actions,
                      const char *const *uplinks)
{
    const PlanRequest request = {.uplinks = uplinks};
    Plan *plan = plan_empty(snapshot, &request, NULL);
    g_autoptr(GPtrArray) links = g_ptr_array_new();
    Planner planner = {snapshot, &request, plan, links};
    collect_links(&planner, actions);
    for (guint i = 0; i < actions->len; i++) {
        Action *action = action_copy(g_ptr_array_index(actions, i));
        g_ptr_array_add(plan->actions, action);
        action_predict(action, plan->predicted);
        if (plan->zone == NULL)
            plan->zone = g_strdup(action->to);
    }
    bool predicted = predict_findings(plan, uplinks, NULL);
    g_assert(predicted); /* of now, which was read */
    predict_services(&planner);
    add_notes(&planner);
    return plan;
}

Snapshot *plan_foresee(const Snapshot *snapshot, GError **error)
{
    g_autoptr(GPtrArray) assumes = g_ptr_array_new_with_free_func(g_free);
    return snapshot_after(snapshot, AFTER_REBOOT, assumes, error);
}

void plan_free(Plan *plan)
{
    if (plan == NULL)
        return;
    g_free(plan->zone);
    g_ptr_array_unref(plan->actions);
    g_ptr_array_unref(plan->foreseen);
    g_ptr_array_unref(plan->cured);
    g_ptr_array_unref(plan->caused);
    diagnosis_free(plan->diagnosed);
    diagnosis_free(plan->after);
    snapshot_free(plan->predicted);
    g_ptr_array_unref(plan->opens);
    g_ptr_array_unref(plan->closes);
    g_ptr_array_unref(plan->notes);
    g_free(plan);
}

/* The second step of a permanent move starts from what the first one leaves. */
bool plan_fits(const Plan *plan, const Snapshot *snapshot)
{
    g_autoptr(Snapshot) world = snapshot_copy(snapshot);
    for (guint i = 0; i < plan->actions->len; i++) {
        const Action *action = g_ptr_array_index(plan->actions, i);
        if (!action_fits(action, world))
            return false;
        action_predict(action, world);
    }
    return true;
}
