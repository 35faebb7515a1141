/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The memory of a packet: see packet.h. */
#include "model/kernel/packet.h"

#include "model/host/tracking.h"

#include <linux/if.h>
#include <linux/if_arp.h>
#include <linux/if_ether.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_conntrack_common.h>
#include <linux/netfilter/nf_conntrack_tuple_common.h>
#include <linux/in.h>
#include <string.h>

/* IP_CT_* as nft and iptables test it (NF_CT_STATE_BIT of the kernel). */
enum {
    STATE_ESTABLISHED = 2,
    STATE_NEW = 8,
    STATE_UNTRACKED = 64,
};

Bits packet_field(Packet *packet, gsize offset)
{
    return (Bits){packet->value + offset, packet->known + offset};
}

ConstBits packet_const_field(const Packet *packet, gsize offset)
{
    return (ConstBits){packet->value + offset, packet->known + offset};
}

gsize packet_source_offset(const Packet *packet)
{
    return PACKET_NETWORK + (packet->family == FAMILY_IPV6 ? IPV6_SOURCE : IPV4_SOURCE);
}

gsize packet_destination_offset(const Packet *packet)
{
    return PACKET_NETWORK + (packet->family == FAMILY_IPV6 ? IPV6_DESTINATION : IPV4_DESTINATION);
}

gsize packet_protocol_offset(const Packet *packet)
{
    return PACKET_NETWORK + (packet->family == FAMILY_IPV6 ? IPV6_NEXT_HEADER : IPV4_PROTOCOL);
}

static void set_byte(Packet *packet, gsize offset, guint8 value)
{
    bits_set(packet_field(packet, offset), &value, 1);
}

static void set_port(Packet *packet, gsize offset, guint16 port)
{
    guint16 wire = GUINT16_TO_BE(port);
    if (port != 0)
        bits_set(packet_field(packet, offset), &wire, sizeof wire);
}

static void set_number(Packet *packet, gsize offset, guint32 number)
{
    bits_set(packet_field(packet, offset), &number, sizeof number);
}

static void set_address(Packet *packet, gsize offset, const FlowAddress *address,
                        const IpAddress *elsewhere)
{
    IpPrefix prefix = address->prefix;
    if (address->kind == FLOW_ADDRESS_ANY)
        return;
    if (address->kind == FLOW_ADDRESS_ELSEWHERE)
        prefix = (IpPrefix){*elsewhere, ip_address_bits(elsewhere->family)};
    for (guint bit = 0; bit < prefix.length; bit++) {
        guint8 mask = (guint8)(0x80 >> bit % 8);
        packet->known[offset + bit / 8] |= mask;
        packet->value[offset + bit / 8] |= prefix.address.bytes[bit / 8] & mask;
    }
}

static guint8 protocol_number(Protocol protocol)
{
    static const guint8 numbers[] = {
        [PROTOCOL_TCP] = IPPROTO_TCP,   [PROTOCOL_UDP] = IPPROTO_UDP,
        [PROTOCOL_SCTP] = IPPROTO_SCTP, [PROTOCOL_DCCP] = IPPROTO_DCCP,
        [PROTOCOL_ICMP] = IPPROTO_ICMP, [PROTOCOL_ICMPV6] = IPPROTO_ICMPV6,
    };
    return numbers[protocol];
}

static void set_transport(Packet *packet, const Flow *flow)
{
    enum { SYN = 0x02, ACK = 0x10 };
    if (flow->protocol == PROTOCOL_ANY)
        return;
    set_byte(packet, packet_protocol_offset(packet), protocol_number(flow->protocol));
    if (flow->protocol == PROTOCOL_ICMP || flow->protocol == PROTOCOL_ICMPV6) {
        if (flow->icmp_type >= 0)
            set_byte(packet, PACKET_TRANSPORT + ICMP_TYPE, (guint8)flow->icmp_type);
        if (flow->icmp_code >= 0)
            set_byte(packet, PACKET_TRANSPORT + ICMP_CODE, (guint8)flow->icmp_code);
        return;
    }
    set_port(packet, PACKET_TRANSPORT + TRANSPORT_SOURCE_PORT, flow->source_port);
    set_port(packet, PACKET_TRANSPORT + TRANSPORT_DESTINATION_PORT, flow->port);
    if (flow->protocol == PROTOCOL_TCP && (flow->state == FLOW_NEW || flow->state == FLOW_REPLY))
        set_byte(packet, PACKET_TRANSPORT + TCP_FLAGS, flow->state == FLOW_NEW ? SYN : SYN | ACK);
}

