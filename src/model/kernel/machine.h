/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The nf_tables machine: runs the expressions of a base chain, and of the chains it jumps to, on a
 * packet of which not everything is known.
 *
 * Where a rule may match and may not, both go on: each is a world, a packet with what the rules met
 * so far have taught about it. Worlds of which one includes another are joined, so that their number
 * stays small. The answer of a chain is what becomes of each world that ends in it. */
#pragma once

#include "model/firewalld/verdict.h"
#include "model/kernel/packet.h"
#include "model/host/ruleset.h"

/* What a rule that matched did, on a world's way. Nodes belong to the machine that made them. */
typedef struct TraceNode TraceNode;
struct TraceNode {
    const TraceNode *before; /* NULL: the first */
    const NftTable *table;
    const NftChain *chain;
    const NftRule *rule; /* NULL: the chain's policy */
};

typedef struct {
    Packet packet;
    const TraceNode *trace; /* the last rule that did something; NULL: none */
} World;

/* Why what becomes of a packet cannot be told: one of these words, or the name of the expression or
 * target that it is handed to. */
#define OBSTACLE_MALFORMED "malformed" /* a rule that no kernel accepts */
#define OBSTACLE_NO_SET    "no-set"    /* a rule looks up a set that is not in the ruleset */
#define OBSTACLE_NO_CHAIN  "no-chain"  /* a rule jumps to a chain that is not in the ruleset */
#define OBSTACLE_LARGE_MAP "large-map" /* too many elements of a verdict map may be meant */
#define OBSTACLE_UNKNOWN   "unknown"   /* an expression that not even has a name */

/* A world whose way through a base chain has ended. */
typedef struct {
    World world;
    Outcome outcome;      /* OUTCOME_ANY where the deciding rule hands the packet to something that
                             is not modelled */
    const char *obstacle; /* NULL, or one of those words */
} End;

typedef struct {
    const Snapshot *snapshot;
    const Flow *flow;
    guint32 hook;      /* NF_INET_* of the chain that runs */
    guint64 budget;    /* how often a rule may still be run, on any world */
    bool exhausted;    /* the budget was spent, or jumps were too deep: there is no answer */
    bool broken;       /* a rule names a chain or a set that is not there */
    GPtrArray *traces; /* TraceNode */
} Machine;

Machine *machine_new(const Snapshot *snapshot, const Flow *flow);
void machine_free(Machine *machine);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Machine, machine_free)

/* Takes COST off the budget; false where it is spent. */
bool machine_spend(Machine *machine, guint64 cost);

/* Runs the base chain CHAIN of TABLE on WORLD at HOOK and adds to ENDS (End) what may become of it. */
void machine_run(Machine *machine, const NftTable *table, const NftChain *chain, guint32 hook,
                 const World *world, GArray *ends);
