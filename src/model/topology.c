/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Roles of links: see topology.h. Everything is linear in links, routes and rules. */
#include "model/topology.h"

#include <linux/fib_rules.h>
#include <linux/if.h>
#include <linux/rtnetlink.h>
#include <string.h>

struct Topology {
    const Snapshot *snapshot;
    GHashTable *roles;   /* Link to Role */
    GHashTable *reasons; /* uplink Link to text */
    GPtrArray *uplinks;
    GPtrArray *downstreams;
};

/* ---- which routes lead to other networks ---- */

static const Link *link_of_vrf_table(const Snapshot *snapshot, guint32 table)
{
    for (guint i = 0; i < snapshot->links->len; i++) {
        const Link *link = g_ptr_array_index(snapshot->links, i);
        if (link->vrf_table != 0 && link->vrf_table == table)
            return link;
    }
    return NULL;
}

static bool rule_leads_to(const Snapshot *snapshot, const Rule *rule, const Route *route)
{
    if (rule->family != route->destination.address.family || rule->action != FR_ACT_TO_TBL)
        return false;
    if (rule->l3mdev ? link_of_vrf_table(snapshot, route->table) == NULL
                     : rule->table != route->table)
        return false;
    /* fib_rule_suppress(): routes of this length or shorter are passed over. wg-quick relies on
     * it to keep main's default route out of the way. */
    return rule->suppress_prefix_length < (int)route->destination.length;
}

/* Without rules of the family the kernel has only the tables it always had. */
static bool route_is_reachable(const Snapshot *snapshot, const Route *route)
{
    bool any = false;
    for (guint i = 0; i < snapshot->rules->len; i++) {
        const Rule *rule = g_ptr_array_index(snapshot->rules, i);
        if (rule_leads_to(snapshot, rule, route))
            return true;
        any = any || rule->family == route->destination.address.family;
    }
    return !any && (route->table == RT_TABLE_MAIN || route->table == RT_TABLE_DEFAULT);
}

/* Whether ROUTE is half of the split that VPN clients use to cover the default route without
 * replacing it (0.0.0.0/1 and 128.0.0.0/1), and the other half stands beside it. */
static bool is_half_of_a_default(const Snapshot *snapshot, const Route *route)
{
    for (guint i = 0; route->destination.length == 1 && i < snapshot->routes->len; i++) {
        const Route *other = g_ptr_array_index(snapshot->routes, i);
        if (other->destination.length == 1 && other->table == route->table &&
            other->destination.address.family == route->destination.address.family &&
            ip_prefix_covers(&other->destination, &route->destination) == MATCH_NO)
            return true;
    }
    return false;
}

/* All of today's global IPv6 unicast is 2000::/3 (RFC 4291, section 2.4): some providers route
 * just that. */
static bool is_global_unicast(const IpPrefix *destination)
{
    IpPrefix global_unicast;
    return ip_prefix_parse("2000::/3", &global_unicast) && destination->length == 3 &&
           ip_prefix_covers(&global_unicast, destination) == MATCH_YES;
}

static bool route_leads_outside(const Snapshot *snapshot, const Route *route)
{
    bool wide = route->destination.length == 0 || is_global_unicast(&route->destination) ||
                is_half_of_a_default(snapshot, route);
    return wide && route_is_reachable(snapshot, route);
}

static char *table_name(guint32 table)
{
    switch (table) {
    case RT_TABLE_MAIN:
        return g_strdup("main");
    case RT_TABLE_DEFAULT:
        return g_strdup("default");
    default:
        return g_strdup_printf("%u", table);
    }
}

static char *describe_route(const Route *route, const Nexthop *nexthop)
{
    g_autofree char *table = table_name(route->table);
    g_autofree char *prefix = ip_prefix_to_string(&route->destination);
    g_autofree char *gateway =
        nexthop->has_gateway ? ip_address_to_string(&nexthop->gateway) : NULL;
    const char *family = route->destination.address.family == FAMILY_IPV6 ? "IPv6 " : "";
    bool is_default = route->destination.length == 0;
    return g_strdup_printf("%s%s route%s%s%s%s in table %s", family,
                           is_default ? "default" : "wide", is_default ? "" : " ",
                           is_default ? "" : prefix, gateway != NULL ? " via " : "",
                           gateway != NULL ? gateway : "", table);
}

/* ---- hardware ---- */

static bool has_kind(const Link *link, const char *const *kinds)
{
    return link->kind != NULL && g_strv_contains(kinds, link->kind);
}

