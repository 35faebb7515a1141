/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What this host is there to pass, beside what its downstreams send out through its uplinks. */
#pragma once

#include "model/needs/need.h"

/* The needs of SNAPSHOT (Need; transfer full), each judged by MAP, which must outlive the result as
 * must TOPOLOGY. Those of NEED_OUTSIDE, NEED_WITHIN_BRIDGE and NEED_OVERLAY are not among them:
 * coverage.h has them, a host may have a million. */
GPtrArray *needs_of(const Snapshot *snapshot, const Topology *topology, CoverageMap *map);

/* Counts the uplinks whose own networks this host routes elsewhere, as NEEDS says declaredly or
 * evidently, as downstreams, too. */
void needs_note_roles(const GPtrArray *needs, Topology *topology);

/* The same where nobody wants the needs themselves. */
void needs_find_roles(const Snapshot *snapshot, Topology *topology);
