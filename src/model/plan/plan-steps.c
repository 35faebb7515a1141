/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The actions of a plan: what has to be done so that its links are bound to its zone, in the running
 * firewall and in what lasts. */
#include "model/plan/planner.h"

#include "model/diagnosis/binding-findings.h"
#include "model/firewalld/dispatch.h"
#include "model/error.h"

/* Takes ACTION. */
static void add_action(Planner *planner, Action *action)
{
    g_ptr_array_add(planner->plan->actions, action);
    action_predict(action, planner->plan->predicted);
}

static void act(Planner *planner, ActionOp op, ActionScope scope, const char *interface,
                const char *from, const char *to)
{
    add_action(planner, action_new(op, scope, interface, from, to));
}

/* Whether NAME may be taken out of the zone FROM, where WHERE has it. */
static bool check_move(const Planner *planner, const char *name, const char *from,
                       const char *where, GError **error)
{
    if (!planner->request->move) {
        nicfix_error_set(error, NICFIX_ERROR_REFUSED, "--move takes it out of there",
                         "%s binds %s to zone %s", where, name, from);
        return false;
    }
    if (zone_is_of_another_program(from) && !planner->request->force) {
        nicfix_error_set(error, NICFIX_ERROR_REFUSED, "--force does it all the same",
                         "another program keeps %s in its zone %s, and may put it back", name,
                         from);
        return false;
    }
    return true;
}

/* ---- the running firewall ---- */

static bool plan_running_binding(Planner *planner, const Link *link, GError **error)
{
    const char *to = planner->plan->zone;
    ZoneMatch match = dispatch_interface(planner->snapshot, link->name);
    bool bound = match.by == BOUND_BY_INTERFACE || match.by == BOUND_BY_WILDCARD;
    if (bound && g_str_equal(match.zone->name, to))
        return true;
    if (bound && !check_move(planner, link->name, match.zone->name, "the running firewall", error))
        return false;
    const char *from = binding_of_interface(planner->snapshot, link->name);
    act(planner, from != NULL ? ACTION_MOVE : ACTION_BIND, SCOPE_RUNTIME, link->name, from, to);
    return true;
}

/* ---- what lasts ---- */

/* For a device that NetworkManager manages its profile is what lasts; without a zone in it that means
 * the default zone. */
static bool plan_profile(Planner *planner, const ManagedDevice *device, GError **error)
{
    const char *to = planner->plan->zone;
    const char *from = device->zone;
    const char *lasting = from != NULL ? from : planner->snapshot->firewalld->default_zone;
    if (g_strcmp0(lasting, to) == 0)
        return true;
    bool is_zone = from != NULL && firewalld_zone(planner->snapshot->firewalld, from) != NULL;
    if (is_zone && !check_move(planner, device->interface, from, "NetworkManager's profile", error))
        return false;
    if (device->profile_uuid == NULL) {
        nicfix_error_set(
            error, NICFIX_ERROR_REFUSED, "--runtime-only changes the running firewall alone",
            "NetworkManager manages %s and does not tell by which profile", device->interface);
        return false;
    }
    Action *action = action_new_for_profile(device->interface, device->profile_uuid, from, to);
    action->saved_only = planner->request->permanent_only;
    add_action(planner, action);
    return true;
}

/* Sets *ZONE to the zone that the permanent configuration binds LINK to, NULL for none. Of links
 * that are no uplinks it is read only where something binds them. */
