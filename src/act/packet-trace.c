/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The tables that make the kernel trace: see packet-trace.h. */
#include "act/packet-trace.h"

#include "act/nft-batch.h"
#include "model/kernel/traced.h"

#include <errno.h>
#include <limits.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter_ipv4.h>
#include <linux/netlink.h>
#include <net/if.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    PACKETS_PER_SECOND = 10, /* of a flow */
    BURST = 50,              /* of new packets: their messages fit into the reader's buffer */
    WAYS_MAX = 16384,        /* that are told apart; about 3 MB in the kernel */
    WAY_FORGOTTEN_MS = 5000,
    BEHIND_CONNTRACK = NF_IP_PRI_CONNTRACK + 1,
};

#define CHAIN_TRACE "trace" /* what one of the limits below lets through */

struct PacketTrace {
    int descriptor; /* owns the table */
    char *table;
};

/* ---- the flow ---- */

static void add_address(RuleRequest *rule, const FlowAddress *address, guint32 offset)
{
    const IpAddress *ip = &address->prefix.address;
    if (address->kind == FLOW_ADDRESS_PREFIX &&
        address->prefix.length == ip_address_bits(ip->family))
        nft_rule_match_field(rule, NFT_PAYLOAD_NETWORK_HEADER, offset, ip->bytes,
                             ip_address_bits(ip->family) / 8);
}

static void add_port(RuleRequest *rule, guint16 port, guint32 offset)
{
    const guint16 in_network_order = GUINT16_TO_BE(port);
    if (port != 0)
        nft_rule_match_field(rule, NFT_PAYLOAD_TRANSPORT_HEADER, offset, &in_network_order,
                             sizeof port);
}

/* The first packet of a connection of TCP is known by its flags. */
static void add_beginning(RuleRequest *rule, const Flow *flow)
{
    enum { FLAGS_OFFSET = 13, FIN_SYN_RST_ACK = 0x17, SYN = 0x02 };
    static const guint8 mask = FIN_SYN_RST_ACK;
    static const guint8 flags = SYN;
    if (flow->protocol != PROTOCOL_TCP || flow->state != FLOW_NEW)
        return;
    nft_rule_add_load(rule, NFT_REG_1, NFT_PAYLOAD_TRANSPORT_HEADER, FLAGS_OFFSET, 1);
    nft_rule_add_mask(rule, &mask, 1);
    nft_rule_add_comparison(rule, NFT_CMP_EQ, &flags, 1);
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
    nft_rule_match_meta(rule, NFT_META_L4PROTO, &numbers[flow->protocol], 1);
    if (is_icmp && flow->icmp_type >= 0)
        nft_rule_match_field(rule, NFT_PAYLOAD_TRANSPORT_HEADER, 0, &type, 1);
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
        nft_rule_match_meta(rule, NFT_META_IIFNAME, name, sizeof name);
    }
    add_address(rule, &flow->from, v6 ? 8 : 12);
    add_address(rule, &flow->to, v6 ? 24 : 16);
    add_protocol(rule, flow);
}

/* A rule of FLOW in CHAIN, which traces it. */
static void add_flow_rule(NftBatch *batch, const char *chain, const Flow *flow)
{
    g_autoptr(RuleRequest) rule = nft_batch_new_rule(batch, chain);
    add_flow(rule, flow);
    nftnl_rule_add_expr(rule, nft_limit_new(PACKETS_PER_SECOND, PACKETS_PER_SECOND));
    nft_rule_add_tracing(rule);
    nft_batch_add_rule(batch, rule);
}

/* A rule that does nothing but appear in the trace of packets of known connections. */
static void add_known_rule(NftBatch *batch, const char *chain)
{
    g_autoptr(RuleRequest) rule = nft_batch_new_rule(batch, chain);
    nft_rule_match_known(rule);
    nft_batch_add_rule(batch, rule);
}

