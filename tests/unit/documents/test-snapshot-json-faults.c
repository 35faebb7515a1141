/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An error in a document names its place. Each row makes one change to a document that has every
 * member. */
#include "documents/snapshot-json.h"

#include "cases.h"
#include "full-snapshot.h"
#include "model/error.h"
#include "stride.h"

#include <string.h>

typedef struct {
    const char *name;
    const char *find; /* once in the document */
    const char *replacement;
    const char *fault; /* behind "snapshot test: " */
} FaultCase;

static const FaultCase faults[] = {
    {"another schema", "nicfix.snapshot/1", "nicfix.snapshot/2",
     "schema: expected nicfix.snapshot/1, found nicfix.snapshot/2"},
    {"a long schema", "nicfix.snapshot/1",
     "0123456789012345678901234567890123456789012345678901234567890123456789",
     "schema: expected nicfix.snapshot/1, found "
     "0123456789012345678901234567890123456789012345678901234567890123"},
    {"no schema", "\"schema\":\"nicfix.snapshot/1\",", "", "schema: missing"},
    {"a schema that is a number", "\"nicfix.snapshot/1\"", "1",
     "schema: expected a string, found a number"},
    {"a missing list", "\"routes\":[{", "\"roads\":[{", "routes: missing"},
    {"a missing member", "\"mtu\":4294967295,", "", "links[0].mtu: missing"},
    {"a number for a name", "\"name\":\"lo\"", "\"name\":5",
     "links[1].name: expected a string, found a number"},
    {"null for a name", "\"name\":\"lo\"", "\"name\":null",
     "links[1].name: expected a string, found null"},
    {"an empty name", "\"name\":\"lo\"", "\"name\":\"\"", "links[1].name: the string is empty"},
    {"an empty text", "\"kind\":\"vrf\"", "\"kind\":\"\"", "links[0].kind: the string is empty"},
    {"a list for a text", "\"kind\":\"vrf\"", "\"kind\":[]",
     "links[0].kind: expected a string, found a list"},
    {"an empty alternative name", "[\"one\",\"two\"]", "[\"one\",\"\"]",
     "links[0].altnames[1]: the string is empty"},
    {"null for a list", "[\"one\",\"two\"]", "null",
     "links[0].altnames: expected a list, found null"},
    {"an index twice", "\"index\":1,", "\"index\":2147483647,",
     "links[1].index: an earlier link also has the index 2147483647"},
    {"the index 0", "\"index\":1,", "\"index\":0,",
     "links[1].index: 0 is not between 1 and 2147483647"},
    {"an index of 2^40", "\"index\":1,", "\"index\":1099511627776,",
     "links[1].index: 1099511627776 is not between 1 and 2147483647"},
    {"an index as text", "\"index\":1,", "\"index\":\"1\",",
     "links[1].index: expected a whole number, found a string"},
    {"a fraction", "\"index\":1,", "\"index\":1.5,",
     "links[1].index: expected a whole number, found a fraction"},
    {"an MTU too large", "\"mtu\":4294967295", "\"mtu\":4294967296",
     "links[0].mtu: 4294967296 is not between 0 and 4294967295"},
    {"a negative MTU", "\"mtu\":4294967295", "\"mtu\":-1",
     "links[0].mtu: -1 is not between 0 and 4294967295"},
    {"an unknown operational state", "\"operstate\":\"up\"", "\"operstate\":\"upward\"",
     "links[0].operstate: not an operational state of RFC 2863"},
    {"an operational state too large", "\"operstate\":200", "\"operstate\":256",
     "links[1].operstate: 256 is not between 0 and 255"},
    {"a word for a tristate", "\"carrier\":true", "\"carrier\":\"yes\"",
     "links[0].carrier: expected true, false or null, found a string"},
    {"0 for a master", "\"master\":7", "\"master\":0",
     "links[0].master: 0 is not between 1 and 2147483647"},
    {"0 for a VRF's table", "\"vrf_table\":1001", "\"vrf_table\":0",
     "links[0].vrf_table: 0 is not between 1 and 4294967295"},
    {"a number for a link", "\"links\":[{", "\"links\":[7,{",
     "links[0]: expected an object, found a number"},
    {"an address of no link", "{\"link\":1,", "{\"link\":9,",
     "addresses[2].link: no link has the index 9"},
    {"an invalid address", "127.0.0.1/8", "127.0.0.1/33",
     "addresses[2].address: not an address with a prefix length"},
    {"a scope too large", "\"scope\":254", "\"scope\":300",
     "addresses[2].scope: 300 is not between 0 and 255"},
    {"an invalid destination", "128.0.0.0/1", "default",
     "routes[0].destination: not an address with a prefix length"},
    {"a nexthop's output that is a name", "\"oif\":3", "\"oif\":\"eth0\"",
     "routes[0].nexthops[0].oif: expected a whole number, found a string"},
    {"a gateway with a length", "\"gateway\":\"fe80::2\"", "\"gateway\":\"fe80::2/64\"",
     "routes[0].nexthops[0].gateway: not an IP address"},
    {"an unknown family", "\"family\":\"ipv6\",\"priority\"", "\"family\":\"ipx\",\"priority\"",
     "rules[0].family: neither ipv4 nor ipv6"},
    {"a number for a flag", "\"l3mdev\":true", "\"l3mdev\":1",
     "rules[0].l3mdev: expected true or false, found a number"},
    {"null for a flag", "\"l3mdev\":true", "\"l3mdev\":null",
     "rules[0].l3mdev: expected true or false, found null"},
    {"a suppressed length too large", "\"suppress_prefix_length\":0",
     "\"suppress_prefix_length\":999",
     "rules[0].suppress_prefix_length: 999 is not between 0 and 255"},
    {"a tristate that is null is fine, an object is not",
     "\"forwarding\":{\"ipv4\":true,\"ipv6\":false},\"bridge_netfilter\":{\"iptables\":false,"
     "\"ip6tables\":true},\"firewalld\"",
     "\"forwarding\":true,\"firewalld\"", "forwarding: expected an object, found true or false"},
    {"firewalld as a text", "\"firewalld\":{", "\"firewalld\":\"off\",\"x\":{",
     "firewalld: expected an object, found a string"},
    {"an option that is a flag", "\"backend\":\"nftables\"", "\"backend\":false",
     "firewalld.options.backend: expected a string, found true or false"},
    {"an unknown target", "%%REJECT%%", "REFUSE",
     "firewalld.zones[0].target: not a target of a zone or policy"},
    {"an interface without a name", "\"cali+\"", "\"\"",
     "firewalld.zones[0].interfaces[1]: the string is empty"},
    {"a source that is not a string", "\"ipset:friends\"", "{}",
     "firewalld.zones[0].sources[2]: expected a string, found an object"},
    {"a port of a rule that is too large", "\"first\":53", "\"first\":65536",
     "rules[0].destination_ports.first: 65536 is not between 0 and 65535"},
    {"a socket of another protocol", "\"protocol\":\"udp\",\"address\"",
     "\"protocol\":\"icmp\",\"address\"", "sockets[0].protocol: neither tcp nor udp"},
    {"a socket without a port", "\"port\":67", "\"port\":0",
     "sockets[0].port: 0 is not between 1 and 65535"},
    {"a legacy table whose name is empty", "\"name\":\"filter\"", "\"name\":\"\"",
     "legacy_tables[0].name: the string is empty"},
    {"a number for a program", "\"tc_egress\":true", "\"tc_egress\":1",
     "links[0].programs.tc_egress: expected true or false, found a number"},
    {"a zone without a name", "\"name\":\"bare\"", "\"name\":\"\"",
     "firewalld.zones[1].name: the string is empty"},
    {"a priority too small", "\"ingress_priority\":-5", "\"ingress_priority\":-2147483649",
     "firewalld.zones[0].ingress_priority: -2147483649 is not between -2147483648 and 2147483647"},
    {"an invalid port", "{\"port\":null,\"protocol\":\"esp\"}",
     "{\"port\":\"70000\",\"protocol\":\"esp\"}",
     "firewalld.services[0].ports[0].port: not a port or a range of ports"},
    {"a port without a protocol", "\"protocol\":\"esp\"", "\"protocol\":null",
     "firewalld.services[0].ports[0].protocol: expected a string, found null"},
    {"a port that is a number", "{\"port\":null,\"protocol\":\"esp\"}",
     "{\"port\":80,\"protocol\":\"esp\"}",
     "firewalld.services[0].ports[0].port: expected a string, found a number"},
    {"a destination that is a list", "\"224.0.0.251\"", "[\"224.0.0.251\"]",
     "firewalld.services[0].destination_ipv4: expected a string, found a list"},
    {"a binding without an interface", "{\"interface\":\"enp2s0\",", "{",
     "permanent.bindings[0].interface: missing"},
    {"a device's zone that is empty", "\"zone\":\"home\"", "\"zone\":\"\"",
     "networkmanager.devices[0].zone: the string is empty"},
    {"something unread for no reason", "\"reason\":\"not authorised\"", "\"reason\":null",
     "unread[0].reason: expected a string, found null"},
    {"no JSON", "\"host\":\"worker\"", "\"host\":worker",
     "line 1, column 82: invalid token near 'worker'"},
    {"an integer too large", "\"metric\":1024", "\"metric\":99999999999999999999", NULL},
};

