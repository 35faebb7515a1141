/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The order of the hooks: see path.h. It is that of net/ipv4/ip_input.c, ip_forward.c and ip_output.c of
 * the kernel. */
#include "model/kernel/path.h"

#include "model/foreach.h"
#include "model/host/bridge.h"
#include "model/kernel/walk-routing.h"

#include <linux/if_packet.h>
#include <linux/netfilter/nf_conntrack_common.h>
#include <linux/rtnetlink.h>

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
    g_autoptr(GPtrArray) ports = hooked_ports(&walk->scope, hook, bridge);
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
        walk_lose_isolated(walk);
        run_bridge(walk, PATH_BRIDGE_OUT, in);
        finish_all(walk);
        return;
    }
    set_interfaces(walk, true, false);
    walk_run_hook(walk, PATH_PREROUTING, NULL);
    g_autoptr(GArray) delivered = g_array_new(FALSE, FALSE, sizeof(Walker));
    GArray *forwarded = g_array_new(FALSE, FALSE, sizeof(Walker));
    walk_route_arrivals(walk, delivered, forwarded);
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
    if (!walk_route_departure(walk))
        return;
    set_interfaces(walk, false, true);
    walk_run_hook(walk, PATH_OUTPUT, NULL);
    walk_reroute_departures(walk);
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
    const IpAddress elsewhere = address_elsewhere(flow->family);
    Walk walk = walk_begin(snapshot, flow, tables);
    Walker walker = {
        .world = {.packet = packet_of_flow(flow, &elsewhere)},
        .in = flow->in != NULL ? snapshot_link_by_name(snapshot, flow->in) : NULL,
        .out = flow->direction == FLOW_OUTPUT && flow->out != NULL
                   ? snapshot_link_by_name(snapshot, flow->out)
                   : NULL,
    };
    set_packet_type(&walk, &walker.world.packet);
    g_array_append_val(walk.walkers, walker);
    if (flow->direction == FLOW_OUTPUT)
        run_departure(&walk);
    else
        run_arrival(&walk, walker.in);
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
