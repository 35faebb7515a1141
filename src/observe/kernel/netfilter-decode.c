/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libnftnl's objects as values of the model: see netfilter-decode.h. */
#include "observe/kernel/netfilter-decode.h"

#include "model/error.h"
#include "model/foreach.h"
#include "observe/kernel/netfilter-forms.h"

#include <libnftnl/chain.h>
#include <libnftnl/expr.h>
#include <libnftnl/rule.h>
#include <libnftnl/set.h>
#include <libnftnl/table.h>
#include <libnftnl/udata.h>
#include <netlink/attr.h>
#include <netlink/msg.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>
#include <string.h>

typedef struct nftnl_table TableMessage;
typedef struct nftnl_chain ChainMessage;
typedef struct nftnl_rule RuleMessage;
typedef struct nftnl_set SetMessage;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TableMessage, nftnl_table_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ChainMessage, nftnl_chain_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RuleMessage, nftnl_rule_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SetMessage, nftnl_set_free)

static bool malformed(const char *what, GError **error)
{
    nicfix_error_set(error, NICFIX_ERROR_NETLINK, NULL,
                     "the kernel's message about a %s of "
                     "nf_tables is malformed",
                     what);
    return false;
}

/* Names come from whoever made the ruleset, and may be any bytes. */
static char *name_of(const char *bytes)
{
    return g_utf8_make_valid(bytes, -1);
}

/* A nameless table, chain or set could not be told from one that is not named. */
static bool is_name(const char *bytes)
{
    return bytes != NULL && *bytes != '\0';
}

/* ---- expressions ---- */

/* The byte offset of register NUMBER; both naming schemes (linux/netfilter/nf_tables.h). */
static int register_offset(guint32 number)
{
    if (number >= NFT_REG_1 && number <= NFT_REG_4)
        return (int)((number - NFT_REG_1) * NFT_REG_SIZE);
    if (number >= NFT_REG32_00 && number <= NFT_REG32_15)
        return (int)((number - NFT_REG32_00) * NFT_REG32_SIZE);
    return REGISTER_NONE;
}

static int get_register(const struct nftnl_expr *from, guint16 attribute)
{
    return nftnl_expr_is_set(from, attribute) ? register_offset(nftnl_expr_get_u32(from, attribute))
                                              : REGISTER_NONE;
}

static guint32 get_number(const struct nftnl_expr *from, guint16 attribute)
{
    return nftnl_expr_is_set(from, attribute) ? nftnl_expr_get_u32(from, attribute) : 0;
}

static char *get_name(const struct nftnl_expr *from, guint16 attribute)
{
    return nftnl_expr_is_set(from, attribute) ? name_of(nftnl_expr_get_str(from, attribute)) : NULL;
}

static GBytes *get_bytes(const struct nftnl_expr *from, guint16 attribute)
{
    guint32 size = 0;
    const void *data =
        nftnl_expr_is_set(from, attribute) ? nftnl_expr_get(from, attribute, &size) : NULL;
    return data != NULL ? g_bytes_new(data, size) : NULL;
}

static Expression *read_payload(const struct nftnl_expr *from)
{
    bool writes = nftnl_expr_is_set(from, NFTNL_EXPR_PAYLOAD_SREG);
    Expression *to = expression_new(writes ? EXPRESSION_PAYLOAD_SET : EXPRESSION_PAYLOAD);
    to->destination = get_register(from, NFTNL_EXPR_PAYLOAD_DREG);
    to->source = get_register(from, NFTNL_EXPR_PAYLOAD_SREG);
    to->key = get_number(from, NFTNL_EXPR_PAYLOAD_BASE);
    to->offset = get_number(from, NFTNL_EXPR_PAYLOAD_OFFSET);
    to->length = get_number(from, NFTNL_EXPR_PAYLOAD_LEN);
    return to;
}

static Expression *read_meta(const struct nftnl_expr *from)
{
    bool writes = nftnl_expr_is_set(from, NFTNL_EXPR_META_SREG);
    Expression *to = expression_new(writes ? EXPRESSION_META_SET : EXPRESSION_META);
    to->destination = get_register(from, NFTNL_EXPR_META_DREG);
    to->source = get_register(from, NFTNL_EXPR_META_SREG);
    to->key = get_number(from, NFTNL_EXPR_META_KEY);
    return to;
}

