/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where the kernel routes a packet. The lab asks the kernel itself the like of these. */
#include "model/kernel/reverse-path.h"

#include "model/foreach.h"

#include "sketch.h"

#include <linux/fib_rules.h>
#include <linux/in.h>
#include <linux/in6.h>

#define LINKS                                                                                      \
    "link lo loopback addr 127.0.0.1/8,::1/128\n"                                                  \
    "link r0 physical addr 172.20.0.1/24,fd00:0::1/64,fe80::1/64 forwarding6 yes\n"                \
    "link r1 physical addr 172.20.1.1/24,fd00:1::1/64\n"                                           \
    "link r2 physical addr 172.20.2.1/31,fd00:2::1/64,fd00:2::2/64 skip-linkdown yes\n"
#define DEFAULT "route 0.0.0.0/0 dev r0 via 172.20.0.254\nroute ::/0 dev r0 via fd00:0::fe\n"
#define MAIN    "rule 4 priority 32766 table 254\nrule 6 priority 32766 table 254\n"
#define VRF                                                                                        \
    "link blue vrf table 10\nlink v0 physical in blue addr 172.21.0.1/24\n"                        \
    "route 10.3.0.0/16 dev v0 table 10\n"

/* ---- questions and answers in words ---- */

typedef struct {
    RoutingQuestion question;
    IpPrefix source;
} Question;

static void parse_word(const Snapshot *snapshot, Question *all, char ***word)
{
    RoutingQuestion *question = &all->question;
    const char *key = **word;
    if (g_str_equal(key, "any"))
        question->any_source = true;
    else if (g_str_equal(key, "some-transport"))
        question->any_transport = true;
    else if (g_str_equal(key, "from"))
        all->source = sketch_prefix(sketch_value(word));
    else if (g_str_equal(key, "in"))
        question->in = snapshot_link_by_name(snapshot, sketch_value(word));
    else if (g_str_equal(key, "out"))
        question->out = snapshot_link_by_name(snapshot, sketch_value(word));
    else if (g_str_equal(key, "mark"))
        question->mark = sketch_number(sketch_value(word));
    else if (g_str_equal(key, "icmp"))
        question->protocol = IPPROTO_ICMP;
    else if (g_str_equal(key, "icmpv6"))
        question->protocol = IPPROTO_ICMPV6;
    else if (g_str_equal(key, "tcp"))
        question->protocol = IPPROTO_TCP;
    else if (g_str_equal(key, "sport"))
        question->source_port = (guint16)sketch_number(sketch_value(word));
    else if (g_str_equal(key, "dport"))
        question->destination_port = (guint16)sketch_number(sketch_value(word));
    else
        sketch_unknown(key);
}

static void parse_question(const Snapshot *snapshot, const char *text, Question *all)
{
    g_auto(GStrv) words = g_strsplit(text, " ", -1);
    *all = (Question){.question.destination = sketch_prefix(words[0])};
    for (char **word = words + 1; *word != NULL; word++)
        parse_word(snapshot, all, &word);
    if (all->source.address.family != 0)
        all->question.source = &all->source;
}

static const char *const kinds[] = {
    [ROUTING_UNKNOWN] = "unknown",
    [ROUTING_FORWARD] = "forward",
    [ROUTING_LOCAL] = "local",
    [ROUTING_BROADCAST] = "broadcast",
    [ROUTING_MULTICAST] = "multicast",
    [ROUTING_NONE] = "none",
    [ROUTING_UNREACHABLE] = "unreachable",
    [ROUTING_PROHIBIT] = "prohibit",
    [ROUTING_BLACKHOLE] = "blackhole",
};

static char *answer_text(const Snapshot *snapshot, const Question *all)
{
    Routing routing = routing_of(snapshot, &all->question);
    const Nexthop *nexthop = routing_nexthop(&routing);
    GString *text = g_string_new(kinds[routing.kind]);
    if (routing.out != NULL)
        g_string_append_printf(text, " %s", routing.out->name);
    if (nexthop != NULL && nexthop->has_gateway) {
        g_autofree char *gateway = ip_address_to_string(&nexthop->gateway);
        g_string_append_printf(text, " via %s", gateway);
    }
    IpAddress source;
    if (all->question.in == NULL &&
        routing_source(&routing, &all->question.destination.address, &source)) {
        g_autofree char *address = ip_address_to_string(&source);
        g_string_append_printf(text, " src %s", address);
    }
    return g_string_free(text, FALSE);
}

