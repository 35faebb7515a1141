/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which rules of other programs a reload of firewalld takes away, and what is left. */
#include "model/host/reload-flush.h"

#include "rules.h"

#include "model/foreach.h"

#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <string.h>

/* ---- a ruleset ---- */

static NftChain *add_chain(NftTable *table, const char *name, bool is_base)
{
    NftChain *chain = nft_chain_new(name);
    chain->is_base = is_base;
    chain->type = is_base ? g_strdup("filter") : NULL;
    chain->policy_drop = is_base;
    return nft_table_add_chain(table, chain);
}

/* A rule that jumps to TO, compares with the name LINK, or does neither. */
static void add_rule(NftChain *chain, const char *to, const char *link)
{
    NftRule *rule = nft_rule_new(chain->rules->len + 1);
    if (link != NULL) {
        Expression *names = expression_new(EXPRESSION_CMP);
        names->data = g_bytes_new(link, strlen(link) + 1);
        g_ptr_array_add(rule->expressions, names);
    }
    Expression *verdict = expression_new(EXPRESSION_VERDICT);
    verdict->verdict = to != NULL ? NFT_JUMP : NF_ACCEPT;
    verdict->name = g_strdup(to);
    g_ptr_array_add(rule->expressions, verdict);
    g_ptr_array_add(chain->rules, rule);
}

/* Docker's, podman's and nobody's rules in a table named NAME. */
static void add_table(Ruleset *ruleset, NftFamily family, const char *name)
{
    NftTable *table = ruleset_add_table(ruleset, nft_table_new(family, name));
    NftChain *forward = add_chain(table, "FORWARD", true);
    NftChain *docker = add_chain(table, "DOCKER", false);
    NftChain *podman = add_chain(table, "NETAVARK_FORWARD", false);
    add_rule(forward, "DOCKER", NULL);
    add_rule(forward, "NETAVARK_FORWARD", NULL);
    add_rule(forward, NULL, "docker0");
    add_rule(forward, NULL, "eth0");
    add_rule(docker, NULL, NULL);
    add_rule(podman, NULL, NULL);
    add_rule(podman, NULL, "docker0");
}

static Snapshot *host(NftFamily family, const char *table, const char *version, Tristate direct)
{
    Snapshot *snapshot = snapshot_new();
    snapshot->firewalld->version = g_strdup(version);
    snapshot->firewalld->direct_rules = direct;
    snapshot->ruleset = ruleset_new();
    add_table(snapshot->ruleset, family, table);
    return snapshot;
}

/* ---- what is lost ---- */

typedef struct {
    const char *name;
    NftFamily family;
    const char *table;
    const char *version; /* NULL: not known */
    Tristate direct;
    const char *flushed; /* owner and number of each */
    guint left;          /* rules in all chains, afterwards */
} FlushCase;

static const FlushCase flushes[] = {
    {"1.3.3 flushes always", NFT_FAMILY_IPV4, "filter", "1.3.3", TRISTATE_NO, "podman 3, - 1", 3},
    {"and in IPv6", NFT_FAMILY_IPV6, "mangle", "1.3.3", TRISTATE_NO, "podman 3, - 1", 3},
    {"what nobody made may be a direct rule, which is put back", NFT_FAMILY_IPV4, "nat", "1.3.3",
     TRISTATE_YES, "podman 3", 4},
    {"the last release that flushes always", NFT_FAMILY_IPV4, "raw", "1.9.9", TRISTATE_UNKNOWN,
     "podman 3", 4},
    {"2.0 without direct rules", NFT_FAMILY_IPV4, "filter", "2.0.0", TRISTATE_NO, "", 7},
    {"2.3.1 with direct rules", NFT_FAMILY_IPV4, "security", "2.3.1", TRISTATE_YES, "podman 3", 4},
    {"2.3.1, not known whether it has any", NFT_FAMILY_IPV4, "filter", "2.3.1", TRISTATE_UNKNOWN,
     "", 7},
    {"a version that was not read", NFT_FAMILY_IPV4, "filter", NULL, TRISTATE_NO, "", 7},
    {"a table of another name", NFT_FAMILY_IPV4, "mine", "1.3.3", TRISTATE_NO, "", 7},
    {"a table of another family", NFT_FAMILY_INET, "filter", "1.3.3", TRISTATE_NO, "", 7},
};

static guint rules_of(const Ruleset *ruleset)
{
    guint rules = 0;
    PTR_ARRAY_FOREACH (const NftTable, table, ruleset->tables) {
        PTR_ARRAY_FOREACH (const NftChain, chain, table->chains)
            rules += chain->rules->len;
    }
    return rules;
}

static void test_flush(void **state)
{
    const FlushCase *row = *state;
    g_autoptr(Snapshot) snapshot = host(row->family, row->table, row->version, row->direct);
    g_autoptr(GPtrArray) flushed = reload_flushed_rules(snapshot);
    g_autoptr(GString) text = g_string_new(NULL);
    PTR_ARRAY_FOREACH (const FlushedRules, rules, flushed) {
        assert_string_equal(rules->table->name, row->table);
        g_string_append_printf(text, "%s%s %u", text->len > 0 ? ", " : "",
                               rules->owner != NULL ? rules->owner : "-", rules->rules);
    }
    assert_string_equal(text->str, row->flushed);
    g_autoptr(Ruleset) left = reload_ruleset(snapshot);
    assert_int_equal(rules_of(left), row->left);
    assert_int_equal(rules_of(snapshot->ruleset), 7);
}

