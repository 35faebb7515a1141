/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Networks at the other end of a tunnel: those that routes lead to through it, beside the tunnel's own. The
 * tunnel that all else leaves by is an uplink, and not looked at here. */
#include "model/needs/search.h"

#include "model/foreach.h"
#include "model/needs/link-groups.h"

enum { GROUPS_MAX = 8, SITES_MAX = 16 };

bool need_is_tunnel(const Link *link)
{
    static const char *const kinds[] = {"tun",  "wireguard", "ppp", "xfrm",   "vti",    "vti6",
                                        "ipip", "gre",       "sit", "ip6gre", "ip6tnl", NULL};
    return link_is_any_kind(link, kinds);
}

Flow need_flow(const NeedSearch *search, const Link *in, const IpPrefix *from, const Link *out,
               const IpPrefix *to)
{
    Flow flow = coverage_usual_flow(from->address.family, link_ingress_name(search->snapshot, in),
                                    out->name);
    flow.from = (FlowAddress){.kind = FLOW_ADDRESS_PREFIX, .prefix = *from};
    flow.to = (FlowAddress){.kind = FLOW_ADDRESS_PREFIX, .prefix = *to};
    flow.typical = from->length < ip_address_bits(from->address.family) &&
                   to->length < ip_address_bits(to->address.family);
    return flow;
}

/* ---- one tunnel ---- */

typedef struct {
    NeedSearch *search;
    const Link *tunnel;
    GPtrArray *sites; /* const IpPrefix: the networks behind it */
} TunnelSearch;

/* Routes to single hosts are those of the tunnel's peers. */
static GPtrArray *sites_of(const NeedSearch *search, const Link *tunnel)
{
    GPtrArray *sites = g_ptr_array_new();
    const GPtrArray *routes = g_hash_table_lookup(search->routes, GINT_TO_POINTER(tunnel->index));
    for (guint i = 0; routes != NULL && i < routes->len && sites->len < SITES_MAX; i++) {
        const Route *route = g_ptr_array_index(routes, i);
        Family family = route->destination.address.family;
        if (route->destination.length < ip_address_bits(family) &&
            link_forwards(search->snapshot, tunnel, family) == TRISTATE_YES)
            g_ptr_array_add(sites, (gpointer)&route->destination);
    }
    return sites;
}

typedef enum {
    TO_SITE,
    FROM_SITE,
} SiteDirection;

/* The worst of what goes between the hosts of END and all sites; *SITE is of it. */
static WayCoverage cover_sites(const TunnelSearch *tunnel, const LinkEnd *end,
                               SiteDirection direction, const IpPrefix **site)
{
    const NeedSearch *search = tunnel->search;
    WayCoverage worst = {.coverage = COVERAGE_IDLE};
    PTR_ARRAY_FOREACH (const IpPrefix, network, tunnel->sites) {
        if (network->address.family != end->hosts->address.family ||
            link_forwards(search->snapshot, end->link, network->address.family) != TRISTATE_YES)
            continue;
        Flow flow = direction == TO_SITE
                        ? need_flow(search, end->link, end->hosts, tunnel->tunnel, network)
                        : need_flow(search, tunnel->tunnel, network, end->link, end->hosts);
        WayCoverage way = coverage_of_usual_flow(search->map, &flow);
        if (way.coverage > worst.coverage) {
            worst = way;
            *site = network;
        }
    }
    return worst;
}

/* A link has one flow for each family that it has a network of. */
static void add_site_need(const TunnelSearch *tunnel, const LinkEnd *end, SiteDirection direction,
                          NeedCertainty certainty, const GPtrArray *alike)
{
    const IpPrefix *site = NULL;
    WayCoverage way = cover_sites(tunnel, end, direction, &site);
    if (site == NULL)
        return;
    g_autofree char *text = ip_prefix_to_string(site);
    Need *need =
        need_new(NEED_SITE_TO_SITE, certainty,
                 certainty == NEED_POSSIBLE ? NEED_BECAUSE_FORWARDING : NEED_BECAUSE_ROUTED, text);
    bool leaves = direction == TO_SITE;
    if (alike != NULL)
        g_ptr_array_extend(leaves ? need->alike : need->out_alike, (GPtrArray *)alike, NULL, NULL);
    need_search_add(tunnel->search, need, leaves ? end->link : tunnel->tunnel,
                    leaves ? tunnel->tunnel : end->link, &way);
}

/* ---- real networks ---- */

/* Containers and virtual machines need forwarding for themselves: beside them it says nothing of the real
 * networks. */
