/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Routes as rtnetlink tells them: which are kept, and by what nexthops. */
#include "observe/kernel/routes.h"

#include "netlink-messages.h"
#include "recorded-routes.h"

#include <linux/rtnetlink.h>
#include <sys/socket.h>

static void append_nexthops(GString *text, const GArray *nexthops)
{
    for (guint i = 0; i < nexthops->len; i++) {
        const Nexthop *nexthop = &g_array_index(nexthops, Nexthop, i);
        g_string_append_printf(text, ", dev %d", nexthop->oif);
        append_address(text, " via ", nexthop->has_gateway, &nexthop->gateway);
        g_string_append_printf(text, " weight %u", nexthop->weight);
        append_number(text, " flags ", nexthop->flags);
    }
}

static bool read_route_of(RouteRange range, const struct nlmsghdr *message, char **text,
                          GError **error)
{
    Route *kept = NULL;
    bool wide = false;
    if (!route_from_message(message, range, &kept, &wide, error))
        return false;
    g_autoptr(Route) route = kept;
    GString *result = g_string_new(route == NULL ? "not kept" : "");
    if (route != NULL) {
        append_prefix(result, "", &route->destination);
        if (route->has_source)
            append_prefix(result, " from ", &route->source);
        append_number(result, " tos ", route->tos);
        g_string_append_printf(result, " table %u protocol %u", route->table, route->protocol);
        append_number(result, " metric ", route->metric);
        append_number(result, " object ", route->nexthop_id);
        append_nexthops(result, route->nexthops);
        append_address(result, " source ", route->has_preferred_source, &route->preferred_source);
        if (range == ROUTES_ALL)
            g_string_append_printf(result, " type %u%s", route->type, wide ? " wide" : "");
    }
    *text = g_string_free(result, FALSE);
    return true;
}

static bool read_route(const struct nlmsghdr *message, char **text, GError **error)
{
    return read_route_of(ROUTES_WIDE, message, text, error);
}

static bool read_any_route(const struct nlmsghdr *message, char **text, GError **error)
{
    return read_route_of(ROUTES_ALL, message, text, error);
}

static const MessageCase recorded[] = {
    {"multipath, in a table of its own", recorded_multipath,
     .text = "0.0.0.0/0 table 100 protocol 3, dev 5 via 10.2.0.2 weight 3, dev 2 via 10.1.0.2 "
             "weight 1"},
    {"a nexthop object that is a group, with what the kernel expands", recorded_object_group,
     .text = "0.0.0.0/0 table 102 protocol 3 object 13, dev 5 via 10.2.0.2 weight 4, dev 2 via "
             "10.1.0.2 weight 1"},
    {"IPv4 by an IPv6 gateway (RTA_VIA)", recorded_object_via_ipv6,
     .text = "0.0.0.0/0 table 104 protocol 3 object 21, dev 5 via 2001:db8:1::2 weight 1"},
    {"IPv6 multipath", recorded_ipv6_multipath,
     .text = "::/0 table 105 protocol 3 metric 1024, dev 5 via 2001:db8:1::4 weight 2, dev 5 via "
             "2001:db8:1::5 weight 1"},
};

/* ---- which are kept ---- */

#define ROUTE_TO(name, family, length)                                                             \
    static const struct rtmsg name = {.rtm_family = (family),                                      \
                                      .rtm_dst_len = (length),                                     \
                                      .rtm_table = RT_TABLE_MAIN,                                  \
                                      .rtm_protocol = RTPROT_STATIC,                               \
                                      .rtm_type = RTN_UNICAST}
ROUTE_TO(ipv4_default, AF_INET, 0);
ROUTE_TO(ipv4_half, AF_INET, 1);
ROUTE_TO(ipv4_quarter, AF_INET, 2);
ROUTE_TO(ipv4_eighth, AF_INET, 3);
ROUTE_TO(ipv4_host, AF_INET, 32);
ROUTE_TO(ipv6_default, AF_INET6, 0);
ROUTE_TO(ipv6_half, AF_INET6, 1);
ROUTE_TO(ipv6_eighth, AF_INET6, 3);
ROUTE_TO(ipv6_sixteenth, AF_INET6, 4);
ROUTE_TO(mpls_default, AF_MPLS, 0);

#define DEFAULT_OF_TYPE(name, type, flags)                                                         \
    static const struct rtmsg name = {                                                             \
        .rtm_family = AF_INET, .rtm_type = (type), .rtm_flags = (flags)}
