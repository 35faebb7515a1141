/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Looking up in a snapshot, the independence of its copies, and firewalld's words. */
#include "model/host/snapshot.h"

#include "cases.h"

static void set_list(char ***list, const char *words)
{
    g_strfreev(*list);
    *list = g_strsplit(words, " ", -1);
}

static Link *make_link(int index, const char *name, const char *altnames)
{
    Link *link = link_new();
    link->index = index;
    link->name = g_strdup(name);
    if (altnames != NULL)
        set_list(&link->altnames, altnames);
    return link;
}

static Snapshot *make_snapshot(void)
{
    Snapshot *snapshot = snapshot_new();
    snapshot->taken_at = g_strdup("2024-04-07T08:45:19+00:00");
    snapshot->host = g_strdup("worker");
    snapshot_add_link(snapshot, make_link(1, "lo", NULL));
    snapshot_add_link(snapshot, make_link(2, "enp2s0", "enx0 uplink"));
    Firewalld *firewalld = snapshot->firewalld;
    firewalld->version = g_strdup("1.3.3");
    firewalld->default_zone = g_strdup("public");
    firewalld->options.backend = g_strdup("nftables");
    Zone *zone = zone_new("public");
    set_list(&zone->filter.services, "ssh");
    g_ptr_array_add(firewalld->zones, zone);
    g_ptr_array_add(firewalld->policies, policy_new("allow-host-ipv6"));
    g_ptr_array_add(firewalld->services, service_new("ssh"));
    g_ptr_array_add(firewalld->ipsets, ipset_new("friends"));
    PermanentBinding *binding = permanent_binding_new("enp2s0");
    binding->zone = g_strdup("work");
    g_ptr_array_add(snapshot->permanent->bindings, binding);
    g_ptr_array_add(snapshot->networkmanager->devices, managed_device_new("enp2s0"));
    return snapshot;
}

/* ---- looking up ---- */

typedef struct {
    const char *name;
    const char *link;
    int index; /* 0: there is none */
} LookupCase;

static const LookupCase lookups[] = {
    {"by name", "enp2s0", 2},
    {"by the first alternative name", "enx0", 2},
    {"by the second alternative name", "uplink", 2},
    {"another link", "lo", 1},
    {"none of that name", "eth0", 0},
    {"the beginning of a name", "enp2", 0},
};

static void test_lookup(void **state)
{
    const LookupCase *test = *state;
    g_autoptr(Snapshot) snapshot = make_snapshot();
    const Link *link = snapshot_link_by_name(snapshot, test->link);
    assert_int_equal(link != NULL ? link->index : 0, test->index);
    assert_ptr_equal(link, snapshot_link_by_index(snapshot, test->index));
}

static void test_the_first_link_of_an_index_stays(G_GNUC_UNUSED void **state)
{
    g_autoptr(Snapshot) snapshot = make_snapshot();
    snapshot_add_link(snapshot, make_link(2, "impostor", NULL));
    assert_int_equal(snapshot->links->len, 2);
    assert_string_equal(snapshot_link_by_index(snapshot, 2)->name, "enp2s0");
    assert_null(snapshot_link_by_name(snapshot, "impostor"));
}

static void test_named_things_are_found(G_GNUC_UNUSED void **state)
{
    g_autoptr(Snapshot) snapshot = make_snapshot();
    const Firewalld *firewalld = snapshot->firewalld;
    assert_string_equal(firewalld_zone(firewalld, "public")->name, "public");
    assert_string_equal(firewalld_policy(firewalld, "allow-host-ipv6")->name, "allow-host-ipv6");
    assert_string_equal(firewalld_service(firewalld, "ssh")->name, "ssh");
    assert_string_equal(firewalld_ipset(firewalld, "friends")->name, "friends");
    assert_string_equal(permanent_binding(snapshot->permanent, "enp2s0")->zone, "work");
    assert_string_equal(networkmanager_device(snapshot->networkmanager, "enp2s0")->interface,
                        "enp2s0");
    assert_null(firewalld_zone(firewalld, "work"));
    assert_null(firewalld_zone(firewalld, NULL));
    assert_null(firewalld_policy(firewalld, "public"));
    assert_null(firewalld_service(firewalld, "http"));
    assert_null(firewalld_ipset(firewalld, "foes"));
    assert_null(permanent_binding(snapshot->permanent, "lo"));
    assert_null(networkmanager_device(snapshot->networkmanager, "lo"));
}

static void test_the_same_is_unread_once(G_GNUC_UNUSED void **state)
{
    g_autoptr(Snapshot) snapshot = snapshot_new();
    snapshot_add_unread(snapshot, "settings of zone public", "getZoneSettings2", "refused");
    snapshot_add_unread(snapshot, "settings of zone public", "getZoneSettings2", "refused again");
    snapshot_add_unread(snapshot, "settings of zone work", "getZoneSettings2", "refused");
    snapshot_add_unread(snapshot, "settings of zone public", "getZoneSettings", "refused");
    assert_int_equal(snapshot->unread->len, 3);
    const Unread *first = g_ptr_array_index(snapshot->unread, 0);
    assert_string_equal(first->reason, "refused");
}

/* ---- copies ---- */

