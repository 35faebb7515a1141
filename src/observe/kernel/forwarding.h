/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether this host forwards packets: for each link and for all of them, and whether packets that a
 * bridge switches pass the IP layer's firewall. */
#pragma once

#include "model/host/snapshot.h"
#include "observe/kernel/netlink.h"

/* Stores forwarding in SNAPSHOT and in the links it has, and bridge_call_iptables and
 * bridge_call_ip6tables from /proc. What the kernel does not report stays TRISTATE_UNKNOWN. On an error,
 * one of netlink_list(), SNAPSHOT is unchanged. */
bool forwarding_observe(Netlink *netlink, Snapshot *snapshot,
                        GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What one message tells; TRISTATE_UNKNOWN and 0 where it does not. */
typedef struct {
    int index; /* of the link, or NETCONFA_IFINDEX_ALL or NETCONFA_IFINDEX_DEFAULT */
    Tristate forwarding;
    Tristate skip_linkdown; /* ignore_routes_with_linkdown */
    int rp_filter;
} ForwardingSwitches;

/* Reads an RTM_NEWNETCONF message. Returns false with NICFIX_ERROR_NETLINK, and leaves SWITCHES alone,
 * where it is malformed. */
bool forwarding_from_message(const struct nlmsghdr *message, ForwardingSwitches *switches,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Reads a switch of /proc/sys, a file of one number: TRISTATE_UNKNOWN where the file is missing
 * or holds something else. */
Tristate sysctl_switch(const char *path);
