/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Measures the path of flows through rulesets of thousands of rules, and the exponent with which the
 * time grows: 1 is as long for each rule. Flows are of one host, or of a network that any rule may mean. */
#include "model/kernel/path.h"

#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <math.h>
#include <string.h>

typedef struct {
    const char *name;
    bool network; /* the source is a network of which every rule names a host */
    bool in_sets; /* the addresses are in a set each 100, of as many rules as there are sets */
} Scenario;

static const Scenario scenarios[] = {
    {"one host, rules", false, false},
    {"a network, rules", true, false},
    {"one host, sets", false, true},
    {"a network, sets", true, true},
};

static Expression *add(NftRule *rule, ExpressionKind kind)
{
    Expression *expression = expression_new(kind);
    g_ptr_array_add(rule->expressions, expression);
    return expression;
}

static void add_verdict(NftRule *rule, gint32 verdict)
{
    add(rule, EXPRESSION_VERDICT)->verdict = verdict;
}

static NftRule *add_rule(NftChain *chain)
{
    NftRule *rule = nft_rule_new(chain->rules->len + 1);
    Expression *source = add(rule, EXPRESSION_PAYLOAD);
    source->key = NFT_PAYLOAD_NETWORK_HEADER;
    source->offset = 12;
    source->length = 4;
    source->destination = 0;
    g_ptr_array_add(chain->rules, rule);
    return rule;
}

static GBytes *address(guint number)
{
    guint32 wire = GUINT32_TO_BE(0x0a000002 + number);
    return g_bytes_new(&wire, sizeof wire);
}

static void add_set(NftTable *table, NftRule *rule, guint first)
{
    g_autofree char *name = g_strdup_printf("set%u", first);
    NftSet *set = nft_set_new(name);
    set->key_length = 4;
    for (guint i = 0; i < 100; i++) {
        NftElement *element = nft_element_new();
        element->key = address(first + i);
        g_ptr_array_add(set->elements, element);
    }
    nft_set_finish(set);
    nft_table_add_set(table, set);
    Expression *lookup = add(rule, EXPRESSION_LOOKUP);
    lookup->source = 0;
    lookup->name = g_strdup(name);
}

static Snapshot *make_host(const Scenario *scenario, guint rules)
{
    Snapshot *snapshot = snapshot_new();
    Link *link = link_new();
    link->index = 1;
    link->name = g_strdup("eth0");
    snapshot_add_link(snapshot, link);
    snapshot->ruleset = ruleset_new();
    NftTable *table = nft_table_new(NFT_FAMILY_INET, "many");
    NftChain *chain = nft_chain_new("input");
    chain->is_base = true;
    chain->type = g_strdup("filter");
    chain->hook = NF_INET_LOCAL_IN;
    for (guint i = 0; i < rules; i += scenario->in_sets ? 100 : 1) {
        NftRule *rule = add_rule(chain);
        if (scenario->in_sets)
            add_set(table, rule, i);
        else {
            Expression *cmp = add(rule, EXPRESSION_CMP);
            cmp->source = 0;
            cmp->operation = NFT_CMP_EQ;
            cmp->data = address(i);
        }
        add_verdict(rule, i % 2 == 0 ? NF_DROP : NF_ACCEPT);
    }
    nft_table_add_chain(table, chain);
    ruleset_add_table(snapshot->ruleset, table);
    return snapshot;
}

/* Microseconds that one flow takes. */
static double measure(const Scenario *scenario, guint rules)
{
    g_autoptr(Snapshot) snapshot = make_host(scenario, rules);
    Flow flow = flow_new(FLOW_INPUT, FAMILY_IPV4);
    const char *source = scenario->network ? "10.0.0.0/8" : "192.0.2.7/32";
    guint flows = MAX(1, 200000 / rules);
    flow.in = "eth0";
    flow.from.kind = FLOW_ADDRESS_PREFIX;
    g_assert(ip_prefix_parse(source, &flow.from.prefix));
    gint64 start = g_get_monotonic_time();
    for (guint i = 0; i < flows; i++) {
        g_autoptr(Path) path = path_of(snapshot, &flow, PATH_ALL_TABLES);
        g_assert(!path->exhausted);
    }
    return (double)(g_get_monotonic_time() - start) / flows;
}

int main(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(scenarios); i++) {
        double first = 0;
        g_print("%-18s", scenarios[i].name);
        for (guint rules = 100; rules <= 100000; rules *= 10) {
            double taken = measure(&scenarios[i], rules);
            g_print(" %6u: %9.1f us", rules, taken);
            if (rules == 1000)
                first = taken;
            if (rules == 100000)
                g_print(", exponent %.2f", log(taken / first) / log(100));
        }
        g_print("\n");
    }
    return 0;
}
