/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What conntrack makes of a packet that belongs to no connection which it knows. */
#pragma once

#include "model/host/flow.h"

typedef enum {
    BEGINS_CONNECTION,
    BEGINS_MAYBE, /* or it is not tracked */
    BEGINS_NOTHING_UNTRACKED,
    BEGINS_NOTHING_INVALID,
} Beginning;

/* What a packet of ICMP begins, by its TYPE (-1: not known): an answer or an error by itself is invalid,
 * and neighbour discovery is not tracked. Source: noct_valid_new[] and valid_new[] of Linux,
 * nf_conntrack_proto_icmp.c and nf_conntrack_proto_icmpv6.c. */
Beginning icmp_beginning(Family family, int type);

/* Whether the packet of FLOW has the state "invalid". */
bool flow_is_invalid(const Flow *flow);
