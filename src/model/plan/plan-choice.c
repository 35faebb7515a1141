/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which links a plan binds, and to which zone. */
#include "model/plan/planner.h"

#include "model/diagnosis/binding-findings.h"
#include "model/firewalld/dispatch.h"
#include "model/foreach.h"

/* ---- which links ---- */

/* Where the running firewall binds a link to another zone than what lasts, either may be meant. A
 * user who lets things be moved takes what runs for what is meant, as a move that was cut off after
 * its first step leaves it. */
static bool is_half_a_move(const Planner *planner, const Finding *finding)
{
    const PlanRequest *request = planner->request;
    const char *running = binding_of_interface(planner->snapshot, finding->interface);
    return request->move && running != NULL &&
           (request->zone == NULL || g_str_equal(running, request->zone));
}

bool planner_is_cured_by_binding(const Planner *planner, const Finding *finding)
{
    switch (finding->id) {
    case FINDING_UPLINK_UNBOUND:
    case FINDING_UPLINK_IN_REJECTING_ZONE:
    case FINDING_FORWARD_BLOCKED:
    case FINDING_RUNTIME_ONLY_BINDING:
    case FINDING_MANAGER_ZONE_MISMATCH:
        return finding->severity >= SEVERITY_WARNING;
    case FINDING_PERMANENT_NOT_ACTIVE:
        return is_half_a_move(planner, finding);
    case FINDING_PANIC_MODE:
    case FINDING_ZONE_CONFLICT:
    case FINDING_NEED_REFUSED:
    case FINDING_EXPECTATION_FAILED:
    case FINDING_PROFILE_OVERRIDES_ZONE:
    case FINDING_REFUSED_ELSEWHERE:
    case FINDING_RULES_DIFFER:
    case FINDING_FORWARDING_OFF:
    case FINDING_RELOAD_HARMS:
    case FINDING_STALE_BINDING:
    case FINDING_LOGGING_LEFT:
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

static bool is_uplink(const Planner *planner, const Link *link)
{
    return topology_role(planner->plan->before->topology, link) == ROLE_UPLINK;
}

static void choose_links_by_findings(Planner *planner)
{
    PTR_ARRAY_FOREACH (const Finding, finding, planner->plan->before->findings) {
        const Link *link = finding->interface != NULL
                               ? snapshot_link_by_name(planner->snapshot, finding->interface)
                               : NULL;
        if (link != NULL && planner_is_cured_by_binding(planner, finding) &&
            is_uplink(planner, link))
            add_link(planner, link);
    }
}

static bool choose_link(Planner *planner, const char *name)
{
    const Link *link = snapshot_link_by_name(planner->snapshot, name);
    if (link == NULL)
        return planner_refuse(
            planner, (PlanRefusal){REFUSED_NO_SUCH_LINK, .interface = name,
                                   .other = snapshot_nearest_link(planner->snapshot, name)});
    if (!g_str_equal(link->name, name))
        return planner_refuse(planner, (PlanRefusal){REFUSED_ALTERNATIVE_NAME, .interface = name,
                                                     .other = link->name});
    Role role = topology_role(planner->plan->before->topology, link);
    if (role == ROLE_LOOPBACK)
        return planner_refuse(planner, (PlanRefusal){REFUSED_LOOPBACK, .interface = name});
    if (role == ROLE_PORT) {
        const Link *master = snapshot_link_by_index(planner->snapshot, link->master);
        return planner_refuse(planner,
                              (PlanRefusal){REFUSED_PORT, .interface = name,
                                            .other = master != NULL ? master->name : NULL});
    }
    add_link(planner, link);
    return true;
}

static bool choose_links(Planner *planner)
{
    const char *const *names = planner->request->interfaces;
    if (names == NULL || *names == NULL)
        choose_links_by_findings(planner);
    STRV_FOREACH (name, names) {
        if (!choose_link(planner, *name))
            return false;
    }
    return true;
}

/* ---- which zone ---- */

/* An uplink that stays where it is, while the downstreams are to follow it: not into a zone that is
 * there to refuse. */
static bool stays_and_binds_downstreams(const Planner *planner, const Link *link)
{
    ZoneMatch match = dispatch_interface(planner->snapshot, link->name);
    return planner->request->bind_downstreams && !planner->request->move &&
           zone_match_is_binding(&match) && match.zone->target == TARGET_DEFAULT;
}

/* The zone that refuses what leaves through LINK, else the one that filters LINK; NULL where that is
 * refused. */
static const char *zone_for_link(Planner *planner, const Link *link)
{
    const Refusal *refusal = is_uplink(planner, link) && !stays_and_binds_downstreams(planner, link)
                                 ? diagnosis_refusal(planner->plan->before, link)
                                 : NULL;
    if (refusal != NULL && refusal->zones->len > 1) {
        planner_refuse(planner, (PlanRefusal){REFUSED_SEVERAL_ZONES, .interface = link->name,
                                              .zones = refusal->zones});
        return NULL;
    }
    if (refusal != NULL && refusal->zones->len > 0)
        return g_ptr_array_index(refusal->zones, 0);
    const Zone *filters = dispatch_interface(planner->snapshot, link->name).zone;
    if (filters == NULL)
        planner_refuse(planner, (PlanRefusal){REFUSED_ZONE_UNREAD, .interface = link->name});
    return filters != NULL ? filters->name : NULL;
}

static bool choose_zone_by_links(Planner *planner)
{
    Plan *plan = planner->plan;
    PTR_ARRAY_FOREACH (const Link, link, planner->links) {
        const char *zone = zone_for_link(planner, link);
        if (zone == NULL)
            return false;
        if (plan->zone == NULL)
            plan->zone = g_strdup(zone);
        else if (!g_str_equal(plan->zone, zone))
            return planner_refuse(
                planner, (PlanRefusal){REFUSED_DIFFERENT_ZONES, .zone = plan->zone, .other = zone});
    }
    return true;
}

static bool check_zone(Planner *planner)
{
    const char *name = planner->plan->zone;
    const Zone *zone = firewalld_zone(planner->snapshot->firewalld, name);
    if (zone == NULL)
        return planner_refuse(planner, (PlanRefusal){REFUSED_NO_SUCH_ZONE, .zone = name,
                                                     .other = firewalld_nearest_zone(
                                                         planner->snapshot->firewalld, name)});
    if (planner->request->force)
        return true;
    PTR_ARRAY_FOREACH (const Link, link, planner->links) {
        if (zone->target == TARGET_ACCEPT && is_uplink(planner, link))
            return planner_refuse(planner, (PlanRefusal){REFUSED_ACCEPTING_ZONE, .zone = name});
    }
    return !zone_is_of_another_program(name) ||
           planner_refuse(planner, (PlanRefusal){REFUSED_PROGRAMS_ZONE, .zone = name});
}

/* Where no uplink needs the zone that the user named, it is done only if an uplink is in it: nobody who asked for
 * that zone may believe that it filters what another one does. */
static bool check_is_done(Planner *planner)
{
    const Link *other = NULL;
    const char *filter = NULL;
    PTR_ARRAY_FOREACH (const Link, link, topology_uplinks(planner->plan->before->topology)) {
        const Zone *zone = dispatch_interface(planner->snapshot, link->name).zone;
        if (zone == NULL || g_str_equal(zone->name, planner->request->zone))
            return true;
        if (other == NULL) {
            other = link;
            filter = zone->name;
        }
    }
    return other == NULL ||
           planner_refuse(planner, (PlanRefusal){REFUSED_HEALTHY, .interface = other->name,
                                                 .zone = filter, .other = planner->request->zone});
}

/* ---- which downstreams ---- */

/* Traffic of a member of a VRF comes in, for the firewall, on the VRF's own device. */
static void choose_downstreams(Planner *planner)
{
    g_autoptr(GHashTable) chosen = g_hash_table_new(g_direct_hash, g_direct_equal);
    guint named = planner->links->len;
    PTR_ARRAY_FOREACH (const Link, link, planner->links)
        g_hash_table_add(chosen, (gpointer)link);
    for (guint i = 0; i < named; i++) {
        const Refusal *refusal =
            diagnosis_refusal(planner->plan->before, g_ptr_array_index(planner->links, i));
        if (refusal == NULL)
            continue;
        PTR_ARRAY_FOREACH (const Link, refused, refusal->links) {
            const Link *link = snapshot_link_by_name(planner->snapshot,
                                                     link_ingress_name(planner->snapshot, refused));
            if (g_hash_table_add(chosen, (gpointer)link))
                g_ptr_array_add(planner->links, (gpointer)link);
        }
    }
}

/* Even --force could not make such a name last. */
static bool check_names(Planner *planner)
{
    PTR_ARRAY_FOREACH (const Link, link, planner->links) {
        if (!link_name_fits_firewalld(link->name))
            return planner_refuse(planner, (PlanRefusal){REFUSED_NAME, .interface = link->name});
    }
    return true;
}

bool planner_choose(Planner *planner)
{
    if (!choose_links(planner))
        return false;
    if (planner->request->zone != NULL)
        planner->plan->zone = g_strdup(planner->request->zone);
    else if (!choose_zone_by_links(planner))
        return false;
    if (planner->plan->zone != NULL && !check_zone(planner))
        return false;
    if (planner->links->len == 0 && planner->request->zone != NULL && !check_is_done(planner))
        return false;
    if (planner->request->bind_downstreams)
        choose_downstreams(planner);
    return check_names(planner);
}
