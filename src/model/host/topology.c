/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Roles of links: see topology.h. Everything is linear in links, routes and rules. */
#include "model/host/topology.h"

#include "model/foreach.h"
#include "model/host/outside-routes.h"
#include "model/words.h"

struct Topology {
    const Snapshot *snapshot;
    GHashTable *roles;   /* Link to Role */
    GHashTable *reasons; /* uplink Link to UplinkReason */
    GHashTable *exits;   /* Exit: which links may forward to which uplink */
    GHashTable *both;    /* Link: uplinks that are downstreams, too */
    GHashTable *named;   /* Link: downstreams by the user's word */
    Declared declared;
    GPtrArray *uplinks;
    GPtrArray *downstreams;
};

/* Members of VRF may forward to UPLINK; with VRF NULL, links that are in no VRF may. */
typedef struct {
    const Link *vrf;
    const Link *uplink;
} Exit;

/* ---- links and the links above them ---- */

const Link *link_seen_by_firewall(const Snapshot *snapshot, const Link *link)
{
    static const char *const kinds[] = {"bridge", "bond", "team", NULL};
    const Link *master = snapshot_link_by_index(snapshot, link->master);
    const char *kind = link->port_kind == NULL && master != NULL ? master->kind : link->port_kind;
    if (link->master == 0 || kind == NULL)
        return link;
    if (g_str_equal(kind, "openvswitch"))
        return NULL;
    return g_strv_contains(kinds, kind) ? master : link;
}

static bool is_port(const Snapshot *snapshot, const Link *link)
{
    return link_seen_by_firewall(snapshot, link) != link;
}

static const Link *vrf_of(const Snapshot *snapshot, const Link *link)
{
    const Link *master = snapshot_link_by_index(snapshot, link->master);
    return master != NULL && link_is_kind(master, "vrf") ? master : NULL;
}

const char *link_ingress_name(const Snapshot *snapshot, const Link *link)
{
    const Link *vrf = vrf_of(snapshot, link);
    return vrf != NULL ? vrf->name : link->name;
}

/* ---- links and the links below them ---- */

enum { MAX_NESTING = 8 }; /* MAX_NEST_DEV of the kernel */

/* Adds to BELOW what stands directly below one of its links, and says whether it had been left out. */
static bool add_level_below(const Snapshot *snapshot, GHashTable *below)
{
    bool changed = false;
    PTR_ARRAY_FOREACH (Link, link, snapshot->links) {
        const Link *master = snapshot_link_by_index(snapshot, link->master);
        const Link *lower = snapshot_link_by_index(snapshot, link->lower);
        if (lower != NULL && g_hash_table_contains(below, link))
            changed = g_hash_table_add(below, (gpointer)lower) || changed;
        if (master != NULL && g_hash_table_contains(below, master))
            changed = g_hash_table_add(below, link) || changed;
    }
    return changed;
}

LinkPrograms link_programs(const Snapshot *snapshot, const Link *link)
{
    LinkPrograms programs = {0};
    g_autoptr(GHashTable) below = g_hash_table_new(g_direct_hash, g_direct_equal);
    g_hash_table_add(below, (gpointer)link);
    for (int level = 0; level < MAX_NESTING && add_level_below(snapshot, below); level++)
        continue;
    PTR_ARRAY_FOREACH (const Link, each, snapshot->links) {
        if (!g_hash_table_contains(below, each))
            continue;
        programs.xdp = programs.xdp || each->programs.xdp;
        programs.tc_ingress = programs.tc_ingress || each->programs.tc_ingress;
        programs.tc_egress = programs.tc_egress || each->programs.tc_egress;
    }
    return programs;
}

/* ---- hardware ---- */

/* Kernels before 5.14 do not report the hardware of a link (IFLA_PARENT_DEV_NAME): there, a link
 * without a kind counts as hardware. */
static bool tells_hardware(const Snapshot *snapshot)
{
    PTR_ARRAY_FOREACH (const Link, link, snapshot->links) {
        if (link->parent_device != NULL || link_is_kind(link, "physical"))
            return true;
    }
    return false;
}

/* Some hardware has a kind, too: InfiniBand's "ipoib", modems' "wwan", switches' "dsa". */
static bool is_hardware(const Link *link, bool hardware_is_told)
{
    if (link_is_loopback(link))
        return false;
    return link->parent_device != NULL || link_is_kind(link, "physical") ||
           (link->kind == NULL && !hardware_is_told);
}

