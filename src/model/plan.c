/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From a request to actions: which interfaces, which zone, what has to be done, and whether the
 * snapshot as it would be afterwards is really cured. */
#include "model/plan.h"

#include "model/binding-findings.h"
#include "model/coverage.h"
#include "model/error.h"

typedef struct {
    const Snapshot *snapshot;
    const PlanRequest *request;
    Plan *plan;
    GPtrArray *links; /* Link: what is to be bound, the uplinks first */
} Planner;

static void note(Planner *planner, char *text)
{
    g_ptr_array_add(planner->plan->notes, text);
}

/* ---- which interfaces ---- */

static bool is_cured_by_binding(const Finding *finding)
{
    switch (finding->id) {
    case FINDING_UPLINK_UNBOUND:
    case FINDING_UPLINK_IN_REJECTING_ZONE:
    case FINDING_FORWARD_BLOCKED:
    case FINDING_RUNTIME_ONLY_BINDING:
        return finding->severity >= SEVERITY_WARNING;
    case FINDING_PANIC_MODE:
    case FINDING_ZONE_CONFLICT:
    case FINDING_MANAGER_ZONE_MISMATCH:
    case FINDING_PERMANENT_NOT_ACTIVE:
    case FINDING_STALE_BINDING:
    case FINDING_VERDICT_UNKNOWN:
        break;
    }
    return false;
}

static void add_link(Planner *planner, const Link *link)
{
    if (!g_ptr_array_find(planner->links, link, NULL))
        g_ptr_array_add(planner->links, (gpointer)link);
}

static void choose_links_by_findings(Planner *planner)
{
    const Diagnosis *before = planner->plan->before;
    for (guint i = 0; i < before->findings->len; i++) {
        const Finding *finding = g_ptr_array_index(before->findings, i);
        const Link *link = finding->interface != NULL
                               ? snapshot_link_by_name(planner->snapshot, finding->interface)
                               : NULL;
        if (link != NULL && is_cured_by_binding(finding) &&
            topology_role(before->topology, link) == ROLE_UPLINK)
            add_link(planner, link);
    }
}

static bool choose_link(Planner *planner, const char *name, GError **error)
{
    const Link *link = snapshot_link_by_name(planner->snapshot, name);
    if (link == NULL) {
        nicfix_error_set(error, NICFIX_ERROR_NOT_FOUND, "nicfix list shows the links there are",
                         "no link is named %s", name);
        return false;
    }
    if (!g_str_equal(link->name, name)) {
        g_autofree char *hint = g_strdup_printf("use --interface %s", link->name);
        nicfix_error_set(error, NICFIX_ERROR_NOT_FOUND, hint,
                         "%s is only an alternative name of %s, and firewalld does not know those",
                         name, link->name);
        return false;
    }
    Role role = topology_role(planner->plan->before->topology, link);
    if (role == ROLE_LOOPBACK) {
        nicfix_error_set(error, NICFIX_ERROR_REFUSED, NULL,
                         "%s is the loopback: firewalld accepts it in every zone", name);
        return false;
    }
    if (role == ROLE_PORT) {
        const Link *master = snapshot_link_by_index(planner->snapshot, link->master);
        g_autofree char *hint =
            g_strdup_printf("bind its master %s", master != NULL ? master->name : "");
        nicfix_error_set(error, NICFIX_ERROR_REFUSED, master != NULL ? hint : NULL,
                         "%s is a port: the firewall never sees it", name);
        return false;
    }
    add_link(planner, link);
    return true;
}

static bool choose_links(Planner *planner, GError **error)
{
    const char *const *names = planner->request->interfaces;
    if (names == NULL || *names == NULL) {
        choose_links_by_findings(planner);
        return true;
    }
    for (; *names != NULL; names++) {
        if (!choose_link(planner, *names, error))
            return false;
    }
    return true;
}

/* ---- which zone ---- */

