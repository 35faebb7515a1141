/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Chains, rules and worlds: see machine.h. What one expression does is in evaluate.c. */
#include "model/kernel/machine.h"

#include "model/foreach.h"
#include "model/kernel/evaluate.h"

#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>

/* NFT_JUMP_STACK_SIZE: the kernel refuses a ruleset that is deeper. */
#define DEPTH_MAX 16

/* More worlds than this are joined. */
#define WORLDS_MAX 24

/* Less than a second and 100 MB of notes; what a ruleset of 100,000 rules takes is below. */
#define BUDGET 2000000

Machine *machine_new(const Snapshot *snapshot, const Flow *flow)
{
    Machine *machine = g_new0(Machine, 1);
    machine->snapshot = snapshot;
    machine->flow = flow;
    machine->budget = BUDGET;
    machine->traces = g_ptr_array_new_with_free_func(g_free);
    return machine;
}

bool machine_spend(Machine *machine, guint64 cost)
{
    if (machine->budget < cost) {
        machine->budget = 0;
        machine->exhausted = true;
        return false;
    }
    machine->budget -= cost;
    return true;
}

void machine_free(Machine *machine)
{
    if (machine == NULL)
        return;
    g_ptr_array_unref(machine->traces);
    g_free(machine);
}

/* ---- worlds ---- */

/* Leaves one world for each kind of notes. */
static void join_worlds(GArray *worlds)
{
    guint kept = 0;
    for (guint i = 0; i < worlds->len; i++) {
        const World *world = &g_array_index(worlds, World, i);
        guint same = 0;
        while (same < kept &&
               !packet_same_notes(&g_array_index(worlds, World, same).packet, &world->packet))
            same++;
        if (same < kept)
            packet_join(&g_array_index(worlds, World, same).packet, &world->packet);
        else
            g_array_index(worlds, World, kept++) = *world;
    }
    g_array_set_size(worlds, kept);
}

/* Adds WORLD unless one that includes it is there; removes those that it includes. */
static void add_world(GArray *worlds, const World *world)
{
    for (guint i = 0; i < worlds->len; i++) {
        const World *other = &g_array_index(worlds, World, i);
        if (packet_includes(&other->packet, &world->packet))
            return;
    }
    for (guint i = worlds->len; i > 0; i--) {
        const World *other = &g_array_index(worlds, World, i - 1);
        if (packet_includes(&world->packet, &other->packet))
            g_array_remove_index(worlds, i - 1);
    }
    g_array_append_val(worlds, *world);
    if (worlds->len > WORLDS_MAX)
        join_worlds(worlds);
}

static GArray *worlds_new(void)
{
    return g_array_new(FALSE, FALSE, sizeof(World));
}

/* ---- a rule ---- */

/* What is the same for all worlds while one rule runs, and where they go. */
typedef struct {
    Machine *machine;
    const NftTable *table;
    const NftChain *chain;
    const NftRule *rule;
    GArray *passed;   /* World: those that go on to the next rule */
    GArray *returned; /* World: those that leave the chain */
    GArray *ends;     /* End */
    guint depth;
} RuleRun;

static void run_chain(Machine *machine, const NftTable *table, const NftChain *chain, guint depth,
                      GArray *worlds, GArray *returned, GArray *ends);

static const TraceNode *note(const RuleRun *run, const World *world)
{
    TraceNode *node = g_new(TraceNode, 1);
    *node = (TraceNode){world->trace, run->table, run->chain, run->rule};
    g_ptr_array_add(run->machine->traces, node);
    return node;
}

/* Where a chain has ended in very many worlds already, joins WORLD with one of the last that ended
 * alike; which rule ended it is not told then. */
static bool absorb(GArray *ends, const World *world, Outcome outcome, const char *obstacle)
{
    enum { ENDS_MAX = 1024, LAST = 8 };
    for (guint i = 1; ends->len >= ENDS_MAX && i <= LAST; i++) {
        End *end = &g_array_index(ends, End, ends->len - i);
        if (end->outcome == outcome && end->obstacle == obstacle &&
            packet_same_notes(&end->world.packet, &world->packet)) {
            packet_join(&end->world.packet, &world->packet);
            return true;
        }
    }
    return false;
}

static void end_world(const RuleRun *run, const World *world, Outcome outcome, const char *obstacle)
{
    if (absorb(run->ends, world, outcome, obstacle))
        return;
    End end = {.world = *world, .outcome = outcome, .obstacle = obstacle};
    end.world.trace = note(run, world);
    g_array_append_val(run->ends, end);
}

static void enter(const RuleRun *run, const World *world, const char *name, bool comes_back)
{
    const NftChain *target = nft_table_chain(run->table, name);
    if (target == NULL) {
        run->machine->broken = true;
        end_world(run, world, OUTCOME_ANY, OBSTACLE_NO_CHAIN);
        return;
    }
    g_autoptr(GArray) worlds = worlds_new();
    World inside = *world;
    inside.trace = note(run, world);
    g_array_append_val(worlds, inside);
    run_chain(run->machine, run->table, target, run->depth + 1, worlds,
              comes_back ? run->passed : run->returned, run->ends);
}

