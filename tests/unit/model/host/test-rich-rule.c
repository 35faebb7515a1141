/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Every element and action of firewalld.richlanguage(5), and what is not understood. */
#include "model/host/rich-rule.h"

#include "cases.h"

static const char *const element_words[] = {
    [RICH_ELEMENT_NONE] = "",
    [RICH_ELEMENT_SERVICE] = " service",
    [RICH_ELEMENT_PORT] = " port",
    [RICH_ELEMENT_SOURCE_PORT] = " source-port",
    [RICH_ELEMENT_PROTOCOL] = " protocol",
    [RICH_ELEMENT_ICMP_BLOCK] = " icmp-block",
    [RICH_ELEMENT_ICMP_TYPE] = " icmp-type",
    [RICH_ELEMENT_MASQUERADE] = " masquerade",
    [RICH_ELEMENT_FORWARD_PORT] = " forward-port",
    [RICH_ELEMENT_TCP_MSS_CLAMP] = " tcp-mss-clamp",
};
static const char *const action_words[] = {
    [RICH_ACTION_NONE] = "",          [RICH_ACTION_ACCEPT] = " accept",
    [RICH_ACTION_REJECT] = " reject", [RICH_ACTION_DROP] = " drop",
    [RICH_ACTION_MARK] = " mark",
};
static const char *const spec_words[] = {
    [ADDRESS_SPEC_PREFIX] = "prefix",
    [ADDRESS_SPEC_MAC] = "mac",
    [ADDRESS_SPEC_IPSET] = "ipset",
    [ADDRESS_SPEC_UNKNOWN] = "unknown",
};

static void describe_end(GString *text, const char *which, bool inverted, const AddressSpec *spec)
{
    if (spec == NULL)
        return;
    g_autofree char *prefix =
        spec->kind == ADDRESS_SPEC_PREFIX ? ip_prefix_to_string(&spec->prefix) : NULL;
    g_string_append_printf(text, " %s%s=%s:%s", inverted ? "!" : "", which, spec_words[spec->kind],
                           prefix != NULL ? prefix : spec->name);
}

static void describe_port(GString *text, const PortRange *port)
{
    if (port != NULL)
        g_string_append_printf(text, ":%u-%u/%s", port->first, port->last, port->protocol);
}

/* RULE in one line, so that a case is one row; "?" where it was not understood. */
static char *describe(const RichRule *rule)
{
    GString *text = g_string_new(NULL);
    if (!rule->understood)
        return g_string_free(g_string_append(text, "?"), FALSE);
    g_string_append_printf(text, "%d", rule->priority);
    if (rule->has_family)
        g_string_append(text, rule->family == FAMILY_IPV4 ? " ipv4" : " ipv6");
    describe_end(text, "source", rule->source_inverted, rule->source);
    describe_end(text, "destination", rule->destination_inverted, rule->destination);
    g_string_append(text, element_words[rule->element]);
    if (rule->name != NULL)
        g_string_append_printf(text, ":%s", rule->name);
    describe_port(text, rule->port);
    if (rule->forward_port != NULL) {
        describe_port(text, rule->forward_port->port);
        g_string_append_printf(text, ">%s>%s", rule->forward_port->to_address,
                               rule->forward_port->to_port);
    }
    g_string_append(text, action_words[rule->action]);
    if (rule->action_limited)
        g_string_append(text, " limited");
    return g_string_free(text, FALSE);
}

typedef struct {
    const char *name;
    const char *text;
    const char *meaning;
} RuleCase;

