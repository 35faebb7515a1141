/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a link's own description tells of it. */
#include "model/host/link.h"

#include "sketch.h"

typedef struct {
    const char *name;
    const char *host; /* whose last link is meant */
    const char *facts;
} LinkCase;

static const LinkCase links[] = {
    {"hardware", "link a physical addr 192.0.2.1/24", "up ipv4"},
    {"both families", "link a veth addr 192.0.2.1/24,2001:db8::1/64", "up ipv4 ipv6"},
    {"a link-local address is of no network", "link a veth addr fe80::1/64", "up"},
    {"down", "link a veth down", "down"},
    {"without carrier", "link a veth carrier no", "no-carrier"},
    {"down without carrier", "link a veth down carrier no", "down"},
    {"the loopback", "link lo loopback", "up loopback"},
    {"vxlan", "link a vxlan", "up overlay"},
    {"geneve", "link a geneve", "up overlay"},
    {"a link of no kind is no overlay", "link a -", "up"},
};

static void test_facts(void **state)
{
    const LinkCase *row = *state;
    g_autoptr(Snapshot) snapshot = sketch(row->host);
    const Link *link = g_ptr_array_index(snapshot->links, snapshot->links->len - 1);
    g_autofree char *facts = g_strconcat(
        link_state_word(link), link_is_loopback(link) ? " loopback" : "",
        link_is_overlay(link) ? " overlay" : "", link_has_network(link, FAMILY_IPV4) ? " ipv4" : "",
        link_has_network(link, FAMILY_IPV6) ? " ipv6" : "", NULL);
    assert_string_equal(facts, row->facts);
    assert_true(link_is_up(link) == !g_str_has_prefix(row->facts, "down"));
    assert_true(link_is_numbered(link) == (strstr(row->facts, "ipv") != NULL));
}

static void test_kinds(G_GNUC_UNUSED void **state)
{
    static const char *const kinds[] = {"veth", "tun", NULL};
    g_autoptr(Snapshot) snapshot = sketch("link a veth\nlink b bridge\nlink c -\n");
    const Link *a = snapshot_link_by_name(snapshot, "a");
    const Link *b = snapshot_link_by_name(snapshot, "b");
    const Link *c = snapshot_link_by_name(snapshot, "c");
    assert_true(link_is_kind(a, "veth") && !link_is_kind(b, "veth") && !link_is_kind(c, "veth"));
    assert_true(link_is_any_kind(a, kinds) && !link_is_any_kind(b, kinds));
    assert_false(link_is_any_kind(c, kinds));
}

static void test_addresses_in_a_network(G_GNUC_UNUSED void **state)
{
    g_autoptr(Snapshot) snapshot = sketch("link a veth addr 10.1.2.3/24,2001:db8::1/64\n");
    const Link *link = snapshot_link_by_name(snapshot, "a");
    const IpPrefix within = sketch_prefix("10.1.0.0/16"), beside = sketch_prefix("10.2.0.0/16");
    assert_true(link_has_address_in(link, &within));
    assert_false(link_has_address_in(link, &beside));
}

static void test_names_that_firewalld_can_keep(G_GNUC_UNUSED void **state)
{
    static const struct {
        const char *name;
        bool fits;
    } rows[] = {
        {"eth0", true},      {"$(id)&<>\"'", true},    {"\xc3\xa9th0", true},    {"e\001", false},
        {"e\033[1m", false}, {"e\177", false},         {"e\xc2\x85", false},     {"e\xff", false},
        {"e/ff", false},     {"e\xef\xbf\xbe", false}, {"e\xef\xbf\xbf", false},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
        assert_int_equal(link_name_fits_firewalld(rows[i].name), rows[i].fits);
}

int main(void)
{
    const struct CMUnitTest others[] = {
        cmocka_unit_test(test_kinds),
        cmocka_unit_test(test_names_that_firewalld_can_keep),
        cmocka_unit_test(test_addresses_in_a_network),
    };
    return RUN_CASES(test_facts, links) + cmocka_run_group_tests_name("others", others, NULL, NULL);
}
