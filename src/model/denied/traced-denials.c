/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See traced-denials.h. The first message of a base chain has the packet's headers, and a later one of the
 * same packet says that it is dropped (nf_tables_trace.c of Linux). */
#include "model/denied/traced-denials.h"

#include <linux/netfilter.h>
#include <string.h>

enum {
    PACKETS = 1024, /* that are on their way at once, a power of 2 */
};

/* A packet in the base chain it met last. */
typedef struct {
    bool is_there;
    TraceMessage headers; /* without the name of the table */
} Slot;

struct TracedDenials {
    char *table;
    guint64 lost;
    Slot slots[PACKETS];
};

TracedDenials *traced_denials_new(const char *table)
{
    TracedDenials *traced = g_new0(TracedDenials, 1);
    traced->table = g_strdup(table);
    return traced;
}

void traced_denials_free(TracedDenials *traced)
{
    if (traced == NULL)
        return;
    for (guint i = 0; i < PACKETS; i++)
        g_free(traced->slots[i].headers.chain);
    g_free(traced->table);
    g_free(traced);
}

guint64 traced_denials_lost(const TracedDenials *traced)
{
    return traced->lost;
}

void traced_denial_clear(TracedDenial *denied)
{
    logged_packet_clear(&denied->packet);
    denial_clear(&denied->denial);
    memset(denied, 0, sizeof *denied);
}

static Slot *slot_of(TracedDenials *traced, guint32 id)
{
    return &traced->slots[id % PACKETS];
}

static void remember(TracedDenials *traced, const TraceMessage *message)
{
    Slot *slot = slot_of(traced, message->id);
    g_free(slot->headers.chain);
    *slot = (Slot){.is_there = true, .headers = *message};
    slot->headers.table = NULL;
    slot->headers.chain = g_strdup(message->chain);
}

/* As in the kernel log, in lower case: a word or a number; NULL: not known (transfer full). */
static char *protocol_text(int number)
{
    switch (number) {
    case -1:
        return NULL;
    case IPPROTO_TCP:
        return g_strdup("tcp");
    case IPPROTO_UDP:
        return g_strdup("udp");
    case IPPROTO_ICMP:
        return g_strdup("icmp");
    case IPPROTO_ICMPV6:
        return g_strdup("icmpv6");
    default:
        return g_strdup_printf("%d", number);
    }
}

static LoggedPacket packet_of(const TraceMessage *headers)
{
    bool has_ports = headers->port != 0 || headers->source_port != 0;
    return (LoggedPacket){
        .source = ip_address_to_string(&headers->source),
        .destination = ip_address_to_string(&headers->destination),
        .protocol = protocol_text(headers->protocol),
        .source_port = has_ports ? headers->source_port : -1,
        .destination_port = has_ports ? headers->port : -1,
        .icmp_type = headers->icmp_type,
        .icmp_code = headers->icmp_code,
    };
}

/* Whether the packet was dropped before its route was looked up: only then has it come in, and neither
 * goes out nor is at the hook of what is for this host. */
static bool is_unrouted(const Ruleset *ruleset, const TraceMessage *message,
                        const TraceMessage *headers)
{
    const NftTable *table =
        ruleset != NULL ? ruleset_table(ruleset, message->family, message->table) : NULL;
    const NftChain *chain = table != NULL ? nft_table_chain(table, headers->chain) : NULL;
    if (headers->iif == 0 || headers->oif != 0)
        return false;
    return chain == NULL || !chain->is_base || path_hook_of_chain(table, chain) != PATH_INPUT;
}

bool traced_denials_take(TracedDenials *traced, const TraceMessage *message, const Ruleset *ruleset,
                         TracedDenial *denied)
{
    if (message->has_destination)
        remember(traced, message);
    bool ends = (message->is_rule || message->is_policy) && message->verdict == NF_DROP;
    if (!ends || g_str_equal(message->table, traced->table))
        return false;
    Slot *slot = slot_of(traced, message->id);
    if (!slot->is_there || slot->headers.id != message->id) {
        traced->lost++;
        return false;
    }
    slot->is_there = false;
    *denied = (TracedDenial){
        .packet = packet_of(&slot->headers),
        .iif = slot->headers.iif,
        .oif = slot->headers.oif,
    };
    denied->packet.unrouted = is_unrouted(ruleset, message, &slot->headers);
    denial_of_message(message, ruleset, &denied->denial, &denied->packet.prefix);
    return true;
}