typedef struct {
    const char *name;
    const char *host; /* after LINKS */
    const char *question;
    const char *answer;
} RoutingCase;

#define IN "/32 in r1 from 172.20.1.9/32"

static const RoutingCase tables[] = {
    {"the default route", DEFAULT, "8.8.8.8" IN, "forward r0 via 172.20.0.254"},
    {"no route", "", "8.8.8.8" IN, "none"},
    {"the longest prefix", DEFAULT "route 8.0.0.0/8 dev r1\nroute 8.8.0.0/16 dev r0\n",
     "8.8.8.8" IN, "forward r0"},
    {"the smallest metric", "route 8.0.0.0/8 dev r0 metric 50\nroute 8.0.0.0/8 dev r1 metric 10\n",
     "8.8.8.8" IN, "forward r1"},
    {"a longer prefix before a smaller metric",
     "route 8.8.0.0/16 dev r1 metric 50\nroute 8.0.0.0/8 dev r0 metric 10\n", "8.8.8.8" IN,
     "forward r1"},
    {"narrow routes count", DEFAULT "net 8.8.8.0/24 dev r1\n", "8.8.8.8" IN, "forward r1"},
    {"a route that is longer than the question", DEFAULT "route 8.8.0.0/16 dev r1\n",
     "8.0.0.0/8 in r1 from 172.20.1.9/32", "unknown"},
    {"of a type of service", DEFAULT "route 8.0.0.0/8 dev r1 tos 16\n", "8.8.8.8" IN,
     "forward r0 via 172.20.0.254"},
    {"blackhole", DEFAULT "route 8.0.0.0/8 type 6\n", "8.8.8.8" IN, "blackhole"},
    {"unreachable", DEFAULT "route 8.0.0.0/8 type 7\n", "8.8.8.8" IN, "unreachable"},
    {"prohibit", DEFAULT "route 8.0.0.0/8 type 8\n", "8.8.8.8" IN, "prohibit"},
    {"throw leaves it to the next rule",
     "rule 4 priority 5 table 100\n" MAIN DEFAULT "route 8.0.0.0/8 type 9 table 100\n",
     "8.8.8.8" IN, "forward r0 via 172.20.0.254"},
    {"a type that nobody knows", "route 8.0.0.0/8 dev r0 type 77\n", "8.8.8.8" IN, "unknown"},
    {"a route that says local", "route 8.0.0.0/8 dev lo type 2\n", "8.8.8.8" IN, "local"},
    {"a dead nexthop", DEFAULT "route 8.0.0.0/8 dev r1 dead\n", "8.8.8.8" IN,
     "forward r0 via 172.20.0.254"},
    {"no carrier is no matter", DEFAULT "route 8.0.0.0/8 dev r1 linkdown\n", "8.8.8.8" IN,
     "forward r1"},
    {"but where the link says so", DEFAULT "route 8.0.0.0/8 dev r2 linkdown\n", "8.8.8.8" IN,
     "forward r0 via 172.20.0.254"},
    {"but where the link says so, IPv6", DEFAULT "route 2a00::/16 dev r2 linkdown\n",
     "2a00::1/128 in r1 from fd00:1::9/128", "forward r0 via fd00::fe"},
    {"two ways", "route 8.0.0.0/8 dev r0 dev r1\n", "8.8.8.8" IN, "unknown"},
    {"two ways, of which one is dead", "route 8.0.0.0/8 dev r0 dead dev r1\n", "8.8.8.8" IN,
     "forward r1"},
    {"two ways out by one link", "route 8.0.0.0/8 dev r1 via 172.20.1.2 dev r1 via 172.20.1.3\n",
     "8.8.8.8" IN, "forward r1"},
    {"equal default routes", "route 0.0.0.0/0 dev r0\nroute 0.0.0.0/0 dev r1\n", "8.8.8.8" IN,
     "unknown"},
    {"equal default routes by one link",
     "route 0.0.0.0/0 dev r0 via 172.20.0.8\nroute 0.0.0.0/0 dev r0 via 172.20.0.9\n", "8.8.8.8" IN,
     "forward r0 via 172.20.0.8"},
    {"equal routes of IPv4: the first", "route 8.0.0.0/8 dev r1\nroute 8.0.0.0/8 dev r0\n",
     "8.8.8.8" IN, "forward r1"},
    {"equal routes of IPv6", "route 2a00::/16 dev r1\nroute 2a00::/16 dev r0\n",
     "2a00::1/128 in r1 from fd00:1::9/128", "unknown"},
    {"a route for a source", DEFAULT "route ::/0 dev r1 from fd00:1::/64\n",
     "2a00::1/128 in r1 from fd00:1::9/128", "forward r1"},
    {"the longest source", "route ::/0 dev r0 from fd00:1::/64\nroute ::/0 dev r1 from fd00::/16\n",
     "2a00::1/128 in r1 from fd00:1::9/128", "forward r0"},
    {"a route for another source", DEFAULT "route ::/0 dev r1 from fd00:2::/64\n",
     "2a00::1/128 in r1 from fd00:1::9/128", "forward r0 via fd00::fe"},
    {"one that is dead of those that are left", "route 8.0.0.0/8 dev r0 dead dev r1 dead\n" DEFAULT,
     "8.8.8.8" IN, "forward r0 via 172.20.0.254"},
    {"a third equal route", /* the first of those that are no worse is compared */
     "route 0.0.0.0/0 dev r0\nroute 0.0.0.0/0 dev r0\nroute 0.0.0.0/0 dev r1\n", "8.8.8.8" IN,
     "unknown"},
    {"equal routes of which one refuses", "route 2a00::/16 dev r1\nroute 2a00::/16 type 7\n",
     "2a00::1/128 in r1 from fd00:1::9/128", "unknown"},
    {"by a link that is not there", DEFAULT "route 8.0.0.0/8 dev @99\n", "8.8.8.8" IN, "forward"},
    {"no carrier, by a link that is not there", DEFAULT "route 8.0.0.0/8 dev @99 linkdown\n",
     "8.8.8.8" IN, "forward"},
    {"bound to a link", DEFAULT "route 0.0.0.0/0 dev r1 metric 9\n", "8.8.8.8/32 out r1",
     "forward r1 src 172.20.1.1"},
};

