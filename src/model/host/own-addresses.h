/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The addresses that a host listens to, by address: its own, those of its networks' broadcasts, and those that a
 * router has in each of its networks. Every flow that is asked about looks up both of its ends. */
#pragma once

#include "model/host/snapshot.h"

/* Types of routes (RTN_LOCAL, RTN_BROADCAST of rtnetlink(7)), as bits 1 << RTN_*, that the addresses of all links
 * give to ADDRESS: 0 where none does. WITHOUT_VRFS: of those links that are neither a VRF nor in one. */
guint own_address_types(const Snapshot *snapshot, const IpAddress *address, bool without_vrfs);

/* The same of one link, and of all addresses in PREFIX: those that some of them have. */
guint link_address_types(const Link *link, const IpPrefix *prefix);

/* Whether ADDRESS is the last one of the IPv4 NETWORK, to which all of its hosts listen (not of /31 and /32,
 * RFC 3021). */
bool is_broadcast_of(const IpPrefix *network, const IpAddress *address);

/* Whether a link of the host has ADDRESS. */
bool snapshot_owns_address(const Snapshot *snapshot, const IpAddress *address);

/* Of no link yet: each snapshot has one, which its copies share. */
OwnAddresses *own_addresses_new(void);
OwnAddresses *own_addresses_ref(OwnAddresses *own);
void own_addresses_unref(OwnAddresses *own);
