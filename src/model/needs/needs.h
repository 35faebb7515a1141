/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What this host is there to pass, beside what its downstreams send out through its uplinks. */
#pragma once

#include "model/needs/need.h"

/* The needs of SNAPSHOT (Need; transfer full), each judged by MAP, which must outlive the result as
 * must TOPOLOGY. Those of NEED_OUTSIDE, NEED_WITHIN_BRIDGE and NEED_OVERLAY are not among them:
 * coverage.h has them, a host may have a million. */
GPtrArray *needs_of(const Snapshot *snapshot, const Topology *topology, CoverageMap *map);
