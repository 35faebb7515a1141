/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which links a plan binds, and to which zone. */
#include "model/plan/planner.h"

#include "model/diagnosis/binding-findings.h"
#include "model/firewalld/dispatch.h"
#include "model/error.h"

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
        if (link != NULL && planner_is_cured_by_binding(planner, finding) &&
            topology_role(before->topology, link) == ROLE_UPLINK)
            add_link(planner, link);
    }
}

static bool check_role(const Planner *planner, const Link *link, GError **error)
{
    Role role = topology_role(planner->plan->before->topology, link);
    if (role == ROLE_LOOPBACK) {
        nicfix_error_set(error, NICFIX_ERROR_REFUSED, NULL,
                         "%s is the loopback: firewalld accepts it in every zone", link->name);
        return false;
    }
    if (role != ROLE_PORT)
        return true;
    const Link *master = snapshot_link_by_index(planner->snapshot, link->master);
    g_autofree char *hint =
        master != NULL ? g_strdup_printf("bind its master %s", master->name) : NULL;
    nicfix_error_set(error, NICFIX_ERROR_REFUSED, hint, "%s is a port: the firewall never sees it",
                     link->name);
    return false;
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
    if (!check_role(planner, link, error))
        return false;
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

static bool is_uplink(const Planner *planner, const Link *link)
{
    return topology_role(planner->plan->before->topology, link) == ROLE_UPLINK;
}

/* An uplink that stays where it is, while the downstreams are to follow it: not into a zone that is
 * there to refuse. */
static bool draws_downstreams(const Planner *planner, const Link *link)
{
    ZoneMatch match = dispatch_interface(planner->snapshot, link->name);
    bool bound = match.by == BOUND_BY_INTERFACE || match.by == BOUND_BY_WILDCARD;
    return planner->request->bind_downstreams && !planner->request->move && bound &&
           match.zone->target == TARGET_DEFAULT;
}

static bool refuse_to_choose(const Link *link, const Refusal *refusal, GError **error)
{
    g_autoptr(GStrvBuilder) builder = g_strv_builder_new();
    for (guint i = 0; i < refusal->zones->len; i++)
        g_strv_builder_add(builder, g_ptr_array_index(refusal->zones, i));
    g_auto(GStrv) zones = g_strv_builder_end(builder);
    g_autofree char *names = g_strjoinv(", ", zones);
    nicfix_error_set(
        error, NICFIX_ERROR_REFUSED,
        "choose one with --zone; --bind-downstream binds the downstreams to it as well",
        "what leaves by %s is refused by several zones (%s), and it can be bound to "
        "one only",
        link->name, names);
    return false;
}

/* The zone that refuses what leaves by LINK, else the one that filters LINK. */
static bool zone_for_link(const Planner *planner, const Link *link, const char **zone,
                          GError **error)
{
    const Refusal *refusal = is_uplink(planner, link) && !draws_downstreams(planner, link)
                                 ? diagnosis_refusal(planner->plan->before, link)
                                 : NULL;
    if (refusal != NULL && refusal->zones->len > 1)
        return refuse_to_choose(link, refusal, error);
    const Zone *filters = dispatch_interface(planner->snapshot, link->name).zone;
    const char *name = refusal != NULL && refusal->zones->len > 0
                           ? g_ptr_array_index(refusal->zones, 0)
                       : filters != NULL ? filters->name
                                         : NULL;
    if (name == NULL) {
        nicfix_error_set(error, NICFIX_ERROR_REFUSED, "name it with --zone",
                         "the zone that filters %s could not be read", link->name);
        return false;
    }
    *zone = name;
    return true;
}

static bool choose_zone_by_links(Planner *planner, GError **error)
{
    Plan *plan = planner->plan;
    for (guint i = 0; i < planner->links->len; i++) {
        const Link *link = g_ptr_array_index(planner->links, i);
        const char *zone = NULL;
        if (!zone_for_link(planner, link, &zone, error))
            return false;
        if (plan->zone == NULL) {
            plan->zone = g_strdup(zone);
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

static bool any_uplink(const Planner *planner)
{
    for (guint i = 0; i < planner->links->len; i++) {
        if (is_uplink(planner, g_ptr_array_index(planner->links, i)))
            return true;
    }
    return false;
}

static bool check_zone(const Planner *planner, GError **error)
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
    if (zone->target == TARGET_ACCEPT && any_uplink(planner)) {
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

/* Of a member of a VRF the firewall sees the VRF's own device come in. */
static const Link *ingress_of(const Planner *planner, const Link *link)
{
    return snapshot_link_by_name(planner->snapshot, link_ingress_name(planner->snapshot, link));
}

static void choose_downstreams(Planner *planner)
{
    g_autoptr(GHashTable) chosen = g_hash_table_new(g_direct_hash, g_direct_equal);
    guint named = planner->links->len;
    for (guint i = 0; i < named; i++)
        g_hash_table_add(chosen, g_ptr_array_index(planner->links, i));
    for (guint i = 0; i < named; i++) {
        const Refusal *refusal =
            diagnosis_refusal(planner->plan->before, g_ptr_array_index(planner->links, i));
        for (guint j = 0; refusal != NULL && j < refusal->links->len; j++) {
            const Link *link = ingress_of(planner, g_ptr_array_index(refusal->links, j));
            if (g_hash_table_add(chosen, (gpointer)link))
                g_ptr_array_add(planner->links, (gpointer)link);
        }
    }
}

bool planner_choose(Planner *planner, GError **error)
{
    if (!choose_links(planner, error) || !choose_zone(planner, error))
        return false;
    if (planner->request->bind_downstreams)
        choose_downstreams(planner);
    return true;
}
