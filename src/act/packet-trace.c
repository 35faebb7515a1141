/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One batch of nf_tables messages that makes the table, its chains and rules at once: see
 * packet-trace.h. */
#include "act/packet-trace.h"

#include "model/error.h"
#include "model/kernel/traced.h"

#include <netlink/msg.h>

#include <errno.h>
#include <libnftnl/chain.h>
#include <libnftnl/common.h>
#include <libnftnl/expr.h>
#include <libnftnl/rule.h>
#include <libnftnl/table.h>
#include <limits.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_conntrack_common.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter_ipv4.h>
#include <net/if.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#ifndef NFT_TABLE_F_OWNER
#define NFT_TABLE_F_OWNER (1 << 1) /* Linux 5.12 */
#endif

enum {
    BATCH_SIZE = 1 << 16, /* of all messages: they are about 3 kB */
    PACKETS_PER_SECOND = 10,
    PATIENCE_MS = 5000,
};

struct PacketTrace {
    int descriptor; /* owns the table */
    char *table;
};

/* The messages so far. */
typedef struct {
    char *buffer;
    gsize used;
    guint32 sequence;
    guint16 family; /* NFPROTO_* */
    const char *table;
    guint requests; /* that are acknowledged */
} Batch;

typedef struct nftnl_table TableRequest;
typedef struct nftnl_chain ChainRequest;
typedef struct nftnl_rule RuleRequest;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TableRequest, nftnl_table_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ChainRequest, nftnl_chain_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RuleRequest, nftnl_rule_free)

/* ---- expressions ---- */

static struct nftnl_expr *add_expression(RuleRequest *rule, const char *name)
{
    struct nftnl_expr *expression = nftnl_expr_alloc(name);
    nftnl_rule_add_expr(rule, expression);
    return expression;
}

static void add_comparison(RuleRequest *rule, guint32 operation, const void *data, guint32 size)
{
    struct nftnl_expr *compare = add_expression(rule, "cmp");
    nftnl_expr_set_u32(compare, NFTNL_EXPR_CMP_SREG, NFT_REG_1);
    nftnl_expr_set_u32(compare, NFTNL_EXPR_CMP_OP, operation);
    nftnl_expr_set(compare, NFTNL_EXPR_CMP_DATA, data, size);
}

static void add_mask(RuleRequest *rule, const void *mask, guint32 size)
{
    static const guint8 nothing[4];
    struct nftnl_expr *bitwise = add_expression(rule, "bitwise");
    nftnl_expr_set_u32(bitwise, NFTNL_EXPR_BITWISE_SREG, NFT_REG_1);
    nftnl_expr_set_u32(bitwise, NFTNL_EXPR_BITWISE_DREG, NFT_REG_1);
    nftnl_expr_set_u32(bitwise, NFTNL_EXPR_BITWISE_LEN, size);
    nftnl_expr_set(bitwise, NFTNL_EXPR_BITWISE_MASK, mask, size);
    nftnl_expr_set(bitwise, NFTNL_EXPR_BITWISE_XOR, nothing, size);
}

static void add_load(RuleRequest *rule, guint32 base, guint32 offset, guint32 size)
{
    struct nftnl_expr *payload = add_expression(rule, "payload");
    nftnl_expr_set_u32(payload, NFTNL_EXPR_PAYLOAD_DREG, NFT_REG_1);
    nftnl_expr_set_u32(payload, NFTNL_EXPR_PAYLOAD_BASE, base);
    nftnl_expr_set_u32(payload, NFTNL_EXPR_PAYLOAD_OFFSET, offset);
    nftnl_expr_set_u32(payload, NFTNL_EXPR_PAYLOAD_LEN, size);
}

static void add_field(RuleRequest *rule, guint32 base, guint32 offset, const void *data,
                      guint32 size)
{
    add_load(rule, base, offset, size);
    add_comparison(rule, NFT_CMP_EQ, data, size);
}

static void add_meta(RuleRequest *rule, guint32 key, const void *data, guint32 size)
{
    struct nftnl_expr *meta = add_expression(rule, "meta");
    nftnl_expr_set_u32(meta, NFTNL_EXPR_META_KEY, key);
    nftnl_expr_set_u32(meta, NFTNL_EXPR_META_DREG, NFT_REG_1);
    add_comparison(rule, NFT_CMP_EQ, data, size);
}