static Expression *read_ct(const struct nftnl_expr *from)
{
    bool writes = nftnl_expr_is_set(from, NFTNL_EXPR_CT_SREG);
    Expression *to = expression_new(writes ? EXPRESSION_CT_SET : EXPRESSION_CT);
    to->destination = get_register(from, NFTNL_EXPR_CT_DREG);
    to->source = get_register(from, NFTNL_EXPR_CT_SREG);
    to->key = get_number(from, NFTNL_EXPR_CT_KEY);
    if (nftnl_expr_is_set(from, NFTNL_EXPR_CT_DIR))
        to->direction = nftnl_expr_get_u8(from, NFTNL_EXPR_CT_DIR);
    return to;
}

static Expression *read_cmp(const struct nftnl_expr *from)
{
    Expression *to = expression_new(EXPRESSION_CMP);
    to->source = get_register(from, NFTNL_EXPR_CMP_SREG);
    to->operation = get_number(from, NFTNL_EXPR_CMP_OP);
    to->data = get_bytes(from, NFTNL_EXPR_CMP_DATA);
    return to;
}

static Expression *read_range(const struct nftnl_expr *from)
{
    Expression *to = expression_new(EXPRESSION_RANGE);
    to->source = get_register(from, NFTNL_EXPR_RANGE_SREG);
    to->operation = get_number(from, NFTNL_EXPR_RANGE_OP);
    to->data = get_bytes(from, NFTNL_EXPR_RANGE_FROM_DATA);
    to->data_end = get_bytes(from, NFTNL_EXPR_RANGE_TO_DATA);
    return to;
}

static Expression *read_bitwise(const struct nftnl_expr *from)
{
    Expression *to = expression_new(EXPRESSION_BITWISE);
    to->source = get_register(from, NFTNL_EXPR_BITWISE_SREG);
    to->destination = get_register(from, NFTNL_EXPR_BITWISE_DREG);
    to->length = get_number(from, NFTNL_EXPR_BITWISE_LEN);
    to->operation = get_number(from, NFTNL_EXPR_BITWISE_OP);
    bool boolean = to->operation == NFT_BITWISE_BOOL;
    to->data = get_bytes(from, boolean ? NFTNL_EXPR_BITWISE_MASK : NFTNL_EXPR_BITWISE_DATA);
    to->data_end = boolean ? get_bytes(from, NFTNL_EXPR_BITWISE_XOR) : NULL;
    return to;
}

static Expression *read_byteorder(const struct nftnl_expr *from)
{
    Expression *to = expression_new(EXPRESSION_BYTEORDER);
    to->source = get_register(from, NFTNL_EXPR_BYTEORDER_SREG);
    to->destination = get_register(from, NFTNL_EXPR_BYTEORDER_DREG);
    to->length = get_number(from, NFTNL_EXPR_BYTEORDER_LEN);
    to->size = get_number(from, NFTNL_EXPR_BYTEORDER_SIZE);
    return to;
}

static Expression *read_immediate(const struct nftnl_expr *from)
{
    if (nftnl_expr_is_set(from, NFTNL_EXPR_IMM_VERDICT)) {
        Expression *verdict = expression_new(EXPRESSION_VERDICT);
        verdict->verdict = (int)nftnl_expr_get_u32(from, NFTNL_EXPR_IMM_VERDICT);
        verdict->name = get_name(from, NFTNL_EXPR_IMM_CHAIN);
        return verdict;
    }
    Expression *to = expression_new(EXPRESSION_IMMEDIATE);
    to->destination = get_register(from, NFTNL_EXPR_IMM_DREG);
    to->data = get_bytes(from, NFTNL_EXPR_IMM_DATA);
    return to;
}

/* The verdict register (NFT_REG_VERDICT) as destination makes it a verdict map. */
static Expression *read_lookup(const struct nftnl_expr *from)
{
    Expression *to = expression_new(EXPRESSION_LOOKUP);
    to->source = get_register(from, NFTNL_EXPR_LOOKUP_SREG);
    to->name = get_name(from, NFTNL_EXPR_LOOKUP_SET);
    to->flags = get_number(from, NFTNL_EXPR_LOOKUP_FLAGS);
    to->destination = get_register(from, NFTNL_EXPR_LOOKUP_DREG);
    to->verdict_map = nftnl_expr_is_set(from, NFTNL_EXPR_LOOKUP_DREG) &&
                      nftnl_expr_get_u32(from, NFTNL_EXPR_LOOKUP_DREG) == NFT_REG_VERDICT;
    return to;
}