static char *damage(const char *text, const FaultCase *test)
{
    const char *place = strstr(text, test->find);
    assert_non_null(place);
    assert_null(strstr(place + 1, test->find));
    return g_strdup_printf("%.*s%s%s", (int)(place - text), text, test->replacement,
                           place + strlen(test->find));
}

static void test_fault(void **state)
{
    const FaultCase *test = *state;
    g_autoptr(Snapshot) snapshot = full_snapshot();
    g_autofree char *text = to_text(snapshot);
    g_autofree char *damaged = damage(text, test);
    g_autoptr(GError) error = NULL;
    assert_null(snapshot_from_json(damaged, strlen(damaged), "snapshot test", &error));
    assert_true(g_error_matches(error, NICFIX_ERROR, NICFIX_ERROR_BAD_INPUT));
    assert_string_equal(nicfix_error_hint(error), "make a snapshot with: nicfix snapshot > FILE");
    if (test->fault == NULL) {
        assert_true(strstr(error->message, ": too big integer near ") != NULL);
        return;
    }
    g_autofree char *expected = g_strdup_printf("snapshot test: %s", test->fault);
    assert_string_equal(error->message, expected);
}

/* A document that is cut off anywhere is refused. */
static void test_every_beginning_is_refused(G_GNUC_UNUSED void **state)
{
    g_autoptr(Snapshot) snapshot = full_snapshot();
    g_autofree char *text = to_text(snapshot);
    for (gsize size = 0; size < strlen(text); size += stride(7)) {
        g_autoptr(GError) error = NULL;
        assert_null(snapshot_from_json(text, size, "snapshot test", &error));
        assert_true(g_error_matches(error, NICFIX_ERROR, NICFIX_ERROR_BAD_INPUT));
    }
}

static void test_the_size_has_a_limit(G_GNUC_UNUSED void **state)
{
    g_autoptr(GError) error = NULL;
    assert_null(snapshot_from_json("", DOCUMENT_SIZE_MAX + 1, "snapshot test", &error));
    assert_string_equal(error->message, "snapshot test: larger than 256 MiB");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_beginning_is_refused),
        cmocka_unit_test(test_the_size_has_a_limit),
    };
    return RUN_CASES(test_fault, faults) + cmocka_run_group_tests(tests, NULL, NULL);
}
