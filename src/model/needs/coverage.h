/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether what comes in on one link is accepted on its way out through another: the verdict on the
 * usual new TCP connection from each of the networks there to a host elsewhere. */
#pragma once

#include "model/host/topology.h"
#include "model/kernel/judgement.h"

typedef enum {
    COVERAGE_IDLE,      /* nothing goes this way */
    COVERAGE_ACCEPTED,  /* everything that goes this way is accepted */
    COVERAGE_OPEN,      /* it depends on the flow, or on what could not be read */
    COVERAGE_ELSEWHERE, /* firewalld accepts it, and another program's rules or the kernel's routing
                           certainly refuse the flows of at least one network */
    COVERAGE_REFUSED,   /* firewalld certainly refuses the flows of at least one network */
} Coverage;

/* The worst of what goes one way; zero where nothing does. */
typedef struct {
    Coverage coverage;
    Flow flow; /* the one that fares worst */
    const Judgement
        *judgement; /* its outcome and its zones (of the map); coverage_judgement() names
                                   its links, too */
} WayCoverage;

/* The verdicts on the ways through one snapshot. Flows that no rule can tell apart are judged
 * once. */
typedef struct CoverageMap CoverageMap;

/* SNAPSHOT and TOPOLOGY must outlive the result. */
CoverageMap *coverage_map_new(const Snapshot *snapshot, const Topology *topology);
void coverage_map_free(CoverageMap *map);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CoverageMap, coverage_map_free)

/* The coverage of the way from DOWNSTREAM out through UPLINK. */
WayCoverage coverage_of(CoverageMap *map, const Link *downstream, const Link *uplink);

/* The coverage of the ways between ports of BRIDGE where br_netfilter passes bridged frames to the
 * IP hooks (with the bridge as input and output interface); COVERAGE_IDLE where it does not,
 * where there are fewer than two ports, or where all of them are isolated from one another. */
WayCoverage coverage_within_bridge(CoverageMap *map, const Link *bridge);

/* The coverage of the ways between BRIDGE's network here and its hosts behind TUNNEL, in both
 * directions; COVERAGE_IDLE where the tunnel has no address in that network. */
WayCoverage coverage_through_overlay(CoverageMap *map, const Link *bridge, const Link *tunnel);

/* How FLOW itself fares: judged alone, and not with others of its class. Its names must outlive MAP. */
WayCoverage coverage_of_flow(CoverageMap *map, const Flow *flow);

/* How FLOW fares, judged once with others of its class; COVERAGE_IDLE never. Its names must outlive MAP. */
WayCoverage coverage_of_usual_flow(CoverageMap *map, const Flow *flow);

/* The usual new connection of FAMILY from IN out through OUT, to a host that no setting names. */
Flow coverage_usual_flow(Family family, const char *in, const char *out);

/* The judgement on WAY's own flow, which must not be idle (transfer none: it lives as long as MAP). */
const Judgement *coverage_judgement(CoverageMap *map, const WayCoverage *way);

/* Judges FLOW only to compare the kernel's rules with the configuration. */
void coverage_compare(CoverageMap *map, const Flow *flow);

/* The judged flows of which the kernel's rules of firewalld say something else than its configuration
 * (element type Judgement, transfer none). */
const GPtrArray *coverage_differing(const CoverageMap *map);