static const RoutingCase addresses[] = {
    {"an own address", DEFAULT, "172.20.0.1/32", "local src 172.20.0.1"},
    {"an own address of IPv6", DEFAULT, "fd00:1::1/128 in r1 from fd00:1::9/128", "local"},
    {"loopback", DEFAULT, "127.9.9.9/32", "local src 127.9.9.9"},
    {"loopback of IPv6", DEFAULT, "::1/128", "local"},
    {"the broadcast address of a network", DEFAULT, "172.20.1.255/32", "broadcast r1"},
    {"no network of two has one", DEFAULT, "172.20.2.0" IN, "forward r0 via 172.20.0.254"},
    {"the broadcast address of all", DEFAULT, "255.255.255.255/32", "broadcast"},
    {"nowhere", DEFAULT, "0.0.0.0/32", "broadcast"},
    {"multicast", DEFAULT, "224.0.0.251/32", "multicast"},
    {"multicast of IPv6", DEFAULT, "ff02::fb/128", "multicast"},
    {"some multicast, some not", DEFAULT, "192.0.0.0/2", "unknown"},
    {"the routers of a network", DEFAULT, "fd00:0::/128 in r1 from fd00:1::9/128", "local"},
    {"is no router", DEFAULT, "fd00:1::/128 in r1 from fd00:1::9/128", "forward r0 via fd00::fe"},
    {"a network of IPv6 has no routers' address where it is long", DEFAULT,
     "fd00:2::1/128 in r1 from fd00:1::9/128", "local"},
    {"a network of which one is own: its usual host", DEFAULT,
     "172.20.0.0/24 in r1 from 172.20.1.9/32", "forward r0 via 172.20.0.254"},
};