static void test_a_copy_does_not_touch_its_original(G_GNUC_UNUSED void **state)
{
    g_autoptr(Snapshot) snapshot = make_snapshot();
    g_autoptr(Snapshot) copy = snapshot_copy(snapshot);
    Zone *zone = firewalld_zone(copy->firewalld, "public");
    set_list(&zone->interfaces, "enp2s0");
    zone->forward = TRISTATE_YES;
    g_ptr_array_add(copy->firewalld->zones, zone_new("work"));
    PermanentBinding *binding = g_ptr_array_index(copy->permanent->bindings, 0);
    g_free(binding->zone);
    binding->zone = g_strdup("public");
    g_ptr_array_add(copy->permanent->bindings, permanent_binding_new("lo"));

    const Zone *original = firewalld_zone(snapshot->firewalld, "public");
    assert_int_equal(g_strv_length(original->interfaces), 0);
    assert_int_equal(original->forward, TRISTATE_UNKNOWN);
    assert_int_equal(snapshot->firewalld->zones->len, 1);
    assert_string_equal(permanent_binding(snapshot->permanent, "enp2s0")->zone, "work");
    assert_int_equal(snapshot->permanent->bindings->len, 1);
}

static void test_a_copy_outlives_its_original(G_GNUC_UNUSED void **state)
{
    Snapshot *snapshot = make_snapshot();
    g_autoptr(Snapshot) copy = snapshot_copy(snapshot);
    snapshot_free(snapshot);
    assert_string_equal(copy->host, "worker");
    assert_string_equal(copy->taken_at, "2024-04-07T08:45:19+00:00");
    assert_string_equal(copy->firewalld->version, "1.3.3");
    assert_string_equal(copy->firewalld->options.backend, "nftables");
    assert_string_equal(snapshot_link_by_name(copy, "uplink")->name, "enp2s0");
    assert_string_equal(firewalld_zone(copy->firewalld, "public")->filter.services[0], "ssh");
    assert_non_null(firewalld_policy(copy->firewalld, "allow-host-ipv6"));
    assert_non_null(firewalld_service(copy->firewalld, "ssh"));
    assert_non_null(firewalld_ipset(copy->firewalld, "friends"));
    assert_non_null(networkmanager_device(copy->networkmanager, "enp2s0"));
}

/* What a copy of firewalld shares, it can have of its own. */
static void test_services_of_its_own(G_GNUC_UNUSED void **state)
{
    g_autoptr(Snapshot) snapshot = make_snapshot();
    Service *service = service_new("mdns");
    service->destination_ipv4 = address_spec_parse("224.0.0.251");
    g_ptr_array_add(snapshot->firewalld->services, service);
    service = service_new("dhcpv6-client");
    service->destination_ipv6 = address_spec_parse("fe80::/64");
    g_ptr_array_add(snapshot->firewalld->services, service);
    g_autoptr(Snapshot) copy = snapshot_copy(snapshot);
    firewalld_own_services(copy->firewalld);
    g_ptr_array_add(copy->firewalld->services, service_new("http"));
    assert_null(firewalld_service(snapshot->firewalld, "http"));
    const Service *mdns = firewalld_service(copy->firewalld, "mdns");
    assert_ptr_not_equal(mdns, firewalld_service(snapshot->firewalld, "mdns"));
    assert_string_equal(mdns->destination_ipv4->text, "224.0.0.251");
    assert_null(mdns->destination_ipv6);
    const Service *dhcpv6 = firewalld_service(copy->firewalld, "dhcpv6-client");
    assert_string_equal(dhcpv6->destination_ipv6->text, "fe80::/64");
    assert_null(dhcpv6->destination_ipv4);
}

static void test_freeing_nothing_is_fine(G_GNUC_UNUSED void **state)
{
    snapshot_free(NULL);
    link_free(NULL);
    route_free(NULL);
    rule_free(NULL);
    firewalld_free(NULL);
    zone_free(NULL);
    policy_free(NULL);
    service_free(NULL);
    ipset_free(NULL);
    permanent_binding_free(NULL);
    managed_device_free(NULL);
    legacy_table_free(NULL);
    address_spec_free(NULL);
    port_range_free(NULL);
    forward_port_free(NULL);
    rich_rule_free(NULL);
    expression_free(NULL);
    nft_element_free(NULL);
    nft_set_unref(NULL);
    nft_rule_unref(NULL);
    nft_chain_free(NULL);
    nft_table_unref(NULL);
    ruleset_unref(NULL);
}

/* ---- firewalld's words ---- */

typedef struct {
    const char *name;
    const char *word;
    Target target;
    const char *written; /* NULL: none */
} TargetCase;

static const TargetCase targets[] = {
    {"default", "default", TARGET_DEFAULT, "default"},
    {"CONTINUE", "CONTINUE", TARGET_CONTINUE, "CONTINUE"},
    {"ACCEPT", "ACCEPT", TARGET_ACCEPT, "ACCEPT"},
    {"REJECT of a zone", "%%REJECT%%", TARGET_REJECT, "%%REJECT%%"},
    {"REJECT of a policy", "REJECT", TARGET_REJECT, "%%REJECT%%"},
    {"DROP", "DROP", TARGET_DROP, "DROP"},
    {"another word", "FROBNICATE", TARGET_UNKNOWN, NULL},
    {"no word", "", TARGET_UNKNOWN, NULL},
};

static void test_target(void **state)
{
    const TargetCase *test = *state;
    assert_int_equal(target_from_word(test->word), test->target);
    assert_true(g_strcmp0(target_word(test->target), test->written) == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_first_link_of_an_index_stays),
        cmocka_unit_test(test_named_things_are_found),
        cmocka_unit_test(test_the_same_is_unread_once),
        cmocka_unit_test(test_a_copy_does_not_touch_its_original),
        cmocka_unit_test(test_a_copy_outlives_its_original),
        cmocka_unit_test(test_services_of_its_own),
        cmocka_unit_test(test_freeing_nothing_is_fine),
    };
    return RUN_CASES(test_lookup, lookups) + RUN_CASES(test_target, targets) +
           cmocka_run_group_tests(tests, NULL, NULL);
}
