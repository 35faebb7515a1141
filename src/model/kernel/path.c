/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The walk through the hooks: see path.h. The order of hooks and what happens between them is that of
 * net/ipv4/ip_input.c, ip_forward.c and ip_output.c of the kernel. */
#include "model/kernel/path.h"

#include "model/firewalld/match.h"
#include "model/foreach.h"
#include "model/host/bridge.h"
#include "model/host/topology.h"
#include "model/kernel/walk.h"

#include <linux/if_packet.h>
#include <linux/in.h>
#include <linux/in6.h>
#include <linux/netfilter/nf_conntrack_common.h>
#include <linux/rtnetlink.h>
#include <string.h>

/* ---- routing in between ---- */

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

static guint32 mark_of(const Packet *packet)
{
    guint32 mark;
    memcpy(&mark, packet->value + PACKET_MARK, sizeof mark);
    return mark;
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
    question.mark = mark_of(packet);
    return routing_of(walk->snapshot, &question);
}

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
        path = routing_reverse_path(walk->snapshot, &question);
    }
    bool lost = (filter == 1 && (path == REVERSE_PATH_OTHER_LINK || path == REVERSE_PATH_NONE)) ||
                (filter == 2 && path == REVERSE_PATH_NONE);
    return lost ? LOSS_REVERSE_PATH : LOSS_NONE;
}

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