DEFAULT_OF_TYPE(unreachable, RTN_UNREACHABLE, 0);
DEFAULT_OF_TYPE(typeless, RTN_UNSPEC, 0);
DEFAULT_OF_TYPE(blackhole, RTN_BLACKHOLE, 0);
DEFAULT_OF_TYPE(local, RTN_LOCAL, 0);
DEFAULT_OF_TYPE(cloned, RTN_UNICAST, RTM_F_CLONED);
DEFAULT_OF_TYPE(link_down, RTN_UNICAST, RTNH_F_DEAD | RTNH_F_LINKDOWN | RTM_F_OFFLOAD);

#define ROUTE(header, ...) .type = RTM_NEWROUTE, HEADER(header), .pieces = PIECES(__VA_ARGS__)
#define NET6(first)        BYTES(RTA_DST, (first), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)

static const MessageCase kept[] = {
    {"a default route", ROUTE(ipv4_default, U32(RTA_OIF, 4)),
     .text = "0.0.0.0/0 table 254 protocol 4, dev 4 weight 1"},
    {"half of a default route", ROUTE(ipv4_half, BYTES(RTA_DST, 128, 0, 0, 0), U32(RTA_OIF, 4)),
     .text = "128.0.0.0/1 table 254 protocol 4, dev 4 weight 1"},
    {"a quarter", ROUTE(ipv4_quarter, BYTES(RTA_DST, 64, 0, 0, 0), U32(RTA_OIF, 4)),
     .text = "not kept"},
    {"32.0.0.0/3, whose bits are those of 2000::/3",
     ROUTE(ipv4_eighth, BYTES(RTA_DST, 32, 0, 0, 0), U32(RTA_OIF, 4)), .text = "not kept"},
    {"IPv6: a default route", ROUTE(ipv6_default, U32(RTA_OIF, 4)),
     .text = "::/0 table 254 protocol 4, dev 4 weight 1"},
    {"IPv6: half of a default route", ROUTE(ipv6_half, NET6(0x80), U32(RTA_OIF, 4)),
     .text = "8000::/1 table 254 protocol 4, dev 4 weight 1"},
    {"2000::/3", ROUTE(ipv6_eighth, NET6(0x20), U32(RTA_OIF, 4)),
     .text = "2000::/3 table 254 protocol 4, dev 4 weight 1"},
    {"4000::/3", ROUTE(ipv6_eighth, NET6(0x40), U32(RTA_OIF, 4)), .text = "not kept"},
    {"2000::/4, half of 2000::/3", ROUTE(ipv6_sixteenth, NET6(0x20), U32(RTA_OIF, 4)),
     .text = "2000::/4 table 254 protocol 4, dev 4 weight 1"},
    {"4000::/4", ROUTE(ipv6_sixteenth, NET6(0x40), U32(RTA_OIF, 4)), .text = "not kept"},
    {"another family", ROUTE(mpls_default, U32(RTA_OIF, 4)), .text = "not kept"},
    {"unreachable", ROUTE(unreachable, U32(RTA_OIF, 4)), .text = "not kept"},
    {"blackhole", .type = RTM_NEWROUTE, HEADER(blackhole), .text = "not kept"},
    {"local", ROUTE(local, U32(RTA_OIF, 4)), .text = "not kept"},
    {"from the cache", ROUTE(cloned, U32(RTA_OIF, 4)), .text = "not kept"},
    {"what is not kept is not looked into",
     ROUTE(ipv4_host, BYTES(RTA_OIF, 1), {PIECE_RAW, "\xff\xff\xff\xff", 4, NULL}),
     .text = "not kept"},
};

#define FD_1 0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1
static const struct rtmsg own_local = {.rtm_family = AF_INET,
                                       .rtm_dst_len = 32,
                                       .rtm_table = RT_TABLE_LOCAL,
                                       .rtm_protocol = RTPROT_KERNEL,
                                       .rtm_type = RTN_LOCAL};
static const struct rtmsg vrf_local = {.rtm_family = AF_INET,
                                       .rtm_dst_len = 32,
                                       .rtm_table = 10,
                                       .rtm_protocol = RTPROT_KERNEL,
                                       .rtm_type = RTN_LOCAL};
static const struct rtmsg with_tos = {.rtm_family = AF_INET,
                                      .rtm_tos = 16,
                                      .rtm_table = RT_TABLE_MAIN,
                                      .rtm_protocol = RTPROT_STATIC,
                                      .rtm_type = RTN_UNICAST};
