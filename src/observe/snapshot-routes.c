/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the kernel refuses by itself is in the order of ip_route_input_slow() and
 * ip_route_output_key_hash_rcu(). */
#include "observe/snapshot-routes.h"

#include "model/foreach.h"
#include "model/host/topology.h"
#include "model/kernel/reverse-path.h"

#include <errno.h>
#include <linux/rtnetlink.h>

static IpPrefix whole(const IpAddress *address)
{
    return (IpPrefix){*address, ip_address_bits(address->family)};
}

static RouteAnswer refused(RouteFate fate, int error)
{
    return (RouteAnswer){.fate = fate, .error = error};
}

/* ---- sources that cannot be ---- */

/* Whether an IPv4 packet cannot come in by its link: its source is this host's own, or no host's, or
 * rp_filter drops it (fib_validate_source()). */
static Match is_martian(const Snapshot *snapshot, const RoutingQuestion *packet)
{
    if (address_types(snapshot, packet->source, NULL) != 1 << RTN_UNICAST)
        return MATCH_YES;
    Routing back = reverse_path_routing(snapshot, packet);
    if (back.kind == ROUTING_LOCAL || back.kind == ROUTING_BROADCAST ||
        back.kind == ROUTING_MULTICAST)
        return MATCH_YES;
    int filter = MAX(snapshot->rp_filter, packet->in->rp_filter);
    ReversePath path = reverse_path_of(snapshot, packet);
    if (filter == 0 || path == REVERSE_PATH_SAME_LINK)
        return MATCH_NO;
    if (path == REVERSE_PATH_UNKNOWN)
        return MATCH_MAYBE;
    return path == REVERSE_PATH_NONE || filter == 1 ? MATCH_YES : MATCH_NO;
}

static bool is_own(const Snapshot *snapshot, const IpAddress *address)
{
    const IpPrefix prefix = whole(address);
    return (address_types(snapshot, &prefix, NULL) & 1 << RTN_LOCAL) != 0;
}

/* ---- the answer ---- */

static void describe_route(const Snapshot *snapshot, const Routing *routing,
                           const RouteQuestion *question, RouteAnswer *answer)
{
    const Nexthop *nexthop = routing_nexthop(routing);
    const Link *out =
        routing->kind == ROUTING_LOCAL ? snapshot_link_by_name(snapshot, "lo") : routing->out;
    if (out != NULL)
        answer->oif = out->index;
    if (routing->route != NULL) {
        answer->table = routing->route->table;
        answer->has_prefix = true;
        answer->prefix = routing->route->destination;
    }
    if (nexthop != NULL && nexthop->has_gateway) {
        answer->has_gateway = true;
        answer->gateway = nexthop->gateway;
    }
    /* What the kernel tells of it: IPv6 always chooses one, IPv4 where the sender has none. */
    bool chooses = question->iif == 0 &&
                   (question->source == NULL || question->destination.family == FAMILY_IPV6);
    answer->has_source =
        chooses && routing_source(routing, &question->destination, &answer->source);
}

/* A rule of type unreachable has the errno of no route at all. */
static RouteAnswer answer_of(const Snapshot *snapshot, const Routing *routing,
                             const RouteQuestion *question)
{
    RouteAnswer answer = {.fate = ROUTE_FATE_OTHER};
    switch (routing->kind) {
    case ROUTING_FORWARD:
        answer.fate = ROUTE_FATE_FORWARDED;
        break;
    case ROUTING_LOCAL:
        answer.fate = ROUTE_FATE_LOCAL;
        break;
    case ROUTING_BROADCAST:
        answer.fate = ROUTE_FATE_BROADCAST;
        break;
    case ROUTING_MULTICAST:
        answer.fate = ROUTE_FATE_MULTICAST;
        break;
    case ROUTING_NONE:
        return refused(ROUTE_FATE_NO_ROUTE, ENETUNREACH);
    case ROUTING_UNREACHABLE:
        return routing->route != NULL ? refused(ROUTE_FATE_UNREACHABLE, EHOSTUNREACH)
                                      : refused(ROUTE_FATE_NO_ROUTE, ENETUNREACH);
    case ROUTING_PROHIBIT:
        return refused(ROUTE_FATE_PROHIBITED, EACCES);
    case ROUTING_BLACKHOLE:
        return refused(route_fate_from_error(question, EINVAL), EINVAL);
    case ROUTING_UNKNOWN:
        break;
    }
    describe_route(snapshot, routing, question, &answer);
    return answer;
}

/* What the kernel says of an IPv4 packet that comes in, besides where its route leads; false where that
 * cannot be told. */
static bool judge_arrival(const Snapshot *snapshot, const RoutingQuestion *packet,
                          RouteAnswer *answer)
{
    bool forwarded = answer->error != 0 || answer->fate == ROUTE_FATE_FORWARDED;
    Match martian = packet->source != NULL ? is_martian(snapshot, packet) : MATCH_YES;
    if (packet->source == NULL)
        *answer = refused(ROUTE_FATE_INVALID, EINVAL);
    else if (forwarded && link_forwards(snapshot, packet->in, FAMILY_IPV4) == TRISTATE_NO)
        *answer = refused(ROUTE_FATE_UNREACHABLE, EHOSTUNREACH);
    else if (answer->error == 0 && martian == MATCH_MAYBE)
        return false;
    else if (answer->error == 0 && martian == MATCH_YES)
        *answer = refused(ROUTE_FATE_INVALID, EINVAL);
    return true;
}

/* As route_lookup(), which looks up what is refused again without its source, and finds that at fault. */
static bool judge_departure(const Snapshot *snapshot, const RouteQuestion *question,
                            RouteAnswer *answer)
{
    RouteQuestion without_source = *question;
    RouteAnswer other;
    if (answer->error == 0 && is_own(snapshot, question->source))
        return true;
    without_source.source = NULL;
    if (!route_answer_from_snapshot(snapshot, &without_source, &other))
        return false;
    *answer = refused(other.error == 0 ? ROUTE_FATE_INVALID : other.fate, EINVAL);
    return true;
}

bool route_answer_from_snapshot(const Snapshot *snapshot, const RouteQuestion *question,
                                RouteAnswer *answer)
{
    const Link *in = snapshot_link_by_index(snapshot, question->iif);
    const IpPrefix source =
        question->source != NULL ? whole(question->source) : (IpPrefix){.length = 0};
    RoutingQuestion asked = {
        .destination = whole(&question->destination),
        .source = question->source != NULL ? &source : NULL,
        .in = in,
        .out = snapshot_link_by_index(snapshot, question->oif),
        .mark = question->mark,
        .protocol = question->protocol,
        .source_port = question->source_port,
        .destination_port = question->destination_port,
        .any_transport = true,
    };
    if ((question->iif != 0 && in == NULL) || (question->oif != 0 && asked.out == NULL)) {
        *answer = refused(ROUTE_FATE_NO_LINK, ENODEV);
        return true;
    }
    Routing routing = routing_of(snapshot, &asked);
    if (routing.kind == ROUTING_UNKNOWN)
        return false;
    *answer = answer_of(snapshot, &routing, question);
    if (question->destination.family == FAMILY_IPV6)
        return true;
    if (in != NULL) {
        asked.leaves = routing.kind == ROUTING_FORWARD ? routing.out : NULL;
        return judge_arrival(snapshot, &asked, answer);
    }
    return question->source == NULL || judge_departure(snapshot, question, answer);
}
