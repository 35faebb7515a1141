/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What no cure may do, however well it cures: what an operator would have to pay for it. */
#pragma once

#include "model/diagnosis/diagnosis.h"
#include "model/plan/exposure.h"

typedef enum {
    HARM_NONE,
    HARM_NAME,        /* interface: firewalld's files cannot hold its name */
    HARM_OWNERS_LINK, /* interface, zone: its program puts it into that zone, and fails elsewhere */
    HARM_OUTSIDE_INSIDE,   /* interface, zone: leads outside, and the zone is made for inside */
    HARM_LEAVES_REFUSAL,   /* interface, zone: it is taken out of a zone that refuses on purpose */
    HARM_RELOAD,           /* a reload, which loses what is in the running firewall only */
    HARM_EQUAL_PRIORITIES, /* zone: a policy of the same priority, which this version mixes up */
    HARM_TRANSLATION, /* interface, zone (NULL): what leaves through it is masqueraded no more */
    HARM_CLOSES,      /* interface, service: something listens there */
    HARM_BREAKS,      /* interface (NULL): what comes in there passes now, and may not afterwards */
} HarmKind;

typedef struct {
    HarmKind kind;
    const char *interface;
    const char *zone;
    const char *service;
} Harm;

/* What ACTIONS do to DIAGNOSIS's host SNAPSHOT by themselves. The result points into these. */
Harm harm_of_actions(const Snapshot *snapshot, const Diagnosis *diagnosis,
                     const GPtrArray *actions);

/* What the difference of which EXPOSURE is does to the host that was SNAPSHOT. */
Harm harm_of_exposure(const Snapshot *snapshot, const Exposure *exposure);

/* What passes by BEFORE and is refused by AFTER. */
Harm harm_of_findings(const Diagnosis *before, const Diagnosis *after);

/* Whether LINK leads to other networks that are not the user's own: it has a default route and a public
 * address, or is bound to a zone that is made for outside. */
bool link_leads_outside(const Snapshot *snapshot, const Topology *topology, const Link *link);

/* The zone that the program which made LINK puts it into, of those that FIREWALLD has; NULL where no
 * such program is known (static). "docker" also where there is no such zone: dockerd makes it. */
const char *zone_of_owner(const Firewalld *firewalld, const Link *link);
