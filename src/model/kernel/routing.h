/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where the kernel routes a packet, worked out from the snapshot's addresses, routes and rules as
 * fib_lookup() of the kernel would. Pure: the kernel itself is asked by observe/kernel/route-lookup,
 * which this agrees with or is silent. */
#pragma once

#include "model/host/flow.h"
#include "model/host/snapshot.h"

typedef enum {
    ROUTING_UNKNOWN, /* the snapshot does not have all routes, or the question leaves it open */
    ROUTING_FORWARD, /* out by a link */
    ROUTING_LOCAL,   /* to this host */
    ROUTING_BROADCAST,
    ROUTING_MULTICAST,
    ROUTING_NONE, /* no route */
    ROUTING_UNREACHABLE,
    ROUTING_PROHIBIT,
    ROUTING_BLACKHOLE,
} RoutingKind;

typedef struct {
    IpPrefix destination;
    const IpPrefix *source; /* NULL: not told; of what this host sends: it has chosen none yet */
    bool any_source;        /* this host sends it, and the source is not told; of a packet whose way
                               back is asked: its destination is not */
    const Link *in;         /* NULL: this host sends it */
    const Link *out;        /* NULL: the sender is not bound to a link */
    guint32 mark;
    guint8 protocol;     /* IPPROTO_*, 0: not told */
    guint16 source_port; /* 0: not told */
    guint16 destination_port;
    const Link *leaves; /* of a forwarded packet whose way back is asked: the link it goes out by */
    bool any_transport; /* what is 0 of these is not told; else the packet has none of it */
} RoutingQuestion;

typedef struct {
    RoutingKind kind;
    const Link *out; /* of ROUTING_FORWARD and ROUTING_BROADCAST, NULL: a link that is not there */
    const Route *route; /* of ROUTING_FORWARD and the refusals, NULL: none in particular */
} Routing;

/* The type of service is taken to be 0, as that of nearly all packets is. A link whose neighbours do
 * not answer counts like any other. */
Routing routing_of(const Snapshot *snapshot, const RoutingQuestion *question);

/* The nexthop by which a packet leaves that is routed as ROUTING says; NULL: none, or any of several
 * (transfer none). */
const Nexthop *routing_nexthop(const Routing *routing);

/* Whether what leaves by LINK (NULL: a link that is not there) leaves by OUT: that, or the VRF it is in. */
bool routing_leaves_by(const Snapshot *snapshot, const Link *link, const Link *out);

/* The address that this host chooses as the source of what it sends to DESTINATION by ROUTING; false
 * where that cannot be told. */
bool routing_source(const Routing *routing, const IpAddress *destination, IpAddress *source);

/* The types (1 << RTN_UNICAST, _LOCAL, _BROADCAST, _MULTICAST) that addresses in PREFIX may have to
 * this host. ON, where it is not NULL, is the only link whose addresses count as local. */
guint address_types(const Snapshot *snapshot, const IpPrefix *prefix, const Link *on);
