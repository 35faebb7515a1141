/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What routing, and a bridge, do with walkers: see walk-routing.h. */
#include "model/kernel/walk-routing.h"

#include "model/firewalld/match.h"
#include "model/foreach.h"
#include "model/host/bridge.h"
#include "model/host/topology.h"
#include "model/kernel/reverse-path.h"

#include <linux/in.h>
#include <linux/in6.h>
#include <string.h>

/* ---- where a packet goes ---- */

/* Whether the mark may lead a packet elsewhere than where one without a mark goes. */
static bool mark_matters(const Walk *walk, const Packet *packet, bool known)
{
    static const guint8 none[4];
    ConstBits mark = packet_const_field(packet, PACKET_MARK);
    if (known ? bits_equal(mark, none, 4) == MATCH_YES : bits_all_known(mark, 4))
        return false;
    PTR_ARRAY_FOREACH (const Rule, rule, walk->snapshot->rules) {
        if (rule->family == walk->flow->family && (rule->mark != 0 || rule->mark_mask != 0))
            return true;
    }
    return false;
}

/* To the loopback network from outside: dropped, but for net.ipv4.conf.LINK.route_localnet, which is
 * not read. */
static bool is_stray_loopback(const Walker *walker, const IpPrefix *destination)
{
    return walker->in != NULL && !link_is_loopback(walker->in) &&
           destination->address.family == FAMILY_IPV4 && destination->length >= 8 &&
           destination->address.bytes[0] == 127;
}

/* What of the headers above IP the rules of routing look at. */
static void add_transport(RoutingQuestion *question, const Packet *packet)
{
    gsize protocol = packet_protocol_offset(packet);
    question->any_transport = true;
    const guint8 *ports = packet->value + PACKET_TRANSPORT;
    if (bits_all_known(packet_const_field(packet, protocol), 1))
        question->protocol = packet->value[protocol];
    if (question->protocol == 0 || question->protocol == IPPROTO_ICMP ||
        question->protocol == IPPROTO_ICMPV6)
        return;
    if (bits_all_known(packet_const_field(packet, PACKET_TRANSPORT), 2))
        question->source_port = (guint16)(ports[0] << 8 | ports[1]);
    if (bits_all_known(packet_const_field(packet, PACKET_TRANSPORT + 2), 2))
        question->destination_port = (guint16)(ports[2] << 8 | ports[3]);
}

/* What is asked about where the packet goes, whose source is SOURCE then; false where rules left its
 * addresses known in part. */
static bool ask_of_walker(const Walker *walker, IpPrefix *source, RoutingQuestion *question)
{
    const Packet *packet = &walker->world.packet;
    *question = (RoutingQuestion){.source = source, .in = walker->in};
    add_transport(question, packet);
    return packet_destination(packet, &question->destination) && packet_source(packet, source);
}

static Routing route_of(const Walk *walk, const Walker *walker)
{
    const Packet *packet = &walker->world.packet;
    RoutingQuestion question;
    IpPrefix source;
    if (!ask_of_walker(walker, &source, &question) || mark_matters(walk, packet, false) ||
        is_stray_loopback(walker, &question.destination))
        return (Routing){ROUTING_UNKNOWN, NULL, NULL};
    memcpy(&question.mark, packet->value + PACKET_MARK, sizeof question.mark);
    return routing_of(walk->snapshot, &question);
}

/* ---- what the kernel refuses ---- */

static PathLoss loss_of(RoutingKind kind)
{
    switch (kind) {
    case ROUTING_UNKNOWN:
        return LOSS_ROUTE_UNKNOWN;
    case ROUTING_NONE:
        return LOSS_NO_ROUTE;
    case ROUTING_UNREACHABLE:
        return LOSS_UNREACHABLE;
    case ROUTING_PROHIBIT:
        return LOSS_PROHIBITED;
    case ROUTING_BLACKHOLE:
        return LOSS_BLACKHOLE;
    case ROUTING_FORWARD:
    case ROUTING_LOCAL:
    case ROUTING_BROADCAST:
    case ROUTING_MULTICAST:
        break;
    }
    return LOSS_NONE;
}

/* ip_rt_ioctl aside, rp_filter is the greater of net.ipv4.conf.all and that of the link; 1 is strict,
 * 2 loose (ip-sysctl). */
static PathLoss reverse_path_loss(const Walk *walk, const Walker *walker, const Link *out)
{
    const Link *in = walker->in;
    ReversePath path = walk->flow->reverse_path;
    RoutingQuestion question;
    IpPrefix source;
    if (walk->flow->family != FAMILY_IPV4 || in == NULL)
        return LOSS_NONE;
    int filter = MAX(walk->snapshot->rp_filter, in->rp_filter);
    if (filter != 0 && path == REVERSE_PATH_UNKNOWN && ask_of_walker(walker, &source, &question)) {
        question.leaves = out;
        path = reverse_path_of(walk->snapshot, &question);
    }
    bool lost = (filter == 1 && (path == REVERSE_PATH_OTHER_LINK || path == REVERSE_PATH_NONE)) ||
                (filter == 2 && path == REVERSE_PATH_NONE);
    return lost ? LOSS_REVERSE_PATH : LOSS_NONE;
}