/* ---- the flow ---- */

static void add_address(RuleRequest *rule, const FlowAddress *address, guint32 offset)
{
    const IpAddress *ip = &address->prefix.address;
    if (address->kind == FLOW_ADDRESS_PREFIX &&
        address->prefix.length == ip_address_bits(ip->family))
        add_field(rule, NFT_PAYLOAD_NETWORK_HEADER, offset, ip->bytes,
                  ip_address_bits(ip->family) / 8);
}

static void add_port(RuleRequest *rule, guint16 port, guint32 offset)
{
    const guint16 in_network_order = GUINT16_TO_BE(port);
    if (port != 0)
        add_field(rule, NFT_PAYLOAD_TRANSPORT_HEADER, offset, &in_network_order, sizeof port);
}

/* The first packet of a connection of TCP is known by its flags. */
static void add_beginning(RuleRequest *rule, const Flow *flow)
{
    enum { FLAGS_OFFSET = 13, FIN_SYN_RST_ACK = 0x17, SYN = 0x02 };
    static const guint8 mask = FIN_SYN_RST_ACK;
    static const guint8 flags = SYN;
    if (flow->protocol != PROTOCOL_TCP || flow->state != FLOW_NEW)
        return;
    add_load(rule, NFT_PAYLOAD_TRANSPORT_HEADER, FLAGS_OFFSET, 1);
    add_mask(rule, &mask, 1);
    add_comparison(rule, NFT_CMP_EQ, &flags, 1);
}

static void add_protocol(RuleRequest *rule, const Flow *flow)
{
    static const guint8 numbers[] = {
        [PROTOCOL_TCP] = IPPROTO_TCP,   [PROTOCOL_UDP] = IPPROTO_UDP,
        [PROTOCOL_SCTP] = IPPROTO_SCTP, [PROTOCOL_DCCP] = IPPROTO_DCCP,
        [PROTOCOL_ICMP] = IPPROTO_ICMP, [PROTOCOL_ICMPV6] = IPPROTO_ICMPV6,
    };
    bool is_icmp = flow->protocol == PROTOCOL_ICMP || flow->protocol == PROTOCOL_ICMPV6;
    const guint8 type = (guint8)flow->icmp_type;
    if (flow->protocol == PROTOCOL_ANY)
        return;
    add_meta(rule, NFT_META_L4PROTO, &numbers[flow->protocol], 1);
    if (is_icmp && flow->icmp_type >= 0)
        add_field(rule, NFT_PAYLOAD_TRANSPORT_HEADER, 0, &type, 1);
    if (is_icmp)
        return;
    add_port(rule, flow->source_port, 0);
    add_port(rule, flow->port, 2);
    add_beginning(rule, flow);
}

static void add_flow(RuleRequest *rule, const Flow *flow)
{
    char name[IFNAMSIZ] = "";
    bool v6 = flow->family == FAMILY_IPV6;
    if (flow->direction != FLOW_OUTPUT && flow->in != NULL) {
        g_strlcpy(name, flow->in, sizeof name);
        add_meta(rule, NFT_META_IIFNAME, name, sizeof name);
    }
    add_address(rule, &flow->from, v6 ? 8 : 12);
    add_address(rule, &flow->to, v6 ? 24 : 16);
    add_protocol(rule, flow);
}

static void add_tracing(RuleRequest *rule)
{
    static const guint8 on = 1;
    struct nftnl_expr *limit = add_expression(rule, "limit");
    nftnl_expr_set_u64(limit, NFTNL_EXPR_LIMIT_RATE, PACKETS_PER_SECOND);
    nftnl_expr_set_u64(limit, NFTNL_EXPR_LIMIT_UNIT, 1);
    nftnl_expr_set_u32(limit, NFTNL_EXPR_LIMIT_BURST, PACKETS_PER_SECOND);
    nftnl_expr_set_u32(limit, NFTNL_EXPR_LIMIT_TYPE, NFT_LIMIT_PKTS);
    nftnl_expr_set_u32(limit, NFTNL_EXPR_LIMIT_FLAGS, 0);
    struct nftnl_expr *immediate = add_expression(rule, "immediate");
    nftnl_expr_set_u32(immediate, NFTNL_EXPR_IMM_DREG, NFT_REG_1);
    nftnl_expr_set(immediate, NFTNL_EXPR_IMM_DATA, &on, sizeof on);
    struct nftnl_expr *meta = add_expression(rule, "meta");
    nftnl_expr_set_u32(meta, NFTNL_EXPR_META_KEY, NFT_META_NFTRACE);
    nftnl_expr_set_u32(meta, NFTNL_EXPR_META_SREG, NFT_REG_1);
}

