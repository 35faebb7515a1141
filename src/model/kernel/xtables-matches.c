/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The matches of xtables that real rulesets use, a table row each. They change nothing. The structs are the
 * kernel's own (linux/netfilter/xt_*.h, linux/netfilter_ipv4/); one that is shorter than it must be
 * is answered as one that is not modelled. */
#include "model/kernel/xtables.h"

#include "model/firewalld/match.h"
#include "model/kernel/fib.h"
#include "model/kernel/xtables-extension.h"

#include <linux/netfilter/nf_conntrack_common.h>
#include <linux/netfilter/xt_addrtype.h>
#include <linux/netfilter/xt_connmark.h>
#include <linux/netfilter/xt_conntrack.h>
#include <linux/netfilter/xt_mac.h>
#include <linux/netfilter/xt_mark.h>
#include <linux/netfilter/xt_multiport.h>
#include <linux/netfilter/xt_pkttype.h>
#include <linux/netfilter/xt_recent.h>
#include <linux/netfilter/xt_state.h>
#include <linux/netfilter/xt_tcpudp.h>
#include <linux/rtnetlink.h>
#include <string.h>

static Match inverted_if(Match match, bool inverted)
{
    return inverted ? match_not(match) : match;
}

/* Whether a 16-bit field in network order lies from FIRST to LAST, in host order. */
static Match port_within(const Packet *packet, gsize offset, guint16 first, guint16 last)
{
    guint16 bounds[2] = {GUINT16_TO_BE(first), GUINT16_TO_BE(last)};
    return bits_within(packet_const_field(packet, offset), (const guint8 *)&bounds[0],
                       (const guint8 *)&bounds[1], 2);
}

static Match masked_equal(const Packet *packet, gsize offset, const void *value, const void *mask,
                          gsize size)
{
    const guint8 *wanted = value;
    const guint8 *counts = mask;
    Match match = MATCH_YES;
    for (gsize i = 0; i < size; i++) {
        guint8 wrong = (guint8)((packet->value[offset + i] ^ wanted[i]) & counts[i]);
        if ((wrong & packet->known[offset + i]) != 0)
            return MATCH_NO;
        if ((counts[i] & ~packet->known[offset + i]) != 0)
            match = MATCH_MAYBE;
    }
    return match;
}

static Match match_always(const Extension *extension, const Packet *packet)
{
    (void)extension;
    (void)packet;
    return MATCH_YES;
}

/* iptables-nft tests the protocol itself before these. */
static Match match_tcp(const Extension *extension, const Packet *packet)
{
    struct xt_tcp info;
    memcpy(&info, extension->data, sizeof info);
    gsize at = PACKET_TRANSPORT;
    guint8 flags = info.flg_cmp;
    Match match =
        inverted_if(port_within(packet, at + TRANSPORT_SOURCE_PORT, info.spts[0], info.spts[1]),
                    (info.invflags & XT_TCP_INV_SRCPT) != 0);
    match = match_and(match, inverted_if(port_within(packet, at + TRANSPORT_DESTINATION_PORT,
                                                     info.dpts[0], info.dpts[1]),
                                         (info.invflags & XT_TCP_INV_DSTPT) != 0));
    match = match_and(match,
                      inverted_if(masked_equal(packet, at + TCP_FLAGS, &flags, &info.flg_mask, 1),
                                  (info.invflags & XT_TCP_INV_FLAGS) != 0));
    return info.option != 0 ? match_and(match, MATCH_MAYBE) : match;
}

static Match match_udp(const Extension *extension, const Packet *packet)
{
    struct xt_udp info;
    memcpy(&info, extension->data, sizeof info);
    gsize at = PACKET_TRANSPORT;
    return match_and(
        inverted_if(port_within(packet, at + TRANSPORT_SOURCE_PORT, info.spts[0], info.spts[1]),
                    (info.invflags & XT_UDP_INV_SRCPT) != 0),
        inverted_if(
            port_within(packet, at + TRANSPORT_DESTINATION_PORT, info.dpts[0], info.dpts[1]),
            (info.invflags & XT_UDP_INV_DSTPT) != 0));
}

/* struct ipt_icmp and struct ip6t_icmp are the same; type 255 is any. */
static Match match_icmp(const Extension *extension, const Packet *packet)
{
    enum { ANY_TYPE = 0xff, INVERTED = 1 };
    const guint8 *info = extension->data; /* type, first code, last code, inverted */
    if (info[0] == ANY_TYPE && extension->machine->flow->family == FAMILY_IPV4)
        return inverted_if(MATCH_YES, (info[3] & INVERTED) != 0);
    ConstBits type = packet_const_field(packet, PACKET_TRANSPORT + ICMP_TYPE);
    ConstBits code = packet_const_field(packet, PACKET_TRANSPORT + ICMP_CODE);
    Match is_wanted =
        match_and(bits_equal(type, &info[0], 1), bits_within(code, &info[1], &info[2], 1));
    return inverted_if(is_wanted, (info[3] & INVERTED) != 0);
}

