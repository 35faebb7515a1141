/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Pods that have a link each, with a route to its one host: as Calico and CNI's plugin "ptp" make them.
 * They reach one another through this host, and those on other nodes by what routes or tunnels there. */
#include "model/needs/search.h"

#include "model/foreach.h"
#include "model/needs/link-groups.h"

#include <linux/rtnetlink.h>
#include <string.h>

/* Groups of pods that zones tell apart: more than a host has. */
enum { GROUPS_MAX = 8, PROTOCOL_CALICO = 80, PROTOCOL_KUBE_ROUTER = 17 };

static bool is_host_route(const Route *route, Family family)
{
    return route->destination.address.family == family &&
           route->destination.length == ip_address_bits(family);
}

static bool carries_pods(const Link *link)
{
    return (link_is_kind(link, "veth") || link_is_kind(link, "netkit")) && link_is_up(link);
}

/* The links of pods and their addresses of FAMILY (LinkEnd, transfer full). */
static GArray *find_pods(const NeedSearch *search, Family family)
{
    GArray *pods = g_array_new(FALSE, FALSE, sizeof(LinkEnd));
    PTR_ARRAY_FOREACH (const Link, link, topology_downstreams(search->topology)) {
        const GPtrArray *routes = g_hash_table_lookup(search->routes, GINT_TO_POINTER(link->index));
        if (routes == NULL || !carries_pods(link) ||
            link_forwards(search->snapshot, link, family) != TRISTATE_YES)
            continue;
        PTR_ARRAY_FOREACH (const Route, route, routes) {
            if (!is_host_route(route, family))
                continue;
            const LinkEnd pod = {link, &route->destination};
            g_array_append_val(pods, pod);
            break;
        }
    }
    return pods;
}

/* ---- between pods of this host ---- */

/* A group has at least one. */
static const LinkEnd *first_of(const LinkGroup *group)
{
    return &g_array_index(group->ends, LinkEnd, 0);
}

static void set_alike(GPtrArray *alike, const GPtrArray *links)
{
    g_ptr_array_set_size(alike, 0);
    g_ptr_array_extend((GPtrArray *)alike, (GPtrArray *)links, NULL, NULL);
}

static void search_between(NeedSearch *search, const LinkGroup *from, const LinkGroup *to)
{
    if (from == to && from->ends->len < 2)
        return;
    const LinkEnd *a = first_of(from);
    const LinkEnd *b = from == to ? &g_array_index(to->ends, LinkEnd, 1) : first_of(to);
    Flow flow = need_flow(search, a->link, a->hosts, b->link, b->hosts);
    WayCoverage way = coverage_of_usual_flow(search->map, &flow);
    Need *need = need_new(NEED_POD_TO_POD, NEED_EVIDENT, NEED_BECAUSE_HOST_ROUTES, NULL);
    set_alike(need->alike, from->links);
    set_alike(need->out_alike, to->links);
    need_search_add(search, need, a->link, b->link, &way);
}

/* ---- from and to pods of other nodes ---- */

/* What daemons that route among nodes put in place. */
static bool is_by_routing_daemon(const Route *route)
{
    switch (route->protocol) {
    case RTPROT_ZEBRA:
    case RTPROT_BIRD:
    case RTPROT_BABEL:
    case RTPROT_BGP:
    case RTPROT_ISIS:
    case RTPROT_OSPF:
    case PROTOCOL_CALICO:
    case PROTOCOL_KUBE_ROUTER:
        return true;
    default:
        return false;
    }
}

/* By hand, and near the pods' own addresses: within the same sixteen bits of IPv4, or forty-eight of IPv6. */
static bool is_near(const Route *route, const IpPrefix *pod)
{
    IpPrefix around = *pod;
    around.length = pod->address.family == FAMILY_IPV6 ? 48 : 16;
    return (route->protocol == RTPROT_STATIC || route->protocol == RTPROT_BOOT) &&
           ip_prefix_covers(&around, &route->destination) == MATCH_YES;
}

static bool has_gateway(const Route *route, const Link *link)
{
    ARRAY_FOREACH (const Nexthop, nexthop, route->nexthops) {
        if (nexthop->oif == link->index && nexthop->has_gateway)
            return true;
    }
    return false;
}

/* The first route through LINK to pods of other nodes, NULL: none. */
static const Route *pod_route(const NeedSearch *search, const Link *link, const IpPrefix *pod)
{
    const GPtrArray *routes = g_hash_table_lookup(search->routes, GINT_TO_POINTER(link->index));
    for (guint i = 0; routes != NULL && i < routes->len; i++) {
        const Route *route = g_ptr_array_index(routes, i);
        bool leads_away = has_gateway(route, link) || need_is_tunnel(link) || link_is_overlay(link);
        if (leads_away && route->destination.address.family == pod->address.family &&
            (is_by_routing_daemon(route) || is_near(route, pod)))
            return route;
    }
    return NULL;
}

static Need *need_by_route(const Route *route, NeedCertainty certainty)
{
    g_autofree char *prefix = ip_prefix_to_string(&route->destination);
    return need_new(NEED_NODE_TO_POD, certainty, NEED_BECAUSE_ROUTED, prefix);
}

