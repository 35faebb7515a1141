/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From a snapshot to JSON and back, as text and in files, nothing is lost. What is refused is in
 * test-snapshot-json-faults.c. */
#include "documents/snapshot-json.h"

#include "cases.h"
#include "full-snapshot.h"
#include "stride.h"
#include "model/error.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* ---- comparing, field by field ---- */

#define SAME_INT(field)  assert_int_equal(a->field, b->field)
#define SAME_TEXT(field) assert_true(g_strcmp0(a->field, b->field) == 0)
#define SAME_LIST(field)                                                                           \
    assert_true(g_strv_equal((const char *const *)a->field, (const char *const *)b->field))
#define SAME_EACH(field, Type, assert_same)                                                        \
    do {                                                                                           \
        assert_int_equal(a->field->len, b->field->len);                                            \
        for (guint i_ = 0; i_ < a->field->len; i_++)                                               \
            assert_same((const Type *)g_ptr_array_index(a->field, i_),                             \
                        (const Type *)g_ptr_array_index(b->field, i_));                            \
    } while (0)

static void assert_same_prefix(const IpPrefix *a, const IpPrefix *b)
{
    assert_true(ip_address_equal(&a->address, &b->address));
    SAME_INT(length);
}

static void assert_same_address(const LinkAddress *a, const LinkAddress *b)
{
    assert_same_prefix(&a->prefix, &b->prefix);
    SAME_INT(scope);
    SAME_INT(flags);
}

static void assert_same_link(const Link *a, const Link *b)
{
    SAME_INT(index);
    SAME_TEXT(name);
    SAME_LIST(altnames);
    SAME_TEXT(kind);
    SAME_TEXT(port_kind);
    SAME_TEXT(parent_device);
    SAME_TEXT(parent_bus);
    SAME_TEXT(mac);
    SAME_TEXT(permanent_mac);
    SAME_INT(mtu);
    SAME_INT(flags);
    SAME_INT(operstate);
    SAME_INT(carrier);
    SAME_INT(master);
    SAME_INT(lower);
    SAME_INT(vrf_table);
    SAME_INT(forwarding_ipv4);
    SAME_INT(forwarding_ipv6);
    SAME_INT(rp_filter);
    SAME_INT(skip_linkdown_ipv4);
    SAME_INT(skip_linkdown_ipv6);
    SAME_INT(programs.xdp);
    SAME_INT(programs.tc_ingress);
    SAME_INT(programs.tc_egress);
    SAME_INT(bridge_call_iptables);
    SAME_INT(bridge_call_ip6tables);
    SAME_EACH(addresses, LinkAddress, assert_same_address);
}

static void assert_same_route(const Route *a, const Route *b)
{
    assert_same_prefix(&a->destination, &b->destination);
    SAME_INT(has_source);
    if (a->has_source)
        assert_same_prefix(&a->source, &b->source);
    SAME_INT(tos);
    SAME_INT(has_preferred_source);
    assert_true(!a->has_preferred_source ||
                ip_address_equal(&a->preferred_source, &b->preferred_source));
    SAME_INT(table);
    SAME_INT(type);
    SAME_INT(protocol);
    SAME_INT(metric);
    SAME_INT(nexthop_id);
    SAME_INT(nexthops->len);
    for (guint i = 0; i < a->nexthops->len; i++) {
        const Nexthop *x = &g_array_index(a->nexthops, Nexthop, i);
        const Nexthop *y = &g_array_index(b->nexthops, Nexthop, i);
        assert_int_equal(x->oif, y->oif);
        assert_int_equal(x->has_gateway, y->has_gateway);
        assert_true(!x->has_gateway || ip_address_equal(&x->gateway, &y->gateway));
        assert_int_equal(x->weight, y->weight);
        assert_int_equal(x->flags, y->flags);
    }
}

static void assert_same_rule(const Rule *a, const Rule *b)
{
    SAME_INT(family);
    SAME_INT(priority);
    SAME_INT(action);
    SAME_INT(table);
    SAME_INT(l3mdev);
    SAME_INT(inverted);
    SAME_TEXT(iif);
    SAME_TEXT(oif);
    SAME_INT(has_source);
    SAME_INT(has_destination);
    if (a->has_source)
        assert_same_prefix(&a->source, &b->source);
    if (a->has_destination)
        assert_same_prefix(&a->destination, &b->destination);
    SAME_INT(mark);
    SAME_INT(mark_mask);
    SAME_INT(target);
    SAME_INT(tos);
    SAME_INT(ip_protocol);
    SAME_INT(source_ports.first);
    SAME_INT(source_ports.last);
    SAME_INT(destination_ports.first);
    SAME_INT(destination_ports.last);
    SAME_INT(other_selector);
    SAME_INT(suppress_prefix_length);
}