static Expression *read_fib(const struct nftnl_expr *from)
{
    Expression *to = expression_new(EXPRESSION_FIB);
    to->destination = get_register(from, NFTNL_EXPR_FIB_DREG);
    to->key = get_number(from, NFTNL_EXPR_FIB_RESULT);
    to->flags = get_number(from, NFTNL_EXPR_FIB_FLAGS);
    return to;
}

static Expression *read_rt(const struct nftnl_expr *from)
{
    Expression *to = expression_new(EXPRESSION_RT);
    to->destination = get_register(from, NFTNL_EXPR_RT_DREG);
    to->key = get_number(from, NFTNL_EXPR_RT_KEY);
    return to;
}

static Expression *read_socket(const struct nftnl_expr *from)
{
    Expression *to = expression_new(EXPRESSION_SOCKET);
    to->destination = get_register(from, NFTNL_EXPR_SOCKET_DREG);
    to->key = get_number(from, NFTNL_EXPR_SOCKET_KEY);
    return to;
}

static Expression *read_exthdr(const struct nftnl_expr *from)
{
    Expression *to = expression_new(EXPRESSION_EXTHDR);
    to->destination = get_register(from, NFTNL_EXPR_EXTHDR_DREG);
    to->key = nftnl_expr_is_set(from, NFTNL_EXPR_EXTHDR_TYPE)
                  ? nftnl_expr_get_u8(from, NFTNL_EXPR_EXTHDR_TYPE)
                  : 0;
    to->offset = get_number(from, NFTNL_EXPR_EXTHDR_OFFSET);
    to->length = get_number(from, NFTNL_EXPR_EXTHDR_LEN);
    to->flags = get_number(from, NFTNL_EXPR_EXTHDR_FLAGS);
    to->operation = get_number(from, NFTNL_EXPR_EXTHDR_OP);
    return to;
}

static Expression *read_numgen(const struct nftnl_expr *from)
{
    Expression *to = expression_new(EXPRESSION_NUMGEN);
    to->destination = get_register(from, NFTNL_EXPR_NG_DREG);
    to->modulus = get_number(from, NFTNL_EXPR_NG_MODULUS);
    to->offset = get_number(from, NFTNL_EXPR_NG_OFFSET);
    return to;
}

static Expression *read_hash(const struct nftnl_expr *from)
{
    Expression *to = expression_new(EXPRESSION_HASH);
    to->destination = get_register(from, NFTNL_EXPR_HASH_DREG);
    to->modulus = get_number(from, NFTNL_EXPR_HASH_MODULUS);
    to->offset = get_number(from, NFTNL_EXPR_HASH_OFFSET);
    return to;
}

static Expression *read_reject(const struct nftnl_expr *from)
{
    Expression *to = expression_new(EXPRESSION_REJECT);
    to->key = get_number(from, NFTNL_EXPR_REJECT_TYPE);
    to->operation = nftnl_expr_is_set(from, NFTNL_EXPR_REJECT_CODE)
                        ? nftnl_expr_get_u8(from, NFTNL_EXPR_REJECT_CODE)
                        : 0;
    return to;
}

static Expression *read_nat(const struct nftnl_expr *from)
{
    Expression *to = expression_new(EXPRESSION_NAT);
    to->key = get_number(from, NFTNL_EXPR_NAT_TYPE);
    to->family = get_number(from, NFTNL_EXPR_NAT_FAMILY);
    to->source = get_register(from, NFTNL_EXPR_NAT_REG_ADDR_MIN);
    to->source_end = get_register(from, NFTNL_EXPR_NAT_REG_ADDR_MAX);
    to->port = get_register(from, NFTNL_EXPR_NAT_REG_PROTO_MIN);
    to->port_end = get_register(from, NFTNL_EXPR_NAT_REG_PROTO_MAX);
    to->flags = get_number(from, NFTNL_EXPR_NAT_FLAGS);
    return to;
}

static Expression *read_masquerade(const struct nftnl_expr *from)
{
    Expression *to = expression_new(EXPRESSION_MASQUERADE);
    to->port = get_register(from, NFTNL_EXPR_MASQ_REG_PROTO_MIN);
    to->port_end = get_register(from, NFTNL_EXPR_MASQ_REG_PROTO_MAX);
    to->flags = get_number(from, NFTNL_EXPR_MASQ_FLAGS);
    return to;
}

