/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Single expressions: each row is a rule that accepts in a chain that drops. */
#include "rule-cases.h"

#define INPUT(rule)   "table inet t\nchain c input 0 policy-drop\n" rule " accept"
#define FORWARD(rule) "table inet t\nchain c forward 0 policy-drop\n" rule " accept"
#define OUTPUT(rule)  "table inet t\nchain c output 0 policy-drop\n" rule " accept"
#define EARLY(rule)   "table inet t\nchain c prerouting -300 policy-drop\n" rule " accept"
#define RAW(rule)                                                                                  \
    "table inet r\nchain c prerouting -300\nnotrack\n"                                             \
    "table inet t\nchain c prerouting 0 policy-drop\n" rule " accept"
#define TO_HOST6  "input in enp2s0 from fd00:2::2 to fd00:2::1 "
#define NETWORK   "input in enp2s0 from 192.168.150.0/24 to 192.168.150.130 "
#define TO_PORT22 TO_HOST "tcp 22"
#define FROM_HOST "output out enp2s0 from 192.168.150.130 to 192.168.150.131 "
#define FROM_PORT TO_HOST "source-port 40000 tcp 22"

static const RuleCase comparisons[] = {
    {"equal", INPUT("dport=22"), TO_PORT22, "accept"},
    {"not equal", INPUT("dport=23"), TO_PORT22, "drop"},
    {"may be equal", INPUT("dport=22"), TO_HOST "tcp", "accept drop"},
    {"neq of an equal", INPUT("payload:2:2:2:r0 cmp:1:r0:p22"), TO_PORT22, "drop"},
    {"neq of another", INPUT("payload:2:2:2:r0 cmp:1:r0:p23"), TO_PORT22, "accept"},
    {"neq that is open", INPUT("payload:2:2:2:r0 cmp:1:r0:p23"), TO_HOST "tcp", "accept drop"},
    {"less", INPUT("payload:2:2:2:r0 cmp:2:r0:p23"), TO_PORT22, "accept"},
    {"not less", INPUT("payload:2:2:2:r0 cmp:2:r0:p22"), TO_PORT22, "drop"},
    {"less that is open", INPUT("payload:2:2:2:r0 cmp:2:r0:p22"), TO_HOST "tcp", "accept drop"},
    {"at most", INPUT("payload:2:2:2:r0 cmp:3:r0:p22"), TO_PORT22, "accept"},
    {"more than at most", INPUT("payload:2:2:2:r0 cmp:3:r0:p21"), TO_PORT22, "drop"},
    {"greater", INPUT("payload:2:2:2:r0 cmp:4:r0:p21"), TO_PORT22, "accept"},
    {"not greater", INPUT("payload:2:2:2:r0 cmp:4:r0:p22"), TO_PORT22, "drop"},
    {"at least", INPUT("payload:2:2:2:r0 cmp:5:r0:p22"), TO_PORT22, "accept"},
    {"less than at least", INPUT("payload:2:2:2:r0 cmp:5:r0:p23"), TO_PORT22, "drop"},
    {"an operation that is not known", INPUT("payload:2:2:2:r0 cmp:9:r0:p22"), TO_PORT22,
     "accept drop"},
    {"a register that is not there", INPUT("cmp:0:r16:p22"), TO_PORT22, "accept reject drop"},
    {"half outside the registers", INPUT("cmp:0:r15:192.168.0.1+192.168.0.1"), TO_PORT22,
     "accept reject drop"},
    {"the last register", INPUT("meta:15:r15 cmp:0:r15:b2"), TO_PORT22, "accept"},
    {"a register that was never loaded", INPUT("cmp:0:r3:n0"), TO_PORT22, "accept drop"},
    {"half of a number that was drawn", INPUT("numgen:r0:2:0 cmp:0:r0:h0"), TO_PORT22,
     "accept drop"},
    {"nothing to compare with", INPUT("cmp:0:r0"), TO_PORT22, "accept reject drop"},
    {"a range of nothing", INPUT("range:0:r0"), TO_PORT22, "accept reject drop"},
    {"in a range", INPUT("payload:2:2:2:r0 range:0:r0:p22:p25"), TO_PORT22, "accept"},
    {"outside a range", INPUT("payload:2:2:2:r0 range:0:r0:p23:p25"), TO_PORT22, "drop"},
    {"not in a range", INPUT("payload:2:2:2:r0 range:1:r0:p23:p25"), TO_PORT22, "accept"},
    {"not outside a range", INPUT("payload:2:2:2:r0 range:1:r0:p22:p25"), TO_PORT22, "drop"},
    {"a range of two lengths", INPUT("payload:2:2:2:r0 range:0:r0:p22:n25"), TO_PORT22,
     "accept reject drop"},
    {"a range outside the registers", INPUT("range:0:r16:p22:p25"), TO_PORT22,
     "accept reject drop"},
    {"what was found equal is known to later tests",
     INPUT("dport=22 payload:2:2:2:r1 cmp:1:r1:p23"), TO_HOST "tcp", "accept drop"},
    {"what was found equal cannot be something else later", INPUT("dport=22 dport=23"),
     TO_HOST "tcp", "drop"},
    {"what a rule found unequal is not learnt",
     "table inet t\nchain c input 0 policy-drop\npayload:2:2:2:r0 cmp:1:r0:p22 return\n"
     "dport=22 accept",
     TO_HOST "tcp", "accept drop"},
};

