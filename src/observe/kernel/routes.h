/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The routes to other networks, and the rules that lead to their tables. Routing tables are streamed:
 * of a full Internet table a handful of routes is kept. */
#pragma once

#include "model/host/snapshot.h"
#include "observe/kernel/netlink.h"

/* Adds to SNAPSHOT the wide unicast routes of all tables (IPv4, then IPv6) and all rules. The
 * nexthops of a route that uses a nexthop object are the object's where it is known, else those of the
 * route itself. Errors as of netlink_list(); IPv4's may have been added then. */
bool routes_observe(Netlink *netlink, Snapshot *snapshot, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Reads an RTM_NEWROUTE message. *ROUTE is NULL where it is not kept: anything but a unicast
 * route to everything, to half of everything or to all of IPv6's global unicast (2000::/3, RFC
 * 4291), or a cached one. Returns false with NICFIX_ERROR_NETLINK, and leaves ROUTE alone, where it
 * is malformed; a route whose length or type rules it out is not checked further. */
bool route_from_message(const struct nlmsghdr *message, Route **route,
                        GError **error) G_GNUC_WARN_UNUSED_RESULT;