#define RULE(words) "rule 4 priority 5 table 100 " words "\n" MAIN DEFAULT OTHER
#define OTHER       "route 0.0.0.0/0 dev r1 table 100\n"
#define YES         "forward r1"
#define NO          "forward r0 via 172.20.0.254"

static const RoutingCase rules[] = {
    {"a rule for all", RULE(""), "8.8.8.8" IN, YES},
    {"the rules' order is by priority", MAIN DEFAULT OTHER "rule 4 priority 5 table 100\n",
     "8.8.8.8" IN, YES},
    {"from", RULE("from 172.20.1.0/24"), "8.8.8.8" IN, YES},
    {"not from", RULE("not from 172.20.1.0/24"), "8.8.8.8" IN, NO},
    {"from elsewhere", RULE("from 10.0.0.0/8"), "8.8.8.8" IN, NO},
    {"from some of them", RULE("from 172.20.1.0/24"), "8.8.8.8/32 in r1 from 172.20.0.0/16",
     "unknown"},
    {"from, of what this host sends", RULE("from 172.20.1.0/24"), "8.8.8.8/32",
     NO " src 172.20.0.1"},
    {"from, any source", RULE("from 172.20.1.0/24"), "8.8.8.8/32 any", "unknown"},
    {"from, no source told", RULE("from 172.20.1.0/24"), "8.8.8.8/32 in r1", "unknown"},
    {"IPv6: from, of what this host sends",
     "rule 6 priority 5 table 100 from fd00::/16\n" MAIN DEFAULT "route ::/0 dev r1 table 100\n",
     "2a00::1/128", "forward r0 via fd00::fe src fd00::1"},
    {"IPv6: not from, of what this host sends",
     "rule 6 priority 5 table 100 not from fd00::/16\n" MAIN DEFAULT
     "route ::/0 dev r1 table 100\n",
     "2a00::1/128", "forward r1 src fd00:1::1"},
    {"to", RULE("to 8.0.0.0/8"), "8.8.8.8" IN, YES},
    {"to elsewhere", RULE("to 9.0.0.0/8"), "8.8.8.8" IN, NO},
    {"by a link", RULE("iif r1"), "8.8.8.8" IN, YES},
    {"by another", RULE("iif r0"), "8.8.8.8" IN, NO},
    {"by a link, of what this host sends", RULE("iif r1"), "8.8.8.8/32", NO " src 172.20.0.1"},
    {"by lo", RULE("iif lo"), "8.8.8.8/32", YES " src 172.20.1.1"},
    {"by a link that is not there", RULE("iif gone"), "8.8.8.8" IN, NO},
    {"out by a link", RULE("oif r1"), "8.8.8.8/32 out r1", YES " src 172.20.1.1"},
    {"out by any", RULE("oif r1"), "8.8.8.8" IN, NO},
    {"mark", RULE("mark 7"), "8.8.8.8/32 mark 7 in r1 from 172.20.1.9/32", YES},
    {"no mark", RULE("mark 7"), "8.8.8.8" IN, NO},
    {"a type of service", RULE("tos 16"), "8.8.8.8" IN, NO},
    {"tcp", RULE("protocol 6"), "8.8.8.8/32 in r1 tcp from 172.20.1.9/32", YES},
    {"no tcp", RULE("protocol 17"), "8.8.8.8/32 in r1 tcp from 172.20.1.9/32", NO},
    {"maybe tcp", RULE("protocol 6"), "8.8.8.8/32 in r1 some-transport from 172.20.1.9/32",
     "unknown"},
    {"no transport at all", RULE("protocol 6"), "8.8.8.8" IN, NO},
    {"a port", RULE("dport 80"), "8.8.8.8/32 in r1 tcp dport 80 from 172.20.1.9/32", YES},
    {"a range of ports", RULE("dport 80-90"), "8.8.8.8/32 in r1 tcp dport 91 from 172.20.1.9/32",
     NO},
    {"below a range of ports", RULE("dport 80-90"),
     "8.8.8.8/32 in r1 tcp dport 79 from 172.20.1.9/32", NO},
    {"a source port", RULE("sport 80-90"), "8.8.8.8/32 in r1 tcp sport 90 from 172.20.1.9/32", YES},
    {"maybe a port", RULE("dport 80"), "8.8.8.8/32 in r1 tcp some-transport from 172.20.1.9/32",
     "unknown"},
    {"ICMP has no port", RULE("dport 80"),
     "8.8.8.8/32 in r1 icmp some-transport from 172.20.1.9/32", NO},
    {"nor has ICMPv6",
     "rule 6 priority 5 table 100 dport 80\n" MAIN DEFAULT "route ::/0 dev r1 table 100\n",
     "2a00::1/128 in r1 icmpv6 some-transport from fd00:1::9/128", "forward r0 via fd00::fe"},
    {"a port of some transport", RULE("dport 80"),
     "8.8.8.8/32 in r1 some-transport from 172.20.1.9/32", "unknown"},
    {"to some of them", RULE("to 8.8.0.0/16"), "8.0.0.0/8 in r1 from 172.20.1.9/32", "unknown"},
    {"no port", RULE("dport 80"), "8.8.8.8/32 in r1 tcp from 172.20.1.9/32", NO},
    {"a user", RULE("user"), "8.8.8.8" IN, "unknown"},
    {"a user, where the table says nothing", "rule 4 priority 5 table 99 user\n" MAIN DEFAULT,
     "8.8.8.8" IN, NO},
    {"too short a prefix is suppressed", RULE("suppress 0"), "8.8.8.8" IN, NO},
    {"a longer one is not", RULE("suppress 0") "route 8.0.0.0/8 dev r2 table 100\n", "8.8.8.8" IN,
     "forward r2"},
    {"blackhole", "rule 4 priority 5 action 6\n" MAIN DEFAULT, "8.8.8.8" IN, "blackhole"},
    {"unreachable", "rule 4 priority 5 action 7\n" MAIN DEFAULT, "8.8.8.8" IN, "unreachable"},
    {"prohibit", "rule 4 priority 5 action 8\n" MAIN DEFAULT, "8.8.8.8" IN, "prohibit"},
    {"an action that nobody knows", "rule 4 priority 5 action 99\n" MAIN DEFAULT, "8.8.8.8" IN,
     "unknown"},
    {"maybe blackhole", "rule 4 priority 5 action 6 user\n" MAIN DEFAULT, "8.8.8.8" IN, "unknown"},
    {"nothing is done", "rule 4 priority 5 action 3\n" MAIN DEFAULT, "8.8.8.8" IN, NO},
    {"goto",
     "rule 4 priority 5 action 2 goto 9\nrule 4 priority 7 action 6\n"
     "rule 4 priority 9 table 100\n" MAIN DEFAULT OTHER,
     "8.8.8.8" IN, YES},
    {"goto what is not there",
     "rule 4 priority 5 action 2 goto 8\nrule 4 priority 7 table 100\n" MAIN DEFAULT OTHER,
     "8.8.8.8" IN, YES},
    {"maybe goto", "rule 4 priority 5 action 2 goto 32766 user\n" MAIN DEFAULT, "8.8.8.8" IN,
     "unknown"},
    {"own addresses before all but what is before them", RULE(""), "172.20.0.1" IN, "local"},
    {"to own addresses, by a rule of one's own", "rule 4 priority 5 table 255\n" MAIN DEFAULT,
     "172.20.0.1" IN, "local"},
    {"tables that may be one",
     DEFAULT "route 10.9.0.0/16 dev lo type 2 table 255\n"
             "route 10.9.9.0/24 dev r1\n",
     "10.9.9.9" IN, "unknown"},
    {"tables that may be one, and main says nothing", "route 10.9.0.0/16 dev lo type 2 table 255\n",
     "10.9.9.9" IN, "local"},
    {"tables that may be one, and main may say something",
     "route 10.9.0.0/16 dev lo type 2 table 255\nroute 10.9.9.128/25 dev r1\n",
     "10.9.9.0/24 in r1 from 172.20.1.9/32", "unknown"},
    {"tables of IPv6 are two", /* fib6_unmerge() is not there */
     "route fd09::/16 dev lo type 2 table 255\nroute fd09:9::/32 dev r1\n",
     "fd09:9::1/128 in r1 from fd00:1::9/128", "local"},
    {"maybe to own addresses", "rule 4 priority 5 table 255 user\n" MAIN DEFAULT, "172.20.0.1" IN,
     "unknown"},
    {"tables that may be one, and it is no matter",
     DEFAULT "route 10.9.0.0/16 dev lo type 2 table 255\n", "10.9.9.9" IN, "local"},
};

