/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Matches and targets of xtables: each row is a rule that accepts in a chain that drops. The structs
 * are the kernel's own. */
#include "rule-cases.h"

#include <linux/netfilter/nf_conntrack_common.h>
#include <linux/netfilter/xt_CT.h>
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

typedef struct {
    const char *name;
    const char *extension;
    guint32 revision;
    const void *data;
    gsize size;
    const char *flow;
    const char *expected;
    const char *before; /* rules of a chain that runs before, in raw's place if they are for it */
    const char *after;  /* words of the rule behind the extension */
} ExtensionCase;

#define DATA(type, ...) &(const type)__VA_ARGS__, sizeof(type)
#define TCP(...)        "tcp", 0, &(const struct xt_tcp)__VA_ARGS__, sizeof(struct xt_tcp)
#define UDP(...)        "udp", 0, &(const struct xt_udp)__VA_ARGS__, sizeof(struct xt_udp)
#define PORTS(...)                                                                                 \
    "multiport", 1, &(const struct xt_multiport_v1)__VA_ARGS__, sizeof(struct xt_multiport_v1)
#define STATE(mask) "state", 0, &(const struct xt_state_info){mask}, sizeof(struct xt_state_info)
#define CT(...)                                                                                    \
    "conntrack", 3, &(const struct xt_conntrack_mtinfo3)__VA_ARGS__,                               \
        sizeof(struct xt_conntrack_mtinfo3)
#define MARK(...)                                                                                  \
    "mark", 1, &(const struct xt_mark_mtinfo1)__VA_ARGS__, sizeof(struct xt_mark_mtinfo1)
#define CONNMARK(...)                                                                              \
    "connmark", 1, &(const struct xt_connmark_mtinfo1)__VA_ARGS__,                                 \
        sizeof(struct xt_connmark_mtinfo1)
#define TYPE(...)                                                                                  \
    "addrtype", 1, &(const struct xt_addrtype_info_v1)__VA_ARGS__,                                 \
        sizeof(struct xt_addrtype_info_v1)
#define BYTES(...) (const guint8[]){__VA_ARGS__}, sizeof((const guint8[]){__VA_ARGS__})
#define ALL        0xffff

#define FROM_PORT TO_HOST "source-port 40000 tcp 22"
#define TO_PORT   TO_HOST "tcp 22"
#define TO_PING   TO_HOST "icmp 8"
#define TO_PORT6  "input in enp2s0 from fd00:2::2 to fd00:2::1 back-by-it tcp 22"
#define TO_PING6  "input in enp2s0 from fd00:2::2 to fd00:2::1 back-by-it icmp 128"
#define EARLY     "chain e prerouting -300\n"