static void assert_same_port(const PortRange *a, const PortRange *b)
{
    SAME_TEXT(protocol);
    SAME_INT(first);
    SAME_INT(last);
}

static void assert_same_forward_port(const ForwardPort *a, const ForwardPort *b)
{
    assert_same_port(a->port, b->port);
    SAME_TEXT(to_port);
    SAME_TEXT(to_address);
}

static void assert_same_rich_rule(const RichRule *a, const RichRule *b)
{
    SAME_TEXT(text);
    SAME_INT(understood);
    SAME_INT(action);
    SAME_INT(source_inverted);
}

static void assert_same_spec(const AddressSpec *a, const AddressSpec *b)
{
    SAME_TEXT(text);
    SAME_INT(kind);
    SAME_TEXT(name);
}

static void assert_same_filter(const Filter *a, const Filter *b)
{
    SAME_LIST(services);
    SAME_EACH(ports, PortRange, assert_same_port);
    SAME_EACH(source_ports, PortRange, assert_same_port);
    SAME_LIST(protocols);
    SAME_LIST(icmp_blocks);
    SAME_INT(icmp_block_inversion);
    SAME_INT(masquerade);
    SAME_EACH(forward_ports, ForwardPort, assert_same_forward_port);
    SAME_EACH(rich_rules, RichRule, assert_same_rich_rule);
}

static void assert_same_zone(const Zone *a, const Zone *b)
{
    SAME_TEXT(name);
    SAME_INT(settings_read);
    SAME_INT(target);
    SAME_INT(forward);
    SAME_LIST(interfaces);
    SAME_EACH(sources, AddressSpec, assert_same_spec);
    SAME_INT(ingress_priority);
    SAME_INT(egress_priority);
    assert_same_filter(&a->filter, &b->filter);
}

static void assert_same_policy(const Policy *a, const Policy *b)
{
    SAME_TEXT(name);
    SAME_INT(settings_read);
    SAME_INT(disabled);
    SAME_INT(target);
    SAME_INT(priority);
    SAME_LIST(ingress_zones);
    SAME_LIST(egress_zones);
    assert_same_filter(&a->filter, &b->filter);
}

static void assert_same_service(const Service *a, const Service *b)
{
    SAME_TEXT(name);
    SAME_EACH(ports, PortRange, assert_same_port);
    SAME_EACH(source_ports, PortRange, assert_same_port);
    SAME_LIST(protocols);
    SAME_LIST(includes);
    assert_same_spec(a->destination_ipv4, b->destination_ipv4);
    assert_same_spec(a->destination_ipv6, b->destination_ipv6);
}

static void assert_same_ipset(const Ipset *a, const Ipset *b)
{
    SAME_TEXT(name);
    SAME_TEXT(type);
    SAME_INT(entries_read);
    SAME_LIST(entries);
}

static void assert_same_firewalld(const Firewalld *a, const Firewalld *b)
{
    SAME_TEXT(version);
    SAME_TEXT(state);
    SAME_TEXT(default_zone);
    SAME_INT(panic);
    SAME_TEXT(log_denied);
    SAME_INT(direct_rules);
    SAME_INT(policies_exist);
    SAME_TEXT(options.backend);
    SAME_TEXT(options.ipv6_rpfilter);
    SAME_TEXT(options.rfc3964_ipv4);
    SAME_TEXT(options.zone_drifting);
    SAME_TEXT(options.strict_forward_ports);
    SAME_TEXT(options.flush_all_on_reload);
    SAME_EACH(zones, Zone, assert_same_zone);
    SAME_EACH(policies, Policy, assert_same_policy);
    SAME_EACH(services, Service, assert_same_service);
    SAME_EACH(ipsets, Ipset, assert_same_ipset);
}

static void assert_same_binding(const PermanentBinding *a, const PermanentBinding *b)
{
    SAME_TEXT(interface);
    SAME_TEXT(zone);
    SAME_TEXT(conflict);
}

static void assert_same_device(const ManagedDevice *a, const ManagedDevice *b)
{
    SAME_TEXT(interface);
    SAME_INT(managed);
    SAME_INT(external);
    SAME_TEXT(profile);
    SAME_TEXT(profile_uuid);
    SAME_TEXT(zone);
}

static void assert_same_unread(const Unread *a, const Unread *b)
{
    SAME_TEXT(what);
    SAME_TEXT(where);
    SAME_TEXT(reason);
}

static void assert_same_socket(const Socket *a, const Socket *b)
{
    assert_int_equal(a->protocol, b->protocol);
    assert_true(ip_address_equal(&a->address, &b->address));
    assert_int_equal(a->port, b->port);
    assert_int_equal(a->interface, b->interface);
    assert_int_equal(a->only_ipv6, b->only_ipv6);
}