/* Where it is not known whether the kernel forwards, it may not. */
static void note_unknown_forwarding(Walk *walk, const Walker *walker)
{
    Walker lost = *walker;
    if (walker->in != NULL &&
        link_forwards(walk->snapshot, walker->in, walk->flow->family) == TRISTATE_UNKNOWN)
        note_route(walk, &lost, LOSS_NOT_FORWARDED);
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

/* Sorts what came through PREROUTING into what is delivered and what is forwarded; what the kernel
 * refuses is finished. A flow that names its exit keeps it, unless its destination was translated. */
static void route_arrivals(Walk *walk, GArray *delivered, GArray *forwarded)
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

/* What the host sends is routed before OUTPUT, and again when its destination was translated there. */
static void reroute_output(Walk *walk)
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

/* ---- the way through the hooks ---- */

static InterfaceKind kind_of(bool there_is_one, const Link *link)
{
    return !there_is_one ? INTERFACE_NONE : link != NULL ? INTERFACE_LINK : INTERFACE_UNKNOWN;
}

static void set_interfaces(Walk *walk, bool with_in, bool with_out)
{
    ARRAY_FOREACH (Walker, walker, walk->walkers)
        packet_set_interfaces(&walker->world.packet, kind_of(with_in, walker->in), walker->in,
                              kind_of(with_out, walker->out), walker->out);
}

/* The chains of family bridge see the port, which a flow does not name. */
static void run_bridge(Walk *walk, PathHook hook, const Link *link)
{
    if (link == NULL || !link_is_kind(link, "bridge"))
        return;
    bool in = hook == PATH_BRIDGE_IN;
    ARRAY_FOREACH (Walker, walker, walk->walkers)
        packet_set_interfaces(&walker->world.packet, kind_of(in, NULL), NULL, kind_of(!in, NULL),
                              NULL);
    walk_run_hook(walk, hook, NULL);
}

/* A packet comes in and leaves by a port of a bridge, and may meet that port's own chains. Which port it
 * is, a flow does not say. */
static void run_ports(Walk *walk, PathHook hook, const Link *bridge)
{
    if (bridge == NULL || !link_is_kind(bridge, "bridge"))
        return;
    bool in = hook == PATH_INGRESS;
    g_autoptr(GPtrArray) ports = hooked_ports(&walk->scope, walk->snapshot, hook, bridge);
    GArray *after = g_array_copy(walk->walkers);
    g_autoptr(GArray) before = g_steal_pointer(&walk->walkers);
    PTR_ARRAY_FOREACH (const Link, port, ports) {
        walk->walkers = g_array_copy(before);
        ARRAY_FOREACH (Walker, walker, walk->walkers)
            packet_set_interfaces(&walker->world.packet, kind_of(in, port), port,
                                  kind_of(!in, port), port);
        walk_run_hook(walk, hook, port);
        g_array_append_vals(after, walk->walkers->data, walk->walkers->len);
        g_array_unref(walk->walkers);
    }
    walk->walkers = after;
}

static void finish_all(Walk *walk)
{
    ARRAY_FOREACH (const Walker, walker, walk->walkers)
        walk_finish(walk, walker, OUTCOME_ACCEPT, LOSS_NONE);
    g_array_set_size(walk->walkers, 0);
}

static void run_delivery(Walk *walk)
{
    ARRAY_FOREACH (Walker, walker, walk->walkers)
        walker->delivered = true;
    set_interfaces(walk, true, false);
    walk_run_hook(walk, PATH_INPUT, NULL);
    finish_all(walk);
}

/* What left by the loopback link comes in again by it. It belongs to its connection already, which
 * nf_nat asks about no more, and has its route. */
static void run_return(Walk *walk, const Link *loopback)
{
    ARRAY_FOREACH (Walker, walker, walk->walkers) {
        walker->in = loopback;
        walker->out = NULL;
        walker->world.packet.new_connection = false;
        walker->world.packet.value[PACKET_CT_STATUS] |=
            IPS_CONFIRMED & walker->world.packet.known[PACKET_CT_STATUS];
    }
    set_interfaces(walk, true, false);
    walk_run_hook(walk, PATH_INGRESS, loopback);
    walk_run_hook(walk, PATH_PREROUTING, NULL);
    run_delivery(walk);
}

/* POSTROUTING is told by what a routed packet came in (Linux 5.7, ip_output()), but not of what a
 * bridge switches (br_nf_post_routing()). */
static void set_exit_interfaces(Walk *walk)
{
    ARRAY_FOREACH (Walker, walker, walk->walkers) {
        bool with_in = walk->flow->direction != FLOW_OUTPUT;
        packet_set_interfaces(&walker->world.packet,
                              kind_of(with_in && !walker->switched, walker->in), walker->in,
                              kind_of(true, walker->out), walker->out);
    }
}

/* All walkers have the same exit only where nothing was translated: egress chains are asked for each
 * of them by itself. */
static void run_exit(Walk *walk)
{
    set_exit_interfaces(walk);
    walk_run_hook(walk, PATH_POSTROUTING, NULL);
    g_autoptr(GArray) all = g_steal_pointer(&walk->walkers);
    ARRAY_FOREACH (const Walker, walker, all) {
        walk->walkers = g_array_new(FALSE, FALSE, sizeof(Walker));
        g_array_append_val(walk->walkers, *walker);
        const Link *out = walker->out;
        walk->scope.switched = walker->switched;
        run_bridge(walk, PATH_BRIDGE_OUT, out);
        set_interfaces(walk, false, true);
        if (!walk->scope.switched)
            walk_run_hook(walk, PATH_EGRESS, out);
        run_ports(walk, PATH_EGRESS, out);
        if (out != NULL && link_is_loopback(out))
            run_return(walk, out);
        finish_all(walk);
        g_array_unref(walk->walkers);
    }
    walk->walkers = g_array_new(FALSE, FALSE, sizeof(Walker));
}

/* What does not get from port to port without a chain of IP being asked. */
static void lose_isolated(Walk *walk)
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

static bool is_switched(const Walk *walk, const Link *in)
{
    const Flow *flow = walk->flow;
    return flow->direction == FLOW_FORWARD && in != NULL && link_is_kind(in, "bridge") &&
           g_strcmp0(flow->in, flow->out) == 0 && bridge_switches(in, &flow->from, &flow->to);
}

/* What a bridge switches is not seen by its own chains of family netdev, and by those for IP only with
 * br_netfilter. */
static void run_arrival(Walk *walk, const Link *in)
{
    walk->scope.switched = is_switched(walk, in);
    ARRAY_FOREACH (Walker, walker, walk->walkers)
        walker->switched = walk->scope.switched;
    run_ports(walk, PATH_INGRESS, in);
    set_interfaces(walk, true, false);
    if (!walk->scope.switched)
        walk_run_hook(walk, PATH_INGRESS, in);
    run_bridge(walk, PATH_BRIDGE_IN, in);
    if (walk->scope.switched && !bridge_shows_frames(walk->snapshot, in, walk->flow->family)) {
        lose_isolated(walk);
        run_bridge(walk, PATH_BRIDGE_OUT, in);
        finish_all(walk);
        return;
    }
    set_interfaces(walk, true, false);
    walk_run_hook(walk, PATH_PREROUTING, NULL);
    g_autoptr(GArray) delivered = g_array_new(FALSE, FALSE, sizeof(Walker));
    GArray *forwarded = g_array_new(FALSE, FALSE, sizeof(Walker));
    route_arrivals(walk, delivered, forwarded);
    g_array_unref(walk->walkers);
    walk->walkers = forwarded;
    set_interfaces(walk, true, true);
    walk_run_hook(walk, PATH_FORWARD, NULL);
    run_exit(walk);
    g_array_append_vals(walk->walkers, delivered->data, delivered->len);
    run_delivery(walk);
}

/* What goes to an address of the host's own comes in again by the loopback link. */
static void run_departure(Walk *walk)
{
    Walker *walker = &g_array_index(walk->walkers, Walker, 0);
    PathLoss loss = loss_of_refusal(walk, walker);
    if (loss != LOSS_NONE) { /* it is routed before OUTPUT */
        note_route(walk, walker, loss);
        return;
    }
    set_interfaces(walk, false, true);
    walk_run_hook(walk, PATH_OUTPUT, NULL);
    reroute_output(walk);
    run_exit(walk);
}

/* To all hosts of a network of this host's. */
static void set_packet_type(const Walk *walk, Packet *packet)
{
    static const guint8 type = PACKET_BROADCAST;
    IpPrefix destination;
    if (walk->flow->direction == FLOW_INPUT && packet_destination(packet, &destination) &&
        address_types(walk->snapshot, &destination, NULL) == 1 << RTN_BROADCAST)
        bits_set(packet_field(packet, PACKET_PKTTYPE), &type, 1);
}

static void start(Walk *walk, const IpAddress *elsewhere)
{
    const Flow *flow = walk->flow;
    Walker walker = {
        .world = {.packet = packet_of_flow(flow, elsewhere)},
        .in = flow->in != NULL ? snapshot_link_by_name(walk->snapshot, flow->in) : NULL,
        .out = flow->direction == FLOW_OUTPUT && flow->out != NULL
                   ? snapshot_link_by_name(walk->snapshot, flow->out)
                   : NULL,
    };
    set_packet_type(walk, &walker.world.packet);
    g_array_append_val(walk->walkers, walker);
    if (flow->direction == FLOW_OUTPUT)
        run_departure(walk);
    else
        run_arrival(walk, walker.in);
}

/* ---- the whole ---- */

/* Stands for the hosts that no list names: public, unicast, and in no block for special use. */
static IpAddress address_elsewhere(Family family)
{
    if (family == FAMILY_IPV6)
        return (IpAddress){FAMILY_IPV6, {0x2a, 0x0e, 0xb1, 0x07, 0x5c, 0x3d, [15] = 0x97}};
    return (IpAddress){FAMILY_IPV4, {89, 203, 117, 61}};
}

Path *path_of(const Snapshot *snapshot, const Flow *flow, PathTables tables)
{
    Walk walk = walk_begin(snapshot, flow, tables);
    IpAddress elsewhere = address_elsewhere(flow->family);
    start(&walk, &elsewhere);
    return walk_end(&walk);
}

void path_free(Path *path)
{
    if (path == NULL)
        return;
    g_ptr_array_unref(path->ways);
    machine_free(path->machine);
    g_free(path);
}

const PathStage *path_way_decision(const PathWay *way)
{
    return way->stages->len > 0 ? g_ptr_array_index(way->stages, way->stages->len - 1) : NULL;
}

const PathWay *path_worst(const Path *path)
{
    static const Outcome order[] = {OUTCOME_REJECT, OUTCOME_DROP, OUTCOME_ANY, OUTCOME_ACCEPT};
    for (gsize i = 0; i < G_N_ELEMENTS(order); i++) {
        PTR_ARRAY_FOREACH (const PathWay, way, path->ways) {
            if (way->outcome == order[i])
                return way;
        }
    }
    return NULL;
}

const char *path_hook_word(PathHook hook)
{
    static const char *const words[] = {
        [PATH_INGRESS] = "ingress",         [PATH_BRIDGE_IN] = "bridge",
        [PATH_PREROUTING] = "prerouting",   [PATH_INPUT] = "input",
        [PATH_FORWARD] = "forward",         [PATH_OUTPUT] = "output",
        [PATH_POSTROUTING] = "postrouting", [PATH_BRIDGE_OUT] = "bridge",
        [PATH_EGRESS] = "egress",           [PATH_ROUTE] = "route",
    };
    return words[hook];
}
