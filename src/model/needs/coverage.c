/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Verdicts on the usual flows between links: see coverage.h. */
#include "model/needs/coverage.h"

#include "model/firewalld/reason.h"
#include "model/needs/flow-classes.h"

#include <linux/rtnetlink.h>

struct CoverageMap {
    const Snapshot *snapshot;
    const Topology *topology;
    FlowClasses *classes;
    GHashTable *known;     /* class to KnownWay */
    GHashTable *ports;     /* index of a bridge to the number of its ports */
    GHashTable *routes[2]; /* of each family: indices of links that a wide route leaves by */
};

/* What is known of all flows of a class. */
typedef struct {
    Coverage coverage;
    const char *zone;
} KnownWay;

/* ---- the map ---- */

static GHashTable *count_ports(const Snapshot *snapshot)
{
    GHashTable *ports = g_hash_table_new(g_direct_hash, g_direct_equal);
    for (guint i = 0; i < snapshot->links->len; i++) {
        const Link *link = g_ptr_array_index(snapshot->links, i);
        gpointer master = GINT_TO_POINTER(link->master);
        if (link->master != 0)
            g_hash_table_insert(
                ports, master,
                GINT_TO_POINTER(GPOINTER_TO_INT(g_hash_table_lookup(ports, master)) + 1));
    }
    return ports;
}

static guint family_index(Family family)
{
    return family == FAMILY_IPV6 ? 1 : 0;
}

static void note_routes(CoverageMap *map)
{
    for (guint i = 0; i < G_N_ELEMENTS(map->routes); i++)
        map->routes[i] = g_hash_table_new(g_direct_hash, g_direct_equal);
    for (guint i = 0; i < map->snapshot->routes->len; i++) {
        const Route *route = g_ptr_array_index(map->snapshot->routes, i);
        GHashTable *links = map->routes[family_index(route->destination.address.family)];
        for (guint j = 0; j < route->nexthops->len; j++)
            g_hash_table_add(links,
                             GINT_TO_POINTER(g_array_index(route->nexthops, Nexthop, j).oif));
    }
}

CoverageMap *coverage_map_new(const Snapshot *snapshot, const Topology *topology)
{
    CoverageMap *map = g_new0(CoverageMap, 1);
    map->snapshot = snapshot;
    map->topology = topology;
    map->classes = flow_classes_new(snapshot->firewalld);
    map->known = g_hash_table_new_full(g_direct_hash, g_direct_equal, NULL, g_free);
    map->ports = count_ports(snapshot);
    note_routes(map);
    return map;
}

void coverage_map_free(CoverageMap *map)
{
    if (map == NULL)
        return;
    for (guint i = 0; i < G_N_ELEMENTS(map->routes); i++)
        g_hash_table_unref(map->routes[i]);
    g_hash_table_unref(map->ports);
    g_hash_table_unref(map->known);
    flow_classes_free(map->classes);
    g_free(map);
}

/* ---- one flow ---- */

static KnownWay *find_out(const CoverageMap *map, const Flow *flow)
{
    g_autoptr(Verdict) verdict = verdict_of(map->snapshot, flow);
    const Zone *zone = verdict->ingress.zone;
    const KnownWay way = {
        .coverage = verdict_accepts(verdict)   ? COVERAGE_ACCEPTED
                    : verdict_refuses(verdict) ? COVERAGE_REFUSED
                                               : COVERAGE_OPEN,
        .zone = zone != NULL ? zone->name : NULL,
    };
    return g_memdup2(&way, sizeof way);
}

/* Notes what becomes of FLOW where it is worse than what was met before. */
static void consult(CoverageMap *map, const Flow *flow, WayCoverage *worst)
{
    const char *class = flow_classes_find(map->classes, flow);
    KnownWay *way = g_hash_table_lookup(map->known, class);
    if (way == NULL) {
        way = find_out(map, flow);
        g_hash_table_insert(map->known, (gpointer) class, way);
    }
    if (way->coverage > worst->coverage)
        *worst = (WayCoverage){way->coverage, *flow, way->zone};
}

char *coverage_reason(const CoverageMap *map, const WayCoverage *way)
{
    g_autoptr(Verdict) verdict = verdict_of(map->snapshot, &way->flow);
    return reason_of(verdict);
}

/* ---- the usual flows ---- */

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

static bool has_route(const CoverageMap *map, const Link *link, Family family)
{
    return g_hash_table_contains(map->routes[family_index(family)], GINT_TO_POINTER(link->index));
}

/* A link without an address of either family is routed to by other means: its hosts may have any
 * address of a family that is forwarded. */
static bool sends(const CoverageMap *map, const Link *link, Family family)
{
    Tristate forwards = link_forwards(map->snapshot, link, family);
    if (link_is_numbered(link))
        return forwards != TRISTATE_NO && link_has_network(link, family);
    return forwards == TRISTATE_YES || (forwards == TRISTATE_UNKNOWN && family == FAMILY_IPV4);
}