static Match match_ports(const Packet *packet, gsize offset, const struct xt_multiport_v1 *info)
{
    Match match = MATCH_NO;
    for (guint i = 0; i < MIN(info->count, XT_MULTI_PORTS); i++) {
        guint16 first = info->ports[i];
        bool is_range = info->pflags[i] != 0 && i + 1 < XT_MULTI_PORTS;
        guint16 last = is_range ? info->ports[++i] : first;
        Match within = port_within(packet, offset, first, last);
        match = match_or(match, within);
    }
    return match;
}

static Match match_multiport(const Extension *extension, const Packet *packet)
{
    struct xt_multiport_v1 info;
    memcpy(&info, extension->data, sizeof info);
    Match source = match_ports(packet, PACKET_TRANSPORT + TRANSPORT_SOURCE_PORT, &info);
    Match destination = match_ports(packet, PACKET_TRANSPORT + TRANSPORT_DESTINATION_PORT, &info);
    Match match = info.flags == XT_MULTIPORT_SOURCE        ? source
                  : info.flags == XT_MULTIPORT_DESTINATION ? destination
                                                           : match_or(source, destination);
    return inverted_if(match, info.invert != 0);
}

/* xt_state and xt_conntrack say states as masks with one bit for each, as nft does. */
static Match match_state_mask(const Packet *packet, guint32 mask)
{
    guint32 bits = mask & 0x0f;
    Match match = MATCH_NO;
    if (packet->tracking == TRACKING_REFUSED)
        return (mask & XT_CONNTRACK_STATE_UNTRACKED) != 0 ? MATCH_YES : MATCH_NO;
    if (packet->tracking == TRACKING_NOT_YET)
        return (mask & XT_CONNTRACK_STATE_INVALID) != 0 ? MATCH_YES : MATCH_NO;
    for (guint32 bit = 1; bit <= bits; bit <<= 1) {
        if ((bits & bit) != 0)
            match = match_or(match, bits_equal(packet_const_field(packet, PACKET_CT_STATE),
                                               (const guint8 *)&bit, sizeof bit));
    }
    if ((mask & XT_CONNTRACK_STATE_DNAT) != 0) {
        guint32 status = IPS_DST_NAT;
        match = match_or(match, masked_equal(packet, PACKET_CT_STATUS, &status, &status, 4));
    }
    if ((mask & XT_CONNTRACK_STATE_SNAT) != 0) {
        guint32 status = IPS_SRC_NAT;
        match = match_or(match, masked_equal(packet, PACKET_CT_STATUS, &status, &status, 4));
    }
    return match;
}

static Match match_state(const Extension *extension, const Packet *packet)
{
    struct xt_state_info info;
    memcpy(&info, extension->data, sizeof info);
    return match_state_mask(packet, info.statemask);
}

static Match match_original(const Packet *packet, gsize offset, const union nf_inet_addr *address,
                            const union nf_inet_addr *mask)
{
    return masked_equal(packet, offset, address, mask, packet->family == FAMILY_IPV6 ? 16 : 4);
}

/* Whether the connection has any of the bits of MASK. */
static Match match_status(const Packet *packet, guint32 mask)
{
    Match match = MATCH_NO;
    for (guint32 bit = 1; bit != 0; bit <<= 1) {
        if ((mask & bit) != 0)
            match = match_or(match, masked_equal(packet, PACKET_CT_STATUS, &bit, &bit, sizeof bit));
    }
    return match;
}

/* The kernel's conntrack_mt(), as far as the first packet of a connection goes: tests of the reply
 * direction and of time are not modelled. */