/* A rule that does nothing but appear in the trace of packets of known connections. */
static void add_known(RuleRequest *rule)
{
    static const guint32 known =
        NF_CT_STATE_BIT(IP_CT_ESTABLISHED) | NF_CT_STATE_BIT(IP_CT_RELATED);
    static const guint32 nothing;
    struct nftnl_expr *ct = add_expression(rule, "ct");
    nftnl_expr_set_u32(ct, NFTNL_EXPR_CT_KEY, NFT_CT_STATE);
    nftnl_expr_set_u32(ct, NFTNL_EXPR_CT_DREG, NFT_REG_1);
    add_mask(rule, &known, sizeof known);
    add_comparison(rule, NFT_CMP_NEQ, &nothing, sizeof nothing);
}

/* ---- the batch ---- */

static struct nlmsghdr *begin_request(Batch *batch, guint16 type, guint16 flags)
{
    batch->requests++;
    return nftnl_nlmsg_build_hdr(batch->buffer + batch->used, type, batch->family,
                                 (guint16)(flags | NLM_F_ACK), batch->sequence++);
}

static void end_request(Batch *batch, const struct nlmsghdr *request)
{
    batch->used += NLMSG_ALIGN(request->nlmsg_len);
    g_assert(batch->used < BATCH_SIZE / 2);
}

static void add_table(Batch *batch)
{
    g_autoptr(TableRequest) table = nftnl_table_alloc();
    nftnl_table_set_str(table, NFTNL_TABLE_NAME, batch->table);
    nftnl_table_set_u32(table, NFTNL_TABLE_FLAGS, NFT_TABLE_F_OWNER);
    struct nlmsghdr *request = begin_request(batch, NFT_MSG_NEWTABLE, NLM_F_CREATE | NLM_F_EXCL);
    nftnl_table_nlmsg_build_payload(request, table);
    end_request(batch, request);
}

static void add_chain(Batch *batch, const char *name, guint32 hook, gint32 priority)
{
    g_autoptr(ChainRequest) chain = nftnl_chain_alloc();
    nftnl_chain_set_str(chain, NFTNL_CHAIN_TABLE, batch->table);
    nftnl_chain_set_str(chain, NFTNL_CHAIN_NAME, name);
    nftnl_chain_set_str(chain, NFTNL_CHAIN_TYPE, "filter");
    nftnl_chain_set_u32(chain, NFTNL_CHAIN_HOOKNUM, hook);
    nftnl_chain_set_s32(chain, NFTNL_CHAIN_PRIO, priority);
    nftnl_chain_set_u32(chain, NFTNL_CHAIN_POLICY, NF_ACCEPT);
    struct nlmsghdr *request = begin_request(batch, NFT_MSG_NEWCHAIN, NLM_F_CREATE);
    nftnl_chain_nlmsg_build_payload(request, chain);
    end_request(batch, request);
}

/* A rule of FLOW in CHAIN; without a flow, the one for known connections. */
static void add_rule(Batch *batch, const char *chain, const Flow *flow)
{
    g_autoptr(RuleRequest) rule = nftnl_rule_alloc();
    nftnl_rule_set_u32(rule, NFTNL_RULE_FAMILY, batch->family);
    nftnl_rule_set_str(rule, NFTNL_RULE_TABLE, batch->table);
    nftnl_rule_set_str(rule, NFTNL_RULE_CHAIN, chain);
    if (flow != NULL) {
        add_flow(rule, flow);
        add_tracing(rule);
    } else {
        add_known(rule);
    }
    struct nlmsghdr *request = begin_request(batch, NFT_MSG_NEWRULE, NLM_F_CREATE | NLM_F_APPEND);
    nftnl_rule_nlmsg_build_payload(request, rule);
    end_request(batch, request);
}

