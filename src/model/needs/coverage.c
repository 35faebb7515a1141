/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Verdicts on the usual flows between links: see coverage.h. */
#include "model/needs/coverage.h"

#include "model/foreach.h"
#include "model/host/bridge.h"
#include "model/needs/flow-classes.h"

#include <linux/rtnetlink.h>
#include <string.h>

struct CoverageMap {
    const Snapshot *snapshot;
    const Topology *topology;
    FlowClasses *classes;
    GHashTable *judged;    /* class to the Judgement on the first flow of it */
    GPtrArray *judgements; /* Judgement: all that were asked for */
    GPtrArray *differing;  /* Judgement: those whose rules differ from the configuration */
    GArray *named_hosts;   /* FlowAddress */
    GHashTable *ports;     /* index of a bridge to the number of its ports */
    GHashTable
        *hosts; /* index of a link to the GPtrArray of the routes (Route) through it that are no
                          wide ones: what is behind a link without addresses */
    GHashTable *routes[2]; /* of each family: indices of links that a wide route leaves through */
};

/* ---- hosts that are named to firewalld one by one ---- */

static gint compare_addresses(const IpAddress *a, const IpAddress *b)
{
    return a->family != b->family ? (a->family > b->family) - (a->family < b->family)
                                  : memcmp(a->bytes, b->bytes, sizeof a->bytes);
}

static gint compare_hosts(gconstpointer a, gconstpointer b)
{
    const FlowAddress *x = a;
    const FlowAddress *y = b;
    return compare_addresses(&x->prefix.address, &y->prefix.address);
}

/* The sources of zones that are single hosts (FlowAddress), in the order of their addresses. */
static GArray *collect_named_hosts(const Snapshot *snapshot)
{
    GArray *hosts = g_array_new(FALSE, FALSE, sizeof(FlowAddress));
    PTR_ARRAY_FOREACH (const Zone, zone, snapshot->firewalld->zones) {
        PTR_ARRAY_FOREACH (const AddressSpec, source, zone->sources) {
            const FlowAddress host = {.kind = FLOW_ADDRESS_PREFIX, .prefix = source->prefix};
            if (source->kind == ADDRESS_SPEC_PREFIX &&
                source->prefix.length == ip_address_bits(source->prefix.address.family))
                g_array_append_val(hosts, host);
        }
    }
    g_array_sort(hosts, compare_hosts);
    return hosts;
}

