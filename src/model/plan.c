/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From a request to a plan: what is chosen and done is in plan-choice.c and plan-steps.c; here is
 * whether it would cure, and what else it would change. */
#include "model/planner.h"

#include "model/dispatch.h"
#include "model/error.h"

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
                                              finding->id == FINDING_MANAGER_ZONE_MISMATCH);
}

static const Finding *uncured(const Planner *planner)
{
    const Diagnosis *after = planner->plan->after;
    for (guint i = 0; i < after->findings->len; i++) {
        const Finding *finding = g_ptr_array_index(after->findings, i);
        if (is_about(planner, finding) && planner_is_cured_by_binding(finding) &&
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

static void predict_findings(Plan *plan, const char *const *uplinks)
{
    plan->after = diagnose(plan->predicted, uplinks);
    collect_difference(plan->before, plan->after, SEVERITY_INFO, plan->cured);
    collect_difference(plan->after, plan->before, SEVERITY_WARNING, plan->caused);
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
        host_services_compare(planner->snapshot, planner->plan->predicted,
                              link_ingress_name(planner->snapshot, link), planner->plan->opens,
                              planner->plan->closes);
    }
}

static void note(Planner *planner, char *text)
{
    g_ptr_array_add(planner->plan->notes, text);
}

static bool any_policy_names(const Firewalld *firewalld, const char *zone)
{
    for (guint i = 0; i < firewalld->policies->len; i++) {
        const Policy *policy = g_ptr_array_index(firewalld->policies, i);
        if (g_strv_contains((const char *const *)policy->ingress_zones, zone) ||
            g_strv_contains((const char *const *)policy->egress_zones, zone))
            return true;
    }
    return false;
}

/* Measured with 0.9 to 1.3: taking the only interface out of a zone uninstalls every policy that
 * names the zone, although its sources may keep it active, and only a reload mends that. */
static void note_lost_policies(Planner *planner, const Action *action)
{
    const Firewalld *firewalld = planner->snapshot->firewalld;
    const Zone *from = firewalld_zone(firewalld, action->from);
    if (action->scope != SCOPE_RUNTIME || action->op != ACTION_MOVE || from == NULL ||
        firewalld_generation(firewalld) >= GENERATION_2)
        return;
    if (g_strv_length(from->interfaces) == 1 && from->sources->len > 0 &&
        any_policy_names(firewalld, from->name))
        note(planner, g_strdup_printf("this firewalld forgets the policies of zone %s when the "
                                      "only interface leaves it, until the next reload",
                                      from->name));
}

static bool masquerades(const Snapshot *snapshot, const Link *link)
{
    const Zone *zone = dispatch_interface(snapshot, link->name).zone;
    return zone != NULL && zone->filter.masquerade == TRISTATE_YES;
}

/* Masquerading opens nothing, but without it what has a private address gets no answer. */
static void note_lost_masquerade(Planner *planner, const Link *link)
{
    if (masquerades(planner->snapshot, link) && !masquerades(planner->plan->predicted, link))
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
}

/* ---- the whole ---- */

static Plan *plan_empty(const Snapshot *snapshot, const char *const *uplinks)
{
    Plan *plan = g_new0(Plan, 1);
    plan->actions = g_ptr_array_new_with_free_func((GDestroyNotify)action_free);
    plan->before = diagnose(snapshot, uplinks);
    plan->predicted = snapshot_copy(snapshot);
    plan->cured = g_ptr_array_new();
    plan->caused = g_ptr_array_new();
    plan->opens = g_ptr_array_new_with_free_func((GDestroyNotify)service_change_free);
    plan->closes = g_ptr_array_new_with_free_func((GDestroyNotify)service_change_free);
    plan->notes = g_ptr_array_new_with_free_func(g_free);
    return plan;
}

Plan *plan_new(const Snapshot *snapshot, const PlanRequest *request, GError **error)
{
    g_autoptr(Plan) plan = plan_empty(snapshot, request->uplinks);
    g_autoptr(GPtrArray) links = g_ptr_array_new();
    Planner planner = {snapshot, request, plan, links};
    if (!planner_choose(&planner, error) || !planner_add_actions(&planner, error))
        return NULL;

    predict_findings(plan, request->uplinks);
    if (!check_cure(&planner, error))
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
    Plan *plan = plan_empty(snapshot, uplinks);
    g_autoptr(GPtrArray) links = g_ptr_array_new();
    Planner planner = {snapshot, &(PlanRequest){.uplinks = uplinks}, plan, links};
    collect_links(&planner, actions);
    for (guint i = 0; i < actions->len; i++) {
        Action *action = action_copy(g_ptr_array_index(actions, i));
        g_ptr_array_add(plan->actions, action);
        action_predict(action, plan->predicted);
        if (plan->zone == NULL)
            plan->zone = g_strdup(action->to);
    }
    predict_findings(plan, uplinks);
    predict_services(&planner);
    add_notes(&planner);
    return plan;
}

void plan_free(Plan *plan)
{
    if (plan == NULL)
        return;
    g_free(plan->zone);
    g_ptr_array_unref(plan->actions);
    g_ptr_array_unref(plan->cured);
    g_ptr_array_unref(plan->caused);
    diagnosis_free(plan->before);
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