static void build(NftBatch *batch, const Flow *flow)
{
    bool out = flow->direction == FLOW_OUTPUT;
    guint32 hook = out ? NF_INET_LOCAL_OUT : NF_INET_PRE_ROUTING;
    const char *begin = out ? TRACE_CHAIN_BEGIN_OUT : TRACE_CHAIN_BEGIN_IN;
    const char *known = out ? TRACE_CHAIN_KNOWN_OUT : TRACE_CHAIN_KNOWN_IN;
    nft_batch_add_base_chain(batch, begin, hook, INT_MIN);
    nft_batch_add_base_chain(batch, known, hook, BEHIND_CONNTRACK);
    add_flow_rule(batch, begin, flow);
    add_known_rule(batch, known);
    nft_batch_add_base_chain(batch, TRACE_CHAIN_END_IN, NF_INET_LOCAL_IN, INT_MAX);
    nft_batch_add_base_chain(batch, TRACE_CHAIN_END_OUT, NF_INET_POST_ROUTING, INT_MAX);
}

/* ---- new packets ---- */

/* A way is an interface, a destination, a protocol and a port: what differs in none of them would be
 * traced alike. Its key has a register for each. */
static void add_way(RuleRequest *rule, bool v6, bool has_port)
{
    static const guint32 no_port;
    guint32 address_size = v6 ? 16 : 4;
    guint32 protocol = NFT_REG32_01 + address_size / 4;
    nft_rule_add_meta(rule, NFT_REG32_00, NFT_META_IIF);
    nft_rule_add_load(rule, NFT_REG32_01, NFT_PAYLOAD_NETWORK_HEADER, v6 ? 24 : 16, address_size);
    nft_rule_add_meta(rule, protocol, NFT_META_L4PROTO);
    if (has_port) {
        nft_rule_add_load(rule, protocol + 1, NFT_PAYLOAD_TRANSPORT_HEADER, 2, 2);
    } else {
        struct nftnl_expr *immediate = nft_rule_add(rule, "immediate");
        nftnl_expr_set_u32(immediate, NFTNL_EXPR_IMM_DREG, protocol + 1);
        nftnl_expr_set(immediate, NFTNL_EXPR_IMM_DATA, &no_port, sizeof no_port);
    }
}

/* Sends a few packets per second of each way of a family to CHAIN_TRACE. ICMP has no ports; what has
 * no whole header, or is of a way that was seen enough, gets another chance without its port. */
static void add_way_rule(NftBatch *batch, const char *chain, bool v6, bool has_port)
{
    const char *meter = v6 ? "ways6" : "ways4";
    const guint8 family = v6 ? NFPROTO_IPV6 : NFPROTO_IPV4;
    const guint8 icmp = v6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP;
    g_autoptr(RuleRequest) rule = nft_batch_new_rule(batch, chain);
    nft_rule_match_meta(rule, NFT_META_NFPROTO, &family, 1);
    if (has_port) {
        nft_rule_add_meta(rule, NFT_REG_1, NFT_META_L4PROTO);
        nft_rule_add_comparison(rule, NFT_CMP_NEQ, &icmp, 1);
    }
    add_way(rule, v6, has_port);
    struct nftnl_expr *dynset = nft_rule_add(rule, "dynset");
    nftnl_expr_set_str(dynset, NFTNL_EXPR_DYNSET_SET_NAME, meter);
    nftnl_expr_set_u32(dynset, NFTNL_EXPR_DYNSET_SET_ID, v6 ? 2 : 1);
    nftnl_expr_set_u32(dynset, NFTNL_EXPR_DYNSET_OP, NFT_DYNSET_OP_ADD);
    nftnl_expr_set_u32(dynset, NFTNL_EXPR_DYNSET_SREG_KEY, NFT_REG32_00);
    nftnl_expr_add_expr(dynset, NFTNL_EXPR_DYNSET_EXPR,
                        nft_limit_new(PACKET_TRACE_PER_WAY, PACKET_TRACE_PER_WAY));
    nft_rule_add_verdict(rule, NFT_GOTO, CHAIN_TRACE);
    nft_batch_add_rule(batch, rule);
}

