/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kernel's route look-up on a snapshot: see routing.h. */
#include "model/kernel/routing.h"

#include "model/firewalld/match.h"
#include "model/foreach.h"
#include "model/host/own-addresses.h"

#include <linux/fib_rules.h>
#include <linux/in.h>
#include <linux/in6.h>
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
    if (on != NULL)
        types |= link_address_types(on, prefix);
    else if (is_whole(prefix))
        types |= own_address_types(snapshot, &prefix->address, false);
    for (guint i = 0; on == NULL && !is_whole(prefix) && i < snapshot->links->len; i++)
        types |= link_address_types(g_ptr_array_index(snapshot->links, i), prefix);
    if (is_whole(prefix))
        return types != 0 ? types : 1 << RTN_UNICAST;
    return types | 1 << RTN_UNICAST;
}

/* ---- rules ---- */

/* What this host sends has the address 0.0.0.0 or :: until a route has told it another. */
static Match match_source(bool is_set, const IpPrefix *wanted, const RoutingQuestion *question)
{
    const Family family = question->destination.address.family;
    const IpPrefix unspecified = {{family, {0}}, ip_address_bits(family)};
    if (!is_set)
        return MATCH_YES;
    if (question->source != NULL)
        return ip_prefix_covers(wanted, question->source);
    if (question->in != NULL || question->any_source)
        return MATCH_MAYBE;
    return ip_prefix_covers(wanted, &unspecified);
}

/* fib6_rule_match() does not even look where there is no address. */
static Match match_source_of_rule(const Rule *rule, const RoutingQuestion *question)
{
    bool is_absent = question->source == NULL && question->in == NULL && !question->any_source;
    if (rule->has_source && is_absent && rule->family == FAMILY_IPV6)
        return MATCH_NO;
    return match_source(rule->has_source, &rule->source, question);
}

static Match match_link(const Snapshot *snapshot, const char *wanted, const Link *link)
{
    if (wanted == NULL)
        return MATCH_YES;
    return link != NULL && snapshot_link_by_name(snapshot, wanted) == link ? MATCH_YES : MATCH_NO;
}

/* What the host sends comes in, for the rules, by the loopback link. */
static Match match_iif(const Snapshot *snapshot, const Rule *rule, const RoutingQuestion *question)
{
    if (rule->iif != NULL && question->in == NULL)
        return g_str_equal(rule->iif, "lo") ? MATCH_YES : MATCH_NO;
    return match_link(snapshot, rule->iif, question->in);
}

static Match match_ports(const RulePorts *wanted, const RoutingQuestion *question, guint16 port)
{
    bool has_ports = question->protocol != IPPROTO_ICMP && question->protocol != IPPROTO_ICMPV6;
    if (wanted->last == 0)
        return MATCH_YES;
    if (port == 0)
        return has_ports && question->any_transport ? MATCH_MAYBE : MATCH_NO;
    return port >= wanted->first && port <= wanted->last ? MATCH_YES : MATCH_NO;
}

static Match match_transport(const Rule *rule, const RoutingQuestion *question)
{
    Match match = MATCH_YES;
    if (rule->ip_protocol != 0 && question->protocol == 0 && question->any_transport)
        match = MATCH_MAYBE;
    else if (rule->ip_protocol != 0 && rule->ip_protocol != question->protocol)
        match = MATCH_NO;
    match = match_and(match, match_ports(&rule->source_ports, question, question->source_port));
    return match_and(match,
                     match_ports(&rule->destination_ports, question, question->destination_port));
}

static const Link *vrf_of(const Snapshot *snapshot, const Link *link)
{
    if (link != NULL && link_is_kind(link, "vrf"))
        return link;
    const Link *master = link != NULL ? snapshot_link_by_index(snapshot, link->master) : NULL;
    return master != NULL && link_is_kind(master, "vrf") ? master : NULL;
}

bool routing_leaves_by(const Snapshot *snapshot, const Link *link, const Link *out)
{
    return link == out || vrf_of(snapshot, link) == out;
}

static const Link *vrf_of_question(const Snapshot *snapshot, const RoutingQuestion *question)
{
    return vrf_of(snapshot, question->out != NULL ? question->out : question->in);
}