/* The first of HOSTS that is not before NETWORK. */
static guint first_host(const GArray *hosts, const IpPrefix *network)
{
    guint low = 0;
    guint high = hosts->len;
    while (low < high) {
        guint middle = low + (high - low) / 2;
        const FlowAddress *host = &g_array_index(hosts, FlowAddress, middle);
        bool is_before = ip_prefix_covers(network, &host->prefix) == MATCH_NO &&
                         compare_addresses(&host->prefix.address, &network->address) < 0;
        if (is_before)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static guint count_hosts(const GArray *hosts, guint first, const IpPrefix *network)
{
    guint count = 0;
    while (first + count < hosts->len &&
           ip_prefix_covers(network, &g_array_index(hosts, FlowAddress, first + count).prefix) ==
               MATCH_YES)
        count++;
    return count;
}

/* ---- the map ---- */

static GHashTable *count_ports(const Snapshot *snapshot)
{
    GHashTable *ports = g_hash_table_new(g_direct_hash, g_direct_equal);
    PTR_ARRAY_FOREACH (const Link, link, snapshot->links) {
        gpointer master = GINT_TO_POINTER(link->master);
        int count = GPOINTER_TO_INT(g_hash_table_lookup(ports, master));
        g_hash_table_insert(ports, master, GINT_TO_POINTER(count + 1));
    }
    return ports;
}

/* Of a link without addresses so many are looked at: a pod has few. */
enum { HOSTS_MAX = 16 };

static GHashTable *index_hosts(const Snapshot *snapshot)
{
    GHashTable *hosts = g_hash_table_new_full(g_direct_hash, g_direct_equal, NULL,
                                              (GDestroyNotify)g_ptr_array_unref);
    PTR_ARRAY_FOREACH (Route, route, snapshot->narrow_routes) {
        bool leads = route->type == RTN_UNICAST && route->table != RT_TABLE_LOCAL;
        ARRAY_FOREACH (const Nexthop, nexthop, route->nexthops) {
            gpointer key = GINT_TO_POINTER(nexthop->oif);
            GPtrArray *list = g_hash_table_lookup(hosts, key);
            if (!leads || (list != NULL && list->len > HOSTS_MAX))
                continue;
            if (list == NULL) {
                list = g_ptr_array_new();
                g_hash_table_insert(hosts, key, list);
            }
            g_ptr_array_add(list, route);
        }
    }
    return hosts;
}

CoverageMap *coverage_map_new(const Snapshot *snapshot, const Topology *topology)
{
    CoverageMap *map = g_new0(CoverageMap, 1);
    map->snapshot = snapshot;
    map->topology = topology;
    map->classes = flow_classes_new(snapshot);
    map->judged = g_hash_table_new(g_direct_hash, g_direct_equal);
    map->judgements = g_ptr_array_new_with_free_func((GDestroyNotify)judgement_free);
    map->differing = g_ptr_array_new();
    map->ports = count_ports(snapshot);
    map->hosts = index_hosts(snapshot);
    map->named_hosts = collect_named_hosts(snapshot);
    for (guint i = 0; i < G_N_ELEMENTS(map->routes); i++)
        map->routes[i] = g_hash_table_new(g_direct_hash, g_direct_equal);
    PTR_ARRAY_FOREACH (const Route, route, snapshot->routes) {
        GHashTable *links = map->routes[family_index(route->destination.address.family)];
        ARRAY_FOREACH (const Nexthop, nexthop, route->nexthops)
            g_hash_table_add(links, GINT_TO_POINTER(nexthop->oif));
    }
    return map;
}

void coverage_map_free(CoverageMap *map)
{
    if (map == NULL)
        return;
    for (guint i = 0; i < G_N_ELEMENTS(map->routes); i++)
        g_hash_table_unref(map->routes[i]);
    g_hash_table_unref(map->hosts);
    g_hash_table_unref(map->ports);
    g_array_unref(map->named_hosts);
    g_ptr_array_unref(map->differing);
    g_ptr_array_unref(map->judgements);
    g_hash_table_unref(map->judged);
    flow_classes_free(map->classes);
    g_free(map);
}

/* ---- one flow ---- */

static const Judgement *judge(CoverageMap *map, const Flow *flow)
{
    Judgement *judgement = judgement_of(map->snapshot, flow, JUDGE_PACKET);
    g_ptr_array_add(map->judgements, judgement);
    return judgement;
}

static Coverage coverage_by(const Judgement *judgement)
{
    if (judgement_accepts(judgement))
        return COVERAGE_ACCEPTED;
    if (!judgement_refuses(judgement))
        return COVERAGE_OPEN;
    return judgement_is_firewallds(judgement) || verdict_refuses(judgement->firewalld)
               ? COVERAGE_REFUSED
               : COVERAGE_ELSEWHERE;
}

/* Keeps FLOW in WORST where it fares worse than what is there. */
static void consult(CoverageMap *map, const Flow *flow, WayCoverage *worst)
{
    const char *class = flow_classes_find(map->classes, flow);
    const Judgement *judgement = g_hash_table_lookup(map->judged, class);
    if (judgement == NULL) {
        judgement = judge(map, flow);
        g_hash_table_insert(map->judged, (gpointer) class, (gpointer)judgement);
        if (judgement_rules_differ(map->snapshot, flow))
            g_ptr_array_add(map->differing, (gpointer)judgement);
    }
    Coverage coverage = coverage_by(judgement);
    if (coverage > worst->coverage)
        *worst = (WayCoverage){coverage, *flow, judgement};
}

WayCoverage coverage_of_flow(CoverageMap *map, const Flow *flow)
{
    const Judgement *judgement = judge(map, flow);
    return (WayCoverage){coverage_by(judgement), *flow, judgement};
}

/* The judgement on another flow of the class has the same outcome, but names other links. */
const Judgement *coverage_judgement(CoverageMap *map, const WayCoverage *way)
{
    const Flow *judged = &way->judgement->flow;
    bool is_same =
        g_strcmp0(judged->in, way->flow.in) == 0 && g_strcmp0(judged->out, way->flow.out) == 0;
    return is_same ? way->judgement : judge(map, &way->flow);
}

WayCoverage coverage_of_usual_flow(CoverageMap *map, const Flow *flow)
{
    WayCoverage worst = {.coverage = COVERAGE_IDLE};
    consult(map, flow, &worst);
    return worst;
}

void coverage_compare(CoverageMap *map, const Flow *flow)
{
    if (judgement_rules_differ(map->snapshot, flow))
        g_ptr_array_add(map->differing, (gpointer)judge(map, flow));
}

const GPtrArray *coverage_differing(const CoverageMap *map)
{
    return map->differing;
}

/* ---- the usual flows ---- */

Flow coverage_usual_flow(Family family, const char *in, const char *out)
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

/* The hosts behind a link without addresses are routed to by other means: they may have an address
 * of any family that is forwarded. */
static bool sends(const CoverageMap *map, const Link *link, Family family)
{
    Tristate forwards = link_forwards(map->snapshot, link, family);
    if (link_is_numbered(link))
        return forwards != TRISTATE_NO && link_has_network(link, family);
    return forwards == TRISTATE_YES || (forwards == TRISTATE_UNKNOWN && family == FAMILY_IPV4);
}

/* An uplink without known addresses and routes may lead anywhere. */
static bool leads_outside(const CoverageMap *map, const Link *link, Family family)
{
    bool any = link_is_numbered(link) || has_route(map, link, FAMILY_IPV4) ||
               has_route(map, link, FAMILY_IPV6);
    return !any || link_has_network(link, family) || has_route(map, link, family);
}

static const Family families[] = {FAMILY_IPV4, FAMILY_IPV6};

/* CNI's plugin "firewall" makes each container a source of a zone when it puts it on the bridge. Where
 * there are as many of these as the bridge has ports, there are no other hosts. */
static void consult_network(CoverageMap *map, const Link *link, const IpPrefix *network, Flow flow,
                            WayCoverage *worst)
{
    guint ports = GPOINTER_TO_UINT(g_hash_table_lookup(map->ports, GINT_TO_POINTER(link->index)));
    guint first = first_host(map->named_hosts, network);
    guint count = count_hosts(map->named_hosts, first, network);
    if (!link_is_kind(link, "bridge") || ports == 0 || count < ports) {
        consult(map, &flow, worst);
        return;
    }
    for (guint i = 0; i < count; i++) {
        flow.from = g_array_index(map->named_hosts, FlowAddress, first + i);
        consult(map, &flow, worst);
    }
}

/* The hosts behind a pod's link without addresses are those that routes lead to through it. False where
 * that is not known, or they are too many; a link-local network (fe80::/64) is nobody's. */
static bool consult_hosts(CoverageMap *map, const Link *link, Flow flow, WayCoverage *worst)
{
    const GPtrArray *hosts = g_hash_table_lookup(map->hosts, GINT_TO_POINTER(link->index));
    bool is_pods = link_is_kind(link, "veth") || link_is_kind(link, "netkit");
    bool any = false;
    if (!is_pods || hosts == NULL || hosts->len > HOSTS_MAX)
        return false;
    PTR_ARRAY_FOREACH (const Route, route, hosts) {
        if (route->destination.address.family != flow.family ||
            route->destination.length < ip_address_bits(flow.family))
            continue;
        flow.from = (FlowAddress){.kind = FLOW_ADDRESS_PREFIX, .prefix = route->destination};
        consult(map, &flow, worst);
        any = true;
    }
    return any;
}

/* Consults flows like FLOW from each of LINK's networks of its family; where they STAY, to the same
 * network. */
static void consult_networks(CoverageMap *map, const Link *link, Flow flow, bool stay,
                             WayCoverage *worst)
{
    if (stay)
        flow.to.kind = FLOW_ADDRESS_ANY;
    if (!link_has_network(link, flow.family) && !consult_hosts(map, link, flow, worst))
        consult(map, &flow, worst);
    PTR_ARRAY_FOREACH (const LinkAddress, address, link->addresses) {
        if (!link_address_is_global(address, flow.family))
            continue;
        flow.from = (FlowAddress){.kind = FLOW_ADDRESS_PREFIX, .prefix = address->prefix};
        if (stay)
            flow.to = flow.from;
        consult_network(map, link, &address->prefix, flow, worst);
    }
}

WayCoverage coverage_of(CoverageMap *map, const Link *downstream, const Link *uplink)
{
    WayCoverage worst = {.coverage = COVERAGE_IDLE};
    if (!topology_can_forward(map->topology, downstream, uplink))
        return worst;
    const char *in = link_ingress_name(map->snapshot, downstream);
    for (guint i = 0; i < G_N_ELEMENTS(families); i++) {
        if (sends(map, downstream, families[i]) && leads_outside(map, uplink, families[i]))
            consult_networks(map, downstream, coverage_usual_flow(families[i], in, uplink->name),
                             false, &worst);
    }
    return worst;
}

/* ---- frames that a bridge switches ---- */

WayCoverage coverage_within_bridge(CoverageMap *map, const Link *bridge)
{
    WayCoverage worst = {.coverage = COVERAGE_IDLE};
    gpointer ports = g_hash_table_lookup(map->ports, GINT_TO_POINTER(bridge->index));
    bool passes =
        GPOINTER_TO_INT(ports) >= 2 && bridge_isolates(map->snapshot, bridge) != MATCH_YES;
    for (guint i = 0; passes && i < G_N_ELEMENTS(families); i++) {
        Family family = families[i];
        /* A bridge without an address may switch any family: that of virtual machines, say. */
        bool switches = link_has_network(bridge, family) || !link_is_numbered(bridge);
        if (switches && bridge_shows_frames(map->snapshot, bridge, family))
            consult_networks(map, bridge, coverage_usual_flow(family, bridge->name, bridge->name),
                             true, &worst);
    }
    return worst;
}

/* ---- networks that continue on other hosts ---- */

/* Hosts elsewhere may have any address. */
static void consult_overlay(CoverageMap *map, const IpPrefix *network, const Link *bridge,
                            const Link *tunnel, WayCoverage *worst)
{
    const FlowAddress here = {.kind = FLOW_ADDRESS_PREFIX, .prefix = *network};
    const FlowAddress elsewhere = {.kind = FLOW_ADDRESS_ANY};
    Flow out = coverage_usual_flow(network->address.family, bridge->name, tunnel->name);
    out.from = here;
    out.to = elsewhere;
    consult(map, &out, worst);
    Flow in = coverage_usual_flow(network->address.family, tunnel->name, bridge->name);
    in.from = elsewhere;
    in.to = here;
    consult(map, &in, worst);
}

WayCoverage coverage_through_overlay(CoverageMap *map, const Link *bridge, const Link *tunnel)
{
    WayCoverage worst = {.coverage = COVERAGE_IDLE};
    PTR_ARRAY_FOREACH (const LinkAddress, address, bridge->addresses) {
        Family family = address->prefix.address.family;
        if (link_address_is_global(address, family) && sends(map, bridge, family) &&
            link_has_address_in(tunnel, &address->prefix))
            consult_overlay(map, &address->prefix, bridge, tunnel, &worst);
    }
    return worst;
}