static const RuleCase payloads[] = {
    {"source", INPUT("saddr=192.168.150.131"), TO_PORT22, "accept"},
    {"another source", INPUT("saddr=192.168.150.132"), TO_PORT22, "drop"},
    {"a host of a network", INPUT("saddr=192.168.150.131"), NETWORK "tcp 22", "accept drop"},
    {"the usual host, of one address", INPUT("saddr=192.168.150.131"), TO_HOST "typical tcp 22",
     "accept"},
    {"no single host where the usual one is meant", INPUT("saddr=192.168.150.131"),
     NETWORK "typical tcp 22", "drop"},
    {"not that single host", INPUT("payload:1:12:4:r0 cmp:1:r0:192.168.150.131"),
     NETWORK "typical tcp 22", "accept"},
    {"nor one in a set",
     "table inet t\nset s 4 192.168.150.131 192.168.150.132\nchain c input 0 policy-drop\n"
     "payload:1:12:4:r0 lookup:s:r0 accept",
     NETWORK "typical tcp 22", "drop"},
    {"a destination is no usual host", INPUT("daddr=192.168.150.130"),
     "input in enp2s0 from 192.168.150.131 to 192.168.150.0/24 typical tcp 22", "accept drop"},
    {"part of an address is no host", INPUT("payload:1:12:3:r0 cmp:0:r0:0xc0a896"),
     NETWORK "typical tcp 22", "accept"},
    {"destination", INPUT("daddr=192.168.150.130"), TO_PORT22, "accept"},
    {"source port", INPUT("sport=40000"), FROM_PORT, "accept"},
    {"IPv6 source", INPUT("payload:1:8:16:r0 cmp:0:r0:0xfd000002000000000000000000000002"),
     TO_HOST6 "tcp 22", "accept"},
    {"beyond IPv4's header", INPUT("payload:1:20:4:r0 cmp:0:r0:n0"), TO_PORT22, "accept drop"},
    {"to the end of IPv4's header", INPUT("payload:1:19:1:r0 cmp:0:r0:b130"), TO_PORT22, "accept"},
    {"over the end of IPv4's header", INPUT("payload:1:17:4:r0 cmp:0:r0:0xa8968200"), TO_PORT22,
     "accept drop"},
    {"version and length", INPUT("payload:1:0:1:r0 cmp:0:r0:b69"), TO_PORT22, "accept"},
    {"IPv6's version", INPUT("payload:1:0:1:r0 bitwise:r0:r0:1:b240:b0 cmp:0:r0:b96"),
     TO_HOST6 "tcp 22", "accept"},
    {"protocol in the header", INPUT("payload:1:9:1:r0 cmp:0:r0:b17"), TO_HOST "udp 53", "accept"},
    {"next header", INPUT("payload:1:6:1:r0 cmp:0:r0:b6"), TO_HOST6 "tcp 22", "accept"},
    {"no fragment", INPUT("payload:1:6:2:r0 bitwise:r0:r0:2:p0x1fff:p0 cmp:0:r0:p0"), TO_PORT22,
     "accept"},
    {"fragmenting is not said", INPUT("payload:1:6:2:r0 bitwise:r0:r0:2:p0x4000:p0 cmp:0:r0:p0"),
     TO_PORT22, "accept drop"},
    {"a connection begins with SYN", INPUT("payload:2:13:1:r0 cmp:0:r0:b2"), TO_PORT22, "accept"},
    {"later segments have other flags", INPUT("payload:2:13:1:r0 cmp:0:r0:b2"),
     TO_PORT22 " established", "accept drop"},
    {"a UDP datagram has none", INPUT("payload:2:13:1:r0 cmp:0:r0:b2"), TO_HOST "udp 53",
     "accept drop"},
    {"type of ICMP", INPUT("payload:2:0:1:r0 cmp:0:r0:b8"), TO_HOST "icmp 8", "accept"},
    {"code of ICMP", INPUT("payload:2:1:1:r0 cmp:0:r0:b1"), TO_HOST "icmp 8", "drop"},
    {"type of ICMP that is not said", INPUT("payload:2:0:1:r0 cmp:0:r0:b8"), TO_HOST "icmp",
     "accept drop"},
    {"MAC address", INPUT("payload:0:6:6:r0 cmp:0:r0:0x020000000001"),
     TO_HOST "mac 02:00:00:00:00:01 tcp 22", "accept"},
    {"another MAC address", INPUT("payload:0:6:6:r0 cmp:0:r0:0x020000000002"),
     TO_HOST "mac 02:00:00:00:00:01 tcp 22", "drop"},
    {"a MAC address of other digits", INPUT("payload:0:6:6:r0 cmp:0:r0:0x020000000002"),
     TO_HOST "mac zz:00:00:00:00:01 tcp 22", "accept drop"},
    {"a MAC address of half a digit", INPUT("payload:0:6:6:r0 cmp:0:r0:0x020000000002"),
     TO_HOST "mac 0:00:00:00:00:01 tcp 22", "accept drop"},
    {"a MAC address with dashes", INPUT("payload:0:6:6:r0 cmp:0:r0:0x020000000002"),
     TO_HOST "mac 02-00-00-00-00-01 tcp 22", "accept drop"},
    {"a MAC address that is none", INPUT("payload:0:6:6:r0 cmp:0:r0:0x020000000002"),
     TO_HOST "mac 02:00:00:00:00:01:03 tcp 22", "accept drop"},
    {"what is sent has no link header", OUTPUT("payload:0:6:6:r0"), FROM_HOST "tcp 22", "drop"},
    {"Ethernet's type", INPUT("payload:0:12:2:r0 cmp:0:r0:p0x0800"), TO_PORT22, "accept"},
    {"beyond the link header", INPUT("payload:0:13:2:r0 cmp:0:r0:p0"), TO_PORT22, "accept drop"},
    {"another base", INPUT("payload:3:0:2:r0 cmp:0:r0:p0"), TO_PORT22, "accept drop"},
    {"longer than the registers", INPUT("payload:3:0:65:r0"), TO_PORT22, "accept reject drop"},
    {"a port that is written over",
     "table inet t\nchain a input 0\ndport:=80\nchain c input 1 policy-drop\ndport=80 accept",
     TO_PORT22, "accept"},
    {"a port that is written over, from nowhere",
     "table inet t\nchain a input 0\npayload-set:2:2:2:r16\n"
     "chain c input 1 policy-drop\ndport=22 accept",
     TO_PORT22, "accept drop"},
    {"a MAC address that is written over",
     "table inet t\nchain a input 0\nimmediate:r0:0x020000000009 payload-set:0:6:6:r0\n"
     "chain c input 1 policy-drop\npayload:0:6:6:r0 cmp:0:r0:0x020000000009 accept",
     TO_PORT22, "accept"},
    {"what is written behind a header is not kept", INPUT("immediate:r0:n1 payload-set:1:40:4:r0"),
     TO_PORT22, "accept"},
    {"an old value teaches what is not written since",
     INPUT("payload:2:2:2:r1 immediate:r0:n7 meta-set:3:r0 cmp:0:r1:p22 dport=23"), TO_HOST "tcp",
     "drop"},
    {"an old value does not teach what is written since",
     INPUT("payload:2:2:2:r1 dport:=80 cmp:0:r1:p22 dport=22"), TO_HOST "tcp", "drop"},
};

