/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Address translation as nf_nat_core.c of the kernel does it, as far as it decides where a packet
 * goes and which later rules match. */
#include "model/kernel/translation.h"

#include "model/foreach.h"

#include <linux/netfilter/nf_conntrack_common.h>
#include <linux/netfilter/nf_nat.h>
#include <linux/netfilter/nf_tables.h>
#include <string.h>

static gsize address_size(const Packet *packet)
{
    return packet->family == FAMILY_IPV6 ? 16 : 4;
}

static bool is_done(const Packet *packet, bool of_source)
{
    return of_source ? packet->translated_source : packet->translated_destination;
}

/* Whether PACKET's address of one side, and its port if it may have changed, are those of BEFORE. */
static Match is_unchanged(const Packet *packet, const Packet *before, bool of_source,
                          bool with_port)
{
    gsize address = of_source ? packet_source_offset(packet) : packet_destination_offset(packet);
    gsize port =
        PACKET_TRANSPORT + (of_source ? TRANSPORT_SOURCE_PORT : TRANSPORT_DESTINATION_PORT);
    const gsize places[] = {address, port};
    const gsize sizes[] = {address_size(packet), with_port ? 2 : 0};
    Match unchanged = MATCH_YES;
    for (gsize i = 0; i < G_N_ELEMENTS(places); i++) {
        for (gsize at = places[i]; at < places[i] + sizes[i]; at++) {
            guint8 both = packet->known[at] & before->known[at];
            if (((packet->value[at] ^ before->value[at]) & both) != 0)
                return MATCH_NO;
            if (both != 0xff)
                unchanged = MATCH_MAYBE;
        }
    }
    return unchanged;
}

/* ct status gets IPS_SRC_NAT or IPS_DST_NAT, which firewalld accepts by, where the connection has
 * become another one than BEFORE (nf_nat_setup_info()). */
static void note_done(Packet *packet, const Packet *before, bool of_source, bool with_port)
{
    guint32 bit = of_source ? IPS_SRC_NAT : IPS_DST_NAT;
    Match unchanged = is_unchanged(packet, before, of_source, with_port);
    if (of_source)
        packet->translated_source = true;
    else
        packet->translated_destination = true;
    if (unchanged == MATCH_YES)
        return;
    packet->rerouted = packet->rerouted || !of_source;
    for (gsize i = 0; i < sizeof bit; i++) {
        guint8 bits = ((const guint8 *)&bit)[i];
        packet->known[PACKET_CT_STATUS + i] |= bits;
        packet->value[PACKET_CT_STATUS + i] |= bits;
        if (unchanged == MATCH_MAYBE) {
            packet->known[PACKET_CT_STATUS + i] &= (guint8)~bits;
            packet->value[PACKET_CT_STATUS + i] &= (guint8)~bits;
        }
    }
}

/* Of a range, all bits from the first on in which its ends differ may be anything. Of a netmap those
 * in which they differ stay as they are. */
static void set_address(Packet *packet, gsize offset, const TranslationRange *range)
{
    bool keeps = (range->flags & NF_NAT_RANGE_NETMAP) != 0;
    bool differs = false;
    for (gsize i = 0; i < address_size(packet); i++) {
        guint8 open = (guint8)(range->first[i] ^ range->last[i]);
        if (!keeps && differs)
            open = 0xff;
        else if (!keeps && open != 0)
            open = (guint8)((2u << (g_bit_storage(open) - 1)) - 1);
        differs = differs || open != 0;
        guint8 known = (guint8)(~open & range->known[i]);
        guint8 kept = keeps ? open : 0;
        packet->value[offset + i] =
            (guint8)((range->first[i] & known) | (packet->value[offset + i] & kept));
        packet->known[offset + i] = (guint8)(known | (packet->known[offset + i] & kept));
    }
}

static void set_port(Packet *packet, gsize offset, const TranslationRange *range)
{
    bool single = memcmp(range->first_port, range->last_port, 2) == 0;
    for (gsize i = 0; i < 2; i++) {
        packet->known[offset + i] = single ? range->port_known[i] : 0;
        packet->value[offset + i] = range->first_port[i] & packet->known[offset + i];
    }
}

void translate_to_range(Packet *packet, const TranslationRange *range)
{
    if (is_done(packet, range->of_source))
        return;
    const Packet before = *packet;
    gsize address =
        range->of_source ? packet_source_offset(packet) : packet_destination_offset(packet);
    gsize port =
        PACKET_TRANSPORT + (range->of_source ? TRANSPORT_SOURCE_PORT : TRANSPORT_DESTINATION_PORT);
    if ((range->flags & NF_NAT_RANGE_MAP_IPS) != 0)
        set_address(packet, address, range);
    if ((range->flags & NF_NAT_RANGE_PROTO_SPECIFIED) != 0)
        set_port(packet, port, range);
    else if (range->of_source)
        bits_forget(packet_field(packet, port), 2); /* the kernel may choose another */
    note_done(packet, &before, range->of_source,
              range->of_source || (range->flags & NF_NAT_RANGE_PROTO_SPECIFIED) != 0);
}

