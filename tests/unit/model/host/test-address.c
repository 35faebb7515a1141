/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Addresses, prefixes and address specifications: what is one, and how they compare. */
#include "model/host/address.h"

#include "cases.h"

typedef struct {
    const char *name;
    const char *text;
    const char *canonical; /* NULL: not one */
} TextCase;

static const TextCase addresses[] = {
    {"IPv4", "192.0.2.1", "192.0.2.1"},
    {"IPv4, all zeros", "0.0.0.0", "0.0.0.0"},
    {"IPv6", "2001:DB8:0:0::1", "2001:db8::1"},
    {"IPv6, all zeros", "::", "::"},
    {"IPv4 mapped in IPv6", "::ffff:192.0.2.1", "::ffff:192.0.2.1"},
    {"nothing", "", NULL},
    {"three parts", "192.0.2", NULL},
    {"a part too large", "192.0.2.256", NULL},
    {"an octal part", "192.0.2.01", NULL},
    {"space around", " 192.0.2.1", NULL},
    {"a zone index", "fe80::1%eth0", NULL},
    {"two double colons", "2001::db8::1", NULL},
    {"a name", "localhost", NULL},
    {"a prefix", "192.0.2.0/24", NULL},
};

static void test_address(void **state)
{
    const TextCase *test = *state;
    IpAddress address = {.family = FAMILY_IPV4, .bytes = {1, 2, 3, 4}};
    const IpAddress before = address;
    bool parsed = ip_address_parse(test->text, &address);
    assert_int_equal(parsed, test->canonical != NULL);
    if (!parsed) {
        assert_memory_equal(&address, &before, sizeof address);
        return;
    }
    g_autofree char *text = ip_address_to_string(&address);
    assert_string_equal(text, test->canonical);
}

static const TextCase prefixes[] = {
    {"a network", "10.0.0.0/8", "10.0.0.0/8"},
    {"host bits are kept", "10.1.2.3/8", "10.1.2.3/8"},
    {"an address alone", "10.1.2.3", "10.1.2.3/32"},
    {"everything", "0.0.0.0/0", "0.0.0.0/0"},
    {"a netmask", "10.0.0.0/255.255.240.0", "10.0.0.0/20"},
    {"a netmask of ones", "10.0.0.1/255.255.255.255", "10.0.0.1/32"},
    {"a netmask of zeros", "0.0.0.0/0.0.0.0", "0.0.0.0/0"},
    {"IPv6", "2001:db8::/32", "2001:db8::/32"},
    {"IPv6 alone", "2001:db8::1", "2001:db8::1/128"},
    {"IPv6 everything", "::/0", "::/0"},
    {"a netmask with a gap", "10.0.0.0/255.0.255.0", NULL},
    {"longer than IPv4", "10.0.0.0/33", NULL},
    {"longer than IPv6", "::/129", NULL},
    {"a netmask that is an address of IPv6", "10.0.0.0/::255.0.0.0", NULL},
    {"an IPv4 netmask for IPv6", "::/255.0.0.0", NULL},
    {"no length", "10.0.0.0/", NULL},
    {"a negative length", "10.0.0.0/-1", NULL},
    {"two lengths", "10.0.0.0/8/8", NULL},
    {"no address", "/8", NULL},
    {"nothing", "", NULL},
};

static void test_prefix(void **state)
{
    const TextCase *test = *state;
    IpPrefix prefix = {.length = 99};
    const IpPrefix before = prefix;
    bool parsed = ip_prefix_parse(test->text, &prefix);
    assert_int_equal(parsed, test->canonical != NULL);
    if (!parsed) {
        assert_memory_equal(&prefix, &before, sizeof prefix);
        return;
    }
    g_autofree char *text = ip_prefix_to_string(&prefix);
    assert_string_equal(text, test->canonical);
}

typedef struct {
    const char *name;
    const char *outer;
    const char *inner;
    Match match;
} CoverCase;

static const CoverCase covers[] = {
    {"a smaller network", "10.0.0.0/8", "10.1.0.0/16", MATCH_YES},
    {"itself", "10.0.0.0/8", "10.0.0.0/8", MATCH_YES},
    {"itself with host bits", "10.9.9.9/8", "10.0.0.0/8", MATCH_YES},
    {"a larger network", "10.1.0.0/16", "10.0.0.0/8", MATCH_MAYBE},
    {"another network", "10.0.0.0/8", "11.0.0.0/8", MATCH_NO},
    {"a larger network elsewhere", "10.1.0.0/16", "11.0.0.0/8", MATCH_NO},
    {"everything covers everything", "0.0.0.0/0", "0.0.0.0/0", MATCH_YES},
    {"some of everything", "192.0.2.0/24", "0.0.0.0/0", MATCH_MAYBE},
    {"across the boundary of a byte", "10.0.16.0/20", "10.0.31.0/24", MATCH_YES},
    {"just outside of it", "10.0.16.0/20", "10.0.32.0/24", MATCH_NO},
    {"IPv6", "2001:db8::/32", "2001:db8:ffff::1/128", MATCH_YES},
    {"another family", "0.0.0.0/0", "::/0", MATCH_NO},
};

