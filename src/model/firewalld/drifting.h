/* SPDX-License-Identifier: GPL-2.0-or-later */
/* AllowZoneDrifting of firewalld 0.9: a packet visits the zone of its address and then that of its
 * interface, on its way in and, where it is forwarded, on its way out. Each of them ends it only with a
 * target other than "default" (read in the source of 0.9.3, tested with it). */
#pragma once

#include "model/firewalld/dispatch.h"

/* Whether FLOW does so with the firewalld of SNAPSHOT. NO, too, where no source of a zone matches: it
 * makes no difference then. MAYBE where that is open, or the option could not be read. */
Match zones_drift(const Snapshot *snapshot, const Flow *flow);

/* The zones that such a flow visits on SIDE, one after the other (element type ZoneMatch; transfer
 * full). */
GArray *zones_drifted_through(const Snapshot *snapshot, const Flow *flow, DispatchSide side);