/* Two links of a host, each with its address, and whom a received frame was sent to. */
#define LAN                                                                                        \
    "link lan0 physical mac 02:00:00:00:00:0a addr 10.1.0.1/24\n"                                  \
    "link lan1 physical mac 02:00:00:00:00:0b addr 10.2.0.1/24\nroute 10.1.0.0/24 dev lan0\n"      \
    "route 10.2.0.0/24 dev lan1\n"
#define FROM_LAN "forward in lan0 out lan1 from 10.1.0.2 to 10.2.0.2 back-by-it tcp 22"
#define LAN_SET(elements)                                                                          \
    "table inet t\nset s 6 " elements "\nchain c forward 0 policy-drop\n"                          \
    "payload:0:0:6:r0 lookup:s:r0 accept"

static const RuleCase frame_destinations[] = {
    {"another host's", FORWARD("payload:0:0:6:r0 cmp:0:r0:0x020000000001"), FROM_LAN, "drop", LAN},
    {"not another host's", FORWARD("payload:0:0:6:r0 cmp:1:r0:0x020000000001"), FROM_LAN, "accept",
     LAN},
    {"its link's", FORWARD("payload:0:0:6:r0 cmp:0:r0:0x02000000000a"), FROM_LAN, "accept drop",
     LAN},
    {"another link's of this host: a bridge takes what is for its ports",
     FORWARD("payload:0:0:6:r0 cmp:0:r0:0x02000000000b"), FROM_LAN, "accept drop", LAN},
    {"a group's", FORWARD("payload:0:0:6:r0 cmp:0:r0:0x030000000001"), FROM_LAN, "accept drop",
     LAN},
    {"through a mask",
     FORWARD("payload:0:0:6:r0 bitwise:r0:r0:6:0xfffffffffffe:0x000000000000 "
             "cmp:0:r0:0x020000000000"),
     FROM_LAN, "accept drop", LAN},
    {"half of it", FORWARD("payload:0:0:4:r0 cmp:0:r0:0x02000000"), FROM_LAN, "accept drop", LAN},
    {"another host's, compared together with its sender",
     FORWARD("payload:0:0:12:r0 cmp:0:r0:0x020000000001020000000002"), FROM_LAN, "drop", LAN},
    {"its link's, compared together with its sender",
     FORWARD("payload:0:0:12:r0 cmp:0:r0:0x02000000000a020000000002"), FROM_LAN, "accept drop",
     LAN},
    {"in a set of others", LAN_SET("0x020000000001 0x020000000002"), FROM_LAN, "drop", LAN},
    {"in an interval of others", LAN_SET("0x020000000001..0x020000000002"), FROM_LAN, "accept drop",
     LAN},
    {"in a set of all", LAN_SET("0x020000000001 *"), FROM_LAN, "accept", LAN},
    {"another host's, by a link that is not there",
     FORWARD("payload:0:0:6:r0 cmp:0:r0:0x020000000001"),
     "forward in eth9 out lan1 from 10.1.0.2 to 10.2.0.2 back-by-it tcp 22", "accept drop", LAN},
    {"in a set that has its link's", LAN_SET("0x020000000001 0x02000000000a"), FROM_LAN,
     "accept drop", LAN},
    {"back by the link that it came in on", FORWARD("payload:0:0:6:r0 cmp:0:r0:0x020000000001"),
     "forward in lan0 out lan0 from 10.1.0.2 to 10.1.0.3 back-by-it tcp 22", "drop", LAN},
    {"on its way through a bridge", FORWARD("payload:0:0:6:r0 cmp:0:r0:0x020000000001"),
     "forward in br0 out br0 from 10.1.0.2 to 10.1.0.3 back-by-it tcp 22", "accept drop",
     "host bridge4 yes\nlink br0 bridge mac 02:00:00:00:00:0a addr 10.1.0.1/24\nroute 10.1.0.0/24 "
     "dev br0\n"},
    {"of a link whose address was not read", FORWARD("payload:0:0:6:r0 cmp:0:r0:0x020000000001"),
     TO_POD "tcp 22", "accept drop", LAN},
    {"a link with such an address is Ethernet", FORWARD("meta:8:r0 cmp:0:r0:h1"), FROM_LAN,
     "accept", LAN},
    {"so is the way out", FORWARD("meta:9:r0 cmp:0:r0:h1"), FROM_LAN, "accept", LAN},
    {"loopback is not", INPUT("meta:8:r0 cmp:0:r0:h772"),
     "input in lo from 127.0.0.1 to 127.0.0.1 back-by-it tcp 22", "accept", NULL},
};