static const struct rtmsg from_ipv6 = {.rtm_family = AF_INET6,
                                       .rtm_src_len = 128,
                                       .rtm_table = RT_TABLE_MAIN,
                                       .rtm_protocol = RTPROT_STATIC,
                                       .rtm_type = RTN_UNICAST};

static const MessageCase all[] = {
    {"a default route", ROUTE(ipv4_default, U32(RTA_OIF, 4)),
     .text = "0.0.0.0/0 table 254 protocol 4, dev 4 weight 1 type 1 wide"},
    {"a quarter", ROUTE(ipv4_quarter, BYTES(RTA_DST, 64, 0, 0, 0), U32(RTA_OIF, 4)),
     .text = "64.0.0.0/2 table 254 protocol 4, dev 4 weight 1 type 1"},
    {"32.0.0.0/3, whose bits are those of 2000::/3",
     ROUTE(ipv4_eighth, BYTES(RTA_DST, 32, 0, 0, 0), U32(RTA_OIF, 4)),
     .text = "32.0.0.0/3 table 254 protocol 4, dev 4 weight 1 type 1"},
    {"unreachable", ROUTE(unreachable, U32(RTA_OIF, 4)),
     .text = "0.0.0.0/0 table 0 protocol 0, dev 4 weight 1 type 7"},
    {"of no type", ROUTE(typeless, U32(RTA_OIF, 4))},
    {"blackhole", .type = RTM_NEWROUTE, HEADER(blackhole),
     .text = "0.0.0.0/0 table 0 protocol 0 type 6"},
    {"the kernel's own of an address",
     ROUTE(own_local, BYTES(RTA_DST, 10, 0, 0, 1), U32(RTA_OIF, 4)), .text = "not kept"},
    {"local, for a transparent proxy", ROUTE(local, U32(RTA_OIF, 1)),
     .text = "0.0.0.0/0 table 0 protocol 0, dev 1 weight 1 type 2"},
    {"an address in the table of a VRF",
     ROUTE(vrf_local, BYTES(RTA_DST, 10, 0, 0, 1), U32(RTA_OIF, 4)),
     .text = "10.0.0.1/32 table 10 protocol 2, dev 4 weight 1 type 2"},
    {"for a type of service, with a source",
     ROUTE(with_tos, U32(RTA_OIF, 4), BYTES(RTA_PREFSRC, 10, 0, 0, 9)),
     .text = "0.0.0.0/0 tos 16 table 254 protocol 4, dev 4 weight 1 source 10.0.0.9 type 1 wide"},
    {"for packets from a network", ROUTE(from_ipv6, BYTES(RTA_SRC, FD_1), U32(RTA_OIF, 4)),
     .text = "::/0 from fd00::1/128 table 254 protocol 4, dev 4 weight 1 type 1 wide"},
    {"from the cache", ROUTE(cloned, U32(RTA_OIF, 4)), .text = "not kept"},
};

/* ---- by what nexthops ---- */

/* The nexthops of RTA_MULTIPATH are structs with attributes behind each of them. */
static const struct rtnexthop hop = {.rtnh_len = 8, .rtnh_hops = 1, .rtnh_ifindex = 4};
static const struct rtnexthop hop_too_long = {.rtnh_len = 9, .rtnh_ifindex = 4};
static const struct rtnexthop hop_too_short = {.rtnh_len = 7, .rtnh_ifindex = 4};
static const struct rtnexthop hop_of_nothing = {.rtnh_len = 0, .rtnh_ifindex = 4};
static const struct rtnexthop hop_with_gateway = {
    .rtnh_len = 16, .rtnh_flags = RTNH_F_ONLINK, .rtnh_ifindex = 5};
static const struct rtnexthop hop_with_via = {.rtnh_len = 20, .rtnh_ifindex = 5};

#define RAW(value)                                                                                 \
    {                                                                                              \
        PIECE_RAW, &(value), sizeof(value), NULL                                                   \
    }
#define ROUTE4(...) ROUTE(ipv4_default, __VA_ARGS__)
#define FROM        "0.0.0.0/0 table 254 protocol 4"

