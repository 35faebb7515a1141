/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Looking up partly known keys in sets and maps. Used by the machine only. */
#pragma once

#include "model/kernel/registers.h"

/* What a look-up may find. */
typedef struct {
    GPtrArray *candidates; /* NftElement: each of them may be it; one of them is it if !may_miss */
    bool may_miss;         /* it may find nothing */
} Findings;

/* What it costs to look that key up, of a rule's own cost: set_lookup() goes through all elements where
 * it has to. */
guint64 set_lookup_cost(const NftSet *set, const Registers *registers, gint at);

/* Looks up the key that begins at register AT, in SET. Takes time in the size of SET where the key is
 * partly known, else in its logarithm (concatenations with intervals excepted). */
Findings set_lookup(const NftSet *set, const Registers *registers, gint at, const Packet *packet);
void findings_clear(Findings *findings);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Findings, findings_clear)
