/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What "ip route show table all" and "ip rule" print, and what is taken from it. */
#include "sosreport/routes-text.h"

#include "cases.h"
#include "model/foreach.h"
#include "sketch.h"

#define LINKS "link eth0 physical\nlink eth1 physical\nlink tun0 tun\n"

typedef struct {
    const char *name;
    const char *text;
    const char *told; /* of the only route; "": none is kept; "?": not understood */
} RouteCase;

static const RouteCase routes[] = {
    {"a default route", "default via 192.0.2.1 dev eth0 proto dhcp metric 100",
     "wide 0.0.0.0/0 type 1 table 254 proto 16 metric 100 dev 1 via 192.0.2.1"},
    {"one of IPv6", "default via fe80::1 dev eth0 proto ra metric 1024 pref medium",
     "wide ::/0 type 1 table 254 proto 9 metric 1024 dev 1 via fe80::1"},
    {"one of IPv6 without a gateway", "default dev tun0 metric 1024 pref medium",
     "wide ::/0 type 1 table 254 proto 3 metric 1024 dev 3"},
    {"a network", "10.0.0.0/8 dev eth1 table 100 proto static scope link src 10.0.0.7",
     "narrow 10.0.0.0/8 type 1 table 100 proto 4 src 10.0.0.7 dev 2"},
    {"half of all", "128.0.0.0/1 via 10.8.0.1 dev tun0",
     "wide 128.0.0.0/1 type 1 table 254 proto 3 dev 3 via 10.8.0.1"},
    {"all of the Internet", "2000::/3 via fe80::1 dev eth0 metric 1024 pref medium",
     "wide 2000::/3 type 1 table 254 proto 3 metric 1024 dev 1 via fe80::1"},
    {"a named table", "default via 192.0.2.1 dev eth0 table vpn",
     "wide 0.0.0.0/0 type 1 table 42 proto 3 dev 1 via 192.0.2.1"},
    {"a gateway of the other family", "default via inet6 fe80::1 dev eth0",
     "wide 0.0.0.0/0 type 1 table 254 proto 3 dev 1 via fe80::1"},
    {"two nexthops",
     "default proto static metric 20 \n\tnexthop via 192.0.2.1 dev eth0 weight 2 \n"
     "\tnexthop via 198.51.100.1 dev eth1 weight 1 linkdown ",
     "wide 0.0.0.0/0 type 1 table 254 proto 4 metric 20 dev 1 via 192.0.2.1 weight 2 dev 2 via "
     "198.51.100.1 flags 0x10"},
    {"unreachable", "unreachable default dev eth0 metric 4294967295 error -101 pref medium",
     "narrow ::/0 type 7 table 254 proto 3 metric 4294967295 dev 1"},
    {"a black hole", "blackhole 10.9.0.0/16", "narrow 10.9.0.0/16 type 6 table 254 proto 3"},
    {"of the kernel itself",
     "local 192.0.2.7 dev eth0 table local proto kernel scope host src 192.0.2.7", ""},
    {"a device that is not there", "default via 192.0.2.1 dev eth7", "?"},
    {"a table that has no number", "default via 192.0.2.1 dev eth0 table lost", "?"},
    {"a gateway that is none", "default via nowhere dev eth0", "?"},
    {"an error of ip", "Command \"rout\" is unknown, try \"ip route help\".", "?"},
    {"a further nexthop of nothing", "\tnexthop via 192.0.2.1 dev eth0 weight 2", "?"},
};

static void append_route(GString *text, const char *list, const Route *route)
{
    g_autofree char *to = ip_prefix_to_string(&route->destination);
    g_string_append_printf(text, "%s %s type %u table %u proto %u", list, to, route->type,
                           route->table, route->protocol);
    if (route->metric != 0)
        g_string_append_printf(text, " metric %u", route->metric);
    g_autofree char *source =
        route->has_preferred_source ? ip_address_to_string(&route->preferred_source) : NULL;
    if (source != NULL)
        g_string_append_printf(text, " src %s", source);
    ARRAY_FOREACH (const Nexthop, nexthop, route->nexthops) {
        g_autofree char *via =
            nexthop->has_gateway ? ip_address_to_string(&nexthop->gateway) : NULL;
        g_string_append_printf(text, " dev %d%s%s", nexthop->oif, via != NULL ? " via " : "",
                               via != NULL ? via : "");
        if (nexthop->weight != 1)
            g_string_append_printf(text, " weight %u", nexthop->weight);
        if (nexthop->flags != 0)
            g_string_append_printf(text, " flags 0x%x", nexthop->flags);
    }
}

static GHashTable *tables(void)
{
    char *const lines[] = {(char *)"# reserved values", (char *)"42\tvpn", (char *)"x y", NULL};
    return table_names_from_text(lines);
}

static void test_routes(void **state)
{
    const RouteCase *row = *state;
    g_autoptr(Snapshot) snapshot = sketch(LINKS);
    g_autoptr(GHashTable) names = tables();
    g_auto(GStrv) lines = g_strsplit(row->text, "\n", -1);
    g_autoptr(GString) told = g_string_new(NULL);
    guint unclear = routes_from_text(lines, names, snapshot);
    PTR_ARRAY_FOREACH (const Route, wide, snapshot->routes)
        append_route(told, "wide", wide);
    PTR_ARRAY_FOREACH (const Route, narrow, snapshot->narrow_routes)
        append_route(told, "narrow", narrow);
    assert_string_equal(unclear > 0 ? "?" : told->str, row->told);
}

