/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Building and sending a batch: see nft-batch.h. */
#include "act/nft-batch.h"

#include "model/error.h"
#include "observe/kernel/netfilter-forms.h"

#include <netlink/msg.h>

#include <errno.h>
#include <libnftnl/common.h>
#include <libnftnl/set.h>
#include <libnftnl/table.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_conntrack_common.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

#ifndef NFT_TABLE_F_OWNER
#define NFT_TABLE_F_OWNER (1 << 1) /* Linux 5.12 */
#endif

enum {
    BATCH_SIZE = 1 << 16, /* of all messages: they are a few kB */
    PATIENCE_MS = 5000,
};

struct NftBatch {
    char *buffer;
    gsize used;
    guint32 sequence;
    guint16 family; /* NFPROTO_* */
    char *table;
    guint requests; /* that are acknowledged */
    guint32 sets;
};

typedef struct nftnl_table TableRequest;
typedef struct nftnl_chain ChainRequest;
typedef struct nftnl_set SetRequest;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TableRequest, nftnl_table_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ChainRequest, nftnl_chain_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SetRequest, nftnl_set_free)

/* ---- expressions ---- */

struct nftnl_expr *nft_rule_add(RuleRequest *rule, const char *name)
{
    struct nftnl_expr *expression = nftnl_expr_alloc(name);
    nftnl_rule_add_expr(rule, expression);
    return expression;
}

void nft_rule_add_comparison(RuleRequest *rule, guint32 operation, const void *data, guint32 size)
{
    struct nftnl_expr *compare = nft_rule_add(rule, "cmp");
    nftnl_expr_set_u32(compare, NFTNL_EXPR_CMP_SREG, NFT_REG_1);
    nftnl_expr_set_u32(compare, NFTNL_EXPR_CMP_OP, operation);
    nftnl_expr_set(compare, NFTNL_EXPR_CMP_DATA, data, size);
}

void nft_rule_add_mask(RuleRequest *rule, const void *mask, guint32 size)
{
    static const guint8 nothing[4];
    struct nftnl_expr *bitwise = nft_rule_add(rule, "bitwise");
    nftnl_expr_set_u32(bitwise, NFTNL_EXPR_BITWISE_SREG, NFT_REG_1);
    nftnl_expr_set_u32(bitwise, NFTNL_EXPR_BITWISE_DREG, NFT_REG_1);
    nftnl_expr_set_u32(bitwise, NFTNL_EXPR_BITWISE_LEN, size);
    nftnl_expr_set(bitwise, NFTNL_EXPR_BITWISE_MASK, mask, size);
    nftnl_expr_set(bitwise, NFTNL_EXPR_BITWISE_XOR, nothing, size);
}

void nft_rule_add_load(RuleRequest *rule, guint32 reg, guint32 base, guint32 offset, guint32 size)
{
    struct nftnl_expr *payload = nft_rule_add(rule, "payload");
    nftnl_expr_set_u32(payload, NFTNL_EXPR_PAYLOAD_DREG, reg);
    nftnl_expr_set_u32(payload, NFTNL_EXPR_PAYLOAD_BASE, base);
    nftnl_expr_set_u32(payload, NFTNL_EXPR_PAYLOAD_OFFSET, offset);
    nftnl_expr_set_u32(payload, NFTNL_EXPR_PAYLOAD_LEN, size);
}

void nft_rule_add_meta(RuleRequest *rule, guint32 reg, guint32 key)
{
    struct nftnl_expr *meta = nft_rule_add(rule, "meta");
    nftnl_expr_set_u32(meta, NFTNL_EXPR_META_KEY, key);
    nftnl_expr_set_u32(meta, NFTNL_EXPR_META_DREG, reg);
}

void nft_rule_add_verdict(RuleRequest *rule, gint32 verdict, const char *chain)
{
    struct nftnl_expr *immediate = nft_rule_add(rule, "immediate");
    nftnl_expr_set_u32(immediate, NFTNL_EXPR_IMM_DREG, NFT_REG_VERDICT);
    nftnl_expr_set_u32(immediate, NFTNL_EXPR_IMM_VERDICT, (guint32)verdict);
    if (chain != NULL)
        nftnl_expr_set_str(immediate, NFTNL_EXPR_IMM_CHAIN, chain);
}

