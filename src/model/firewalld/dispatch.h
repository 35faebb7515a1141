/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which zone firewalld sends a packet to, on its way in and (from 2.0) on its way out. */
#pragma once

#include "model/firewalld/match.h"
#include "model/host/release.h"

typedef enum {
    BOUND_BY_NOTHING,   /* no zone at all: firewalld has no default zone that could be read */
    BOUND_BY_CATCH_ALL, /* the default zone takes what nothing else takes */
    BOUND_BY_WILDCARD,  /* an interface of the zone that ends in "+" or "*" */
    BOUND_BY_INTERFACE, /* an interface of the zone */
    BOUND_BY_SOURCE,    /* an address, a MAC or a set of the zone's sources */
} BoundBy;

/* A zone that a packet may be sent to. */
typedef struct {
    const Zone *zone; /* NULL only with BOUND_BY_NOTHING */
    BoundBy by;
    const char *binding; /* the interface or source that matched; NULL for the catch-all */
    bool by_mac;         /* the source is a MAC address, or a set of them */
    Match match;         /* MATCH_MAYBE: a later one of the list may take the packet instead */
    bool by_load_order;  /* right if the bindings are still in the order they were loaded in */
} ZoneMatch;

typedef enum {
    DISPATCH_INGRESS, /* by the input interface and the source address */
    DISPATCH_EGRESS,  /* by the output interface and the destination address */
} DispatchSide;

typedef enum {
    DISPATCH_TO_FIRST, /* the list ends with the first zone that certainly matches */
    DISPATCH_TO_EVERY, /* each zone that matches, for chains that go on after one */
} DispatchExtent;

/* The zones FLOW may be sent to on SIDE, in the order they are tried; never empty, and the last
 * one certainly matches. INGRESS is the zone of the other side where SIDE is the egress, else NULL.
 * Element type ZoneMatch (transfer full). */
GArray *dispatch(const Snapshot *snapshot, const Flow *flow, DispatchSide side,
                 const ZoneMatch *ingress, DispatchExtent extent);

/* The first of them. */
ZoneMatch dispatch_first(const Snapshot *snapshot, const Flow *flow, DispatchSide side);

/* The zone that filters what comes in on the interface NAME, sources aside: what `list` and
 * `check` show of a link. */
ZoneMatch dispatch_interface(const Snapshot *snapshot, const char *name);

/* 2.0 to 2.4 keep rules of an interface that was bound when firewalld loaded and was moved or unbound at
 * run time: those between it and what its old zone still holds. Returns the one of FLOW's interfaces whose
 * rules may be there, and puts its old zone to *FROM; NULL where there is none. That somebody moved it is
 * seen by another permanent zone; where both were changed alike, only by the kernel's rules. */
const char *dispatch_kept_rules(const Snapshot *snapshot, const Flow *flow, ZoneMatch *from);

/* Whether rules of ZONE would stay if the interface NAME, which it binds, left it at run time: in those
 * releases where it was bound when firewalld loaded, and the zone is still in force without it. */
bool dispatch_would_keep_rules(const Snapshot *snapshot, const char *name, const char *zone);

/* Whether MATCH is by an interface that its zone names, itself or by a wildcard. */
static inline bool zone_match_is_binding(const ZoneMatch *match)
{
    return match->by == BOUND_BY_INTERFACE || match->by == BOUND_BY_WILDCARD;
}

/* The word for how an interface is bound in JSON: "interface", "wildcard", "catch-all", or NULL. */
const char *bound_by_word(BoundBy by);
