/* SPDX-License-Identifier: GPL-2.0-or-later */
/* NFNLGRP_NFTRACE: see trace.h. */
#include "observe/kernel/trace.h"

#include "model/error.h"
#include "observe/kernel/netfilter-forms.h"

#include <netlink/msg.h>

#include <errno.h>
#include <libnftnl/trace.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    MESSAGES_MAX = 4096,
    BUFFER_SIZE = 1 << 16,
};

struct TraceReader {
    int descriptor;
    bool lost;
};

typedef struct nftnl_trace NftTrace;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(NftTrace, nftnl_trace_free)

/* ---- a message ---- */

/* FNV-1a, from BEGINNING on. */
static guint64 digest_of(const guint8 *bytes, guint32 size, guint64 beginning)
{
    guint64 digest = beginning ^ G_GUINT64_CONSTANT(14695981039346656037);
    for (guint32 i = 0; i < size; i++)
        digest = (digest ^ bytes[i]) * G_GUINT64_CONSTANT(1099511628211);
    return digest;
}

static guint16 read_port(const guint8 *bytes)
{
    return (guint16)(bytes[0] << 8 | bytes[1]);
}

static void read_transport(const guint8 *header, TraceMessage *message)
{
    switch (message->protocol) {
    case IPPROTO_TCP:
    case IPPROTO_UDP:
    case IPPROTO_SCTP:
    case IPPROTO_DCCP:
        message->source_port = read_port(header);
        message->port = read_port(header + 2);
        break;
    case IPPROTO_ICMP:
    case IPPROTO_ICMPV6:
        message->icmp_type = header[0];
        message->icmp_code = header[1];
        break;
    default:
        break;
    }
}

/* The next header of IPv6; the kernel shows no more than the first header, so that of an extension hides
 * the protocol. */
static int protocol_of(guint8 next)
{
    bool hides = next == IPPROTO_HOPOPTS || next == IPPROTO_ROUTING || next == IPPROTO_FRAGMENT ||
                 next == IPPROTO_DSTOPTS || next == IPPROTO_AH;
    return hides ? -1 : next;
}

static void read_headers(const NftTrace *trace, TraceMessage *message)
{
    guint32 size = 0;
    const guint8 *header = nftnl_trace_get_data(trace, NFTNL_TRACE_NETWORK_HEADER, &size);
    bool v6 = header != NULL && size >= 40 && header[0] >> 4 == 6;
    bool v4 = header != NULL && size >= 20 && header[0] >> 4 == 4;
    if (!v4 && !v6)
        return;
    message->protocol = v6 ? protocol_of(header[6]) : header[9];
    message->has_destination = true;
    message->source.family = message->destination.family = v6 ? FAMILY_IPV6 : FAMILY_IPV4;
    memcpy(message->source.bytes, header + (v6 ? 8 : 12), v6 ? 16 : 4);
    memcpy(message->destination.bytes, header + (v6 ? 24 : 16), v6 ? 16 : 4);
    const guint8 *transport = nftnl_trace_get_data(trace, NFTNL_TRACE_TRANSPORT_HEADER, &size);
    if (transport != NULL && size >= 4)
        read_transport(transport, message);
    if (transport != NULL)
        message->headers = digest_of(header, v6 ? 40 : 20, digest_of(transport, size, 1));
}

static bool is_trace(const struct nlmsghdr *message)
{
    return message->nlmsg_type == (NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_TRACE) &&
           netfilter_message_fits(message, NETFILTER_TRACE);
}