static const ExtensionCase matches[] = {
    {"comment", "comment", 0, BYTES('x', 0), TO_PORT, "accept", NULL, NULL},
    {"an accountant", "nfacct", 0, BYTES('x', 0), TO_PORT, "accept", NULL, NULL},
    {"one that is not modelled", "quota2", 0, BYTES(0), TO_PORT, "accept drop", NULL, NULL},
    {"physdev", "physdev", 0, BYTES(0), TO_PORT, "accept drop", NULL, NULL},
    {"a struct that is too short", "mark", 1, BYTES(0, 0), TO_PORT, "accept drop", NULL, NULL},
    {"another revision", "mark", 9, DATA(struct xt_mark_mtinfo1, {1, 1, 0}), TO_PORT, "accept drop",
     NULL, NULL},
    {"tcp: any", TCP({{0, ALL}, {0, ALL}, 0, 0, 0, 0}), TO_PORT, "accept", NULL, NULL},
    {"tcp: destination", TCP({{0, ALL}, {22, 22}, 0, 0, 0, 0}), TO_PORT, "accept", NULL, NULL},
    {"tcp: the last of a range", TCP({{0, ALL}, {20, 22}, 0, 0, 0, 0}), TO_PORT, "accept", NULL,
     NULL},
    {"tcp: outside of a range", TCP({{0, ALL}, {23, 25}, 0, 0, 0, 0}), TO_PORT, "drop", NULL, NULL},
    {"tcp: not that destination", TCP({{0, ALL}, {22, 22}, 0, 0, 0, XT_TCP_INV_DSTPT}), TO_PORT,
     "drop", NULL, NULL},
    {"tcp: source", TCP({{40000, 40000}, {0, ALL}, 0, 0, 0, 0}), FROM_PORT, "accept", NULL, NULL},
    {"tcp: another source", TCP({{40001, 40002}, {0, ALL}, 0, 0, 0, 0}), FROM_PORT, "drop", NULL,
     NULL},
    {"tcp: not that source", TCP({{40001, 40002}, {0, ALL}, 0, 0, 0, XT_TCP_INV_SRCPT}), FROM_PORT,
     "accept", NULL, NULL},
    {"tcp: source that is not said", TCP({{1, 1024}, {0, ALL}, 0, 0, 0, 0}), TO_PORT, "accept drop",
     NULL, NULL},
    {"tcp: SYN", TCP({{0, ALL}, {0, ALL}, 0, 0x17, 0x02, 0}), TO_PORT, "accept", NULL, NULL},
    {"tcp: SYN and ACK", TCP({{0, ALL}, {0, ALL}, 0, 0x17, 0x12, 0}), TO_PORT, "drop", NULL, NULL},
    {"tcp: not SYN", TCP({{0, ALL}, {0, ALL}, 0, 0x17, 0x02, XT_TCP_INV_FLAGS}), TO_PORT, "drop",
     NULL, NULL},
    {"tcp: SYN of an established one", TCP({{0, ALL}, {0, ALL}, 0, 0x17, 0x02, 0}),
     TO_PORT " established", "accept drop", NULL, NULL},
    {"tcp: an option", TCP({{0, ALL}, {0, ALL}, 2, 0, 0, 0}), TO_PORT, "accept drop", NULL, NULL},
    {"tcp: an option and another port", TCP({{0, ALL}, {23, 23}, 2, 0, 0, 0}), TO_PORT, "drop",
     NULL, NULL},
    {"udp: destination", UDP({{0, ALL}, {53, 53}, 0}), TO_HOST "udp 53", "accept", NULL, NULL},
    {"udp: another destination", UDP({{0, ALL}, {54, 54}, 0}), TO_HOST "udp 53", "drop", NULL,
     NULL},
    {"udp: not that destination", UDP({{0, ALL}, {53, 53}, XT_UDP_INV_DSTPT}), TO_HOST "udp 53",
     "drop", NULL, NULL},
    {"udp: source", UDP({{53, 53}, {0, ALL}, 0}), TO_HOST "source-port 53 udp 53", "accept", NULL,
     NULL},
    {"udp: not that source", UDP({{53, 53}, {0, ALL}, XT_UDP_INV_SRCPT}),
     TO_HOST "source-port 53 udp 53", "drop", NULL, NULL},
    {"udp: source, not destination", UDP({{53, 53}, {0, ALL}, XT_UDP_INV_DSTPT}),
     TO_HOST "source-port 53 udp 53", "drop", NULL, NULL},
    {"icmp: type", "icmp", 0, BYTES(8, 0, 255, 0), TO_PING, "accept", NULL, NULL},
    {"icmp: another type", "icmp", 0, BYTES(13, 0, 255, 0), TO_PING, "drop", NULL, NULL},
    {"icmp: code", "icmp", 0, BYTES(8, 1, 255, 0), TO_PING, "drop", NULL, NULL},
    {"icmp: up to a code", "icmp", 0, BYTES(8, 0, 0, 0), TO_PING, "accept", NULL, NULL},
    {"icmp: not that type", "icmp", 0, BYTES(8, 0, 255, 1), TO_PING, "drop", NULL, NULL},
    {"icmp: any", "icmp", 0, BYTES(255, 0, 255, 0), TO_PING, "accept", NULL, NULL},
    {"icmp: not any", "icmp", 0, BYTES(255, 0, 255, 1), TO_PING, "drop", NULL, NULL},
    {"icmp6: type", "icmp6", 0, BYTES(128, 0, 255, 0), TO_PING6, "accept", NULL, NULL},
    {"icmp6: 255 is a type", "icmp6", 0, BYTES(255, 0, 255, 0), TO_PING6, "drop", NULL, NULL},
    {"multiport: one of them", PORTS({XT_MULTIPORT_DESTINATION, 3, {21, 22, 25}, {0}, 0}), TO_PORT,
     "accept", NULL, NULL},
    {"multiport: none of them", PORTS({XT_MULTIPORT_DESTINATION, 2, {21, 23}, {0}, 0}), TO_PORT,
     "drop", NULL, NULL},
    {"multiport: no more than are counted", PORTS({XT_MULTIPORT_DESTINATION, 1, {21, 22}, {0}, 0}),
     TO_PORT, "drop", NULL, NULL},
    {"multiport: a range", PORTS({XT_MULTIPORT_DESTINATION, 2, {20, 30}, {1, 0}, 0}), TO_PORT,
     "accept", NULL, NULL},
    {"multiport: behind a range", PORTS({XT_MULTIPORT_DESTINATION, 3, {20, 21, 22}, {1, 0, 0}, 0}),
     TO_PORT, "accept", NULL, NULL},
    {"multiport: the end of a range is none of them",
     PORTS({XT_MULTIPORT_DESTINATION, 3, {30, 22, 40}, {1, 0, 0}, 0}), TO_PORT, "drop", NULL, NULL},
    {"multiport: a last one that begins a range",
     PORTS({XT_MULTIPORT_DESTINATION,
            15,
            {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 22},
            {[14] = 1},
            0}),
     TO_PORT, "accept", NULL, NULL},
    {"multiport: more than there can be",
     PORTS({XT_MULTIPORT_DESTINATION, 255, {[14] = 22}, {0}, 0}), TO_PORT, "accept", NULL, NULL},
    {"multiport: inverted", PORTS({XT_MULTIPORT_DESTINATION, 1, {22}, {0}, 1}), TO_PORT, "drop",
     NULL, NULL},
    {"multiport: source", PORTS({XT_MULTIPORT_SOURCE, 1, {40000}, {0}, 0}), FROM_PORT, "accept",
     NULL, NULL},
    {"multiport: destination is no source", PORTS({XT_MULTIPORT_SOURCE, 1, {22}, {0}, 0}),
     FROM_PORT, "drop", NULL, NULL},
    {"multiport: source is no destination", PORTS({XT_MULTIPORT_DESTINATION, 1, {40000}, {0}, 0}),
     FROM_PORT, "drop", NULL, NULL},
    {"multiport: either, the source", PORTS({XT_MULTIPORT_EITHER, 1, {40000}, {0}, 0}), FROM_PORT,
     "accept", NULL, NULL},
    {"multiport: either, the destination", PORTS({XT_MULTIPORT_EITHER, 1, {22}, {0}, 0}), FROM_PORT,
     "accept", NULL, NULL},
    {"state: new", STATE(8), TO_PORT, "accept", NULL, NULL},
    {"state: established or related", STATE(6), TO_PORT, "drop", NULL, NULL},
    {"state: established", STATE(2), TO_PORT " established", "accept", NULL, NULL},
    {"state: invalid", STATE(1), TO_PORT, "drop", NULL, NULL},
    {"conntrack: new", CT({.match_flags = XT_CONNTRACK_STATE, .state_mask = 8}), TO_PORT, "accept",
     NULL, NULL},
    {"conntrack: any of two", CT({.match_flags = XT_CONNTRACK_STATE, .state_mask = 10}), TO_PORT,
     "accept", NULL, NULL},
    {"conntrack: not new",
     CT({.match_flags = XT_CONNTRACK_STATE, .invert_flags = XT_CONNTRACK_STATE, .state_mask = 8}),
     TO_PORT, "drop", NULL, NULL},
    {"conntrack: untracked",
     CT({.match_flags = XT_CONNTRACK_STATE, .state_mask = XT_CONNTRACK_STATE_UNTRACKED}), TO_PORT,
     "accept", EARLY "notrack", NULL},
    {"conntrack: untracked is not new", CT({.match_flags = XT_CONNTRACK_STATE, .state_mask = 8}),
     TO_PORT, "drop", EARLY "notrack", NULL},
    {"conntrack: nothing but the state of what is not tracked",
     CT({.match_flags = XT_CONNTRACK_STATE | XT_CONNTRACK_DIRECTION,
         .state_mask = XT_CONNTRACK_STATE_UNTRACKED}),
     TO_PORT, "accept", EARLY "notrack", NULL},
    {"conntrack: no direction without a connection", CT({.match_flags = XT_CONNTRACK_DIRECTION}),
     TO_PORT, "drop", EARLY "notrack", NULL},
    {"conntrack: translated",
     CT({.match_flags = XT_CONNTRACK_STATE, .state_mask = XT_CONNTRACK_STATE_DNAT}), TO_PORT,
     "drop", NULL, NULL},
    {"conntrack: not translated",
     CT({.match_flags = XT_CONNTRACK_STATE,
         .invert_flags = XT_CONNTRACK_STATE,
         .state_mask = XT_CONNTRACK_STATE_DNAT}),
     TO_PORT, "accept", NULL, NULL},
    {"conntrack: what was translated",
     CT({.match_flags = XT_CONNTRACK_STATE, .state_mask = XT_CONNTRACK_STATE_DNAT}), TO_PORT,
     "accept", "chain e prerouting -100 nat\nredirect:80", NULL},
    {"conntrack: source was not",
     CT({.match_flags = XT_CONNTRACK_STATE, .state_mask = XT_CONNTRACK_STATE_SNAT}), TO_PORT,
     "drop", "chain e prerouting -100 nat\nredirect:80", NULL},
    {"conntrack: original direction", CT({.match_flags = XT_CONNTRACK_DIRECTION}), TO_PORT,
     "accept", NULL, NULL},
    {"conntrack: direction of answers",
     CT({.match_flags = XT_CONNTRACK_DIRECTION, .invert_flags = XT_CONNTRACK_DIRECTION}), TO_PORT,
     "drop", NULL, NULL},
    {"conntrack: direction of an established one", CT({.match_flags = XT_CONNTRACK_DIRECTION}),
     TO_PORT " established", "accept drop", NULL, NULL},
    {"conntrack: protocol", CT({.match_flags = XT_CONNTRACK_PROTO, .l4proto = 6}), TO_PORT,
     "accept", NULL, NULL},
    {"conntrack: another protocol", CT({.match_flags = XT_CONNTRACK_PROTO, .l4proto = 17}), TO_PORT,
     "drop", NULL, NULL},
    {"conntrack: not that protocol",
     CT({.match_flags = XT_CONNTRACK_PROTO, .invert_flags = XT_CONNTRACK_PROTO, .l4proto = 17}),
     TO_PORT, "accept", NULL, NULL},
    {"conntrack: original port",
     CT({.match_flags = XT_CONNTRACK_ORIGDST_PORT, .origdst_port = 22, .origdst_port_high = 22}),
     TO_PORT, "accept", NULL, NULL},
    {"conntrack: another original port",
     CT({.match_flags = XT_CONNTRACK_ORIGDST_PORT, .origdst_port = 23, .origdst_port_high = 25}),
     TO_PORT, "drop", NULL, NULL},
    {"conntrack: not that original port",
     CT({.match_flags = XT_CONNTRACK_ORIGDST_PORT,
         .invert_flags = XT_CONNTRACK_ORIGDST_PORT,
         .origdst_port = 23,
         .origdst_port_high = 25}),
     TO_PORT, "accept", NULL, NULL},
    {"conntrack: original source port",
     CT({.match_flags = XT_CONNTRACK_ORIGSRC_PORT,
         .origsrc_port = 40000,
         .origsrc_port_high = 40000}),
     FROM_PORT, "accept", NULL, NULL},
    {"conntrack: not that original source port",
     CT({.match_flags = XT_CONNTRACK_ORIGSRC_PORT,
         .invert_flags = XT_CONNTRACK_ORIGSRC_PORT,
         .origsrc_port = 40000,
         .origsrc_port_high = 40000}),
     FROM_PORT, "drop", NULL, NULL},
    {"conntrack: original port before it was translated",
     CT({.match_flags = XT_CONNTRACK_ORIGDST_PORT, .origdst_port = 22, .origdst_port_high = 22}),
     TO_PORT, "accept", "chain e prerouting -100 nat\nredirect:80", "dport=80"},
    {"conntrack: some status",
     CT({.match_flags = XT_CONNTRACK_STATUS, .status_mask = IPS_SEEN_REPLY}), TO_PORT, "drop", NULL,
     NULL},
    {"conntrack: no status matches nothing",
     CT({.match_flags = XT_CONNTRACK_STATUS, .status_mask = 0}), TO_PORT, "drop", NULL, NULL},
    {"conntrack: no status, inverted",
     CT({.match_flags = XT_CONNTRACK_STATUS, .invert_flags = XT_CONNTRACK_STATUS}), TO_PORT,
     "accept", NULL, NULL},
    {"conntrack: status of an established one",
     CT({.match_flags = XT_CONNTRACK_STATUS, .status_mask = IPS_ASSURED}), TO_PORT " established",
     "accept drop", NULL, NULL},
    {"conntrack: answers are not modelled", CT({.match_flags = XT_CONNTRACK_REPLSRC}), TO_PORT,
     "accept drop", NULL, NULL},
    {"conntrack: nor is when it ends", CT({.match_flags = XT_CONNTRACK_EXPIRES}), TO_PORT,
     "accept drop", NULL, NULL},
    {"mark: 0", MARK({0, G_MAXUINT32, 0}), TO_PORT, "accept", NULL, NULL},
    {"mark: a bit", MARK({1, 1, 0}), TO_PORT, "drop", NULL, NULL},
    {"mark: a bit that was set", MARK({1, 1, 0}), TO_PORT, "accept", EARLY "mark:=3", NULL},
    {"mark: more bits that were set", MARK({1, 3, 0}), TO_PORT, "drop", EARLY "mark:=3", NULL},
    {"mark: inverted", MARK({1, 1, 1}), TO_PORT, "accept", NULL, NULL},
    {"connmark: 0", CONNMARK({0, G_MAXUINT32, 0}), TO_PORT, "accept", NULL, NULL},
    {"connmark: 1", CONNMARK({1, G_MAXUINT32, 0}), TO_PORT, "drop", NULL, NULL},
    {"connmark: inverted", CONNMARK({1, G_MAXUINT32, 1}), TO_PORT, "accept", NULL, NULL},
    {"connmark: of no connection", CONNMARK({0, G_MAXUINT32, 0}), TO_PORT, "drop", EARLY "notrack",
     NULL},
    {"mac", "mac", 0, DATA(struct xt_mac_info, {{2, 0, 0, 0, 0, 1}, 0}),
     TO_HOST "mac 02:00:00:00:00:01 tcp 22", "accept", NULL, NULL},
    {"another mac", "mac", 0, DATA(struct xt_mac_info, {{2, 0, 0, 0, 0, 2}, 0}),
     TO_HOST "mac 02:00:00:00:00:01 tcp 22", "drop", NULL, NULL},
    {"not that mac", "mac", 0, DATA(struct xt_mac_info, {{2, 0, 0, 0, 0, 2}, 1}),
     TO_HOST "mac 02:00:00:00:00:01 tcp 22", "accept", NULL, NULL},
    {"a mac that is not said", "mac", 0, DATA(struct xt_mac_info, {{2, 0, 0, 0, 0, 2}, 0}), TO_PORT,
     "accept drop", NULL, NULL},
    {"recent: added", "recent", 1, DATA(struct xt_recent_mtinfo_v1, {.check_set = XT_RECENT_SET}),
     TO_PORT, "accept", NULL, NULL},
    {"recent: added, inverted", "recent", 1,
     DATA(struct xt_recent_mtinfo_v1, {.check_set = XT_RECENT_SET, .invert = 1}), TO_PORT, "drop",
     NULL, NULL},
    {"recent: seen before or not", "recent", 1,
     DATA(struct xt_recent_mtinfo_v1, {.check_set = XT_RECENT_CHECK}), TO_PORT, "accept drop", NULL,
     NULL},
    {"pkttype", "pkttype", 0, DATA(struct xt_pkttype_info, {0, 0}), TO_PORT, "accept", NULL, NULL},
    {"another pkttype", "pkttype", 0, DATA(struct xt_pkttype_info, {1, 0}), TO_PORT, "drop", NULL,
     NULL},
    {"not that pkttype", "pkttype", 0, DATA(struct xt_pkttype_info, {1, 1}), TO_PORT, "accept",
     NULL, NULL},
    {"addrtype: local", TYPE({0, XT_ADDRTYPE_LOCAL, 0}), TO_PORT, "accept", NULL, NULL},
    {"addrtype: not local", TYPE({0, XT_ADDRTYPE_LOCAL, XT_ADDRTYPE_INVERT_DEST}), TO_PORT, "drop",
     NULL, NULL},
    {"addrtype: unicast is another type", TYPE({0, XT_ADDRTYPE_UNICAST, 0}), TO_PORT, "drop", NULL,
     NULL},
    {"addrtype: source", TYPE({XT_ADDRTYPE_UNICAST, 0, 0}), TO_PORT, "accept", NULL, NULL},
    {"addrtype: not that source", TYPE({XT_ADDRTYPE_UNICAST, 0, XT_ADDRTYPE_INVERT_SOURCE}),
     TO_PORT, "drop", NULL, NULL},
    {"addrtype: local source", TYPE({XT_ADDRTYPE_LOCAL, 0, 0}), TO_PORT, "drop", NULL, NULL},
    {"addrtype: local to the link it came in by",
     TYPE({0, XT_ADDRTYPE_LOCAL, XT_ADDRTYPE_LIMIT_IFACE_IN}), TO_PORT, "accept", NULL, NULL},
    {"addrtype: local to another link", TYPE({0, XT_ADDRTYPE_LOCAL, XT_ADDRTYPE_LIMIT_IFACE_IN}),
     "input in enp2s0 from 192.168.150.131 to 10.244.2.1 back-by-it tcp 22", "drop", NULL, NULL},
    {"addrtype: local or unicast", TYPE({0, XT_ADDRTYPE_LOCAL | XT_ADDRTYPE_UNICAST, 0}),
     "input in enp2s0 from 192.168.150.131 to 192.168.150.0/24 back-by-it tcp 22", "accept", NULL,
     NULL},
    {"addrtype: local, of a network that has it", TYPE({0, XT_ADDRTYPE_LOCAL, 0}),
     "input in enp2s0 from 192.168.150.131 to 192.168.150.0/24 back-by-it tcp 22", "accept drop",
     NULL, NULL},
    {"addrtype of IPv6: local", TYPE({0, XT_ADDRTYPE_LOCAL, 0}), TO_PORT6, "accept", NULL, NULL},
    {"addrtype of IPv6: unicast, though local", TYPE({0, XT_ADDRTYPE_UNICAST, 0}), TO_PORT6,
     "accept", NULL, NULL},
    {"addrtype of IPv6: multicast", TYPE({0, XT_ADDRTYPE_MULTICAST, 0}), TO_PORT6, "drop", NULL,
     NULL},
    {"addrtype of IPv6: a group", TYPE({0, XT_ADDRTYPE_MULTICAST, 0}),
     "input in enp2s0 from fe80::1 to ff02::fb udp 5353", "accept", NULL, NULL},
    {"addrtype of IPv6: a group is not unicast", TYPE({0, XT_ADDRTYPE_UNICAST, 0}),
     "input in enp2s0 from fe80::1 to ff02::fb udp 5353", "drop", NULL, NULL},
    {"addrtype of IPv6: no address at all", TYPE({XT_ADDRTYPE_UNSPEC, 0, 0}),
     "input in enp2s0 from :: to ff02::fb udp 5353", "accept", NULL, NULL},
    {"addrtype of IPv6: some address", TYPE({XT_ADDRTYPE_UNSPEC, 0, 0}), TO_PORT6, "drop", NULL,
     NULL},
    {"addrtype of IPv6: what is not modelled", TYPE({0, XT_ADDRTYPE_ANYCAST, 0}), TO_PORT6,
     "accept drop", NULL, NULL},
    {"addrtype of IPv6: local or what is not modelled",
     TYPE({0, XT_ADDRTYPE_ANYCAST | XT_ADDRTYPE_LOCAL, 0}), TO_PORT6, "accept", NULL, NULL},
    {"addrtype of IPv6: broadcast is nothing", TYPE({0, XT_ADDRTYPE_BROADCAST, 0}), TO_PORT6,
     "accept", NULL, NULL},
    {"addrtype of IPv6: local and a group", TYPE({0, XT_ADDRTYPE_LOCAL | XT_ADDRTYPE_MULTICAST, 0}),
     TO_PORT6, "drop", NULL, NULL},
};