/* Counts what the limits did not let through. */
static void add_counting_rule(NftBatch *batch, const char *chain)
{
    g_autoptr(RuleRequest) rule = nft_batch_new_rule(batch, chain);
    nft_rule_add(rule, "counter");
    nft_batch_add_rule(batch, rule);
}

static void add_trace_chain(NftBatch *batch)
{
    nft_batch_add_chain(batch, CHAIN_TRACE);
    g_autoptr(RuleRequest) rule = nft_batch_new_rule(batch, CHAIN_TRACE);
    nftnl_rule_add_expr(rule, nft_limit_new(PACKET_TRACE_IN_ALL, BURST));
    nft_rule_add_tracing(rule);
    nft_rule_add_verdict(rule, NF_ACCEPT, NULL);
    nft_batch_add_rule(batch, rule);
    add_counting_rule(batch, CHAIN_TRACE);
}

static void add_new_packets(NftBatch *batch, const char *chain, guint32 hook)
{
    nft_batch_add_base_chain(batch, chain, hook, BEHIND_CONNTRACK);
    g_autoptr(RuleRequest) known = nft_batch_new_rule(batch, chain);
    nft_rule_match_known(known);
    nft_rule_add_verdict(known, NF_ACCEPT, NULL);
    nft_batch_add_rule(batch, known);
    for (int v6 = 0; v6 <= 1; v6++) {
        add_way_rule(batch, chain, v6 != 0, true);
        add_way_rule(batch, chain, v6 != 0, false);
    }
    add_counting_rule(batch, chain);
}

/* ---- a trace ---- */

static PacketTrace *trace_new(GError **error)
{
    g_autoptr(PacketTrace) trace = g_new0(PacketTrace, 1);
    trace->descriptor = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_NETFILTER);
    trace->table = g_strdup_printf("nicfix-trace-%d", (int)getpid());
    if (trace->descriptor >= 0)
        return g_steal_pointer(&trace);
    nft_batch_fail(errno, error);
    return NULL;
}

PacketTrace *packet_trace_start(const Flow *flow, GError **error)
{
    g_autoptr(PacketTrace) trace = trace_new(error);
    if (trace == NULL)
        return NULL;
    g_autoptr(NftBatch) batch =
        nft_batch_new(flow->family == FAMILY_IPV6 ? NFPROTO_IPV6 : NFPROTO_IPV4, trace->table);
    build(batch, flow);
    return nft_batch_send(batch, trace->descriptor, error) ? g_steal_pointer(&trace) : NULL;
}

PacketTrace *packet_trace_start_new(GError **error)
{
    g_autoptr(PacketTrace) trace = trace_new(error);
    if (trace == NULL)
        return NULL;
    g_autoptr(NftBatch) batch = nft_batch_new(NFPROTO_INET, trace->table);
    nft_batch_add_meter(batch, "ways4", 16, WAYS_MAX, WAY_FORGOTTEN_MS);
    nft_batch_add_meter(batch, "ways6", 28, WAYS_MAX, WAY_FORGOTTEN_MS);
    add_trace_chain(batch);
    add_new_packets(batch, TRACE_CHAIN_BEGIN_IN, NF_INET_PRE_ROUTING);
    add_new_packets(batch, TRACE_CHAIN_BEGIN_OUT, NF_INET_LOCAL_OUT);
    return nft_batch_send(batch, trace->descriptor, error) ? g_steal_pointer(&trace) : NULL;
}

bool packet_trace_passed_over(const PacketTrace *trace, guint64 *packets, GError **error)
{
    return nft_count_packets(trace->descriptor, NFPROTO_INET, trace->table, packets, error);
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