/* Port of what, or carrier of what: the link above LINK that stands on it, or NULL. */
static const Link *hardware_above(const Snapshot *snapshot, GHashTable *hardware, const Link *link)
{
    if (g_hash_table_contains(hardware, link))
        return is_port(snapshot, link) ? snapshot_link_by_index(snapshot, link->master) : NULL;
    const Link *lower = snapshot_link_by_index(snapshot, link->lower);
    bool is_vlan = link_is_kind(link, "vlan");
    return is_vlan && lower != NULL && g_hash_table_contains(hardware, lower) ? link : NULL;
}

/* The set of links that are real hardware, or a bond, team, VLAN or bridge that stands on it. */
static GHashTable *links_on_hardware(const Snapshot *snapshot)
{
    GHashTable *hardware = g_hash_table_new(g_direct_hash, g_direct_equal);
    bool hardware_is_told = tells_hardware(snapshot);
    PTR_ARRAY_FOREACH (Link, link, snapshot->links) {
        if (is_hardware(link, hardware_is_told))
            g_hash_table_add(hardware, link);
    }
    for (int level = 0; level < MAX_NESTING; level++) {
        bool changed = false;
        PTR_ARRAY_FOREACH (const Link, link, snapshot->links) {
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
    static const char *const unnumbered[] = {"veth",   "netkit", "tun",    "wireguard", "ppp",
                                             "xfrm",   "vti",    "vti6",   "ipip",      "gre",
                                             "ip6gre", "sit",    "ip6tnl", NULL};
    if (link->kind == NULL || link->parent_device != NULL || link_is_kind(link, "physical") ||
        !link_is_up(link) || !forwards_anything(snapshot, link))
        return false;
    return link_is_any_kind(link, unnumbered) ||
           (link_is_numbered(link) && !link_is_any_kind(link, silent));
}

static Role role_of(const Topology *topology, const Link *link)
{
    if (link_is_loopback(link))
        return ROLE_LOOPBACK;
    if (is_port(topology->snapshot, link))
        return ROLE_PORT;
    if (g_hash_table_contains(topology->reasons, link))
        return ROLE_UPLINK;
    return g_hash_table_contains(topology->named, link) || is_downstream(topology->snapshot, link)
               ? ROLE_DOWNSTREAM
               : ROLE_OTHER;
}

/* ---- uplinks ---- */

static guint exit_hash(gconstpointer key)
{
    const Exit *exit = key;
    return g_direct_hash(exit->vrf) * 31 + g_direct_hash(exit->uplink);
}

static gboolean exit_equal(gconstpointer a, gconstpointer b)
{
    const Exit *x = a;
    const Exit *y = b;
    return x->vrf == y->vrf && x->uplink == y->uplink;
}

static void add_exit(Topology *topology, const Link *vrf, const Link *uplink)
{
    const Exit exit = {vrf, uplink};
    if (!g_hash_table_contains(topology->exits, &exit))
        g_hash_table_add(topology->exits, g_memdup2(&exit, sizeof exit));
}

/* The first reason given stays. */
static void add_uplink(Topology *topology, const Link *link, UplinkReason reason)
{
    if (link_is_loopback(link) || g_hash_table_contains(topology->reasons, link))
        return;
    g_hash_table_insert(topology->reasons, (gpointer)link, g_memdup2(&reason, sizeof reason));
    add_exit(topology, vrf_of(topology->snapshot, link), link);
}

static void add_declared_uplinks(Topology *topology)
{
    STRV_FOREACH (name, topology->declared.uplinks) {
        const Link *link = snapshot_link_by_name(topology->snapshot, *name);
        if (link != NULL)
            add_uplink(topology, link, (UplinkReason){UPLINK_NAMED});
    }
}

/* Of a port, its master is meant: that is what netfilter sees. */
static void add_declared_downstreams(Topology *topology)
{
    STRV_FOREACH (name, topology->declared.downstreams) {
        const Link *link = snapshot_link_by_name(topology->snapshot, *name);
        const Link *seen = link != NULL ? link_seen_by_firewall(topology->snapshot, link) : NULL;
        if (seen != NULL)
            g_hash_table_add(topology->named, (gpointer)seen);
    }
}

static void add_uplinks_of_route(Topology *topology, const OutsideRoutes *routes,
                                 const Route *route)
{
    bool serves_all = outside_routes_serves_all(routes, route);
    const Link *vrf = outside_routes_vrf(routes, route);
    if (!outside_routes_is_wide(routes, route) || (!serves_all && vrf == NULL))
        return;
    ARRAY_FOREACH (const Nexthop, nexthop, route->nexthops) {
        const Link *link = snapshot_link_by_index(topology->snapshot, nexthop->oif);
        /* A route into a VRF goes on in that VRF's own table. */
        if (link == NULL || link_is_kind(link, "vrf"))
            continue;
        add_uplink(topology, link, (UplinkReason){UPLINK_BY_ROUTE, route, nexthop});
        if (serves_all)
            add_exit(topology, NULL, link);
        if (vrf != NULL)
            add_exit(topology, vrf, link);
    }
}

static void add_uplinks_on_hardware(Topology *topology)
{
    g_autoptr(GHashTable) hardware = links_on_hardware(topology->snapshot);
    PTR_ARRAY_FOREACH (const Link, link, topology->snapshot->links) {
        if (g_hash_table_contains(hardware, link) && link_is_up(link) && link_is_numbered(link))
            add_uplink(topology, link, (UplinkReason){UPLINK_IS_HARDWARE});
    }
}

/* ---- the whole ---- */

Topology *topology_new(const Snapshot *snapshot, const Declared *declared)
{
    Topology *topology = g_new0(Topology, 1);
    topology->snapshot = snapshot;
    if (declared != NULL)
        topology->declared = *declared;
    topology->roles = g_hash_table_new(g_direct_hash, g_direct_equal);
    topology->reasons = g_hash_table_new_full(g_direct_hash, g_direct_equal, NULL, g_free);
    topology->exits = g_hash_table_new_full(exit_hash, exit_equal, g_free, NULL);
    topology->both = g_hash_table_new(g_direct_hash, g_direct_equal);
    topology->named = g_hash_table_new(g_direct_hash, g_direct_equal);
    topology->uplinks = g_ptr_array_new();
    topology->downstreams = g_ptr_array_new();

    add_declared_uplinks(topology);
    add_declared_downstreams(topology);
    g_autoptr(OutsideRoutes) routes = outside_routes_new(snapshot);
    PTR_ARRAY_FOREACH (const Route, route, snapshot->routes)
        add_uplinks_of_route(topology, routes, route);
    add_uplinks_on_hardware(topology);
    PTR_ARRAY_FOREACH (Link, link, snapshot->links) {
        Role role = role_of(topology, link);
        g_hash_table_insert(topology->roles, link, GINT_TO_POINTER(role));
        if (role == ROLE_UPLINK)
            g_ptr_array_add(topology->uplinks, link);
        if (role == ROLE_UPLINK && g_hash_table_contains(topology->named, link))
            topology_add_downstream(topology, link);
        if (role == ROLE_DOWNSTREAM)
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
    g_hash_table_unref(topology->exits);
    g_hash_table_unref(topology->both);
    g_hash_table_unref(topology->named);
    g_ptr_array_unref(topology->uplinks);
    g_ptr_array_unref(topology->downstreams);
    g_free(topology);
}

Role topology_role(const Topology *topology, const Link *link)
{
    return (Role)GPOINTER_TO_INT(g_hash_table_lookup(topology->roles, link));
}

bool topology_is_uplink(const Topology *topology, const Link *link)
{
    return topology_role(topology, link) == ROLE_UPLINK;
}

bool topology_is_downstream(const Topology *topology, const Link *link)
{
    return topology_role(topology, link) == ROLE_DOWNSTREAM ||
           g_hash_table_contains(topology->both, link);
}

bool topology_is_declared_downstream(const Topology *topology, const Link *link)
{
    return g_hash_table_contains(topology->named, link);
}

void topology_add_downstream(Topology *topology, const Link *link)
{
    g_hash_table_add(topology->both, (gpointer)link);
}

guint topology_count_downstreams(const Topology *topology)
{
    return topology->downstreams->len + g_hash_table_size(topology->both);
}

const UplinkReason *topology_uplink_reason(const Topology *topology, const Link *link)
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

bool topology_can_forward(const Topology *topology, const Link *link, const Link *uplink)
{
    /* These are second interfaces in the network of their lower link: the host does not forward
     * between the two. */
    static const char *const kinds[] = {"macvlan", "macvtap", "ipvlan", "ipvtap", NULL};
    const Exit exit = {vrf_of(topology->snapshot, link), uplink};
    return g_hash_table_contains(topology->exits, &exit) &&
           !(link_is_any_kind(link, kinds) && link->lower == uplink->index);
}

static const char *const role_words[] = {
    [ROLE_OTHER] = "other", [ROLE_UPLINK] = "uplink",     [ROLE_DOWNSTREAM] = "downstream",
    [ROLE_PORT] = "port",   [ROLE_LOOPBACK] = "loopback",
};

DEFINE_WORD(role, Role, role_words)