/* fib_rule_match(), fib4_rule_match() and fib6_rule_match(). */
static Match match_rule(const Snapshot *snapshot, const Rule *rule, const RoutingQuestion *question)
{
    Match match = match_source_of_rule(rule, question);
    if (rule->has_destination)
        match = match_and(match, ip_prefix_covers(&rule->destination, &question->destination));
    match = match_and(match, match_iif(snapshot, rule, question));
    match = match_and(match, match_link(snapshot, rule->oif, question->out));
    match = match_and(match, match_transport(rule, question));
    if (((rule->mark ^ question->mark) & rule->mark_mask) != 0 || rule->tos != 0)
        match = MATCH_NO;
    if (rule->l3mdev && vrf_of_question(snapshot, question) == NULL)
        match = MATCH_NO;
    if (rule->other_selector)
        match = match_and(match, MATCH_MAYBE);
    return rule->inverted ? (Match)(MATCH_YES - match) : match;
}

static guint32 table_of(const Snapshot *snapshot, const Rule *rule, const RoutingQuestion *question)
{
    if (!rule->l3mdev)
        return rule->table;
    const Link *vrf = vrf_of_question(snapshot, question);
    return vrf != NULL ? vrf->vrf_table : 0;
}

/* ---- tables ---- */

/* Whether a packet may leave by NEXTHOP (fib_lookup_good_nhc()): one without a carrier is used unless
 * the link ignores routes then. */
static bool is_alive(const Snapshot *snapshot, const Nexthop *nexthop,
                     const RoutingQuestion *question)
{
    const Link *link = snapshot_link_by_index(snapshot, nexthop->oif);
    Tristate skips = link == NULL ? TRISTATE_NO
                     : question->destination.address.family == FAMILY_IPV6
                         ? link->skip_linkdown_ipv6
                         : link->skip_linkdown_ipv4;
    if ((nexthop->flags & RTNH_F_DEAD) != 0 ||
        ((nexthop->flags & RTNH_F_LINKDOWN) != 0 && skips == TRISTATE_YES))
        return false;
    return question->out == NULL || routing_leaves_by(snapshot, link, question->out);
}

static bool refuses(const Route *route)
{
    return route->type == RTN_UNREACHABLE || route->type == RTN_PROHIBIT ||
           route->type == RTN_BLACKHOLE || route->type == RTN_THROW;
}

static bool is_usable(const Snapshot *snapshot, const Route *route, const RoutingQuestion *question)
{
    if (refuses(route))
        return true;
    ARRAY_FOREACH (const Nexthop, nexthop, route->nexthops) {
        if (is_alive(snapshot, nexthop, question))
            return true;
    }
    return false;
}

static Match match_route(const Snapshot *snapshot, const Route *route,
                         const RoutingQuestion *question)
{
    if (route->destination.address.family != question->destination.address.family ||
        route->tos != 0)
        return MATCH_NO;
    Match match = ip_prefix_covers(&route->destination, &question->destination);
    match = match_and(match, match_source(route->has_source, &route->source, question));
    return match != MATCH_NO && is_usable(snapshot, route, question) ? match : MATCH_NO;
}

/* The longest prefix wins, then (IPv6) the longest source, then the smallest metric. */
static int compare_routes(const Route *a, const Route *b)
{
    int source_a = a->has_source ? a->source.length : -1;
    int source_b = b->has_source ? b->source.length : -1;
    if (a->destination.length != b->destination.length)
        return a->destination.length > b->destination.length ? 1 : -1;
    if (source_a != source_b)
        return source_a > source_b ? 1 : -1;
    return (a->metric < b->metric) - (a->metric > b->metric);
}

/* ---- where a route leads ---- */

/* The link of all nexthops that are alive; false where there are several. */
static bool only_exit(const Snapshot *snapshot, const Route *route, const RoutingQuestion *question,
                      const Link **out)
{
    guint alive = 0;
    *out = NULL;
    ARRAY_FOREACH (const Nexthop, nexthop, route->nexthops) {
        if (!is_alive(snapshot, nexthop, question))
            continue;
        const Link *link = snapshot_link_by_index(snapshot, nexthop->oif);
        if (alive++ > 0 && link != *out)
            return false; /* by a hash of the flow */
        *out = link;
    }
    return true;
}

