/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The actions of a plan: what has to be done to bind its links to its zone, in the running firewall
 * and in what lasts. */
#include "model/plan/planner.h"

#include "model/diagnosis/binding-findings.h"
#include "model/firewalld/dispatch.h"
#include "model/foreach.h"
#include "model/plan/reload-losses.h"

/* Takes ACTION. */
static void add_action(Planner *planner, Action *action)
{
    g_ptr_array_add(planner->plan->actions, action);
    action_predict(action, planner->plan->predicted);
}

/* Whether NAME may be taken out of the zone FROM, which SCOPE has it in. */
static bool check_move(Planner *planner, const char *name, const char *from, ActionScope scope)
{
    if (!planner->request->move)
        return planner_refuse(planner, (PlanRefusal){REFUSED_BOUND_ELSEWHERE, .interface = name,
                                                     .zone = from, .scope = scope});
    return !zone_is_of_another_program(from) || planner->request->force ||
           planner_refuse(planner,
                          (PlanRefusal){REFUSED_PROGRAMS_LINK, .interface = name, .zone = from});
}

/* What EVENT, which makes firewalld load what lasts, undoes beside; NULL where that is not known. */
static GPtrArray *losses_by(const Snapshot *snapshot, ReloadEvent event)
{
    g_autoptr(Snapshot) after = snapshot_after_reload(snapshot, event, NULL);
    return after != NULL ? reload_losses_between(snapshot, after, event) : NULL;
}

/* A move at run time that leaves rules behind cures nothing for sure: what lasts has to be changed, and
 * firewalld to load it. Where a reload keeps bindings, it puts the old one back: only a start does it. */
static bool check_kept_rules(Planner *planner, const char *name, const char *from)
{
    if (planner->request->force || !dispatch_would_keep_rules(planner->snapshot, name, from))
        return true;
    bool is_kept = firewalld_keeps_state_on_reload(planner->snapshot->firewalld);
    GPtrArray *losses = losses_by(planner->snapshot, is_kept ? EVENT_REBOOT : EVENT_RELOAD);
    plan_notes_add(planner->plan->notes, (PlanNote){NOTE_RULES_KEPT, .interface = (char *)name,
                                                    .zone = (char *)from, .losses = losses});
    return planner_refuse(planner,
                          (PlanRefusal){is_kept ? REFUSED_RULES_KEPT_BY_RELOAD : REFUSED_RULES_KEPT,
                                        .interface = name, .zone = from, .losses = losses});
}

static bool plan_running_binding(Planner *planner, const Link *link)
{
    const char *to = planner->plan->zone;
    ZoneMatch match = dispatch_interface(planner->snapshot, link->name);
    bool is_bound = zone_match_is_binding(&match);
    if (is_bound && g_str_equal(match.zone->name, to))
        return true;
    if (is_bound && !check_move(planner, link->name, match.zone->name, SCOPE_RUNTIME))
        return false;
    const char *from = binding_of_interface(planner->snapshot, link->name);
    if (from != NULL && !check_kept_rules(planner, link->name, from))
        return false;
    add_action(planner, action_new(from != NULL ? ACTION_MOVE : ACTION_BIND, SCOPE_RUNTIME,
                                   link->name, from, to));
    return true;
}

/* ---- what lasts ---- */

/* For a device that NetworkManager manages its profile is what lasts; a profile without a zone means
 * the default zone. */
static bool plan_profile(Planner *planner, const ManagedDevice *device)
{
    const Firewalld *firewalld = planner->snapshot->firewalld;
    const char *to = planner->plan->zone;
    const char *from = device->zone;
    if (g_strcmp0(from != NULL ? from : firewalld->default_zone, to) == 0)
        return true;
    if (from != NULL && firewalld_zone(firewalld, from) != NULL &&
        !check_move(planner, device->interface, from, SCOPE_NETWORKMANAGER))
        return false;
    if (device->profile_uuid == NULL)
        return planner_refuse(
            planner, (PlanRefusal){REFUSED_PROFILE_UNKNOWN, .interface = device->interface});
    Action *action = action_new_for_profile(device->interface, device->profile_uuid, from, to);
    action->saved_only = planner->request->permanent_only;
    add_action(planner, action);
    return true;
}

/* The profile wins over the zone file, which must not say otherwise. What it says is not in force:
 * taking it out moves nothing. */