/* Of an uplink of which no address and no route is known nothing is ruled out. */
static bool leads_outside(const CoverageMap *map, const Link *link, Family family)
{
    bool any = link_is_numbered(link) || has_route(map, link, FAMILY_IPV4) ||
               has_route(map, link, FAMILY_IPV6);
    return !any || link_has_network(link, family) || has_route(map, link, family);
}

static const Family families[] = {FAMILY_IPV4, FAMILY_IPV6};

/* Consults flows like FLOW from each of LINK's networks of its family. */
static void consult_networks(CoverageMap *map, const Link *link, Flow flow, WayCoverage *worst)
{
    if (!link_has_network(link, flow.family))
        consult(map, &flow, worst);
    for (guint i = 0; i < link->addresses->len; i++) {
        const LinkAddress *address = g_ptr_array_index(link->addresses, i);
        if (!link_address_is_global(address, flow.family))
            continue;
        flow.from = (FlowAddress){.kind = FLOW_ADDRESS_PREFIX, .prefix = address->prefix};
        consult(map, &flow, worst);
    }
}

WayCoverage coverage_of(CoverageMap *map, const Link *downstream, const Link *uplink)
{
    WayCoverage worst = {.coverage = COVERAGE_IDLE};
    if (!topology_leads(map->topology, downstream, uplink))
        return worst;
    const char *in = link_ingress_name(map->snapshot, downstream);
    for (guint i = 0; i < G_N_ELEMENTS(families); i++) {
        if (sends(map, downstream, families[i]) && leads_outside(map, uplink, families[i]))
            consult_networks(map, downstream, usual_flow(families[i], in, uplink->name), &worst);
    }
    return worst;
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

static bool has_two_ports(const CoverageMap *map, const Link *bridge)
{
    gpointer ports = g_hash_table_lookup(map->ports, GINT_TO_POINTER(bridge->index));
    return GPOINTER_TO_INT(ports) >= 2;
}

/* The same with flows that stay in the network. */
static void consult_neighbours(CoverageMap *map, const Link *bridge, Flow flow, WayCoverage *worst)
{
    if (!link_has_network(bridge, flow.family)) {
        flow.to.kind = FLOW_ADDRESS_ANY;
        consult(map, &flow, worst);
    }
    for (guint i = 0; i < bridge->addresses->len; i++) {
        const LinkAddress *address = g_ptr_array_index(bridge->addresses, i);
        if (!link_address_is_global(address, flow.family))
            continue;
        flow.from = (FlowAddress){.kind = FLOW_ADDRESS_PREFIX, .prefix = address->prefix};
        flow.to = flow.from;
        consult(map, &flow, worst);
    }
}

/* A bridge without any address may switch any family: that of virtual machines, say. */
static bool switches(const Link *bridge, Family family)
{
    return link_has_network(bridge, family) || !link_is_numbered(bridge);
}

WayCoverage coverage_within_bridge(CoverageMap *map, const Link *bridge)
{
    WayCoverage worst = {.coverage = COVERAGE_IDLE};
    for (guint i = 0; i < G_N_ELEMENTS(families) && has_two_ports(map, bridge); i++) {
        if (shows_bridged_frames(map->snapshot, bridge, families[i]) &&
            switches(bridge, families[i]))
            consult_neighbours(map, bridge, usual_flow(families[i], bridge->name, bridge->name),
                               &worst);
    }
    return worst;
}

/* ---- networks that go on on other hosts ---- */

/* Which addresses the network has elsewhere is not known: they may be any. */
static void consult_overlay(CoverageMap *map, const IpPrefix *network, const Link *bridge,
                            const Link *tunnel, WayCoverage *worst)
{
    const FlowAddress here = {.kind = FLOW_ADDRESS_PREFIX, .prefix = *network};
    const FlowAddress elsewhere = {.kind = FLOW_ADDRESS_ANY};
    Flow out = usual_flow(network->address.family, bridge->name, tunnel->name);
    out.from = here;
    out.to = elsewhere;
    consult(map, &out, worst);
    Flow in = usual_flow(network->address.family, tunnel->name, bridge->name);
    in.from = elsewhere;
    in.to = here;
    consult(map, &in, worst);
}

WayCoverage coverage_through_overlay(CoverageMap *map, const Link *bridge, const Link *tunnel)
{
    WayCoverage worst = {.coverage = COVERAGE_IDLE};
    for (guint i = 0; i < bridge->addresses->len; i++) {
        const LinkAddress *address = g_ptr_array_index(bridge->addresses, i);
        Family family = address->prefix.address.family;
        if (link_address_is_global(address, family) && sends(map, bridge, family) &&
            link_has_address_in(tunnel, &address->prefix))
            consult_overlay(map, &address->prefix, bridge, tunnel, &worst);
    }
    return worst;
}