static const RuleCase rules[] = {
    /* the head */
    {"nothing but an action", "rule accept", "0 accept"},
    {"IPv4", "rule family=\"ipv4\" accept", "0 ipv4 accept"},
    {"IPv6", "rule family=\"ipv6\" drop", "0 ipv6 drop"},
    {"a priority", "rule priority=\"-100\" family=\"ipv4\" accept", "-100 ipv4 accept"},
    {"the least priority", "rule priority=\"-32768\" accept", "-32768 accept"},
    {"the greatest priority", "rule priority=\"32767\" accept", "32767 accept"},
    {"without quotes", "rule family=ipv4 priority=5 accept", "5 ipv4 accept"},
    {"in single quotes", "rule family='ipv4' accept", "0 ipv4 accept"},
    {"more space than needed", "rule   family=\"ipv4\"\taccept ", "0 ipv4 accept"},

    /* source and destination */
    {"a source", "rule family=\"ipv4\" source address=\"192.0.2.0/24\" accept",
     "0 ipv4 source=prefix:192.0.2.0/24 accept"},
    {"a source in IPv6", "rule family=\"ipv6\" source address=\"2001:db8::/32\" drop",
     "0 ipv6 source=prefix:2001:db8::/32 drop"},
    {"a source, inverted", "rule family=\"ipv4\" source NOT address=\"192.0.2.1\" drop",
     "0 ipv4 !source=prefix:192.0.2.1/32 drop"},
    {"not, in small letters", "rule family=\"ipv4\" source not address=\"192.0.2.1\" drop",
     "0 ipv4 !source=prefix:192.0.2.1/32 drop"},
    {"a source by MAC", "rule source mac=\"52:54:00:A1:B2:C3\" accept",
     "0 source=mac:52:54:00:a1:b2:c3 accept"},
    {"a source by ipset", "rule source ipset=\"friends\" accept", "0 source=ipset:friends accept"},
    {"a source by ipset, inverted", "rule source NOT ipset=\"friends\" drop",
     "0 !source=ipset:friends drop"},
    {"a destination", "rule family=\"ipv4\" destination address=\"192.0.2.0/24\" reject",
     "0 ipv4 destination=prefix:192.0.2.0/24 reject"},
    {"a source, inverted by an attribute",
     "rule family=\"ipv4\" source address=\"192.0.2.1\" invert=\"yes\" drop",
     "0 ipv4 !source=prefix:192.0.2.1/32 drop"},
    {"a destination, inverted by an attribute",
     "rule family=\"ipv4\" destination address=\"192.0.2.1\" invert=\"yes\" drop",
     "0 ipv4 !destination=prefix:192.0.2.1/32 drop"},
    {"an empty family is none", "rule family=\"\" service name=\"ssh\" accept",
     "0 service:ssh accept"},
    {"a destination, inverted",
     "rule family=\"ipv4\" destination NOT address=\"192.0.2.0/24\" reject",
     "0 ipv4 !destination=prefix:192.0.2.0/24 reject"},
    {"a destination by ipset", "rule destination ipset=\"servers\" accept",
     "0 destination=ipset:servers accept"},
    {"both ends",
     "rule family=\"ipv4\" source address=\"10.0.0.0/8\" destination NOT address=\"10.1.0.0/16\" "
     "accept",
     "0 ipv4 source=prefix:10.0.0.0/8 !destination=prefix:10.1.0.0/16 accept"},
    {"a netmask", "rule family=\"ipv4\" source address=\"10.0.0.0/255.0.0.0\" accept",
     "0 ipv4 source=prefix:10.0.0.0/8 accept"},

    /* elements */
    {"a service", "rule service name=\"ssh\" accept", "0 service:ssh accept"},
    {"a port", "rule port port=\"80\" protocol=\"tcp\" accept", "0 port:80-80/tcp accept"},
    {"a range of ports", "rule port port=\"8000-8500\" protocol=\"udp\" drop",
     "0 port:8000-8500/udp drop"},
    {"a source port", "rule source-port port=\"67\" protocol=\"udp\" accept",
     "0 source-port:67-67/udp accept"},
    {"a protocol", "rule protocol value=\"gre\" accept", "0 protocol:gre accept"},
    {"an ICMP block", "rule icmp-block name=\"echo-request\"", "0 icmp-block:echo-request"},
    {"an ICMP type", "rule icmp-type name=\"echo-reply\" accept", "0 icmp-type:echo-reply accept"},
    {"masquerade", "rule family=\"ipv4\" source address=\"10.0.0.0/8\" masquerade",
     "0 ipv4 source=prefix:10.0.0.0/8 masquerade"},
    {"a forward-port to another port",
     "rule family=\"ipv4\" forward-port port=\"80\" protocol=\"tcp\" to-port=\"8080\"",
     "0 ipv4 forward-port:80-80/tcp>(null)>8080"},
    {"a forward-port to another host",
     "rule family=\"ipv4\" forward-port port=\"80\" protocol=\"tcp\" to-addr=\"10.0.0.2\"",
     "0 ipv4 forward-port:80-80/tcp>10.0.0.2>(null)"},
    {"a forward-port of a range to both",
     "rule family=\"ipv4\" forward-port port=\"80-90\" protocol=\"tcp\" to-port=\"8080-8090\" "
     "to-addr=\"10.0.0.2\"",
     "0 ipv4 forward-port:80-90/tcp>10.0.0.2>8080-8090"},
    {"TCP MSS clamp", "rule tcp-mss-clamp", "0 tcp-mss-clamp"},
    {"TCP MSS clamp with a value", "rule tcp-mss-clamp value=\"1400\"", "0 tcp-mss-clamp"},

    /* logging */
    {"log alone", "rule service name=\"ftp\" log", "0 service:ftp"},
    {"log with all it has",
     "rule service name=\"ftp\" log prefix=\"ftp: \" level=\"info\" limit value=\"1/m\" accept",
     "0 service:ftp accept"},
    {"log with a keyword for a prefix", "rule log prefix=\"drop\" accept", "0 accept"},
    {"nflog with all it has",
     "rule protocol value=\"icmp\" nflog group=\"2\" prefix=\"p\" queue-size=\"5\" "
     "limit value=\"1/s\" drop",
     "0 protocol:icmp drop"},
    {"audit", "rule service name=\"ftp\" audit limit value=\"1/m\" accept", "0 service:ftp accept"},
    {"log and audit", "rule service name=\"ftp\" log audit reject", "0 service:ftp reject"},

    /* actions */
    {"accept with a limit", "rule service name=\"ssh\" accept limit value=\"2/m\"",
     "0 service:ssh accept limited"},
    {"reject with a type", "rule family=\"ipv4\" reject type=\"icmp-admin-prohibited\"",
     "0 ipv4 reject"},
    {"reject with a type and a limit",
     "rule family=\"ipv4\" reject type=\"tcp-reset\" limit value=\"1/s\"", "0 ipv4 reject limited"},
    {"drop with a limit", "rule drop limit value=\"1/d\"", "0 drop limited"},
    {"mark", "rule port port=\"80\" protocol=\"tcp\" mark set=\"0x10/0xff\"",
     "0 port:80-80/tcp mark"},
    {"mark with a limit", "rule mark set=\"1\" limit value=\"1/h\"", "0 mark limited"},
    {"a limit of the log is not the action's",
     "rule service name=\"ftp\" log limit value=\"1/m\" drop", "0 service:ftp drop"},
    {"everything at once",
     "rule priority=\"7\" family=\"ipv4\" source NOT address=\"10.0.0.0/8\" "
     "destination address=\"192.0.2.1\" port port=\"443\" protocol=\"tcp\" "
     "log prefix=\"a b\" level=\"notice\" limit value=\"3/m\" audit accept limit value=\"9/m\"",
     "7 ipv4 !source=prefix:10.0.0.0/8 destination=prefix:192.0.2.1/32 port:443-443/tcp accept "
     "limited"},

    /* what is no rule, or none of today's */
    {"nothing", "", "?"},
    {"space", "  ", "?"},
    {"no rule", "service name=\"ssh\" accept", "?"},
    {"an unknown element", "rule frobnicate name=\"ssh\" accept", "?"},
    {"a quote that is not closed", "rule family=\"ipv4 accept", "?"},
    {"an unknown family", "rule family=\"ipx\" accept", "?"},
    {"a priority that is no number", "rule priority=\"high\" accept", "?"},
    {"a priority too great", "rule priority=\"32768\" accept", "?"},
    {"a priority too small", "rule priority=\"-32769\" accept", "?"},
    {"two sources", "rule source address=\"10.0.0.0/8\" source address=\"11.0.0.0/8\" accept", "?"},
    {"a source by address and MAC",
     "rule source address=\"10.0.0.0/8\" mac=\"52:54:00:A1:B2:C3\" accept", "?"},
    {"a source by address and ipset", "rule source address=\"10.0.0.0/8\" ipset=\"friends\" accept",
     "?"},
    {"an attribute of another part", "rule service address=\"10.0.0.0/8\" accept", "?"},
    {"an attribute that no part has", "rule service name=\"ssh\" colour=\"red\" accept", "?"},
    {"two destinations", "rule destination ipset=\"a\" destination ipset=\"b\" accept", "?"},
    {"two elements", "rule service name=\"ssh\" protocol value=\"gre\" accept", "?"},
    {"two actions", "rule service name=\"ssh\" accept drop", "?"},
    {"two logs", "rule log nflog accept", "?"},
    {"a source that is no address", "rule source address=\"db.example.net\" accept", "?"},
    {"a source without an address", "rule source accept", "?"},
    {"an inverted source without an address", "rule source NOT accept", "?"},
    {"a destination without an address", "rule destination accept", "?"},
    {"not, of nothing", "rule NOT accept", "?"},
    {"inverted, of an action", "rule accept NOT", "?"},
    {"an attribute that inverts, of an element", "rule service invert=\"yes\" accept", "?"},
    {"a limit of an element", "rule service name=\"ssh\" limit value=\"1/m\"", "?"},
    {"a source of the other family", "rule family=\"ipv6\" source address=\"10.0.0.0/8\" accept",
     "?"},
    {"a destination of the other family",
     "rule family=\"ipv4\" destination address=\"2001:db8::/32\" accept", "?"},
    {"a source and a destination that are none",
     "rule source address=\"nowhere\" destination address=\"nowhere\" accept", "?"},
    {"a forward-port with a port too great", "rule forward-port port=\"65536\" protocol=\"tcp\"",
     "?"},
    {"not, of an element", "rule service NOT name=\"ssh\" accept", "?"},
    {"a port without a protocol", "rule port port=\"80\" accept", "?"},
    {"a port without a number", "rule port protocol=\"tcp\" accept", "?"},
    {"an empty port", "rule port port=\"\" protocol=\"tcp\" accept", "?"},
    {"a port too great", "rule port port=\"65536\" protocol=\"tcp\" accept", "?"},
    {"a range that goes down", "rule port port=\"90-80\" protocol=\"tcp\" accept", "?"},
    {"a port by name", "rule port port=\"http\" protocol=\"tcp\" accept", "?"},
    {"a forward-port without a protocol", "rule forward-port port=\"80\" to-port=\"81\"", "?"},
    {"a service without a name", "rule service accept", "?"},
    {"a protocol without a value", "rule protocol accept", "?"},
    {"an ICMP block without a name", "rule icmp-block", "?"},
    {"an ICMP type without a name", "rule icmp-type accept", "?"},
};