static const RoutingCase vrfs[] = {
    {"in a VRF", VRF "rule 4 priority 1000 l3mdev\n" MAIN DEFAULT,
     "10.3.0.9/32 in v0 from 172.21.0.9/32", "forward v0"},
    {"bound to a VRF", VRF "rule 4 priority 1000 l3mdev\n" MAIN DEFAULT, "10.3.0.9/32 out blue",
     "forward v0 src 172.21.0.1"},
    {"outside of it", VRF "rule 4 priority 1000 l3mdev\n" MAIN DEFAULT, "10.3.0.9" IN, NO},
    {"by the VRF itself", VRF "rule 4 priority 1000 l3mdev\n" MAIN DEFAULT,
     "10.3.0.9/32 in blue from 172.21.0.9/32", "forward v0"},
    {"of a port that is in no VRF",
     VRF "link br0 bridge\nlink p0 veth in br0\n"
         "rule 4 priority 1000 l3mdev\n" MAIN DEFAULT,
     "10.3.0.9/32 in p0 from 172.21.0.9/32", NO},
    {"of any, where the rule is not of a VRF", VRF "rule 4 priority 1000 not l3mdev\n" MAIN DEFAULT,
     "10.3.0.9" IN, NO},
    {"an address in a VRF is none of the host's", VRF "rule 4 priority 1000 l3mdev\n" MAIN DEFAULT,
     "172.21.0.1" IN, NO},
};

