/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A packet's walk in the making: walkers pass one hook after another until each has ended as a way of
 * the path. Used by the path and its parts only. */
#pragma once

#include "model/kernel/hooked-chains.h"

/* A way as far as it has come: stages of ways that part share their beginning. */
typedef struct Stages Stages;

typedef struct {
    World world;
    const Stages *stages;
    const Link *in;
    const Link *out;
    bool switched;  /* from port to port of a bridge, not routed */
    bool delivered; /* to this host itself */
} Walker;

typedef struct {
    const Snapshot *snapshot;
    const Flow *flow;
    ChainScope scope; /* SWITCHED is of the walkers whose chains of family bridge are asked for */
    Path *path;
    GHashTable *told; /* GBytes: what tells the ways of PATH apart */
    GPtrArray *arena; /* Stages */
    GArray *walkers;  /* Walker: those that are still on their way */
} Walk;

/* A walk that has no walker yet; walk_end() frees it. */
Walk walk_begin(const Snapshot *snapshot, const Flow *flow, PathTables tables);

/* The path with the ways of all walkers that have ended (transfer full). */
Path *walk_end(Walk *walk);

/* Runs all chains of HOOK on each walker, for DEVICE as hooked_chains() says, and conntrack where that is
 * due. Those that are left go on; the others have ended. */
void walk_run_hook(Walk *walk, PathHook hook, const Link *device);

/* WALKER has STAGE, which is copied, behind it. */
void walk_add_stage(Walk *walk, Walker *walker, const PathStage *stage);

/* Ends the way of WALKER with OUTCOME, by LOSS or, LOSS_NONE, by the rules. PATH keeps it unless it has
 * one that was decided alike. WALKER itself stays where it is. */
void walk_finish(Walk *walk, const Walker *walker, Outcome outcome, PathLoss loss);
