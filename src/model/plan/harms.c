/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/plan/harms.h"

#include "model/diagnosis/lost-flows.h"
#include "model/firewalld/dispatch.h"
#include "model/foreach.h"
#include "model/host/reload-flush.h"
#include "model/plan/reload-losses.h"

#include <string.h>

/* ---- who a link belongs to ---- */

/* docker0, docker_gwbridge, and "br-" with the first twelve digits of a network's id. */
static bool is_dockers(const char *name)
{
    enum { ID_DIGITS = 12 };
    if (g_str_equal(name, "docker0") || g_str_equal(name, "docker_gwbridge"))
        return true;
    const char *id = g_str_has_prefix(name, "br-") ? name + strlen("br-") : "";
    return strlen(id) == ID_DIGITS && strspn(id, "0123456789abcdef") == ID_DIGITS;
}

const char *zone_of_owner(const Firewalld *firewalld, const Link *link)
{
    static const struct {
        const char *prefix;
        const char *zone;
    } owners[] = {{"virbr", "libvirt"}, {"podman", "netavark_zone"}};
    if (is_dockers(link->name))
        return "docker";
    for (gsize i = 0; i < G_N_ELEMENTS(owners); i++) {
        if (g_str_has_prefix(link->name, owners[i].prefix) &&
            firewalld_zone(firewalld, owners[i].zone) != NULL)
            return owners[i].zone;
    }
    return NULL;
}

/* libvirt has one zone for networks that it translates and one for those it only routes. */
static bool is_owners_zone(const char *zone, const char *owners)
{
    return g_str_equal(zone, owners) ||
           (g_str_equal(owners, "libvirt") && g_str_equal(zone, "libvirt-routed"));
}

/* ---- inside and outside ---- */

/* RFC 1918, RFC 6598, RFC 3927; of IPv6 only 2000::/3 is used between networks (RFC 4291). */
static bool is_public(const IpPrefix *prefix)
{
    static const char *const private[] = {"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16",
                                          "100.64.0.0/10", "169.254.0.0/16"};
    IpPrefix network;
    if (prefix->address.family == FAMILY_IPV6)
        return ip_prefix_parse("2000::/3", &network) &&
               ip_prefix_contains(&network, &prefix->address);
    for (gsize i = 0; i < G_N_ELEMENTS(private); i++) {
        if (ip_prefix_parse(private[i], &network) && ip_prefix_contains(&network, &prefix->address))
            return false;
    }
    return true;
}

static bool has_public_address(const Link *link)
{
    PTR_ARRAY_FOREACH (const LinkAddress, address, link->addresses) {
        if (link_address_is_global(address, address->prefix.address.family) &&
            is_public(&address->prefix))
            return true;
    }
    return false;
}

static bool refuses_all(const Zone *zone)
{
    return zone->target == TARGET_DROP || zone->target == TARGET_REJECT;
}

bool link_leads_outside(const Snapshot *snapshot, const Topology *topology, const Link *link)
{
    static const char *const outside[] = {"external", "public", "drop", "block", NULL};
    const UplinkReason *reason = topology_uplink_reason(topology, link);
    if (reason == NULL)
        return false;
    ZoneMatch match = dispatch_interface(snapshot, link->name);
    if (zone_match_is_binding(&match) &&
        (g_strv_contains(outside, match.zone->name) || refuses_all(match.zone)))
        return true;
    return reason->kind == UPLINK_BY_ROUTE && has_public_address(link);
}

static bool binds_downstream(const Topology *topology, const Zone *zone)
{
    PTR_ARRAY_FOREACH (const Link, link, topology_downstreams(topology)) {
        if (zone_takes_interface(zone, link->name))
            return true;
    }
    return false;
}

static bool is_made_for_inside(const Topology *topology, const Zone *zone)
{
    static const char *const inside[] = {"internal", "home", "trusted", NULL};
    return g_strv_contains(inside, zone->name) || zone->target == TARGET_ACCEPT ||
           binds_downstream(topology, zone);
}

/* ---- what actions do by themselves ---- */

