/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libnftnl's objects as values of the model: see netfilter-decode.h. */
#include "observe/kernel/netfilter-decode.h"

#include "observe/kernel/netfilter-expressions.h"
#include "observe/kernel/netfilter-forms.h"
#include "observe/kernel/netfilter-message.h"

#include <libnftnl/chain.h>
#include <libnftnl/rule.h>
#include <libnftnl/table.h>
#include <libnftnl/udata.h>
#include <netlink/attr.h>
#include <netlink/msg.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>

typedef struct nftnl_table TableMessage;
typedef struct nftnl_chain ChainMessage;
typedef struct nftnl_rule RuleMessage;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TableMessage, nftnl_table_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ChainMessage, nftnl_chain_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RuleMessage, nftnl_rule_free)

/* ---- rules ---- */

static int add_expression(struct nftnl_expr *from, void *rule)
{
    g_ptr_array_add(((NftRule *)rule)->expressions, netfilter_expression_read(from));
    return 0;
}

/* nft(8) keeps a comment in the user data: type, length, text with its NUL. */
static char *comment_of(const struct nftnl_rule *from)
{
    guint32 size = 0;
    const guint8 *data = nftnl_rule_is_set(from, NFTNL_RULE_USERDATA)
                             ? nftnl_rule_get_data(from, NFTNL_RULE_USERDATA, &size)
                             : NULL;
    for (guint32 i = 0; data != NULL && i + 2 <= size && i + 2 + data[i + 1] <= size;
         i += 2u + data[i + 1]) {
        g_autofree char *text = g_strndup((const char *)data + i + 2, data[i + 1]);
        if (data[i] == NFTNL_UDATA_RULE_COMMENT)
            return netfilter_name_of(text);
    }
    return NULL;
}

/* A message like MESSAGE that has ELEMENT as its only expression. */
static struct nl_msg *message_with(const struct nlmsghdr *message, struct nlattr *element)
{
    struct nl_msg *alone = nlmsg_alloc_size((gsize)nla_total_size(nla_len(element)) + 256);
    nlmsg_put(alone, 0, 0, message->nlmsg_type, 0, 0);
    nlmsg_append(alone, nlmsg_data(message), sizeof(struct nfgenmsg), NLMSG_ALIGNTO);
    struct nlattr *list = nla_nest_start(alone, NFTA_RULE_EXPRESSIONS);
    nla_put(alone, NFTA_LIST_ELEM, nla_len(element), nla_data(element));
    nla_nest_end(alone, list);
    return alone;
}

static bool read_alone(const struct nlmsghdr *message, struct nlattr *element, NftRule *rule)
{
    const char *name = netfilter_expression_name(element);
    if (name == NULL)
        return false;
    struct nl_msg *alone = message_with(message, element);
    g_autoptr(RuleMessage) from = nftnl_rule_alloc();
    if (netfilter_expression_fits(element) && nftnl_rule_nlmsg_parse(nlmsg_hdr(alone), from) >= 0)
        nftnl_expr_foreach(from, add_expression, rule);
    else
        g_ptr_array_add(rule->expressions, netfilter_expression_unknown(name));
    nlmsg_free(alone);
    return true;
}

static struct nlattr *find(const struct nlmsghdr *message, int attribute)
{
    return nlmsg_find_attr((struct nlmsghdr *)message, sizeof(struct nfgenmsg), attribute);
}

/* libnftnl refuses a rule whole where it does not know one of its expressions: then each of them is
 * tried by itself, and one that is refused, or that it could not take, is kept by its name. */
static bool read_one_by_one(const struct nlmsghdr *message, NftRule *rule)
{
    struct nlattr *list = find(message, NFTA_RULE_EXPRESSIONS);
    struct nlattr *handle = find(message, NFTA_RULE_HANDLE);
    struct nlattr *element;
    int rest;
    if (handle != NULL)
        rule->handle = GUINT64_FROM_BE(nla_get_u64(handle));
    if (list == NULL)
        return false;
    nla_for_each_nested(element, list, rest)
    {
        if (!read_alone(message, element, rule))
            return false;
    }
    return true;
}

bool netfilter_add_rule(const struct nlmsghdr *message, NftTable *table, GError **error)
{
    if (!netfilter_message_fits(message, NETFILTER_RULE))
        return netfilter_malformed("rule", error);
    g_autofree char *name = netfilter_name_of(nla_data(find(message, NFTA_RULE_CHAIN)));
    NftChain *chain = nft_table_chain(table, name);
    g_autoptr(NftRule) rule = nft_rule_new(0);
    g_autoptr(RuleMessage) from = nftnl_rule_alloc();
    if (netfilter_rule_fits(message) && nftnl_rule_nlmsg_parse(message, from) >= 0) {
        rule->handle = nftnl_rule_get_u64(from, NFTNL_RULE_HANDLE);
        rule->comment = comment_of(from);
        nftnl_expr_foreach(from, add_expression, rule);
    } else if (!read_one_by_one(message, rule)) {
        return netfilter_malformed("rule", error);
    }
    if (chain != NULL) /* else made since the chains were listed: the generation will tell */
        g_ptr_array_add(chain->rules, g_steal_pointer(&rule));
    return true;
}

