/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lists of nf_tables, in the order in which each says what the next has to be asked: see netfilter.h.
 * A dump of all rules begins its walk anew for every datagram, so that its cost grows with the square
 * of their number: chains of tables that have many are listed one by one, and only where a hook leads
 * to them (Linux 6.18). */
#include "observe/kernel/netfilter.h"

#include "model/error.h"
#include "model/foreach.h"
#include "observe/kernel/netfilter-decode.h"
#include "observe/kernel/netfilter-sets.h"
#include "observe/kernel/netlink.h"

#include <netlink/attr.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>

enum {
    ATTEMPTS_MAX = 5,
    CHAINS_OF_SMALL_TABLE = 128, /* listed in one dump of the table's rules */
    RULES_MAX = 200000,
    ELEMENTS_MAX = 2000000,
};

typedef struct {
    Netlink *netlink;
    Ruleset *ruleset;
    NftTable *table; /* that is being listed */
    NftChain *chain; /* likewise, NULL: all of the table's */
    NftSet *set;
    guint rules;
    guint elements;
} Reading;

static int message_type(int message)
{
    return NFNL_SUBSYS_NFTABLES << 8 | message;
}

/* A request about FAMILY (0: all) and, where it is not NULL, a table. Its name is attribute 1 of
 * every kind of request. */
static NetlinkRequest *request_new(int message, guint8 family, const char *table)
{
    const struct nfgenmsg header = {.nfgen_family = family, .version = NFNETLINK_V0};
    NetlinkRequest *request = netlink_request_new(message_type(message), &header, sizeof header);
    if (table != NULL)
        nla_put_string(request, NFTA_TABLE_NAME, table);
    return request;
}

static bool too_many(const char *what, GError **error)
{
    nicfix_error_set(error, NICFIX_ERROR_NETLINK, NULL, "there are too many %s", what);
    return false;
}

/* ---- tables and chains ---- */

static bool take_table(const struct nlmsghdr *message, gpointer data, GError **error)
{
    Reading *reading = data;
    return netfilter_add_table(message, reading->ruleset, error);
}

static void reset_tables(gpointer data)
{
    Reading *reading = data;
    g_ptr_array_set_size(reading->ruleset->tables, 0);
}

static bool list_tables(Reading *reading, GError **error)
{
    static const NetlinkList list = {"tables of nf_tables", NETLINK_LIST_OPTIONAL,
                                     NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_NEWTABLE, take_table,
                                     reset_tables};
    g_autoptr(NetlinkRequest) request = request_new(NFT_MSG_GETTABLE, 0, NULL);
    return netlink_list(reading->netlink, request, &list, reading, error);
}

static bool take_chain(const struct nlmsghdr *message, gpointer data, GError **error)
{
    Reading *reading = data;
    return netfilter_add_chain(message, reading->ruleset, error);
}

static void reset_chains(gpointer data)
{
    Reading *reading = data;
    PTR_ARRAY_FOREACH (NftTable, table, reading->ruleset->tables)
        nft_table_remove_chains(table);
}

static bool list_chains(Reading *reading, GError **error)
{
    static const NetlinkList list = {"chains of nf_tables", NETLINK_LIST_OPTIONAL,
                                     NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_NEWCHAIN, take_chain,
                                     reset_chains};
    g_autoptr(NetlinkRequest) request = request_new(NFT_MSG_GETCHAIN, 0, NULL);
    return netlink_list(reading->netlink, request, &list, reading, error);
}

/* ---- rules ---- */

static bool take_rule(const struct nlmsghdr *message, gpointer data, GError **error)
{
    Reading *reading = data;
    if (++reading->rules > RULES_MAX)
        return too_many("rules", error);
    return netfilter_add_rule(message, reading->table, error);
}

static void reset_rules(gpointer data)
{
    Reading *reading = data;
    if (reading->chain != NULL)
        g_ptr_array_set_size(reading->chain->rules, 0);
    else
        PTR_ARRAY_FOREACH (NftChain, chain, reading->table->chains)
            g_ptr_array_set_size(chain->rules, 0);
}

