/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The IP addresses of links. */
#pragma once

#include "model/host/snapshot.h"
#include "observe/kernel/netlink.h"

/* Gives each of the LINKS (element type Link) its addresses, in the kernel's order; addresses of
 * other links are ignored. On an error, one of netlink_list(), LINKS are unchanged. */
bool link_addresses_observe(Netlink *netlink, const GPtrArray *links,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Reads an RTM_NEWADDR message into *ADDRESS and the index of its link into *INDEX; *INDEX is 0
 * where it is of a family other than IPv4 and IPv6. Where the address has a peer, as on a
 * point-to-point link, the prefix length is the peer's (rtnetlink(7): IFA_LOCAL beside
 * IFA_ADDRESS), and the link's own network is its address alone. Returns false with
 * NICFIX_ERROR_NETLINK, and leaves both alone, where it is malformed. */
bool link_address_from_message(const struct nlmsghdr *message, int *index, LinkAddress *address,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;