static const RoutingCase sources[] = {
    {"a preferred source", "route 8.0.0.0/8 dev r0 via 172.20.0.254 src 172.20.1.1\n", "8.8.8.8/32",
     NO " src 172.20.1.1"},
    {"the address in the gateway's network",
     "link r9 physical addr 10.5.0.1/24,10.6.0.1/24\nroute 8.0.0.0/8 dev r9 via 10.6.0.2\n",
     "8.8.8.8/32", "forward r9 via 10.6.0.2 src 10.6.0.1"},
    {"else the first",
     "link r9 physical addr fd00:9::1/64,10.5.0.1/24,10.6.0.1/24\n"
     "route 8.0.0.0/8 dev r9 via 10.7.0.2\n",
     "8.8.8.8/32", "forward r9 via 10.7.0.2 src 10.5.0.1"},
    {"one that is of the link's scope is passed over",
     "link r9 physical addr-link 10.5.0.1/24\nroute 8.0.0.0/8 dev r9 via 10.5.0.2\n", "8.8.8.8/32",
     "forward r9 via 10.5.0.2"},
    {"no address", "link r9 physical\nroute 8.0.0.0/8 dev r9\n", "8.8.8.8/32", "forward r9"},
    {"what refuses has none", "route 8.0.0.0/8 type 7 src 172.20.1.1\n", "8.8.8.8/32",
     "unreachable"},
    {"of several ways by one link", /* which gateway is not known */
     "route 8.0.0.0/8 dev r1 via 172.20.1.2 dev r1 via 172.20.1.3\n", "8.8.8.8/32", "forward r1"},
    {"of several ways by one link, of which one is dead",
     "route 8.0.0.0/8 dev r1 via 172.20.1.2 dead dev r1 via 172.20.1.3 dev r0 dead\n", "8.8.8.8/32",
     "forward r1 via 172.20.1.3 src 172.20.1.1"},
    {"a secondary address is not chosen",
     "link r9 physical addr-secondary 10.5.0.1/24 addr 10.6.0.1/24\nroute 8.0.0.0/8 dev r9\n",
     "8.8.8.8/32", "forward r9 src 10.6.0.1"},
    {"by a link that is not there", "route 8.0.0.0/8 dev @99 via 172.20.1.2\n", "8.8.8.8/32",
     "forward"},
    {"a local route prefers a source", "route 10.9.0.0/16 dev lo type 2 src 172.20.1.1\n",
     "10.9.9.9/32", "local src 172.20.1.1"},
    {"IPv6: one address", "route 2a00::/16 dev r1\n", "2a00::1/128", "forward r1 src fd00:1::1"},
    {"IPv6: two", "route 2a00::/16 dev r2\n", "2a00::1/128", "forward r2"},
    {"IPv6: none", "link r9 physical\nroute 2a00::/16 dev r9\n", "2a00::1/128", "forward r9"},
    {"IPv6: to the link itself", "route fe80::/64 dev r0\n", "fe80::9/128",
     "forward r0 src fe80::1"},
    {"a link that is not there", "route 8.0.0.0/8 dev r0 dead dev r1 dead\n", "8.8.8.8/32", "none"},
};

