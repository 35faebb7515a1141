/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kernel's route look-up on a snapshot: see routing.h. */
#include "model/kernel/routing.h"

#include "model/foreach.h"

#include <linux/fib_rules.h>
#include <linux/rtnetlink.h>
#include <string.h>

/* ---- types of addresses ---- */

static bool is_whole(const IpPrefix *prefix)
{
    return prefix->length == ip_address_bits(prefix->address.family);
}

/* inet_addr_type() calls 0.0.0.0/8 and 255.255.255.255 broadcast before it looks anything up. */
static guint fixed_types(const IpPrefix *prefix)
{
    static const struct {
        IpPrefix prefix;
        guint type;
    } fixed[] = {
        {{{FAMILY_IPV4, {0}}, 8}, 1 << RTN_BROADCAST},
        {{{FAMILY_IPV4, {255, 255, 255, 255}}, 32}, 1 << RTN_BROADCAST},
        {{{FAMILY_IPV4, {224}}, 4}, 1 << RTN_MULTICAST},
        {{{FAMILY_IPV4, {127}}, 8}, 1 << RTN_LOCAL},
        {{{FAMILY_IPV6, {0xff}}, 8}, 1 << RTN_MULTICAST},
        {{{FAMILY_IPV6, {[15] = 1}}, 128}, 1 << RTN_LOCAL},
    };
    guint types = 0;
    for (gsize i = 0; i < G_N_ELEMENTS(fixed); i++) {
        if (fixed[i].prefix.address.family != prefix->address.family)
            continue;
        Match covers = ip_prefix_covers(&fixed[i].prefix, prefix);
        if (covers == MATCH_YES)
            return fixed[i].type;
        if (covers == MATCH_MAYBE)
            types |= fixed[i].type | 1 << RTN_UNICAST;
    }
    return types;
}

/* The last address of a network, to which all of its hosts listen (not of /31 and /32, RFC 3021). */
static bool is_broadcast_of(const IpPrefix *network, const IpAddress *address)
{
    if (network->address.family != FAMILY_IPV4 || network->length >= 31 ||
        !ip_prefix_contains(network, address))
        return false;
    for (guint bit = network->length; bit < 32; bit++) {
        if ((address->bytes[bit / 8] & 0x80 >> bit % 8) == 0)
            return false;
    }
    return true;
}

static const Link *broadcast_link(const Snapshot *snapshot, const IpAddress *address)
{
    PTR_ARRAY_FOREACH (const Link, link, snapshot->links) {
        PTR_ARRAY_FOREACH (const LinkAddress, own, link->addresses) {
            if (is_broadcast_of(&own->prefix, address))
                return link;
        }
    }
    return NULL;
}

guint address_types(const Snapshot *snapshot, const IpPrefix *prefix, const Link *on)
{
    guint types = fixed_types(prefix);
    if (types != 0 && (types & 1 << RTN_UNICAST) == 0)
        return types;
    PTR_ARRAY_FOREACH (const Link, link, snapshot->links) {
        if (on != NULL && link != on)
            continue;
        PTR_ARRAY_FOREACH (const LinkAddress, own, link->addresses) {
            if (own->prefix.address.family != prefix->address.family)
                continue;
            if (ip_prefix_contains(prefix, &own->prefix.address))
                types |= 1 << RTN_LOCAL;
            if (is_whole(prefix) && is_broadcast_of(&own->prefix, &prefix->address))
                types |= 1 << RTN_BROADCAST;
        }
    }
    if (is_whole(prefix))
        return types != 0 ? types : 1 << RTN_UNICAST;
    return types | 1 << RTN_UNICAST;
}

/* ---- rules ---- */

static Match match_prefix(bool is_set, const IpPrefix *wanted, const IpPrefix *given)
{
    if (!is_set)
        return MATCH_YES;
    return given != NULL ? ip_prefix_covers(wanted, given) : MATCH_MAYBE;
}

