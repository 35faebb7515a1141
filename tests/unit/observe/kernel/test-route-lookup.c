/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Questions about the route of a packet, and the kernel's answers. */
#include "observe/kernel/route-lookup.h"

#include "netlink-messages.h"

#include <errno.h>
#include <linux/rtnetlink.h>
#include <netinet/in.h>

/* ---- answers ---- */

static const char *const fates[] = {
    [ROUTE_FATE_FORWARDED] = "forwarded",   [ROUTE_FATE_LOCAL] = "local",
    [ROUTE_FATE_BROADCAST] = "broadcast",   [ROUTE_FATE_MULTICAST] = "multicast",
    [ROUTE_FATE_NO_ROUTE] = "no route",     [ROUTE_FATE_UNREACHABLE] = "unreachable",
    [ROUTE_FATE_PROHIBITED] = "prohibited", [ROUTE_FATE_BLACKHOLE] = "blackhole",
    [ROUTE_FATE_INVALID] = "invalid",       [ROUTE_FATE_NO_LINK] = "no link",
    [ROUTE_FATE_OTHER] = "other",
};

static char *answer_text(const RouteAnswer *answer)
{
    GString *text = g_string_new(fates[answer->fate]);
    append_number(text, " dev ", (guint64)answer->oif);
    append_address(text, " via ", answer->has_gateway, &answer->gateway);
    append_address(text, " source ", answer->has_source, &answer->source);
    append_number(text, " table ", answer->table);
    if (answer->has_prefix)
        append_prefix(text, " by ", &answer->prefix);
    return g_string_free(text, FALSE);
}

static bool read_answer(const struct nlmsghdr *message, char **text, GError **error)
{
    RouteAnswer answer;
    if (!route_answer_from_message(message, &answer, error))
        return false;
    *text = answer_text(&answer);
    return true;
}

#define OF_TYPE(name, family, length, type)                                                        \
    static const struct rtmsg name = {.rtm_family = (family),                                      \
                                      .rtm_dst_len = (length),                                     \
                                      .rtm_table = RT_TABLE_MAIN,                                  \
                                      .rtm_type = (type)}
OF_TYPE(unicast, AF_INET, 32, RTN_UNICAST);
OF_TYPE(by_default, AF_INET, 0, RTN_UNICAST);
OF_TYPE(unicast_ipv6, AF_INET6, 128, RTN_UNICAST);
OF_TYPE(local, AF_INET, 32, RTN_LOCAL);
OF_TYPE(anycast, AF_INET6, 128, RTN_ANYCAST);
OF_TYPE(broadcast, AF_INET, 32, RTN_BROADCAST);
OF_TYPE(multicast, AF_INET, 32, RTN_MULTICAST);
OF_TYPE(unreachable, AF_INET6, 0, RTN_UNREACHABLE);
OF_TYPE(prohibit, AF_INET6, 0, RTN_PROHIBIT);
OF_TYPE(blackhole, AF_INET6, 0, RTN_BLACKHOLE);
OF_TYPE(throw, AF_INET6, 0, RTN_THROW);
OF_TYPE(translated, AF_INET, 0, RTN_NAT);
OF_TYPE(other_family, AF_MPLS, 0, RTN_UNICAST);
OF_TYPE(too_long, AF_INET, 33, RTN_UNICAST);

#define ANSWER(header, ...) .type = RTM_NEWROUTE, HEADER(header), .pieces = PIECES(__VA_ARGS__)
#define DST4                BYTES(RTA_DST, 8, 8, 8, 8)
#define FD_1                0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1

