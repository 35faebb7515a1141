/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Resolving a question about a flow on a host. */
#include "observe/flow-question.h"

#include "model/error.h"
#include "model/foreach.h"
#include "model/host/own-addresses.h"
#include "model/host/topology.h"
#include "model/kernel/reverse-path.h"
#include "observe/flow-packet.h"
#include "observe/flow-usage.h"
#include "observe/named-link.h"
#include "observe/snapshot-routes.h"

#include <linux/rtnetlink.h>
#include <netinet/in.h>
#include <string.h>

/* What is being resolved. */
typedef struct {
    const FlowQuestion *question;
    const Snapshot *snapshot;
    Netlink *netlink;
    ResolvedFlow *resolved;
    IpAddress to;
    IpAddress from;
    bool has_from;
    const Link *in; /* the one that netfilter sees for the link that was named */
} Resolver;

/* ---- addresses ---- */

static bool parse_address(const char *option, const char *text, IpAddress *address, GError **error)
{
    return ip_address_parse(text, address) ||
           flow_usage(error, "names are not looked up", "%s: '%s' is not an IP address", option,
                      text);
}

static bool parse_addresses(Resolver *resolver, GError **error)
{
    const FlowQuestion *question = resolver->question;
    if (question->to == NULL)
        return flow_usage(error, "add --to ADDRESS", "the flow needs a destination address");
    if (!parse_address("--to", question->to, &resolver->to, error))
        return false;
    resolver->has_from = question->from != NULL;
    if (!resolver->has_from)
        return true;
    if (!parse_address("--from", question->from, &resolver->from, error))
        return false;
    return resolver->from.family == resolver->to.family ||
           flow_usage(error, "use two IPv4 or two IPv6 addresses",
                      "--from and --to are of different families");
}

static bool is_local(const Snapshot *snapshot, const IpAddress *address)
{
    IpPrefix loopback;
    const char *network = address->family == FAMILY_IPV4 ? "127.0.0.0/8" : "::1/128";
    if (ip_prefix_parse(network, &loopback) && ip_prefix_contains(&loopback, address))
        return true;
    return snapshot_owns_address(snapshot, address);
}

/* ---- links ---- */

/* The link that netfilter sees: the named one where that cannot be determined, and then the verdict is
 * unknown. */
static const Link *visible_link(const Snapshot *snapshot, const Link *link)
{
    const Link *seen = link_seen_by_firewall(snapshot, link);
    return seen != NULL ? seen : link;
}

static bool choose_ingress(Resolver *resolver, GError **error)
{
    const char *name = resolver->question->in;
    if (name == NULL)
        return true;
    const Link *link = named_link_find(resolver->snapshot, "--in", name, error);
    if (link == NULL)
        return false;
    resolver->in = visible_link(resolver->snapshot, link);
    if (resolver->in != link)
        resolver->resolved->master_of = g_strdup(link->name);
    resolver->resolved->flow.in = link_ingress_name(resolver->snapshot, resolver->in);
    return true;
}

/* ---- the kernel's routing ---- */

static const guint8 kernel_protocols[] = {
    [PROTOCOL_ANY] = 0,
    [PROTOCOL_TCP] = IPPROTO_TCP,
    [PROTOCOL_UDP] = IPPROTO_UDP,
    [PROTOCOL_SCTP] = IPPROTO_SCTP,
    [PROTOCOL_DCCP] = IPPROTO_DCCP,
    [PROTOCOL_ICMP] = IPPROTO_ICMP,
    [PROTOCOL_ICMPV6] = IPPROTO_ICMPV6,
};

/* The kernel requires a source for a packet that comes in (IPv4): where none is given, the first other
 * host of the link's network stands in. */
static bool find_stand_in_source(const Link *link, Family family, IpAddress *source)
{
    PTR_ARRAY_FOREACH (const LinkAddress, address, link->addresses) {
        if (address->prefix.address.family != family)
            continue;
        *source = address->prefix.address;
        source->bytes[ip_address_bits(family) / 8 - 1] ^= 3;
        return true;
    }
    return false;
}

