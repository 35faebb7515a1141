/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a change of firewalld lets pass that did not pass, and the other way round: on classes of flows
 * that firewalld filters alike, to the host's own services and from network to network. Only what the
 * actions can change is compared. */
#pragma once

#include "model/host/topology.h"
#include "model/needs/host-flows.h"
#include "model/plan/action.h"

/* Flows that fare differently afterwards. */
typedef struct {
    char *interface;  /* where they come in */
    guint alike;      /* how many further interfaces are filtered as it is */
    bool is_outside;  /* they come from other networks, by an uplink */
    char *to;         /* where they leave; NULL: they are for this host */
    guint to_alike;   /* how many further interfaces TO stands for, the sender's own aside */
    bool is_transit;  /* from other networks to other networks: from uplink to uplink */
    ServiceKind kind; /* of those for this host */
    char *name;       /* of a service or port; else empty */
    bool starts;      /* of a translation: masqueraded afterwards, not before */
} ExposureChange;

typedef struct {
    GPtrArray *opens;  /* ExposureChange: accepted afterwards, not before, the needed aside */
    GPtrArray *closes; /* ExposureChange: the other way round */
    GPtrArray
        *translates;     /* ExposureChange: pass afterwards, and are masqueraded or not as they were
                              not before */
    GPtrArray *silences; /* ExposureChange: ports that close although something listens there */
    GPtrArray *uncertain; /* ExposureChange: accepted afterwards, and perhaps not before */
} Exposure;

void exposure_free(Exposure *exposure);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Exposure, exposure_free)

/* The classes of one host before any change, for the exposures of many. */
typedef struct ExposureBase ExposureBase;

/* SNAPSHOT and TOPOLOGY must outlive the result. */
ExposureBase *exposure_base_new(const Snapshot *snapshot, const Topology *topology);
void exposure_base_free(ExposureBase *base);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ExposureBase, exposure_base_free)

/* Calls TELL, with USER, for each end of flows that BASE has, of a link and the networks behind it: PLACE is
 * the same text for all that firewalld filters alike and that lead as far. */
void exposure_base_describe_places(const ExposureBase *base,
                                   void (*tell)(const Link *link, const char *place, gpointer user),
                                   gpointer user);

/* The difference between BASE's snapshot and AFTER, which ACTIONS (Action) lead to. NEEDED (Flow; NULL
 * for none) are flows that are to pass: these and their like are not counted as opened (transfer
 * full). */
Exposure *exposure_of(const ExposureBase *base, const Snapshot *after, const GPtrArray *actions,
                      const GArray *needed);

/* How much is opened, perhaps or surely, and how much is closed, to compare cures by: a number of classes of
 * flows. A class that stands for all ports, of the host or of a network, counts as a hundred, and one from
 * other networks, which anybody can send, as a thousand times that, unless it only passes through. */
guint64 exposure_opened(const Exposure *exposure);
guint64 exposure_closed(const Exposure *exposure);