static void assert_same_legacy_table(const LegacyTable *a, const LegacyTable *b)
{
    SAME_INT(family);
    SAME_TEXT(name);
    assert_int_equal(a->chains == NULL, b->chains == NULL);
    if (a->chains != NULL)
        SAME_LIST(chains);
}

static void assert_same_snapshot(const Snapshot *a, const Snapshot *b)
{
    SAME_TEXT(taken_at);
    SAME_TEXT(host);
    SAME_EACH(links, Link, assert_same_link);
    SAME_EACH(routes, Route, assert_same_route);
    SAME_EACH(narrow_routes, Route, assert_same_route);
    SAME_INT(routes_complete);
    SAME_EACH(rules, Rule, assert_same_rule);
    SAME_INT(rp_filter);
    SAME_EACH(legacy_tables, LegacyTable, assert_same_legacy_table);
    SAME_EACH(sockets, Socket, assert_same_socket);
    SAME_INT(forwarding_ipv4);
    SAME_INT(forwarding_ipv6);
    SAME_INT(bridge_call_iptables);
    SAME_INT(bridge_call_ip6tables);
    assert_same_firewalld(a->firewalld, b->firewalld);
    SAME_EACH(permanent->bindings, PermanentBinding, assert_same_binding);
    SAME_INT(networkmanager->running);
    SAME_TEXT(networkmanager->version);
    SAME_EACH(networkmanager->devices, ManagedDevice, assert_same_device);
    SAME_EACH(unread, Unread, assert_same_unread);
}

/* ---- round trips ---- */

static Snapshot *from_text(const char *text)
{
    g_autoptr(GError) error = NULL;
    Snapshot *snapshot = snapshot_from_json(text, strlen(text), "snapshot test", &error);
    assert_string_equal(error != NULL ? error->message : "", "");
    assert_non_null(snapshot);
    return snapshot;
}

static void test_every_field_comes_back(G_GNUC_UNUSED void **state)
{
    g_autoptr(Snapshot) snapshot = full_snapshot();
    g_autofree char *text = to_text(snapshot);
    g_autoptr(Snapshot) again = from_text(text);
    assert_same_snapshot(snapshot, again);
    assert_non_null(snapshot_link_by_name(again, "two"));
    g_autofree char *text_again = to_text(again);
    assert_string_equal(text_again, text);
}

static void test_what_is_not_there_is_null(G_GNUC_UNUSED void **state)
{
    g_autoptr(Snapshot) snapshot = snapshot_new();
    g_autofree char *text = to_text(snapshot);
    assert_true(g_str_has_prefix(text, "{\"schema\":\"nicfix.snapshot/1\",\"taken_at\":null,"));
    assert_null(strstr(text, "\"\""));
    g_autoptr(Snapshot) again = from_text(text);
    assert_same_snapshot(snapshot, again);
}

/* Later versions of the schema may add members; this version ignores them. */
static void test_unknown_members_are_passed_over(G_GNUC_UNUSED void **state)
{
    g_autoptr(Snapshot) snapshot = full_snapshot();
    g_autofree char *text = to_text(snapshot);
    g_autoptr(GString) newer = g_string_new(text);
    g_string_replace(newer, "{\"schema\"", "{\"weather\":[{\"rain\":1e9}],\"schema\"", 1);
    g_string_replace(newer, "\"mtu\":", "\"colour\":\"red\",\"mtu\":", 0);
    g_autoptr(Snapshot) again = from_text(newer->str);
    assert_same_snapshot(snapshot, again);
}

static void test_invalid_bytes_are_made_valid(G_GNUC_UNUSED void **state)
{
    g_autoptr(Snapshot) snapshot = snapshot_new();
    snapshot->host = g_strdup("a\xff"
                              "b");
    g_autofree char *text = to_text(snapshot);
    g_autoptr(Snapshot) again = from_text(text);
    assert_string_equal(again->host, "a\xef\xbf\xbd"
                                     "b");
}

static void test_ten_thousand_links(G_GNUC_UNUSED void **state)
{
    g_autoptr(Snapshot) snapshot = snapshot_new();
    const int count = 10000 / (int)stride(10);
    for (int i = 1; i <= count; i++) {
        Link *link = link_new();
        link->index = i;
        link->name = g_strdup_printf("veth%d", i);
        add_address(link, "fe80::1/64", 253, 0);
        snapshot_add_link(snapshot, link);
    }
    g_autofree char *text = to_text(snapshot);
    g_autoptr(Snapshot) again = from_text(text);
    assert_int_equal(again->links->len, count);
    assert_int_equal(snapshot_link_by_name(again, "veth1000")->addresses->len, 1);
}

