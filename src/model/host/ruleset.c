/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The ruleset as a value: see ruleset.h. */
#include "model/host/ruleset.h"

#include "model/foreach.h"

#include <string.h>

Expression *expression_new(ExpressionKind kind)
{
    Expression *expression = g_new0(Expression, 1);
    expression->kind = kind;
    expression->destination = REGISTER_NONE;
    expression->source = REGISTER_NONE;
    expression->source_end = REGISTER_NONE;
    expression->port = REGISTER_NONE;
    expression->port_end = REGISTER_NONE;
    expression->direction = -1;
    return expression;
}

void expression_free(Expression *expression)
{
    if (expression == NULL)
        return;
    g_free(expression->name);
    g_clear_pointer(&expression->data, g_bytes_unref);
    g_clear_pointer(&expression->data_end, g_bytes_unref);
    g_free(expression);
}

NftElement *nft_element_new(void)
{
    return g_new0(NftElement, 1);
}

void nft_element_free(NftElement *element)
{
    if (element == NULL)
        return;
    g_clear_pointer(&element->key, g_bytes_unref);
    g_clear_pointer(&element->key_end, g_bytes_unref);
    g_clear_pointer(&element->data, g_bytes_unref);
    g_free(element->chain);
    g_free(element);
}

NftSet *nft_set_new(const char *name)
{
    NftSet *set = g_rc_box_new0(NftSet);
    set->name = g_strdup(name);
    set->fields = g_array_new(FALSE, FALSE, sizeof(guint32));
    set->elements = g_ptr_array_new_with_free_func((GDestroyNotify)nft_element_free);
    set->index = g_hash_table_new(g_bytes_hash, g_bytes_equal);
    return set;
}

static void set_clear(gpointer data)
{
    NftSet *set = data;
    g_free(set->name);
    g_array_unref(set->fields);
    g_hash_table_unref(set->index);
    g_ptr_array_unref(set->elements);
}

void nft_set_unref(NftSet *set)
{
    if (set != NULL)
        g_rc_box_release_full(set, set_clear);
}

/* The catch-all comes last, all else in the order of the keys. */
static gint compare_elements(gconstpointer a, gconstpointer b)
{
    const NftElement *x = *(NftElement *const *)a;
    const NftElement *y = *(NftElement *const *)b;
    if (x->key == NULL || y->key == NULL)
        return (x->key == NULL) - (y->key == NULL);
    return g_bytes_compare(x->key, y->key);
}

void nft_set_finish(NftSet *set)
{
    g_ptr_array_sort(set->elements, compare_elements);
    g_hash_table_remove_all(set->index);
    PTR_ARRAY_FOREACH (NftElement, element, set->elements) {
        if (element->key != NULL && element->key_end == NULL)
            g_hash_table_insert(set->index, element->key, element);
    }
}

NftRule *nft_rule_new(guint64 handle)
{
    NftRule *rule = g_rc_box_new0(NftRule);
    rule->handle = handle;
    rule->expressions = g_ptr_array_new_with_free_func((GDestroyNotify)expression_free);
    return rule;
}

static void rule_clear(gpointer data)
{
    NftRule *rule = data;
    g_free(rule->comment);
    g_ptr_array_unref(rule->expressions);
}

void nft_rule_unref(NftRule *rule)
{
    if (rule != NULL)
        g_rc_box_release_full(rule, rule_clear);
}

NftChain *nft_chain_new(const char *name)
{
    NftChain *chain = g_new0(NftChain, 1);
    chain->name = g_strdup(name);
    chain->devices = g_new0(char *, 1);
    chain->rules = g_ptr_array_new_with_free_func((GDestroyNotify)nft_rule_unref);
    return chain;
}

void nft_chain_free(NftChain *chain)
{
    if (chain == NULL)
        return;
    g_free(chain->name);
    g_free(chain->type);
    g_strfreev(chain->devices);
    g_ptr_array_unref(chain->rules);
    g_free(chain);
}