static bool permanent_zone(const Planner *planner, const Link *link, const char **zone,
                           GError **error)
{
    const PermanentBinding *binding = permanent_binding(planner->snapshot->permanent, link->name);
    if (binding == NULL && topology_role(planner->plan->before->topology, link) == ROLE_UPLINK) {
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
    *zone = binding != NULL ? binding->zone : NULL;
    return true;
}

/* A wildcard that binds LINK lasts or does not by itself. */
static bool is_left_to_a_wildcard(const Planner *planner, const Link *link)
{
    const PermanentBinding *binding = permanent_binding(planner->snapshot->permanent, link->name);
    ZoneMatch match = dispatch_interface(planner->snapshot, link->name);
    return match.by == BOUND_BY_WILDCARD && g_str_equal(match.zone->name, planner->plan->zone) &&
           (binding == NULL || (binding->zone == NULL && binding->conflict == NULL));
}

/* Of links that are no uplinks it is read only where it is asked for. */
static bool check_manager_is_known(const Planner *planner, const Link *link,
                                   const ManagedDevice *device, GError **error)
{
    if (device != NULL || planner->snapshot->networkmanager->running != TRISTATE_YES ||
        topology_role(planner->plan->before->topology, link) != ROLE_UPLINK)
        return true;
    nicfix_error_set(error, NICFIX_ERROR_TIMEOUT,
                     "see systemctl status NetworkManager; --runtime-only leaves alone what lasts",
                     "NetworkManager runs, and whether it manages %s could not be read",
                     link->name);
    return false;
}

static bool plan_permanent_binding(Planner *planner, const Link *link, GError **error)
{
    const char *to = planner->plan->zone;
    const ManagedDevice *device =
        networkmanager_device(planner->snapshot->networkmanager, link->name);
    if (device != NULL && device->managed)
        return plan_profile(planner, device, error);
    if (!check_manager_is_known(planner, link, device, error))
        return false;
    const char *from = NULL;
    if (is_left_to_a_wildcard(planner, link))
        return true;
    if (!permanent_zone(planner, link, &from, error))
        return false;
    if (g_strcmp0(from, to) == 0)
        return true;
    if (from != NULL &&
        !check_move(planner, link->name, from, "the permanent configuration", error))
        return false;
    /* firewalld refuses to bind permanently what another zone still has. */
    if (from != NULL)
        act(planner, ACTION_UNBIND, SCOPE_PERMANENT, link->name, from, NULL);
    act(planner, ACTION_BIND, SCOPE_PERMANENT, link->name, NULL, to);
    return true;
}

/* ---- the whole ---- */

static void plan_running_forward(Planner *planner)
{
    const Zone *zone = firewalld_zone(planner->snapshot->firewalld, planner->plan->zone);
    if (planner->request->enable_forward && zone->forward == TRISTATE_NO)
        act(planner, ACTION_ENABLE_FORWARD, SCOPE_RUNTIME, NULL, NULL, zone->name);
}

/* A zone that is there at run time only has nothing that lasts. Where the permanent configuration was
 * not read, as for the fix that a finding shows, it is taken to be as the running one. */
static void plan_permanent_forward(Planner *planner)
{
    const Snapshot *snapshot = planner->snapshot;
    const Firewalld *known = snapshot->permanent->firewalld != NULL ? snapshot->permanent->firewalld
                                                                    : snapshot->firewalld;
    const Zone *zone = firewalld_zone(known, planner->plan->zone);
    if (planner->request->enable_forward && zone != NULL && zone->forward == TRISTATE_NO)
        act(planner, ACTION_ENABLE_FORWARD, SCOPE_PERMANENT, NULL, NULL, zone->name);
}

static bool plan_running(Planner *planner, GError **error)
{
    for (guint i = 0; i < planner->links->len; i++) {
        if (!plan_running_binding(planner, g_ptr_array_index(planner->links, i), error))
            return false;
    }
    if (planner->links->len > 0)
        plan_running_forward(planner);
    return true;
}

static bool plan_permanent(Planner *planner, GError **error)
{
    if (planner->links->len > 0)
        plan_permanent_forward(planner);
    for (guint i = 0; i < planner->links->len; i++) {
        if (!plan_permanent_binding(planner, g_ptr_array_index(planner->links, i), error))
            return false;
    }
    return true;
}

/* The running firewall first: what lasts is written only when that has worked, so that a machine
 * that dies in between comes back as it was. */
bool planner_add_actions(Planner *planner, GError **error)
{
    if (planner->plan->zone == NULL)
        return true;
    return (planner->request->permanent_only || plan_running(planner, error)) &&
           (planner->request->runtime_only || plan_permanent(planner, error));
}