static void set_egress(Resolver *resolver, const Link *link)
{
    Flow *flow = &resolver->resolved->flow;
    flow->out =
        flow->direction == FLOW_OUTPUT ? link_ingress_name(resolver->snapshot, link) : link->name;
}

/* Asks the kernel, or the snapshot in its place. */
static bool look_up(const Resolver *resolver, const RouteQuestion *question, RouteAnswer *answer,
                    GError **error)
{
    if (resolver->netlink != NULL)
        return route_lookup(resolver->netlink, question, answer, error);
    if (route_answer_from_snapshot(resolver->snapshot, question, answer))
        return true;
    nicfix_error_set(error, NICFIX_ERROR_NOT_FOUND, "add --out IFACE",
                     "the snapshot does not tell where the kernel routes this flow");
    return false;
}

/* The kernel calls a source that rp_filter refuses martian, and with IPv4 its errno may also mean a
 * blackhole: that is there without the link as well. */
static bool explain_invalid(Resolver *resolver, RouteRefusal *refusal, GError **error)
{
    Flow *flow = &resolver->resolved->flow;
    RouteAnswer answer;
    RouteQuestion there = {.destination = resolver->to};
    if (!look_up(resolver, &there, &answer, error))
        return false;
    *refusal =
        answer.fate == ROUTE_FATE_BLACKHOLE ? ROUTE_REFUSAL_BLACKHOLE : ROUTE_REFUSAL_MARTIAN;
    if (*refusal == ROUTE_REFUSAL_BLACKHOLE || resolver->in == NULL)
        return true;
    if (!resolver->has_from) { /* no verdict on a source that nobody named */
        *refusal = ROUTE_REFUSAL_NONE;
        return true;
    }
    RouteQuestion back = {.destination = resolver->from};
    if (!look_up(resolver, &back, &answer, error))
        return false;
    flow->reverse_path = answer.error != 0                   ? REVERSE_PATH_NONE
                         : answer.oif == resolver->in->index ? REVERSE_PATH_SAME_LINK
                                                             : REVERSE_PATH_OTHER_LINK;
    return true;
}

static bool find_refusal(Resolver *resolver, RouteRefusal *refusal, GError **error)
{
    static const RouteRefusal refusals[] = {
        [ROUTE_FATE_NO_ROUTE] = ROUTE_REFUSAL_NO_ROUTE,
        [ROUTE_FATE_UNREACHABLE] = ROUTE_REFUSAL_UNREACHABLE,
        [ROUTE_FATE_PROHIBITED] = ROUTE_REFUSAL_PROHIBITED,
        [ROUTE_FATE_BLACKHOLE] = ROUTE_REFUSAL_BLACKHOLE,
        [ROUTE_FATE_OTHER] = ROUTE_REFUSAL_NONE,
    };
    RouteFate fate = resolver->resolved->route.fate;
    if (fate == ROUTE_FATE_INVALID)
        return explain_invalid(resolver, refusal, error);
    *refusal = refusals[fate];
    return true;
}

/* With the kernel's rules the refusal is the answer, unless they translate the destination first. */
static bool take_refusal(Resolver *resolver, GError **error)
{
    const Link *in = resolver->in;
    RouteFate fate = resolver->resolved->route.fate;
    RouteRefusal refusal;
    if (!find_refusal(resolver, &refusal, error))
        return false;
    if (refusal != ROUTE_REFUSAL_NONE && resolver->snapshot->ruleset != NULL) {
        resolver->resolved->flow.route_refusal = refusal;
        return true;
    }
    bool stays = refusal == ROUTE_REFUSAL_UNREACHABLE && in != NULL &&
                 link_forwards(resolver->snapshot, in, resolver->to.family) == TRISTATE_NO;
    nicfix_error_set(error, NICFIX_ERROR_REFUSED,
                     "use --out IFACE to judge it anyway; ip route get shows the kernel's answer",
                     "the kernel does not route this flow: %s",
                     stays ? "forwarding is off for the interface it comes in on (sysctl "
                             "net.ipv4.conf.IFACE.forwarding is 0)"
                           : route_fate_reason(fate));
    return false;
}

