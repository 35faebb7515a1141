/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Walkers, hooks and ways: see walk.h. What one chain does is in machine.c. */
#include "model/kernel/walk.h"

#include "model/foreach.h"

#include <linux/netfilter/nf_conntrack_common.h>
#include <linux/netfilter_ipv4.h>
#include <string.h>

struct Stages {
    const Stages *before;
    PathStage stage;
};

/* ---- ways and stages ---- */

void walk_add_stage(Walk *walk, Walker *walker, const PathStage *stage)
{
    Stages *stages = g_new(Stages, 1);
    *stages = (Stages){walker->stages, *stage};
    g_ptr_array_add(walk->arena, stages);
    walker->stages = stages;
}

static void path_way_free(PathWay *way)
{
    g_ptr_array_unref(way->stages);
    g_free(way);
}

static GPtrArray *stages_in_order(const Stages *last)
{
    GPtrArray *stages = g_ptr_array_new_with_free_func(g_free);
    for (const Stages *each = last; each != NULL; each = each->before)
        g_ptr_array_insert(stages, 0, g_memdup2(&each->stage, sizeof each->stage));
    return stages;
}

/* What tells one way from another: a second one that was decided by the same rule in the same manner
 * tells nothing new. */
typedef struct {
    guint outcome;
    guint loss;
    guint translated;
    guint port;
    IpAddress to;
    guint is_decided;
    const NftRule *rule;
    const NftChain *base;
} TellingParts;

static GBytes *telling_parts(const PathWay *way)
{
    TellingParts *parts = g_new0(TellingParts, 1); /* what pads them, too */
    const PathStage *stage = path_way_decision(way);
    parts->outcome = way->outcome;
    parts->loss = way->loss;
    parts->translated = way->translated;
    parts->port = way->port;
    memcpy(&parts->to, &way->to.address, sizeof parts->to);
    parts->is_decided = stage != NULL;
    parts->rule = stage != NULL ? stage->rule : NULL;
    parts->base = stage != NULL ? stage->base : NULL;
    return g_bytes_new_take(parts, sizeof *parts);
}

/* Nobody reads more of them, and hosts have lists of thousands of addresses that may be meant. */
#define WAYS_MAX 512

void walk_finish(Walk *walk, const Walker *walker, Outcome outcome, PathLoss loss)
{
    const Packet *packet = &walker->world.packet;
    PathWay *way = g_new0(PathWay, 1);
    way->outcome = outcome;
    way->loss = loss;
    way->stages = stages_in_order(walker->stages);
    way->translated = packet->rerouted;
    way->status_dnat =
        (packet->known[PACKET_CT_STATUS] & packet->value[PACKET_CT_STATUS] & IPS_DST_NAT) != 0;
    if (way->translated && packet_destination(packet, &way->to)) {
        const guint8 *port = packet->value + PACKET_TRANSPORT + TRANSPORT_DESTINATION_PORT;
        if (bits_all_known(packet_const_field(packet, PACKET_TRANSPORT + 2), 2))
            way->port = (guint16)(port[0] << 8 | port[1]);
    }
    way->masqueraded = packet->masqueraded || packet->translated_source;
    way->out = walker->out;
    way->delivered = walker->delivered;
    bool is_new = (walk->path->possible & outcome) != outcome;
    walk->path->possible |= outcome;
    bool is_told = !g_hash_table_add(walk->told, telling_parts(way));
    if (is_told || (!is_new && walk->path->ways->len >= WAYS_MAX))
        path_way_free(way);
    else
        g_ptr_array_add(walk->path->ways, way);
}

/* ---- a hook ---- */

/* More than this are joined. */
#define WALKERS_MAX 64

static bool can_join(const Walker *a, const Walker *b)
{
    return a->in == b->in && a->out == b->out && a->switched == b->switched &&
           packet_same_notes(&a->world.packet, &b->world.packet);
}

/* Worlds that no later rule can tell apart go on as one. */
static void join_walkers(GArray *walkers)
{
    for (guint i = 0; i < walkers->len; i++) {
        const Walker *one = &g_array_index(walkers, Walker, i);
        for (guint j = walkers->len; j > i + 1; j--) {
            const Walker *other = &g_array_index(walkers, Walker, j - 1);
            if (one->in == other->in && one->out == other->out &&
                one->switched == other->switched &&
                packet_includes(&one->world.packet, &other->world.packet))
                g_array_remove_index(walkers, j - 1);
        }
    }
    if (walkers->len <= WALKERS_MAX)
        return;
    guint kept = 0;
    for (guint i = 0; i < walkers->len; i++) {
        const Walker *walker = &g_array_index(walkers, Walker, i);
        guint same = 0;
        while (same < kept && !can_join(&g_array_index(walkers, Walker, same), walker))
            same++;
        if (same < kept)
            packet_join(&g_array_index(walkers, Walker, same).world.packet, &walker->world.packet);
        else
            g_array_index(walkers, Walker, kept++) = *walker;
    }
    g_array_set_size(walkers, kept);
}

/* A chain may end in as many worlds as it has rules. */
static void add_walker(GArray *walkers, const Walker *walker)
{
    g_array_append_val(walkers, *walker);
    if (walkers->len >= 4 * WALKERS_MAX)
        join_walkers(walkers);
}