void nft_rule_match_field(RuleRequest *rule, guint32 base, guint32 offset, const void *data,
                          guint32 size)
{
    nft_rule_add_load(rule, NFT_REG_1, base, offset, size);
    nft_rule_add_comparison(rule, NFT_CMP_EQ, data, size);
}

void nft_rule_match_meta(RuleRequest *rule, guint32 meta_key, const void *data, guint32 size)
{
    nft_rule_add_meta(rule, NFT_REG_1, meta_key);
    nft_rule_add_comparison(rule, NFT_CMP_EQ, data, size);
}

void nft_rule_match_known(RuleRequest *rule)
{
    static const guint32 known =
        NF_CT_STATE_BIT(IP_CT_ESTABLISHED) | NF_CT_STATE_BIT(IP_CT_RELATED);
    static const guint32 nothing;
    struct nftnl_expr *ct = nft_rule_add(rule, "ct");
    nftnl_expr_set_u32(ct, NFTNL_EXPR_CT_KEY, NFT_CT_STATE);
    nftnl_expr_set_u32(ct, NFTNL_EXPR_CT_DREG, NFT_REG_1);
    nft_rule_add_mask(rule, &known, sizeof known);
    nft_rule_add_comparison(rule, NFT_CMP_NEQ, &nothing, sizeof nothing);
}

struct nftnl_expr *nft_limit_new(guint64 rate, guint32 burst)
{
    struct nftnl_expr *limit = nftnl_expr_alloc("limit");
    nftnl_expr_set_u64(limit, NFTNL_EXPR_LIMIT_RATE, rate);
    nftnl_expr_set_u64(limit, NFTNL_EXPR_LIMIT_UNIT, 1);
    nftnl_expr_set_u32(limit, NFTNL_EXPR_LIMIT_BURST, burst);
    nftnl_expr_set_u32(limit, NFTNL_EXPR_LIMIT_TYPE, NFT_LIMIT_PKTS);
    nftnl_expr_set_u32(limit, NFTNL_EXPR_LIMIT_FLAGS, 0);
    return limit;
}

void nft_rule_add_tracing(RuleRequest *rule)
{
    static const guint8 on = 1;
    struct nftnl_expr *immediate = nft_rule_add(rule, "immediate");
    nftnl_expr_set_u32(immediate, NFTNL_EXPR_IMM_DREG, NFT_REG_1);
    nftnl_expr_set(immediate, NFTNL_EXPR_IMM_DATA, &on, sizeof on);
    struct nftnl_expr *meta = nft_rule_add(rule, "meta");
    nftnl_expr_set_u32(meta, NFTNL_EXPR_META_KEY, NFT_META_NFTRACE);
    nftnl_expr_set_u32(meta, NFTNL_EXPR_META_SREG, NFT_REG_1);
}

/* ---- the batch ---- */

static struct nlmsghdr *begin_request(NftBatch *batch, guint16 type, guint16 flags)
{
    batch->requests++;
    return nftnl_nlmsg_build_hdr(batch->buffer + batch->used, type, batch->family,
                                 (guint16)(flags | NLM_F_ACK), batch->sequence++);
}

static void end_request(NftBatch *batch, const struct nlmsghdr *request)
{
    batch->used += NLMSG_ALIGN(request->nlmsg_len);
    g_assert(batch->used < BATCH_SIZE / 2);
}

static void add_table(NftBatch *batch)
{
    g_autoptr(TableRequest) table = nftnl_table_alloc();
    nftnl_table_set_str(table, NFTNL_TABLE_NAME, batch->table);
    nftnl_table_set_u32(table, NFTNL_TABLE_FLAGS, NFT_TABLE_F_OWNER);
    struct nlmsghdr *request = begin_request(batch, NFT_MSG_NEWTABLE, NLM_F_CREATE | NLM_F_EXCL);
    nftnl_table_nlmsg_build_payload(request, table);
    end_request(batch, request);
}

NftBatch *nft_batch_new(guint16 family, const char *name)
{
    NftBatch *batch = g_new0(NftBatch, 1);
    batch->buffer = g_malloc0(BATCH_SIZE);
    batch->family = family;
    batch->table = g_strdup(name);
    batch->used = NLMSG_ALIGN(nftnl_batch_begin(batch->buffer, ++batch->sequence)->nlmsg_len);
    batch->sequence++;
    add_table(batch);
    return batch;
}

