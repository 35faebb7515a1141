/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A packet as far as a flow tells it: its headers, what the kernel notes of it (meta) and its
 * connection (ct), as one memory of partly known bits that expressions load from. Because all of it
 * is one memory, a test that a rule makes can teach the world in which the rule matched. */
#pragma once

#include "model/host/flow.h"
#include "model/host/link.h"
#include "model/kernel/bits.h"

/* Where each field is in the memory. Headers are in network order, all else in host order. */
enum {
    PACKET_LINK = 0,       /* Ethernet: 14 bytes */
    PACKET_NETWORK = 16,   /* IPv4 without options, or IPv6 without extension headers: 40 bytes */
    PACKET_TRANSPORT = 56, /* 20 bytes */
    PACKET_IIF = 80,
    PACKET_OIF = 84,
    PACKET_IIFNAME = 88,  /* 16 bytes, padded with zeros */
    PACKET_OIFNAME = 104, /* 16 bytes */
    PACKET_MARK = 120,
    PACKET_PKTTYPE = 124,
    PACKET_NFPROTO = 125,
    PACKET_PROTOCOL = 126, /* the Ethernet type, in network order */
    PACKET_IIFTYPE = 128,  /* ARPHRD_* */
    PACKET_OIFTYPE = 130,
    PACKET_CT_STATE = 132,
    PACKET_CT_STATUS = 136,
    PACKET_CT_MARK = 140,
    PACKET_CT_SOURCE = 144, /* of the original direction: 16 bytes */
    PACKET_CT_DESTINATION = 160,
    PACKET_CT_SOURCE_PORT = 176,
    PACKET_CT_DESTINATION_PORT = 178,
    PACKET_CT_PROTOCOL = 180,
    PACKET_CT_DIRECTION = 181,
    PACKET_SIZE = 184,
};

/* Offsets in the network and transport headers. */
enum {
    IPV4_PROTOCOL = 9,
    IPV4_SOURCE = 12,
    IPV4_DESTINATION = 16,
    IPV6_NEXT_HEADER = 6,
    IPV6_SOURCE = 8,
    IPV6_DESTINATION = 24,
    TRANSPORT_SOURCE_PORT = 0,
    TRANSPORT_DESTINATION_PORT = 2,
    ICMP_TYPE = 0,
    ICMP_CODE = 1,
    TCP_FLAGS = 13,
};

/* Conntrack and the packet. */
typedef enum {
    TRACKING_NOT_YET, /* before conntrack's hook (priority -200) */
    TRACKING_DONE,
    TRACKING_REFUSED, /* notrack */
} Tracking;

typedef struct {
    guint8 value[PACKET_SIZE];
    guint8 known[PACKET_SIZE];
    Family family;
    Tracking tracking;
    Match has_socket;    /* a socket of this host is tied to it */
    bool source_typical; /* the source stands for the usual host of its network: single hosts
                               that a rule names are not meant */
    bool translated_destination;
    bool translated_source;
    bool masqueraded;
    bool rerouted;       /* its addresses have changed: where it was to go does not count */
    bool new_connection; /* its first packet: chains of type nat see no other */
} Packet;

/* The packet of FLOW before any hook has seen it. ELSEWHERE, of the flow's family, stands for
 * FLOW_ADDRESS_ELSEWHERE. Interfaces are set by packet_set_interfaces(). */
Packet packet_of_flow(const Flow *flow, const IpAddress *elsewhere);

/* One interface as the next hook sees it. */
typedef enum {
    INTERFACE_NONE,    /* the hook has none of that side: name "", index 0 */
    INTERFACE_UNKNOWN, /* there is one, but which is not known */
    INTERFACE_LINK,
} InterfaceKind;

void packet_set_interfaces(Packet *packet, InterfaceKind in_kind, const Link *in,
                           InterfaceKind out_kind, const Link *out);

/* Conntrack has seen it: the connection's original addresses and ports are those of now where it is
 * new; a packet of an old one may be an answer. What begins no connection stays without one. */
void packet_track(Packet *packet, FlowState state);

Bits packet_field(Packet *packet, gsize offset);
ConstBits packet_const_field(const Packet *packet, gsize offset);

/* Where its addresses, and the number of the protocol above IP, are in the memory. */
gsize packet_source_offset(const Packet *packet);
gsize packet_destination_offset(const Packet *packet);
gsize packet_protocol_offset(const Packet *packet);

/* The destination as a prefix: what is known of it. false where its known bits are no prefix. */
bool packet_destination(const Packet *packet, IpPrefix *destination);
bool packet_source(const Packet *packet, IpPrefix *source);

/* Whether all that is known of GENERAL is known, and the same, of SPECIAL: then what happens to
 * SPECIAL also happens to one that GENERAL stands for. */
bool packet_includes(const Packet *general, const Packet *special);

/* Whether what is not in the memory is the same of both. */
bool packet_same_notes(const Packet *a, const Packet *b);

/* Keeps of PACKET only what OTHER, of which the notes are the same, agrees with. */
void packet_join(Packet *packet, const Packet *other);