static const RuleCase notes[] = {
    {"interface", INPUT("iif=enp2s0"), TO_PORT22, "accept"},
    {"another interface", INPUT("iif=enp2s"), TO_PORT22, "drop"},
    {"a wildcard", INPUT("meta:6:r0 cmp:0:r0:0x656e70"), TO_PORT22, "accept"},
    {"no way out on the way in", INPUT("meta:7:r0 cmp:0:r0:@"), TO_PORT22, "accept"},
    {"the way out", FORWARD("oif=cni0"), TO_POD "tcp 22", "accept"},
    {"index of the interface", INPUT("meta:4:r0 cmp:0:r0:n3"), TO_PORT22, "accept"},
    {"index of the way out", FORWARD("meta:5:r0 cmp:0:r0:n2"), TO_POD "tcp 22", "accept"},
    {"an interface that is not said", INPUT("iif=enp2s0"),
     "input from 192.168.150.131 to 192.168.150.130 tcp 22", "accept drop"},
    {"type of the interface", INPUT("meta:8:r0 cmp:0:r0:h1"), TO_PORT22, "accept drop"},
    {"type of the way out", FORWARD("meta:9:r0 cmp:0:r0:h1"), TO_POD "tcp 22", "accept drop"},
    {"family", INPUT("meta:15:r0 cmp:0:r0:b2"), TO_PORT22, "accept"},
    {"the other family", INPUT("meta:15:r0 cmp:0:r0:b10"), TO_HOST6 "tcp 22", "accept"},
    {"Ethernet's protocol", INPUT("meta:1:r0 cmp:0:r0:p0x0800"), TO_PORT22, "accept"},
    {"Ethernet's protocol of IPv6", INPUT("meta:1:r0 cmp:0:r0:p0x86dd"), TO_HOST6 "tcp 22",
     "accept"},
    {"protocol", INPUT("proto=17"), TO_HOST "udp 53", "accept"},
    {"another protocol", INPUT("proto=17"), TO_PORT22, "drop"},
    {"protocol of ICMPv6", INPUT("proto=58"), TO_HOST6 "icmp 128", "accept"},
    {"a protocol that is not said", INPUT("proto=17"), TO_HOST, "accept drop"},
    {"a mark is 0 at first", INPUT("mark=0"), TO_PORT22, "accept"},
    {"a mark that was set", INPUT("mark:=5 mark=5"), TO_PORT22, "accept"},
    {"a bit of a mark that was set",
     INPUT("meta:3:r0 bitwise:r0:r0:4:n0xfffffffe:n1 meta-set:3:r0 mark=1"), TO_PORT22, "accept"},
    {"a mark from nowhere", INPUT("meta-set:3:r16 mark=0"), TO_PORT22, "accept drop"},
    {"an old mark does not teach the new one",
     INPUT("meta:24:r0 meta-set:3:r0 meta:3:r1 "
           "mark:=7 cmp:0:r1:n1 mark=1"),
     TO_PORT22, "drop"},
    {"for the host itself", INPUT("meta:19:r0 cmp:0:r0:b0"), TO_PORT22, "accept"},
    {"to all hosts", INPUT("meta:19:r0 cmp:0:r0:b1"),
     "input in enp2s0 from 0.0.0.0 to 255.255.255.255 back-by-it udp 67", "accept"},
    {"to all hosts of a network", INPUT("meta:19:r0 cmp:0:r0:b1"),
     "input in enp2s0 from 192.168.150.131 to 192.168.150.255 back-by-it udp 67", "accept"},
    {"to a group", INPUT("meta:19:r0 cmp:0:r0:b2"),
     "input in enp2s0 from 192.168.150.131 to 224.0.0.251 back-by-it udp 5353", "accept"},
    {"to a group of IPv6", INPUT("meta:19:r0 cmp:0:r0:b2"),
     "input in enp2s0 from fe80::1 to ff02::fb udp 5353", "accept"},
    {"the type of a packet can be set",
     INPUT("immediate:r0:b4 meta-set:19:r0 meta:19:r1 "
           "cmp:0:r1:b4"),
     TO_PORT22, "accept"},
    {"other notes change nothing", INPUT("immediate:r0:n1 meta-set:2:r0 mark=0"), TO_PORT22,
     "accept"},
    {"who received it", INPUT("meta:10:r0 cmp:0:r0:n0"), TO_PORT22, "accept drop"},
    {"who received it: it may be nobody", INPUT("meta:10:r0"), TO_PORT22, "accept drop"},
    {"whom it is forwarded for: nobody", FORWARD("meta:10:r0"), TO_POD "tcp 22", "drop"},
    {"who sends it: somebody", OUTPUT("meta:11:r0"), FROM_HOST "tcp 22", "accept"},
    {"the group of who sends it", OUTPUT("meta:23:r0 cmp:0:r0:n7"), FROM_HOST "tcp 22",
     "accept drop"},
    {"nothing is traced", INPUT("meta:12:r0 cmp:0:r0:b0"), TO_PORT22, "accept"},
    {"the bridge's port", INPUT("meta:17:r0 cmp:0:r0:@veth0"), TO_PORT22, "accept drop"},
    {"a time is not known whole", INPUT("iif=enp2s0 meta:30:r0 cmp:0:r0:n0+n0"), TO_PORT22,
     "accept drop"},
    {"a name that is not known whole",
     INPUT("iif=enp2s0 meta:34:r0 cmp:1:r0:@eth0 meta:34:r0 cmp:0:r0:@enp2s0"), TO_PORT22,
     "accept drop"},
    {"a note that is not known", INPUT("meta:20:r0 cmp:0:r0:n0"), TO_PORT22, "accept drop"},
    {"what is not known, into no register", INPUT("meta:20:r16"), TO_PORT22, "accept reject drop"},
    {"what is not known, into nothing", INPUT("meta:20"), TO_PORT22, "accept reject drop"},
    {"who received it, into no register", INPUT("meta:10:r16 iif=enp2s0"), TO_PORT22,
     "accept drop"},
    {"into no register", INPUT("meta:3:r16"), TO_PORT22, "accept reject drop"},
};

