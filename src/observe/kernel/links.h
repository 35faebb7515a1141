/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The links of this host with their addresses, by rtnetlink(7). */
#pragma once

#include "model/host/snapshot.h"
#include "observe/kernel/netlink.h"

/* Adds all links, in the order of their indices, with their addresses to SNAPSHOT. Links that come
 * or go meanwhile are not an error. On an error, one of netlink_list(), SNAPSHOT is unchanged. */
bool links_observe(Netlink *netlink, Snapshot *snapshot, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Reads an RTM_NEWLINK message. Returns NULL with NICFIX_ERROR_NETLINK where it is malformed or has
 * no name (transfer full). What other messages carry (addresses, forwarding) is left unset. */
Link *link_from_message(const struct nlmsghdr *message, GError **error) G_GNUC_WARN_UNUSED_RESULT;
