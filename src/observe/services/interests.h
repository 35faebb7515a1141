/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which interfaces to read bindings and profiles of: those whose binding matters. A host may have
 * thousands of links, and each costs a call. */
#pragma once

#include "model/host/topology.h"

/* What makes a link interesting on one host. */
typedef struct {
    const Snapshot *snapshot;
    const Topology *topology;
    const char *const
        *named;           /* names that are interesting even if no such link exists; NULL: none */
    bool all_downstreams; /* also those that no zone binds */
} Interests;

/* The names of the uplinks, of the uplinks and downstreams that a zone binds by name, and of
 * what else INTERESTS names. Valid while the snapshot is (element type utf8, transfer container). */
GPtrArray *interests_links(const Interests *interests);

/* The same, and the wildcards ("cni+") that bind an uplink or a downstream: the names whose permanent
 * binding is read. */
GPtrArray *interests_bindings(const Interests *interests);