static bool zone_for_link(Planner *planner, const Link *link, char **zone, GError **error)
{
    const Diagnosis *before = planner->plan->before;
    g_auto(GStrv) refusing = NULL;
    if (topology_role(before->topology, link) == ROLE_UPLINK)
        refusing = diagnosis_refusing_zones(planner->snapshot, before, link);
    if (refusing != NULL && g_strv_length(refusing) > 1) {
        g_autofree char *names = g_strjoinv(", ", refusing);
        nicfix_error_set(error, NICFIX_ERROR_REFUSED,
                         "choose one with --zone, or bind the downstreams to one zone first "
                         "(--bind-downstream)",
                         "what leaves by %s is refused by several zones (%s), and it can be bound "
                         "to one only",
                         link->name, names);
        return false;
    }
    const Zone *filters = dispatch_interface(planner->snapshot, link->name).zone;
    const char *name = refusing != NULL && *refusing != NULL ? *refusing
                       : filters != NULL                     ? filters->name
                                                             : NULL;
    if (name == NULL) {
        nicfix_error_set(error, NICFIX_ERROR_REFUSED, "name it with --zone",
                         "the zone that filters %s could not be read", link->name);
        return false;
    }
    *zone = g_strdup(name);
    return true;
}

static bool choose_zone_by_links(Planner *planner, GError **error)
{
    Plan *plan = planner->plan;
    for (guint i = 0; i < planner->links->len; i++) {
        const Link *link = g_ptr_array_index(planner->links, i);
        g_autofree char *zone = NULL;
        if (!zone_for_link(planner, link, &zone, error))
            return false;
        if (plan->zone == NULL) {
            plan->zone = g_steal_pointer(&zone);
        } else if (!g_str_equal(plan->zone, zone)) {
            nicfix_error_set(error, NICFIX_ERROR_REFUSED,
                             "apply to one interface at a time with --interface, or name a zone "
                             "with --zone",
                             "the uplinks need different zones (%s, %s)", plan->zone, zone);
            return false;
        }
    }
    return true;
}

static bool check_zone(Planner *planner, GError **error)
{
    const char *name = planner->plan->zone;
    const Zone *zone = firewalld_zone(planner->snapshot->firewalld, name);
    if (zone == NULL) {
        nicfix_error_set(error, NICFIX_ERROR_NOT_FOUND, "nicfix list shows the zones there are",
                         "firewalld has no zone %s", name);
        return false;
    }
    if (planner->request->force)
        return true;
    if (zone->target == TARGET_ACCEPT) {
        nicfix_error_set(error, NICFIX_ERROR_REFUSED, "--force does it all the same",
                         "zone %s accepts everything: an uplink in it opens the whole host", name);
        return false;
    }
    if (zone_is_of_another_program(name)) {
        nicfix_error_set(error, NICFIX_ERROR_REFUSED, "--force does it all the same",
                         "zone %s is kept by another program, which may undo any change", name);
        return false;
    }
    return true;
}

static bool choose_zone(Planner *planner, GError **error)
{
    if (planner->request->zone != NULL)
        planner->plan->zone = g_strdup(planner->request->zone);
    else if (!choose_zone_by_links(planner, error))
        return false;
    return planner->plan->zone == NULL || check_zone(planner, error);
}

/* ---- which downstreams ---- */

static void choose_downstreams(Planner *planner)
{
    const GPtrArray *downstreams = topology_downstreams(planner->plan->before->topology);
    guint uplinks = planner->links->len;
    for (guint i = 0; i < downstreams->len; i++) {
        const Link *downstream = g_ptr_array_index(downstreams, i);
        for (guint j = 0; j < uplinks; j++) {
            g_autofree char *reason = NULL;
            const Link *uplink = g_ptr_array_index(planner->links, j);
            if (coverage_of(planner->snapshot, downstream, uplink, &reason) == COVERAGE_REFUSED)
                add_link(planner, downstream);
        }
    }
}

/* ---- which actions ---- */

static void act(Planner *planner, ActionOp op, ActionScope scope, const char *interface,
                const char *from, const char *to)
{
    Action *action = action_new(op, scope, interface, from, to);
    g_ptr_array_add(planner->plan->actions, action);
    action_predict(action, planner->plan->predicted);
}

static bool refuse_to_move(const char *interface, const char *from, const char *where,
                           GError **error)
{
    nicfix_error_set(error, NICFIX_ERROR_REFUSED, "--move takes it out of there",
                     "%s binds %s to zone %s", where, interface, from);
    return false;
}

