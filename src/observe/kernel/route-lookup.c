/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The request for a route, and decoding the answer. */
#include "observe/kernel/route-lookup.h"

#include "model/error.h"
#include "observe/kernel/attributes.h"

#include <errno.h>
#include <linux/rtnetlink.h>
#include <netinet/in.h>
#include <netlink/attr.h>
#include <netlink/msg.h>

/* ---- the request ---- */

static bool kernel_knows_protocol(const RouteQuestion *question)
{
    switch (question->protocol) {
    case IPPROTO_TCP:
    case IPPROTO_UDP:
        return true;
    case IPPROTO_ICMP:
        return question->destination.family == FAMILY_IPV4;
    case IPPROTO_ICMPV6:
        return question->destination.family == FAMILY_IPV6;
    default: /* a protocol number, without an enumeration */
        return false;
    }
}

static void put_optional_u32(NetlinkRequest *request, int type, guint32 value)
{
    if (value != 0)
        nla_put_u32(request, type, value);
}

static void put_port(NetlinkRequest *request, int type, guint16 port)
{
    if (port != 0)
        nla_put_u16(request, type, g_htons(port));
}

NetlinkRequest *route_question_request(const RouteQuestion *question, guint32 flags)
{
    bool ipv4 = question->destination.family == FAMILY_IPV4;
    guint8 bits = ip_address_bits(question->destination.family);
    const struct rtmsg header = {
        .rtm_family = ipv4 ? AF_INET : AF_INET6,
        .rtm_dst_len = bits,
        .rtm_src_len = question->source != NULL ? bits : 0,
        /* IPv6 always returns the table, and refuses the flag under strict checking. */
        .rtm_flags = ipv4 ? flags : flags & ~(guint32)RTM_F_LOOKUP_TABLE,
    };
    NetlinkRequest *request = netlink_request_new(RTM_GETROUTE, &header, sizeof header);
    nla_put(request, RTA_DST, bits / 8, question->destination.bytes);
    if (question->source != NULL)
        nla_put(request, RTA_SRC, bits / 8, question->source->bytes);
    put_optional_u32(request, RTA_IIF, (guint32)question->iif);
    put_optional_u32(request, RTA_OIF, (guint32)question->oif);
    put_optional_u32(request, RTA_MARK, question->mark);
    if (kernel_knows_protocol(question))
        nla_put_u8(request, RTA_IP_PROTO, question->protocol);
    if (question->protocol == IPPROTO_TCP || question->protocol == IPPROTO_UDP) {
        put_port(request, RTA_SPORT, question->source_port);
        put_port(request, RTA_DPORT, question->destination_port);
    }
    return request;
}

/* ---- the answer ---- */

static const struct nla_policy answer_policy[RTA_MAX + 1] = {
    [RTA_DST] = {.minlen = 4, .maxlen = 16},     [RTA_OIF] = {.type = NLA_U32},
    [RTA_GATEWAY] = {.minlen = 4, .maxlen = 16}, [RTA_VIA] = {.minlen = sizeof(struct rtvia)},
    [RTA_PREFSRC] = {.minlen = 4, .maxlen = 16}, [RTA_TABLE] = {.type = NLA_U32},
};

static const AttributeSet answer_attributes = {"a route lookup", RTA_MAX, answer_policy};

/* Linux 6.18 reports a route that leads nowhere as an errno (fib_props[] of IPv4, fib6_prop[] of
 * IPv6); the types of such routes are for kernels that answer with the route. */
static const RouteFate fates_by_type[] = {
    [RTN_UNSPEC] = ROUTE_FATE_OTHER,        [RTN_UNICAST] = ROUTE_FATE_FORWARDED,
    [RTN_LOCAL] = ROUTE_FATE_LOCAL,         [RTN_BROADCAST] = ROUTE_FATE_BROADCAST,
    [RTN_ANYCAST] = ROUTE_FATE_LOCAL,       [RTN_MULTICAST] = ROUTE_FATE_MULTICAST,
    [RTN_BLACKHOLE] = ROUTE_FATE_BLACKHOLE, [RTN_UNREACHABLE] = ROUTE_FATE_UNREACHABLE,
    [RTN_PROHIBIT] = ROUTE_FATE_PROHIBITED, [RTN_THROW] = ROUTE_FATE_NO_ROUTE,
};

RouteFate route_fate_from_error(const RouteQuestion *question, int error)
{
    switch (error) {
    case ENETUNREACH:
    case EAGAIN: /* "throw" */
        return ROUTE_FATE_NO_ROUTE;
    case EHOSTUNREACH:
        return ROUTE_FATE_UNREACHABLE;
    case EACCES:
        return ROUTE_FATE_PROHIBITED;
    case ENODEV:
        return ROUTE_FATE_NO_LINK;
    case EXDEV: /* the reverse path filter, by kernels that distinguish it */
        return ROUTE_FATE_INVALID;
    case EINVAL: /* IPv6 looks at no source here */
        return question->iif != 0 && question->destination.family == FAMILY_IPV4
                   ? ROUTE_FATE_INVALID
                   : ROUTE_FATE_BLACKHOLE;
    default:
        return ROUTE_FATE_OTHER;
    }
}