TraceMessage *trace_message_read(const struct nlmsghdr *message)
{
    g_autoptr(NftTrace) trace = nftnl_trace_alloc();
    if (!is_trace(message) || nftnl_trace_nlmsg_parse(message, trace) < 0 ||
        !nftnl_trace_is_set(trace, NFTNL_TRACE_TABLE) ||
        !nftnl_trace_is_set(trace, NFTNL_TRACE_CHAIN) ||
        !nftnl_trace_is_set(trace, NFTNL_TRACE_ID) || !nftnl_trace_is_set(trace, NFTNL_TRACE_TYPE))
        return NULL;
    TraceMessage *read = trace_message_new();
    guint32 type = nftnl_trace_get_u32(trace, NFTNL_TRACE_TYPE);
    read->id = nftnl_trace_get_u32(trace, NFTNL_TRACE_ID);
    read->family = (NftFamily)nftnl_trace_get_u32(trace, NFTNL_TRACE_FAMILY);
    read->table = g_utf8_make_valid(nftnl_trace_get_str(trace, NFTNL_TRACE_TABLE), -1);
    read->chain = g_utf8_make_valid(nftnl_trace_get_str(trace, NFTNL_TRACE_CHAIN), -1);
    /* At the end of a chain that is not a base chain there is such a message without a rule, too (Linux
     * 6.18). */
    read->is_rule =
        type == NFT_TRACETYPE_RULE && nftnl_trace_is_set(trace, NFTNL_TRACE_RULE_HANDLE);
    read->is_policy = type == NFT_TRACETYPE_POLICY;
    if (read->is_rule)
        read->rule = nftnl_trace_get_u64(trace, NFTNL_TRACE_RULE_HANDLE);
    if (read->is_policy)
        read->verdict = (gint32)nftnl_trace_get_u32(trace, NFTNL_TRACE_POLICY);
    else
        read->verdict = (gint32)nftnl_trace_get_u32(trace, NFTNL_TRACE_VERDICT);
    if (nftnl_trace_is_set(trace, NFTNL_TRACE_OIF))
        read->oif = (int)nftnl_trace_get_u32(trace, NFTNL_TRACE_OIF);
    if (nftnl_trace_is_set(trace, NFTNL_TRACE_IIF))
        read->iif = (int)nftnl_trace_get_u32(trace, NFTNL_TRACE_IIF);
    read_headers(trace, read);
    return read;
}

/* ---- the socket ---- */

static bool fail(const char *doing, GError **error)
{
    bool denied = errno == EPERM || errno == EACCES;
    nicfix_error_set(error, denied ? NICFIX_ERROR_NOT_AUTHORISED : NICFIX_ERROR_NETLINK,
                     denied ? "run it as root" : NULL, "cannot %s: %s", doing, g_strerror(errno));
    return false;
}

TraceReader *trace_reader_new(GError **error)
{
    static const int group = NFNLGRP_NFTRACE;
    static const int size = 1 << 22;
    g_autoptr(TraceReader) reader = g_new0(TraceReader, 1);
    reader->descriptor =
        socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_NETFILTER);
    /* The kernel passes over sockets without an address when it sends to a group. */
    const struct sockaddr_nl any = {.nl_family = AF_NETLINK};
    if (reader->descriptor < 0 ||
        bind(reader->descriptor, (const struct sockaddr *)&any, sizeof any) != 0 ||
        setsockopt(reader->descriptor, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &group, sizeof group) !=
            0) {
        fail("listen to the kernel's trace", error);
        return NULL;
    }
    /* The default would be enough for one packet; it is no error where this is refused. */
    if (setsockopt(reader->descriptor, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof size) != 0)
        setsockopt(reader->descriptor, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
    return g_steal_pointer(&reader);
}

void trace_reader_free(TraceReader *reader)
{
    if (reader == NULL)
        return;
    if (reader->descriptor >= 0)
        close(reader->descriptor);
    g_free(reader);
}

static void take_datagram(TraceReader *reader, void *datagram, gsize size, GPtrArray *messages)
{
    struct nlmsghdr *message = datagram;
    for (int left = (int)size; nlmsg_ok(message, left); message = nlmsg_next(message, &left)) {
        bool fits = messages->len < MESSAGES_MAX;
        TraceMessage *read = fits ? trace_message_read(message) : NULL;
        reader->lost = reader->lost || !fits;
        if (read != NULL)
            g_ptr_array_add(messages, read);
    }
}

bool trace_reader_wait(TraceReader *reader, guint timeout_ms, GPtrArray *messages, GError **error)
{
    struct pollfd ready = {.fd = reader->descriptor, .events = POLLIN};
    if (poll(&ready, 1, (int)timeout_ms) < 0)
        return errno == EINTR || fail("wait for the kernel's trace", error);
    g_autofree void *buffer = g_malloc(BUFFER_SIZE);
    for (;;) {
        ssize_t size = recv(reader->descriptor, buffer, BUFFER_SIZE, 0);
        if (size > 0)
            take_datagram(reader, buffer, (gsize)size, messages);
        else if (size < 0 && errno == ENOBUFS) /* the next packet is as good */
            reader->lost = true;
        else
            return size == 0 || errno == EAGAIN || errno == EINTR ||
                   fail("read the kernel's trace", error);
    }
}

bool trace_reader_has_lost(const TraceReader *reader)
{
    return reader->lost;
}