static void test_cover(void **state)
{
    const CoverCase *test = *state;
    IpPrefix outer;
    IpPrefix inner;
    assert_true(ip_prefix_parse(test->outer, &outer));
    assert_true(ip_prefix_parse(test->inner, &inner));
    assert_int_equal(ip_prefix_covers(&outer, &inner), test->match);
}

typedef struct {
    const char *name;
    const char *prefix;
    const char *address;
    bool contained;
} ContainCase;

static const ContainCase contains[] = {
    {"in a network", "10.0.0.0/8", "10.255.255.255", true},
    {"outside of it", "10.0.0.0/8", "11.0.0.0", false},
    {"the last of odd bits", "192.0.2.128/25", "192.0.2.255", true},
    {"before odd bits", "192.0.2.128/25", "192.0.2.127", false},
    {"everything", "0.0.0.0/0", "203.0.113.9", true},
    {"another family", "::/0", "203.0.113.9", false},
    {"one host", "2001:db8::1/128", "2001:db8::1", true},
    {"beside one host", "2001:db8::1/128", "2001:db8::2", false},
};

static void test_contain(void **state)
{
    const ContainCase *test = *state;
    IpPrefix prefix;
    IpAddress address;
    assert_true(ip_prefix_parse(test->prefix, &prefix));
    assert_true(ip_address_parse(test->address, &address));
    assert_int_equal(ip_prefix_contains(&prefix, &address), test->contained);
}

static void test_equality_minds_the_family(G_GNUC_UNUSED void **state)
{
    IpAddress four;
    IpAddress six;
    assert_true(ip_address_parse("0.0.0.0", &four));
    assert_true(ip_address_parse("::", &six));
    assert_true(ip_address_equal(&four, &four));
    assert_false(ip_address_equal(&four, &six));
    assert_true(ip_address_parse("0.0.0.1", &six));
    assert_false(ip_address_equal(&four, &six));
    assert_int_equal(ip_address_bits(FAMILY_IPV4), 32);
    assert_int_equal(ip_address_bits(FAMILY_IPV6), 128);
}

typedef struct {
    const char *name;
    const char *text;
    AddressSpecKind kind;
    const char *spec_name;
    const char *prefix;
} SpecCase;

static const SpecCase specs[] = {
    {"an address", "192.0.2.1", ADDRESS_SPEC_PREFIX, NULL, "192.0.2.1/32"},
    {"a network", "2001:db8::/32", ADDRESS_SPEC_PREFIX, NULL, "2001:db8::/32"},
    {"a netmask", "10.0.0.0/255.0.0.0", ADDRESS_SPEC_PREFIX, NULL, "10.0.0.0/8"},
    {"a MAC address", "52:54:00:A1:B2:C3", ADDRESS_SPEC_MAC, "52:54:00:a1:b2:c3", NULL},
    {"an ipset", "ipset:friends", ADDRESS_SPEC_IPSET, "friends", NULL},
    {"a host name", "db.example.net", ADDRESS_SPEC_UNKNOWN, NULL, NULL},
    {"a MAC address that is cut off", "52:54:00:a1:b2", ADDRESS_SPEC_UNKNOWN, NULL, NULL},
    {"nothing", "", ADDRESS_SPEC_UNKNOWN, NULL, NULL},
};

static void test_spec(void **state)
{
    const SpecCase *test = *state;
    g_autoptr(AddressSpec) spec = address_spec_parse(test->text);
    assert_string_equal(spec->text, test->text);
    assert_int_equal(spec->kind, test->kind);
    assert_true(g_strcmp0(spec->name, test->spec_name) == 0);
    if (test->prefix == NULL)
        return;
    g_autofree char *prefix = ip_prefix_to_string(&spec->prefix);
    assert_string_equal(prefix, test->prefix);
}

typedef struct {
    const char *name;
    const char *text;
    bool valid;
} MacCase;

static const MacCase macs[] = {
    {"lower case", "52:54:00:a1:b2:c3", true},
    {"upper case", "52:54:00:A1:B2:C3", true},
    {"dashes", "52-54-00-a1-b2-c3", false},
    {"five octets", "52:54:00:a1:b2", false},
    {"five octets and a colon", "52:54:00:a1:b2:", false},
    {"seven octets", "52:54:00:a1:b2:c3:d4", false},
    {"no hexadecimal digit", "52:54:00:a1:b2:cg", false},
    {"one digit short", "52:54:00:a1:b2:c", false},
    {"nothing", "", false},
};

static void test_mac(void **state)
{
    const MacCase *test = *state;
    assert_int_equal(mac_address_is_valid(test->text), test->valid);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_equality_minds_the_family),
    };
    return RUN_CASES(test_address, addresses) + RUN_CASES(test_prefix, prefixes) +
           RUN_CASES(test_cover, covers) + RUN_CASES(test_contain, contains) +
           RUN_CASES(test_spec, specs) + RUN_CASES(test_mac, macs) +
           cmocka_run_group_tests(tests, NULL, NULL);
}
