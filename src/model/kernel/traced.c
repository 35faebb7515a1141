/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Messages of a trace put together: see traced.h. The kernel writes one for each rule that matched, and
 * one at the end of a chain (nf_tables_trace.c of Linux). */
#include "model/kernel/traced.h"

#include "model/foreach.h"

#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter_bridge.h>
#include <string.h>

TraceMessage *trace_message_new(void)
{
    TraceMessage *message = g_new0(TraceMessage, 1);
    message->protocol = message->icmp_type = message->icmp_code = -1;
    return message;
}

void trace_message_free(TraceMessage *message)
{
    if (message == NULL)
        return;
    g_free(message->table);
    g_free(message->chain);
    g_free(message);
}

/* A packet, as far as its messages were looked at. */
typedef struct {
    const Snapshot *snapshot;
    const char *table;    /* that traces */
    const NftTable *at;   /* where the base chain that runs is */
    const NftChain *base; /* NULL: none runs */
    Traced *traced;
    bool known;
} Tracing;

/* ---- stages ---- */

PathHook path_hook_of_chain(const NftTable *table, const NftChain *base)
{
    static const PathHook hooks[] = {
        [NF_INET_PRE_ROUTING] = PATH_PREROUTING,   [NF_INET_LOCAL_IN] = PATH_INPUT,
        [NF_INET_FORWARD] = PATH_FORWARD,          [NF_INET_LOCAL_OUT] = PATH_OUTPUT,
        [NF_INET_POST_ROUTING] = PATH_POSTROUTING,
    };
    switch (table->family) {
    case NFT_FAMILY_NETDEV:
        return base->hook == 0 ? PATH_INGRESS : PATH_EGRESS;
    case NFT_FAMILY_BRIDGE:
        return base->hook == NF_BR_PRE_ROUTING || base->hook == NF_BR_LOCAL_IN ? PATH_BRIDGE_IN
                                                                               : PATH_BRIDGE_OUT;
    case NFT_FAMILY_INET:
    case NFT_FAMILY_IPV4:
    case NFT_FAMILY_IPV6:
    case NFT_FAMILY_ARP:
        break;
    }
    return base->hook < G_N_ELEMENTS(hooks) ? hooks[base->hook] : PATH_INGRESS;
}

const NftRule *nft_chain_rule(const NftChain *chain, guint64 handle)
{
    PTR_ARRAY_FOREACH (const NftRule, rule, chain->rules) {
        if (rule->handle == handle)
            return rule;
    }
    return NULL;
}

static bool is_named(const Expression *expression, const char *const *names)
{
    return expression->name != NULL && g_strv_contains(names, expression->name);
}

static bool translates(const NftRule *rule)
{
    static const char *const targets[] = {"DNAT", "SNAT", "MASQUERADE", "REDIRECT", "NETMAP", NULL};
    PTR_ARRAY_FOREACH (const Expression, expression, rule->expressions) {
        if (expression->kind == EXPRESSION_NAT || expression->kind == EXPRESSION_MASQUERADE ||
            expression->kind == EXPRESSION_REDIRECT ||
            (expression->kind == EXPRESSION_TARGET && is_named(expression, targets)))
            return true;
    }
    return false;
}

bool nft_rule_rejects(const NftRule *rule)
{
    static const char *const targets[] = {"REJECT", NULL};
    PTR_ARRAY_FOREACH (const Expression, expression, rule->expressions) {
        if (expression->kind == EXPRESSION_REJECT ||
            (expression->kind == EXPRESSION_TARGET && is_named(expression, targets)))
            return true;
    }
    return false;
}

static StageResult result_of(const TraceMessage *message, const NftRule *rule)
{
    switch (message->verdict) {
    case NF_ACCEPT:
        return rule == NULL       ? STAGE_RESULT_CONTINUE
               : translates(rule) ? STAGE_RESULT_TRANSLATE
                                  : STAGE_RESULT_ACCEPT;
    case NF_DROP:
        return rule != NULL && nft_rule_rejects(rule) ? STAGE_RESULT_REJECT : STAGE_RESULT_DROP;
    default:
        return STAGE_RESULT_UNKNOWN;
    }
}

