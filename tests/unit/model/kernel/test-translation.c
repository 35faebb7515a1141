/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a packet is after it was translated: each row's last chain accepts what it expects of it. */
#include "rule-cases.h"

#include <linux/netfilter/nf_nat.h>

#define DNAT(rule, then)                                                                           \
    "table ip n\nchain d prerouting -100 nat\n" rule "\nchain p prerouting 0 policy-drop\n" then   \
    " accept"
#define SNAT(rule, then)                                                                           \
    "table ip n\nchain s postrouting 100 nat\n" rule                                               \
    "\nchain p postrouting 200 policy-drop\n" then " accept"
#define IN80     TO_HOST "source-port 40000 tcp 80"
#define ANY_PORT TO_HOST "tcp"
#define OUT80                                                                                      \
    "forward in cni0 out enp2s0 from 10.244.2.2 to 192.168.150.131 back-by-it source-port 40000 "  \
    "tcp 80"
#define ADDRESS(a)  "immediate:r0:" a " "
#define RANGE(a, b) "immediate:r0:" a " immediate:r1:" b " "
#define PORTS(a, b) "immediate:r2:" a " immediate:r3:" b " "

/* nat: key, family, source, source_end, port, port_end, flags */
static const RuleCase rows[] = {
    {"an address", DNAT(ADDRESS("10.244.2.2") "nat:1:2:r0", "daddr=10.244.2.2 dport=80"), IN80,
     "accept", NULL},
    {"an address and a port",
     DNAT(ADDRESS("10.244.2.2") PORTS("p81", "p81") "nat:1:2:r0:r0:r2:r3:2",
          "daddr=10.244.2.2 dport=81"),
     IN80, "accept", NULL},
    {"a port alone",
     DNAT(PORTS("p81", "p81") "nat:1:2:-:-:r2:-:2", "daddr=192.168.150.130 dport=81"), IN80,
     "accept", NULL},
    {"a range of addresses: what they have in common",
     DNAT(RANGE("10.244.2.0", "10.244.2.255") "nat:1:2:r0:r1",
          "payload:1:16:3:r0 cmp:0:r0:0x0af402"),
     IN80, "accept", NULL},
    {"a range of addresses: not which",
     DNAT(RANGE("10.244.2.0", "10.244.2.255") "nat:1:2:r0:r1", "daddr=10.244.2.7"), IN80,
     "accept drop", NULL},
    {"a range within a byte",
     DNAT(RANGE("10.244.2.4", "10.244.2.6") "nat:1:2:r0:r1", "payload:1:19:1:r0 cmp:5:r0:b8"), IN80,
     "drop", NULL},
    {"a range within a byte, inside",
     DNAT(RANGE("10.244.2.4", "10.244.2.6") "nat:1:2:r0:r1", "daddr=10.244.2.5"), IN80,
     "accept drop", NULL},
    {"a range over bytes leaves all behind open",
     DNAT(RANGE("10.244.2.4", "10.244.3.4") "nat:1:2:r0:r1", "daddr=10.244.2.200"), IN80,
     "accept drop", NULL},
    {"a range whose ends differ by one bit leaves those below open",
     DNAT(RANGE("10.244.2.3", "10.244.2.4") "nat:1:2:r0:r1", "daddr=10.244.2.4"), IN80,
     "accept drop", NULL},
    {"a range of ports", DNAT(PORTS("p81", "p90") "nat:1:2:-:-:r2:r3:2", "dport=85"), IN80,
     "accept drop", NULL},
    {"an address from a map that is not known", DNAT("meta:24:r0 nat:1:2:r0", "daddr=10.244.2.2"),
     IN80, "accept drop", NULL},
    {"a port from nowhere is none", DNAT(ADDRESS("10.244.2.2") "nat:1:2:r0:-:r16", "dport=80"),
     IN80, "accept", NULL},
    {"a network for a network: the host stays",
     DNAT(RANGE("10.244.2.0", "10.244.2.255") "nat:1:2:r0:r1:-:-:64", "daddr=10.244.2.130"), IN80,
     "accept", NULL},
    {"a network for a network: the port stays",
     DNAT(RANGE("10.244.2.0", "10.244.2.255") "nat:1:2:r0:r1:-:-:64", "dport=80"), IN80, "accept",
     NULL},
    {"redirect to a port", DNAT("redirect:81", "daddr=192.168.150.130 dport=81"),
     "input in enp2s0 from 192.168.150.131 to 10.244.2.1 back-by-it tcp 80", "accept", NULL},
    {"redirect keeps the port", DNAT("redirect", "daddr=192.168.150.130 dport=80"),
     "input in enp2s0 from 192.168.150.131 to 10.244.2.1 back-by-it tcp 80", "accept", NULL},
    {"redirect where the link has no address", DNAT("redirect", "daddr=192.168.150.130"),
     "input in dummy0 from 192.168.150.131 to 192.168.150.130 back-by-it tcp 80", "accept drop",
     "link dummy0 dummy"},
    {"redirect of what the host sends: to itself",
     "table ip n\nchain d output -100 nat\nredirect:81\nchain p output 0 policy-drop\n"
     "daddr=127.0.0.1 dport=81 accept\nchain q postrouting 0 policy-drop\noif=lo accept",
     "output out enp2s0 from 192.168.150.130 to 192.168.150.131 tcp 80", "accept", NULL},
    {"redirect of IPv6 that the host sends",
     "table ip6 n\nchain d output -100 nat\nredirect:81\nchain p output 0 policy-drop\n"
     "payload:1:24:16:r0 cmp:0:r0:0x00000000000000000000000000000001 accept",
     "output out enp2s0 from fd00:2::1 to fd00:2::2 tcp 80", "accept", NULL},
    {"IPv6 to an address",
     "table ip6 n\nchain d prerouting -100 nat\n"
     "immediate:r0:0xfd000001000000000000000000000002 nat:1:10:r0\n"
     "chain f forward 0 policy-drop\noif=cni0 accept",
     "input in enp2s0 from fd00:2::2 to fd00:2::1 back-by-it tcp 80", "accept", NULL},
    {"source", SNAT(ADDRESS("10.0.0.1") "nat:0:2:r0", "saddr=10.0.0.1 daddr=192.168.150.131"),
     OUT80, "accept", NULL},
    {"the source's port may change", SNAT(ADDRESS("10.0.0.1") "nat:0:2:r0", "sport=40000"), OUT80,
     "accept drop", NULL},
    {"a source's port that is said",
     SNAT(ADDRESS("10.0.0.1") PORTS("p5", "p5") "nat:0:2:r0:r0:r2:r3:2", "sport=5"), OUT80,
     "accept", NULL},
    {"the destination's port stays", SNAT(ADDRESS("10.0.0.1") "nat:0:2:r0", "dport=80"), OUT80,
     "accept", NULL},
    {"a source translated has its status", SNAT(ADDRESS("10.0.0.1") "nat:0:2:r0", "status=0x10"),
     OUT80, "accept", NULL},
    {"and not that of a destination", SNAT(ADDRESS("10.0.0.1") "nat:0:2:r0", "status=0x20"), OUT80,
     "drop", NULL},
    {"a source as it is has it where its port changes",
     SNAT(ADDRESS("10.244.2.2") "nat:0:2:r0", "status=0x10"), OUT80, "accept drop", NULL},
    {"masquerade", SNAT("masquerade", "saddr=192.168.150.130"), OUT80, "accept", NULL},
    {"masquerade: the port may change", SNAT("masquerade", "sport=40000"), OUT80, "accept drop",
     NULL},
    {"masquerade by a link with two addresses", SNAT("masquerade", "saddr=192.0.2.1"),
     "forward in cni0 out dummy0 from 10.244.2.2 to 198.51.100.7 back-by-it tcp 80", "accept drop",
     "link dummy0 dummy addr 192.0.2.1/24,198.51.100.1/24"},
    {"masquerade by a link without an address", SNAT("masquerade", "saddr=192.0.2.1"),
     "forward in cni0 out dummy0 from 10.244.2.2 to 198.51.100.7 back-by-it tcp 80", "accept drop",
     "link dummy0 dummy"},
    {"original addresses stay the connection's",
     DNAT("dnat:10.244.2.2:81", "ct:20:r0:0 cmp:0:r0:192.168.150.130 ct:12:r1:0 cmp:0:r1:p80"),
     IN80, "accept", NULL},
};