/* ---- tables and chains ---- */

static guint8 family_of(const struct nlmsghdr *message)
{
    return ((const struct nfgenmsg *)nlmsg_data(message))->nfgen_family;
}

static bool is_family(guint8 number)
{
    switch ((NftFamily)number) {
    case NFT_FAMILY_INET:
    case NFT_FAMILY_IPV4:
    case NFT_FAMILY_ARP:
    case NFT_FAMILY_NETDEV:
    case NFT_FAMILY_BRIDGE:
    case NFT_FAMILY_IPV6:
        return true;
    }
    return false;
}

bool netfilter_add_table(const struct nlmsghdr *message, Ruleset *ruleset, GError **error)
{
    if (!netfilter_message_fits(message, NETFILTER_TABLE))
        return netfilter_malformed("table", error);
    g_autoptr(TableMessage) from = nftnl_table_alloc();
    if (nftnl_table_nlmsg_parse(message, from) < 0 ||
        !netfilter_is_name(nftnl_table_get_str(from, NFTNL_TABLE_NAME)) ||
        !is_family(family_of(message)))
        return netfilter_malformed("table", error);
    g_autofree char *name = netfilter_name_of(nftnl_table_get_str(from, NFTNL_TABLE_NAME));
    NftTable *table = nft_table_new((NftFamily)family_of(message), name);
    table->handle = nftnl_table_is_set(from, NFTNL_TABLE_HANDLE)
                        ? nftnl_table_get_u64(from, NFTNL_TABLE_HANDLE)
                        : 0;
    table->flags = nftnl_table_is_set(from, NFTNL_TABLE_FLAGS)
                       ? nftnl_table_get_u32(from, NFTNL_TABLE_FLAGS)
                       : 0;
    ruleset_add_table(ruleset, table);
    return true;
}

static void add_name(GStrvBuilder *names, const char *bytes)
{
    g_autofree char *name = netfilter_name_of(bytes);
    g_strv_builder_add(names, name);
}

static char **devices_of(const struct nftnl_chain *from)
{
    g_autoptr(GStrvBuilder) devices = g_strv_builder_new();
    if (nftnl_chain_is_set(from, NFTNL_CHAIN_DEV))
        add_name(devices, nftnl_chain_get_str(from, NFTNL_CHAIN_DEV));
    const char *const *several = nftnl_chain_is_set(from, NFTNL_CHAIN_DEVICES)
                                     ? nftnl_chain_get_array(from, NFTNL_CHAIN_DEVICES)
                                     : NULL;
    for (; several != NULL && *several != NULL; several++)
        add_name(devices, *several);
    return g_strv_builder_end(devices);
}

bool netfilter_add_chain(const struct nlmsghdr *message, Ruleset *ruleset, GError **error)
{
    if (!netfilter_message_fits(message, NETFILTER_CHAIN))
        return netfilter_malformed("chain", error);
    g_autoptr(ChainMessage) from = nftnl_chain_alloc();
    if (nftnl_chain_nlmsg_parse(message, from) < 0 ||
        !netfilter_is_name(nftnl_chain_get_str(from, NFTNL_CHAIN_NAME)))
        return netfilter_malformed("chain", error);
    if (!nftnl_chain_is_set(from, NFTNL_CHAIN_TABLE))
        return netfilter_malformed("chain", error);
    g_autofree char *name = netfilter_name_of(nftnl_chain_get_str(from, NFTNL_CHAIN_NAME));
    g_autofree char *owner = netfilter_name_of(nftnl_chain_get_str(from, NFTNL_CHAIN_TABLE));
    NftTable *table = ruleset_table(ruleset, (NftFamily)family_of(message), owner);
    if (table == NULL)
        return true; /* made since the tables were listed: the generation will tell */
    NftChain *chain = nft_chain_new(name);
    chain->handle = nftnl_chain_get_u64(from, NFTNL_CHAIN_HANDLE);
    chain->is_base = nftnl_chain_is_set(from, NFTNL_CHAIN_HOOKNUM);
    if (chain->is_base) {
        chain->type = nftnl_chain_is_set(from, NFTNL_CHAIN_TYPE)
                          ? netfilter_name_of(nftnl_chain_get_str(from, NFTNL_CHAIN_TYPE))
                          : g_strdup("filter");
        chain->hook = nftnl_chain_get_u32(from, NFTNL_CHAIN_HOOKNUM);
        chain->priority = nftnl_chain_get_s32(from, NFTNL_CHAIN_PRIO);
        chain->policy_drop = nftnl_chain_is_set(from, NFTNL_CHAIN_POLICY) &&
                             nftnl_chain_get_u32(from, NFTNL_CHAIN_POLICY) == NF_DROP;
        g_strfreev(chain->devices);
        chain->devices = devices_of(from);
    }
    nft_table_add_chain(table, chain);
    return true;
}