static Routing routing_by(const Snapshot *snapshot, const Route *route,
                          const RoutingQuestion *question)
{
    static const RoutingKind kinds[] = {
        [RTN_UNICAST] = ROUTING_FORWARD,     [RTN_LOCAL] = ROUTING_LOCAL,
        [RTN_BROADCAST] = ROUTING_BROADCAST, [RTN_ANYCAST] = ROUTING_LOCAL,
        [RTN_MULTICAST] = ROUTING_MULTICAST, [RTN_BLACKHOLE] = ROUTING_BLACKHOLE,
        [RTN_PROHIBIT] = ROUTING_PROHIBIT,   [RTN_UNREACHABLE] = ROUTING_UNREACHABLE,
        [RTN_THROW] = ROUTING_UNKNOWN,
    };
    RoutingKind kind = route->type < G_N_ELEMENTS(kinds) ? kinds[route->type] : ROUTING_UNKNOWN;
    Routing routing = {kind, NULL, route};
    bool leaves = kind == ROUTING_FORWARD || kind == ROUTING_BROADCAST;
    if (leaves && !only_exit(snapshot, route, question, &routing.out))
        routing = (Routing){ROUTING_UNKNOWN, NULL, route};
    return routing;
}

static bool lead_alike(const Snapshot *snapshot, const Route *a, const Route *b,
                       const RoutingQuestion *question)
{
    Routing one = routing_by(snapshot, a, question);
    Routing other = routing_by(snapshot, b, question);
    return one.kind == other.kind && one.out == other.out;
}

/* What a table says. */
typedef struct {
    const Route *best;
    const Route
        *equal; /* another one, no worse than BEST: one that leads elsewhere, if there is one */
    bool open;  /* a route may be meant that is longer than the destination */
} TableAnswer;

static void look_up(const Snapshot *snapshot, const GPtrArray *routes, guint32 table,
                    const RoutingQuestion *question, TableAnswer *answer)
{
    PTR_ARRAY_FOREACH (const Route, route, routes) {
        if (route->table != table)
            continue;
        Match match = match_route(snapshot, route, question);
        answer->open = answer->open || match == MATCH_MAYBE;
        if (match != MATCH_YES)
            continue;
        int order = answer->best != NULL ? compare_routes(route, answer->best) : 1;
        if (order > 0)
            *answer = (TableAnswer){route, NULL, answer->open};
        else if (order == 0 && (answer->equal == NULL ||
                                lead_alike(snapshot, answer->best, answer->equal, question)))
            answer->equal = route;
    }
}

static TableAnswer ask_table(const Snapshot *snapshot, guint32 table,
                             const RoutingQuestion *question)
{
    TableAnswer answer = {NULL, NULL, false};
    look_up(snapshot, snapshot->routes, table, question, &answer);
    look_up(snapshot, snapshot->narrow_routes, table, question, &answer);
    return answer;
}

/* Among equal routes IPv4 takes the first, but for default routes, where it looks whether the gateway
 * answers (fib_select_default()); IPv6 prefers gateways that answer (find_rr_leaf()). */
static Routing routing_in_table(const Snapshot *snapshot, const TableAnswer *answer,
                                const RoutingQuestion *question)
{
    const IpPrefix *destination = &answer->best->destination;
    bool chooses = destination->address.family == FAMILY_IPV6 || destination->length == 0;
    if (chooses && answer->equal != NULL &&
        !lead_alike(snapshot, answer->best, answer->equal, question))
        return (Routing){ROUTING_UNKNOWN, NULL, NULL};
    return routing_by(snapshot, answer->best, question);
}

/* ---- the rules in order ---- */

static gint compare_priorities(gconstpointer a, gconstpointer b)
{
    const Rule *x = *(const Rule *const *)a;
    const Rule *y = *(const Rule *const *)b;
    return (x->priority > y->priority) - (x->priority < y->priority);
}

static void add_rule_to(GPtrArray *own, GPtrArray *rules, Family family, guint32 priority,
                        guint32 table)
{
    Rule *rule = rule_new();
    rule->family = family;
    rule->action = FR_ACT_TO_TBL;
    rule->priority = priority;
    rule->table = table;
    g_ptr_array_add(own, rule);
    g_ptr_array_insert(rules, 0, rule);
}

/* Those of FAMILY in their order. OWN holds what had to be made: the kernel's own rules where none are
 * known, and the one to the host's addresses, without which no host works (transfer full). */
static GPtrArray *rules_in_order(const Snapshot *snapshot, Family family, GPtrArray *own)
{
    GPtrArray *rules = g_ptr_array_new();
    bool leads_home = false;
    PTR_ARRAY_FOREACH (Rule, rule, snapshot->rules) {
        if (rule->family != family)
            continue;
        g_ptr_array_add(rules, rule);
        leads_home = leads_home || rule->table == RT_TABLE_LOCAL;
    }
    if (rules->len == 0) {
        add_rule_to(own, rules, family, 32766, RT_TABLE_MAIN);
        add_rule_to(own, rules, family, 32767, RT_TABLE_DEFAULT);
    }
    if (!leads_home)
        add_rule_to(own, rules, family, 0, RT_TABLE_LOCAL);
    g_ptr_array_sort(rules, compare_priorities);
    return rules;
}