static void build(Batch *batch, const Flow *flow)
{
    const int behind_conntrack = NF_IP_PRI_CONNTRACK + 1;
    batch->used += NLMSG_ALIGN(nftnl_batch_begin(batch->buffer, batch->sequence++)->nlmsg_len);
    add_table(batch);
    if (flow->direction == FLOW_OUTPUT) {
        add_chain(batch, TRACE_CHAIN_BEGIN_OUT, NF_INET_LOCAL_OUT, INT_MIN);
        add_chain(batch, TRACE_CHAIN_KNOWN_OUT, NF_INET_LOCAL_OUT, behind_conntrack);
        add_rule(batch, TRACE_CHAIN_BEGIN_OUT, flow);
        add_rule(batch, TRACE_CHAIN_KNOWN_OUT, NULL);
    } else {
        add_chain(batch, TRACE_CHAIN_BEGIN_IN, NF_INET_PRE_ROUTING, INT_MIN);
        add_chain(batch, TRACE_CHAIN_KNOWN_IN, NF_INET_PRE_ROUTING, behind_conntrack);
        add_rule(batch, TRACE_CHAIN_BEGIN_IN, flow);
        add_rule(batch, TRACE_CHAIN_KNOWN_IN, NULL);
    }
    add_chain(batch, TRACE_CHAIN_END_IN, NF_INET_LOCAL_IN, INT_MAX);
    add_chain(batch, TRACE_CHAIN_END_OUT, NF_INET_POST_ROUTING, INT_MAX);
    batch->used +=
        NLMSG_ALIGN(nftnl_batch_end(batch->buffer + batch->used, batch->sequence++)->nlmsg_len);
}

/* ---- the socket ---- */

static bool fail(int number, GError **error)
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

static bool await_answers(int descriptor, guint expected, GError **error)
{
    g_autofree void *buffer = g_malloc(BATCH_SIZE);
    struct pollfd ready = {.fd = descriptor, .events = POLLIN};
    for (guint answers = 0; answers < expected;) {
        int polled = poll(&ready, 1, PATIENCE_MS);
        if (polled < 0 && errno == EINTR)
            continue;
        ssize_t size = polled > 0 ? recv(descriptor, buffer, BATCH_SIZE, 0) : -1;
        if (size < 0)
            return fail(polled == 0 ? ETIMEDOUT : errno, error);
        int number = count_answers(buffer, (gsize)size, &answers);
        if (number != 0)
            return fail(number, error);
    }
    return true;
}

static bool send_batch(int descriptor, const Batch *batch, GError **error)
{
    const struct sockaddr_nl kernel = {.nl_family = AF_NETLINK};
    if (sendto(descriptor, batch->buffer, batch->used, 0, (const struct sockaddr *)&kernel,
               sizeof kernel) < 0)
        return fail(errno, error);
    return await_answers(descriptor, batch->requests, error);
}

PacketTrace *packet_trace_start(const Flow *flow, GError **error)
{
    g_autoptr(PacketTrace) trace = g_new0(PacketTrace, 1);
    trace->descriptor = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_NETFILTER);
    trace->table = g_strdup_printf("nicfix-trace-%d", (int)getpid());
    if (trace->descriptor < 0) {
        fail(errno, error);
        return NULL;
    }
    g_autofree char *buffer = g_malloc0(BATCH_SIZE);
    Batch batch = {
        .buffer = buffer,
        .sequence = 1,
        .family = flow->family == FAMILY_IPV6 ? NFPROTO_IPV6 : NFPROTO_IPV4,
        .table = trace->table,
    };
    build(&batch, flow);
    return send_batch(trace->descriptor, &batch, error) ? g_steal_pointer(&trace) : NULL;
}

void packet_trace_stop(PacketTrace *trace)
{
    if (trace == NULL)
        return;
    if (trace->descriptor >= 0)
        close(trace->descriptor);
    g_free(trace->table);
    g_free(trace);
}

const char *packet_trace_table(const PacketTrace *trace)
{
    return trace->table;
}
