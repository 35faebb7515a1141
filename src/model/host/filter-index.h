/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a zone or a policy accepts and refuses, by what decides whether a packet can meet it: the phase, the
 * priority and the port. A verdict then costs what is about the packet's port, not all that there is. */
#pragma once

#include "model/host/firewalld.h"

/* The chains that rich rules are in, in the order in which a packet passes them (firewalld.richlanguage(5),
 * "Information about logging and actions"). */
typedef enum {
    RICH_PHASE_PRE,   /* those with a negative priority, and what is not understood */
    RICH_PHASE_DENY,  /* those without a priority that refuse */
    RICH_PHASE_ALLOW, /* those without a priority that accept */
    RICH_PHASE_POST,  /* those with a positive priority */
    RICH_PHASE_NONE,  /* logs, marks and rewrites: they decide nothing */
    N_RICH_PHASES = RICH_PHASE_NONE,
} RichPhase;

/* Goes through some of a list in its order, for port_walk_next(). To be taken as opaque. */
typedef struct {
    const struct PortList *list;
    const GArray *of_port;
    guint next_of_port;
    const GArray *of_any;
    guint next_of_any;
} PortWalk;

/* The next item, or NULL at the end. */
gconstpointer port_walk_next(PortWalk *walk);

/* The RichRule of PHASE in FILTER that a packet to PORT can match, 0: to a port that is not known. They come by
 * their priority, those of one priority in firewalld's order. */
PortWalk filter_rich_rules(const Filter *filter, RichPhase phase, guint16 port);

/* The RichRule of FILTER that forward a port, to be met by a packet to PORT, and those that masquerade or are not
 * understood, in firewalld's order. */
PortWalk filter_rich_forward_ports(const Filter *filter, guint16 port);
PortWalk filter_rich_masquerades(const Filter *filter);

/* The PortRange of FILTER's ports that PORT can be in, in firewalld's order. */
PortWalk filter_ports(const Filter *filter, guint16 port);
