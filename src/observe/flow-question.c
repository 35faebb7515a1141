/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Resolving a question about a flow on a host. */
#include "observe/flow-question.h"

#include "model/error.h"
#include "model/foreach.h"
#include "model/host/topology.h"

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

G_GNUC_PRINTF(3, 4)
static bool usage(GError **error, const char *hint, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *message = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    nicfix_error_set(error, NICFIX_ERROR_USAGE, hint, "%s", message);
    return false;
}

/* ---- addresses ---- */

static bool parse_addresses(Resolver *resolver, GError **error)
{
    const FlowQuestion *question = resolver->question;
    if (question->to == NULL)
        return usage(error, "add --to ADDRESS", "the flow needs a destination address");
    if (!ip_address_parse(question->to, &resolver->to))
        return usage(error, "names are not looked up", "--to: '%s' is not an IP address",
                     question->to);
    if (question->from == NULL)
        return true;
    if (!ip_address_parse(question->from, &resolver->from))
        return usage(error, "names are not looked up", "--from: '%s' is not an IP address",
                     question->from);
    if (resolver->from.family != resolver->to.family)
        return usage(error, "use two IPv4 or two IPv6 addresses",
                     "--from and --to are of different families");
    resolver->has_from = true;
    return true;
}

static bool is_local(const Snapshot *snapshot, const IpAddress *address)
{
    IpPrefix loopback;
    const char *network = address->family == FAMILY_IPV4 ? "127.0.0.0/8" : "::1/128";
    if (ip_prefix_parse(network, &loopback) && ip_prefix_contains(&loopback, address))
        return true;
    PTR_ARRAY_FOREACH (const Link, link, snapshot->links) {
        PTR_ARRAY_FOREACH (const LinkAddress, own, link->addresses) {
            if (ip_address_equal(&own->prefix.address, address))
                return true;
        }
    }
    return false;
}

/* ---- links ---- */

static const Link *find_link(const Snapshot *snapshot, const char *option, const char *name,
                             GError **error)
{
    const Link *link = snapshot_link_by_name(snapshot, name);
    if (link == NULL)
        nicfix_error_set(error, NICFIX_ERROR_NOT_FOUND, "nicfix list shows all interfaces",
                         "%s: no interface is named %s", option, name);
    return link;
}

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
    const Link *link = find_link(resolver->snapshot, "--in", name, error);
    if (link == NULL)
        return false;
    resolver->in = visible_link(resolver->snapshot, link);
    if (resolver->in != link)
        resolver->resolved->master_of = g_strdup(link->name);
    resolver->resolved->flow.in = link_ingress_name(resolver->snapshot, resolver->in);
    return true;
}

/* ---- protocol and ports ---- */

static bool choose_ports(Resolver *resolver, GError **error)
{
    const FlowQuestion *question = resolver->question;
    Flow *flow = &resolver->resolved->flow;
    bool has_ports = flow->protocol != PROTOCOL_ICMP && flow->protocol != PROTOCOL_ICMPV6 &&
                     flow->protocol != PROTOCOL_ANY;
    if ((question->port >= 0 || question->source_port >= 0) && !has_ports)
        return usage(error, "add --protocol tcp or udp", "a port needs a protocol");
    if (question->port == 0 || question->port > G_MAXUINT16 || question->source_port > G_MAXUINT16)
        return usage(error, "ports are 1 to 65535", "a port is out of range");
    flow->port = question->port > 0 ? (guint16)question->port : 0;
    flow->source_port = question->source_port > 0 ? (guint16)question->source_port : 0;
    return true;
}

/* Without a type it is a ping. */
static bool choose_icmp_type(Resolver *resolver, GError **error)
{
    enum { ECHO_REQUEST = 8, ECHO_REQUEST_V6 = 128 };
    const FlowQuestion *question = resolver->question;
    Flow *flow = &resolver->resolved->flow;
    bool is_icmp = flow->protocol == PROTOCOL_ICMP || flow->protocol == PROTOCOL_ICMPV6;
    if (question->icmp_type >= 0 && !is_icmp)
        return usage(error, "add --protocol icmp", "an ICMP type needs that protocol");
    if (question->icmp_type > G_MAXUINT8 || question->icmp_code > G_MAXUINT8)
        return usage(error, "they are 0 to 255", "an ICMP type or code is out of range");
    if (!is_icmp)
        return true;
    flow->icmp_type = question->icmp_type >= 0          ? question->icmp_type
                      : flow->protocol == PROTOCOL_ICMP ? ECHO_REQUEST
                                                        : ECHO_REQUEST_V6;
    flow->icmp_code = question->icmp_code >= 0 ? question->icmp_code : 0;
    return true;
}