static const RuleCase connections[] = {
    {"new", INPUT("state=8"), TO_PORT22, "accept"},
    {"not new", INPUT("state=2"), TO_PORT22, "drop"},
    {"established", INPUT("state=2"), TO_PORT22 " established", "accept"},
    {"established is not new", INPUT("state=8"), TO_PORT22 " established", "drop"},
    {"before it is tracked it is invalid", EARLY("state=1"), TO_PORT22, "accept"},
    {"before it is tracked it is not new", EARLY("state=8"), TO_PORT22, "drop"},
    {"untracked", RAW("state=64"), TO_PORT22, "accept"},
    {"untracked is not new", RAW("state=8"), TO_PORT22, "drop"},
    {"untracked has no status", RAW("ct:2:r0"), TO_PORT22, "drop"},
    {"neighbour discovery is not tracked", INPUT("state=64"), TO_HOST6 "icmp 135", "accept"},
    {"ICMP of IPv6 that is not said may be", INPUT("state=8"), TO_HOST6 "icmp", "accept drop"},
    {"an error of ICMP that belongs to nothing is invalid", INPUT("state=1"), TO_HOST "icmp 3",
     "accept"},
    {"a ping is", INPUT("state=8"), TO_HOST6 "icmp 128", "accept"},
    {"status of a new one", INPUT("status=0x20"), TO_PORT22, "drop"},
    {"status of a new one, all of it", INPUT("ct:2:r0 cmp:0:r0:n0"), TO_PORT22, "accept drop"},
    {"status of an established one", INPUT("status=0x20"), TO_PORT22 " established", "accept drop"},
    {"mark of a new one", INPUT("ct:3:r0 cmp:0:r0:n0"), TO_PORT22, "accept"},
    {"mark of an established one", INPUT("ct:3:r0 cmp:0:r0:n0"), TO_PORT22 " established",
     "accept drop"},
    {"a mark that was set", INPUT("immediate:r0:n6 ct-set:3:r0 ct:3:r1 cmp:0:r1:n6"), TO_PORT22,
     "accept"},
    {"the packet's mark is another", INPUT("immediate:r0:n6 ct-set:3:r0 mark=0"), TO_PORT22,
     "accept"},
    {"a mark of no connection",
     "table inet t\nchain a prerouting -300\nimmediate:r0:n6 ct-set:3:r0\n"
     "chain c input 0 policy-drop\nct:3:r1 cmp:0:r1:n0 accept",
     TO_PORT22, "accept"},
    {"a mark from nowhere", INPUT("ct-set:3:r16 ct:3:r0 cmp:0:r0:n0"), TO_PORT22, "accept drop"},
    {"a helper sets no mark", INPUT("immediate:r0:n6 ct-set:6:r0 ct:3:r0 cmp:0:r0:n0"), TO_PORT22,
     "accept"},
    {"original source", INPUT("ct:8:r0:0 cmp:0:r0:192.168.150.131"), TO_PORT22, "accept"},
    {"original destination", INPUT("ct:20:r0:0 cmp:0:r0:192.168.150.130"), TO_PORT22, "accept"},
    {"source of answers", INPUT("ct:8:r0:1 cmp:0:r0:192.168.150.131"), TO_PORT22, "accept drop"},
    {"destination of answers", INPUT("ct:9:r0:1 cmp:0:r0:192.168.150.130"), TO_PORT22,
     "accept drop"},
    {"original ports", INPUT("ct:11:r0:0 cmp:0:r0:p40000 ct:12:r0:0 cmp:0:r0:p22"), FROM_PORT,
     "accept"},
    {"ports of answers", INPUT("ct:11:r0:1 cmp:0:r0:p40000"), FROM_PORT, "accept drop"},
    {"destination port of answers", INPUT("ct:12:r0:1 cmp:0:r0:p22"), FROM_PORT, "accept drop"},
    {"an established one may be an answer", INPUT("ct:20:r0:0 cmp:0:r0:192.168.150.130"),
     TO_PORT22 " established", "accept drop"},
    {"direction", INPUT("ct:1:r0 cmp:0:r0:b0"), TO_PORT22, "accept"},
    {"direction of an established one", INPUT("ct:1:r0 cmp:0:r0:b0"), TO_PORT22 " established",
     "accept drop"},
    {"protocols", INPUT("ct:7:r0 cmp:0:r0:b2 ct:10:r0 cmp:0:r0:b6"), TO_PORT22, "accept"},
    {"a zone may have been chosen", INPUT("ct:17:r0 cmp:0:r0:h0"), TO_PORT22, "accept drop"},
    {"labels", INPUT("ct:13:r0 cmp:0:r0:@"), TO_PORT22, "accept drop"},
    {"what is not known of it", INPUT("ct:15:r0 cmp:0:r0:n0+n0"), TO_PORT22, "accept drop"},
};

