/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What firewall-cmd, firewalld.conf and nft print, and what is taken from it. */
#include "sosreport/firewalld-text.h"

#include "cases.h"

#include <string.h>

static char **lines_of(const char *text)
{
    g_autofree char *whole = g_strndup(text, strlen(text) - 1);
    return g_strsplit(whole, "\n", -1);
}

/* All that firewalld 2.3 prints of a zone, and a setting that nobody knows. */
#define ZONE                                                                                       \
    "work (default, active)\n  target: DROP\n  ingress-priority: -5\n  egress-priority: 7\n"       \
    "  icmp-block-inversion: yes\n  interfaces: eth0 wg+\n  sources: 10.0.0.0/8 ipset:office\n"    \
    "  services: dns ssh\n  ports: 80/tcp 90-99/udp\n  protocols: gre\n  forward: no\n"            \
    "  masquerade: yes\n  forward-ports: \n"                                                       \
    "\tport=80:proto=tcp:toport=8080:toaddr=\n\tport=81:proto=tcp:toport=:toaddr=2001:db8::1\n"    \
    "  source-ports: 53/udp\n  icmp-blocks: echo-reply\n  later-setting: of a later release\n"     \
    "\tof which there is more\n  rich rules: \n\trule family=\"ipv4\" source "                     \
    "address=\"192.0.2.7\" accept\n\n"

static void test_a_zone(void **state)
{
    (void)state;
    g_auto(GStrv) lines = lines_of("drop\n  target: DROP\n  interfaces: \n\n" ZONE);
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) zones = zones_from_text(lines, "zones", &error);
    assert_non_null(zones);
    assert_int_equal(zones->len, 2);
    const Zone *zone = g_ptr_array_index(zones, 1);
    const Filter *filter = &zone->filter;
    assert_string_equal(zone->name, "work");
    assert_int_equal(zone->target, TARGET_DROP);
    assert_int_equal(zone->ingress_priority, -5);
    assert_int_equal(zone->egress_priority, 7);
    assert_int_equal(zone->forward, TRISTATE_NO);
    assert_string_equal(zone->interfaces[1], "wg+");
    assert_int_equal(zone->sources->len, 2);
    assert_true(filter->icmp_block_inversion);
    assert_int_equal(filter->masquerade, TRISTATE_YES);
    assert_string_equal(filter->services[1], "ssh");
    assert_string_equal(filter->protocols[0], "gre");
    assert_string_equal(filter->icmp_blocks[0], "echo-reply");
    assert_int_equal(((PortRange *)g_ptr_array_index(filter->ports, 1))->last, 99);
    assert_int_equal(filter->source_ports->len, 1);
    assert_int_equal(filter->forward_ports->len, 2);
    const ForwardPort *port = g_ptr_array_index(filter->forward_ports, 1);
    assert_string_equal(port->to_address, "2001:db8::1");
    assert_null(port->to_port);
    assert_int_equal(filter->rich_rules->len, 1);
    assert_true(((RichRule *)g_ptr_array_index(filter->rich_rules, 0))->understood);
}

static void test_what_is_not_there_is_not_known(void **state)
{
    (void)state;
    g_auto(GStrv) lines = lines_of("public\n  interfaces: eth0\n");
    g_autoptr(GPtrArray) zones = zones_from_text(lines, "zones", NULL);
    const Zone *zone = g_ptr_array_index(zones, 0);
    assert_int_equal(zone->target, TARGET_UNKNOWN);
    assert_int_equal(zone->forward, TRISTATE_UNKNOWN);
    assert_int_equal(zone->filter.masquerade, TRISTATE_UNKNOWN);
}

static void test_a_policy(void **state)
{
    (void)state;
    g_auto(GStrv) lines = lines_of("pods (active)\n  priority: -1\n  target: ACCEPT\n"
                                   "  ingress-zones: trusted\n  egress-zones: public ANY\n");
    g_autoptr(GPtrArray) policies = policies_from_text(lines, "policies", NULL);
    const Policy *policy = g_ptr_array_index(policies, 0);
    assert_string_equal(policy->name, "pods");
    assert_int_equal(policy->priority, -1);
    assert_int_equal(policy->target, TARGET_ACCEPT);
    assert_true(policy->settings_read);
    assert_string_equal(policy->ingress_zones[0], "trusted");
    assert_string_equal(policy->egress_zones[1], "ANY");
}

typedef struct {
    const char *name;
    const char *text;
    const char *message;
} BadCase;