void nft_batch_free(NftBatch *batch)
{
    if (batch == NULL)
        return;
    g_free(batch->buffer);
    g_free(batch->table);
    g_free(batch);
}

static ChainRequest *chain_new(const NftBatch *batch, const char *name)
{
    ChainRequest *chain = nftnl_chain_alloc();
    nftnl_chain_set_str(chain, NFTNL_CHAIN_TABLE, batch->table);
    nftnl_chain_set_str(chain, NFTNL_CHAIN_NAME, name);
    return chain;
}

static void add_chain(NftBatch *batch, const ChainRequest *chain)
{
    struct nlmsghdr *request = begin_request(batch, NFT_MSG_NEWCHAIN, NLM_F_CREATE);
    nftnl_chain_nlmsg_build_payload(request, chain);
    end_request(batch, request);
}

void nft_batch_add_base_chain(NftBatch *batch, const char *name, guint32 hook, gint32 priority)
{
    g_autoptr(ChainRequest) chain = chain_new(batch, name);
    nftnl_chain_set_str(chain, NFTNL_CHAIN_TYPE, "filter");
    nftnl_chain_set_u32(chain, NFTNL_CHAIN_HOOKNUM, hook);
    nftnl_chain_set_s32(chain, NFTNL_CHAIN_PRIO, priority);
    nftnl_chain_set_u32(chain, NFTNL_CHAIN_POLICY, NF_ACCEPT);
    add_chain(batch, chain);
}

void nft_batch_add_chain(NftBatch *batch, const char *name)
{
    g_autoptr(ChainRequest) chain = chain_new(batch, name);
    add_chain(batch, chain);
}

void nft_batch_add_meter(NftBatch *batch, const char *name, guint32 key_length, guint32 size,
                         guint64 timeout_ms)
{
    g_autoptr(SetRequest) set = nftnl_set_alloc();
    nftnl_set_set_str(set, NFTNL_SET_TABLE, batch->table);
    nftnl_set_set_str(set, NFTNL_SET_NAME, name);
    nftnl_set_set_u32(set, NFTNL_SET_ID, ++batch->sets);
    nftnl_set_set_u32(set, NFTNL_SET_FLAGS, NFT_SET_EVAL | NFT_SET_TIMEOUT);
    nftnl_set_set_u32(set, NFTNL_SET_KEY_TYPE, 0);
    nftnl_set_set_u32(set, NFTNL_SET_KEY_LEN, key_length);
    nftnl_set_set_u32(set, NFTNL_SET_DESC_SIZE, size);
    nftnl_set_set_u64(set, NFTNL_SET_TIMEOUT, timeout_ms);
    struct nlmsghdr *request = begin_request(batch, NFT_MSG_NEWSET, NLM_F_CREATE);
    nftnl_set_nlmsg_build_payload(request, set);
    end_request(batch, request);
}

RuleRequest *nft_batch_new_rule(const NftBatch *batch, const char *chain)
{
    RuleRequest *rule = nftnl_rule_alloc();
    nftnl_rule_set_u32(rule, NFTNL_RULE_FAMILY, batch->family);
    nftnl_rule_set_str(rule, NFTNL_RULE_TABLE, batch->table);
    nftnl_rule_set_str(rule, NFTNL_RULE_CHAIN, chain);
    return rule;
}

void nft_batch_add_rule(NftBatch *batch, const RuleRequest *rule)
{
    struct nlmsghdr *request = begin_request(batch, NFT_MSG_NEWRULE, NLM_F_CREATE | NLM_F_APPEND);
    nftnl_rule_nlmsg_build_payload(request, (RuleRequest *)rule);
    end_request(batch, request);
}

/* ---- the socket ---- */

bool nft_batch_fail(int number, GError **error)
{
    bool denied = number == EPERM || number == EACCES;
    nicfix_error_set(error, denied ? NICFIX_ERROR_NOT_AUTHORISED : NICFIX_ERROR_NETLINK,
                     denied                 ? "run it as root"
                     : number == EOPNOTSUPP ? "it needs Linux 5.12 or later"
                                            : NULL,
                     "cannot make the kernel trace packets: %s", g_strerror(number));
    return false;
}

