/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From the networks of real hardware out through an uplink. Every server with two network cards could
 * do that once forwarding is on, which Docker or Kubernetes turn on for themselves: what makes it a need
 * is what else says that this host is a router. */
#include "model/needs/search.h"

#include "model/firewalld/dispatch.h"
#include "model/foreach.h"
#include "model/host/filter-index.h"

/* Ways that are looked at in the kernel's rules for who translates them: a trunk may have thousands. */
enum { TRANSLATIONS_MAX = 64 };

const IpPrefix *need_network_of(const Link *link)
{
    const LinkAddress *address = link_first_address(link, FAMILY_IPV4);
    if (address == NULL)
        address = link_first_address(link, FAMILY_IPV6);
    return address != NULL ? &address->prefix : NULL;
}

bool need_is_network_link(const NeedSearch *search, const Link *link)
{
    const UplinkReason *reason = topology_uplink_reason(search->topology, link);
    return reason != NULL && (reason->kind == UPLINK_IS_HARDWARE ||
                              topology_is_declared_downstream(search->topology, link));
}

bool need_leads_outside(const NeedSearch *search, const Link *link)
{
    const UplinkReason *reason = topology_uplink_reason(search->topology, link);
    return reason != NULL && reason->kind != UPLINK_IS_HARDWARE;
}

bool need_link_forwards(const NeedSearch *search, const Link *link)
{
    return link_forwards(search->snapshot, link, FAMILY_IPV4) == TRISTATE_YES ||
           link_forwards(search->snapshot, link, FAMILY_IPV6) == TRISTATE_YES;
}

/* ---- what firewalld's configuration says ---- */

static bool masquerades(const Filter *filter)
{
    if (filter->masquerade == TRISTATE_YES)
        return true;
    PortWalk walk = filter_rich_masquerades(filter);
    const RichRule *rule = port_walk_next(&walk);
    while (rule != NULL && !rule->understood)
        rule = port_walk_next(&walk);
    return rule != NULL;
}

/* The zone of the hosts in LINK's network: one of its sources counts before the link. */
static const Zone *zone_of_network(const Snapshot *snapshot, const Link *link)
{
    const IpPrefix *network = need_network_of(link);
    if (network == NULL)
        return dispatch_interface(snapshot, link->name).zone;
    Flow flow = coverage_usual_flow(network->address.family, link->name, NULL);
    flow.from = (FlowAddress){.kind = FLOW_ADDRESS_PREFIX, .prefix = *network};
    return dispatch_first(snapshot, &flow, DISPATCH_INGRESS).zone;
}

static bool names(char *const *zones, const Zone *zone)
{
    return zone != NULL && g_strv_contains((const char *const *)zones, zone->name);
}

static bool covers(char *const *zones, const Zone *zone)
{
    return names(zones, zone) || g_strv_contains((const char *const *)zones, "ANY");
}

const Policy *need_policy_between(const NeedSearch *search, const Link *in, const Link *out,
                                  bool *refused)
{
    const Zone *from = zone_of_network(search->snapshot, in);
    const Zone *to = dispatch_interface(search->snapshot, out->name).zone;
    const Policy *accepting = NULL;
    *refused = false;
    PTR_ARRAY_FOREACH (const Policy, policy, search->snapshot->firewalld->policies) {
        if (policy->disabled || !names(policy->ingress_zones, from) ||
            !names(policy->egress_zones, to))
            continue;
        if (policy->target == TARGET_ACCEPT)
            accepting = policy;
        *refused = *refused || policy->target == TARGET_DROP || policy->target == TARGET_REJECT;
    }
    return accepting;
}

static const Policy *masquerading_policy(const Snapshot *snapshot, const Link *in, const Link *out)
{
    const Zone *from = zone_of_network(snapshot, in);
    const Zone *to = dispatch_interface(snapshot, out->name).zone;
    PTR_ARRAY_FOREACH (const Policy, policy, snapshot->firewalld->policies) {
        if (!policy->disabled && covers(policy->ingress_zones, from) &&
            covers(policy->egress_zones, to) && masquerades(&policy->filter))
            return policy;
    }
    return NULL;
}

/* ---- what other programs' rules say ---- */