static bool forwards(const Walk *walk, const Link *in)
{
    return in == NULL || link_forwards(walk->snapshot, in, walk->flow->family) != TRISTATE_NO;
}

/* What the kernel has answered about the flow. It calls a destination unreachable, too, where the link
 * does not forward (ip_route_input_slow()), and a source martian where rp_filter refuses it. */
static PathLoss loss_of_refusal(const Walk *walk, const Walker *walker)
{
    switch (walk->flow->route_refusal) {
    case ROUTE_REFUSAL_NO_ROUTE:
        return LOSS_NO_ROUTE;
    case ROUTE_REFUSAL_UNREACHABLE:
        return forwards(walk, walker->in) ? LOSS_UNREACHABLE : LOSS_NOT_FORWARDED;
    case ROUTE_REFUSAL_PROHIBITED:
        return LOSS_PROHIBITED;
    case ROUTE_REFUSAL_BLACKHOLE:
        return LOSS_BLACKHOLE;
    case ROUTE_REFUSAL_MARTIAN:
        return reverse_path_loss(walk, walker, NULL) != LOSS_NONE ? LOSS_REVERSE_PATH
                                                                  : LOSS_MARTIAN;
    case ROUTE_REFUSAL_NONE:
        break;
    }
    return LOSS_NONE;
}

/* Whether it may be its own sender that the packet goes to now. */
static Match returns_to_sender(const Walker *walker)
{
    IpPrefix from;
    RoutingQuestion question;
    const IpPrefix *to = &question.destination;
    guint8 whole = ip_address_bits(walker->world.packet.family);
    if (!ask_of_walker(walker, &from, &question))
        return MATCH_MAYBE;
    if (from.length == whole && to->length == whole)
        return ip_address_equal(&from.address, &to->address) ? MATCH_YES : MATCH_NO;
    bool overlap = ip_prefix_covers(&from, to) != MATCH_NO;
    return overlap && !walker->world.packet.source_typical ? MATCH_MAYBE : MATCH_NO;
}

/* What a bridge switches does not pass from one isolated port to another (should_deliver() of Linux 4.18
 * and later). Who is behind which port is not known. */
static PathLoss isolation_loss(const Walk *walk, const Walker *walker)
{
    switch (bridge_isolates(walk->snapshot, walker->in)) {
    case MATCH_YES:
        return LOSS_ISOLATED;
    case MATCH_MAYBE:
        return LOSS_ISOLATED_UNKNOWN;
    case MATCH_NO:
        break;
    }
    return LOSS_NONE;
}

/* A packet whose translated destination is behind the bridge that it came in on is switched there
 * where netfilter sees the bridge's frames (br_nf_pre_routing_finish()), whether this host forwards or
 * not, and else routed. Through the port that it came in on it goes back only in hairpin mode
 * (should_deliver()). */
static PathLoss translated_loss(const Walk *walk, const Walker *walker)
{
    Match by_its_port =
        match_or(returns_to_sender(walker), bridge_hosts_share_port(walk->snapshot, walker->in));
    Match returned = bridge_returns_frames(walk->snapshot, walker->in);
    if (by_its_port == MATCH_NO || returned == MATCH_YES)
        return isolation_loss(walk, walker);
    return by_its_port == MATCH_YES && returned == MATCH_NO ? LOSS_HAIRPIN : LOSS_HAIRPIN_UNKNOWN;
}

static bool returns_to_bridge(const Walk *walk, const Walker *walker, const Link *out)
{
    return walker->in != NULL && walker->in == out && link_is_kind(out, "bridge") &&
           bridge_shows_frames(walk->snapshot, out, walk->flow->family);
}

/* What the kernel refuses of what it forwards as ROUTING says. */
static PathLoss forward_loss(const Walk *walk, Walker *walker, const Routing *routing)
{
    PathLoss loss = loss_of(routing->kind);
    if (loss == LOSS_NONE && !walker->switched)
        loss = reverse_path_loss(walk, walker, routing->out);
    if (loss == LOSS_NONE && walker->switched)
        return isolation_loss(walk, walker);
    if (loss != LOSS_NONE || routing->kind != ROUTING_FORWARD)
        return loss;
    if (walker->world.packet.rerouted && returns_to_bridge(walk, walker, routing->out)) {
        walker->switched = true;
        return translated_loss(walk, walker);
    }
    return forwards(walk, walker->in) ? LOSS_NONE : LOSS_NOT_FORWARDED;
}

/* ---- walkers ---- */