static RouteQuestion route_question_of(const Resolver *resolver, const IpAddress *source)
{
    const Flow *flow = &resolver->resolved->flow;
    return (RouteQuestion){
        .destination = resolver->to,
        .source = source,
        .iif = resolver->in != NULL ? resolver->in->index : 0,
        .protocol = kernel_protocols[flow->protocol],
        .source_port = flow->source_port,
        .destination_port = flow->port,
    };
}

static bool choose_egress_by_route(Resolver *resolver, GError **error)
{
    ResolvedFlow *resolved = resolver->resolved;
    IpAddress stand_in;
    RouteQuestion question =
        route_question_of(resolver, resolver->has_from ? &resolver->from : NULL);
    if (resolver->in != NULL && question.source == NULL &&
        find_stand_in_source(resolver->in, resolver->to.family, &stand_in))
        question.source = &stand_in;
    if (!look_up(resolver, &question, &resolved->route, error))
        return false;
    const Link *link = snapshot_link_by_index(resolver->snapshot, resolved->route.oif);
    RouteFate fate = resolved->route.fate;
    bool for_here =
        fate == ROUTE_FATE_LOCAL || fate == ROUTE_FATE_BROADCAST || fate == ROUTE_FATE_MULTICAST;
    if (link == NULL || (fate != ROUTE_FATE_FORWARDED && !for_here))
        return take_refusal(resolver, error);
    if (for_here && resolver->in != NULL) { /* a route makes the destination this host's own */
        resolved->flow.direction = FLOW_INPUT;
        return true;
    }
    resolved->routed = true;
    set_egress(resolver, link);
    return true;
}

static bool choose_egress(Resolver *resolver, GError **error)
{
    Flow *flow = &resolver->resolved->flow;
    if (flow->direction == FLOW_INPUT)
        return true;
    const char *name = resolver->question->out;
    if (name == NULL && is_local(resolver->snapshot, &resolver->to))
        name = "lo"; /* to itself */
    if (name == NULL)
        return choose_egress_by_route(resolver, error);
    const Link *link = named_link_find(resolver->snapshot, "--out", name, error);
    if (link == NULL)
        return false;
    set_egress(resolver, visible_link(resolver->snapshot, link));
    return true;
}

/* IPv6_rpfilter drops what the best way back leaves through another link; only a link-local source is
 * looked up on the link that it came in on. */
static bool ask_for_reverse_path(Resolver *resolver, GError **error)
{
    Flow *flow = &resolver->resolved->flow;
    const IpAddress *from = &resolver->from;
    bool is_link_local = ip_address_is_link_local(from);
    RouteQuestion back = {.destination = *from, .oif = is_link_local ? resolver->in->index : 0};
    RouteAnswer answer;
    if (!route_lookup(resolver->netlink, &back, &answer, error))
        return false;
    if (answer.fate == ROUTE_FATE_FORWARDED && answer.oif == resolver->in->index)
        flow->reverse_path = REVERSE_PATH_SAME_LINK;
    else
        flow->reverse_path = answer.error == 0 ? REVERSE_PATH_OTHER_LINK : REVERSE_PATH_NONE;
    return true;
}

/* Where the snapshot can tell the way back, the kernel is not asked. Of IPv4 the path through the rules
 * looks it up by itself: rp_filter is content with any of several nexthops, of which the kernel would
 * name us one. Of IPv6 a packet is dropped or not by the one that a hash chooses for it. */
static bool look_up_reverse_path(Resolver *resolver, GError **error)
{
    Flow *flow = &resolver->resolved->flow;
    if (!resolver->has_from || resolver->in == NULL || flow->reverse_path != REVERSE_PATH_UNKNOWN)
        return true;
    const guint8 bits = ip_address_bits(flow->family);
    const IpPrefix from = {resolver->from, bits};
    const RoutingQuestion packet = {
        .destination = {resolver->to, bits},
        .source = &from,
        .in = resolver->in,
    };
    ReversePath path = reverse_path_of(resolver->snapshot, &packet);
    if (flow->family == FAMILY_IPV4 && path != REVERSE_PATH_UNKNOWN)
        return true;
    flow->reverse_path = path;
    bool is_chosen_by_hash = flow->family == FAMILY_IPV6 && path == REVERSE_PATH_UNKNOWN &&
                             resolver->snapshot->routes_complete == TRISTATE_YES;
    bool is_known = flow->family == FAMILY_IPV6 && path != REVERSE_PATH_UNKNOWN;
    return resolver->netlink == NULL || is_known || is_chosen_by_hash ||
           ask_for_reverse_path(resolver, error);
}

