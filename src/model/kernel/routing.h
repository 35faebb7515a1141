/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where the kernel routes a packet, worked out from the snapshot's addresses, routes and rules as
 * fib_lookup() of the kernel would. Pure: the kernel itself is asked by observe/kernel/route-lookup,
 * which this agrees with or is silent. */
#pragma once

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
    const IpPrefix *source; /* NULL: not told */
    const Link *in;         /* NULL: this host sends it */
    const Link *out;        /* NULL: the sender is not bound to a link */
    guint32 mark;
} RoutingQuestion;

typedef struct {
    RoutingKind kind;
    const Link *out; /* of ROUTING_FORWARD and ROUTING_BROADCAST, NULL: a link that is not there */
    const Route *route; /* of ROUTING_FORWARD and the refusals, NULL: none in particular */
} Routing;

Routing routing_of(const Snapshot *snapshot, const RoutingQuestion *question);

/* The types (1 << RTN_UNICAST, _LOCAL, _BROADCAST, _MULTICAST) that addresses in PREFIX may have to
 * this host. ON, where it is not NULL, is the only link whose addresses count as local. */
guint address_types(const Snapshot *snapshot, const IpPrefix *prefix, const Link *on);