#define SET_MARK(...)                                                                              \
    "MARK", 2, &(const struct xt_mark_tginfo2)__VA_ARGS__, sizeof(struct xt_mark_tginfo2)
#define SET_CONNMARK(...)                                                                          \
    "CONNMARK", 1, &(const struct xt_connmark_tginfo1)__VA_ARGS__,                                 \
        sizeof(struct xt_connmark_tginfo1)
#define SET_CONNMARK2(...)                                                                         \
    "CONNMARK", 2, &(const struct xt_connmark_tginfo2)__VA_ARGS__,                                 \
        sizeof(struct xt_connmark_tginfo2)
#define CT_MARK(n) "ct:3:r0 cmp:0:r0:n" #n

static const ExtensionCase targets[] = {
    {"REJECT", "REJECT", 0, BYTES(0), TO_PORT, "reject", NULL, NULL},
    {"one that is not modelled", "BALANCE", 0, BYTES(0), TO_PORT, "accept reject drop", NULL, NULL},
    {"a struct that is too short", "MARK", 2, BYTES(0), TO_PORT, "accept reject drop", NULL, NULL},
    {"LOG", "LOG", 0, BYTES(0), TO_PORT, "accept", NULL, NULL},
    {"CHECKSUM", "CHECKSUM", 0, BYTES(0), TO_PORT, "accept", NULL, NULL},
    {"TCPMSS", "TCPMSS", 0, BYTES(0), TO_PORT, "accept", NULL, NULL},
    {"MARK: set", SET_MARK({5, G_MAXUINT32}), TO_PORT, "accept", NULL, "mark=5"},
    {"MARK: some bits", SET_MARK({5, 0xff}), TO_PORT, "accept", EARLY "mark:=0x1ff", "mark=261"},
    {"MARK: flipped bits", SET_MARK({5, 0}), TO_PORT, "accept", EARLY "mark:=4", "mark=1"},
    {"MARK: bits of a mark that is not known", SET_MARK({5, 0xff}), TO_PORT, "accept drop",
     EARLY "meta:24:r0 meta-set:3:r0", "mark=5"},
    {"MARK: a mark that is not known", SET_MARK({5, G_MAXUINT32}), TO_PORT, "accept",
     EARLY "meta:24:r0 meta-set:3:r0", "mark=5"},
    {"CONNMARK: set", SET_CONNMARK({5, G_MAXUINT32, 0, XT_CONNMARK_SET}), TO_PORT, "accept", NULL,
     CT_MARK(5)},
    {"CONNMARK: set some bits", SET_CONNMARK({5, 0xf, 0, XT_CONNMARK_SET}), TO_PORT, "accept",
     "chain e prerouting 0\nimmediate:r0:n0x33 ct-set:3:r0", CT_MARK(0x35)},
    {"CONNMARK: set leaves the mark", SET_CONNMARK({5, G_MAXUINT32, 0, XT_CONNMARK_SET}), TO_PORT,
     "accept", NULL, "mark=0"},
    {"CONNMARK: save", SET_CONNMARK({0, G_MAXUINT32, G_MAXUINT32, XT_CONNMARK_SAVE}), TO_PORT,
     "accept", EARLY "mark:=7", CT_MARK(7)},
    {"CONNMARK: save some bits", SET_CONNMARK({0, 0, 1, XT_CONNMARK_SAVE}), TO_PORT, "accept",
     EARLY "mark:=7", CT_MARK(1)},
    {"CONNMARK: restore",
     SET_CONNMARK({G_MAXUINT32, G_MAXUINT32, G_MAXUINT32, XT_CONNMARK_RESTORE}), TO_PORT, "accept",
     EARLY "mark:=7", "mark=0"},
    {"CONNMARK: restore keeps other bits", SET_CONNMARK({0x3, 0x3, 0x3, XT_CONNMARK_RESTORE}),
     TO_PORT, "accept", EARLY "mark:=7", "mark=4"},
    {"CONNMARK: of no connection", SET_CONNMARK({0, G_MAXUINT32, G_MAXUINT32, XT_CONNMARK_RESTORE}),
     TO_PORT, "accept", EARLY "mark:=7 notrack", "mark=7"},
    {"CONNMARK of revision 2: restore",
     SET_CONNMARK2({0, G_MAXUINT32, G_MAXUINT32, 0, 0, XT_CONNMARK_RESTORE}), TO_PORT, "accept",
     EARLY "mark:=7", "mark=0"},
    {"CONNMARK: a mode that is not known", SET_CONNMARK({5, G_MAXUINT32, 0, 9}), TO_PORT,
     "accept reject drop", NULL, NULL},
    {"CONNMARK of revision 2: set", SET_CONNMARK2({5, G_MAXUINT32, 0, 0, 0, XT_CONNMARK_SET}),
     TO_PORT, "accept", NULL, CT_MARK(5)},
    {"CONNMARK of revision 2: shifted", SET_CONNMARK2({5, G_MAXUINT32, 0, 0, 1, XT_CONNMARK_SET}),
     TO_PORT, "accept drop", NULL, CT_MARK(5)},
    {"CONNMARK of revision 2: shifted on the way back",
     SET_CONNMARK2({0, G_MAXUINT32, G_MAXUINT32, 0, 1, XT_CONNMARK_RESTORE}), TO_PORT,
     "accept drop", NULL, "mark=0"},
};