static void test_routing(void **state)
{
    const RoutingCase *test = *state;
    g_autofree char *host = g_strconcat(LINKS, test->host, NULL);
    g_autoptr(Snapshot) snapshot = sketch(host);
    snapshot->routes_complete = TRISTATE_YES;
    Question question;
    parse_question(snapshot, test->question, &question);
    g_autofree char *answer = answer_text(snapshot, &question);
    assert_string_equal(answer, test->answer);
}

/* What is home is known without the routes. */
static void test_routes_that_are_not_all_known(G_GNUC_UNUSED void **state)
{
    g_autoptr(Snapshot) snapshot = sketch(LINKS DEFAULT);
    snapshot->routes_complete = TRISTATE_NO;
    static const char *const answers[][2] = {{"8.8.8.8" IN, "unknown"}, {"172.20.0.1" IN, "local"}};
    for (gsize i = 0; i < G_N_ELEMENTS(answers); i++) {
        Question question;
        parse_question(snapshot, answers[i][0], &question);
        g_autofree char *answer = answer_text(snapshot, &question);
        assert_string_equal(answer, answers[i][1]);
    }
}

/* ---- the way back ---- */

typedef struct {
    const char *name;
    const char *host;
    const char *packet;
    ReversePath path;
} BackCase;

#define PACKET "172.20.1.1/32 in r1 from "

