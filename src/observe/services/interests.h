/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which interfaces are asked after, beyond what firewalld's zones tell: those whose binding decides
 * something. A host may have thousands of links, and each question costs a call. */
#pragma once

#include "model/host/topology.h"

/* What makes a link interesting on one host. */
typedef struct {
    const Snapshot *snapshot;
    const Topology *topology;
    const char *const *named; /* what is to be looked at whatever it is, even no link; NULL: none */
    bool all_downstreams;     /* those that no zone binds, too */
} Interests;

/* The names of the uplinks, of the uplinks and downstreams that a zone binds by name, and of what
 * else INTERESTS asks for. Valid while the snapshot is (element type utf8, transfer container). */
GPtrArray *interests_links(const Interests *interests);

/* The same, and the wildcards ("cni+") that bind an uplink or a downstream: what firewalld's
 * permanent configuration is asked for. */
GPtrArray *interests_bindings(const Interests *interests);