static void finish_rule(const RuleRun *run, const World *world, gint32 verdict, const char *chain)
{
    switch (verdict) {
    case NF_ACCEPT:
        end_world(run, world, OUTCOME_ACCEPT, NULL);
        break;
    case NF_DROP:
        end_world(run, world, OUTCOME_DROP, NULL);
        break;
    case NFT_JUMP:
    case NFT_GOTO:
        enter(run, world, chain, verdict == NFT_JUMP);
        break;
    case NFT_RETURN: {
        World out = *world;
        out.trace = note(run, world);
        add_world(run->returned, &out);
        break;
    }
    case NFT_CONTINUE:
    case NFT_BREAK:
        add_world(run->passed, world);
        break;
    default:
        end_world(run, world, OUTCOME_ANY, "queue");
        break;
    }
}

static void run_from(const RuleRun *run, guint first, World world, Registers *registers);

static void run_choices(const RuleRun *run, guint at, const Step *step, const World *world,
                        const Registers *registers)
{
    const Expression *lookup = g_ptr_array_index(run->rule->expressions, at);
    if (step->may_miss)
        add_world(run->passed, world);
    PTR_ARRAY_FOREACH (const NftElement, element, step->elements) {
        World chosen = *world;
        Registers after = *registers;
        evaluate_found(run->table, lookup, element, &chosen.packet, &after);
        if (lookup->verdict_map && element->verdict != NFT_CONTINUE)
            finish_rule(run, &chosen, element->verdict, element->chain);
        else
            run_from(run, at + 1, chosen, &after);
    }
}

static void run_from(const RuleRun *run, guint first, World world, Registers *registers)
{
    const GPtrArray *expressions = run->rule->expressions;
    if (!machine_spend(run->machine, 1))
        return;
    for (guint i = first; i < expressions->len; i++) {
        const Expression *expression = g_ptr_array_index(expressions, i);
        Step step = evaluate(run->machine, run->table, expression, &world.packet, registers);
        World other = world;
        switch (step.kind) {
        case STEP_NEXT:
            continue;
        case STEP_MAYBE:
            other.packet = step.breaks;
            world.packet = step.stays;
            add_world(run->passed, &other);
            continue;
        case STEP_BREAK:
            add_world(run->passed, &world);
            return;
        case STEP_VERDICT:
            if (step.verdict == NFT_CONTINUE)
                continue;
            finish_rule(run, &world, step.verdict, step.chain);
            return;
        case STEP_REFUSE:
            end_world(run, &world, OUTCOME_REJECT, NULL);
            return;
        case STEP_CHOICE:
            run_choices(run, i, &step, &world, registers);
            g_ptr_array_unref(step.elements);
            return;
        case STEP_HANDED:
            end_world(run, &world, OUTCOME_ANY, step.obstacle);
            return;
        }
    }
    add_world(run->passed, &world);
}

/* ---- a chain ---- */

/* Runs CHAIN on WORLDS, which it empties; those that fall off its end are added to RETURNED. */
static void run_chain(Machine *machine, const NftTable *table, const NftChain *chain, guint depth,
                      GArray *worlds, GArray *returned, GArray *ends)
{
    if (depth > DEPTH_MAX) {
        machine->exhausted = true;
        return;
    }
    g_autoptr(GArray) next = worlds_new();
    g_autoptr(GArray) current = g_array_ref(worlds);
    PTR_ARRAY_FOREACH (const NftRule, rule, chain->rules) {
        if (machine->exhausted)
            return;
        const RuleRun run = {machine, table, chain, rule, next, returned, ends, depth};
        ARRAY_FOREACH (const World, world, current) {
            Registers registers;
            registers_clear(&registers);
            run_from(&run, 0, *world, &registers);
        }
        GArray *emptied = current;
        current = next;
        next = emptied;
        g_array_set_size(next, 0);
        if (current->len == 0)
            return;
    }
    ARRAY_FOREACH (const World, world, current)
        add_world(returned, world);
}

void machine_run(Machine *machine, const NftTable *table, const NftChain *chain, guint32 hook,
                 const World *world, GArray *ends)
{
    machine->hook = hook;
    g_autoptr(GArray) worlds = worlds_new();
    g_autoptr(GArray) returned = worlds_new();
    g_array_append_val(worlds, *world);
    run_chain(machine, table, chain, 0, worlds, returned, ends);
    const RuleRun policy = {machine, table, chain, NULL, NULL, NULL, ends, 0};
    ARRAY_FOREACH (const World, left, returned)
        end_world(&policy, left, chain->policy_drop ? OUTCOME_DROP : OUTCOME_ACCEPT, NULL);
}
