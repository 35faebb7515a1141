/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kernel's answer to a look-up of a route, worked out from a snapshot: for one that comes from a
 * file there is no kernel to ask. */
#pragma once

#include "model/host/snapshot.h"
#include "observe/kernel/route-lookup.h"

/* Fills ANSWER as route_lookup() would on the host of SNAPSHOT. Returns false where the snapshot leaves
 * it open: it does not have all routes, or the kernel chooses among several by what is not in it. */
bool route_answer_from_snapshot(const Snapshot *snapshot, const RouteQuestion *question,
                                RouteAnswer *answer);