static char *rules_of(const ExtensionCase *row, const char *kind)
{
    g_autoptr(GString) hex = g_string_new("0x");
    for (gsize i = 0; i < row->size; i++)
        g_string_append_printf(hex, "%02x", ((const guint8 *)row->data)[i]);
    return g_strdup_printf("table inet t\n%s\nchain c input 0 policy-drop\n%s:%s:%u:%s %s accept",
                           row->before != NULL ? row->before : "", kind, row->extension,
                           row->revision, hex->str, row->after != NULL ? row->after : "");
}

static void check(const ExtensionCase *row, const char *kind)
{
    g_autofree char *rules = rules_of(row, kind);
    const RuleCase whole = {row->name, rules, row->flow, row->expected, NULL};
    const RuleCase *state = &whole;
    test_outcomes((void **)&state);
}

static void test_match(void **state)
{
    check(*state, "match");
}

static void test_target(void **state)
{
    check(*state, "target");
}

/* Original addresses, of which the struct's unions cannot be said in a row of its own. */
static void test_original_addresses(G_GNUC_UNUSED void **state)
{
    static const struct {
        guint16 flags;
        guint16 inverted;
        const char *address;
        const char *flow;
        const char *expected;
    } rows[] = {
        {XT_CONNTRACK_ORIGSRC, 0, "192.168.150.131", TO_PORT, "accept"},
        {XT_CONNTRACK_ORIGSRC, 0, "192.168.151.131", TO_PORT, "drop"},
        {XT_CONNTRACK_ORIGSRC, XT_CONNTRACK_ORIGSRC, "192.168.150.131", TO_PORT, "drop"},
        {XT_CONNTRACK_ORIGDST, 0, "192.168.150.130", TO_PORT, "accept"},
        {XT_CONNTRACK_ORIGDST, XT_CONNTRACK_ORIGDST, "192.168.150.130", TO_PORT, "drop"},
        {XT_CONNTRACK_ORIGDST, 0, "192.168.150.1", TO_PORT, "drop"},
        {XT_CONNTRACK_ORIGDST, 0, "fd00:2::1", TO_PORT6, "accept"},
        {XT_CONNTRACK_ORIGDST, 0, "fd00:2::2", TO_PORT6, "drop"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        struct xt_conntrack_mtinfo3 info = {.match_flags = rows[i].flags,
                                            .invert_flags = rows[i].inverted};
        IpAddress address;
        assert_true(ip_address_parse(rows[i].address, &address));
        memcpy(&info.origsrc_addr, address.bytes, 16);
        memset(&info.origsrc_mask, 0xff, 16);
        memcpy(&info.origdst_addr, address.bytes, 16);
        memset(&info.origdst_mask, 0xff, 16);
        const ExtensionCase row = {rows[i].address, "conntrack",      3,    &info, sizeof info,
                                   rows[i].flow,    rows[i].expected, NULL, NULL};
        check(&row, "match");
    }
}

/* Where these run, or what they lack, is not said in a row of the tables above. */
static const RuleCase elsewhere[] = {
    {"before it is tracked it is invalid",
     "table inet t\nchain c prerouting -300 policy-drop\nmatch:state:0:0x01000000 accept", TO_PORT,
     "accept", NULL},
    {"before it is tracked it is not new",
     "table inet t\nchain c prerouting -300 policy-drop\nmatch:state:0:0x08000000 accept", TO_PORT,
     "drop", NULL},
    {"what is sent has no MAC address yet",
     "table inet t\nchain c output 0 policy-drop\n"
     "match:mac:0:0x020000000001000001000000 accept",
     "output out enp2s0 from 192.168.150.130 to 192.168.150.131 tcp 22", "drop", NULL},
    {"local to the link it leaves by", /* addrtype --dst-type LOCAL --limit-iface-out */
     "table inet t\nchain c forward 0 policy-drop\nmatch:addrtype:1:0x0000040008000000 accept",
     "forward in enp2s0 out cni0 from 192.168.150.131 to 10.244.2.1 back-by-it tcp 22", "accept",
     NULL},
    {"local to another link than it leaves by",
     "table inet t\nchain c forward 0 policy-drop\nmatch:addrtype:1:0x0000040008000000 accept",
     "forward in enp2s0 out cni0 from 192.168.150.131 to 192.168.150.130 back-by-it tcp 22", "drop",
     NULL},
    {"a match without its struct, of which none is needed",
     "table inet t\nchain c input 0 policy-drop\nmatch:comment:0 accept", TO_PORT, "accept", NULL},
    {"a match without its struct", "table inet t\nchain c input 0 policy-drop\nmatch:mark:1 accept",
     TO_PORT, "accept drop", NULL},
    {"a match without a name", "table inet t\nchain c input 0 policy-drop\nmatch accept", TO_PORT,
     "accept drop", NULL},
    {"a target without a name", "table inet t\nchain c input 0 policy-drop\ntarget accept", TO_PORT,
     "accept reject drop", NULL},
    {"DNAT, too short", "table ip n\nchain d prerouting -100 nat\ntarget:DNAT:0:0x00", TO_PORT,
     "accept reject drop", NULL},
    {"SNAT, too short", "table ip n\nchain s postrouting 100 nat\ntarget:SNAT:0:0x00",
     "output out enp2s0 from 192.168.150.130 to 192.168.150.131 tcp 22", "accept reject drop",
     NULL},
    {"REDIRECT, too short", "table ip n\nchain d prerouting -100 nat\ntarget:REDIRECT:0:0x00",
     TO_PORT, "accept reject drop", NULL},
    {"DNAT of IPv6, as long as IPv4's",
     "table ip6 n\nchain d prerouting -100 nat\n"
     "target:DNAT:1:0x010000000100000000000000000000000000000000000000",
     TO_PORT6, "accept reject drop", NULL},
};

/* NOTRACK and CT tell conntrack not to look: in time, or not at all. */
static void test_notrack(G_GNUC_UNUSED void **state)
{
    static const RuleCase rows[] = {
        {"NOTRACK",
         "table ip r\nchain c prerouting -300\ntarget:NOTRACK:0:b0\n"
         "table inet t\nchain c input 0 policy-drop\nstate=64 accept",
         TO_PORT, "accept", NULL},
        {"CT",
         "table ip r\nchain c prerouting -300\ntarget:CT:2:0x0100\n"
         "table inet t\nchain c input 0 policy-drop\nstate=64 accept",
         TO_PORT, "accept", NULL},
        {"CT for a helper",
         "table ip r\nchain c prerouting -300\ntarget:CT:2:0x0000\n"
         "table inet t\nchain c input 0 policy-drop\nstate=8 accept",
         TO_PORT, "accept", NULL},
        {"NOTRACK too late",
         "table ip r\nchain c prerouting -100\ntarget:NOTRACK:0:b0\n"
         "table inet t\nchain c input 0 policy-drop\nstate=8 accept",
         TO_PORT, "accept", NULL},
        {"CT too late",
         "table ip r\nchain c prerouting -100\ntarget:CT:2:0x0100\n"
         "table inet t\nchain c input 0 policy-drop\nstate=8 accept",
         TO_PORT, "accept", NULL},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        const RuleCase *row = &rows[i];
        test_outcomes((void **)&row);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {cmocka_unit_test(test_original_addresses),
                                              cmocka_unit_test(test_notrack)};
    return RUN_CASES(test_match, matches) + RUN_CASES(test_target, targets) +
           RUN_CASES(test_outcomes, elsewhere) +
           cmocka_run_group_tests_name("extensions", tests, NULL, NULL);
}
