/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Filters of traffic control that see packets before netfilter, or after it. */
#pragma once

#include "model/host/snapshot.h"
#include "observe/kernel/netlink.h"

/* Notes tc_ingress and tc_egress in the programs of each link of SNAPSHOT: where it has a qdisc of kind
 * ingress or clsact with a filter; one without filters does nothing. What the filters do is not read.
 * Errors as of netlink_list(). */
bool traffic_control_observe(Netlink *netlink, Snapshot *snapshot,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Reads an RTM_NEWQDISC message: *INDEX is that of the link whose packets filters of the qdisc may see,
 * 0 where it is of another kind. Returns false with NICFIX_ERROR_NETLINK where it is malformed. */
bool qdisc_from_message(const struct nlmsghdr *message, int *index,
                        GError **error) G_GNUC_WARN_UNUSED_RESULT;
