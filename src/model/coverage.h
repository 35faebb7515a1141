/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether what a downstream sends out by an uplink is accepted: the verdict on the usual new TCP
 * connection from each of its networks to a host elsewhere. */
#pragma once

#include "model/topology.h"
#include "model/verdict.h"

typedef enum {
    COVERAGE_ACCEPTED,
    COVERAGE_OPEN,    /* it depends on the flow, or cannot be told */
    COVERAGE_REFUSED, /* some network's flows are surely not accepted */
} Coverage;

/* The coverage of DOWNSTREAM by UPLINK. Where it is not accepted, *REASON is set to the sentence of
 * the verdict that was worst (transfer full). */
Coverage coverage_of(const Snapshot *snapshot, const Link *downstream, const Link *uplink,
                     char **reason);

/* The same for what ports of BRIDGE send one another, where br_netfilter shows bridged frames to
 * the IP hooks (input and output interface are the bridge then); COVERAGE_ACCEPTED where it does
 * not, or where there are fewer than two ports. */
Coverage coverage_within_bridge(const Snapshot *snapshot, const Link *bridge, char **reason);

/* The zone that filters what comes from DOWNSTREAM: that of its first network. */
ZoneMatch coverage_ingress_zone(const Snapshot *snapshot, const Link *downstream);
