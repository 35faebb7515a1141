/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which routes of a host lead to other networks, and to whom the kernel's rules offer them: to
 * everything, or to the members of a VRF alone. */
#pragma once

#include "model/host/snapshot.h"

typedef struct OutsideRoutes OutsideRoutes;

/* Indexes the rules and VRFs of SNAPSHOT, which must outlive the result. */
OutsideRoutes *outside_routes_new(const Snapshot *snapshot);
void outside_routes_free(OutsideRoutes *routes);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(OutsideRoutes, outside_routes_free)

/* Whether ROUTE is as wide as a default route: one itself, 2000::/3, or half of either whose other
 * half is in the same table. */
bool outside_routes_is_wide(const OutsideRoutes *routes, const Route *route);

/* Whether some rule leads what belongs to no VRF to ROUTE. Without rules of its family the kernel
 * has only the tables it always had. */
bool outside_routes_serves_all(const OutsideRoutes *routes, const Route *route);

/* The VRF whose members some rule leads to ROUTE, or NULL (transfer none). */
const Link *outside_routes_vrf(const OutsideRoutes *routes, const Route *route);
