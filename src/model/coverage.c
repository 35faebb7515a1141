/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Verdicts on the usual flows between links: see coverage.h. */
#include "model/coverage.h"

#include <linux/rtnetlink.h>

typedef struct {
    Coverage coverage;
    char *reason;
} Worst;

/* Notes the verdict on FLOW where it is worse than what was met before. */
static void consult(const Snapshot *snapshot, const Flow *flow, Worst *worst)
{
    g_autoptr(Verdict) verdict = verdict_of(snapshot, flow);
    Coverage coverage = verdict_accepts(verdict)   ? COVERAGE_ACCEPTED
                        : verdict_refuses(verdict) ? COVERAGE_REFUSED
                                                   : COVERAGE_OPEN;
    if (coverage <= worst->coverage)
        return;
    worst->coverage = coverage;
    g_free(worst->reason);
    worst->reason = g_strdup(verdict->reason);
}

/* The usual connection that comes in by IN; what no single entry names, to a host elsewhere. */
static Flow usual_flow(Family family, const char *in, const char *out)
{
    Flow flow = flow_new(FLOW_FORWARD, family);
    flow.in = in;
    flow.out = out;
    flow.protocol = PROTOCOL_TCP;
    flow.typical = true;
    flow.to.kind = FLOW_ADDRESS_ELSEWHERE;
    return flow;
}

static bool is_network(const LinkAddress *address, Family family)
{
    return address->prefix.address.family == family && address->scope == RT_SCOPE_UNIVERSE;
}

static bool has_network(const Link *link, Family family)
{
    for (guint i = 0; i < link->addresses->len; i++) {
        if (is_network(g_ptr_array_index(link->addresses, i), family))
            return true;
    }
    return false;
}

static bool has_route(const Snapshot *snapshot, const Link *link, Family family)
{
    for (guint i = 0; i < snapshot->routes->len; i++) {
        const Route *route = g_ptr_array_index(snapshot->routes, i);
        for (guint j = 0; j < route->nexthops->len; j++) {
            if (route->destination.address.family == family &&
                g_array_index(route->nexthops, Nexthop, j).oif == link->index)
                return true;
        }
    }
    return false;
}

/* A link without an address of either family is routed to by other means: its hosts may have any
 * address. IPv4 is meant then. */
static bool sends(const Snapshot *snapshot, const Link *link, Family family)
{
    if (link_forwards(snapshot, link, family) == TRISTATE_NO)
        return false;
    bool numbered = has_network(link, FAMILY_IPV4) || has_network(link, FAMILY_IPV6);
    return numbered ? has_network(link, family) : family == FAMILY_IPV4;
}

static bool leads_outside(const Snapshot *snapshot, const Link *link, Family family)
{
    bool any = has_network(link, FAMILY_IPV4) || has_network(link, FAMILY_IPV6) ||
               has_route(snapshot, link, FAMILY_IPV4) || has_route(snapshot, link, FAMILY_IPV6);
    return !any || has_network(link, family) || has_route(snapshot, link, family);
}

static void consult_family(const Snapshot *snapshot, const Link *downstream, const Link *uplink,
                           Family family, Worst *worst)
{
    Flow flow = usual_flow(family, link_ingress_name(snapshot, downstream), uplink->name);
    if (!has_network(downstream, family))
        consult(snapshot, &flow, worst);
    for (guint i = 0; i < downstream->addresses->len; i++) {
        const LinkAddress *address = g_ptr_array_index(downstream->addresses, i);
        if (!is_network(address, family))
            continue;
        flow.from = (FlowAddress){.kind = FLOW_ADDRESS_PREFIX, .prefix = address->prefix};
        consult(snapshot, &flow, worst);
    }
}

static const Family families[] = {FAMILY_IPV4, FAMILY_IPV6};

Coverage coverage_of(const Snapshot *snapshot, const Link *downstream, const Link *uplink,
                     char **reason)
{
    Worst worst = {COVERAGE_ACCEPTED, NULL};
    for (guint i = 0; i < G_N_ELEMENTS(families); i++) {
        if (sends(snapshot, downstream, families[i]) &&
            leads_outside(snapshot, uplink, families[i]))
            consult_family(snapshot, downstream, uplink, families[i], &worst);
    }
    *reason = worst.reason;
    return worst.coverage;
}

/* ---- frames that a bridge switches ---- */

static bool shows_bridged_frames(const Snapshot *snapshot, const Link *bridge, Family family)
{
    if (family == FAMILY_IPV4)
        return snapshot->bridge_call_iptables == TRISTATE_YES ||
               bridge->bridge_call_iptables == TRISTATE_YES;
    return snapshot->bridge_call_ip6tables == TRISTATE_YES ||
           bridge->bridge_call_ip6tables == TRISTATE_YES;
}

static bool has_two_ports(const Snapshot *snapshot, const Link *bridge)
{
    guint ports = 0;
    for (guint i = 0; i < snapshot->links->len && ports < 2; i++) {
        const Link *link = g_ptr_array_index(snapshot->links, i);
        ports += link->master == bridge->index;
    }
    return ports == 2;
}

Coverage coverage_within_bridge(const Snapshot *snapshot, const Link *bridge, char **reason)
{
    Worst worst = {COVERAGE_ACCEPTED, NULL};
    for (guint i = 0; i < G_N_ELEMENTS(families); i++) {
        if (!shows_bridged_frames(snapshot, bridge, families[i]) ||
            !has_network(bridge, families[i]) || !has_two_ports(snapshot, bridge))
            continue;
        Flow flow = usual_flow(families[i], bridge->name, bridge->name);
        for (guint j = 0; j < bridge->addresses->len; j++) {
            const LinkAddress *address = g_ptr_array_index(bridge->addresses, j);
            if (!is_network(address, families[i]))
                continue;
            flow.from = (FlowAddress){.kind = FLOW_ADDRESS_PREFIX, .prefix = address->prefix};
            flow.to = flow.from;
            consult(snapshot, &flow, &worst);
        }
    }
    *reason = worst.reason;
    return worst.coverage;
}

ZoneMatch coverage_ingress_zone(const Snapshot *snapshot, const Link *downstream)
{
    Flow flow = usual_flow(FAMILY_IPV4, link_ingress_name(snapshot, downstream), "");
    for (guint i = 0; i < downstream->addresses->len; i++) {
        const LinkAddress *address = g_ptr_array_index(downstream->addresses, i);
        if (!is_network(address, address->prefix.address.family))
            continue;
        flow.family = address->prefix.address.family;
        flow.from = (FlowAddress){.kind = FLOW_ADDRESS_PREFIX, .prefix = address->prefix};
        break;
    }
    return dispatch_first(snapshot, &flow, DISPATCH_INGRESS);
}