static void clear_zone_file(Planner *planner, const ManagedDevice *device)
{
    const PermanentBinding *file =
        permanent_binding(planner->snapshot->permanent, device->interface);
    if (file == NULL || file->zone == NULL || file->conflict != NULL ||
        g_str_equal(file->zone, planner->plan->zone))
        return;
    Action *action =
        action_new(ACTION_UNBIND, SCOPE_PERMANENT, device->interface, file->zone, NULL);
    action->profile = g_strdup(device->profile_uuid);
    add_action(planner, action);
}

/* A wildcard that binds LINK lasts or does not by itself. */
static bool is_left_to_a_wildcard(const Planner *planner, const Link *link,
                                  const PermanentBinding *binding)
{
    ZoneMatch match = dispatch_interface(planner->snapshot, link->name);
    return match.by == BOUND_BY_WILDCARD && g_str_equal(match.zone->name, planner->plan->zone) &&
           (binding == NULL || (binding->zone == NULL && binding->conflict == NULL));
}

/* What lasts of a link that is no uplink is only read where something binds it or the request names
 * it. */
static bool plan_permanent_binding(Planner *planner, const Link *link)
{
    const char *to = planner->plan->zone;
    const ManagedDevice *device =
        networkmanager_device(planner->snapshot->networkmanager, link->name);
    if (device != NULL && device->managed) {
        if (!plan_profile(planner, device))
            return false;
        clear_zone_file(planner, device);
        return true;
    }
    bool is_uplink = topology_role(planner->plan->before->topology, link) == ROLE_UPLINK;
    if (is_uplink && !networkmanager_is_known(planner->snapshot->networkmanager, link->name))
        return planner_refuse(planner,
                              (PlanRefusal){REFUSED_MANAGER_UNREAD, .interface = link->name});
    const PermanentBinding *binding = permanent_binding(planner->snapshot->permanent, link->name);
    if (is_left_to_a_wildcard(planner, link, binding))
        return true;
    bool is_bound = binding_of_interface(planner->snapshot, link->name) != NULL;
    if (binding == NULL && (is_uplink || is_bound))
        return planner_refuse(planner,
                              (PlanRefusal){REFUSED_PERMANENT_UNREAD, .interface = link->name});
    if (binding != NULL && binding->conflict != NULL)
        return planner_refuse(planner,
                              (PlanRefusal){REFUSED_PERMANENT_CONFLICT, .interface = link->name});
    const char *from = binding != NULL ? binding->zone : NULL;
    if (g_strcmp0(from, to) == 0)
        return true;
    if (from != NULL && !check_move(planner, link->name, from, SCOPE_PERMANENT))
        return false;
    /* firewalld refuses to bind permanently what another zone still has. */
    if (from != NULL)
        add_action(planner, action_new(ACTION_UNBIND, SCOPE_PERMANENT, link->name, from, NULL));
    add_action(planner, action_new(ACTION_BIND, SCOPE_PERMANENT, link->name, NULL, to));
    return true;
}

/* ---- the whole ---- */

/* A zone that is there at run time only has nothing that lasts. */
static void plan_forward(Planner *planner, const Firewalld *firewalld, ActionScope scope)
{
    const Zone *zone = firewalld_zone(firewalld, planner->plan->zone);
    if (planner->request->enable_forward && planner->links->len > 0 && zone != NULL &&
        zone->forward == TRISTATE_NO)
        add_action(planner, action_new(ACTION_ENABLE_FORWARD, scope, NULL, NULL, zone->name));
}

static bool plan_running(Planner *planner)
{
    PTR_ARRAY_FOREACH (const Link, link, planner->links) {
        if (!plan_running_binding(planner, link))
            return false;
    }
    plan_forward(planner, planner->snapshot->firewalld, SCOPE_RUNTIME);
    return true;
}

/* Where the permanent configuration was not read, as for the fix that a finding shows, it is taken to
 * be like the running one. */
static bool plan_permanent(Planner *planner)
{
    const Firewalld *permanent = planner->snapshot->permanent->firewalld;
    plan_forward(planner, permanent != NULL ? permanent : planner->snapshot->firewalld,
                 SCOPE_PERMANENT);
    PTR_ARRAY_FOREACH (const Link, link, planner->links) {
        if (!plan_permanent_binding(planner, link))
            return false;
    }
    return true;
}

/* The running firewall first: what lasts is written only when that has worked, and a machine that
 * dies in between comes back as it was. */
bool planner_add_actions(Planner *planner)
{
    return planner->plan->zone == NULL ||
           ((planner->request->permanent_only || plan_running(planner)) &&
            (planner->request->runtime_only || plan_permanent(planner)));
}