/* ---- the direction ---- */

/* Whether every host of a network gets it, or those of a group: what comes in for them is for this host,
 * and is not forwarded as unicast is. */
static bool is_for_many(const Snapshot *snapshot, const IpAddress *address)
{
    const IpPrefix whole = {.address = *address, .length = ip_address_bits(address->family)};
    guint types = address_types(snapshot, &whole, NULL);
    return types == 1 << RTN_BROADCAST || types == 1 << RTN_MULTICAST;
}

/* A packet for this host comes in on the link that was named, else on the one that leads back to the
 * source. What the host sends to itself goes out first. */
static bool choose_direction(Resolver *resolver, GError **error)
{
    const FlowQuestion *question = resolver->question;
    Flow *flow = &resolver->resolved->flow;
    bool comes_in_for_many = resolver->in != NULL && question->out == NULL &&
                             is_for_many(resolver->snapshot, &resolver->to);
    if (!question->for_this_host && !comes_in_for_many &&
        !is_local(resolver->snapshot, &resolver->to)) {
        flow->direction = resolver->in != NULL ? FLOW_FORWARD : FLOW_OUTPUT;
        return true;
    }
    bool to_itself =
        resolver->in == NULL && resolver->has_from && is_local(resolver->snapshot, &resolver->from);
    if (to_itself) {
        flow->direction = FLOW_OUTPUT;
        return true;
    }
    flow->direction = FLOW_INPUT;
    if (resolver->in != NULL)
        return true;
    if (!resolver->has_from)
        return flow_usage(
            error, "add --in IFACE",
            "%s is an address of this host, and the interface that the packet comes in on "
            "is not known",
            question->to);
    RouteQuestion back = {.destination = resolver->from};
    RouteAnswer answer;
    if (!look_up(resolver, &back, &answer, error))
        return false;
    resolver->in = snapshot_link_by_index(resolver->snapshot, answer.oif);
    if (resolver->in == NULL) {
        nicfix_error_set(error, NICFIX_ERROR_NOT_FOUND, "add --in IFACE",
                         "no route leads back to %s", question->from);
        return false;
    }
    flow->in = link_ingress_name(resolver->snapshot, resolver->in);
    return true;
}

/* ---- the whole ---- */

static bool resolve(Resolver *resolver, GError **error)
{
    ResolvedFlow *resolved = resolver->resolved;
    Flow *flow = &resolved->flow;
    if (!parse_addresses(resolver, error))
        return false;
    *flow = flow_new(FLOW_FORWARD, resolver->to.family);
    if (!choose_ingress(resolver, error) ||
        !flow_packet_read(resolver->question, resolved, error) ||
        !choose_direction(resolver, error) || !choose_egress(resolver, error) ||
        !look_up_reverse_path(resolver, error))
        return false;
    flow->to = flow_address(&resolver->to);
    if (resolver->has_from)
        flow->from = flow_address(&resolver->from);
    else if (resolved->routed && flow->direction == FLOW_OUTPUT && resolved->route.has_source)
        flow->from = flow_address(&resolved->route.source);
    return true;
}

bool flow_question_resolve(const FlowQuestion *question, const Snapshot *snapshot, Netlink *netlink,
                           ResolvedFlow *resolved, GError **error)
{
    *resolved = (ResolvedFlow){0};
    Resolver resolver = {
        .question = question,
        .snapshot = snapshot,
        .netlink = netlink,
        .resolved = resolved,
    };
    if (resolve(&resolver, error))
        return true;
    resolved_flow_clear(resolved);
    return false;
}

void resolved_flow_clear(ResolvedFlow *resolved)
{
    g_free(resolved->master_of);
    g_free(resolved->from_mac);
    memset(resolved, 0, sizeof *resolved);
}