static bool plan_running_binding(Planner *planner, const Link *link, GError **error)
{
    const char *to = planner->plan->zone;
    ZoneMatch match = dispatch_interface(planner->snapshot, link->name);
    bool bound = match.by == BOUND_BY_INTERFACE || match.by == BOUND_BY_WILDCARD;
    if (bound && g_str_equal(match.zone->name, to))
        return true;
    if (bound && !planner->request->move)
        return refuse_to_move(link->name, match.zone->name, "the running firewall", error);
    const char *from = binding_of_interface(planner->snapshot, link->name);
    act(planner, from != NULL ? ACTION_MOVE : ACTION_BIND, SCOPE_RUNTIME, link->name, from, to);
    return true;
}

/* Whether the permanent configuration of LINK can be planned at all. */
static bool check_permanent(const Planner *planner, const Link *link,
                            const PermanentBinding *binding, GError **error)
{
    const ManagedDevice *device =
        networkmanager_device(planner->snapshot->networkmanager, link->name);
    if (device != NULL && device->managed) {
        g_autofree char *hint = g_strdup_printf(
            "nmcli connection modify %s connection.zone %s makes it last; --runtime-only changes "
            "the running firewall alone",
            device->profile_uuid, planner->plan->zone);
        nicfix_error_set(error, NICFIX_ERROR_REFUSED, hint,
                         "NetworkManager manages %s and binds it by its own profile", link->name);
        return false;
    }
    bool asked = topology_role(planner->plan->before->topology, link) != ROLE_DOWNSTREAM;
    if (binding == NULL && asked) {
        nicfix_error_set(error, NICFIX_ERROR_NOT_AUTHORISED, "run as root, or with --runtime-only",
                         "the permanent binding of %s could not be read", link->name);
        return false;
    }
    if (binding != NULL && binding->conflict != NULL) {
        nicfix_error_set(error, NICFIX_ERROR_REFUSED,
                         "remove it from all zones but one with firewall-cmd --permanent",
                         "the permanent configuration binds %s in more than one zone", link->name);
        return false;
    }
    return true;
}

static bool plan_permanent_binding(Planner *planner, const Link *link, GError **error)
{
    const char *to = planner->plan->zone;
    const PermanentBinding *binding = permanent_binding(planner->snapshot->permanent, link->name);
    ZoneMatch match = dispatch_interface(planner->snapshot, link->name);
    bool by_wildcard = match.by == BOUND_BY_WILDCARD && g_str_equal(match.zone->name, to);
    if (by_wildcard && (binding == NULL || binding->zone == NULL))
        return true; /* the wildcard is what binds it; it lasts or does not by itself */
    if (!check_permanent(planner, link, binding, error))
        return false;
    /* Of downstreams that nothing binds only apply reads it: a suggestion takes it for unbound. */
    const char *from = binding != NULL ? binding->zone : NULL;
    if (g_strcmp0(from, to) == 0)
        return true;
    if (from != NULL && !planner->request->move)
        return refuse_to_move(link->name, from, "the permanent configuration", error);
    /* firewalld refuses to bind permanently what another zone still has. */
    if (from != NULL)
        act(planner, ACTION_UNBIND, SCOPE_PERMANENT, link->name, from, NULL);
    act(planner, ACTION_BIND, SCOPE_PERMANENT, link->name, NULL, to);
    return true;
}

static void plan_forward(Planner *planner)
{
    const Zone *zone = firewalld_zone(planner->snapshot->firewalld, planner->plan->zone);
    if (!planner->request->enable_forward || zone->forward != TRISTATE_NO)
        return;
    act(planner, ACTION_ENABLE_FORWARD, SCOPE_RUNTIME, NULL, NULL, zone->name);
    if (!planner->request->runtime_only)
        act(planner, ACTION_ENABLE_FORWARD, SCOPE_PERMANENT, NULL, NULL, zone->name);
}

/* The running firewall first: what lasts is written only when that has worked, so that a machine
 * that dies in between comes back as it was. */