/* The targets of xtables carry the same in structs of two kinds. */
typedef struct {
    const char *name;
    const char *target;
    guint32 revision;
    guint32 flags;
    const char *first, *last;
    guint16 port, last_port;
    const char *then;
    const char *flow;
    const char *expected;
} TargetCase;

enum { IPS = NF_NAT_RANGE_MAP_IPS, PROTO = NF_NAT_RANGE_PROTO_SPECIFIED };

static const TargetCase targets[] = {
    {"DNAT", "DNAT", 2, IPS | PROTO, "10.244.2.2", "10.244.2.2", 81, 81,
     "daddr=10.244.2.2 dport=81", IN80, "accept"},
    {"DNAT of an address", "DNAT", 2, IPS, "10.244.2.2", "10.244.2.2", 0, 0,
     "daddr=10.244.2.2 dport=80", IN80, "accept"},
    {"DNAT of a range", "DNAT", 2, IPS, "10.244.2.0", "10.244.2.255", 0, 0, "daddr=10.244.2.9",
     IN80, "accept drop"},
    {"DNAT of revision 0", "DNAT", 0, IPS | PROTO, "10.244.2.2", "10.244.2.2", 81, 81,
     "daddr=10.244.2.2 dport=81", IN80, "accept"},
    {"REDIRECT of revision 0", "REDIRECT", 0, PROTO, NULL, NULL, 81, 81,
     "daddr=192.168.150.130 dport=81", IN80, "accept"},
    {"REDIRECT without a port", "REDIRECT", 0, 0, NULL, NULL, 0, 0,
     "daddr=192.168.150.130 dport=80", IN80, "accept"},
    {"NETMAP in prerouting", "NETMAP", 0, IPS, "10.244.2.0", "10.244.2.255", 0, 0,
     "daddr=10.244.2.130", IN80, "accept"},
    {"SNAT", "SNAT", 0, IPS, "10.0.0.1", "10.0.0.1", 0, 0, "saddr=10.0.0.1", OUT80, "accept"},
    {"NETMAP in postrouting", "NETMAP", 0, IPS, "10.9.9.0", "10.9.9.255", 0, 0, "saddr=10.9.9.2",
     OUT80, "accept"},
    {"MASQUERADE", "MASQUERADE", 0, 0, NULL, NULL, 0, 0, "saddr=192.168.150.130", OUT80, "accept"},
};

