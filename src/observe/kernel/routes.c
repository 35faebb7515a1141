/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Decoding the messages about routes. */
#include "observe/kernel/routes.h"

#include "model/error.h"
#include "model/foreach.h"
#include "observe/kernel/attributes.h"
#include "observe/kernel/nexthops.h"
#include "observe/kernel/rules.h"

#include <linux/rtnetlink.h>
#include <netlink/attr.h>
#include <netlink/msg.h>
#include <sys/socket.h>

/* So many routes that are not wide are kept: more than a host has that is no router of the Internet. */
enum { ROUTES_MAX = 4096 };

/* ---- nexthops of a route ---- */

static const struct nla_policy route_policy[RTA_MAX + 1] = {
    [RTA_DST] = {.minlen = 4, .maxlen = 16},
    [RTA_OIF] = {.type = NLA_U32},
    [RTA_GATEWAY] = {.minlen = 4, .maxlen = 16},
    [RTA_VIA] = {.minlen = sizeof(struct rtvia)},
    [RTA_PRIORITY] = {.type = NLA_U32},
    [RTA_TABLE] = {.type = NLA_U32},
    [RTA_NH_ID] = {.type = NLA_U32},
    [RTA_SRC] = {.minlen = 4, .maxlen = 16},
    [RTA_PREFSRC] = {.minlen = 4, .maxlen = 16},
};

static const AttributeSet route_attributes = {"a route", RTA_MAX, route_policy};

static bool read_gateway(struct nlattr *const *attributes, Nexthop *nexthop)
{
    return attribute_gateway(attributes[RTA_GATEWAY], attributes[RTA_VIA], &nexthop->has_gateway,
                             &nexthop->gateway);
}

static bool read_multipath(const struct nlattr *multipath, GArray *nexthops)
{
    struct nlattr *attributes[RTA_MAX + 1];
    const guint8 *bytes = nla_data(multipath);
    gsize rest = (gsize)nla_len(multipath);
    while (rest > 0) {
        const struct rtnexthop *head = (const void *)bytes;
        if (rest < sizeof *head || head->rtnh_len < sizeof *head || head->rtnh_len > rest)
            return false;
        Nexthop nexthop = {.oif = head->rtnh_ifindex,
                           .weight = (guint32)head->rtnh_hops + 1, /* it counts from zero */
                           .flags = head->rtnh_flags};
        if (!attributes_parse_bytes(&route_attributes, head + 1, head->rtnh_len - sizeof *head,
                                    attributes, NULL) ||
            !read_gateway(attributes, &nexthop))
            return false;
        g_array_append_val(nexthops, nexthop);
        gsize step = MIN(RTNH_ALIGN((gsize)head->rtnh_len), rest);
        bytes += step;
        rest -= step;
    }
    return true;
}

/* The low byte of a route's flags is that of its only nexthop (RTNH_F_*). */
static bool read_nexthops(const struct rtmsg *header, struct nlattr *const *attributes,
                          Route *route)
{
    if (attributes[RTA_MULTIPATH] != NULL)
        return read_multipath(attributes[RTA_MULTIPATH], route->nexthops);
    Nexthop nexthop = {.weight = 1, .flags = header->rtm_flags & 0xff};
    nexthop.oif = (int)attribute_u32(attributes[RTA_OIF], 0);
    if (!read_gateway(attributes, &nexthop))
        return false;
    if (nexthop.oif != 0)
        g_array_append_val(route->nexthops, nexthop);
    return true;
}

/* ---- a route ---- */

/* What the kernel itself puts into the table "local" is known by the addresses of links. What it
 * leads to this host besides, as for a transparent proxy or in the table of a VRF, is a route like
 * others. */
static bool is_kept(const struct rtmsg *header)
{
    Family family;
    bool by_address = header->rtm_table == RT_TABLE_LOCAL && header->rtm_protocol == RTPROT_KERNEL;
    return family_from_kernel(header->rtm_family, &family) && !by_address &&
           (header->rtm_flags & RTM_F_CLONED) == 0;
}

static bool may_be_wide(const struct rtmsg *header)
{
    return header->rtm_type == RTN_UNICAST &&
           (header->rtm_dst_len <= 1 || (header->rtm_family == AF_INET6 &&
                                         (header->rtm_dst_len == 3 || header->rtm_dst_len == 4)));
}

static bool is_wide(const struct rtmsg *header, const IpPrefix *destination)
{
    /* The three leading bits of 2000::/3, and of its halves, are 001. */
    return may_be_wide(header) &&
           (destination->length <= 1 || (destination->address.bytes[0] & 0xe0) == 0x20);
}

static bool malformed(GError **error)
{
    nicfix_error_set(error, NICFIX_ERROR_NETLINK, NULL,
                     "the kernel's message about a route is malformed");
    return false;
}

static bool read_preferred_source(const struct nlattr *attribute, Route *route)
{
    route->has_preferred_source = attribute != NULL;
    return attribute == NULL || attribute_address(attribute, &route->preferred_source);
}