/* Counts acknowledgements in a datagram; returns the errno of the first error, else 0. */
static int count_answers(void *datagram, gsize size, guint *answers)
{
    struct nlmsghdr *message = datagram;
    for (int left = (int)size; nlmsg_ok(message, left); message = nlmsg_next(message, &left)) {
        if (message->nlmsg_type != NLMSG_ERROR ||
            message->nlmsg_len < NLMSG_LENGTH(sizeof(struct nlmsgerr)))
            continue;
        const struct nlmsgerr *answer = NLMSG_DATA(message);
        if (answer->error != 0)
            return -answer->error;
        (*answers)++;
    }
    return 0;
}

/* The size of the next datagram, or -1 with an error. */
static ssize_t receive(int descriptor, void *buffer, GError **error)
{
    struct pollfd ready = {.fd = descriptor, .events = POLLIN};
    int polled;
    do {
        polled = poll(&ready, 1, PATIENCE_MS);
    } while (polled < 0 && errno == EINTR);
    ssize_t size = polled > 0 ? recv(descriptor, buffer, BATCH_SIZE, 0) : -1;
    if (size < 0)
        nft_batch_fail(polled == 0 ? ETIMEDOUT : errno, error);
    return size;
}

static bool await_answers(int descriptor, guint expected, GError **error)
{
    g_autofree void *buffer = g_malloc(BATCH_SIZE);
    for (guint answers = 0; answers < expected;) {
        ssize_t size = receive(descriptor, buffer, error);
        if (size < 0)
            return false;
        int number = count_answers(buffer, (gsize)size, &answers);
        if (number != 0)
            return nft_batch_fail(number, error);
    }
    return true;
}

static bool send_all(int descriptor, const void *messages, gsize size, GError **error)
{
    const struct sockaddr_nl kernel = {.nl_family = AF_NETLINK};
    return sendto(descriptor, messages, size, 0, (const struct sockaddr *)&kernel, sizeof kernel) >=
               0 ||
           nft_batch_fail(errno, error);
}

bool nft_batch_send(NftBatch *batch, int descriptor, GError **error)
{
    batch->used +=
        NLMSG_ALIGN(nftnl_batch_end(batch->buffer + batch->used, batch->sequence++)->nlmsg_len);
    return send_all(descriptor, batch->buffer, batch->used, error) &&
           await_answers(descriptor, batch->requests, error);
}

/* ---- counters ---- */

typedef struct {
    guint64 packets;
    bool ended;
    int number; /* errno */
} Counting;

static int add_counter(struct nftnl_expr *expression, void *user)
{
    Counting *counting = user;
    if (g_str_equal(nftnl_expr_get_str(expression, NFTNL_EXPR_NAME), "counter"))
        counting->packets += nftnl_expr_get_u64(expression, NFTNL_EXPR_CTR_PACKETS);
    return 0;
}

static void count_in(void *datagram, gsize size, Counting *counting)
{
    struct nlmsghdr *message = datagram;
    for (int left = (int)size; nlmsg_ok(message, left); message = nlmsg_next(message, &left)) {
        g_autoptr(RuleRequest) rule = nftnl_rule_alloc();
        if (message->nlmsg_type == NLMSG_DONE)
            counting->ended = true;
        else if (message->nlmsg_type == NLMSG_ERROR)
            counting->number = EPROTO;
        else if (netfilter_rule_fits(message) && nftnl_rule_nlmsg_parse(message, rule) >= 0)
            nftnl_expr_foreach(rule, add_counter, counting);
    }
}

bool nft_count_packets(int descriptor, guint16 family, const char *name, guint64 *packets,
                       GError **error)
{
    g_autofree char *buffer = g_malloc0(BATCH_SIZE);
    g_autoptr(RuleRequest) filter = nftnl_rule_alloc();
    Counting counting = {0};
    nftnl_rule_set_str(filter, NFTNL_RULE_TABLE, name);
    struct nlmsghdr *request =
        nftnl_nlmsg_build_hdr(buffer, NFT_MSG_GETRULE, family, NLM_F_DUMP, 1);
    nftnl_rule_nlmsg_build_payload(request, filter);
    if (!send_all(descriptor, request, request->nlmsg_len, error))
        return false;
    while (!counting.ended && counting.number == 0) {
        ssize_t size = receive(descriptor, buffer, error);
        if (size < 0)
            return false;
        count_in(buffer, (gsize)size, &counting);
    }
    *packets = counting.packets;
    return counting.number == 0 || nft_batch_fail(counting.number, error);
}
