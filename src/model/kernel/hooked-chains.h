/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which base chains a hook asks about a packet, and in which order. Used by the walk only. */
#pragma once

#include "model/kernel/path.h"

/* Whose chains come into question. */
typedef struct {
    const Snapshot *snapshot;
    Family family; /* the packet's */
    PathTables tables;
    bool switched; /* the packet goes from port to port of a bridge, and is not routed */
} ChainScope;

typedef struct {
    const NftTable *table;
    const NftChain *chain;
    gint32 priority; /* at which it runs: where that is not the chain's own, nf_nat's */
} HookedChain;

/* The chains that HOOK asks, in their order (HookedChain; transfer full). DEVICE is the link whose own
 * chains are meant, at PATH_INGRESS and PATH_EGRESS; NULL at the others. */
GArray *hooked_chains(const ChainScope *scope, PathHook hook, const Link *device);

/* The ports of BRIDGE that have chains of their own at HOOK (const Link; transfer full). */
GPtrArray *hooked_ports(const ChainScope *scope, PathHook hook, const Link *bridge);