/* netfilter sees the master of such a link and never the link; a member of a VRF is no port. */
static bool is_port(const Snapshot *snapshot, const Link *link)
{
    static const char *const masters[] = {"bridge", "bond", "team", "ovs-system", NULL};
    static const char *const port_kinds[] = {"bridge", "bond", "team", "openvswitch", NULL};
    if (link->master == 0)
        return false;
    if (link->port_kind != NULL)
        return g_strv_contains(port_kinds, link->port_kind);
    const Link *master = snapshot_link_by_index(snapshot, link->master);
    return master != NULL && has_kind(master, masters);
}

static const Link *hardware_above(const Snapshot *snapshot, GHashTable *hardware, const Link *link)
{
    bool real = g_hash_table_contains(hardware, link);
    if (real && is_port(snapshot, link))
        return snapshot_link_by_index(snapshot, link->master);
    const Link *lower = snapshot_link_by_index(snapshot, link->lower);
    if (g_strcmp0(link->kind, "vlan") == 0 && lower != NULL &&
        g_hash_table_contains(hardware, lower))
        return link;
    return NULL;
}

/* The set of links that are real hardware, or a bond, team, VLAN or bridge that stands on it. */
static GHashTable *links_on_hardware(const Snapshot *snapshot)
{
    enum { MAX_NESTING = 8 }; /* MAX_NEST_DEV of the kernel */
    GHashTable *hardware = g_hash_table_new(g_direct_hash, g_direct_equal);
    for (guint i = 0; i < snapshot->links->len; i++) {
        Link *link = g_ptr_array_index(snapshot->links, i);
        if (g_strcmp0(link->kind, "physical") == 0)
            g_hash_table_add(hardware, link);
    }
    for (int level = 0; level < MAX_NESTING; level++) {
        bool changed = false;
        for (guint i = 0; i < snapshot->links->len; i++) {
            const Link *link = g_ptr_array_index(snapshot->links, i);
            const Link *above = hardware_above(snapshot, hardware, link);
            if (above != NULL)
                changed = g_hash_table_add(hardware, (gpointer)above) || changed;
        }
        if (!changed)
            break;
    }
    return hardware;
}

/* ---- roles ---- */

static bool has_global_address(const Link *link)
{
    for (guint i = 0; i < link->addresses->len; i++) {
        const LinkAddress *address = g_ptr_array_index(link->addresses, i);
        if (address->scope == RT_SCOPE_UNIVERSE)
            return true;
    }
    return false;
}

Tristate link_forwards(const Snapshot *snapshot, const Link *link, Family family)
{
    if (family == FAMILY_IPV6)
        return snapshot->forwarding_ipv6;
    return link->forwarding_ipv4 != TRISTATE_UNKNOWN ? link->forwarding_ipv4
                                                     : snapshot->forwarding_ipv4;
}

/* Where the kernel does not tell, forwarding is taken to be on: to overlook what is refused is
 * worse than to look at what is not forwarded. */
static bool forwards_anything(const Snapshot *snapshot, const Link *link)
{
    return link_forwards(snapshot, link, FAMILY_IPV4) != TRISTATE_NO ||
           link_forwards(snapshot, link, FAMILY_IPV6) == TRISTATE_YES;
}

static bool is_downstream(const Snapshot *snapshot, const Link *link)
{
    /* These carry no traffic of others, whatever addresses they hold (kube-ipvs0 is a dummy). */
    static const char *const silent[] = {"dummy", "ifb",   "nlmon", "vrf",
                                         "can",   "vxcan", "vcan",  NULL};
    /* These need no address of their own to be routed to, as Calico's veths. */
    static const char *const unnumbered[] = {"veth", "tun", "wireguard", "ppp", NULL};
    if (link->kind == NULL || g_str_equal(link->kind, "physical") || has_kind(link, silent))
        return false;
    return (link->flags & IFF_UP) != 0 && forwards_anything(snapshot, link) &&
           (has_global_address(link) || has_kind(link, unnumbered));
}

static Role role_of(const Topology *topology, const Link *link)
{
    if ((link->flags & IFF_LOOPBACK) != 0)
        return ROLE_LOOPBACK;
    if (is_port(topology->snapshot, link))
        return ROLE_PORT;
    if (g_hash_table_contains(topology->reasons, link))
        return ROLE_UPLINK;
    return is_downstream(topology->snapshot, link) ? ROLE_DOWNSTREAM : ROLE_OTHER;
}