static Expression *read_redirect(const struct nftnl_expr *from)
{
    Expression *to = expression_new(EXPRESSION_REDIRECT);
    to->port = get_register(from, NFTNL_EXPR_REDIR_REG_PROTO_MIN);
    to->port_end = get_register(from, NFTNL_EXPR_REDIR_REG_PROTO_MAX);
    to->flags = get_number(from, NFTNL_EXPR_REDIR_FLAGS);
    return to;
}

static Expression *read_tproxy(const struct nftnl_expr *from)
{
    Expression *to = expression_new(EXPRESSION_TPROXY);
    to->family = get_number(from, NFTNL_EXPR_TPROXY_FAMILY);
    to->source = get_register(from, NFTNL_EXPR_TPROXY_REG_ADDR);
    to->port = get_register(from, NFTNL_EXPR_TPROXY_REG_PORT);
    return to;
}

static Expression *read_notrack(const struct nftnl_expr *from)
{
    (void)from;
    return expression_new(EXPRESSION_NOTRACK);
}

static Expression *read_limit(const struct nftnl_expr *from)
{
    Expression *to = expression_new(EXPRESSION_LIMIT);
    to->flags = get_number(from, NFTNL_EXPR_LIMIT_FLAGS);
    return to;
}

static Expression *read_quota(const struct nftnl_expr *from)
{
    Expression *to = expression_new(EXPRESSION_QUOTA);
    to->flags = get_number(from, NFTNL_EXPR_QUOTA_FLAGS);
    return to;
}

static Expression *read_connlimit(const struct nftnl_expr *from)
{
    Expression *to = expression_new(EXPRESSION_CONNLIMIT);
    to->flags = get_number(from, NFTNL_EXPR_CONNLIMIT_FLAGS);
    return to;
}

static int note_condition(struct nftnl_expr *inner, void *conditional)
{
    static const char *const neutral[] = {"counter", "last", NULL};
    if (!g_strv_contains(neutral, nftnl_expr_get_str(inner, NFTNL_EXPR_NAME)))
        *(bool *)conditional = true;
    return 0;
}

static Expression *read_dynset(const struct nftnl_expr *from)
{
    Expression *to = expression_new(EXPRESSION_DYNSET);
    to->name = get_name(from, NFTNL_EXPR_DYNSET_SET_NAME);
    to->operation = get_number(from, NFTNL_EXPR_DYNSET_OP);
    nftnl_expr_expr_foreach(from, note_condition, &to->conditional);
    return to;
}

static Expression *read_queue(const struct nftnl_expr *from)
{
    Expression *to = expression_new(EXPRESSION_QUEUE);
    to->operation = nftnl_expr_is_set(from, NFTNL_EXPR_QUEUE_NUM)
                        ? nftnl_expr_get_u16(from, NFTNL_EXPR_QUEUE_NUM)
                        : 0;
    return to;
}

static Expression *read_dup(const struct nftnl_expr *from)
{
    (void)from;
    return expression_new(EXPRESSION_DUP);
}

static Expression *read_fwd(const struct nftnl_expr *from)
{
    Expression *to = expression_new(EXPRESSION_FWD);
    to->source = get_register(from, NFTNL_EXPR_FWD_SREG_DEV);
    return to;
}

static Expression *read_synproxy(const struct nftnl_expr *from)
{
    (void)from;
    return expression_new(EXPRESSION_SYNPROXY);
}

static Expression *read_flow_offload(const struct nftnl_expr *from)
{
    Expression *to = expression_new(EXPRESSION_FLOW_OFFLOAD);
    to->name = get_name(from, NFTNL_EXPR_FLOW_TABLE_NAME);
    return to;
}

static Expression *read_neutral(const struct nftnl_expr *from)
{
    Expression *to = expression_new(EXPRESSION_NEUTRAL);
    to->name = name_of(nftnl_expr_get_str(from, NFTNL_EXPR_NAME));
    return to;
}

/* Objects of type counter only count; quota, limit and connlimit may stop the rule. */
static Expression *read_object(const struct nftnl_expr *from)
{
    bool counts = nftnl_expr_is_set(from, NFTNL_EXPR_OBJREF_IMM_TYPE) &&
                  nftnl_expr_get_u32(from, NFTNL_EXPR_OBJREF_IMM_TYPE) == NFT_OBJECT_COUNTER;
    Expression *to = expression_new(counts ? EXPRESSION_NEUTRAL : EXPRESSION_LIMIT);
    to->name = g_strdup("objref");
    return to;
}