typedef struct {
    const char *name;
    const char *text;
    Rule rule;
} RuleCase;

#define RULE_OF(does, suppresses, ...)                                                             \
    {                                                                                              \
        .family = FAMILY_IPV4, .action = (does), .suppress_prefix_length = (suppresses),           \
        __VA_ARGS__                                                                                \
    }
#define RULE(...) RULE_OF(FR_ACT_TO_TBL, -1, __VA_ARGS__)

static const RuleCase rules[] = {
    {"all", "32766:\tfrom all lookup main", RULE(.priority = 32766, .table = 254)},
    {"a named table", "10:\tfrom all lookup vpn", RULE(.priority = 10, .table = 42)},
    {"a mark, inverted", "9:\tnot from all fwmark 0xca6c lookup 51820",
     RULE(.priority = 9, .table = 51820, .inverted = true, .mark = 0xca6c,
          .mark_mask = 0xffffffff)},
    {"a mark with a mask", "9:\tfrom all fwmark 0x20000/0xff0000 lookup main",
     RULE(.priority = 9, .table = 254, .mark = 0x20000, .mark_mask = 0xff0000)},
    {"suppressed", "8:\tfrom all lookup main suppress_prefixlength 0",
     RULE_OF(FR_ACT_TO_TBL, 0, .priority = 8, .table = 254)},
    {"a VRF", "1000:\tfrom all lookup [l3mdev-table]", RULE(.priority = 1000, .l3mdev = true)},
    {"ports", "7:\tfrom all ipproto tcp sport 10-20 dport 443 lookup main",
     RULE(.priority = 7, .table = 254, .ip_protocol = 6, .source_ports = {10, 20},
          .destination_ports = {443, 443})},
    {"unreachable", "6:\tfrom all tos 0x10 unreachable",
     RULE_OF(FR_ACT_UNREACHABLE, -1, .priority = 6, .tos = 16)},
    {"a jump", "5:\tfrom all goto 100", RULE_OF(FR_ACT_GOTO, -1, .priority = 5, .target = 100)},
    {"a user", "4:\tfrom all uidrange 0-99 lookup main",
     RULE(.priority = 4, .table = 254, .other_selector = true)},
    {"a table without a number", "4:\tfrom all lookup lost",
     RULE(.priority = 4, .other_selector = true)},
};

static void test_rules(void **state)
{
    const RuleCase *row = *state;
    g_autoptr(Snapshot) snapshot = snapshot_new();
    g_autoptr(GHashTable) names = tables();
    char *const lines[] = {(char *)row->text, NULL};
    assert_int_equal(rules_from_text(lines, names, FAMILY_IPV4, snapshot), 0);
    const Rule *rule = g_ptr_array_index(snapshot->rules, 0);
    assert_int_equal(rule->priority, row->rule.priority);
    assert_int_equal(rule->action, row->rule.action);
    assert_int_equal(rule->table, row->rule.table);
    assert_int_equal(rule->target, row->rule.target);
    assert_int_equal(rule->l3mdev, row->rule.l3mdev);
    assert_int_equal(rule->inverted, row->rule.inverted);
    assert_int_equal(rule->mark, row->rule.mark);
    assert_int_equal(rule->mark_mask, row->rule.mark_mask);
    assert_int_equal(rule->tos, row->rule.tos);
    assert_int_equal(rule->ip_protocol, row->rule.ip_protocol);
    assert_memory_equal(&rule->source_ports, &row->rule.source_ports, sizeof(RulePorts));
    assert_memory_equal(&rule->destination_ports, &row->rule.destination_ports, sizeof(RulePorts));
    assert_int_equal(rule->other_selector, row->rule.other_selector);
    assert_int_equal(rule->suppress_prefix_length, row->rule.suppress_prefix_length);
}

static void test_ends_of_a_rule(void **state)
{
    (void)state;
    g_autoptr(Snapshot) snapshot = snapshot_new();
    g_autoptr(GHashTable) names = tables();
    char *const lines[] = {
        (char *)"100:\tfrom 10.0.0.0/8 to 192.0.2.7 iif eth0 oif eth1 lookup 7 proto static",
        (char *)"RTNETLINK answers: Operation not supported", (char *)"", NULL};
    assert_int_equal(rules_from_text(lines, names, FAMILY_IPV4, snapshot), 1);
    const Rule *rule = g_ptr_array_index(snapshot->rules, 0);
    g_autofree char *source = ip_prefix_to_string(&rule->source);
    g_autofree char *destination = ip_prefix_to_string(&rule->destination);
    assert_true(rule->has_source && rule->has_destination && !rule->other_selector);
    assert_string_equal(source, "10.0.0.0/8");
    assert_string_equal(destination, "192.0.2.7/32");
    assert_string_equal(rule->iif, "eth0");
    assert_string_equal(rule->oif, "eth1");
}

int main(void)
{
    const struct CMUnitTest others[] = {cmocka_unit_test(test_ends_of_a_rule)};
    return RUN_CASES(test_routes, routes) + RUN_CASES(test_rules, rules) +
           cmocka_run_group_tests(others, NULL, NULL);
}