/* What every packet of the family has alike; a fragment or one with options is not meant. */
static void set_constants(Packet *packet)
{
    bool ipv6 = packet->family == FAMILY_IPV6;
    guint16 type = GUINT16_TO_BE(ipv6 ? ETH_P_IPV6 : ETH_P_IP);
    static const guint8 unfragmented[2] = {0x40, 0}; /* DF set, offset 0, no more fragments */
    bits_set(packet_field(packet, PACKET_PROTOCOL), &type, sizeof type);
    bits_set(packet_field(packet, PACKET_LINK + 2 * ETH_ALEN), &type, sizeof type);
    set_byte(packet, PACKET_NFPROTO, ipv6 ? NFPROTO_IPV6 : NFPROTO_IPV4);
    packet->known[PACKET_NETWORK] = 0xf0;
    packet->value[PACKET_NETWORK] = ipv6 ? 0x60 : 0x40;
    if (!ipv6) {
        set_byte(packet, PACKET_NETWORK, 0x45);
        bits_set(packet_field(packet, PACKET_NETWORK + 6), unfragmented, sizeof unfragmented);
        packet->known[PACKET_NETWORK + 6] = 0xbf; /* DF itself may be set or not */
        packet->value[PACKET_NETWORK + 6] = 0;
    }
    set_number(packet, PACKET_MARK, 0);
}

/* Multicast and broadcast are told by the address, all else comes to the host's own MAC address. */
static void set_packet_type(Packet *packet, const Flow *flow)
{
    enum { HOST = 0, BROADCAST = 1, MULTICAST = 2 };
    const IpAddress *to = &flow->to.prefix.address;
    bool known = flow->to.kind == FLOW_ADDRESS_PREFIX;
    static const guint8 all_ones[4] = {0xff, 0xff, 0xff, 0xff};
    guint8 type = HOST;
    if (known && to->family == FAMILY_IPV6 && to->bytes[0] == 0xff)
        type = MULTICAST;
    else if (known && to->family == FAMILY_IPV4 && memcmp(to->bytes, all_ones, 4) == 0)
        type = BROADCAST;
    else if (known && to->family == FAMILY_IPV4 && (to->bytes[0] & 0xf0) == 0xe0)
        type = MULTICAST;
    set_byte(packet, PACKET_PKTTYPE, type);
}

static void set_mac(Packet *packet, const char *text)
{
    guint8 mac[ETH_ALEN];
    for (guint i = 0; text != NULL && i < ETH_ALEN; i++) {
        int high = g_ascii_xdigit_value(text[3 * i]);
        int low = high >= 0 ? g_ascii_xdigit_value(text[3 * i + 1]) : -1;
        if (low < 0 || text[3 * i + 2] != (i + 1 < ETH_ALEN ? ':' : '\0'))
            return;
        mac[i] = (guint8)(high << 4 | low);
    }
    if (text != NULL)
        bits_set(packet_field(packet, PACKET_LINK + ETH_ALEN), mac, sizeof mac);
}

Packet packet_of_flow(const Flow *flow, const IpAddress *elsewhere)
{
    Packet packet = {.family = flow->family};
    packet.has_socket = flow->direction == FLOW_OUTPUT    ? MATCH_YES
                        : flow->direction == FLOW_FORWARD ? MATCH_NO
                                                          : MATCH_MAYBE;
    packet.source_typical = flow->typical;
    packet.new_connection = flow->state == FLOW_NEW;
    set_constants(&packet);
    set_address(&packet, packet_source_offset(&packet), &flow->from, elsewhere);
    set_address(&packet, packet_destination_offset(&packet), &flow->to, elsewhere);
    set_packet_type(&packet, flow);
    set_transport(&packet, flow);
    set_mac(&packet, flow->from_mac);
    packet_set_interfaces(&packet, INTERFACE_NONE, NULL, INTERFACE_NONE, NULL);
    return packet;
}

/* The type of hardware (ARPHRD_*): of what carries IP, only Ethernet has addresses of six bytes, as
 * they are read; that of tunnels and others is not. */
static void set_hardware(Packet *packet, gsize type, const Link *link)
{
    guint16 hardware = link_is_loopback(link) ? ARPHRD_LOOPBACK : ARPHRD_ETHER;
    if (link_is_loopback(link) || link->mac != NULL)
        bits_set(packet_field(packet, type), &hardware, sizeof hardware);
}

static void set_interface(Packet *packet, gsize index, gsize name, gsize type, InterfaceKind kind,
                          const Link *link)
{
    char padded[IFNAMSIZ] = "";
    bits_forget(packet_field(packet, index), 4);
    bits_forget(packet_field(packet, name), sizeof padded);
    bits_forget(packet_field(packet, type), 2);
    if (kind == INTERFACE_UNKNOWN)
        return;
    if (kind == INTERFACE_LINK) {
        g_strlcpy(padded, link->name, sizeof padded);
        set_hardware(packet, type, link);
    }
    set_number(packet, index, kind == INTERFACE_LINK ? (guint32)link->index : 0);
    bits_set(packet_field(packet, name), padded, sizeof padded);
}

void packet_set_interfaces(Packet *packet, InterfaceKind in_kind, const Link *in,
                           InterfaceKind out_kind, const Link *out)
{
    set_interface(packet, PACKET_IIF, PACKET_IIFNAME, PACKET_IIFTYPE, in_kind, in);
    set_interface(packet, PACKET_OIF, PACKET_OIFNAME, PACKET_OIFTYPE, out_kind, out);
}

