/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a packet to a port is looked up among, and in which order. */
#include "model/host/filter-index.h"

#include "cases.h"

#define TCP(port)  "port port=\"" port "\" protocol=\"tcp\" "
#define FROM(host) "rule family=\"ipv4\" source address=\"" host "\" "

/* By name, in the order in which firewalld lists them. */
static const struct {
    const char *name;
    const char *text;
} rules[] = {
    {"ssh", FROM("10.0.0.1") TCP("22") "accept"},
    {"all", FROM("10.0.0.2") "accept"},
    {"web", FROM("10.0.0.3") TCP("80") "accept"},
    {"range", FROM("10.0.0.4") TCP("20-90") "accept"},
    {"no-ssh", FROM("10.0.0.5") TCP("22") "drop"},
    {"ping", "rule icmp-block name=\"echo-request\""},
    {"late", "rule priority=\"9\" " TCP("22") "accept"},
    {"latest", "rule priority=\"99\" " TCP("22") "reject"},
    {"earlier", "rule priority=\"-2\" " TCP("22") "accept"},
    {"early", "rule priority=\"-1\" protocol value=\"tcp\" drop"},
    {"earliest", "rule priority=\"-3\" " TCP("22") "accept"},
    {"odd", "rule of no kind"},
    {"log", "rule " TCP("22") "log"},
    {"mark", "rule " TCP("22") "mark set=\"1\""},
    {"forward", "rule family=\"ipv4\" forward-port port=\"22\" protocol=\"tcp\" to-port=\"2222\""},
    {"forward-web",
     "rule family=\"ipv4\" forward-port port=\"80\" protocol=\"tcp\" to-port=\"81\""},
    {"masquerade", "rule family=\"ipv4\" source address=\"10.0.0.0/8\" masquerade"},
};

typedef struct {
    const char *name;
    RichPhase phase;
    guint16 port;
    const char *found;
} PhaseCase;

static const PhaseCase phases[] = {
    {"before all, by priority", RICH_PHASE_PRE, 22, "earliest earlier early odd"},
    {"before all, to a port without rules", RICH_PHASE_PRE, 443, "early odd"},
    {"refused", RICH_PHASE_DENY, 22, "no-ssh ping"},
    {"refused, to a port without rules", RICH_PHASE_DENY, 443, "ping"},
    {"accepted, as listed", RICH_PHASE_ALLOW, 22, "ssh all range"},
    {"accepted by another port", RICH_PHASE_ALLOW, 80, "all web range"},
    {"to a port that is not known", RICH_PHASE_ALLOW, 0, "ssh all web range"},
    {"after all, by priority", RICH_PHASE_POST, 22, "late latest"},
    {"nothing", RICH_PHASE_POST, 80, ""},
};

static const char *name_of(const char *text)
{
    for (guint i = 0; i < G_N_ELEMENTS(rules); i++) {
        if (g_str_equal(rules[i].text, text))
            return rules[i].name;
    }
    return text;
}

static char *names_of(PortWalk walk)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    for (const RichRule *rule = port_walk_next(&walk); rule != NULL; rule = port_walk_next(&walk))
        g_ptr_array_add(names, (gpointer)name_of(rule->text));
    g_ptr_array_add(names, NULL);
    return g_strjoinv(" ", (char **)names->pdata);
}

static Zone *zone_with_rules(void)
{
    Zone *zone = zone_new("public");
    for (guint i = 0; i < G_N_ELEMENTS(rules); i++)
        g_ptr_array_add(zone->filter.rich_rules, rich_rule_parse(rules[i].text));
    return zone;
}

static void test_phase(void **state)
{
    const PhaseCase *row = *state;
    g_autoptr(Zone) zone = zone_with_rules();
    g_autofree char *found = names_of(filter_rich_rules(&zone->filter, row->phase, row->port));
    assert_string_equal(found, row->found);
}

static void test_rewrites(void **state G_GNUC_UNUSED)
{
    g_autoptr(Zone) zone = zone_with_rules();
    g_autofree char *ssh = names_of(filter_rich_forward_ports(&zone->filter, 22));
    g_autofree char *any = names_of(filter_rich_forward_ports(&zone->filter, 0));
    g_autofree char *masquerades = names_of(filter_rich_masquerades(&zone->filter));
    assert_string_equal(ssh, "forward");
    assert_string_equal(any, "forward forward-web");
    assert_string_equal(masquerades, "odd masquerade");
}

static guint count_ports(const Zone *zone, guint16 port)
{
    guint count = 0;
    PortWalk walk = filter_ports(&zone->filter, port);
    while (port_walk_next(&walk) != NULL)
        count++;
    return count;
}

/* A port that a plan adds is found, although the list has been asked before. */
static void test_a_port_is_added(void **state G_GNUC_UNUSED)
{
    g_autoptr(Zone) zone = zone_new("public");
    g_ptr_array_add(zone->filter.ports, port_range_parse("80", "tcp"));
    g_ptr_array_add(zone->filter.ports, port_range_parse("", "tcp"));
    assert_int_equal(count_ports(zone, 22), 1);
    zone_own_ports(zone);
    g_ptr_array_add(zone->filter.ports, port_range_parse("22", "tcp"));
    assert_int_equal(count_ports(zone, 22), 2);
    assert_int_equal(count_ports(zone, 0), 3);
}

int main(void)
{
    static const struct CMUnitTest single[] = {
        cmocka_unit_test(test_rewrites),
        cmocka_unit_test(test_a_port_is_added),
    };
    return RUN_CASES(test_phase, phases) + cmocka_run_group_tests(single, NULL, NULL);
}
