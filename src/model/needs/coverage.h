/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether what a downstream sends out by another link is accepted: the verdict on the usual new TCP
 * connection from each of its networks to a host elsewhere. */
#pragma once

#include "model/host/topology.h"
#include "model/firewalld/verdict.h"

typedef enum {
    COVERAGE_IDLE,     /* nothing goes this way */
    COVERAGE_ACCEPTED, /* all that does is accepted */
    COVERAGE_OPEN,     /* it depends on the flow, or cannot be told */
    COVERAGE_REFUSED,  /* some network's flows are surely not accepted */
} Coverage;

/* The worst of what goes one way. */
typedef struct {
    Coverage coverage;
    Flow flow;        /* that fares worst, except where nothing does */
    const char *zone; /* that filters this flow; NULL: not known */
} WayCoverage;

/* What was found out about the ways through one snapshot. Ways that are filtered alike are looked
 * at once. */
typedef struct CoverageMap CoverageMap;

/* SNAPSHOT and TOPOLOGY must outlive the result. */
CoverageMap *coverage_map_new(const Snapshot *snapshot, const Topology *topology);
void coverage_map_free(CoverageMap *map);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CoverageMap, coverage_map_free)

/* The coverage of what comes in by DOWNSTREAM by UPLINK. */
WayCoverage coverage_of(CoverageMap *map, const Link *downstream, const Link *uplink);

/* The same for what ports of BRIDGE send one another, where br_netfilter shows bridged frames to
 * the IP hooks (input and output interface are the bridge then); COVERAGE_IDLE where it does not,
 * or where there are fewer than two ports. */
WayCoverage coverage_within_bridge(CoverageMap *map, const Link *bridge);

/* The same for what hosts in BRIDGE's network and those of the same network on other hosts, behind
 * TUNNEL, send one another; COVERAGE_IDLE where the tunnel has no address in that network. */
WayCoverage coverage_through_overlay(CoverageMap *map, const Link *bridge, const Link *tunnel);

/* The sentence that says what decides about WAY's flow (transfer full). */
char *coverage_reason(const CoverageMap *map, const WayCoverage *way);