/* Takes REASON; the first one given stays. */
static void add_uplink(Topology *topology, const Link *link, char *reason)
{
    if (link == NULL || (link->flags & IFF_LOOPBACK) != 0 ||
        g_hash_table_contains(topology->reasons, link))
        g_free(reason);
    else
        g_hash_table_insert(topology->reasons, (gpointer)link, reason);
}

static void add_uplinks_by_route(Topology *topology)
{
    const Snapshot *snapshot = topology->snapshot;
    for (guint i = 0; i < snapshot->routes->len; i++) {
        const Route *route = g_ptr_array_index(snapshot->routes, i);
        if (!route_leads_outside(snapshot, route))
            continue;
        for (guint j = 0; j < route->nexthops->len; j++) {
            const Nexthop *nexthop = &g_array_index(route->nexthops, Nexthop, j);
            const Link *link = snapshot_link_by_index(snapshot, nexthop->oif);
            /* A route into a VRF goes on in that VRF's own table. */
            if (link != NULL && g_strcmp0(link->kind, "vrf") != 0)
                add_uplink(topology, link, describe_route(route, nexthop));
        }
    }
}

static void add_uplinks_on_hardware(Topology *topology)
{
    g_autoptr(GHashTable) hardware = links_on_hardware(topology->snapshot);
    for (guint i = 0; i < topology->snapshot->links->len; i++) {
        const Link *link = g_ptr_array_index(topology->snapshot->links, i);
        if (g_hash_table_contains(hardware, link) && (link->flags & IFF_UP) != 0 &&
            has_global_address(link))
            add_uplink(topology, link, g_strdup("hardware that is up and has a global address"));
    }
}

Topology *topology_new(const Snapshot *snapshot, const char *const *named_uplinks)
{
    Topology *topology = g_new0(Topology, 1);
    topology->snapshot = snapshot;
    topology->roles = g_hash_table_new(g_direct_hash, g_direct_equal);
    topology->reasons = g_hash_table_new_full(g_direct_hash, g_direct_equal, NULL, g_free);
    topology->uplinks = g_ptr_array_new();
    topology->downstreams = g_ptr_array_new();

    for (; named_uplinks != NULL && *named_uplinks != NULL; named_uplinks++)
        add_uplink(topology, snapshot_link_by_name(snapshot, *named_uplinks),
                   g_strdup("named by --uplink"));
    add_uplinks_by_route(topology);
    add_uplinks_on_hardware(topology);

    for (guint i = 0; i < snapshot->links->len; i++) {
        Link *link = g_ptr_array_index(snapshot->links, i);
        Role role = role_of(topology, link);
        g_hash_table_insert(topology->roles, link, GINT_TO_POINTER(role));
        if (role == ROLE_UPLINK)
            g_ptr_array_add(topology->uplinks, link);
        else if (role == ROLE_DOWNSTREAM)
            g_ptr_array_add(topology->downstreams, link);
    }
    return topology;
}

void topology_free(Topology *topology)
{
    if (topology == NULL)
        return;
    g_hash_table_unref(topology->roles);
    g_hash_table_unref(topology->reasons);
    g_ptr_array_unref(topology->uplinks);
    g_ptr_array_unref(topology->downstreams);
    g_free(topology);
}

Role topology_role(const Topology *topology, const Link *link)
{
    return (Role)GPOINTER_TO_INT(g_hash_table_lookup(topology->roles, link));
}

const char *topology_uplink_reason(const Topology *topology, const Link *link)
{
    return topology_role(topology, link) == ROLE_UPLINK
               ? g_hash_table_lookup(topology->reasons, link)
               : NULL;
}

const GPtrArray *topology_uplinks(const Topology *topology)
{
    return topology->uplinks;
}

const GPtrArray *topology_downstreams(const Topology *topology)
{
    return topology->downstreams;
}

const char *link_ingress_name(const Snapshot *snapshot, const Link *link)
{
    const Link *master = snapshot_link_by_index(snapshot, link->master);
    return master != NULL && g_strcmp0(master->kind, "vrf") == 0 ? master->name : link->name;
}

const char *role_word(Role role)
{
    static const char *const words[] = {
        [ROLE_OTHER] = "other", [ROLE_UPLINK] = "uplink",     [ROLE_DOWNSTREAM] = "downstream",
        [ROLE_PORT] = "port",   [ROLE_LOOPBACK] = "loopback",
    };
    return words[role];
}