static void append(GString *hex, const void *data, gsize size)
{
    for (gsize i = 0; i < size; i++)
        g_string_append_printf(hex, "%02x", ((const guint8 *)data)[i]);
}

static void test_target(void **state)
{
    const TargetCase *row = *state;
    IpAddress first = {0};
    IpAddress last = {0};
    bool set = row->first != NULL;
    assert_true(!set ||
                (ip_address_parse(row->first, &first) && ip_address_parse(row->last, &last)));
    g_autoptr(GString) hex = g_string_new("0x");
    if (row->revision == 0) {
        struct nf_nat_ipv4_multi_range_compat info = {.rangesize = 1};
        info.range[0].flags = row->flags;
        memcpy(&info.range[0].min_ip, first.bytes, 4);
        memcpy(&info.range[0].max_ip, last.bytes, 4);
        info.range[0].min.tcp.port = GUINT16_TO_BE(row->port);
        info.range[0].max.tcp.port = GUINT16_TO_BE(row->last_port);
        append(hex, &info, sizeof info);
    } else {
        struct nf_nat_range info = {.flags = row->flags};
        memcpy(&info.min_addr, first.bytes, 16);
        memcpy(&info.max_addr, last.bytes, 16);
        info.min_proto.tcp.port = GUINT16_TO_BE(row->port);
        info.max_proto.tcp.port = GUINT16_TO_BE(row->last_port);
        append(hex, &info, sizeof info);
    }
    bool after = row->flow[0] == 'f';
    g_autofree char *rules = g_strdup_printf(
        "table ip n\nchain d %s nat\ntarget:%s:%u:%s\nchain p %s policy-drop\n%s accept",
        after ? "postrouting 100" : "prerouting -100", row->target, row->revision, hex->str,
        after ? "postrouting 200" : "prerouting 0", row->then);
    const RuleCase whole = {row->name, rules, row->flow, row->expected, NULL};
    const RuleCase *pointer = &whole;
    test_outcomes((void **)&pointer);
}

int main(void)
{
    return RUN_CASES(test_outcomes, rows) + RUN_CASES(test_target, targets);
}
