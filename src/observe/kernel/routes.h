/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The routes to other networks, and the rules that lead to their tables. Routing tables are streamed:
 * of a full Internet table a handful of routes is kept. */
#pragma once

#include "model/host/snapshot.h"
#include "observe/kernel/netlink.h"

/* Adds to SNAPSHOT the wide unicast routes of all tables (IPv4, then IPv6), all rules, and the other
 * routes as long as they are few: routes_complete says whether all of them are there. The nexthops of a
 * route that uses a nexthop object are the object's where it is known, else what the route itself
 * says. Errors as of netlink_list(). */
bool routes_observe(Netlink *netlink, Snapshot *snapshot, GError **error) G_GNUC_WARN_UNUSED_RESULT;

typedef enum {
    ROUTES_ALL,
    ROUTES_WIDE, /* only those that lead to other networks: see below */
} RouteRange;

/* Reads an RTM_NEWROUTE message. *ROUTE is NULL where it is not kept: a cached route, one of a type that
 * no packet to another host ends in, or one that is not of RANGE. *WIDE is whether it is a unicast route
 * to everything, to half of everything or to all of IPv6's global unicast (2000::/3, RFC 4291). Returns
 * false with NICFIX_ERROR_NETLINK where the message is malformed; a route outside RANGE is not looked
 * into further. */
bool route_from_message(const struct nlmsghdr *message, RouteRange range, Route **route, bool *wide,
                        GError **error) G_GNUC_WARN_UNUSED_RESULT;
