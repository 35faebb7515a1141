/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The rules before the zones: see preliminaries.h. Tested with packets, except RFC3964_IPv4 and
 * the loose forms of IPv6_rpfilter, which were read in firewalld's source. */
#include "model/firewalld/preliminaries.h"

#include "model/foreach.h"
#include "model/host/release.h"
#include "model/host/tracking.h"

#include <linux/if_addr.h>
#include <linux/rtnetlink.h>

void preliminaries_panic(Trace *trace)
{
    Tristate panic = trace->snapshot->firewalld->panic;
    bool unread = panic == TRISTATE_UNKNOWN;
    if (panic != TRISTATE_NO)
        trace_rule(trace, STAGE_PANIC, NOBODY, unread ? MATCH_MAYBE : MATCH_YES, OUTCOME_DROP,
                   (Setting){SETTING_PANIC, unread});
}

/* An address brings a route to its network, unless it was added without one. */
static bool is_on_link(const Link *link, const IpPrefix *source)
{
    PTR_ARRAY_FOREACH (const LinkAddress, address, link->addresses) {
        bool has_route = (address->flags & IFA_F_NOPREFIXROUTE) == 0;
        if (has_route && ip_prefix_covers(&address->prefix, source) == MATCH_YES)
            return true;
    }
    return false;
}

static bool is_better(const Route *route, const Route *best)
{
    guint8 length = route->destination.length;
    return best == NULL || length > best->destination.length ||
           (length == best->destination.length && route->metric < best->metric);
}

/* Whether the best way to SOURCE in table main is by LINK, and by no other link as well. */
static bool leads_back(const Snapshot *snapshot, const Link *link, const IpPrefix *source)
{
    const Route *best = NULL;
    bool is_only = true;
    PTR_ARRAY_FOREACH (const Route, route, snapshot->routes) {
        if (route->table != RT_TABLE_MAIN ||
            ip_prefix_covers(&route->destination, source) != MATCH_YES)
            continue;
        is_only = is_better(route, best) || (is_only && is_better(best, route));
        best = is_better(route, best) ? route : best;
    }
    bool leads = best != NULL && is_only && best->nexthops->len > 0;
    for (guint i = 0; leads && i < best->nexthops->len; i++)
        leads = g_array_index(best->nexthops, Nexthop, i).oif == link->index;
    return leads;
}

/* Without what the kernel says of the way back, the link's own networks and the best route can show
 * that it is good, but not that it is bad: rules may lead elsewhere. */
static ReversePath reverse_path_of(const Trace *trace)
{
    const Flow *flow = trace->flow;
    if (flow->reverse_path != REVERSE_PATH_UNKNOWN || flow->typical)
        return flow->typical ? REVERSE_PATH_SAME_LINK : flow->reverse_path;
    const Link *link = snapshot_link_by_name(trace->snapshot, flow->in);
    bool good = link != NULL && flow->from.kind == FLOW_ADDRESS_PREFIX &&
                (is_on_link(link, &flow->from.prefix) ||
                 leads_back(trace->snapshot, link, &flow->from.prefix));
    return good ? REVERSE_PATH_SAME_LINK : REVERSE_PATH_UNKNOWN;
}

/* Which hooks and routes IPv6_rpfilter looks at (2.2 and later have the words, before it was a
 * boolean). An option that this release does not have is on. */
static Match match_reverse_path(const Trace *trace)
{
    const char *option = trace->snapshot->firewalld->options.ipv6_rpfilter;
    static const char *const off[] = {"no", "false", NULL};
    if (option == NULL)
        option = "yes";
    if (g_strv_contains(off, option))
        return MATCH_NO;
    if (g_str_has_suffix(option, "-forward") && trace->flow->direction != FLOW_FORWARD)
        return MATCH_NO;
    bool loose = g_str_has_prefix(option, "loose");
    switch (reverse_path_of(trace)) {
    case REVERSE_PATH_SAME_LINK:
        return MATCH_NO;
    case REVERSE_PATH_OTHER_LINK:
        return loose ? MATCH_NO : MATCH_YES;
    case REVERSE_PATH_NONE:
        return MATCH_YES;
    case REVERSE_PATH_UNKNOWN:
        break;
    }
    return MATCH_MAYBE;
}