static Beginning beginning_of(const Packet *packet)
{
    bool v6 = packet->family == FAMILY_IPV6;
    guint8 protocol = packet->value[packet_protocol_offset(packet)];
    bool is_known = packet->known[PACKET_TRANSPORT + ICMP_TYPE] == 0xff;
    if (protocol != (v6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP))
        return BEGINS_CONNECTION;
    return icmp_beginning(packet->family,
                          is_known ? packet->value[PACKET_TRANSPORT + ICMP_TYPE] : -1);
}

static void set_original(Packet *packet)
{
    gsize size = packet->family == FAMILY_IPV6 ? 16 : 4;
    bits_copy(packet_field(packet, PACKET_CT_SOURCE),
              packet_const_field(packet, packet_source_offset(packet)), size);
    bits_copy(packet_field(packet, PACKET_CT_DESTINATION),
              packet_const_field(packet, packet_destination_offset(packet)), size);
    bits_copy(packet_field(packet, PACKET_CT_SOURCE_PORT),
              packet_const_field(packet, PACKET_TRANSPORT), 4);
}

/* Of the status of a new connection, what says that it has been translated, confirmed, answered. */
static void set_new_status(Packet *packet)
{
    guint32 known =
        IPS_EXPECTED | IPS_SEEN_REPLY | IPS_ASSURED | IPS_CONFIRMED | IPS_SRC_NAT | IPS_DST_NAT;
    set_number(packet, PACKET_CT_STATUS, 0);
    memcpy(packet->known + PACKET_CT_STATUS, &known, sizeof known);
}

static void track_new(Packet *packet, Beginning beginning)
{
    guint32 open = STATE_NEW | STATE_UNTRACKED;
    packet->tracking = TRACKING_DONE;
    set_original(packet);
    set_number(packet, PACKET_CT_STATE, STATE_NEW);
    set_new_status(packet);
    set_number(packet, PACKET_CT_MARK, 0);
    set_byte(packet, PACKET_CT_DIRECTION, IP_CT_DIR_ORIGINAL);
    if (beginning != BEGINS_MAYBE)
        return;
    for (gsize i = 0; i < sizeof open; i++) {
        packet->known[PACKET_CT_STATE + i] &= (guint8) ~((const guint8 *)&open)[i];
        packet->value[PACKET_CT_STATE + i] &= packet->known[PACKET_CT_STATE + i];
    }
}

void packet_track(Packet *packet, FlowState state)
{
    Beginning beginning = state == FLOW_NEW       ? beginning_of(packet)
                          : state == FLOW_INVALID ? BEGINS_NOTHING_INVALID
                                                  : BEGINS_CONNECTION;
    if (beginning == BEGINS_NOTHING_UNTRACKED)
        packet->tracking = TRACKING_REFUSED;
    if (packet->tracking == TRACKING_REFUSED || beginning == BEGINS_NOTHING_INVALID)
        return;
    bits_copy(packet_field(packet, PACKET_CT_PROTOCOL),
              packet_const_field(packet, packet_protocol_offset(packet)), 1);
    if (state == FLOW_NEW) {
        track_new(packet, beginning);
        return;
    }
    packet->tracking = TRACKING_DONE;
    set_number(packet, PACKET_CT_STATE, STATE_ESTABLISHED);
    if (state == FLOW_REPLY)
        set_byte(packet, PACKET_CT_DIRECTION, IP_CT_DIR_REPLY);
}

static bool field_prefix(const Packet *packet, gsize offset, IpPrefix *prefix)
{
    gsize size = packet->family == FAMILY_IPV6 ? 16 : 4;
    ConstBits field = packet_const_field(packet, offset);
    guint length = 0;
    while (length < size * 8 && (field.known[length / 8] & 0x80 >> length % 8) != 0)
        length++;
    for (guint bit = length; bit < size * 8; bit++) {
        if ((field.known[bit / 8] & 0x80 >> bit % 8) != 0)
            return false;
    }
    *prefix = (IpPrefix){.address = {.family = packet->family}, .length = (guint8)length};
    memcpy(prefix->address.bytes, field.value, size);
    return true;
}

bool packet_destination(const Packet *packet, IpPrefix *destination)
{
    return field_prefix(packet, packet_destination_offset(packet), destination);
}

bool packet_source(const Packet *packet, IpPrefix *source)
{
    return field_prefix(packet, packet_source_offset(packet), source);
}

bool packet_same_notes(const Packet *a, const Packet *b)
{
    return a->tracking == b->tracking && a->has_socket == b->has_socket &&
           a->translated_destination == b->translated_destination &&
           a->translated_source == b->translated_source && a->masqueraded == b->masqueraded &&
           a->rerouted == b->rerouted;
}

bool packet_includes(const Packet *general, const Packet *special)
{
    for (gsize i = 0; i < PACKET_SIZE; i++) {
        if ((general->known[i] & ~special->known[i]) != 0 ||
            ((general->value[i] ^ special->value[i]) & general->known[i]) != 0)
            return false;
    }
    return packet_same_notes(general, special);
}

void packet_join(Packet *packet, const Packet *other)
{
    for (gsize i = 0; i < PACKET_SIZE; i++) {
        packet->known[i] &= (guint8)(other->known[i] & ~(packet->value[i] ^ other->value[i]));
        packet->value[i] &= packet->known[i];
    }
}
