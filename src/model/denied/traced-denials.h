/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The packets that the kernel refused, out of the messages of its trace, one at a time: what is kept has
 * a fixed size, however many come. */
#pragma once

#include "model/denied/denial.h"

typedef struct TracedDenials TracedDenials;

typedef struct {
    LoggedPacket packet; /* without the names of its interfaces, and with the prefix of DENIAL */
    int iif;             /* 0: this host sent it */
    int oif;             /* 0: it is for this host, or it was not yet known */
    Denial denial;
} TracedDenial;

/* For the traces that the table TABLE makes. */
TracedDenials *traced_denials_new(const char *table);
void traced_denials_free(TracedDenials *traced);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TracedDenials, traced_denials_free)

/* Takes MESSAGE. Returns true and fills *DENIED (to be cleared) where it says that a packet was refused.
 * RULESET has the rules of that time, NULL: they are not known. */
bool traced_denials_take(TracedDenials *traced, const TraceMessage *message, const Ruleset *ruleset,
                         TracedDenial *denied);

/* How many refused packets are not known because messages about them are missing. */
guint64 traced_denials_lost(const TracedDenials *traced);

void traced_denial_clear(TracedDenial *denied);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(TracedDenial, traced_denial_clear)