static Match match_name(const char *wanted, const Link *link)
{
    if (wanted == NULL)
        return MATCH_YES;
    return link != NULL && g_str_equal(wanted, link->name) ? MATCH_YES : MATCH_NO;
}

/* What the host sends comes in, for the rules, by the loopback link. */
static Match match_iif(const Rule *rule, const RoutingQuestion *question)
{
    if (rule->iif != NULL && question->in == NULL)
        return g_str_equal(rule->iif, "lo") ? MATCH_YES : MATCH_NO;
    return match_name(rule->iif, question->in);
}

static const Link *vrf_of(const Snapshot *snapshot, const Link *link)
{
    if (link != NULL && link_is_kind(link, "vrf"))
        return link;
    const Link *master = link != NULL ? snapshot_link_by_index(snapshot, link->master) : NULL;
    return master != NULL && link_is_kind(master, "vrf") ? master : NULL;
}

static Match match_rule(const Rule *rule, const RoutingQuestion *question)
{
    Match match = match_prefix(rule->has_source, &rule->source, question->source);
    match =
        MIN(match, match_prefix(rule->has_destination, &rule->destination, &question->destination));
    match = MIN(match, match_iif(rule, question));
    match = MIN(match, match_name(rule->oif, question->out));
    if (((rule->mark ^ question->mark) & rule->mark_mask) != 0)
        match = MATCH_NO;
    return rule->inverted ? (Match)(MATCH_YES - match) : match;
}

static guint32 table_of(const Snapshot *snapshot, const Rule *rule, const RoutingQuestion *question)
{
    if (!rule->l3mdev)
        return rule->table;
    const Link *vrf = vrf_of(snapshot, question->out != NULL ? question->out : question->in);
    return vrf != NULL ? vrf->vrf_table : 0;
}

/* ---- tables ---- */

static bool is_usable(const Route *route, const RoutingQuestion *question)
{
    if (route->type != RTN_UNICAST)
        return true;
    ARRAY_FOREACH (const Nexthop, nexthop, route->nexthops) {
        if ((nexthop->flags & (RTNH_F_DEAD | RTNH_F_LINKDOWN)) == 0 &&
            (question->out == NULL || nexthop->oif == question->out->index))
            return true;
    }
    return false;
}

/* The longest prefix wins, then the smallest metric, then the first. */
static bool is_better(const Route *route, const Route *best)
{
    if (best == NULL || route->destination.length != best->destination.length)
        return best == NULL || route->destination.length > best->destination.length;
    return route->metric < best->metric;
}

/* Keeps in *BEST the best of ROUTES; *OPEN is set where a longer one may be meant. */
static void look_up(const GPtrArray *routes, guint32 table, const RoutingQuestion *question,
                    const Route **best, bool *open)
{
    PTR_ARRAY_FOREACH (const Route, route, routes) {
        if (route->table != table ||
            route->destination.address.family != question->destination.address.family ||
            !is_usable(route, question))
            continue;
        Match covers = ip_prefix_covers(&route->destination, &question->destination);
        *open = *open || covers == MATCH_MAYBE;
        if (covers == MATCH_YES && is_better(route, *best))
            *best = route;
    }
}

static const Route *best_route(const Snapshot *snapshot, guint32 table,
                               const RoutingQuestion *question, bool *open)
{
    const Route *best = NULL;
    look_up(snapshot->routes, table, question, &best, open);
    look_up(snapshot->narrow_routes, table, question, &best, open);
    return best;
}

