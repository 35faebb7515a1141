/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The expression "fib": each row is a rule that accepts in a chain that drops. */
#include "rule-cases.h"

#include <linux/netfilter/nf_tables.h>

/* fib: result (1 oif, 2 oifname, 3 type), flags (1 saddr, 2 daddr, 4 mark, 8 iif, 16 oif, 32 present) */
#define INPUT(rule)       "table inet t\nchain c prerouting 0 policy-drop\n" rule " accept"
#define FORWARD(rule)     "table inet t\nchain c forward 0 policy-drop\n" rule " accept"
#define TYPE(flags, type) "fib:3:" #flags ":r0 cmp:0:r0:n" #type
#define TO(address)       "input in enp2s0 from 192.168.150.131 to " address " back-by-it tcp 22"
#define FROM(address)     "input in enp2s0 from " address " to 192.168.150.130 tcp 22"
#define TO6(address)      "input in enp2s0 from fd00:2::2 to " address " back-by-it tcp 22"

static const RuleCase types[] = {
    {"local", INPUT(TYPE(2, 2)), TO("192.168.150.130"), "accept", NULL},
    {"local, of another link", INPUT(TYPE(2, 2)), TO("10.244.2.1"), "accept", NULL},
    {"unicast", INPUT(TYPE(2, 1)), TO("192.168.150.99"), "accept", NULL},
    {"not local", INPUT(TYPE(2, 2)), TO("192.168.150.99"), "drop", NULL},
    {"broadcast of a network", INPUT(TYPE(2, 3)), TO("192.168.150.255"), "accept", NULL},
    {"broadcast of all", INPUT(TYPE(2, 3)), TO("255.255.255.255"), "accept", NULL},
    {"multicast", INPUT(TYPE(2, 5)), TO("224.0.0.251"), "accept", NULL},
    {"loopback", INPUT(TYPE(2, 2)), TO("127.0.0.53"), "accept", NULL},
    {"0.0.0.0/8 is broadcast", INPUT(TYPE(1, 3)), FROM("0.0.0.0"), "accept", NULL},
    {"no broadcast of a network of two", INPUT(TYPE(2, 1)), TO("192.0.2.1"), "accept",
     "link p2p dummy addr 192.0.2.0/31"},
    {"a network with an own address", INPUT(TYPE(2, 2)), TO("192.168.150.0/24"), "accept drop",
     NULL},
    {"a network without", INPUT(TYPE(2, 2)), TO("192.168.160.0/24"), "drop", NULL},
    {"a network without is unicast", INPUT(TYPE(2, 1)), TO("192.168.160.0/24"), "accept", NULL},
    {"all addresses", INPUT(TYPE(2, 2)), TO("0.0.0.0/0"), "accept drop", NULL},
    {"source", INPUT(TYPE(1, 1)), TO("192.168.150.130"), "accept", NULL},
    {"a local source", INPUT(TYPE(1, 2)), FROM("10.244.2.1"), "accept", NULL},
    {"the usual host of a network is no own address", INPUT(TYPE(1, 2)),
     "input in cni0 from 10.244.2.0/24 to 10.244.2.1 typical back-by-it tcp 22", "drop", NULL},
    {"but any may be", INPUT(TYPE(1, 2)),
     "input in cni0 from 10.244.2.0/24 to 10.244.2.1 back-by-it tcp 22", "accept drop", NULL},
    {"local to the link it came in by", INPUT(TYPE(10, 2)), TO("192.168.150.130"), "accept", NULL},
    {"local to another link", INPUT(TYPE(10, 2)), TO("10.244.2.1"), "drop", NULL},
    {"local to the link it leaves by", FORWARD(TYPE(17, 2)),
     "forward in enp2s0 out cni0 from 10.244.2.1 to 10.244.2.2 back-by-it tcp 22", "accept", NULL},
    {"IPv6: local", INPUT(TYPE(2, 2)), TO6("fd00:2::1"), "accept", NULL},
    {"IPv6: multicast", INPUT(TYPE(2, 5)), TO6("ff02::1"), "accept", NULL},
    {"IPv6: loopback", INPUT(TYPE(2, 2)), TO6("::1"), "accept", NULL},
    {"IPv6: unicast where a route leads", INPUT(TYPE(2, 1)), TO6("fd00:1::5"), "accept", NULL},
    {"IPv6: the lowest address of a network may be its routers'", INPUT(TYPE(2, 1)),
     TO6("fd00:1::"), "accept drop", NULL},
    {"the usual host, of one address", INPUT(TYPE(1, 1)),
     "input in enp2s0 from 192.168.150.131 to 192.168.150.130 typical back-by-it tcp 22", "accept",
     NULL},
    {"local to a link that is not told", INPUT(TYPE(10, 2)),
     "input from 192.168.150.131 to 192.168.150.130 tcp 22", "accept drop", NULL},
    {"an address that is known in part",
     "table inet t\nchain c prerouting 0\nmeta:24:r0 payload-set:1:12:2:r0 fib:3:1:r1 cmp:0:r1:n1 "
     "drop\nreject",
     TO("192.168.150.130"), "reject drop", NULL},
    {"IPv6: unreachable where none does", INPUT(TYPE(2, 1)), TO6("fd00:9::5"), "accept drop", NULL},
    {"into no register", INPUT("fib:3:2:r16"), TO("192.168.150.130"), "accept reject drop", NULL},
};