NftTable *nft_table_new(NftFamily family, const char *name)
{
    NftTable *table = g_rc_box_new0(NftTable);
    table->family = family;
    table->name = g_strdup(name);
    table->chains = g_ptr_array_new_with_free_func((GDestroyNotify)nft_chain_free);
    table->base_chains = g_ptr_array_new();
    table->sets = g_ptr_array_new_with_free_func((GDestroyNotify)nft_set_unref);
    table->chains_by_name = g_hash_table_new(g_str_hash, g_str_equal);
    table->sets_by_name = g_hash_table_new(g_str_hash, g_str_equal);
    return table;
}

static void table_clear(gpointer data)
{
    NftTable *table = data;
    g_free(table->name);
    g_hash_table_unref(table->chains_by_name);
    g_hash_table_unref(table->sets_by_name);
    g_ptr_array_unref(table->base_chains);
    g_ptr_array_unref(table->chains);
    g_ptr_array_unref(table->sets);
}

void nft_table_unref(NftTable *table)
{
    if (table != NULL)
        g_rc_box_release_full(table, table_clear);
}

Ruleset *ruleset_new(void)
{
    Ruleset *ruleset = g_rc_box_new0(Ruleset);
    ruleset->tables = g_ptr_array_new_with_free_func((GDestroyNotify)nft_table_unref);
    return ruleset;
}

Ruleset *ruleset_ref(Ruleset *ruleset)
{
    return ruleset != NULL ? g_rc_box_acquire(ruleset) : NULL;
}

static void clear(gpointer ruleset)
{
    g_ptr_array_unref(((Ruleset *)ruleset)->tables);
}

void ruleset_unref(Ruleset *ruleset)
{
    if (ruleset != NULL)
        g_rc_box_release_full(ruleset, clear);
}

NftTable *ruleset_table(const Ruleset *ruleset, NftFamily family, const char *name)
{
    PTR_ARRAY_FOREACH (NftTable, table, ruleset->tables) {
        if (table->family == family && g_str_equal(table->name, name))
            return table;
    }
    return NULL;
}

NftTable *ruleset_add_table(Ruleset *ruleset, NftTable *table)
{
    NftTable *first = ruleset_table(ruleset, table->family, table->name);
    if (first != NULL) {
        nft_table_unref(table);
        return first;
    }
    g_ptr_array_add(ruleset->tables, table);
    return table;
}

NftChain *nft_table_chain(const NftTable *table, const char *name)
{
    return name != NULL ? g_hash_table_lookup(table->chains_by_name, name) : NULL;
}

NftSet *nft_table_set(const NftTable *table, const char *name)
{
    return name != NULL ? g_hash_table_lookup(table->sets_by_name, name) : NULL;
}

NftChain *nft_table_add_chain(NftTable *table, NftChain *chain)
{
    NftChain *first = nft_table_chain(table, chain->name);
    if (first != NULL) {
        nft_chain_free(chain);
        return first;
    }
    g_ptr_array_add(table->chains, chain);
    if (chain->is_base)
        g_ptr_array_add(table->base_chains, chain);
    g_hash_table_insert(table->chains_by_name, chain->name, chain);
    return chain;
}

NftSet *nft_table_add_set(NftTable *table, NftSet *set)
{
    NftSet *first = nft_table_set(table, set->name);
    if (first != NULL) {
        nft_set_unref(set);
        return first;
    }
    g_ptr_array_add(table->sets, set);
    g_hash_table_insert(table->sets_by_name, set->name, set);
    return set;
}

void nft_table_remove_chains(NftTable *table)
{
    g_hash_table_remove_all(table->chains_by_name);
    g_ptr_array_set_size(table->base_chains, 0);
    g_ptr_array_set_size(table->chains, 0);
}

void nft_table_remove_sets(NftTable *table)
{
    g_hash_table_remove_all(table->sets_by_name);
    g_ptr_array_set_size(table->sets, 0);
}

const char *nft_family_word(NftFamily family)
{
    switch (family) {
    case NFT_FAMILY_INET:
        return "inet";
    case NFT_FAMILY_IPV4:
        return "ip";
    case NFT_FAMILY_ARP:
        return "arp";
    case NFT_FAMILY_NETDEV:
        return "netdev";
    case NFT_FAMILY_BRIDGE:
        return "bridge";
    case NFT_FAMILY_IPV6:
        return "ip6";
    }
    return NULL;
}