static Routing routing_by(const Snapshot *snapshot, const Route *route,
                          const RoutingQuestion *question)
{
    switch (route->type) {
    case RTN_UNREACHABLE:
        return (Routing){ROUTING_UNREACHABLE, NULL, route};
    case RTN_PROHIBIT:
        return (Routing){ROUTING_PROHIBIT, NULL, route};
    case RTN_BLACKHOLE:
        return (Routing){ROUTING_BLACKHOLE, NULL, route};
    case RTN_LOCAL:
        return (Routing){ROUTING_LOCAL, NULL, route};
    default:
        break;
    }
    const Link *out = NULL;
    guint alive = 0;
    ARRAY_FOREACH (const Nexthop, nexthop, route->nexthops) {
        if ((nexthop->flags & (RTNH_F_DEAD | RTNH_F_LINKDOWN)) != 0 ||
            (question->out != NULL && nexthop->oif != question->out->index))
            continue;
        const Link *link = snapshot_link_by_index(snapshot, nexthop->oif);
        if (alive++ > 0 && link != out)
            return (Routing){ROUTING_UNKNOWN, NULL, route}; /* by a hash of the flow */
        out = link;
    }
    return (Routing){ROUTING_FORWARD, out, route};
}

static Routing refusal_of_rule(const Rule *rule)
{
    switch (rule->action) {
    case FR_ACT_BLACKHOLE:
        return (Routing){ROUTING_BLACKHOLE, NULL, NULL};
    case FR_ACT_UNREACHABLE:
        return (Routing){ROUTING_UNREACHABLE, NULL, NULL};
    case FR_ACT_PROHIBIT:
        return (Routing){ROUTING_PROHIBIT, NULL, NULL};
    default:
        return (Routing){ROUTING_UNKNOWN, NULL, NULL};
    }
}

static gint compare_priorities(gconstpointer a, gconstpointer b)
{
    const Rule *x = *(const Rule *const *)a;
    const Rule *y = *(const Rule *const *)b;
    return (x->priority > y->priority) - (x->priority < y->priority);
}

static Routing route_by_rules(const Snapshot *snapshot, const RoutingQuestion *question)
{
    g_autoptr(GPtrArray) rules = g_ptr_array_new();
    PTR_ARRAY_FOREACH (Rule, rule, snapshot->rules) {
        if (rule->family == question->destination.address.family)
            g_ptr_array_add(rules, rule);
    }
    g_ptr_array_sort(rules, compare_priorities);
    PTR_ARRAY_FOREACH (const Rule, rule, rules) {
        Match match = match_rule(rule, question);
        if (match == MATCH_NO)
            continue;
        if (rule->action != FR_ACT_TO_TBL) {
            if (match == MATCH_MAYBE || rule->action == FR_ACT_GOTO)
                return (Routing){ROUTING_UNKNOWN, NULL, NULL};
            if (rule->action == FR_ACT_NOP)
                continue;
            return refusal_of_rule(rule);
        }
        bool open = false;
        const Route *route =
            best_route(snapshot, table_of(snapshot, rule, question), question, &open);
        if (open || (route != NULL && match == MATCH_MAYBE))
            return (Routing){ROUTING_UNKNOWN, NULL, NULL};
        if (route != NULL && route->type != RTN_THROW &&
            route->destination.length > rule->suppress_prefix_length)
            return routing_by(snapshot, route, question);
    }
    return (Routing){ROUTING_NONE, NULL, NULL};
}

Routing routing_of(const Snapshot *snapshot, const RoutingQuestion *question)
{
    guint types = address_types(snapshot, &question->destination, NULL);
    switch (types) {
    case 1 << RTN_LOCAL:
        return (Routing){ROUTING_LOCAL, NULL, NULL};
    case 1 << RTN_BROADCAST:
        return (Routing){ROUTING_BROADCAST,
                         broadcast_link(snapshot, &question->destination.address), NULL};
    case 1 << RTN_MULTICAST:
        return (Routing){ROUTING_MULTICAST, NULL, NULL};
    case 1 << RTN_UNICAST:
        break;
    default:
        if ((types & ~(guint)(1 << RTN_UNICAST | 1 << RTN_LOCAL)) != 0 ||
            (types & 1 << RTN_UNICAST) == 0)
            return (Routing){ROUTING_UNKNOWN, NULL, NULL};
        break;
    }
    if (snapshot->routes_complete != TRISTATE_YES)
        return (Routing){ROUTING_UNKNOWN, NULL, NULL};
    return route_by_rules(snapshot, question);
}