#define BACK(address, word) "input in enp2s0 from " address " to 192.168.150.130 " word " tcp 22"

static const RuleCase routes[] = {
    {"the way back is there", INPUT("fib:1:41:r0 cmp:0:r0:b1"),
     BACK("192.168.150.131", "back-by-it"), "accept", NULL},
    {"the way back is another", INPUT("fib:1:41:r0 cmp:0:r0:b0"),
     BACK("192.168.150.131", "back-by-another"), "accept", NULL},
    {"the way back is another, any will do", INPUT("fib:1:33:r0 cmp:0:r0:b1"),
     BACK("10.244.2.2", "back-by-another"), "accept", NULL},
    {"no way back", INPUT("fib:1:33:r0 cmp:0:r0:b0"), BACK("10.9.9.9", "no-way-back"), "accept",
     NULL},
    {"index of the way back", INPUT("fib:1:1:r0 cmp:0:r0:n3"),
     BACK("192.168.150.131", "back-by-it"), "accept", NULL},
    {"name of the way back", INPUT("fib:2:1:r0 cmp:0:r0:@enp2s0"),
     BACK("192.168.150.131", "back-by-it"), "accept", NULL},
    {"no index of none", INPUT("fib:1:1:r0 cmp:0:r0:n0"), BACK("10.9.9.9", "no-way-back"), "accept",
     NULL},
    {"no name of none", INPUT("fib:2:1:r0 cmp:0:r0:@"), BACK("10.9.9.9", "no-way-back"), "accept",
     NULL},
    {"by the snapshot's routes: the same link", INPUT("fib:1:41:r0 cmp:0:r0:b1"),
     FROM("192.168.150.131"), "accept", NULL},
    {"by the snapshot's routes: another link", INPUT("fib:1:41:r0 cmp:0:r0:b0"), FROM("10.244.2.2"),
     "accept", NULL},
    {"by the snapshot's routes: an own address has none", INPUT("fib:1:41:r0 cmp:0:r0:b0"),
     FROM("10.244.2.1"), "accept", NULL},
    {"a route to the destination", FORWARD("fib:1:2:r0 cmp:0:r0:n2"), TO_POD "tcp 22", "accept",
     NULL},
    {"the name of the way to the destination", FORWARD("fib:2:2:r0 cmp:0:r0:@cni0"),
     TO_POD "tcp 22", "accept", NULL},
    {"the way back is another: which is not known", INPUT("fib:1:1:r0 cmp:0:r0:n2"),
     BACK("10.244.2.2", "back-by-another"), "accept drop", NULL},
    {"the way to the destination, by the link it came in by: another",
     INPUT("fib:1:42:r0 "
           "cmp:0:r0:b0"),
     TO_POD "tcp 22", "accept", NULL},
    {"the way to the destination, by the link it leaves by", FORWARD("fib:1:50:r0 cmp:0:r0:b1"),
     TO_POD "tcp 22", "accept", NULL},
    {"the way back, by the link it leaves by, is not modelled", FORWARD("fib:1:49:r0 cmp:0:r0:b1"),
     TO_POD "tcp 22", "accept drop", NULL},
    {"a mark that no rule asks for", INPUT("mark:=1 fib:1:45:r0 cmp:0:r0:b1"),
     BACK("192.168.150.131", "back-by-it"), "accept", NULL},
    {"by the loopback link it is not looked up",
     "table inet t\nchain c prerouting 0 policy-drop\nfib:2:9:r0 cmp:0:r0:@lo accept",
     "output out lo from fd00:1::1 to fd00:2::1 tcp 22", "accept", NULL},
    {"the way back, by a link that is not told", INPUT("fib:1:41:r0 cmp:0:r0:b1"),
     "input from 192.168.150.131 to 192.168.150.130 tcp 22", "accept drop", NULL},
    {"the name of the way back is not known", INPUT("fib:2:1:r0 cmp:0:r0:@cni0"),
     BACK("10.244.2.2", "back-by-another"), "accept drop", NULL},
    {"a mark that is not known", INPUT("meta:24:r0 meta-set:3:r0 fib:1:45:r0 cmp:0:r0:b1"),
     FROM("192.168.150.131"), "accept drop", NULL},
    {"a mark that a rule asks for", INPUT("mark:=7 fib:1:45:r0 cmp:0:r0:b1"),
     BACK("192.168.150.131", "back-by-it"), "accept drop", "rule 4 priority 5 mark 7 table 9\n"},
    {"a mark that a rule asks for, and none is set", INPUT("fib:1:45:r0 cmp:0:r0:b1"),
     BACK("192.168.150.131", "back-by-it"), "accept", "rule 4 priority 5 mark 7 table 9\n"},
    {"a mark that a rule asks for does not take part", INPUT("mark:=7 fib:1:41:r0 cmp:0:r0:b1"),
     BACK("192.168.150.131", "back-by-it"), "accept", "rule 4 priority 5 mark 7 table 9\n"},
    {"to where a mark that a rule asks for leads", FORWARD("mark:=7 fib:1:6:r0 cmp:0:r0:n2"),
     TO_POD "tcp 22", "accept drop", "rule 4 priority 5 mark 7 table 9\n"},
    {"the way to the destination, by another link than it leaves by",
     FORWARD("fib:1:50:r0 cmp:0:r0:b0"),
     "forward in enp2s0 out cni0 from 192.168.150.131 to 198.51.100.1 back-by-it tcp 22", "accept",
     NULL},
    {"the way to an own address", FORWARD("fib:1:2:r0 cmp:0:r0:n0"),
     "forward in enp2s0 out cni0 from 192.168.150.131 to 10.244.2.1 back-by-it tcp 22", "accept",
     NULL},
    {"the way to an address that is known in part",
     "table inet t\nchain c prerouting 0\nmeta:24:r0 payload-set:1:16:2:r0 fib:1:2:r1 cmp:0:r1:n2 "
     "drop\nreject",
     TO("192.168.150.130"), "reject drop", NULL},
    {"from an address that is known in part",
     "table inet t\nchain c prerouting 0\nmeta:24:r0 payload-set:1:12:2:r0 fib:1:41:r1 cmp:0:r1:b1 "
     "drop\nreject",
     FROM("192.168.150.131"), "reject drop", NULL},
    {"from an address that is known in part, to a destination",
     "table inet t\nchain c prerouting 0\nmeta:24:r0 payload-set:1:12:2:r0 fib:1:2:r1 cmp:0:r1:n3 "
     "drop\nreject",
     TO("192.168.150.99"), "drop", NULL},
    {"by the loopback link, behind prerouting it is looked up",
     "table inet t\nchain c input 0 policy-drop\nfib:2:9:r0 cmp:0:r0:@lo accept",
     "input in lo from 127.0.0.1 to 127.0.0.1 back-by-it tcp 22", "accept", NULL},
    {"to where it cannot be told", FORWARD("fib:1:2:r0 cmp:0:r0:n2"),
     "forward in enp2s0 out cni0 from 192.168.150.131 to 0.0.0.0/0 back-by-it tcp 22",
     "accept drop", NULL},
};