static void test_rule(void **state)
{
    const RuleCase *test = *state;
    g_autoptr(RichRule) rule = rich_rule_parse(test->text);
    assert_string_equal(rule->text, test->text);
    g_autofree char *meaning = describe(rule);
    assert_string_equal(meaning, test->meaning);
}

/* ---- ports by themselves ---- */

typedef struct {
    const char *name;
    const char *text;
    int first; /* -1: not one */
    int last;
    const char *canonical;
} PortCase;

static const PortCase ports[] = {
    {"a port", "80", 80, 80, "80"},
    {"the last port", "65535", 65535, 65535, "65535"},
    {"a range", "8000-8500", 8000, 8500, "8000-8500"},
    {"a range of one", "80-80", 80, 80, "80"},
    {"no port", "0", -1, -1, NULL},
    {"a range of no port", "0-0", -1, -1, NULL},
    {"every port", "", 0, 0, ""},
    {"all ports by number", "0-65535", 0, 65535, "0-65535"},
    {"too great", "65536", -1, -1, NULL},
    {"a range that ends too high", "1-65536", -1, -1, NULL},
    {"a range that goes down", "2-1", -1, -1, NULL},
    {"a range without an end", "1-", -1, -1, NULL},
    {"a range without a beginning", "-1", -1, -1, NULL},
    {"three ends", "1-2-3", -1, -1, NULL},
    {"a name", "http", -1, -1, NULL},
    {"a sign", "+80", -1, -1, NULL},
    {"hexadecimal", "0x50", -1, -1, NULL},
};