static void search_arrival(NeedSearch *search, const Link *link, const IpPrefix *from,
                           const LinkGroup *group, Need *need)
{
    const LinkEnd *pod = first_of(group);
    Flow flow = need_flow(search, link, from, pod->link, pod->hosts);
    WayCoverage way = coverage_of_usual_flow(search->map, &flow);
    set_alike(need->out_alike, group->links);
    need_search_add(search, need, link, pod->link, &way);
}

/* From pods of other nodes to those of GROUP. The nodes themselves may have business with pods, too: a
 * webhook of the API server, say. */
static void search_arrivals(NeedSearch *search, const Link *link, const Route *route,
                            const LinkGroup *group)
{
    const IpPrefix *nodes = need_network_of(link);
    search_arrival(search, link, &route->destination, group, need_by_route(route, NEED_EVIDENT));
    if (topology_is_uplink(search->topology, link) && nodes != NULL &&
        nodes->address.family == route->destination.address.family)
        search_arrival(search, link, nodes, group, need_by_route(route, NEED_POSSIBLE));
}

/* Out by an uplink they go like all else. */
static void search_departures(NeedSearch *search, const Link *link, const Route *route,
                              const LinkGroup *group)
{
    const LinkEnd *pod = first_of(group);
    if (topology_is_uplink(search->topology, link))
        return;
    Flow flow = need_flow(search, pod->link, pod->hosts, link, &route->destination);
    WayCoverage way = coverage_of_usual_flow(search->map, &flow);
    Need *need = need_by_route(route, NEED_EVIDENT);
    set_alike(need->alike, group->links);
    need_search_add(search, need, pod->link, link, &way);
}

static void search_nodes(NeedSearch *search, const GPtrArray *groups)
{
    const LinkGroup *first = g_ptr_array_index(groups, 0);
    const IpPrefix *pod = first_of(first)->hosts;
    PTR_ARRAY_FOREACH (const Link, link, search->snapshot->links) {
        const Route *route =
            link_is_up(link) && !carries_pods(link) ? pod_route(search, link, pod) : NULL;
        if (route == NULL)
            continue;
        g_hash_table_add(search->pod_tunnels, (gpointer)link);
        PTR_ARRAY_FOREACH (const LinkGroup, group, groups) {
            search_arrivals(search, link, route, group);
            search_departures(search, link, route, group);
        }
    }
}

/* ---- bridges whose network continues on other nodes by plain routes ---- */

/* The neighbours of a network of the same size differ in its last eight bits: flannel's host-gw. */
static bool is_sibling(const IpPrefix *a, const IpPrefix *b)
{
    enum { NODE_BITS = 8 };
    IpPrefix around = *a;
    if (a->address.family != b->address.family || a->length != b->length ||
        a->length <= 2 * NODE_BITS)
        return false;
    around.length = (guint8)(a->length - NODE_BITS);
    return ip_prefix_covers(&around, b) == MATCH_YES && ip_prefix_covers(a, b) == MATCH_NO;
}

static const Route *sibling_route(const NeedSearch *search, const Link *uplink,
                                  const IpPrefix *network)
{
    enum { ROUTES_LOOKED_AT = 256 };
    const GPtrArray *routes = g_hash_table_lookup(search->routes, GINT_TO_POINTER(uplink->index));
    for (guint i = 0; routes != NULL && i < MIN(routes->len, ROUTES_LOOKED_AT); i++) {
        const Route *route = g_ptr_array_index(routes, i);
        if (has_gateway(route, uplink) && is_sibling(network, &route->destination))
            return route;
    }
    return NULL;
}

static void search_bridge(NeedSearch *search, const Link *uplink, const Link *bridge)
{
    const IpPrefix *network = need_network_of(bridge);
    const Route *route = network != NULL ? sibling_route(search, uplink, network) : NULL;
    if (route == NULL ||
        link_forwards(search->snapshot, bridge, network->address.family) != TRISTATE_YES)
        return;
    Flow flow = need_flow(search, uplink, &route->destination, bridge, network);
    WayCoverage way = coverage_of_usual_flow(search->map, &flow);
    need_search_add(search, need_by_route(route, NEED_EVIDENT), uplink, bridge, &way);
}

/* ---- the whole ---- */

static void search_family(NeedSearch *search, Family family)
{
    g_autoptr(GArray) pods = find_pods(search, family);
    if (pods->len == 0)
        return;
    g_autoptr(GPtrArray) groups = link_groups(search->snapshot->firewalld, pods, GROUPS_MAX);
    PTR_ARRAY_FOREACH (const LinkGroup, from, groups) {
        PTR_ARRAY_FOREACH (const LinkGroup, to, groups)
            search_between(search, from, to);
    }
    search_nodes(search, groups);
}

void need_search_pods(NeedSearch *search)
{
    enum { BRIDGES_MAX = 64 };
    search_family(search, FAMILY_IPV4);
    search_family(search, FAMILY_IPV6);
    PTR_ARRAY_FOREACH (const Link, uplink, topology_uplinks(search->topology)) {
        guint bridges = 0;
        if (!g_hash_table_contains(search->routes, GINT_TO_POINTER(uplink->index)))
            continue;
        PTR_ARRAY_FOREACH (const Link, bridge, topology_downstreams(search->topology)) {
            if (link_is_kind(bridge, "bridge") && bridges++ < BRIDGES_MAX)
                search_bridge(search, uplink, bridge);
        }
    }
}
