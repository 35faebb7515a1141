/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See reverse-path.h. */
#include "model/kernel/reverse-path.h"

#include "model/foreach.h"

static bool leads_through(const Snapshot *snapshot, const Route *route, const Link *in)
{
    ARRAY_FOREACH (const Nexthop, nexthop, route->nexthops) {
        const Link *link = snapshot_link_by_index(snapshot, nexthop->oif);
        if (link != NULL && routing_leaves_by(snapshot, link, in))
            return true;
    }
    return false;
}

static ReversePath path_by(const Snapshot *snapshot, const Routing *routing, const Link *in)
{
    switch (routing->kind) {
    case ROUTING_FORWARD:
    case ROUTING_UNKNOWN:
        if (routing->route == NULL)
            break;
        return leads_through(snapshot, routing->route, in) ? REVERSE_PATH_SAME_LINK
                                                           : REVERSE_PATH_OTHER_LINK;
    case ROUTING_LOCAL:
    case ROUTING_BROADCAST:
    case ROUTING_MULTICAST:
    case ROUTING_NONE:
    case ROUTING_UNREACHABLE:
    case ROUTING_PROHIBIT:
    case ROUTING_BLACKHOLE:
        return REVERSE_PATH_NONE;
    }
    return REVERSE_PATH_UNKNOWN;
}

/* For the rules it comes in where the packet goes out (__fib_validate_source(): flowi4_iif). */
static RoutingQuestion reverse_of(const RoutingQuestion *packet)
{
    RoutingQuestion question = *packet;
    question.destination = *packet->source;
    question.source = packet->any_source ? NULL : &packet->destination;
    question.in = packet->leaves;
    question.leaves = NULL;
    question.source_port = packet->destination_port;
    question.destination_port = packet->source_port;
    return question;
}

Routing reverse_path_routing(const Snapshot *snapshot, const RoutingQuestion *packet)
{
    const RoutingQuestion question = reverse_of(packet);
    return routing_of(snapshot, &question);
}

/* The kernel takes one nexthop of several, by a hash. */
static ReversePath path_of_nexthops(const Snapshot *snapshot, const Route *route, const Link *in)
{
    guint through = 0;
    ARRAY_FOREACH (const Nexthop, nexthop, route->nexthops) {
        const Link *link = snapshot_link_by_index(snapshot, nexthop->oif);
        through += link != NULL && routing_leaves_by(snapshot, link, in);
    }
    return through == 0                      ? REVERSE_PATH_OTHER_LINK
           : through == route->nexthops->len ? REVERSE_PATH_SAME_LINK
                                             : REVERSE_PATH_UNKNOWN;
}

/* The best route counts, even where another would leave by the link: only the look-up of a link-local
 * source is bound to that (nft_fib6_flowi_init()). */
static ReversePath reverse_path_ipv6(const Snapshot *snapshot, RoutingQuestion question,
                                     const Link *in)
{
    if (ip_address_is_link_local(&question.destination.address))
        question.out = in;
    Routing routing = routing_of(snapshot, &question);
    bool leads = routing.kind == ROUTING_FORWARD || routing.kind == ROUTING_UNKNOWN;
    if (!leads || routing.route == NULL)
        return path_by(snapshot, &routing, in);
    return path_of_nexthops(snapshot, routing.route, in);
}

ReversePath reverse_path_of(const Snapshot *snapshot, const RoutingQuestion *packet)
{
    const RoutingQuestion question = reverse_of(packet);
    if (question.destination.address.family == FAMILY_IPV6)
        return reverse_path_ipv6(snapshot, question, packet->in);
    Routing routing = routing_of(snapshot, &question);
    return path_by(snapshot, &routing, packet->in);
}