/* ---- files ---- */

typedef struct {
    const char *name; /* of the fixture, and of its host */
    const char *file;
    const char *host;
} FixtureCase;

static const FixtureCase fixtures[] = {
    {"the incident", "incident.json", "worker"},
    {"the incident, cured", "incident-cured.json", "worker"},
    {"a laptop", "laptop.json", "laptop"},
    {"k3s with its bridges in trusted", "k3s-trusted.json", "k3s-node-1"},
    {"rules: by-hand", "rulesets/by-hand.json", "vm"},
    {"rules: cni", "rulesets/cni.json", "vm"},
    {"rules: docker-28", "rulesets/docker-28.json", "vm"},
    {"rules: docker-kube-proxy", "rulesets/docker-kube-proxy.json", "vm"},
    {"rules: docker", "rulesets/docker.json", "vm"},
    {"rules: kube-proxy-nftables", "rulesets/kube-proxy-nftables.json", "vm"},
    {"rules: libvirt", "rulesets/libvirt.json", "vm"},
    {"rules: lockdown", "rulesets/lockdown.json", "vm"},
    {"rules: podman", "rulesets/podman.json", "vm"},
    {"rules: ufw", "rulesets/ufw.json", "vm"},
};

/* A document of this version is read and written again as it was, apart from its layout. */
static void test_fixture(void **state)
{
    const FixtureCase *test = *state;
    g_autofree char *path = g_build_filename(g_getenv("FIXTURES"), test->file, NULL);
    g_autoptr(GError) error = NULL;
    g_autoptr(Snapshot) snapshot = snapshot_read_file(path, &error);
    assert_string_equal(error != NULL ? error->message : "", "");
    assert_string_equal(snapshot->host, test->host);
    json_auto_t *written = snapshot_to_json(snapshot);
    json_auto_t *read = json_load_file(path, 0, NULL);
    g_autofree char *expected = json_document_text(read, true);
    g_autofree char *found = json_document_text(written, true);
    assert_string_equal(found, expected);
}

typedef struct {
    const char *name;
    const char *path;
    NicfixError code;
    const char *message;
} FileCase;

static const FileCase files[] = {
    {"no such file", "/nonexistent/x.json", NICFIX_ERROR_NOT_FOUND,
     "snapshot /nonexistent/x.json: cannot be read: No such file or directory"},
    {"a folder", "/", NICFIX_ERROR_BAD_INPUT, "snapshot /: cannot be read: Is a directory"},
    {"an empty file", "/dev/null", NICFIX_ERROR_BAD_INPUT, "snapshot /dev/null: empty"},
};

static void test_file(void **state)
{
    const FileCase *test = *state;
    g_autoptr(GError) error = NULL;
    assert_null(snapshot_read_file(test->path, &error));
    assert_true(g_error_matches(error, NICFIX_ERROR, (int)test->code));
    assert_string_equal(error->message, test->message);
}

/* Makes standard input deliver SIZE bytes of DATA. */
static void feed_standard_input(const char *data, gsize size)
{
    int ends[2];
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    int room = 1 << 20;
    assert_int_equal(setsockopt(ends[0], SOL_SOCKET, SO_SNDBUF, &room, sizeof room), 0);
    assert_int_equal(write(ends[0], data, size), size);
    close(ends[0]);
    assert_int_equal(dup2(ends[1], STDIN_FILENO), STDIN_FILENO);
    close(ends[1]);
}

static void test_standard_input(G_GNUC_UNUSED void **state)
{
    g_autoptr(Snapshot) snapshot = full_snapshot();
    g_autofree char *text = to_text(snapshot);
    feed_standard_input(text, strlen(text));
    g_autoptr(Snapshot) again = snapshot_read_file("-", NULL);
    assert_non_null(again);
    assert_same_snapshot(snapshot, again);

    g_autoptr(GError) error = NULL;
    feed_standard_input("[]", 2);
    assert_null(snapshot_read_file("-", &error));
    assert_string_equal(error->message,
                        "snapshot on standard input: expected an object, found a list");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_field_comes_back),
        cmocka_unit_test(test_what_is_not_there_is_null),
        cmocka_unit_test(test_unknown_members_are_passed_over),
        cmocka_unit_test(test_invalid_bytes_are_made_valid),
        cmocka_unit_test(test_ten_thousand_links),
        cmocka_unit_test(test_standard_input),
    };
    return RUN_CASES(test_fixture, fixtures) + RUN_CASES(test_file, files) +
           cmocka_run_group_tests(tests, NULL, NULL);
}
