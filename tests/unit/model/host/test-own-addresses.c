/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What an address is to the host, looked up, is what each link says of it. */
#include "model/host/own-addresses.h"

#include "cases.h"
#include "sketch.h"

static const char host[] = "link lo loopback addr 127.0.0.1/8\n"
                           "link eth0 physical addr 192.0.2.10/24,192.0.2.11/24\n"
                           "link eth1 physical addr 192.0.2.255/32,198.51.100.0/31\n"
                           "link eth2 physical addr 2001:db8:1::5/64 forwarding6 yes\n"
                           "link blue vrf table 10\n"
                           "link eth3 physical in blue addr 203.0.113.7/24\n";

enum {
    LOCAL = 1 << RTN_LOCAL,
    BROADCAST = 1 << RTN_BROADCAST,
};

typedef struct {
    const char *name;
    const char *address;
    guint types;
    guint without_vrfs;
    bool is_owned;
} AddressCase;

static const AddressCase addresses[] = {
    {"its own", "192.0.2.10", LOCAL, LOCAL, true},
    {"another of the same link", "192.0.2.11", LOCAL, LOCAL, true},
    {"nobody's", "192.0.2.12", 0, 0, false},
    {"one link's broadcast, another's own", "192.0.2.255", LOCAL | BROADCAST, LOCAL | BROADCAST,
     true},
    {"a network of two has none", "198.51.100.1", 0, 0, false},
    {"all of the loopback network", "127.9.9.9", LOCAL, LOCAL, false},
    {"a router's anycast", "2001:db8:1::", LOCAL, LOCAL, false},
    {"in a VRF", "203.0.113.7", LOCAL, 0, true},
    {"broadcast in a VRF", "203.0.113.255", BROADCAST, 0, false},
};

static void test_address(void **state)
{
    const AddressCase *test = *state;
    g_autoptr(Snapshot) snapshot = sketch(host);
    g_autoptr(Snapshot) copy = snapshot_copy(snapshot);
    const IpPrefix whole = sketch_prefix(test->address);
    const IpAddress address = whole.address;
    assert_int_equal(own_address_types(copy, &address, false), test->types);
    assert_int_equal(own_address_types(snapshot, &address, true), test->without_vrfs);
    assert_int_equal(snapshot_owns_address(snapshot, &address), test->is_owned);
    guint types = 0;
    for (guint i = 0; i < snapshot->links->len; i++)
        types |= link_address_types(g_ptr_array_index(snapshot->links, i), &whole);
    assert_int_equal(types, test->types);
}

static void test_link_that_comes_later(G_GNUC_UNUSED void **state)
{
    g_autoptr(Snapshot) snapshot = sketch(host);
    const IpAddress address = sketch_prefix("192.0.2.77").address;
    assert_false(snapshot_owns_address(snapshot, &address));
    Link *link = link_new();
    LinkAddress own = {.prefix = {address, 24}};
    link->index = 77;
    link->name = g_strdup("eth77");
    g_ptr_array_add(link->addresses, g_memdup2(&own, sizeof own));
    snapshot_add_link(snapshot, link);
    assert_true(snapshot_owns_address(snapshot, &address));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_link_that_comes_later)};
    return RUN_CASES(test_address, addresses) + cmocka_run_group_tests(tests, NULL, NULL);
}
