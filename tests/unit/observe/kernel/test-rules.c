/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Routing rules as rtnetlink tells them. */
#include "observe/kernel/rules.h"

#include "netlink-messages.h"
#include "recorded-routes.h"

#include <linux/fib_rules.h>
#include <linux/if.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

static bool read_rule(const struct nlmsghdr *message, char **text, GError **error)
{
    g_autoptr(Rule) rule = rule_from_message(message, error);
    if (rule == NULL)
        return false;
    GString *result = g_string_new(NULL);
    g_string_printf(result, "IPv%u %u:%s action %u", (guint)rule->family, rule->priority,
                    rule->inverted ? " not" : "", rule->action);
    append_number(result, " table ", rule->table);
    append_text(result, "", rule->l3mdev ? " l3mdev" : NULL);
    append_text(result, " iif ", rule->iif);
    append_text(result, " oif ", rule->oif);
    if (rule->has_source)
        append_prefix(result, " from ", &rule->source);
    if (rule->has_destination)
        append_prefix(result, " to ", &rule->destination);
    append_number(result, " mark ", rule->mark);
    append_number(result, " mask ", rule->mark_mask);
    append_number(result, " target ", rule->target);
    append_number(result, " tos ", rule->tos);
    append_number(result, " protocol ", rule->ip_protocol);
    if (rule->source_ports.last != 0)
        g_string_append_printf(result, " sport %u-%u", rule->source_ports.first,
                               rule->source_ports.last);
    if (rule->destination_ports.last != 0)
        g_string_append_printf(result, " dport %u-%u", rule->destination_ports.first,
                               rule->destination_ports.last);
    append_text(result, "", rule->other_selector ? " and more" : NULL);
    if (rule->suppress_prefix_length != -1)
        g_string_append_printf(result, " suppress %d", rule->suppress_prefix_length);
    *text = g_string_free(result, FALSE);
    return true;
}

static const MessageCase recorded[] = {
    {"not from all fwmark 0xca6c lookup 51820, as wg-quick makes it", recorded_rule,
     .text = "IPv4 32765: not action 1 table 51820 mark 51820 mask 4294967295"},
};

static const struct fib_rule_hdr ipv4 = {
    .family = AF_INET, .table = RT_TABLE_MAIN, .action = FR_ACT_TO_TBL};
static const struct fib_rule_hdr ipv6 = {
    .family = AF_INET6, .table = RT_TABLE_COMPAT, .action = FR_ACT_TO_TBL};
static const struct fib_rule_hdr no_table = {.family = AF_INET, .action = FR_ACT_TO_TBL};
static const struct fib_rule_hdr jump = {.family = AF_INET, .action = FR_ACT_GOTO};
static const struct fib_rule_hdr ends = {
    .family = AF_INET, .src_len = 16, .dst_len = 15, .action = FR_ACT_PROHIBIT};
static const struct fib_rule_hdr from_ipv6 = {
    .family = AF_INET6, .src_len = 32, .action = FR_ACT_BLACKHOLE};
static const struct fib_rule_hdr too_long = {.family = AF_INET, .src_len = 33};
static const struct fib_rule_hdr multicast = {.family = 128, .action = FR_ACT_TO_TBL};

static const struct fib_rule_hdr with_tos = {
    .family = AF_INET, .tos = 16, .table = RT_TABLE_MAIN, .action = FR_ACT_TO_TBL};
static const struct fib_rule_port_range ports = {1000, 2000};
static const struct fib_rule_port_range port = {80, 80};
enum { DPORT_MASK = 29 };

#define RULE(header, ...) .type = RTM_NEWRULE, HEADER(header), .pieces = PIECES(__VA_ARGS__)