static bool choose_protocol(Resolver *resolver, GError **error)
{
    const char *word = resolver->question->protocol;
    Flow *flow = &resolver->resolved->flow;
    if (word != NULL) {
        const char *plain = g_str_equal(word, "icmpv6") ? "icmp" : word;
        flow->protocol = protocol_from_word(plain, flow->family);
        if (flow->protocol == PROTOCOL_ANY)
            return usage(error, "use tcp, udp, sctp, dccp or icmp",
                         "--protocol: '%s' is not supported", word);
    }
    return choose_ports(resolver, error) && choose_icmp_type(resolver, error);
}

static bool choose_state(Resolver *resolver, GError **error)
{
    const char *word = resolver->question->state;
    if (word == NULL || g_str_equal(word, "new"))
        return true;
    if (!g_str_equal(word, "established"))
        return usage(error, "use new or established", "invalid --state value '%s'", word);
    resolver->resolved->flow.state = FLOW_ESTABLISHED;
    return true;
}

static bool choose_mac(Resolver *resolver, GError **error)
{
    const char *mac = resolver->question->from_mac;
    if (mac == NULL)
        return true;
    if (!mac_address_is_valid(mac))
        return usage(error, "write it as 02:00:5e:00:53:01",
                     "--from-mac: '%s' is not a MAC address", mac);
    resolver->resolved->from_mac = g_strdup(mac);
    resolver->resolved->flow.from_mac = resolver->resolved->from_mac;
    return true;
}

/* ---- the kernel's routing ---- */

static guint8 kernel_protocol(Protocol protocol)
{
    switch (protocol) {
    case PROTOCOL_TCP:
        return IPPROTO_TCP;
    case PROTOCOL_UDP:
        return IPPROTO_UDP;
    case PROTOCOL_SCTP:
        return IPPROTO_SCTP;
    case PROTOCOL_DCCP:
        return IPPROTO_DCCP;
    case PROTOCOL_ICMP:
        return IPPROTO_ICMP;
    case PROTOCOL_ICMPV6:
        return IPPROTO_ICMPV6;
    case PROTOCOL_ANY:
        break;
    }
    return 0;
}

static RouteQuestion route_question(const Resolver *resolver)
{
    const Flow *flow = &resolver->resolved->flow;
    return (RouteQuestion){
        .destination = resolver->to,
        .source = resolver->has_from ? &resolver->from : NULL,
        .iif = resolver->in != NULL ? resolver->in->index : 0,
        .protocol = kernel_protocol(flow->protocol),
        .source_port = flow->source_port,
        .destination_port = flow->port,
    };
}

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

static bool take_route(Resolver *resolver, GError **error)
{
    ResolvedFlow *resolved = resolver->resolved;
    const Link *link = snapshot_link_by_index(resolver->snapshot, resolved->route.oif);
    if (resolved->route.fate != ROUTE_FATE_FORWARDED || link == NULL) {
        nicfix_error_set(
            error, NICFIX_ERROR_REFUSED,
            "use --out IFACE to judge it anyway; ip route get shows the kernel's answer",
            "the kernel does not route this flow: %s", route_fate_reason(resolved->route.fate));
        return false;
    }
    resolved->routed = true;
    resolved->flow.out = resolved->flow.direction == FLOW_OUTPUT
                             ? link_ingress_name(resolver->snapshot, link)
                             : link->name;
    return true;
}

static bool choose_egress_by_kernel(Resolver *resolver, GError **error)
{
    RouteQuestion question = route_question(resolver);
    IpAddress stand_in;
    if (resolver->in != NULL && question.source == NULL &&
        find_stand_in_source(resolver->in, resolver->to.family, &stand_in))
        question.source = &stand_in;
    return route_lookup(resolver->netlink, &question, &resolver->resolved->route, error) &&
           take_route(resolver, error);
}