bool route_answer_from_message(const struct nlmsghdr *message, RouteAnswer *answer, GError **error)
{
    struct nlattr *attributes[RTA_MAX + 1];
    RouteAnswer result = {.has_prefix = true};
    if (!attributes_parse(&answer_attributes, message, sizeof(struct rtmsg), attributes, error))
        return false;
    const struct rtmsg *header = nlmsg_data(message);
    const struct nlattr *source = attributes[RTA_PREFSRC];
    result.has_source = source != NULL;
    if (!attribute_gateway(attributes[RTA_GATEWAY], attributes[RTA_VIA], &result.has_gateway,
                           &result.gateway) ||
        (source != NULL && !attribute_address(source, &result.source)) ||
        !attribute_prefix(attributes[RTA_DST], header->rtm_family, header->rtm_dst_len,
                          &result.prefix)) {
        nicfix_error_set(error, NICFIX_ERROR_NETLINK, NULL,
                         "the kernel's answer to a route lookup is malformed");
        return false;
    }
    result.fate = header->rtm_type < G_N_ELEMENTS(fates_by_type) ? fates_by_type[header->rtm_type]
                                                                 : ROUTE_FATE_OTHER;
    result.oif = (int)attribute_u32(attributes[RTA_OIF], 0);
    result.table = attribute_u32(attributes[RTA_TABLE], header->rtm_table);
    *answer = result;
    return true;
}

const char *route_fate_reason(RouteFate fate)
{
    static const char *const reasons[] = {
        [ROUTE_FATE_FORWARDED] = "a route leads there",
        [ROUTE_FATE_LOCAL] = "the destination is an address of this host",
        [ROUTE_FATE_BROADCAST] = "the destination is a broadcast address",
        [ROUTE_FATE_MULTICAST] = "the destination is a multicast address",
        [ROUTE_FATE_NO_ROUTE] = "no route leads there",
        [ROUTE_FATE_UNREACHABLE] =
            "an \"unreachable\" route covers it, or the link it comes in on does not forward",
        [ROUTE_FATE_PROHIBITED] = "a \"prohibit\" route or rule covers it",
        [ROUTE_FATE_BLACKHOLE] = "a \"blackhole\" route or rule covers it",
        [ROUTE_FATE_INVALID] =
            ("the kernel drops such a packet: its source cannot come from there (reverse path "
             "filter, martian address, not this host's), or a \"blackhole\" route covers it"),
        [ROUTE_FATE_NO_LINK] = "the link is gone, or cannot do this",
        [ROUTE_FATE_OTHER] = "the kernel gave an answer that nicfix does not know",
    };
    return reasons[fate];
}

/* ---- asking ---- */

static bool read_answer(const struct nlmsghdr *message, gpointer data, GError **error)
{
    return message->nlmsg_type != RTM_NEWROUTE || route_answer_from_message(message, data, error);
}

static bool ask(Netlink *netlink, const RouteQuestion *question, guint32 flags, RouteAnswer *answer,
                GError **error)
{
    int refusal;
    RouteAnswer result = {.fate = ROUTE_FATE_OTHER};
    g_autoptr(NetlinkRequest) request = route_question_request(question, flags);
    if (!netlink_ask(netlink, request, "the route of a packet", read_answer, &result, &refusal,
                     error))
        return false;
    if (refusal != 0)
        result = (RouteAnswer){.fate = route_fate_from_error(question, refusal), .error = refusal};
    *answer = result;
    return true;
}

/* The kernel answers with either the chosen nexthop or the matching route: two lookups get both. */
bool route_lookup(Netlink *netlink, const RouteQuestion *question, RouteAnswer *answer,
                  GError **error)
{
    RouteAnswer result, other;
    if (!ask(netlink, question, RTM_F_LOOKUP_TABLE, &result, error))
        return false;
    if (result.error == 0) {
        if (!ask(netlink, question, RTM_F_FIB_MATCH, &other, error))
            return false;
        result.has_prefix = other.error == 0 && other.has_prefix;
        result.prefix = other.prefix;
    } else if (question->source != NULL && question->iif == 0 &&
               question->destination.family == FAMILY_IPV4) {
        /* The source may be at fault. */
        RouteQuestion without_source = *question;
        without_source.source = NULL;
        if (!ask(netlink, &without_source, RTM_F_LOOKUP_TABLE, &other, error))
            return false;
        result.fate = other.error == 0 ? ROUTE_FATE_INVALID : other.fate;
    }
    *answer = result;
    return true;
}