static const MessageCase answers[] = {
    {"by a gateway",
     ANSWER(unicast, DST4, U32(RTA_TABLE, 100), U32(RTA_OIF, 4), BYTES(RTA_GATEWAY, 10, 0, 0, 1),
            BYTES(RTA_PREFSRC, 10, 0, 0, 9)),
     .text = "forwarded dev 4 via 10.0.0.1 source 10.0.0.9 table 100 by 8.8.8.8/32"},
    {"by a gateway of the other family",
     ANSWER(unicast, DST4, U32(RTA_OIF, 4), BYTES(RTA_VIA, AF_INET6, 0, FD_1)),
     .text = "forwarded dev 4 via fd00::1 table 254 by 8.8.8.8/32"},
    {"by the default route", ANSWER(by_default, U32(RTA_OIF, 4)),
     .text = "forwarded dev 4 table 254 by 0.0.0.0/0"},
    {"IPv6", ANSWER(unicast_ipv6, BYTES(RTA_DST, FD_1), U32(RTA_OIF, 4)),
     .text = "forwarded dev 4 table 254 by fd00::1/128"},
    {"to this host", ANSWER(local, DST4, U32(RTA_OIF, 1)),
     .text = "local dev 1 table 254 by 8.8.8.8/32"},
    {"to an anycast address of this host", ANSWER(anycast, BYTES(RTA_DST, FD_1)),
     .text = "local table 254 by fd00::1/128"},
    {"broadcast", ANSWER(broadcast, DST4), .text = "broadcast table 254 by 8.8.8.8/32"},
    {"multicast", ANSWER(multicast, DST4), .text = "multicast table 254 by 8.8.8.8/32"},
    {"unreachable", .type = RTM_NEWROUTE, HEADER(unreachable),
     .text = "unreachable table 254 by ::/0"},
    {"prohibited", .type = RTM_NEWROUTE, HEADER(prohibit), .text = "prohibited table 254 by ::/0"},
    {"blackhole", .type = RTM_NEWROUTE, HEADER(blackhole), .text = "blackhole table 254 by ::/0"},
    {"throw", .type = RTM_NEWROUTE, HEADER(throw), .text = "no route table 254 by ::/0"},
    {"a type that no kernel has", .type = RTM_NEWROUTE, HEADER(translated),
     .text = "other table 254 by 0.0.0.0/0"},
};

static const MessageCase malformed[] = {
    {"half a header", .type = RTM_NEWROUTE, .header = &unicast, .header_size = 8},
    {"another family", .type = RTM_NEWROUTE, HEADER(other_family)},
    {"no destination", ANSWER(unicast, U32(RTA_OIF, 4))},
    {"a prefix longer than the address", ANSWER(too_long, DST4)},
    {"an IPv6 destination of an IPv4 route", ANSWER(unicast, BYTES(RTA_DST, FD_1))},
    {"a gateway of five bytes", ANSWER(unicast, DST4, BYTES(RTA_GATEWAY, 1, 2, 3, 4, 5))},
    {"a gateway of no family", ANSWER(unicast, DST4, BYTES(RTA_VIA, 0, 0, 1, 2, 3, 4))},
    {"a source of five bytes", ANSWER(unicast, DST4, BYTES(RTA_PREFSRC, 1, 2, 3, 4, 5))},
};

static void test_answer(void **state)
{
    check_message(*state, read_answer);
}

static void test_broken(void **state)
{
    check_broken(*state, read_answer);
}

/* ---- errors ---- */

typedef struct {
    const char *name;
    int error;
    Family family;
    int iif;
    RouteFate fate;
} ErrorCase;

static const ErrorCase errors[] = {
    {"no route", ENETUNREACH, FAMILY_IPV4, 0, ROUTE_FATE_NO_ROUTE},
    {"a throw route", EAGAIN, FAMILY_IPV4, 0, ROUTE_FATE_NO_ROUTE},
    {"an unreachable route", EHOSTUNREACH, FAMILY_IPV4, 0, ROUTE_FATE_UNREACHABLE},
    {"a prohibit route", EACCES, FAMILY_IPV6, 0, ROUTE_FATE_PROHIBITED},
    {"a blackhole route", EINVAL, FAMILY_IPV4, 0, ROUTE_FATE_BLACKHOLE},
    {"a martian, or a blackhole route", EINVAL, FAMILY_IPV4, 3, ROUTE_FATE_INVALID},
    {"IPv6 has no martians here", EINVAL, FAMILY_IPV6, 3, ROUTE_FATE_BLACKHOLE},
    {"the reverse path filter", EXDEV, FAMILY_IPV4, 3, ROUTE_FATE_INVALID},
    {"a link that is gone", ENODEV, FAMILY_IPV4, 3, ROUTE_FATE_NO_LINK},
    {"anything else", ENOMEM, FAMILY_IPV4, 0, ROUTE_FATE_OTHER},
};

static void test_error(void **state)
{
    const ErrorCase *test = *state;
    const RouteQuestion question = {.destination.family = test->family, .iif = test->iif};
    RouteFate fate = route_fate_from_error(&question, test->error);
    assert_int_equal(fate, test->fate);
    assert_true(strlen(route_fate_reason(fate)) > 0);
}

/* ---- questions ---- */

typedef struct {
    const char *name;
    RouteQuestion question;
    const char *types; /* the attributes it has, and their sizes */
    guint32 flags;     /* of RTM_F_LOOKUP_TABLE, what is asked for */
} QuestionCase;

static const IpAddress source4 = {.family = FAMILY_IPV4, .bytes = {10, 0, 0, 2}};
static const IpAddress source6 = {.family = FAMILY_IPV6, .bytes = {0xfd, [15] = 2}};