static bool has_containers(const NeedSearch *search)
{
    PTR_ARRAY_FOREACH (const Link, link, topology_downstreams(search->topology)) {
        if (!need_is_tunnel(link))
            return true;
    }
    return false;
}

static NeedCertainty certainty_of(const TunnelSearch *tunnel, const Link *lan, bool containers)
{
    const NeedSearch *search = tunnel->search;
    bool refused;
    if (topology_is_declared_downstream(search->topology, lan))
        return NEED_DECLARED;
    bool evident = g_hash_table_contains(search->networks, lan) ||
                   need_policy_between(search, lan, tunnel->tunnel, &refused) != NULL ||
                   !containers;
    return evident ? NEED_EVIDENT : NEED_POSSIBLE;
}

static bool is_refused_on_purpose(const TunnelSearch *tunnel, const Link *in, const Link *out)
{
    bool refused;
    return need_policy_between(tunnel->search, in, out, &refused) == NULL && refused;
}

static void search_networks(const TunnelSearch *tunnel)
{
    NeedSearch *search = tunnel->search;
    bool containers = has_containers(search);
    PTR_ARRAY_FOREACH (const Link, lan, topology_uplinks(search->topology)) {
        const LinkEnd end = {lan, need_network_of(lan)};
        if (lan == tunnel->tunnel || end.hosts == NULL || !need_is_network_link(search, lan))
            continue;
        NeedCertainty certainty = certainty_of(tunnel, lan, containers);
        if (!is_refused_on_purpose(tunnel, lan, tunnel->tunnel))
            add_site_need(tunnel, &end, TO_SITE, certainty, NULL);
        if (!is_refused_on_purpose(tunnel, tunnel->tunnel, lan))
            add_site_need(tunnel, &end, FROM_SITE, certainty, NULL);
    }
}

/* ---- containers and virtual machines ---- */

static const IpPrefix *hosts_behind(const NeedSearch *search, const Link *link)
{
    const IpPrefix *network = need_network_of(link);
    const GPtrArray *routes = g_hash_table_lookup(search->routes, GINT_TO_POINTER(link->index));
    if (routes != NULL && (network == NULL || link_is_kind(link, "veth")))
        return &((const Route *)g_ptr_array_index(routes, 0))->destination;
    return network;
}

/* A network of which the tunnel leads to another part, as flannel's WireGuard backend makes it. */
static bool continues(const TunnelSearch *tunnel, const IpPrefix *network)
{
    PTR_ARRAY_FOREACH (const IpPrefix, site, tunnel->sites) {
        if (ip_prefix_covers(site, network) == MATCH_YES)
            return true;
    }
    return false;
}

static void search_downstreams(const TunnelSearch *tunnel)
{
    NeedSearch *search = tunnel->search;
    g_autoptr(GArray) ends = g_array_new(FALSE, FALSE, sizeof(LinkEnd));
    PTR_ARRAY_FOREACH (const Link, link, topology_downstreams(search->topology)) {
        const LinkEnd end = {link, hosts_behind(search, link)};
        if (end.hosts != NULL && !need_is_tunnel(link) && !link_is_overlay(link))
            g_array_append_val(ends, end);
    }
    g_autoptr(GPtrArray) groups = link_groups(search->snapshot->firewalld, ends, GROUPS_MAX);
    PTR_ARRAY_FOREACH (const LinkGroup, group, groups) {
        const LinkEnd *end = &g_array_index(group->ends, LinkEnd, 0);
        add_site_need(tunnel, end, TO_SITE, NEED_EVIDENT, group->links);
        if (continues(tunnel, end->hosts))
            add_site_need(tunnel, end, FROM_SITE, NEED_EVIDENT, group->links);
    }
}

/* ---- the whole ---- */

void need_search_sites(NeedSearch *search)
{
    enum { TUNNELS_MAX = 64 };
    guint tunnels = 0;
    PTR_ARRAY_FOREACH (const Link, link, search->snapshot->links) {
        bool is_routed = topology_is_uplink(search->topology, link) ||
                         topology_is_downstream(search->topology, link);
        if (!need_is_tunnel(link) || !link_is_up(link) || !is_routed ||
            need_leads_outside(search, link) || g_hash_table_contains(search->pod_tunnels, link))
            continue;
        g_autoptr(GPtrArray) sites = sites_of(search, link);
        if (sites->len == 0 || tunnels++ >= TUNNELS_MAX)
            continue;
        const TunnelSearch tunnel = {search, link, sites};
        search_networks(&tunnel);
        search_downstreams(&tunnel);
    }
}