static void add_stage(Tracing *tracing, const TraceMessage *message, const NftChain *chain)
{
    Traced *traced = tracing->traced;
    const NftRule *rule = message->is_rule ? nft_chain_rule(chain, message->rule) : NULL;
    PathStage *stage = g_new0(PathStage, 1);
    *stage = (PathStage){
        .hook = path_hook_of_chain(tracing->at, tracing->base),
        .table = tracing->at,
        .base = tracing->base,
        .chain = chain,
        .rule = rule,
        .result = result_of(message, rule),
    };
    traced->rules_new = traced->rules_new || (message->is_rule && rule == NULL);
    g_ptr_array_add(traced->way.stages, stage);
    tracing->base = NULL;
    if (message->verdict != NF_DROP)
        return;
    traced->state = TRACED_REFUSED;
    traced->way.outcome = stage->result == STAGE_RESULT_REJECT ? OUTCOME_REJECT : OUTCOME_DROP;
}

/* ---- messages ---- */

static bool is_from(const TraceMessage *message, const char *chain, const char *other)
{
    return g_str_equal(message->chain, chain) || g_str_equal(message->chain, other);
}

static void finish(Tracing *tracing, const TraceMessage *message)
{
    PathWay *way = &tracing->traced->way;
    if (tracing->traced->state != TRACED_UNFINISHED)
        return;
    tracing->traced->state = TRACED_PASSED;
    way->outcome = OUTCOME_ACCEPT;
    way->loss = LOSS_NONE;
    way->delivered = g_str_equal(message->chain, TRACE_CHAIN_END_IN);
    way->out = way->delivered ? NULL : snapshot_link_by_index(tracing->snapshot, message->oif);
}

/* A message of the table that traces. Only the first message of a chain has the packet's headers. */
static void take_mark(Tracing *tracing, const TraceMessage *message)
{
    PathWay *way = &tracing->traced->way;
    bool at_end = is_from(message, TRACE_CHAIN_END_IN, TRACE_CHAIN_END_OUT);
    if (message->is_rule && is_from(message, TRACE_CHAIN_KNOWN_IN, TRACE_CHAIN_KNOWN_OUT))
        tracing->known = true;
    if (at_end && message->has_destination) {
        way->to = (IpPrefix){.address = message->destination,
                             .length = ip_address_bits(message->destination.family)};
        way->port = message->port;
    }
    if (at_end && message->is_policy)
        finish(tracing, message);
}

static void take(Tracing *tracing, const TraceMessage *message)
{
    if (g_str_equal(message->table, tracing->table)) {
        take_mark(tracing, message);
        return;
    }
    const NftTable *table =
        ruleset_table(tracing->snapshot->ruleset, message->family, message->table);
    const NftChain *chain = table != NULL ? nft_table_chain(table, message->chain) : NULL;
    if (chain == NULL) {
        tracing->traced->rules_new = true;
        return;
    }
    if (tracing->base == NULL && chain->is_base) {
        tracing->base = chain;
        tracing->at = table;
    }
    bool ends = message->is_policy ||
                (message->is_rule && message->verdict >= 0); /* NF_*: not NFT_JUMP, ... */
    if (ends && tracing->base != NULL && tracing->at == table)
        add_stage(tracing, message, chain);
}

static bool is_beginning(const TraceMessage *message, const char *table)
{
    return message->has_destination && g_str_equal(message->table, table) &&
           is_from(message, TRACE_CHAIN_BEGIN_IN, TRACE_CHAIN_BEGIN_OUT);
}

/* Whether the packet had another destination when it came. */
static bool was_translated(const GPtrArray *packet, const char *table, const PathWay *way)
{
    PTR_ARRAY_FOREACH (const TraceMessage, message, packet) {
        if (is_beginning(message, table))
            return way->to.length > 0 &&
                   (!ip_address_equal(&message->destination, &way->to.address) ||
                    message->port != way->port);
    }
    return false;
}

