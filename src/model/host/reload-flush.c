/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Other programs' rules in a reload: see reload-flush.h. */
#include "model/host/reload-flush.h"

#include "model/foreach.h"
#include "model/host/owner.h"
#include "model/host/release.h"

#include <linux/netfilter/nf_tables.h>
#include <string.h>

Tristate reload_flushes(const Firewalld *firewalld)
{
    if (firewalld->version == NULL)
        return TRISTATE_UNKNOWN;
    return release_has(firewalld, RELEASE_SPARES_OTHER_TABLES) ? firewalld->direct_rules
                                                               : TRISTATE_YES;
}

/* Docker and libvirt listen for firewalld's signal Reloaded; kube-proxy, Calico's Felix and flannel
 * look at their rules again and again (iptables.syncPeriod, IptablesRefreshInterval, iptables-resync). */
static bool puts_back(const char *owner)
{
    static const char *const owners[] = {"Docker", "libvirt", "kube-proxy",
                                         "Calico", "flannel", NULL};
    return owner != NULL && g_strv_contains(owners, owner);
}

/* The program whose network EXPRESSION compares an address with, in a table of FAMILY, or NULL. A
 * comparison with a whole number of an address's first bytes holds only these. */
static const char *maker_of_network(const Snapshot *snapshot, Family family,
                                    const Expression *expression)
{
    IpAddress address = {.family = family};
    gsize size = 0;
    const guint8 *bytes = expression->kind == EXPRESSION_CMP && expression->data != NULL
                              ? g_bytes_get_data(expression->data, &size)
                              : NULL;
    if (size < 2 || size > (family == FAMILY_IPV6 ? 16 : 4))
        return NULL;
    memcpy(address.bytes, bytes, size);
    PTR_ARRAY_FOREACH (const Link, link, snapshot->links) {
        const char *maker = link_maker(link->name);
        for (guint i = 0; maker != NULL && i < link->addresses->len; i++) {
            const LinkAddress *own = g_ptr_array_index(link->addresses, i);
            if (ip_prefix_contains(&own->prefix, &address))
                return maker;
        }
    }
    return NULL;
}

/* Docker makes the chain DOCKER-USER and its last rule, which returns; all others are the
 * administrator's. */
static bool is_users_rule(const NftChain *chain, const NftRule *rule)
{
    if (!g_str_equal(chain->name, "DOCKER-USER"))
        return false;
    PTR_ARRAY_FOREACH (const Expression, expression, rule->expressions) {
        if (expression->kind != EXPRESSION_NEUTRAL &&
            (expression->kind != EXPRESSION_VERDICT || expression->verdict != NFT_RETURN))
            return true;
    }
    return false;
}

/* As nft_rule_owner(); Docker's rules for one container name nothing but its address. */
static const char *owner_of(const Snapshot *snapshot, const NftTable *table, const NftChain *chain,
                            const NftRule *rule)
{
    if (is_users_rule(chain, rule))
        return NULL;
    const char *owner = nft_rule_owner(table, chain, rule);
    Family family = table->family == NFT_FAMILY_IPV6 ? FAMILY_IPV6 : FAMILY_IPV4;
    for (guint i = 0; owner == NULL && i < rule->expressions->len; i++)
        owner = maker_of_network(snapshot, family, g_ptr_array_index(rule->expressions, i));
    return owner;
}

/* What nobody is known to have made may be a direct rule, which firewalld puts back itself. */
static bool is_lost(const Snapshot *snapshot, const char *owner)
{
    return owner != NULL ? !puts_back(owner) : snapshot->firewalld->direct_rules == TRISTATE_NO;
}

static void count_rule(GPtrArray *flushed, const NftTable *table, const char *owner)
{
    PTR_ARRAY_FOREACH (FlushedRules, rules, flushed) {
        if (rules->table == table && g_strcmp0(rules->owner, owner) == 0) {
            rules->rules++;
            return;
        }
    }
    FlushedRules *rules = g_new(FlushedRules, 1);
    *rules = (FlushedRules){.table = table, .owner = owner, .rules = 1};
    g_ptr_array_add(flushed, rules);
}

GPtrArray *reload_flushed_rules(const Snapshot *snapshot)
{
    GPtrArray *flushed = g_ptr_array_new_with_free_func(g_free);
    if (snapshot->ruleset == NULL || reload_flushes(snapshot->firewalld) != TRISTATE_YES)
        return flushed;
    PTR_ARRAY_FOREACH (const NftTable, table, snapshot->ruleset->tables) {
        if (!nft_is_of_iptables(table))
            continue;
        PTR_ARRAY_FOREACH (const NftChain, chain, table->chains) {
            PTR_ARRAY_FOREACH (const NftRule, rule, chain->rules) {
                const char *owner = owner_of(snapshot, table, chain, rule);
                if (is_lost(snapshot, owner))
                    count_rule(flushed, table, owner);
            }
        }
    }
    return flushed;
}

/* ---- afterwards ---- */

static bool stays(const Snapshot *snapshot, const NftTable *table, const NftChain *chain,
                  const NftRule *rule)
{
    return !is_lost(snapshot, owner_of(snapshot, table, chain, rule));
}

static void add_flushed_chain(NftTable *flushed, const Snapshot *snapshot, const NftTable *table,
                              const NftChain *chain)
{
    if (!chain->is_base && !puts_back(nft_owner(table, chain)))
        return;
    NftChain *kept = nft_chain_new(chain->name);
    kept->handle = chain->handle;
    kept->is_base = chain->is_base;
    kept->type = g_strdup(chain->type);
    kept->hook = chain->hook;
    kept->priority = chain->priority;
    kept->policy_drop = chain->policy_drop;
    PTR_ARRAY_FOREACH (NftRule, rule, chain->rules) {
        if (stays(snapshot, table, chain, rule))
            g_ptr_array_add(kept->rules, g_rc_box_acquire(rule));
    }
    nft_table_add_chain(flushed, kept);
}

static NftTable *flushed_table(const Snapshot *snapshot, const NftTable *table)
{
    NftTable *flushed = nft_table_new(table->family, table->name);
    flushed->handle = table->handle;
    flushed->flags = table->flags;
    PTR_ARRAY_FOREACH (const NftChain, chain, table->chains)
        add_flushed_chain(flushed, snapshot, table, chain);
    PTR_ARRAY_FOREACH (NftSet, set, table->sets)
        nft_table_add_set(flushed, g_rc_box_acquire(set));
    return flushed;
}

Ruleset *reload_ruleset(const Snapshot *snapshot)
{
    if (snapshot->ruleset == NULL || reload_flushes(snapshot->firewalld) != TRISTATE_YES)
        return ruleset_ref(snapshot->ruleset);
    Ruleset *ruleset = ruleset_new();
    PTR_ARRAY_FOREACH (NftTable, table, snapshot->ruleset->tables)
        ruleset_add_table(ruleset, nft_is_of_iptables(table) ? flushed_table(snapshot, table)
                                                             : g_rc_box_acquire(table));
    return ruleset;
}