static bool plan_actions(Planner *planner, GError **error)
{
    if (planner->plan->zone == NULL)
        return true;
    for (guint i = 0; i < planner->links->len; i++) {
        if (!plan_running_binding(planner, g_ptr_array_index(planner->links, i), error))
            return false;
    }
    if (planner->links->len > 0)
        plan_forward(planner);
    for (guint i = 0; !planner->request->runtime_only && i < planner->links->len; i++) {
        if (!plan_permanent_binding(planner, g_ptr_array_index(planner->links, i), error))
            return false;
    }
    return true;
}

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
    return planner->request->runtime_only && finding->id == FINDING_RUNTIME_ONLY_BINDING;
}

static const Finding *uncured(const Planner *planner)
{
    const Diagnosis *after = planner->plan->after;
    for (guint i = 0; i < after->findings->len; i++) {
        const Finding *finding = g_ptr_array_index(after->findings, i);
        if (is_about(planner, finding) && is_cured_by_binding(finding) &&
            !is_asked_for(planner, finding))
            return finding;
    }
    return NULL;
}

static void collect_cured(Plan *plan)
{
    for (guint i = 0; i < plan->before->findings->len; i++) {
        Finding *finding = g_ptr_array_index(plan->before->findings, i);
        if (diagnosis_find(plan->after, finding) == NULL)
            g_ptr_array_add(plan->cured, finding);
    }
}

static const Finding *first_new_error(const Plan *plan)
{
    for (guint i = 0; i < plan->after->findings->len; i++) {
        const Finding *finding = g_ptr_array_index(plan->after->findings, i);
        const Finding *known = diagnosis_find(plan->before, finding);
        if (finding->severity == SEVERITY_ERROR &&
            (known == NULL || known->severity != SEVERITY_ERROR))
            return finding;
    }
    return NULL;
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
    const Finding *broken = first_new_error(plan);
    if (broken != NULL && !planner->request->force) {
        nicfix_error_set(error, NICFIX_ERROR_REFUSED, "--force does it all the same",
                         "this would break something else: %s", broken->message);
        return false;
    }
    return true;
}

/* ---- what else it changes ---- */

static void predict_services(Planner *planner)
{
    for (guint i = 0; i < planner->links->len; i++) {
        const Link *link = g_ptr_array_index(planner->links, i);
        host_services_compare(planner->snapshot, planner->plan->predicted, link->name,
                              planner->plan->opens, planner->plan->closes);
    }
}

static void note_limits(Planner *planner)
{
    if (planner->plan->actions->len > 0 && planner->request->runtime_only)
        note(planner, g_strdup("--runtime-only: the next reload or restart of firewalld undoes "
                               "this"));
}

/* ---- the whole ---- */

static Plan *plan_empty(const Snapshot *snapshot, const PlanRequest *request)
{
    Plan *plan = g_new0(Plan, 1);
    plan->actions = g_ptr_array_new_with_free_func((GDestroyNotify)action_free);
    plan->before = diagnose(snapshot, request->uplinks);
    plan->predicted = snapshot_copy(snapshot);
    plan->cured = g_ptr_array_new();
    plan->opens = g_ptr_array_new_with_free_func((GDestroyNotify)service_change_free);
    plan->closes = g_ptr_array_new_with_free_func((GDestroyNotify)service_change_free);
    plan->notes = g_ptr_array_new_with_free_func(g_free);
    return plan;
}

Plan *plan_new(const Snapshot *snapshot, const PlanRequest *request, GError **error)
{
    g_autoptr(Plan) plan = plan_empty(snapshot, request);
    g_autoptr(GPtrArray) links = g_ptr_array_new();
    Planner planner = {snapshot, request, plan, links};
    if (!choose_links(&planner, error) || !choose_zone(&planner, error))
        return NULL;
    if (request->bind_downstreams)
        choose_downstreams(&planner);
    if (!plan_actions(&planner, error))
        return NULL;

    plan->after = diagnose(plan->predicted, request->uplinks);
    if (!check_cure(&planner, error))
        return NULL;
    collect_cured(plan);
    predict_services(&planner);
    note_limits(&planner);
    return g_steal_pointer(&plan);
}

void plan_free(Plan *plan)
{
    if (plan == NULL)
        return;
    g_free(plan->zone);
    g_ptr_array_unref(plan->actions);
    g_ptr_array_unref(plan->cured);
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