static const BadCase bad[] = {
    {"nothing", "\n", "zones: line 1 is not"},
    {"firewalld did not run", "FirewallD is not running\n", "zones: line 1 is not"},
    {"a setting without a zone", "  target: DROP\n", "zones: line 1 is not"},
    {"a further line without a setting", "\tport=80\n", "zones: line 1 is not"},
    {"a zone that was cut off", "public\n  target: default\n", "zones: line 3 is not"},
    {"a zone without interfaces", "a\n  target: default\nb\n  interfaces: \n",
     "zones: line 3 is not"},
    {"a setting without a colon", "a\n  interfaces: \n  target\n", "zones: line 3 is not"},
};

static void test_bad(void **state)
{
    const BadCase *row = *state;
    g_autoptr(GError) error = NULL;
    g_auto(GStrv) lines = lines_of(row->text);
    assert_null(zones_from_text(lines, "zones", &error));
    if (!g_str_has_prefix(error->message, row->message))
        fail_msg("%s", error->message);
}

static void test_conf(void **state)
{
    (void)state;
    g_autoptr(Firewalld) firewalld = firewalld_new();
    g_auto(GStrv) lines = lines_of(
        "# DefaultZone=drop\nDefaultZone=work\nFirewallBackend=iptables\nLogDenied=all \n"
        "StrictForwardPorts=yes\nIPv6_rpfilter=loose\nRFC3964_IPv4=\nFlushAllOnReload=no\n");
    firewalld_conf_from_text(lines, firewalld);
    assert_string_equal(firewalld->default_zone, "work");
    assert_string_equal(firewalld->log_denied, "all");
    assert_string_equal(firewalld->options.backend, "iptables");
    assert_string_equal(firewalld->options.ipv6_rpfilter, "loose");
    assert_string_equal(firewalld->options.strict_forward_ports, "yes");
    assert_string_equal(firewalld->options.flush_all_on_reload, "no");
    assert_null(firewalld->options.rfc3964_ipv4);
}

/* ---- names in the ruleset ---- */

#define TABLE(chains) "table inet firewalld {\n" chains "}\n"
#define CHAIN(name)                                                                                \
    "\tchain " name " {\n\t\tjump " name "_pre\n\t}\n\tchain " name "_pre {\n\t}\n\tchain " name   \
    "_post {\n\t}\n"

typedef struct {
    const char *name;
    const char *text;
    const char
        *told; /* panic mode, and each policy: with "?" where it may be for what is forwarded */
} RulesetCase;

static const RulesetCase rulesets[] = {
    {"no policies", TABLE(CHAIN("filter_FWD_public")), "panic no"},
    {"one for this host", TABLE(CHAIN("filter_IN_policy_allow-host-ipv6")),
     "panic no, allow-host-ipv6 ANY HOST"},
    {"one for what is forwarded", TABLE(CHAIN("filter_FWD_policy_pods")), "panic no, pods?"},
    {"one for what this host sends", TABLE(CHAIN("filter_OUT_policy_out")),
     "panic no, out HOST ANY"},
    {"a name like that of a part", TABLE(CHAIN("filter_FWD_policy_my_post")), "panic no, my_post?"},
    {"a name like that of a part of another's",
     TABLE(CHAIN("filter_IN_policy_my") CHAIN("filter_FWD_policy_my_post")),
     "panic no, my ANY HOST, my_post?"},
    {"panic mode", TABLE("") "table inet firewalld_policy_drop {\n}\n", "panic yes"},
    {"only tables of others", "table ip nat {\n\tchain filter_FWD_policy_pods {\n\t}\n}\n", "none"},
    {"nothing", "\n", "none"},
};

static void test_rulesets(void **state)
{
    const RulesetCase *row = *state;
    g_autoptr(Firewalld) firewalld = firewalld_new();
    g_auto(GStrv) lines = lines_of(row->text);
    bool is_there = firewalld_names_from_ruleset(lines, firewalld, true);
    g_autoptr(GString) told = g_string_new("none");
    if (is_there)
        g_string_assign(told, firewalld->panic == TRISTATE_YES ? "panic yes" : "panic no");
    for (guint i = 0; is_there && i < firewalld->policies->len; i++) {
        const Policy *policy = g_ptr_array_index(firewalld->policies, i);
        g_string_append_printf(told, ", %s", policy->name);
        if (policy->settings_read)
            g_string_append_printf(told, " %s %s", policy->ingress_zones[0],
                                   policy->egress_zones[0]);
        else
            g_string_append_c(told, '?');
    }
    assert_string_equal(told->str, row->told);
    assert_true(is_there || firewalld->panic == TRISTATE_UNKNOWN);
}

int main(void)
{
    const struct CMUnitTest others[] = {
        cmocka_unit_test(test_a_zone),
        cmocka_unit_test(test_what_is_not_there_is_not_known),
        cmocka_unit_test(test_a_policy),
        cmocka_unit_test(test_conf),
    };
    return RUN_CASES(test_bad, bad) + RUN_CASES(test_rulesets, rulesets) +
           cmocka_run_group_tests(others, NULL, NULL);
}