/* The index of the rule where a goto in the rule at INDEX goes on; the next one where there is none
 * (an unresolved target is passed over). */
static guint target_of(const GPtrArray *rules, guint index)
{
    const Rule *from = g_ptr_array_index(rules, index);
    for (guint i = index + 1; i < rules->len; i++) {
        const Rule *rule = g_ptr_array_index(rules, i);
        if (rule->priority == from->target)
            return i;
    }
    return index + 1;
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

/* Linux puts the tables local and main into one while nobody has made a rule (fib_unmerge()): then a
 * longer route of main wins over a network that is local. Whether anybody has cannot be read. */
static bool may_be_merged(const Snapshot *snapshot, const Route *local,
                          const RoutingQuestion *question)
{
    if (local->table != RT_TABLE_LOCAL || question->destination.address.family != FAMILY_IPV4)
        return false;
    TableAnswer main = ask_table(snapshot, RT_TABLE_MAIN, question);
    return main.open ||
           (main.best != NULL && main.best->destination.length > local->destination.length);
}

/* Whether RULE decides, and in *ROUTING how. A route that is suppressed or of type throw leaves it to
 * the next rule (fib_rules_lookup()). */
static bool rule_decides(const Snapshot *snapshot, const Rule *rule, Match match,
                         const RoutingQuestion *question, Routing *routing)
{
    *routing = (Routing){ROUTING_UNKNOWN, NULL, NULL};
    if (rule->action != FR_ACT_TO_TBL) {
        if (match == MATCH_YES)
            *routing = refusal_of_rule(rule);
        return true;
    }
    TableAnswer answer = ask_table(snapshot, table_of(snapshot, rule, question), question);
    if (answer.open)
        return true;
    const Route *best = answer.best;
    if (best == NULL || best->type == RTN_THROW ||
        (!refuses(best) && best->destination.length <= rule->suppress_prefix_length))
        return false;
    if (match == MATCH_YES && !may_be_merged(snapshot, best, question))
        *routing = routing_in_table(snapshot, &answer, question);
    return true;
}

/* The addresses of the host, whose routes are in the table local, decide where a rule leads there. */
static bool is_at_home(const Rule *rule, const Routing *home)
{
    return rule->action == FR_ACT_TO_TBL && !rule->l3mdev && rule->table == RT_TABLE_LOCAL &&
           home->kind != ROUTING_UNKNOWN;
}

static Routing route_by_rules(const Snapshot *snapshot, const RoutingQuestion *question,
                              const Routing *home)
{
    g_autoptr(GPtrArray) own = g_ptr_array_new_with_free_func((GDestroyNotify)rule_free);
    g_autoptr(GPtrArray) rules =
        rules_in_order(snapshot, question->destination.address.family, own);
    for (guint i = 0; i < rules->len;) {
        const Rule *rule = g_ptr_array_index(rules, i);
        Match match = match_rule(snapshot, rule, question);
        bool jumps = rule->action == FR_ACT_GOTO;
        if (jumps && match == MATCH_MAYBE)
            return (Routing){ROUTING_UNKNOWN, NULL, NULL};
        Routing routing = {ROUTING_UNKNOWN, NULL, NULL};
        if (match != MATCH_NO && is_at_home(rule, home))
            return match == MATCH_YES ? *home : routing;
        if (match != MATCH_NO && !jumps && rule->action != FR_ACT_NOP &&
            rule_decides(snapshot, rule, match, question, &routing))
            return routing;
        i = jumps && match == MATCH_YES ? target_of(rules, i) : i + 1;
    }
    return (Routing){ROUTING_NONE, NULL, NULL};
}

/* ---- the whole ---- */

static Routing routing_at_home(const Snapshot *snapshot, const IpPrefix *destination)
{
    /* The addresses of links of a VRF are in its own table. */
    guint types = is_whole(destination) ? own_address_types(snapshot, &destination->address, true)
                                        : address_types(snapshot, destination, NULL);
    if ((types & 1 << RTN_LOCAL) != 0 && (types & 1 << RTN_UNICAST) == 0)
        return (Routing){ROUTING_LOCAL, NULL, NULL};
    if (types == 1 << RTN_BROADCAST)
        return (Routing){ROUTING_BROADCAST, broadcast_link(snapshot, &destination->address), NULL};
    return (Routing){ROUTING_UNKNOWN, NULL, NULL};
}

Routing routing_of(const Snapshot *snapshot, const RoutingQuestion *question)
{
    guint fixed = fixed_types(&question->destination);
    switch (fixed) {
    case 1 << RTN_LOCAL:
        return (Routing){ROUTING_LOCAL, NULL, NULL};
    case 1 << RTN_BROADCAST:
        return (Routing){ROUTING_BROADCAST, NULL, NULL};
    case 1 << RTN_MULTICAST:
        return (Routing){ROUTING_MULTICAST, NULL, NULL};
    default:
        if ((fixed & ~(guint)(1 << RTN_UNICAST | 1 << RTN_LOCAL)) != 0)
            return (Routing){ROUTING_UNKNOWN, NULL, NULL};
        break;
    }
    Routing home = routing_at_home(snapshot, &question->destination);
    Routing routing = route_by_rules(snapshot, question, &home);
    bool from_home = routing.route == NULL && home.kind == routing.kind;
    if (snapshot->routes_complete != TRISTATE_YES && !from_home)
        return (Routing){ROUTING_UNKNOWN, NULL, NULL};
    return routing;
}

const Nexthop *routing_nexthop(const Routing *routing)
{
    const Nexthop *only = NULL;
    if (routing->kind != ROUTING_FORWARD || routing->route == NULL || routing->out == NULL)
        return NULL;
    ARRAY_FOREACH (const Nexthop, nexthop, routing->route->nexthops) {
        if (nexthop->oif != routing->out->index || (nexthop->flags & RTNH_F_DEAD) != 0)
            continue;
        if (only != NULL)
            return NULL;
        only = nexthop;
    }
    return only;
}

/* ---- the source that the host chooses ---- */

/* inet_select_addr(): the first primary address of the link in whose network the gateway is, else the
 * first one. */
static bool choose_ipv4_source(const Link *out, const Nexthop *nexthop, IpAddress *source)
{
    const LinkAddress *first = NULL;
    guint8 scope = nexthop->has_gateway ? RT_SCOPE_UNIVERSE : RT_SCOPE_LINK;
    PTR_ARRAY_FOREACH (const LinkAddress, own, out->addresses) {
        if (own->prefix.address.family != FAMILY_IPV4 || (own->flags & IFA_F_SECONDARY) != 0 ||
            own->scope > scope)
            continue;
        bool near = !nexthop->has_gateway || ip_prefix_contains(&own->prefix, &nexthop->gateway);
        if (first == NULL || near)
            first = own;
        if (near)
            break;
    }
    if (first == NULL)
        return false;
    *source = first->prefix.address;
    return true;
}

/* Of the rules of RFC 6724 only what one global address of the link needs. */
static bool choose_ipv6_source(const Link *out, const IpAddress *destination, IpAddress *source)
{
    const guint32 unfit = IFA_F_TENTATIVE | IFA_F_DADFAILED | IFA_F_DEPRECATED;
    bool link_local = ip_address_is_link_local(destination);
    const LinkAddress *only = NULL;
    PTR_ARRAY_FOREACH (const LinkAddress, own, out->addresses) {
        if (own->prefix.address.family != FAMILY_IPV6 || (own->flags & unfit) != 0 ||
            (own->scope == RT_SCOPE_LINK) != link_local)
            continue;
        if (only != NULL)
            return false;
        only = own;
    }
    if (only == NULL)
        return false;
    *source = only->prefix.address;
    return true;
}

bool routing_source(const Routing *routing, const IpAddress *destination, IpAddress *source)
{
    const Nexthop *nexthop = routing_nexthop(routing);
    bool local = routing->kind == ROUTING_LOCAL && destination->family == FAMILY_IPV4;
    bool preferred = routing->route != NULL && routing->route->has_preferred_source;
    if (local || (preferred && nexthop != NULL)) {
        *source = preferred ? routing->route->preferred_source : *destination;
        return true;
    }
    if (nexthop == NULL)
        return false;
    return destination->family == FAMILY_IPV4
               ? choose_ipv4_source(routing->out, nexthop, source)
               : choose_ipv6_source(routing->out, destination, source);
}