/* fib saddr . mark . iif oif missing, as IPv6_rpfilter has it; seen with packets on Linux 6.1. */
#define MISSING       "fib:1:45:r0 cmp:0:r0:n0"
#define STRANGER      "input in enp2s0 from 2001:db8::7 to fd00:2::1 tcp 22"
#define DEFAULT6(dev) "route ::/0 dev " dev " via fd00::2 metric "

static const RuleCase best_routes[] = {
    {"IPv6: the only default route", INPUT(MISSING), STRANGER, "drop", DEFAULT6("enp2s0") "100\n"},
    {"IPv6: the better default route", INPUT(MISSING), STRANGER, "drop",
     DEFAULT6("cni0") "200\n" DEFAULT6("enp2s0") "100\n"},
    {"IPv6: a better one leaves through another link", INPUT(MISSING), STRANGER, "accept",
     DEFAULT6("cni0") "100\n" DEFAULT6("enp2s0") "200\n"},
    {"IPv6: a longer one leaves through another link", INPUT(MISSING), STRANGER, "accept",
     DEFAULT6("enp2s0") "100\nroute 2001:db8::/32 dev cni0\n"},
    {"IPv6: a longer one leaves through the link", INPUT(MISSING), STRANGER, "drop",
     DEFAULT6("cni0") "100\nroute 2001:db8::/32 dev enp2s0\n"},
    {"IPv6: none", INPUT(MISSING), STRANGER, "accept", NULL},
    {"IPv6: the kernel chooses by a hash", INPUT(MISSING), STRANGER, "accept drop",
     "route ::/0 dev cni0 via fd00:1::2 dev enp2s0 via fd00:2::2\n"},
    {"IPv6: all of several", INPUT(MISSING), STRANGER, "drop",
     "route ::/0 dev enp2s0 via fd00:2::2 dev enp2s0 via fd00:2::3\n"},
};

int main(void)
{
    return RUN_CASES(test_outcomes, types) + RUN_CASES(test_outcomes, routes) +
           RUN_CASES(test_outcomes, best_routes);
}
