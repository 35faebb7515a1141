/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The ends of a host that an exposure compares the flows of. Each link stands for one or two: its own
 * networks, and for an uplink all others. Ends that firewalld cannot tell apart, before and after, are one
 * class. Used by the exposure only. */
#pragma once

#include "model/needs/flow-classes.h"
#include "model/plan/exposure.h"

/* Where flows come from or go to. */
typedef struct {
    const Link *link;
    const char *name; /* as netfilter's input sees the link */
    Family family;
    FlowAddress address;
    bool is_outside;
    bool is_uplinks;   /* it leads to other networks, by its link */
    bool is_uplink;    /* likewise, or it is the network of a network card */
    const char *class; /* of flow_classes_find() */
} FlowPlace;

/* Ends that are filtered alike; the first stands for all. */
typedef struct {
    const FlowPlace *end;
    const FlowPlace *second; /* on another link than END; NULL: there is none */
    GHashTable *names;       /* of all links of the class */
    bool touched;            /* an action is about it */
} PlaceClass;

struct ExposureBase {
    const Snapshot *snapshot;
    const Topology *topology;
    FlowClasses *classes;
    GArray *ends; /* FlowPlace */
};

/* A flow for this host by TCP from END, whose strings it has. */
Flow flow_from_place(const FlowPlace *end);

/* The classes of BASE's ends (PlaceClass; transfer full): those of one are filtered alike now, and in AFTER,
 * which ACTIONS (Action) lead to. BASE must outlive them. */
GPtrArray *place_classes_of(const ExposureBase *base, const Snapshot *after,
                            const GPtrArray *actions);