static Expression *read_match(const struct nftnl_expr *from)
{
    Expression *to = expression_new(EXPRESSION_MATCH);
    to->name = get_name(from, NFTNL_EXPR_MT_NAME);
    to->revision = get_number(from, NFTNL_EXPR_MT_REV);
    to->data = get_bytes(from, NFTNL_EXPR_MT_INFO);
    return to;
}

static Expression *read_target(const struct nftnl_expr *from)
{
    Expression *to = expression_new(EXPRESSION_TARGET);
    to->name = get_name(from, NFTNL_EXPR_TG_NAME);
    to->revision = get_number(from, NFTNL_EXPR_TG_REV);
    to->data = get_bytes(from, NFTNL_EXPR_TG_INFO);
    return to;
}

static const struct {
    const char *name;
    Expression *(*read)(const struct nftnl_expr *from);
} readers[] = {
    {"payload", read_payload},
    {"meta", read_meta},
    {"ct", read_ct},
    {"cmp", read_cmp},
    {"range", read_range},
    {"bitwise", read_bitwise},
    {"byteorder", read_byteorder},
    {"immediate", read_immediate},
    {"lookup", read_lookup},
    {"fib", read_fib},
    {"rt", read_rt},
    {"socket", read_socket},
    {"exthdr", read_exthdr},
    {"numgen", read_numgen},
    {"hash", read_hash},
    {"reject", read_reject},
    {"nat", read_nat},
    {"masq", read_masquerade},
    {"redir", read_redirect},
    {"tproxy", read_tproxy},
    {"notrack", read_notrack},
    {"limit", read_limit},
    {"quota", read_quota},
    {"connlimit", read_connlimit},
    {"dynset", read_dynset},
    {"queue", read_queue},
    {"dup", read_dup},
    {"fwd", read_fwd},
    {"synproxy", read_synproxy},
    {"flow_offload", read_flow_offload},
    {"counter", read_neutral},
    {"log", read_neutral},
    {"last", read_neutral},
    {"objref", read_object},
    {"match", read_match},
    {"target", read_target},
};

static Expression *expression_unknown(const char *name)
{
    Expression *expression = expression_new(EXPRESSION_UNKNOWN);
    expression->name = name_of(name);
    return expression;
}

static int add_expression(struct nftnl_expr *from, void *data)
{
    NftRule *rule = data;
    const char *name = nftnl_expr_get_str(from, NFTNL_EXPR_NAME);
    for (gsize i = 0; i < G_N_ELEMENTS(readers); i++) {
        if (g_str_equal(readers[i].name, name)) {
            g_ptr_array_add(rule->expressions, readers[i].read(from));
            return 0;
        }
    }
    g_ptr_array_add(rule->expressions, expression_unknown(name));
    return 0;
}