/* Neighbour solicitations and router advertisements are exempt. */
static bool is_exempt_from_reverse_path(const Flow *flow)
{
    enum { ROUTER_ADVERTISEMENT = 134, NEIGHBOUR_SOLICITATION = 135 };
    return flow->protocol == PROTOCOL_ICMPV6 &&
           (flow->icmp_type == ROUTER_ADVERTISEMENT || flow->icmp_type == NEIGHBOUR_SOLICITATION);
}

void preliminaries_reverse_path(Trace *trace)
{
    const Flow *flow = trace->flow;
    if (flow->family != FAMILY_IPV6 || flow->direction == FLOW_OUTPUT ||
        is_exempt_from_reverse_path(flow))
        return;
    bool unread = !firewalld_options_are_known(trace->snapshot->firewalld);
    Match match = match_reverse_path(trace);
    trace_rule(trace, STAGE_REVERSE_PATH, NOBODY, unread ? match_and(match, MATCH_MAYBE) : match,
               OUTCOME_DROP, (Setting){SETTING_REVERSE_PATH, unread});
}

void preliminaries_established(Trace *trace)
{
    bool is_known = trace->flow->direction != FLOW_OUTPUT ||
                    release_has(trace->snapshot->firewalld, RELEASE_ACCEPTS_REPLIES_IN_OUTPUT);
    if (is_known && (trace->flow->state == FLOW_ESTABLISHED || trace->flow->state == FLOW_REPLY))
        trace_rule(trace, STAGE_ESTABLISHED, NOBODY, MATCH_YES, OUTCOME_ACCEPT,
                   (Setting){SETTING_ESTABLISHED});
}

void preliminaries_invalid(Trace *trace)
{
    if (flow_is_invalid(trace->flow) && trace->flow->direction != FLOW_OUTPUT)
        trace_rule(trace, STAGE_INVALID, NOBODY, MATCH_YES, OUTCOME_DROP,
                   (Setting){SETTING_INVALID});
}

void preliminaries_loopback(Trace *trace)
{
    const Flow *flow = trace->flow;
    const char *name = flow->direction == FLOW_OUTPUT ? flow->out : flow->in;
    const Link *link = name != NULL ? snapshot_link_by_name(trace->snapshot, name) : NULL;
    if (link != NULL && link_is_loopback(link))
        trace_rule(trace, STAGE_LOOPBACK, NOBODY, MATCH_YES, OUTCOME_ACCEPT,
                   (Setting){SETTING_LOOPBACK, .name = name});
}

/* RFC3964_IPv4: IPv4 addresses inside 6to4 and mapped IPv6 destinations that have no business on
 * the wire; the list is nftables.py's. Read in the source, not tested with packets. */
void preliminaries_rfc3964(Trace *trace)
{
    static const char *const refused[] = {
        "::/96",          "::ffff:0:0/96",  "2002::/24",      "2002:a00::/24",  "2002:7f00::/24",
        "2002:ac10::/28", "2002:c0a8::/32", "2002:a9fe::/32", "2002:e000::/19",
    };
    const Flow *flow = trace->flow;
    const char *option = trace->snapshot->firewalld->options.rfc3964_ipv4;
    if (flow->family != FAMILY_IPV6 || flow->direction == FLOW_INPUT ||
        flow->to.kind != FLOW_ADDRESS_PREFIX || g_strcmp0(option, "no") == 0)
        return;
    for (guint i = 0; i < G_N_ELEMENTS(refused); i++) {
        IpPrefix prefix;
        if (!ip_prefix_parse(refused[i], &prefix))
            continue;
        Match match = ip_prefix_covers(&prefix, &flow->to.prefix);
        bool unread = !firewalld_options_are_known(trace->snapshot->firewalld);
        if (match != MATCH_NO)
            trace_rule(trace, STAGE_RFC3964, NOBODY, unread ? match_and(match, MATCH_MAYBE) : match,
                       OUTCOME_REJECT, (Setting){SETTING_RFC3964, unread, .name = refused[i]});
    }
}