/* The rules of CHAIN, or of the whole table. */
static bool list_rules(Reading *reading, NftChain *chain, GError **error)
{
    static const NetlinkList list = {"rules of nf_tables", NETLINK_LIST_REQUIRED,
                                     NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_NEWRULE, take_rule,
                                     reset_rules};
    const NftTable *table = reading->table;
    g_autoptr(NetlinkRequest) request =
        request_new(NFT_MSG_GETRULE, (guint8)table->family, table->name);
    if (chain != NULL)
        nla_put_string(request, NFTA_RULE_CHAIN, chain->name);
    reading->chain = chain;
    return netlink_list(reading->netlink, request, &list, reading, error);
}

/* ---- sets ---- */

static bool take_set(const struct nlmsghdr *message, gpointer data, GError **error)
{
    Reading *reading = data;
    return netfilter_add_set(message, reading->table, error);
}

static void reset_sets(gpointer data)
{
    Reading *reading = data;
    nft_table_remove_sets(reading->table);
}

static bool list_sets(Reading *reading, GError **error)
{
    static const NetlinkList list = {"sets of nf_tables", NETLINK_LIST_REQUIRED,
                                     NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_NEWSET, take_set,
                                     reset_sets};
    const NftTable *table = reading->table;
    g_autoptr(NetlinkRequest) request =
        request_new(NFT_MSG_GETSET, (guint8)table->family, table->name);
    return netlink_list(reading->netlink, request, &list, reading, error);
}

static bool take_elements(const struct nlmsghdr *message, gpointer data, GError **error)
{
    Reading *reading = data;
    if (!netfilter_add_elements(message, reading->set, error))
        return false;
    return reading->elements + reading->set->elements->len <= ELEMENTS_MAX ||
           too_many("elements of sets", error);
}

static void reset_elements(gpointer data)
{
    Reading *reading = data;
    g_ptr_array_set_size(reading->set->elements, 0);
}

static bool list_elements(Reading *reading, NftSet *set, GError **error)
{
    static const NetlinkList list = {"elements of a set of nf_tables", NETLINK_LIST_REQUIRED,
                                     NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_NEWSETELEM, take_elements,
                                     reset_elements};
    const NftTable *table = reading->table;
    g_autoptr(NetlinkRequest) request =
        request_new(NFT_MSG_GETSETELEM, (guint8)table->family, table->name);
    nla_put_string(request, NFTA_SET_ELEM_LIST_SET, set->name);
    reading->set = set;
    if (!netlink_list(reading->netlink, request, &list, reading, error))
        return false;
    reading->elements += set->elements->len;
    netfilter_join_intervals(set);
    nft_set_finish(set);
    return true;
}

/* ---- what is reached ---- */

/* Chains to be looked at, and the sets that were met in them. */
typedef struct {
    const NftTable *table;
    GPtrArray *chains; /* NftChain: in the order in which they were met */
    GHashTable *known; /* the same as a set */
    GPtrArray *sets;   /* NftSet: likewise */
} Reached;

static void reach_chain(Reached *reached, NftChain *chain)
{
    if (chain != NULL && g_hash_table_add(reached->known, chain))
        g_ptr_array_add(reached->chains, chain);
}

static bool reach_set(Reading *reading, Reached *reached, const Expression *expression,
                      GError **error)
{
    NftSet *set = nft_table_set(reached->table, expression->name);
    if (set == NULL || !g_hash_table_add(reached->known, set))
        return true;
    if (!list_elements(reading, set, error))
        return false;
    if (expression->verdict_map)
        PTR_ARRAY_FOREACH (const NftElement, element, set->elements)
            reach_chain(reached, nft_table_chain(reached->table, element->chain));
    return true;
}

static bool follow(Reading *reading, Reached *reached, const NftChain *chain, GError **error)
{
    PTR_ARRAY_FOREACH (const NftRule, rule, chain->rules) {
        PTR_ARRAY_FOREACH (const Expression, expression, rule->expressions) {
            if (expression->kind == EXPRESSION_VERDICT)
                reach_chain(reached, nft_table_chain(reached->table, expression->name));
            else if (expression->kind == EXPRESSION_LOOKUP &&
                     !reach_set(reading, reached, expression, error))
                return false;
        }
    }
    return true;
}