static Harm harm_of_binding(const Snapshot *snapshot, const Topology *topology,
                            const Action *action, const Link *link)
{
    const Zone *to = firewalld_zone(snapshot->firewalld, action->to);
    const char *owners = zone_of_owner(snapshot->firewalld, link);
    if (owners != NULL && !is_owners_zone(action->to, owners))
        return (Harm){HARM_OWNERS_LINK, .interface = link->name, .zone = owners};
    /* Of thousands of links that a wildcard takes few lead outside. */
    if (to == NULL || !link_leads_outside(snapshot, topology, link) ||
        to == dispatch_interface(snapshot, link->name).zone)
        return (Harm){HARM_NONE};
    if (is_made_for_inside(topology, to))
        return (Harm){HARM_OUTSIDE_INSIDE, .interface = link->name, .zone = to->name};
    const Zone *from = firewalld_zone(snapshot->firewalld, action->from);
    if (from != NULL && refuses_all(from))
        return (Harm){HARM_LEAVES_REFUSAL, .interface = link->name, .zone = from->name};
    return (Harm){HARM_NONE};
}

static Harm harm_of_bindings(const Snapshot *snapshot, const Topology *topology,
                             const Action *action)
{
    const Link *link = snapshot_link_by_name(snapshot, action->interface);
    if (!link_name_fits_firewalld(action->interface))
        return (Harm){HARM_NAME, .interface = action->interface};
    if (link != NULL)
        return harm_of_binding(snapshot, topology, action, link);
    for (guint i = 0; interface_is_wildcard(action->interface) && i < snapshot->links->len; i++) {
        link = g_ptr_array_index(snapshot->links, i);
        Harm harm = {HARM_NONE};
        if (match_interface(action->interface, link->name) == MATCH_YES)
            harm = harm_of_binding(snapshot, topology, action, link);
        if (harm.kind != HARM_NONE)
            return harm;
    }
    return (Harm){HARM_NONE};
}

/* Where what lasts was not read, only what a reload does to other programs is known. */
static bool reload_loses(const Snapshot *snapshot)
{
    g_autoptr(GPtrArray) losses = reload_losses(snapshot);
    if (losses != NULL)
        return losses->len > 0;
    g_autoptr(GPtrArray) flushed = reload_flushed_rules(snapshot);
    return flushed->len > 0;
}

static bool has_equal_priority(const Firewalld *firewalld, int priority)
{
    PTR_ARRAY_FOREACH (const Policy, policy, firewalld->policies) {
        if (policy->settings_read && !policy->disabled && policy->priority == priority)
            return true;
    }
    return false;
}

/* 2.0 to 2.4 put rules of policies of one priority into the wrong places (measured). BESIDE_ANOTHER: one
 * is made together with ACTION's. */
static Harm harm_of_policy(const Snapshot *snapshot, const Action *action, bool beside_another)
{
    enum { PRIORITY = -1 }; /* of a new policy */
    if (reload_loses(snapshot))
        return (Harm){HARM_RELOAD, .zone = action->to};
    const Firewalld *firewalld = snapshot->firewalld;
    bool may_mix = firewalld->version == NULL || firewalld_generation(firewalld) == GENERATION_2;
    if (may_mix && (beside_another || has_equal_priority(firewalld, PRIORITY)))
        return (Harm){HARM_EQUAL_PRIORITIES, .zone = action->to};
    return (Harm){HARM_NONE};
}

Harm harm_of_actions(const Snapshot *snapshot, const Diagnosis *diagnosis, const GPtrArray *actions)
{
    guint policies = 0;
    PTR_ARRAY_FOREACH (const Action, action, actions) {
        Harm harm = {HARM_NONE};
        if (action->interface != NULL && action->to != NULL)
            harm = harm_of_bindings(snapshot, diagnosis->topology, action);
        else if (action->op == ACTION_ADD_POLICY && action->scope == SCOPE_RUNTIME)
            harm = harm_of_policy(snapshot, action, policies++ > 0);
        if (harm.kind != HARM_NONE)
            return harm;
    }
    return (Harm){HARM_NONE};
}

/* ---- effects ---- */

Harm harm_of_exposure(const Snapshot *snapshot, const Exposure *exposure)
{
    PTR_ARRAY_FOREACH (const ExposureChange, change, exposure->translates) {
        const Zone *zone = dispatch_interface(snapshot, change->to).zone;
        if (!change->starts)
            return (Harm){HARM_TRANSLATION, .interface = change->to,
                          .zone = zone != NULL ? zone->name : NULL};
    }
    if (exposure->silences->len == 0)
        return (Harm){HARM_NONE};
    const ExposureChange *change = g_ptr_array_index(exposure->silences, 0);
    return (Harm){HARM_CLOSES, .interface = change->interface, .service = change->name};
}

Harm harm_of_findings(const Diagnosis *before, const Diagnosis *after)
{
    LostFlow lost;
    if (diagnosis_find_lost(before, after, LOST_MAYBE, &lost))
        return (Harm){HARM_BREAKS, .interface = lost.in};
    return (Harm){HARM_NONE};
}