static const MessageCase nexthops[] = {
    {"no nexthop at all", ROUTE4(U32(RTA_PRIORITY, 5)), .text = FROM " metric 5"},
    {"a table beyond 255", ROUTE4(U32(RTA_TABLE, 51820)),
     .text = "0.0.0.0/0 table 51820 protocol 4"},
    {"a gateway", ROUTE4(U32(RTA_OIF, 4), BYTES(RTA_GATEWAY, 10, 0, 0, 1)),
     .text = FROM ", dev 4 via 10.0.0.1 weight 1"},
    {"an IPv6 gateway of an IPv4 route", ROUTE4(U32(RTA_OIF, 4), BYTES(RTA_VIA, AF_INET6, 0, FD_1)),
     .text = FROM ", dev 4 via fd00::1 weight 1"},
    {"flags of the only nexthop", ROUTE(link_down, U32(RTA_OIF, 4)),
     .text = "0.0.0.0/0 table 0 protocol 0, dev 4 weight 1 flags 17"},
    {"an object that the kernel does not expand", ROUTE4(U32(RTA_NH_ID, 9)),
     .text = FROM " object 9"},
    {"multipath without gateways", ROUTE4(NEST(RTA_MULTIPATH, RAW(hop), RAW(hop))),
     .text = FROM ", dev 4 weight 2, dev 4 weight 2"},
    {"multipath with a gateway",
     ROUTE4(NEST(RTA_MULTIPATH, RAW(hop), RAW(hop_with_gateway), BYTES(RTA_GATEWAY, 10, 0, 0, 1))),
     .text = FROM ", dev 4 weight 2, dev 5 via 10.0.0.1 weight 1 flags 4"},
    {"no paths", ROUTE4(EMPTY(RTA_MULTIPATH)), .text = FROM},
    {"an attribute of tomorrow's kernel", ROUTE4(U32(RTA_MAX + 3, 1)), .text = FROM},
};

static const MessageCase malformed[] = {
    {"half a header", .type = RTM_NEWROUTE, .header = &ipv4_default, .header_size = 8},
    {"half of everything, not told which", ROUTE(ipv4_half, U32(RTA_OIF, 4))},
    {"an IPv6 destination of an IPv4 route", ROUTE(ipv4_half, NET6(0x80))},
    {"an IPv4 destination of an IPv6 route", ROUTE(ipv6_half, BYTES(RTA_DST, 128, 0, 0, 0))},
    {"a gateway of five bytes", ROUTE4(U32(RTA_OIF, 4), BYTES(RTA_GATEWAY, 1, 2, 3, 4, 5))},
    {"a link of two bytes", ROUTE4(U16(RTA_OIF, 4))},
    {"a gateway of no family", ROUTE4(BYTES(RTA_VIA, 99, 0, 10, 0, 0, 1))},
    {"a gateway of the other family than it says",
     ROUTE4(BYTES(RTA_VIA, AF_INET6, 0, 10, 0, 0, 1))},
    {"a gateway that is only a family", ROUTE4(BYTES(RTA_VIA, AF_INET, 0))},
    {"a gateway of one byte", ROUTE4(BYTES(RTA_VIA, AF_INET))},
    {"a path longer than all of them", ROUTE4(NEST(RTA_MULTIPATH, RAW(hop), RAW(hop_too_long)))},
    {"a path shorter than itself", ROUTE4(NEST(RTA_MULTIPATH, RAW(hop_too_short)))},
    {"a path of no length, which would never end",
     ROUTE4(NEST(RTA_MULTIPATH, RAW(hop_of_nothing)))},
    {"half a path", ROUTE4(BYTES(RTA_MULTIPATH, 8, 0, 0, 0))},
    {"a path's gateway cut short", ROUTE4(NEST(RTA_MULTIPATH, RAW(hop_with_gateway),
                                               {PIECE_RAW, "\x09\x00\x05\x00zzzz", 8, NULL}))},
    {"a path's gateway of the wrong size",
     ROUTE4(NEST(RTA_MULTIPATH, RAW(hop_with_via), BYTES(RTA_GATEWAY, 1, 2, 3, 4, 5, 6, 7, 8)))},
};

static void test_message(void **state)
{
    check_message(*state, read_route);
}

static void test_any_message(void **state)
{
    check_message(*state, read_any_route);
}

static void test_broken(void **state)
{
    check_broken(*state, read_route);
}

int main(void)
{
    return RUN_RECORDED(test_message, recorded) + RUN_RECORDED(test_broken, recorded) +
           RUN_CASES(test_message, kept) + RUN_CASES(test_any_message, all) +
           RUN_CASES(test_message, nexthops) + RUN_CASES(test_broken, nexthops) +
           RUN_CASES(test_message, malformed);
}