static bool read_table(Reading *reading, NftTable *table, GError **error)
{
    g_autoptr(GPtrArray) chains = g_ptr_array_new();
    g_autoptr(GHashTable) known = g_hash_table_new(g_direct_hash, g_direct_equal);
    Reached reached = {.table = table, .chains = chains, .known = known};
    bool at_once = table->chains->len <= CHAINS_OF_SMALL_TABLE;
    reading->table = table;
    if (!list_sets(reading, error) || (at_once && !list_rules(reading, NULL, error)))
        return false;
    PTR_ARRAY_FOREACH (NftChain, chain, table->base_chains)
        reach_chain(&reached, chain);
    PTR_ARRAY_FOREACH (NftChain, chain, chains) {
        if ((!at_once && !list_rules(reading, chain, error)) ||
            !follow(reading, &reached, chain, error))
            return false;
    }
    return true;
}

/* ---- the whole ---- */

static bool take_generation(const struct nlmsghdr *message, gpointer data,
                            GError **error G_GNUC_UNUSED)
{
    struct nlattr *id =
        nlmsg_find_attr((struct nlmsghdr *)message, sizeof(struct nfgenmsg), NFTA_GEN_ID);
    if (id != NULL && nla_len(id) >= (int)sizeof(guint32))
        *(guint32 *)data = GUINT32_FROM_BE(nla_get_u32(id));
    return true;
}

static bool read_generation(Netlink *netlink, guint32 *generation, GError **error)
{
    int refusal = 0;
    g_autoptr(NetlinkRequest) request = request_new(NFT_MSG_GETGEN, 0, NULL);
    if (!netlink_ask(netlink, request, "nf_tables", take_generation, generation, &refusal, error))
        return false;
    if (refusal == 0)
        return true;
    nicfix_error_set(error, NICFIX_ERROR_NETLINK, NULL, "%s", g_strerror(refusal));
    return false;
}

static bool read_ruleset(Reading *reading, GError **error)
{
    if (!list_tables(reading, error) || !list_chains(reading, error))
        return false;
    PTR_ARRAY_FOREACH (NftTable, table, reading->ruleset->tables) {
        if (table->family != NFT_FAMILY_ARP && table->base_chains->len > 0 &&
            !read_table(reading, table, error))
            return false;
    }
    return true;
}

static Ruleset *read_consistently(Netlink *netlink, GError **error)
{
    for (int attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
        guint32 before = 0;
        guint32 after = 0;
        g_autoptr(Ruleset) ruleset = ruleset_new();
        g_autoptr(GError) broken = NULL;
        Reading reading = {.netlink = netlink, .ruleset = ruleset};
        if (!read_generation(netlink, &before, error))
            return NULL;
        bool whole = read_ruleset(&reading, &broken);
        if (!read_generation(netlink, &after, error))
            return NULL;
        if (before == after && !whole) {
            g_propagate_error(error, g_steal_pointer(&broken));
            return NULL;
        }
        ruleset->generation = after;
        if (before == after)
            return g_steal_pointer(&ruleset);
    }
    nicfix_error_set(error, NICFIX_ERROR_NETLINK, NULL,
                     "they changed each of the %d times they were read", ATTEMPTS_MAX);
    return NULL;
}

void netfilter_observe(Snapshot *snapshot)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Netlink) netlink = netlink_new(NETLINK_NETFILTER, &error);
    if (netlink != NULL)
        snapshot->ruleset = read_consistently(netlink, &error);
    if (error != NULL)
        snapshot_add_unread(snapshot, "the kernel's nf_tables rules", "NETLINK_NETFILTER",
                            error->message);
}

bool netfilter_has_changed(const Ruleset *ruleset)
{
    guint32 now = 0;
    g_autoptr(Netlink) netlink = netlink_new(NETLINK_NETFILTER, NULL);
    return ruleset != NULL && netlink != NULL && read_generation(netlink, &now, NULL) &&
           now != ruleset->generation;
}