static const RuleCase calculations[] = {
    {"a mask",
     INPUT("payload:1:12:4:r0 bitwise:r0:r0:4:255.255.255.0:0.0.0.0 "
           "cmp:0:r0:192.168.150.0"),
     TO_PORT22, "accept"},
    {"a mask over a network",
     INPUT("payload:1:12:4:r0 bitwise:r0:r0:4:255.255.255.0:0.0.0.0 "
           "cmp:0:r0:192.168.150.0"),
     NETWORK "tcp 22", "accept"},
    {"a mask into another register",
     INPUT("payload:1:12:4:r0 bitwise:r0:r4:4:255.255.0.0:0.0.0.0 cmp:0:r4:192.168.0.0"), TO_PORT22,
     "accept"},
    {"flipped bits", INPUT("payload:2:2:2:r0 bitwise:r0:r0:2:p0xffff:p1 cmp:0:r0:p23"), TO_PORT22,
     "accept"},
    {"what a mask lets through is learnt",
     INPUT("payload:2:2:2:r0 bitwise:r0:r0:2:p0xfffe:p0 cmp:0:r0:p22 "
           "payload:2:2:2:r0 bitwise:r0:r0:2:p2:p0 cmp:0:r0:p0"),
     TO_HOST "tcp", "drop"},
    {"what it does not is not",
     INPUT("payload:2:2:2:r0 bitwise:r0:r0:2:p0xfffe:p0 cmp:0:r0:p22 dport=23"), TO_HOST "tcp",
     "accept drop"},
    {"flipped bits are not learnt as they are",
     INPUT("payload:2:2:2:r0 bitwise:r0:r0:2:p0xffff:p1 cmp:0:r0:p23 dport=22"), TO_HOST "tcp",
     "accept drop"},
    {"a shift", INPUT("payload:2:2:2:r0 bitwise:r0:r0:2:n1:n0:1 cmp:0:r0:p22"), TO_PORT22,
     "accept drop"},
    {"a mask that is too short", INPUT("payload:2:2:2:r0 bitwise:r0:r0:2:b1:p0 cmp:0:r0:p22"),
     TO_PORT22, "accept reject drop"},
    {"bits to flip that are too few", INPUT("payload:2:2:2:r0 bitwise:r0:r0:2:p1:b0 cmp:0:r0:p22"),
     TO_PORT22, "accept reject drop"},
    {"bits from outside the registers", INPUT("bitwise:r16:r0:2:p1:p0"), TO_PORT22,
     "accept reject drop"},
    {"bits to outside the registers", INPUT("bitwise:r0:r16:2:p1:p0"), TO_PORT22,
     "accept reject drop"},
    {"bytes turned round", INPUT("payload:2:2:2:r0 byteorder:r0:r0:2:2 cmp:0:r0:h22"), TO_PORT22,
     "accept"},
    {"bytes turned round in fours",
     INPUT("payload:1:12:4:r0 byteorder:r0:r1:4:4 cmp:0:r1:131.150.168.192"), TO_PORT22, "accept"},
    {"bytes turned round in pairs",
     INPUT("payload:1:12:4:r0 byteorder:r0:r1:4:2 cmp:0:r1:168.192.131.150"), TO_PORT22, "accept"},
    {"what is turned round is learnt",
     INPUT("payload:2:2:2:r0 byteorder:r0:r0:2:2 cmp:0:r0:h22 dport=23"), TO_HOST "tcp", "drop"},
    {"pieces that do not fit", INPUT("byteorder:r0:r0:3:2"), TO_PORT22, "accept reject drop"},
    {"pieces of nothing", INPUT("byteorder:r0:r0:4:0"), TO_PORT22, "accept reject drop"},
    {"bytes from outside", INPUT("byteorder:r16:r0:4:4"), TO_PORT22, "accept reject drop"},
    {"bytes to outside", INPUT("byteorder:r0:r16:4:4"), TO_PORT22, "accept reject drop"},
    {"a value", INPUT("immediate:r2:n5 cmp:0:r2:n5"), TO_PORT22, "accept"},
    {"no value", INPUT("immediate:r2"), TO_PORT22, "accept reject drop"},
    {"a mask of nothing", INPUT("bitwise:r0:r0:2"), TO_PORT22, "accept reject drop"},
    {"a value for no register", INPUT("immediate:r16:n5"), TO_PORT22, "accept reject drop"},
    {"what is loaded over a value", INPUT("immediate:r0:n5 meta:3:r0 cmp:0:r0:n5"), TO_PORT22,
     "drop"},
    {"a short value fills its register with zeros",
     INPUT("immediate:r0:0xffffffff immediate:r0:b1 cmp:0:r0:0x01000000"), TO_PORT22, "accept"},
    {"a value over what was loaded teaches nothing",
     INPUT("payload:2:2:2:r0 immediate:r0:p22 cmp:0:r0:p22 dport=23"), TO_HOST "tcp",
     "accept drop"},
};

