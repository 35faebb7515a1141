/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From what was read to needs: see needs.h. Everything that the searches look up is indexed once. */
#include "model/needs/needs.h"

#include "model/foreach.h"
#include "model/needs/search.h"

#include <linux/rtnetlink.h>

/* ---- indices ---- */

static GHashTable *index_owners(const Snapshot *snapshot)
{
    GHashTable *owners = g_hash_table_new(ip_address_hash, ip_address_same);
    PTR_ARRAY_FOREACH (Link, link, snapshot->links) {
        PTR_ARRAY_FOREACH (LinkAddress, address, link->addresses) {
            if (link_address_is_global(address, address->prefix.address.family))
                g_hash_table_insert(owners, &address->prefix.address, link);
        }
    }
    return owners;
}

/* What the kernel itself adds is the network of the link's own addresses. */
static bool leads_to_another_network(const Route *route)
{
    return route->type == RTN_UNICAST && route->protocol != RTPROT_KERNEL &&
           route->table != RT_TABLE_LOCAL;
}

static GHashTable *index_routes(const Snapshot *snapshot)
{
    GHashTable *routes = g_hash_table_new_full(g_direct_hash, g_direct_equal, NULL,
                                               (GDestroyNotify)g_ptr_array_unref);
    PTR_ARRAY_FOREACH (Route, route, snapshot->narrow_routes) {
        if (!leads_to_another_network(route))
            continue;
        ARRAY_FOREACH (const Nexthop, nexthop, route->nexthops) {
            gpointer key = GINT_TO_POINTER(nexthop->oif);
            GPtrArray *list = g_hash_table_lookup(routes, key);
            if (list == NULL) {
                list = g_ptr_array_new();
                g_hash_table_insert(routes, key, list);
            }
            g_ptr_array_add(list, route);
        }
    }
    return routes;
}

const Link *need_socket_link(const NeedSearch *search, const Socket *socket)
{
    const Link *link = socket->interface != 0
                           ? snapshot_link_by_index(search->snapshot, socket->interface)
                           : g_hash_table_lookup(search->owners, &socket->address);
    return link != NULL ? link_seen_by_firewall(search->snapshot, link) : NULL;
}

static void index_servers(NeedSearch *search)
{
    enum { DHCP_SERVER = 67, DHCPV6_SERVER = 547 };
    PTR_ARRAY_FOREACH (Socket, socket, search->snapshot->sockets) {
        bool serves = socket->protocol == PROTOCOL_UDP &&
                      (socket->port == DHCP_SERVER || socket->port == DHCPV6_SERVER);
        const Link *link = serves ? need_socket_link(search, socket) : NULL;
        if (link != NULL)
            g_hash_table_insert(search->servers, (gpointer)link, socket);
    }
}

/* ---- the whole ---- */

typedef enum {
    SEARCH_ALL,
    SEARCH_ROLES, /* only what makes links downstreams */
} SearchExtent;

static GPtrArray *search_needs(const Snapshot *snapshot, const Topology *topology, CoverageMap *map,
                               SearchExtent extent)
{
    NeedSearch search = {
        .snapshot = snapshot,
        .topology = topology,
        .map = map,
        .needs = g_ptr_array_new_with_free_func((GDestroyNotify)need_free),
        .networks = g_hash_table_new(g_direct_hash, g_direct_equal),
        .routes = index_routes(snapshot),
        .owners = index_owners(snapshot),
        .pod_tunnels = g_hash_table_new(g_direct_hash, g_direct_equal),
        .servers = g_hash_table_new(g_direct_hash, g_direct_equal),
    };
    index_servers(&search);
    need_search_lan(&search);
    need_search_pods(&search);
    need_search_sites(&search);
    if (extent == SEARCH_ALL) {
        need_search_services(&search);
        need_search_published(&search);
    }
    g_hash_table_unref(search.pod_tunnels);
    g_hash_table_unref(search.servers);
    g_hash_table_unref(search.owners);
    g_hash_table_unref(search.routes);
    g_hash_table_unref(search.networks);
    return search.needs;
}

GPtrArray *needs_of(const Snapshot *snapshot, const Topology *topology, CoverageMap *map)
{
    return search_needs(snapshot, topology, map, SEARCH_ALL);
}

void needs_note_roles(const GPtrArray *needs, Topology *topology)
{
    PTR_ARRAY_FOREACH (const Need, need, needs) {
        bool routes = need->kind == NEED_LAN_TO_WAN || need->kind == NEED_SITE_TO_SITE;
        if (routes && need->certainty != NEED_POSSIBLE && topology_is_uplink(topology, need->in))
            topology_add_downstream(topology, need->in);
    }
}

void needs_find_roles(const Snapshot *snapshot, Topology *topology)
{
    g_autoptr(CoverageMap) map = coverage_map_new(snapshot, topology);
    g_autoptr(GPtrArray) needs = search_needs(snapshot, topology, map, SEARCH_ROLES);
    needs_note_roles(needs, topology);
}