/* ---- rules ---- */

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
            return name_of(text);
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
        g_ptr_array_add(rule->expressions, expression_unknown(name));
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
        return malformed("rule", error);
    g_autofree char *name = name_of(nla_data(find(message, NFTA_RULE_CHAIN)));
    NftChain *chain = nft_table_chain(table, name);
    g_autoptr(NftRule) rule = nft_rule_new(0);
    g_autoptr(RuleMessage) from = nftnl_rule_alloc();
    if (netfilter_rule_fits(message) && nftnl_rule_nlmsg_parse(message, from) >= 0) {
        rule->handle = nftnl_rule_get_u64(from, NFTNL_RULE_HANDLE);
        rule->comment = comment_of(from);
        nftnl_expr_foreach(from, add_expression, rule);
    } else if (!read_one_by_one(message, rule)) {
        return malformed("rule", error);
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
        return malformed("table", error);
    g_autoptr(TableMessage) from = nftnl_table_alloc();
    if (nftnl_table_nlmsg_parse(message, from) < 0 ||
        !is_name(nftnl_table_get_str(from, NFTNL_TABLE_NAME)) || !is_family(family_of(message)))
        return malformed("table", error);
    g_autofree char *name = name_of(nftnl_table_get_str(from, NFTNL_TABLE_NAME));
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
    g_autofree char *name = name_of(bytes);
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
        return malformed("chain", error);
    g_autoptr(ChainMessage) from = nftnl_chain_alloc();
    if (nftnl_chain_nlmsg_parse(message, from) < 0 ||
        !is_name(nftnl_chain_get_str(from, NFTNL_CHAIN_NAME)))
        return malformed("chain", error);
    if (!nftnl_chain_is_set(from, NFTNL_CHAIN_TABLE))
        return malformed("chain", error);
    g_autofree char *name = name_of(nftnl_chain_get_str(from, NFTNL_CHAIN_NAME));
    g_autofree char *owner = name_of(nftnl_chain_get_str(from, NFTNL_CHAIN_TABLE));
    NftTable *table = ruleset_table(ruleset, (NftFamily)family_of(message), owner);
    if (table == NULL)
        return true; /* made since the tables were listed: the generation will tell */
    NftChain *chain = nft_chain_new(name);
    chain->handle = nftnl_chain_get_u64(from, NFTNL_CHAIN_HANDLE);
    chain->is_base = nftnl_chain_is_set(from, NFTNL_CHAIN_HOOKNUM);
    if (chain->is_base) {
        chain->type = nftnl_chain_is_set(from, NFTNL_CHAIN_TYPE)
                          ? name_of(nftnl_chain_get_str(from, NFTNL_CHAIN_TYPE))
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

/* ---- sets ---- */

/* nf_tables_set_desc_parse(): the kernel has no longer ones. */
static bool has_longer_field(const NftSet *set)
{
    for (guint i = 0; i < set->fields->len; i++) {
        if (g_array_index(set->fields, guint32, i) > REGISTERS_SIZE)
            return true;
    }
    return false;
}

bool netfilter_add_set(const struct nlmsghdr *message, NftTable *table, GError **error)
{
    if (!netfilter_message_fits(message, NETFILTER_SET))
        return malformed("set", error);
    g_autoptr(SetMessage) from = nftnl_set_alloc();
    if (nftnl_set_nlmsg_parse(message, from) < 0 ||
        !is_name(nftnl_set_get_str(from, NFTNL_SET_NAME)))
        return malformed("set", error);
    g_autofree char *name = name_of(nftnl_set_get_str(from, NFTNL_SET_NAME));
    NftSet *set = nft_set_new(name);
    guint32 size = 0;
    const guint8 *fields = nftnl_set_is_set(from, NFTNL_SET_DESC_CONCAT)
                               ? nftnl_set_get_data(from, NFTNL_SET_DESC_CONCAT, &size)
                               : NULL;
    set->handle =
        nftnl_set_is_set(from, NFTNL_SET_HANDLE) ? nftnl_set_get_u64(from, NFTNL_SET_HANDLE) : 0;
    set->flags =
        nftnl_set_is_set(from, NFTNL_SET_FLAGS) ? nftnl_set_get_u32(from, NFTNL_SET_FLAGS) : 0;
    set->key_length = nftnl_set_get_u32(from, NFTNL_SET_KEY_LEN);
    set->data_length = nftnl_set_is_set(from, NFTNL_SET_DATA_LEN)
                           ? nftnl_set_get_u32(from, NFTNL_SET_DATA_LEN)
                           : 0;
    for (guint32 i = 0; i < size && fields[i] != 0; i++) {
        guint32 length = fields[i];
        g_array_append_val(set->fields, length);
    }
    if (set->key_length > REGISTERS_SIZE || set->data_length > REGISTERS_SIZE ||
        has_longer_field(set)) {
        nft_set_unref(set);
        return malformed("set", error);
    }
    nft_table_add_set(table, set);
    return true;
}

static GBytes *element_bytes(struct nftnl_set_elem *from, guint16 attribute)
{
    guint32 size = 0;
    const void *data =
        nftnl_set_elem_is_set(from, attribute) ? nftnl_set_elem_get(from, attribute, &size) : NULL;
    return data != NULL ? g_bytes_new(data, size) : NULL;
}

typedef struct {
    NftSet *set;
    bool malformed;
} ElementReading;

/* Until netfilter_join_intervals() the end of an interval is an element of its own: its verdict is
 * INTERVAL_END. */
#define INTERVAL_END G_MININT32

static int add_element(struct nftnl_set_elem *from, void *data)
{
    ElementReading *reading = data;
    NftElement *element = nft_element_new();
    guint32 flags = nftnl_set_elem_is_set(from, NFTNL_SET_ELEM_FLAGS)
                        ? nftnl_set_elem_get_u32(from, NFTNL_SET_ELEM_FLAGS)
                        : 0;
    element->key = element_bytes(from, NFTNL_SET_ELEM_KEY);
    element->key_end = element_bytes(from, NFTNL_SET_ELEM_KEY_END);
    element->data = element_bytes(from, NFTNL_SET_ELEM_DATA);
    if (nftnl_set_elem_is_set(from, NFTNL_SET_ELEM_VERDICT))
        element->verdict = (int)nftnl_set_elem_get_u32(from, NFTNL_SET_ELEM_VERDICT);
    if (nftnl_set_elem_is_set(from, NFTNL_SET_ELEM_CHAIN))
        element->chain = name_of(nftnl_set_elem_get_str(from, NFTNL_SET_ELEM_CHAIN));
    if ((flags & NFT_SET_ELEM_INTERVAL_END) != 0)
        element->verdict = INTERVAL_END;
    gsize size = reading->set->key_length;
    bool is_catch_all = (flags & NFT_SET_ELEM_CATCHALL) != 0;
    if ((element->key != NULL && g_bytes_get_size(element->key) != size) ||
        (element->key_end != NULL && g_bytes_get_size(element->key_end) != size) ||
        (element->key == NULL) != is_catch_all) {
        reading->malformed = true;
        nft_element_free(element);
        return -1;
    }
    g_ptr_array_add(reading->set->elements, element);
    return 0;
}

bool netfilter_add_elements(const struct nlmsghdr *message, NftSet *set, GError **error)
{
    if (!netfilter_message_fits(message, NETFILTER_ELEMENTS))
        return malformed("set's elements", error);
    g_autoptr(SetMessage) from = nftnl_set_alloc();
    ElementReading reading = {set, false};
    if (nftnl_set_elems_nlmsg_parse(message, from) < 0)
        return malformed("set's elements", error);
    nftnl_set_elem_foreach(from, add_element, &reading);
    return !reading.malformed || malformed("set's element", error);
}

/* By key; of equal keys the end of one interval comes before the start of the next. */
static gint compare_bounds(gconstpointer a, gconstpointer b)
{
    const NftElement *x = *(NftElement *const *)a;
    const NftElement *y = *(NftElement *const *)b;
    if (x->key == NULL || y->key == NULL)
        return (x->key == NULL) - (y->key == NULL);
    gint order = g_bytes_compare(x->key, y->key);
    return order != 0 ? order : (y->verdict == INTERVAL_END) - (x->verdict == INTERVAL_END);
}

static GBytes *all_ones(gsize size)
{
    guint8 *bytes = g_malloc(size);
    memset(bytes, 0xff, size);
    return g_bytes_new_take(bytes, size);
}

/* The key before KEY, which is not zero. */
static GBytes *predecessor(GBytes *key)
{
    gsize size;
    guint8 *bytes = g_memdup2(g_bytes_get_data(key, NULL), g_bytes_get_size(key));
    size = g_bytes_get_size(key);
    for (gsize i = size; i > 0 && bytes[i - 1]-- == 0; i--)
        continue;
    return g_bytes_new_take(bytes, size);
}

void netfilter_join_intervals(NftSet *set)
{
    bool is_interval = (set->flags & NFT_SET_INTERVAL) != 0;
    if (!is_interval || set->fields->len > 1)
        return;
    g_ptr_array_sort(set->elements, compare_bounds);
    GPtrArray *joined = g_ptr_array_new_with_free_func((GDestroyNotify)nft_element_free);
    NftElement *open = NULL;
    for (guint i = 0; i < set->elements->len; i++) {
        NftElement *element = g_ptr_array_index(set->elements, i);
        if (open != NULL && element->key != NULL) {
            open->key_end = predecessor(element->key);
            open = NULL;
        }
        if (element->verdict == INTERVAL_END) {
            nft_element_free(element);
            continue;
        }
        g_ptr_array_add(joined, element);
        if (element->key != NULL && element->key_end == NULL)
            open = element;
    }
    if (open != NULL)
        open->key_end = all_ones(set->key_length);
    g_ptr_array_set_free_func(set->elements, NULL);
    g_ptr_array_unref(set->elements);
    set->elements = joined;
}