/* Gone are the chains of those who do not come back; policies stay (measured with 1.3.3). */
static void test_what_is_left(G_GNUC_UNUSED void **state)
{
    g_autoptr(Snapshot) snapshot = host(NFT_FAMILY_IPV4, "filter", "1.3.3", TRISTATE_NO);
    g_autoptr(Ruleset) left = reload_ruleset(snapshot);
    snapshot_replace_ruleset(snapshot, NULL);
    const NftTable *table = ruleset_table(left, NFT_FAMILY_IPV4, "filter");
    assert_non_null(table);
    assert_null(nft_table_chain(table, "NETAVARK_FORWARD"));
    assert_non_null(nft_table_chain(table, "DOCKER"));
    const NftChain *forward = nft_table_chain(table, "FORWARD");
    assert_true(forward->is_base && forward->policy_drop);
    assert_int_equal(forward->rules->len, 2);
    const NftRule *first = g_ptr_array_index(forward->rules, 0);
    const NftRule *second = g_ptr_array_index(forward->rules, 1);
    assert_int_equal(first->handle, 1);
    assert_int_equal(second->handle, 3);
    assert_int_equal(table->base_chains->len, 1);
}

/* Docker's rule for what a container sends to its own published port. */
static void test_container(G_GNUC_UNUSED void **state)
{
    g_autoptr(Snapshot) snapshot = sketch("firewalld 1.3.3 public\n"
                                          "link docker0 bridge addr 172.17.0.1/16\n"
                                          "link eth0 physical addr 192.0.2.1/24\n");
    snapshot->firewalld->direct_rules = TRISTATE_NO;
    snapshot->ruleset = ruleset_new();
    NftTable *table = ruleset_add_table(snapshot->ruleset, nft_table_new(NFT_FAMILY_IPV4, "nat"));
    NftChain *chain = add_chain(table, "POSTROUTING", true);
    static const char *const addresses[] = {"\xac\x11\x00\x02", "\xc0\x00\x02\x09"};
    for (gsize i = 0; i < G_N_ELEMENTS(addresses); i++) {
        add_rule(chain, NULL, NULL);
        Expression *named = expression_new(EXPRESSION_CMP);
        named->data = g_bytes_new(addresses[i], 4);
        const NftRule *rule = g_ptr_array_index(chain->rules, i);
        g_ptr_array_insert(rule->expressions, 0, named);
    }
    g_autoptr(GPtrArray) flushed = reload_flushed_rules(snapshot);
    assert_int_equal(flushed->len, 1);
    const FlushedRules *left = g_ptr_array_index(flushed, 0);
    assert_null(left->owner);
    assert_int_equal(left->rules, 1);
}

/* Rules in DOCKER-USER are the administrator's, but for the one that Docker makes; what is compared with
 * a network of Docker's or with half of it is Docker's. */
static void test_users_rules(G_GNUC_UNUSED void **state)
{
    g_autoptr(Snapshot) snapshot = sketch("firewalld 1.3.3 public\n"
                                          "link docker0 bridge addr 172.17.0.1/16,fd17::1/64\n");
    snapshot->ruleset =
        rules_parse("table ip filter\nset s 4 10.0.0.1\n"
                    "chain DOCKER-USER\n"
                    "saddr=10.9.9.9 drop\n"
                    "saddr=10.9.9.9 return\n"
                    "neutral:counter return\n"
                    "neutral:counter accept\n"
                    "chain INPUT input 0\n"
                    "payload:1:12:2:r0 cmp:0:r0:0xac11 accept\n"
                    "payload:1:12:1:r0 cmp:0:r0:0xac accept\n"
                    "cmp:0:r0 accept\n"
                    "table ip6 filter\nchain INPUT input 0\n"
                    "payload:1:8:16:r0 cmp:0:r0:0xfd170000000000000000000000000009 accept\n"
                    "payload:1:8:16:r0 cmp:0:r0:0xfd180000000000000000000000000009 accept\n");
    g_autoptr(GPtrArray) flushed = reload_flushed_rules(snapshot);
    assert_int_equal(flushed->len, 2);
    const FlushedRules *ipv4 = g_ptr_array_index(flushed, 0);
    const FlushedRules *ipv6 = g_ptr_array_index(flushed, 1);
    assert_true(ipv4->owner == NULL && ipv6->owner == NULL);
    assert_int_equal(ipv4->rules, 5);
    assert_int_equal(ipv6->rules, 1);
    g_autoptr(Ruleset) left = reload_ruleset(snapshot);
    const NftTable *table = ruleset_table(left, NFT_FAMILY_IPV4, "filter");
    assert_non_null(nft_table_set(table, "s"));
    assert_int_equal(nft_table_chain(table, "DOCKER-USER")->rules->len, 1);
    assert_int_equal(nft_table_chain(table, "INPUT")->rules->len, 1);
}

static void test_unread(G_GNUC_UNUSED void **state)
{
    g_autoptr(Snapshot) snapshot = snapshot_new();
    g_autoptr(GPtrArray) flushed = reload_flushed_rules(snapshot);
    assert_int_equal(flushed->len, 0);
    assert_null(reload_ruleset(snapshot));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_left),
        cmocka_unit_test(test_container),
        cmocka_unit_test(test_users_rules),
        cmocka_unit_test(test_unread),
    };
    int failures = RUN_CASES(test_flush, flushes);
    return failures + cmocka_run_group_tests(tests, NULL, NULL);
}