static const RuleCase others[] = {
    {"a header that may be missing", INPUT("exthdr:0:0:2:r0"), TO_PORT22, "accept drop"},
    {"what is in it", INPUT("exthdr:0:0:2:r0 cmp:0:r0:p22"), TO_PORT22, "accept drop"},
    {"what is in it, in the last register",
     INPUT("immediate:r15:n1 exthdr:0:0:2:r15 cmp:1:r15:n1 accept\nexthdr:0:0:4:r15 "
           "immediate:r15:n1 exthdr:0:0:4:r15 cmp:0:r15:n2"),
     TO_PORT22, "accept drop"},
    {"what is in it, into no register", INPUT("exthdr:0:0:2:r16"), TO_PORT22, "accept drop"},
    {"a socket", INPUT("socket:0:r0 cmp:0:r0:b1"), TO_PORT22, "accept drop"},
    {"a route", INPUT("rt:0:r0 cmp:0:r0:n1"), TO_PORT22, "accept drop"},
    {"one of some", INPUT("numgen:r0:2:0 cmp:0:r0:n0"), TO_PORT22, "accept drop"},
    {"a hash of it", INPUT("hash:r0:2:0 cmp:0:r0:n0"), TO_PORT22, "accept drop"},
    {"the only one", INPUT("numgen:r0:1:0 cmp:0:r0:n0"), TO_PORT22, "accept"},
    {"none of some", INPUT("numgen:r0:2:5 cmp:0:r0:n4"), TO_PORT22, "drop"},
    {"a number of none", INPUT("numgen:r0:0:0 cmp:0:r0:n0"), TO_PORT22, "accept drop"},
    {"a number stays where others are loaded before it",
     INPUT("numgen:r1:2:5 meta:3:r0 cmp:0:r1:n4"), TO_PORT22, "drop"},
    {"a number stays where others are loaded behind it",
     INPUT("numgen:r0:2:5 meta:3:r1 cmp:0:r0:n4"), TO_PORT22, "drop"},
    {"a number is gone where others are loaded over it",
     INPUT("numgen:r1:2:5 immediate:r0:n1+n4 cmp:0:r1:n4"), TO_PORT22, "accept"},
    {"a number for no register", INPUT("numgen:r16:2:0"), TO_PORT22, "accept reject drop"},
    {"reject", INPUT("reject"), TO_PORT22, "reject"},
    {"limit", INPUT("limit:0"), TO_PORT22, "accept drop"},
    {"quota", INPUT("quota:0"), TO_PORT22, "accept drop"},
    {"connections", INPUT("connlimit:0"), TO_PORT22, "accept drop"},
    {"a set that is filled", INPUT("dynset:s:no"), TO_PORT22, "accept"},
    {"a meter", INPUT("dynset:s:yes"), TO_PORT22, "accept drop"},
    {"a counter", INPUT("neutral:counter"), TO_PORT22, "accept"},
    {"a copy", INPUT("dup"), TO_PORT22, "accept"},
    {"a flowtable", INPUT("offload:f"), TO_PORT22, "accept"},
    {"a queue", INPUT("queue:0"), TO_PORT22, "accept reject drop"},
    {"tproxy", INPUT("tproxy:r0:r1"), TO_PORT22, "accept reject drop"},
    {"fwd", INPUT("fwd:r0"), TO_PORT22, "accept reject drop"},
    {"synproxy", INPUT("synproxy"), TO_PORT22, "accept reject drop"},
    {"an expression of tomorrow", INPUT("unknown:tomorrow"), TO_PORT22, "accept reject drop"},
    {"one without a name", INPUT("unknown"), TO_PORT22, "accept reject drop"},
};