bool route_from_message(const struct nlmsghdr *message, RouteRange range, Route **route, bool *wide,
                        GError **error)
{
    struct nlattr *attributes[RTA_MAX + 1];
    if (!nlmsg_valid_hdr(message, sizeof(struct rtmsg)))
        return malformed(error);
    const struct rtmsg *header = nlmsg_data(message);
    *route = NULL;
    if (!is_kept(header) || (range == ROUTES_WIDE && !may_be_wide(header)))
        return true;
    if (!attributes_parse(&route_attributes, message, sizeof *header, attributes, error))
        return false;
    g_autoptr(Route) result = route_new();
    if (header->rtm_type == RTN_UNSPEC ||
        !attribute_prefix(attributes[RTA_DST], header->rtm_family, header->rtm_dst_len,
                          &result->destination) ||
        !attribute_prefix(attributes[RTA_SRC], header->rtm_family, header->rtm_src_len,
                          &result->source) ||
        !read_preferred_source(attributes[RTA_PREFSRC], result) ||
        !read_nexthops(header, attributes, result))
        return malformed(error);
    result->has_source = header->rtm_src_len > 0;
    result->tos = header->rtm_tos;
    result->table = attribute_u32(attributes[RTA_TABLE], header->rtm_table);
    result->type = header->rtm_type;
    result->protocol = header->rtm_protocol;
    result->metric = attribute_u32(attributes[RTA_PRIORITY], 0);
    result->nexthop_id = attribute_u32(attributes[RTA_NH_ID], 0);
    *wide = is_wide(header, &result->destination);
    if (*wide || range == ROUTES_ALL)
        *route = g_steal_pointer(&result);
    return true;
}

/* ---- all routes ---- */

typedef struct {
    GPtrArray *wide;   /* Route */
    GPtrArray *narrow; /* Route: the others, while there are few */
    bool left_out;
} RouteLists;

static bool is_connected(const struct nlmsghdr *message)
{
    const struct rtmsg *header = nlmsg_data(message);
    return nlmsg_valid_hdr(message, sizeof *header) && header->rtm_protocol == RTPROT_KERNEL;
}

static bool add_route(const struct nlmsghdr *message, gpointer data, GError **error)
{
    RouteLists *lists = data;
    bool full = lists->narrow->len >= ROUTES_MAX && !is_connected(message);
    Route *route = NULL;
    bool wide = false;
    lists->left_out = lists->left_out || full;
    if (!route_from_message(message, full ? ROUTES_WIDE : ROUTES_ALL, &route, &wide, error))
        return false;
    if (route != NULL)
        g_ptr_array_add(wide ? lists->wide : lists->narrow, route);
    return true;
}

static void forget_routes(gpointer data)
{
    RouteLists *lists = data;
    g_ptr_array_set_size(lists->wide, 0);
    g_ptr_array_set_size(lists->narrow, 0);
    lists->left_out = false;
}

static const NetlinkList route_list = {
    .subject = "routes",
    .need = NETLINK_LIST_OPTIONAL,
    .type = RTM_NEWROUTE,
    .message = add_route,
    .reset = forget_routes,
};

/* The kernel expands an object in the route's own message, except where net.ipv4.nexthop_compat_mode
 * is 0; the objects are read only if a route has one. */
static bool resolve_objects(Netlink *netlink, const GPtrArray *routes, GError **error)
{
    g_autoptr(NexthopObjects) objects = NULL;
    PTR_ARRAY_FOREACH (Route, route, routes) {
        if (route->nexthop_id == 0)
            continue;
        if (objects == NULL)
            objects = nexthop_objects_observe(netlink, error);
        if (objects == NULL)
            return false;
        GArray *nexthops = nexthop_objects_resolve(objects, route->nexthop_id);
        if (nexthops != NULL) {
            g_array_unref(route->nexthops);
            route->nexthops = nexthops;
        }
    }
    return true;
}

static bool observe_family(Netlink *netlink, guint8 family, Snapshot *snapshot, GError **error)
{
    const struct rtmsg any = {.rtm_family = family};
    g_autoptr(NetlinkRequest) request = netlink_request_new(RTM_GETROUTE, &any, sizeof any);
    g_autoptr(GPtrArray) wide = g_ptr_array_new_with_free_func((GDestroyNotify)route_free);
    g_autoptr(GPtrArray) narrow = g_ptr_array_new_with_free_func((GDestroyNotify)route_free);
    g_autoptr(GPtrArray) rules = g_ptr_array_new_with_free_func((GDestroyNotify)rule_free);
    RouteLists lists = {wide, narrow, false};
    if (!netlink_list(netlink, request, &route_list, &lists, error) ||
        !resolve_objects(netlink, wide, error) || !resolve_objects(netlink, narrow, error) ||
        !rules_observe(netlink, family, rules, error))
        return false;
    if (lists.left_out)
        snapshot->routes_complete = TRISTATE_NO;
    g_ptr_array_extend_and_steal(snapshot->routes, g_steal_pointer(&wide));
    g_ptr_array_extend_and_steal(snapshot->narrow_routes, g_steal_pointer(&narrow));
    g_ptr_array_extend_and_steal(snapshot->rules, g_steal_pointer(&rules));
    return true;
}

bool routes_observe(Netlink *netlink, Snapshot *snapshot, GError **error)
{
    snapshot->routes_complete = TRISTATE_YES;
    return observe_family(netlink, AF_INET, snapshot, error) &&
           observe_family(netlink, AF_INET6, snapshot, error);
}
