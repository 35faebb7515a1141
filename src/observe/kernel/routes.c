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

/* ---- nexthops of a route ---- */

static const struct nla_policy route_policy[RTA_MAX + 1] = {
    [RTA_DST] = {.minlen = 4, .maxlen = 16},
    [RTA_OIF] = {.type = NLA_U32},
    [RTA_GATEWAY] = {.minlen = 4, .maxlen = 16},
    [RTA_VIA] = {.minlen = sizeof(struct rtvia)},
    [RTA_PRIORITY] = {.type = NLA_U32},
    [RTA_TABLE] = {.type = NLA_U32},
    [RTA_NH_ID] = {.type = NLA_U32},
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

static bool may_be_wide(const struct rtmsg *header)
{
    Family family;
    return family_from_kernel(header->rtm_family, &family) && header->rtm_type == RTN_UNICAST &&
           (header->rtm_flags & RTM_F_CLONED) == 0 &&
           (header->rtm_dst_len <= 1 ||
            (family == FAMILY_IPV6 && (header->rtm_dst_len == 3 || header->rtm_dst_len == 4)));
}

static bool malformed(GError **error)
{
    nicfix_error_set(error, NICFIX_ERROR_NETLINK, NULL,
                     "the kernel's message about a route is malformed");
    return false;
}

bool route_from_message(const struct nlmsghdr *message, Route **route, GError **error)
{
    struct nlattr *attributes[RTA_MAX + 1];
    if (!nlmsg_valid_hdr(message, sizeof(struct rtmsg)))
        return malformed(error);
    const struct rtmsg *header = nlmsg_data(message);
    if (!may_be_wide(header)) {
        *route = NULL;
        return true;
    }
    if (!attributes_parse(&route_attributes, message, sizeof *header, attributes, error))
        return false;
    g_autoptr(Route) result = route_new();
    if (!attribute_prefix(attributes[RTA_DST], header->rtm_family, header->rtm_dst_len,
                          &result->destination) ||
        !read_nexthops(header, attributes, result))
        return malformed(error);
    result->table = attribute_u32(attributes[RTA_TABLE], header->rtm_table);
    result->protocol = header->rtm_protocol;
    result->metric = attribute_u32(attributes[RTA_PRIORITY], 0);
    result->nexthop_id = attribute_u32(attributes[RTA_NH_ID], 0);
    /* The three leading bits of 2000::/3, and of its halves, are 001. */
    bool is_wide =
        result->destination.length <= 1 || (result->destination.address.bytes[0] & 0xe0) == 0x20;
    *route = is_wide ? g_steal_pointer(&result) : NULL;
    return true;
}

/* ---- all routes ---- */

static bool add_route(const struct nlmsghdr *message, gpointer data, GError **error)
{
    Route *route = NULL;
    if (!route_from_message(message, &route, error))
        return false;
    if (route != NULL)
        g_ptr_array_add(data, route);
    return true;
}

static const NetlinkList route_list = {
    .subject = "routes",
    .need = NETLINK_LIST_OPTIONAL,
    .type = RTM_NEWROUTE,
    .message = add_route,
    .reset = netlink_empty_array,
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

/* With strict checking the kernel leaves out all but unicast routes by itself (Linux 4.20,
 * ip_valid_fib_dump_req()); it cannot filter by the length of a prefix. */
static bool observe_family(Netlink *netlink, guint8 family, Snapshot *snapshot, GError **error)
{
    const struct rtmsg unicast = {.rtm_family = family, .rtm_type = RTN_UNICAST};
    g_autoptr(NetlinkRequest) request = netlink_request_new(RTM_GETROUTE, &unicast, sizeof unicast);
    g_autoptr(GPtrArray) routes = g_ptr_array_new_with_free_func((GDestroyNotify)route_free);
    g_autoptr(GPtrArray) rules = g_ptr_array_new_with_free_func((GDestroyNotify)rule_free);
    if (!netlink_list(netlink, request, &route_list, routes, error) ||
        !resolve_objects(netlink, routes, error) || !rules_observe(netlink, family, rules, error))
        return false;
    g_ptr_array_extend_and_steal(snapshot->routes, g_steal_pointer(&routes));
    g_ptr_array_extend_and_steal(snapshot->rules, g_steal_pointer(&rules));
    return true;
}

bool routes_observe(Netlink *netlink, Snapshot *snapshot, GError **error)
{
    return observe_family(netlink, AF_INET, snapshot, error) &&
           observe_family(netlink, AF_INET6, snapshot, error);
}