static Match match_conntrack(const Extension *extension, const Packet *packet)
{
    struct xt_conntrack_mtinfo3 info;
    memcpy(&info, extension->data, sizeof info);
    guint flags = info.match_flags;
    guint inverted = info.invert_flags;
    Match match = MATCH_YES;
    if ((flags & XT_CONNTRACK_STATE) != 0)
        match = match_and(match, inverted_if(match_state_mask(packet, info.state_mask),
                                             (inverted & XT_CONNTRACK_STATE) != 0));
    /* Where there is no connection, a test of the state is all there is. */
    if (packet->tracking != TRACKING_DONE)
        return (flags & XT_CONNTRACK_STATE) != 0 ? match : MATCH_NO;
    if ((flags & XT_CONNTRACK_DIRECTION) != 0) {
        static const guint8 original = IP_CT_DIR_ORIGINAL;
        match = match_and(
            match,
            inverted_if(bits_equal(packet_const_field(packet, PACKET_CT_DIRECTION), &original, 1),
                        (inverted & XT_CONNTRACK_DIRECTION) != 0));
    }
    if ((flags & XT_CONNTRACK_ORIGSRC) != 0)
        match = match_and(match, inverted_if(match_original(packet, PACKET_CT_SOURCE,
                                                            &info.origsrc_addr, &info.origsrc_mask),
                                             (inverted & XT_CONNTRACK_ORIGSRC) != 0));
    if ((flags & XT_CONNTRACK_ORIGDST) != 0)
        match = match_and(match, inverted_if(match_original(packet, PACKET_CT_DESTINATION,
                                                            &info.origdst_addr, &info.origdst_mask),
                                             (inverted & XT_CONNTRACK_ORIGDST) != 0));
    if ((flags & XT_CONNTRACK_PROTO) != 0) {
        guint8 protocol = (guint8)info.l4proto;
        match = match_and(
            match,
            inverted_if(bits_equal(packet_const_field(packet, PACKET_CT_PROTOCOL), &protocol, 1),
                        (inverted & XT_CONNTRACK_PROTO) != 0));
    }
    if ((flags & XT_CONNTRACK_ORIGSRC_PORT) != 0)
        match = match_and(match, inverted_if(port_within(packet, PACKET_CT_SOURCE_PORT,
                                                         info.origsrc_port, info.origsrc_port_high),
                                             (inverted & XT_CONNTRACK_ORIGSRC_PORT) != 0));
    if ((flags & XT_CONNTRACK_ORIGDST_PORT) != 0)
        match = match_and(match, inverted_if(port_within(packet, PACKET_CT_DESTINATION_PORT,
                                                         info.origdst_port, info.origdst_port_high),
                                             (inverted & XT_CONNTRACK_ORIGDST_PORT) != 0));
    if ((flags & XT_CONNTRACK_STATUS) != 0)
        match = match_and(match, inverted_if(match_status(packet, info.status_mask),
                                             (inverted & XT_CONNTRACK_STATUS) != 0));
    if ((flags & (XT_CONNTRACK_REPLSRC | XT_CONNTRACK_REPLDST | XT_CONNTRACK_REPLSRC_PORT |
                  XT_CONNTRACK_REPLDST_PORT | XT_CONNTRACK_EXPIRES)) != 0)
        match = match_and(match, MATCH_MAYBE);
    return match;
}

static Match match_mark(const Extension *extension, const Packet *packet)
{
    struct xt_mark_mtinfo1 info;
    memcpy(&info, extension->data, sizeof info);
    return inverted_if(masked_equal(packet, PACKET_MARK, &info.mark, &info.mask, 4),
                       info.invert != 0);
}

static Match match_connmark(const Extension *extension, const Packet *packet)
{
    struct xt_connmark_mtinfo1 info;
    memcpy(&info, extension->data, sizeof info);
    if (packet->tracking != TRACKING_DONE)
        return MATCH_NO;
    return inverted_if(masked_equal(packet, PACKET_CT_MARK, &info.mark, &info.mask, 4),
                       info.invert != 0);
}

static Match match_mac(const Extension *extension, const Packet *packet)
{
    struct xt_mac_info info;
    memcpy(&info, extension->data, sizeof info);
    if (extension->machine->flow->direction == FLOW_OUTPUT)
        return MATCH_NO;
    return inverted_if(bits_equal(packet_const_field(packet, PACKET_LINK + 6), info.srcaddr, 6),
                       info.invert != 0);
}

static Match match_packet_type(const Extension *extension, const Packet *packet)
{
    struct xt_pkttype_info info;
    memcpy(&info, extension->data, sizeof info);
    guint8 type = (guint8)info.pkttype;
    return inverted_if(bits_equal(packet_const_field(packet, PACKET_PKTTYPE), &type, 1),
                       info.invert != 0);
}

/* match_type6() of the kernel: of IPv6, "unicast" is every address that is no multicast address, own
 * ones too, and tests for several types at once must all hold; what it looks up in the routing tables
 * for types other than "local" is not modelled. */