static const BackCase backs[] = {
    {"by the same link", DEFAULT "net 172.20.1.0/24 dev r1\n", PACKET "172.20.1.9/32",
     REVERSE_PATH_SAME_LINK},
    {"by another", DEFAULT "net 172.20.1.0/24 dev r1\n", PACKET "8.8.8.8/32",
     REVERSE_PATH_OTHER_LINK},
    {"one of two ways will do", "route 0.0.0.0/0 dev r0 dev r1\n", PACKET "8.8.8.8/32",
     REVERSE_PATH_SAME_LINK},
    {"neither of two ways", "route 0.0.0.0/0 dev r0 dev r2\n", PACKET "8.8.8.8/32",
     REVERSE_PATH_OTHER_LINK},
    {"none", "", PACKET "8.8.8.8/32", REVERSE_PATH_NONE},
    {"unreachable", "route 8.0.0.0/8 type 7\n", PACKET "8.8.8.8/32", REVERSE_PATH_NONE},
    {"this host's own address", DEFAULT, PACKET "172.20.0.1/32", REVERSE_PATH_NONE},
    {"equal ways", "route 0.0.0.0/0 dev r0\nroute 0.0.0.0/0 dev r1\n", PACKET "8.8.8.8/32",
     REVERSE_PATH_UNKNOWN},
    {"IPv6: by the same link", DEFAULT "net fd00:1::/64 dev r1\n",
     "fd00:1::1/128 in r1 from fd00:1::9/128", REVERSE_PATH_SAME_LINK},
    {"IPv6: one of two ways", "route ::/0 dev r0 dev r1\n", "fd00:1::1/128 in r1 from 2a00::1/128",
     REVERSE_PATH_UNKNOWN},
    {"IPv6: neither of two ways", "route ::/0 dev r0 dev r2\n",
     "fd00:1::1/128 in r1 from 2a00::1/128", REVERSE_PATH_OTHER_LINK},
    {"IPv6: none", "", "fd00:1::1/128 in r1 from 2a00::1/128", REVERSE_PATH_NONE},
    {"IPv6: a link-local source is looked up on its link",
     "net fe80::/64 dev r0\nnet fe80::/64 dev r1\n", "fd00:1::1/128 in r1 from fe80::9/128",
     REVERSE_PATH_SAME_LINK},
    {"by a link that is not there", "route 0.0.0.0/0 dev @99\n", PACKET "8.8.8.8/32",
     REVERSE_PATH_OTHER_LINK},
    {"blackhole", "route 8.0.0.0/8 type 6\n", PACKET "8.8.8.8/32", REVERSE_PATH_NONE},
    {"prohibited", "route 8.0.0.0/8 type 8\n", PACKET "8.8.8.8/32", REVERSE_PATH_NONE},
    {"a broadcast address", DEFAULT, PACKET "172.20.1.255/32", REVERSE_PATH_NONE},
    {"a group", DEFAULT, PACKET "224.0.0.251/32", REVERSE_PATH_NONE},
    {"IPv6: by a link that is not there", "route ::/0 dev @99 dev r1\n",
     "fd00:1::1/128 in r1 from 2a00::1/128", REVERSE_PATH_UNKNOWN},
    {"IPv6: all of two ways", "route ::/0 dev r1 via fd00:1::2 dev r1 via fd00:1::3\n",
     "fd00:1::1/128 in r1 from 2a00::1/128", REVERSE_PATH_SAME_LINK},
    {"IPv6: equal routes", "route ::/0 dev r0\nroute ::/0 dev r1\n",
     "fd00:1::1/128 in r1 from 2a00::1/128", REVERSE_PATH_UNKNOWN},
    {"IPv6: unreachable", "route 2a00::/16 type 7\n", "fd00:1::1/128 in r1 from 2a00::1/128",
     REVERSE_PATH_NONE},
    {"IPv6: in a VRF",
     VRF "rule 6 priority 1000 l3mdev\nroute 2a00::/16 dev v0 table 10\n" MAIN DEFAULT,
     "2a00::9/128 in blue out blue from 2a00::1/128", REVERSE_PATH_SAME_LINK},
    {"IPv6: a site's address is no link's", "net fec0::/10 dev r0\n",
     "fd00:1::1/128 in r1 from fec0::9/128", REVERSE_PATH_OTHER_LINK},
    {"in a VRF", VRF "rule 4 priority 1000 l3mdev\n" MAIN DEFAULT,
     "10.3.0.9/32 in blue out blue from 10.3.0.8/32", REVERSE_PATH_SAME_LINK},
};

static void test_back(void **state)
{
    const BackCase *test = *state;
    g_autofree char *host = g_strconcat(LINKS, test->host, NULL);
    g_autoptr(Snapshot) snapshot = sketch(host);
    snapshot->routes_complete = TRISTATE_YES;
    Question packet;
    parse_question(snapshot, test->packet, &packet);
    assert_int_equal(reverse_path_of(snapshot, &packet.question), test->path);
}

/* The rules see the packet the other way round. */
static void test_the_way_back_is_by_rules(G_GNUC_UNUSED void **state)
{
    g_autoptr(Snapshot) snapshot = sketch(LINKS RULE("from 172.20.1.1/32 iif r2 sport 80"));
    snapshot->routes_complete = TRISTATE_YES;
    Question packet;
    parse_question(snapshot, "172.20.1.1/32 in r0 from 8.8.8.8/32 tcp dport 80", &packet);
    packet.question.leaves = snapshot_link_by_name(snapshot, "r2");
    assert_string_equal(reverse_path_routing(snapshot, &packet.question).out->name, "r1");
    packet.question.any_source = true;
    assert_int_equal(reverse_path_routing(snapshot, &packet.question).kind, ROUTING_UNKNOWN);
}

int main(void)
{
    const struct CMUnitTest others[] = {
        cmocka_unit_test(test_routes_that_are_not_all_known),
        cmocka_unit_test(test_the_way_back_is_by_rules),
    };
    return RUN_CASES(test_routing, tables) + RUN_CASES(test_routing, addresses) +
           RUN_CASES(test_routing, rules) + RUN_CASES(test_routing, vrfs) +
           RUN_CASES(test_routing, sources) + RUN_CASES(test_back, backs) +
           cmocka_run_group_tests(others, NULL, NULL);
}