/* Which of several addresses of a link is taken. */
typedef enum {
    TAKES_FIRST,
    TAKES_ANY, /* by the route and the next hop: not known where there are several */
} LinkAddressChoice;

/* Sets the address at OFFSET to a global one of the link whose index is at INDEX. */
static void set_link_address(const Machine *machine, Packet *packet, gsize index, gsize offset,
                             LinkAddressChoice choice)
{
    guint found = 0;
    guint32 number;
    memcpy(&number, packet->value + index, sizeof number);
    const Link *link = snapshot_link_by_index(machine->snapshot, (int)number);
    bits_forget(packet_field(packet, offset), address_size(packet));
    for (guint i = 0; link != NULL && i < link->addresses->len; i++) {
        const LinkAddress *address = g_ptr_array_index(link->addresses, i);
        if (!link_address_is_global(address, packet->family))
            continue;
        if (found++ == 0)
            bits_set(packet_field(packet, offset), address->prefix.address.bytes,
                     address_size(packet));
    }
    if (found > 1 && choice == TAKES_ANY)
        bits_forget(packet_field(packet, offset), address_size(packet));
}

void translate_to_exit(const Machine *machine, Packet *packet)
{
    const Packet before = *packet;
    if (is_done(packet, true))
        return;
    set_link_address(machine, packet, PACKET_OIF, packet_source_offset(packet), TAKES_ANY);
    bits_forget(packet_field(packet, PACKET_TRANSPORT + TRANSPORT_SOURCE_PORT), 2);
    packet->masqueraded = true;
    note_done(packet, &before, true, true);
}

void translate_to_this_host(const Machine *machine, Packet *packet, ConstBits port, bool with_port)
{
    static const guint8 loopback_ipv4[4] = {127, 0, 0, 1};
    static const guint8 loopback_ipv6[16] = {[15] = 1};
    if (is_done(packet, false))
        return;
    const Packet before = *packet;
    gsize offset = packet_destination_offset(packet);
    if (machine->flow->direction == FLOW_OUTPUT)
        bits_set(packet_field(packet, offset),
                 packet->family == FAMILY_IPV6 ? loopback_ipv6 : loopback_ipv4,
                 address_size(packet));
    else
        set_link_address(machine, packet, PACKET_IIF, offset, TAKES_FIRST);
    if (with_port)
        bits_copy(packet_field(packet, PACKET_TRANSPORT + TRANSPORT_DESTINATION_PORT), port, 2);
    note_done(packet, &before, false, with_port);
}

/* ---- nf_tables' expressions ---- */

/* The kernel takes register_end for the end of the range, and without it one address. */
static void read_range(const Expression *expression, const Packet *packet,
                       const Registers *registers, TranslationRange *range)
{
    gsize size = address_size(packet);
    if (registers_fit(expression->source, size)) {
        gint end = registers_fit(expression->source_end, size) ? expression->source_end
                                                               : expression->source;
        range->flags |= NF_NAT_RANGE_MAP_IPS;
        memcpy(range->first, registers->value + expression->source, size);
        memcpy(range->last, registers->value + end, size);
        for (gsize i = 0; i < size; i++)
            range->known[i] =
                registers->known[expression->source + (gint)i] & registers->known[end + (gint)i];
    }
    if (registers_fit(expression->port, 2)) {
        gint end = registers_fit(expression->port_end, 2) ? expression->port_end : expression->port;
        range->flags |= NF_NAT_RANGE_PROTO_SPECIFIED;
        memcpy(range->first_port, registers->value + expression->port, 2);
        memcpy(range->last_port, registers->value + end, 2);
        for (gsize i = 0; i < 2; i++)
            range->port_known[i] =
                registers->known[expression->port + (gint)i] & registers->known[end + (gint)i];
    }
}

void translate(const Machine *machine, const Expression *expression, Packet *packet,
               const Registers *registers)
{
    if (expression->kind == EXPRESSION_MASQUERADE) {
        translate_to_exit(machine, packet);
        return;
    }
    if (expression->kind == EXPRESSION_REDIRECT) {
        bool with_port = registers_fit(expression->port, 2);
        translate_to_this_host(machine, packet,
                               registers_bits(registers, with_port ? expression->port : 0),
                               with_port);
        return;
    }
    TranslationRange range = {.of_source = expression->key == NFT_NAT_SNAT,
                              .flags = expression->flags};
    read_range(expression, packet, registers, &range);
    translate_to_range(packet, &range);
}