static Traced *trace_packet(const Snapshot *snapshot, const GPtrArray *packet, const char *table,
                            bool *known)
{
    Traced *traced = g_new0(Traced, 1);
    Tracing tracing = {.snapshot = snapshot, .table = table, .traced = traced};
    traced->state = TRACED_UNFINISHED;
    traced->way = (PathWay){
        .outcome = OUTCOME_ANY,
        .loss = LOSS_ROUTE_UNKNOWN,
        .stages = g_ptr_array_new_with_free_func(g_free),
    };
    PTR_ARRAY_FOREACH (const TraceMessage, message, packet)
        take(&tracing, message);
    if (traced->state == TRACED_REFUSED)
        traced->way.loss = LOSS_NONE;
    traced->way.translated = was_translated(packet, table, &traced->way);
    *known = tracing.known;
    return traced;
}

/* ---- packets ---- */

static bool is_last(const TraceMessage *message, const char *table)
{
    bool drops = (message->is_rule || message->is_policy) && message->verdict == NF_DROP;
    return drops || (message->is_policy && g_str_equal(message->table, table) &&
                     is_from(message, TRACE_CHAIN_END_IN, TRACE_CHAIN_END_OUT));
}

/* MESSAGES by packet, each a GPtrArray (transfer full). What a bridge hands to PREROUTING
 * (br_netfilter) comes there once more on the bridge itself, with another id and the same headers: then
 * only chains that are before br_netfilter's own see it, and both are one packet. */
static GPtrArray *packets_of(const GPtrArray *messages, const char *table)
{
    GPtrArray *packets = g_ptr_array_new_with_free_func((GDestroyNotify)g_ptr_array_unref);
    g_autoptr(GHashTable) by_id = g_hash_table_new(g_direct_hash, g_direct_equal);
    g_autoptr(GHashTable) open = g_hash_table_new(g_int64_hash, g_int64_equal);
    PTR_ARRAY_FOREACH (TraceMessage, message, messages) {
        GPtrArray *packet = g_hash_table_lookup(by_id, GUINT_TO_POINTER(message->id));
        bool begins = message->headers != 0 && is_beginning(message, table);
        if (packet == NULL && begins)
            packet = g_hash_table_lookup(open, &message->headers);
        if (packet == NULL) {
            packet = g_ptr_array_new();
            g_ptr_array_add(packets, packet);
        }
        g_hash_table_insert(by_id, GUINT_TO_POINTER(message->id), packet);
        if (begins)
            g_hash_table_insert(open, &message->headers, packet);
        g_ptr_array_add(packet, message);
        if (is_last(message, table)) { /* an id may be used again */
            const TraceMessage *first = g_ptr_array_index(packet, 0);
            g_hash_table_remove(by_id, GUINT_TO_POINTER(message->id));
            g_hash_table_remove(open, &first->headers);
        }
    }
    return packets;
}

/* Another program may have the kernel trace other packets. */
static bool is_traced_by(const GPtrArray *packet, const char *table)
{
    PTR_ARRAY_FOREACH (const TraceMessage, message, packet) {
        if (g_str_equal(message->table, table))
            return true;
    }
    return false;
}

Traced *traced_of(const Snapshot *snapshot, const GPtrArray *messages, const char *table,
                  bool known_too)
{
    g_autoptr(GPtrArray) packets = packets_of(messages, table);
    Traced *best = g_new0(Traced, 1);
    PTR_ARRAY_FOREACH (const GPtrArray, packet, packets) {
        bool known = false;
        if (!is_traced_by(packet, table))
            continue;
        Traced *traced = trace_packet(snapshot, packet, table, &known);
        if (known && !known_too) {
            best->state = MAX(best->state, TRACED_KNOWN);
            traced_free(traced);
            continue;
        }
        traced_free(best);
        best = traced;
        if (best->state == TRACED_REFUSED || best->state == TRACED_PASSED)
            break;
    }
    return best;
}

void traced_free(Traced *traced)
{
    if (traced == NULL)
        return;
    g_clear_pointer(&traced->way.stages, g_ptr_array_unref);
    g_free(traced);
}