static StageResult result_of(const End *end, const Packet *before)
{
    const Packet *after = &end->world.packet;
    if (after->translated_destination != before->translated_destination ||
        after->translated_source != before->translated_source)
        return STAGE_RESULT_TRANSLATE;
    switch (end->outcome) {
    case OUTCOME_ACCEPT:
        return end->world.trace->rule != NULL ? STAGE_RESULT_ACCEPT : STAGE_RESULT_CONTINUE;
    case OUTCOME_REJECT:
        return STAGE_RESULT_REJECT;
    case OUTCOME_DROP:
        return STAGE_RESULT_DROP;
    }
    return STAGE_RESULT_UNKNOWN;
}

static bool same_mark(const Packet *a, const Packet *b)
{
    return memcmp(a->value + PACKET_MARK, b->value + PACKET_MARK, 4) == 0 &&
           memcmp(a->known + PACKET_MARK, b->known + PACKET_MARK, 4) == 0;
}

/* Whether nf_nat would ask CHAIN about this packet at all. */
static bool is_skipped(const NftChain *chain, const Packet *packet, PathHook hook)
{
    if (g_strcmp0(chain->type, "nat") != 0)
        return false;
    bool of_source = hook == PATH_POSTROUTING || hook == PATH_INPUT;
    return !packet->new_connection || packet->tracking != TRACKING_DONE ||
           (of_source ? packet->translated_source : packet->translated_destination);
}

static void run_chain_on(Walk *walk, const HookedChain *hooked, PathHook hook, const Walker *walker,
                         GArray *next)
{
    g_autoptr(GArray) ends = g_array_new(FALSE, FALSE, sizeof(End));
    World world = walker->world;
    world.trace = NULL;
    machine_run(walk->path->machine, hooked->table, hooked->chain, hooked->chain->hook, &world,
                ends);
    ARRAY_FOREACH (const End, end, ends) {
        const PathStage stage = {
            .hook = hook,
            .table = hooked->table,
            .base = hooked->chain,
            .chain = end->world.trace->chain,
            .rule = end->world.trace->rule,
            .trace = end->world.trace,
            .result = result_of(end, &walker->world.packet),
            .obstacle = end->obstacle,
            .by_maybe = ends->len > 1,
        };
        Walker ended = *walker;
        ended.world = end->world;
        if (hook == PATH_OUTPUT && g_strcmp0(hooked->chain->type, "route") == 0 &&
            !same_mark(&walker->world.packet, &end->world.packet))
            ended.world.packet.rerouted = true;
        walk_add_stage(walk, &ended, &stage);
        if (end->outcome == OUTCOME_ACCEPT)
            add_walker(next, &ended);
        else
            walk_finish(walk, &ended, end->outcome, LOSS_NONE);
    }
}

static void track(Walk *walk)
{
    ARRAY_FOREACH (Walker, walker, walk->walkers) {
        if (walker->world.packet.tracking != TRACKING_DONE)
            packet_track(&walker->world.packet, walk->flow->state);
    }
}

/* Conntrack sees a packet in the first hook it passes; ALL chains of the hook run, those with a
 * priority above conntrack's after it. */
void walk_run_hook(Walk *walk, PathHook hook, const Link *device)
{
    g_autoptr(GArray) chains = hooked_chains(&walk->scope, hook, device);
    bool tracks = hook == PATH_PREROUTING || hook == PATH_OUTPUT;
    ARRAY_FOREACH (const HookedChain, hooked, chains) {
        if (tracks && hooked->priority > NF_IP_PRI_CONNTRACK)
            track(walk);
        GArray *next = g_array_new(FALSE, FALSE, sizeof(Walker));
        ARRAY_FOREACH (const Walker, walker, walk->walkers) {
            if (is_skipped(hooked->chain, &walker->world.packet, hook))
                g_array_append_val(next, *walker);
            else
                run_chain_on(walk, hooked, hook, walker, next);
        }
        g_array_unref(walk->walkers);
        walk->walkers = next;
        join_walkers(walk->walkers);
    }
    if (tracks)
        track(walk);
}

/* ---- the whole ---- */

Walk walk_begin(const Snapshot *snapshot, const Flow *flow, PathTables tables)
{
    Path *path = g_new0(Path, 1);
    path->ways = g_ptr_array_new_with_free_func((GDestroyNotify)path_way_free);
    path->machine = machine_new(snapshot, flow);
    return (Walk){
        .snapshot = snapshot,
        .flow = flow,
        .scope = {snapshot, flow->family, tables, false},
        .path = path,
        .told =
            g_hash_table_new_full(g_bytes_hash, g_bytes_equal, (GDestroyNotify)g_bytes_unref, NULL),
        .arena = g_ptr_array_new_with_free_func(g_free),
        .walkers = g_array_new(FALSE, FALSE, sizeof(Walker)),
    };
}

Path *walk_end(Walk *walk)
{
    Path *path = walk->path;
    g_array_unref(walk->walkers);
    g_hash_table_unref(walk->told);
    g_ptr_array_unref(walk->arena);
    path->exhausted = path->machine->exhausted;
    path->broken = path->machine->broken;
    if (path->exhausted)
        path->possible = OUTCOME_ANY;
    path->certain = path->possible == OUTCOME_ACCEPT || path->possible == OUTCOME_REJECT ||
                    path->possible == OUTCOME_DROP;
    return path;
}