typedef struct {
    const char *name;
    const char *rules;
    const char *obstacle;
} ObstacleCase;

/* The word that says why nothing can be told. */
static const ObstacleCase obstacles[] = {
    {"queue", INPUT("queue:0"), "queue"},
    {"tproxy", INPUT("tproxy:r0"), "tproxy"},
    {"fwd", INPUT("fwd:r0"), "fwd"},
    {"synproxy", INPUT("synproxy"), "synproxy"},
    {"by name", INPUT("unknown:tomorrow"), "tomorrow"},
    {"without a name", INPUT("unknown"), OBSTACLE_UNKNOWN},
    {"no register", INPUT("meta:3:r16"), OBSTACLE_MALFORMED},
    {"no set", INPUT("lookup:s:r0"), OBSTACLE_NO_SET},
    {"no chain", "table inet t\nchain c input 0\njump:none", OBSTACLE_NO_CHAIN},
    {"a verdict that no rule has", "table inet t\nchain c input 0\nstolen", "queue"},
    {"a verdict of user space", "table inet t\nchain c input 0\nvmap:none:r0:yes", OBSTACLE_NO_SET},
    {"a target of xtables", INPUT("target:BALANCE:0:n0"), "BALANCE"},
};

static void test_obstacle(void **state)
{
    const ObstacleCase *row = *state;
    const RuleCase whole = {row->name, row->rules, TO_PORT22, NULL, NULL};
    g_autoptr(Snapshot) snapshot = rule_case_snapshot(&whole);
    g_auto(GStrv) words = flow_words(&whole);
    const Flow flow = flow_parse(words);
    g_autoptr(Path) path = path_of(snapshot, &flow, PATH_ALL_TABLES);
    const PathWay *way = path_worst(path);
    const PathStage *stage = path_way_decision(way);
    assert_int_equal(way->outcome, OUTCOME_ANY);
    assert_int_equal(stage->result, STAGE_RESULT_UNKNOWN);
    assert_string_equal(stage->obstacle, row->obstacle);
    assert_false(path->certain);
    bool broken =
        g_str_equal(row->obstacle, OBSTACLE_MALFORMED) || g_str_has_prefix(row->obstacle, "no-");
    assert_int_equal(path->broken, broken);
}

int main(void)
{
    return RUN_CASES(test_outcomes, comparisons) + RUN_CASES(test_outcomes, payloads) +
           RUN_CASES(test_outcomes, frame_destinations) + RUN_CASES(test_outcomes, notes) +
           RUN_CASES(test_outcomes, connections) + RUN_CASES(test_outcomes, calculations) +
           RUN_CASES(test_outcomes, others) + RUN_CASES(test_obstacle, obstacles);
}
