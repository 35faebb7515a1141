/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the kernel does with walkers between the hooks, whatever the rules: where it routes them, and which
 * it refuses. These end, with a stage PATH_ROUTE. Used by the path only. */
#pragma once

#include "model/kernel/walk.h"

/* Sorts the walkers, which have passed PREROUTING, into those that are delivered and those that are
 * forwarded (Walker; both are added to). */
void walk_route_arrivals(Walk *walk, GArray *delivered, GArray *forwarded);

/* What the host sends is routed before OUTPUT: false where the kernel has refused the only walker. */
bool walk_route_departure(Walk *walk);

/* And again, after OUTPUT, where its destination was translated there, or its mark has changed. */
void walk_reroute_departures(Walk *walk);

/* Ends what does not get from port to port of a bridge, where no chain of IP is asked. */
void walk_lose_isolated(Walk *walk);