static bool choose_egress(Resolver *resolver, GError **error)
{
    Flow *flow = &resolver->resolved->flow;
    if (flow->direction == FLOW_INPUT)
        return true;
    const char *name = resolver->question->out;
    if (name == NULL && resolver->netlink == NULL)
        return usage(error, "add --out IFACE",
                     "a snapshot has no routing tables to look the egress interface up in");
    if (name == NULL)
        return choose_egress_by_kernel(resolver, error);
    const Link *link = find_link(resolver->snapshot, "--out", name, error);
    if (link == NULL)
        return false;
    link = visible_link(resolver->snapshot, link);
    flow->out =
        flow->direction == FLOW_OUTPUT ? link_ingress_name(resolver->snapshot, link) : link->name;
    return true;
}

/* IPv6_rpfilter looks the source up bound to the link the packet came in on. */
static bool look_up_reverse_path(Resolver *resolver, GError **error)
{
    Flow *flow = &resolver->resolved->flow;
    if (resolver->netlink == NULL || flow->family != FAMILY_IPV6 || !resolver->has_from ||
        resolver->in == NULL)
        return true;
    RouteQuestion bound = {.destination = resolver->from, .oif = resolver->in->index};
    RouteQuestion any = {.destination = resolver->from};
    RouteAnswer by_link, by_any;
    if (!route_lookup(resolver->netlink, &bound, &by_link, error) ||
        !route_lookup(resolver->netlink, &any, &by_any, error))
        return false;
    if (by_link.fate == ROUTE_FATE_FORWARDED && by_link.oif == resolver->in->index)
        flow->reverse_path = REVERSE_PATH_SAME_LINK;
    else
        flow->reverse_path = by_any.error == 0 ? REVERSE_PATH_OTHER_LINK : REVERSE_PATH_NONE;
    return true;
}

/* ---- the direction ---- */

/* A packet for this host comes in on the link that was named, else on the one that leads back to the
 * source. */
static bool choose_ingress_of_input(Resolver *resolver, GError **error)
{
    if (resolver->in != NULL)
        return true;
    if (!resolver->has_from || resolver->netlink == NULL)
        return usage(error, "add --in IFACE",
                     "%s is an address of this host, and the interface that the packet comes in on "
                     "is not known",
                     resolver->question->to);
    RouteQuestion back = {.destination = resolver->from};
    RouteAnswer answer;
    if (!route_lookup(resolver->netlink, &back, &answer, error))
        return false;
    const Link *link = snapshot_link_by_index(resolver->snapshot, answer.oif);
    if (link == NULL)
        return usage(error, "add --in IFACE", "no route leads back to %s",
                     resolver->question->from);
    resolver->in = link;
    resolver->resolved->flow.in = link_ingress_name(resolver->snapshot, link);
    return true;
}

static bool choose_direction(Resolver *resolver, GError **error)
{
    Flow *flow = &resolver->resolved->flow;
    if (resolver->question->for_this_host || is_local(resolver->snapshot, &resolver->to)) {
        flow->direction = FLOW_INPUT;
        return choose_ingress_of_input(resolver, error);
    }
    flow->direction = resolver->in != NULL ? FLOW_FORWARD : FLOW_OUTPUT;
    return true;
}

/* ---- the whole ---- */

static void set_addresses(Resolver *resolver)
{
    Flow *flow = &resolver->resolved->flow;
    flow->to = flow_address(&resolver->to);
    if (resolver->has_from)
        flow->from = flow_address(&resolver->from);
    else if (resolver->resolved->routed && flow->direction == FLOW_OUTPUT &&
             resolver->resolved->route.has_source)
        flow->from = flow_address(&resolver->resolved->route.source);
}

static bool resolve(Resolver *resolver, GError **error)
{
    if (!parse_addresses(resolver, error))
        return false;
    resolver->resolved->flow = flow_new(FLOW_FORWARD, resolver->to.family);
    if (!choose_ingress(resolver, error) || !choose_protocol(resolver, error) ||
        !choose_state(resolver, error) || !choose_mac(resolver, error) ||
        !choose_direction(resolver, error) || !choose_egress(resolver, error) ||
        !look_up_reverse_path(resolver, error))
        return false;
    set_addresses(resolver);
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
