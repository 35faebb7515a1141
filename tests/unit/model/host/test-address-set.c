/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is looked up in a set of addresses is what going through its entries one by one would say. */
#include "model/host/address-set.h"

#include "model/foreach.h"

#include "cases.h"

typedef struct {
    const char *name;
    const char *entries; /* separated by spaces */
    const char *prefix;
    Match covers;
    Match networks; /* where single hosts within do not count */
} CoverCase;

static const CoverCase covers[] = {
    {"an address of the set", "10.0.0.1 10.0.0.3", "10.0.0.3", MATCH_YES, MATCH_YES},
    {"between two addresses", "10.0.0.1 10.0.0.3", "10.0.0.2", MATCH_NO, MATCH_NO},
    {"in a network", "10.0.0.0/24 10.0.2.0/24", "10.0.2.255", MATCH_YES, MATCH_YES},
    {"behind a network", "10.0.0.0/24 10.0.2.0/24", "10.0.3.0", MATCH_NO, MATCH_NO},
    {"an address with a length", "10.0.0.77/24", "10.0.0.1", MATCH_YES, MATCH_YES},
    {"a netmask", "10.0.0.0/255.255.255.0", "10.0.0.1", MATCH_YES, MATCH_YES},
    {"the wider of two", "10.0.0.0/8 10.1.0.0/16", "10.2.0.0/16", MATCH_YES, MATCH_YES},
    {"a network around single hosts", "10.0.0.1", "10.0.0.0/24", MATCH_MAYBE, MATCH_NO},
    {"a network around a network", "10.0.0.128/25", "10.0.0.0/24", MATCH_MAYBE, MATCH_MAYBE},
    {"a network beside a network", "10.0.1.0/25", "10.0.0.0/24", MATCH_NO, MATCH_NO},
    {"all of a family", "0.0.0.0/0", "10.0.0.1", MATCH_YES, MATCH_YES},
    {"the other family", "::/0", "10.0.0.1", MATCH_NO, MATCH_NO},
    {"the same bytes in the other family", "a00:1::", "10.0.0.1", MATCH_NO, MATCH_NO},
    {"IPv6 off the byte", "2001:db8::/29", "2001:dbf::1", MATCH_YES, MATCH_YES},
    {"IPv6 behind it", "2001:db8::/29", "2001:dc0::1", MATCH_NO, MATCH_NO},
    {"what is no address", "nonsense 02:00:00:00:00:01", "10.0.0.1", MATCH_NO, MATCH_NO},
    {"nothing", "", "10.0.0.1", MATCH_NO, MATCH_NO},
};

static AddressSet *set_of(const char *text)
{
    g_auto(GStrv) entries = *text != '\0' ? g_strsplit(text, " ", -1) : g_new0(char *, 1);
    return address_set_new(entries);
}

static void test_covers(void **state)
{
    const CoverCase *row = *state;
    AddressSet *set = set_of(row->entries);
    IpPrefix prefix;
    assert_true(ip_prefix_parse(row->prefix, &prefix));
    assert_int_equal(address_set_covers(set, &prefix, false), row->covers);
    assert_int_equal(address_set_covers(set, &prefix, true), row->networks);
    address_set_free(set);
}

static void test_family(void **state G_GNUC_UNUSED)
{
    AddressSet *set = set_of("10.0.0.0/8 ::/0");
    assert_int_equal(address_set_covers_family(set, FAMILY_IPV4), MATCH_MAYBE);
    assert_int_equal(address_set_covers_family(set, FAMILY_IPV6), MATCH_YES);
    address_set_free(set);
    set = set_of("02:00:00:00:00:01");
    assert_int_equal(address_set_covers_family(set, FAMILY_IPV4), MATCH_NO);
    address_set_free(set);
}

static void test_macs(void **state G_GNUC_UNUSED)
{
    AddressSet *set = set_of("02:00:00:00:00:aB");
    assert_int_equal(address_set_has_mac(set, "02:00:00:00:00:Ab"), MATCH_YES);
    assert_int_equal(address_set_has_mac(set, "02:00:00:00:00:ac"), MATCH_NO);
    assert_int_equal(address_set_has_mac(set, NULL), MATCH_MAYBE);
    assert_false(address_set_has_unknown(set));
    address_set_free(set);
    set = set_of("10.0.0.1 10.0.0.1,tcp:80");
    assert_int_equal(address_set_has_mac(set, NULL), MATCH_NO);
    assert_true(address_set_has_unknown(set));
    address_set_free(set);
}

/* ---- at random ---- */

static char *random_prefix(GRand *random)
{
    gint32 length = g_rand_int_range(random, 0, 33);
    guint32 bits = g_rand_int_range(random, 0, 16) * 0x11100000u + g_rand_int_range(random, 0, 16);
    return g_strdup_printf("%u.%u.%u.%u/%d", bits >> 24, bits >> 16 & 255, bits >> 8 & 255,
                           bits & 255, g_rand_boolean(random) ? 32 : length);
}

static Match one_by_one(char *const *entries, const IpPrefix *prefix)
{
    Match match = MATCH_NO;
    STRV_FOREACH (entry, entries) {
        IpPrefix own;
        assert_true(ip_prefix_parse(*entry, &own));
        match = MAX(match, ip_prefix_covers(&own, prefix));
    }
    return match;
}

static void test_random_sets(void **state G_GNUC_UNUSED)
{
    g_autoptr(GRand) random = g_rand_new_with_seed(1);
    guint counts[MATCH_YES + 1] = {0};
    for (guint round = 0; round < 2000; round++) {
        char *entries[7] = {NULL};
        for (guint i = 0; i < (guint)g_rand_int_range(random, 0, 7); i++)
            entries[i] = random_prefix(random);
        AddressSet *set = address_set_new(entries);
        g_autofree char *asked = random_prefix(random);
        IpPrefix prefix;
        assert_true(ip_prefix_parse(asked, &prefix));
        Match match = address_set_covers(set, &prefix, false);
        assert_int_equal(match, one_by_one(entries, &prefix));
        counts[match]++;
        address_set_free(set);
        STRV_FOREACH (entry, entries)
            g_free(*entry);
    }
    for (guint i = 0; i <= MATCH_YES; i++)
        assert_true(counts[i] > 100);
}

int main(void)
{
    static const struct CMUnitTest single[] = {
        cmocka_unit_test(test_family),
        cmocka_unit_test(test_macs),
        cmocka_unit_test(test_random_sets),
    };
    return RUN_CASES(test_covers, covers) + cmocka_run_group_tests(single, NULL, NULL);
}
