/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is refused on its way out by one link: the links it comes from, and the zones that refuse
 * it. The plan chooses by it. */
#pragma once

#include "model/host/snapshot.h"

typedef struct {
    GPtrArray *links; /* Link (transfer none) */
    GPtrArray *zones; /* char *: no name twice */
} Refusal;

Refusal *refusal_new(void);
void refusal_free(Refusal *refusal);

/* Notes that ZONE (NULL: not known) refuses what comes in by LINK. */
void refusal_add(Refusal *refusal, const Link *link, const char *zone);
