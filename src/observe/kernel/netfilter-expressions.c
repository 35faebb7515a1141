/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A function for each kind of expression, and the table of them: see netfilter-expressions.h. */
#include "observe/kernel/netfilter-expressions.h"

#include "observe/kernel/netfilter-message.h"

#include <stdio.h> /* libnftnl/expr.h has a FILE, and does not include this */

#include <libnftnl/expr.h>
#include <linux/netfilter/nf_tables.h>

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
    return nftnl_expr_is_set(from, attribute)
               ? netfilter_name_of(nftnl_expr_get_str(from, attribute))
               : NULL;
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
    to->name = netfilter_name_of(nftnl_expr_get_str(from, NFTNL_EXPR_NAME));
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

Expression *netfilter_expression_unknown(const char *name)
{
    Expression *expression = expression_new(EXPRESSION_UNKNOWN);
    expression->name = netfilter_name_of(name);
    return expression;
}

Expression *netfilter_expression_read(const struct nftnl_expr *from)
{
    const char *name = nftnl_expr_get_str(from, NFTNL_EXPR_NAME);
    for (gsize i = 0; i < G_N_ELEMENTS(readers); i++) {
        if (g_str_equal(readers[i].name, name))
            return readers[i].read(from);
    }
    return netfilter_expression_unknown(name);
}