/* Whether rules that are not firewalld's would masquerade it, once firewalld accepted it. */
static bool is_translated_by_others(const NeedSearch *search, const Link *in, const Link *out)
{
    const IpPrefix *network = need_network_of(in); /* IN is hardware with an address */
    if (search->snapshot->ruleset == NULL)
        return false;
    Flow flow = coverage_usual_flow(network->address.family,
                                    link_ingress_name(search->snapshot, in), out->name);
    flow.from = (FlowAddress){.kind = FLOW_ADDRESS_PREFIX, .prefix = *network};
    g_autoptr(Path) path = path_of(search->snapshot, &flow, PATH_WITHOUT_FIREWALLD);
    bool masqueraded = false;
    PTR_ARRAY_FOREACH (const PathWay, way, path->ways) {
        if (way->outcome != OUTCOME_ACCEPT)
            continue;
        if (!way->masqueraded)
            return false;
        masqueraded = true;
    }
    return masqueraded;
}

/* ---- the whole ---- */

static Need *need_because(NeedCertainty certainty, NeedReason reason, const char *detail)
{
    return need_new(NEED_LAN_TO_WAN, certainty, reason, detail);
}

/* Why what comes in on LAN is to leave through WAN; NULL where a policy says that it is not. */
static Need *find_reason(const NeedSearch *search, const Link *lan, const Link *wan,
                         guint *translations)
{
    const Snapshot *snapshot = search->snapshot;
    if (topology_is_declared_downstream(search->topology, lan))
        return need_because(NEED_DECLARED, NEED_BECAUSE_DECLARED, NULL);
    bool refused;
    const Policy *policy = need_policy_between(search, lan, wan, &refused);
    if (policy != NULL)
        return need_because(NEED_EVIDENT, NEED_BECAUSE_POLICY, policy->name);
    if (refused)
        return NULL;
    const Zone *zone = dispatch_interface(snapshot, wan->name).zone;
    if (zone != NULL && masquerades(&zone->filter))
        return need_because(NEED_EVIDENT, NEED_BECAUSE_TRANSLATED, zone->name);
    policy = masquerading_policy(snapshot, lan, wan);
    if (policy != NULL)
        return need_because(NEED_EVIDENT, NEED_BECAUSE_POLICY_TRANSLATES, policy->name);
    const Socket *server = g_hash_table_lookup(search->servers, lan);
    if (server != NULL) {
        g_autofree char *port = g_strdup_printf("%u/udp", server->port);
        return need_because(NEED_EVIDENT, NEED_BECAUSE_SERVED, port);
    }
    if ((*translations)++ < TRANSLATIONS_MAX && is_translated_by_others(search, lan, wan))
        return need_because(NEED_EVIDENT, NEED_BECAUSE_PROGRAM_TRANSLATES, NULL);
    return need_because(NEED_POSSIBLE, NEED_BECAUSE_FORWARDING, NULL);
}

void need_search_add(NeedSearch *search, Need *need, const Link *in, const Link *out,
                     const WayCoverage *way)
{
    if (way->coverage == COVERAGE_IDLE) {
        need_free(need);
        return;
    }
    need->in = in;
    need->out = out;
    need->way = *way;
    if (need->alike->len == 0)
        g_ptr_array_add(need->alike, (gpointer)in);
    if (out != NULL && need->out_alike->len == 0)
        g_ptr_array_add(need->out_alike, (gpointer)out);
    g_ptr_array_add(search->needs, need);
}

static void search_way(NeedSearch *search, const Link *lan, const Link *wan, guint *translations)
{
    WayCoverage way = coverage_of(search->map, lan, wan);
    Need *need = way.coverage != COVERAGE_IDLE ? find_reason(search, lan, wan, translations) : NULL;
    if (need == NULL)
        return;
    if (need->certainty != NEED_POSSIBLE)
        g_hash_table_add(search->networks, (gpointer)lan);
    need_search_add(search, need, lan, wan, &way);
}

void need_search_lan(NeedSearch *search)
{
    guint translations = 0;
    const GPtrArray *uplinks = topology_uplinks(search->topology);
    PTR_ARRAY_FOREACH (const Link, lan, uplinks) {
        if (!need_is_network_link(search, lan) || !need_link_forwards(search, lan))
            continue;
        PTR_ARRAY_FOREACH (const Link, wan, uplinks) {
            if (wan != lan && need_leads_outside(search, wan))
                search_way(search, lan, wan, &translations);
        }
    }
}