static void test_port(void **state)
{
    const PortCase *test = *state;
    g_autoptr(PortRange) range = port_range_parse(test->text, "sctp");
    assert_int_equal(range != NULL, test->first >= 0);
    if (range == NULL)
        return;
    assert_int_equal(range->first, test->first);
    assert_int_equal(range->last, test->last);
    assert_string_equal(range->protocol, "sctp");
    g_autofree char *text = port_range_port_text(range);
    assert_string_equal(text, test->canonical);
}

static void test_forward_port(G_GNUC_UNUSED void **state)
{
    g_autoptr(ForwardPort) full = forward_port_new("80-81", "tcp", "8080", "10.0.0.2");
    assert_non_null(full);
    assert_int_equal(full->port->last, 81);
    assert_string_equal(full->to_port, "8080");
    assert_string_equal(full->to_address, "10.0.0.2");
    g_autoptr(ForwardPort) empty = forward_port_new("80", "tcp", "", "");
    assert_null(empty->to_port);
    assert_null(empty->to_address);
    g_autoptr(ForwardPort) absent = forward_port_new("80", "tcp", NULL, NULL);
    assert_null(absent->to_port);
    assert_null(absent->to_address);
    assert_null(forward_port_new("http", "tcp", NULL, NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_forward_port),
    };
    return RUN_CASES(test_rule, rules) + RUN_CASES(test_port, ports) +
           cmocka_run_group_tests(tests, NULL, NULL);
}