#define TO4 .destination = {.family = FAMILY_IPV4, .bytes = {8, 8, 8, 8}}
#define TO6 .destination = {.family = FAMILY_IPV6, .bytes = {0xfd}}

static const QuestionCase questions[] = {
    {"a destination", {TO4}, "dst/4", RTM_F_LOOKUP_TABLE},
    {"a source", {TO4, .source = &source4}, "dst/4 src/4", RTM_F_LOOKUP_TABLE},
    {"IPv6 tells the table unasked", {TO6, .source = &source6}, "dst/16 src/16", 0},
    {"links and a mark",
     {TO4, .iif = 1, .oif = 2, .mark = 3},
     "dst/4 iif/4 oif/4 mark/4",
     RTM_F_LOOKUP_TABLE},
    {"TCP with ports",
     {TO4, .protocol = IPPROTO_TCP, .source_port = 1, .destination_port = 2},
     "dst/4 protocol/1 sport/2 dport/2",
     RTM_F_LOOKUP_TABLE},
    {"UDP with one port",
     {TO4, .protocol = IPPROTO_UDP, .destination_port = 53},
     "dst/4 protocol/1 dport/2",
     RTM_F_LOOKUP_TABLE},
    {"ICMP has no ports",
     {TO4, .protocol = IPPROTO_ICMP, .destination_port = 8},
     "dst/4 protocol/1",
     RTM_F_LOOKUP_TABLE},
    {"ICMPv6", {TO6, .protocol = IPPROTO_ICMPV6}, "dst/16 protocol/1", 0},
    {"ICMP over IPv6", {TO6, .protocol = IPPROTO_ICMP}, "dst/16", 0},
    {"SCTP, which the kernel refuses to be asked about",
     {TO4, .protocol = IPPROTO_SCTP, .destination_port = 2},
     "dst/4",
     RTM_F_LOOKUP_TABLE},
};

static const char *attribute_name(int type)
{
    static const char *const names[RTA_MAX + 1] = {
        [RTA_DST] = "dst",     [RTA_SRC] = "src",           [RTA_IIF] = "iif",
        [RTA_OIF] = "oif",     [RTA_IP_PROTO] = "protocol", [RTA_SPORT] = "sport",
        [RTA_DPORT] = "dport", [RTA_MARK] = "mark",
    };
    return names[type];
}

static void test_question(void **state)
{
    const QuestionCase *test = *state;
    g_autoptr(NetlinkRequest) request = route_question_request(&test->question, RTM_F_LOOKUP_TABLE);
    struct nlmsghdr *message = nlmsg_hdr(request);
    const struct rtmsg *header = nlmsg_data(message);
    g_autoptr(GString) types = g_string_new(NULL);
    struct nlattr *attribute;
    int rest;
    nlmsg_for_each_attr(attribute, message, sizeof(struct rtmsg), rest)
    {
        g_string_append_printf(types, "%s%s/%d", types->len > 0 ? " " : "",
                               attribute_name(nla_type(attribute)), nla_len(attribute));
    }
    assert_string_equal(types->str, test->types);
    assert_int_equal(header->rtm_flags, test->flags);
    guint8 bits = ip_address_bits(test->question.destination.family);
    assert_int_equal(header->rtm_dst_len, bits);
    assert_int_equal(header->rtm_src_len, test->question.source != NULL ? bits : 0);
}

/* ---- the kernel that runs this ---- */

static void test_lookup(void **state)
{
    (void)state;
    g_autoptr(GError) error = NULL;
    g_autoptr(Netlink) netlink = netlink_new(NETLINK_ROUTE, &error);
    const RouteQuestion question = {
        .destination = {.family = FAMILY_IPV4, .bytes = {127, 0, 0, 1}}};
    RouteAnswer answer;
    assert_non_null(netlink);
    assert_true(route_lookup(netlink, &question, &answer, &error));
    /* Where loopback is down, as in a namespace just made, nothing leads there. */
    assert_true(answer.fate == ROUTE_FATE_LOCAL ? answer.oif == 1 : answer.error == ENETUNREACH);
}

int main(void)
{
    const struct CMUnitTest live[] = {cmocka_unit_test(test_lookup)};
    return RUN_CASES(test_answer, answers) + RUN_CASES(test_broken, answers) +
           RUN_CASES(test_answer, malformed) + RUN_CASES(test_error, errors) +
           RUN_CASES(test_question, questions) + cmocka_run_group_tests(live, NULL, NULL);
}