static const MessageCase made[] = {
    {"the table of the header, where there is no other", .type = RTM_NEWRULE, HEADER(ipv4),
     .text = "IPv4 0: action 1 table 254"},
    {"a table beyond 255", RULE(ipv6, U32(FRA_PRIORITY, 7), U32(FRA_TABLE, 100000)),
     .text = "IPv6 7: action 1 table 100000"},
    {"l3mdev", RULE(no_table, U32(FRA_TABLE, 0), U8(FRA_L3MDEV, 1)),
     .text = "IPv4 0: action 1 l3mdev"},
    {"goto", RULE(jump, U32(FRA_PRIORITY, 5), U32(FRA_GOTO, 100)),
     .text = "IPv4 5: action 2 target 100"},
    {"links by name", RULE(ipv4, TEXT(FRA_IIFNAME, "cni0"), TEXT(FRA_OIFNAME, "x\xff")),
     .text = "IPv4 0: action 1 table 254 iif cni0 oif x/ff"},
    {"from and to", RULE(ends, BYTES(FRA_SRC, 10, 9, 0, 0), BYTES(FRA_DST, 10, 8, 0, 0)),
     .text = "IPv4 0: action 8 from 10.9.0.0/16 to 10.8.0.0/15"},
    {"from IPv6",
     RULE(from_ipv6, BYTES(FRA_SRC, 0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)),
     .text = "IPv6 0: action 6 from 2001:db8::/32"},
    {"part of a mark", RULE(ipv4, U32(FRA_FWMARK, 1), U32(FRA_FWMASK, 255)),
     .text = "IPv4 0: action 1 table 254 mark 1 mask 255"},
    {"a mark of zero under a mask", RULE(ipv4, U32(FRA_FWMASK, 255)),
     .text = "IPv4 0: action 1 table 254 mask 255"},
    {"suppress_prefixlength 0", RULE(ipv4, U32(FRA_SUPPRESS_PREFIXLEN, 0)),
     .text = "IPv4 0: action 1 table 254 suppress 0"},
    {"a length to suppress that no prefix has", RULE(ipv4, U32(FRA_SUPPRESS_PREFIXLEN, G_MAXINT)),
     .text = "IPv4 0: action 1 table 254 suppress 128"},
    {"a type of service", RULE(with_tos, U32(FRA_FLOW, 1)),
     .text = "IPv4 0: action 1 table 254 tos 16"},
    {"a protocol and ports",
     RULE(ipv4, U8(FRA_IP_PROTO, 6), STRUCT(FRA_SPORT_RANGE, ports), STRUCT(FRA_DPORT_RANGE, port)),
     .text = "IPv4 0: action 1 table 254 protocol 6 sport 1000-2000 dport 80-80"},
    {"a mask of a port that is the whole port, as Linux 6.15 tells it",
     RULE(ipv4, STRUCT(FRA_DPORT_RANGE, port), U16(DPORT_MASK, 0xffff)),
     .text = "IPv4 0: action 1 table 254 dport 80-80"},
    {"part of a port", RULE(ipv4, STRUCT(FRA_DPORT_RANGE, port), U16(DPORT_MASK, 0xff)),
     .text = "IPv4 0: action 1 table 254 dport 80-80 and more"},
    {"users", RULE(ipv4, BYTES(FRA_UID_RANGE, 0, 0, 0, 0, 0, 0, 0, 0)),
     .text = "IPv4 0: action 1 table 254 and more"},
    {"a group of links to suppress", RULE(ipv4, U32(FRA_SUPPRESS_IFGROUP, 5)),
     .text = "IPv4 0: action 1 table 254 and more"},
    {"no group of links to suppress, a realm and who made it",
     RULE(ipv4, U32(FRA_SUPPRESS_IFGROUP, G_MAXUINT32), U32(FRA_FLOW, 1), U8(FRA_PROTOCOL, 4)),
     .text = "IPv4 0: action 1 table 254"},
    {"a selector of tomorrow's kernel", RULE(ipv4, U32(99, 1)),
     .text = "IPv4 0: action 1 table 254 and more"},
    {"nothing suppressed", RULE(ipv4, U32(FRA_SUPPRESS_PREFIXLEN, G_MAXUINT32)),
     .text = "IPv4 0: action 1 table 254"},
};

static const MessageCase malformed[] = {
    {"half a header", .type = RTM_NEWRULE, .header = &ipv4, .header_size = 8},
    {"a family that has no such rules", .type = RTM_NEWRULE, HEADER(multicast)},
    {"a source that is not there", .type = RTM_NEWRULE, HEADER(ends)},
    {"a source of the other family", RULE(from_ipv6, BYTES(FRA_SRC, 10, 9, 0, 0))},
    {"a source longer than an address", RULE(too_long, BYTES(FRA_SRC, 10, 9, 0, 0))},
    {"a priority of two bytes", RULE(ipv4, U16(FRA_PRIORITY, 1))},
    {"a name of a link that is too long", RULE(ipv4, TEXT(FRA_IIFNAME, "abcdefghijklmnop"))},
    {"one port of a range", RULE(ipv4, U16(FRA_DPORT_RANGE, 80))},
    {"a negative length to suppress", RULE(ipv4, U32(FRA_SUPPRESS_PREFIXLEN, 0x80000000))},
};

static void test_message(void **state)
{
    check_message(*state, read_rule);
}

static void test_broken(void **state)
{
    check_broken(*state, read_rule);
}

int main(void)
{
    return RUN_RECORDED(test_message, recorded) + RUN_CASES(test_message, made) +
           RUN_CASES(test_broken, made) + RUN_CASES(test_message, malformed);
}