static Outcome outcome_of_loss(PathLoss loss)
{
    switch (loss) {
    case LOSS_NONE:
        return OUTCOME_ACCEPT;
    case LOSS_NOT_FORWARDED:
    case LOSS_REVERSE_PATH:
    case LOSS_BLACKHOLE:
    case LOSS_MARTIAN:
    case LOSS_HAIRPIN:
    case LOSS_ISOLATED:
        return OUTCOME_DROP;
    case LOSS_NO_ROUTE:
    case LOSS_UNREACHABLE:
    case LOSS_PROHIBITED:
        return OUTCOME_REJECT;
    case LOSS_ROUTE_UNKNOWN:
    case LOSS_HAIRPIN_UNKNOWN:
    case LOSS_ISOLATED_UNKNOWN:
        break;
    }
    return OUTCOME_ANY;
}

static void note_route(Walk *walk, Walker *walker, PathLoss loss)
{
    Outcome outcome = outcome_of_loss(loss);
    const PathStage stage = {.hook = PATH_ROUTE,
                             .result = loss == LOSS_NONE           ? STAGE_RESULT_CONTINUE
                                       : outcome == OUTCOME_ANY    ? STAGE_RESULT_UNKNOWN
                                       : outcome == OUTCOME_REJECT ? STAGE_RESULT_REJECT
                                                                   : STAGE_RESULT_DROP,
                             .loss = loss,
                             .out = walker->out};
    walk_add_stage(walk, walker, &stage);
    if (loss != LOSS_NONE)
        walk_finish(walk, walker, outcome, loss);
}

/* Where it is not known whether the kernel forwards, it may not. */
static void note_unknown_forwarding(Walk *walk, const Walker *walker)
{
    Walker lost = *walker;
    if (walker->in != NULL &&
        link_forwards(walk->snapshot, walker->in, walk->flow->family) == TRISTATE_UNKNOWN)
        note_route(walk, &lost, LOSS_NOT_FORWARDED);
}

/* A flow that names its exit keeps it, unless its destination was translated. */
void walk_route_arrivals(Walk *walk, GArray *delivered, GArray *forwarded)
{
    bool named = walk->flow->out != NULL || walk->flow->direction == FLOW_INPUT;
    const Link *out =
        walk->flow->out != NULL ? snapshot_link_by_name(walk->snapshot, walk->flow->out) : NULL;
    ARRAY_FOREACH (Walker, walker, walk->walkers) {
        Routing routing = {walk->flow->direction == FLOW_INPUT ? ROUTING_LOCAL : ROUTING_FORWARD,
                           out, NULL};
        const Packet *packet = &walker->world.packet;
        PathLoss loss = LOSS_NONE;
        walker->switched = walker->switched && !packet->rerouted;
        if (packet->rerouted || (mark_matters(walk, packet, true) && !walker->switched))
            routing = route_of(walk, walker);
        else if (walk->flow->route_refusal != ROUTE_REFUSAL_NONE)
            loss = loss_of_refusal(walk, walker);
        else if (!named)
            routing = route_of(walk, walker);
        if (loss == LOSS_NONE)
            loss = forward_loss(walk, walker, &routing);
        walker->out = routing.kind == ROUTING_FORWARD ? routing.out : NULL;
        if (loss == LOSS_NONE && routing.kind == ROUTING_FORWARD && !walker->switched)
            note_unknown_forwarding(walk, walker);
        if (loss != LOSS_NONE || packet->rerouted)
            note_route(walk, walker, loss);
        if (loss == LOSS_NONE)
            g_array_append_val(routing.kind == ROUTING_FORWARD ? forwarded : delivered, *walker);
    }
}

bool walk_route_departure(Walk *walk)
{
    Walker *walker = &g_array_index(walk->walkers, Walker, 0);
    PathLoss loss = loss_of_refusal(walk, walker);
    if (loss != LOSS_NONE)
        note_route(walk, walker, loss);
    return loss == LOSS_NONE;
}

void walk_reroute_departures(Walk *walk)
{
    GArray *next = g_array_new(FALSE, FALSE, sizeof(Walker));
    ARRAY_FOREACH (Walker, walker, walk->walkers) {
        if (walker->world.packet.rerouted) {
            Routing routing = route_of(walk, walker);
            PathLoss loss = loss_of(routing.kind);
            walker->out = routing.kind == ROUTING_FORWARD
                              ? routing.out
                              : snapshot_link_by_name(walk->snapshot, "lo");
            note_route(walk, walker, loss);
            if (loss != LOSS_NONE)
                continue;
        }
        g_array_append_val(next, *walker);
    }
    g_array_unref(walk->walkers);
    walk->walkers = next;
}

void walk_lose_isolated(Walk *walk)
{
    g_autoptr(GArray) all = g_steal_pointer(&walk->walkers);
    walk->walkers = g_array_new(FALSE, FALSE, sizeof(Walker));
    ARRAY_FOREACH (Walker, walker, all) {
        PathLoss loss = isolation_loss(walk, walker);
        if (loss != LOSS_NONE)
            note_route(walk, walker, loss);
        else
            g_array_append_val(walk->walkers, *walker);
    }
}