static Match has_type(const Extension *extension, const Packet *packet, gsize offset, int limit,
                      guint types)
{
    enum { LOOKED_UP = XT_ADDRTYPE_ANYCAST | XT_ADDRTYPE_PROHIBIT | XT_ADDRTYPE_UNREACHABLE };
    static const guint8 unspecified[16];
    static const guint8 multicast = 0xff;
    if (packet->family != FAMILY_IPV6)
        return fib_has_type(extension->machine, packet, offset, limit, types);
    ConstBits address = packet_const_field(packet, offset);
    Match is_multicast = bits_equal(address, &multicast, 1);
    Match is_unspecified = bits_equal(address, unspecified, sizeof unspecified);
    Match match = MATCH_YES;
    if ((types & XT_ADDRTYPE_MULTICAST) != 0)
        match = match_and(match, is_multicast);
    if ((types & XT_ADDRTYPE_UNICAST) != 0)
        match = match_and(match, match_not(match_or(is_multicast, is_unspecified)));
    if ((types & XT_ADDRTYPE_UNSPEC) != 0)
        match = match_and(match, is_unspecified);
    if ((types & (LOOKED_UP | XT_ADDRTYPE_LOCAL)) == 0)
        return match;
    Match local = (types & XT_ADDRTYPE_LOCAL) != 0
                      ? fib_has_type(extension->machine, packet, offset, limit, 1 << RTN_LOCAL)
                      : MATCH_NO;
    if ((types & LOOKED_UP) != 0 && local != MATCH_YES)
        local = MATCH_MAYBE;
    return match_and(match, local);
}

static Match match_address_type(const Extension *extension, const Packet *packet)
{
    struct xt_addrtype_info_v1 info;
    memcpy(&info, extension->data, sizeof info);
    int limit = (info.flags & XT_ADDRTYPE_LIMIT_IFACE_IN) != 0    ? PACKET_IIF
                : (info.flags & XT_ADDRTYPE_LIMIT_IFACE_OUT) != 0 ? PACKET_OIF
                                                                  : -1;
    Match match = MATCH_YES;
    if (info.source != 0)
        match =
            match_and(match, inverted_if(has_type(extension, packet, packet_source_offset(packet),
                                                  limit, info.source),
                                         (info.flags & XT_ADDRTYPE_INVERT_SOURCE) != 0));
    if (info.dest != 0)
        match = match_and(match,
                          inverted_if(has_type(extension, packet, packet_destination_offset(packet),
                                               limit, info.dest),
                                      (info.flags & XT_ADDRTYPE_INVERT_DEST) != 0));
    return match;
}

/* recent_mt(): an address that is added always matches; whether it was seen before is not known. */
static Match match_recent(const Extension *extension, const Packet *packet)
{
    struct xt_recent_mtinfo info;
    (void)packet;
    memcpy(&info, extension->data, sizeof info);
    bool adds = (info.check_set & XT_RECENT_SET) != 0;
    return adds ? inverted_if(MATCH_YES, info.invert != 0) : MATCH_MAYBE;
}

/* Which port of a bridge it came in or goes out by is not known, nor, with br_netfilter, whether it
 * is bridged at all. */
static Match match_port_device(const Extension *extension, const Packet *packet)
{
    (void)extension;
    (void)packet;
    return MATCH_MAYBE;
}

static const struct {
    const char *name;
    guint32 revision;
    gsize size;
    Match (*match)(const Extension *extension, const Packet *packet);
} matches[] = {
    {"comment", 0, 0, match_always},
    {"nfacct", 0, 0, match_always},
    {"tcp", 0, sizeof(struct xt_tcp), match_tcp},
    {"udp", 0, sizeof(struct xt_udp), match_udp},
    {"icmp", 0, 4, match_icmp},
    {"icmp6", 0, 4, match_icmp},
    {"multiport", 1, sizeof(struct xt_multiport_v1), match_multiport},
    {"state", 0, sizeof(struct xt_state_info), match_state},
    {"conntrack", 3, sizeof(struct xt_conntrack_mtinfo3), match_conntrack},
    {"mark", 1, sizeof(struct xt_mark_mtinfo1), match_mark},
    {"connmark", 1, sizeof(struct xt_connmark_mtinfo1), match_connmark},
    {"mac", 0, sizeof(struct xt_mac_info), match_mac},
    {"pkttype", 0, sizeof(struct xt_pkttype_info), match_packet_type},
    {"recent", 1, sizeof(struct xt_recent_mtinfo_v1), match_recent},
    {"addrtype", 1, sizeof(struct xt_addrtype_info_v1), match_address_type},
    {"physdev", 0, 0, match_port_device},
};

Match xtables_match(const Machine *machine, const Expression *expression, const Packet *packet)
{
    Extension extension = extension_of(machine, expression);
    for (gsize i = 0; i < G_N_ELEMENTS(matches); i++) {
        if (g_strcmp0(matches[i].name, expression->name) == 0 &&
            (matches[i].size == 0 || matches[i].revision == expression->revision) &&
            extension.size >= matches[i].size)
            return matches[i].match(&extension, packet);
    }
    return MATCH_MAYBE;
}
