/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Texts and addresses in attributes. */
#include "observe/kernel/attributes.h"

#include "cases.h"

#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/socket.h>

/* An attribute of the size it says and not a byte more. */
static struct nlattr *attribute_new(const void *bytes, gsize size)
{
    struct nlattr *attribute = g_malloc(sizeof *attribute + size);
    *attribute = (struct nlattr){.nla_len = (guint16)(sizeof *attribute + size), .nla_type = 1};
    memcpy(attribute + 1, bytes, size);
    return attribute;
}

typedef struct {
    const char *name;
    const char *bytes;
    gsize size;
    const char *text; /* NULL: none */
} TextCase;

#define WITH_NUL(text)    (text), sizeof(text)
#define WITHOUT_NUL(text) (text), sizeof(text) - 1

static const TextCase texts[] = {
    {"a name", WITH_NUL("enp2s0"), "enp2s0"},
    {"a name without its end", WITHOUT_NUL("enp2s0"), "enp2s0"},
    {"nothing", WITHOUT_NUL(""), NULL},
    {"nothing but the end", WITH_NUL(""), NULL},
    {"what is behind the end does not count", WITH_NUL("a\0b"), "a"},
    {"UTF-8", WITH_NUL("caf\xc3\xa9"), "caf\xc3\xa9"},
    {"Latin 1", WITH_NUL("caf\xe9"), "caf/e9"},
    {"an invalid byte at the start",
     WITH_NUL("\xff"
              "a"),
     "/ffa"},
    {"invalid bytes in a row", WITH_NUL("\xff\xfe"), "/ff/fe"},
    {"a character cut short", WITH_NUL("a\xe2\x82"), "a/e2/82"},
    {"a character written too long", WITH_NUL("\xc0\xaf"), "/c0/af"},
    {"half of a surrogate pair", WITH_NUL("\xed\xa0\x80"), "/ed/a0/80"},
    {"what looks like an escape is told from one", WITH_NUL("a/ff"), "a/2fff"},
    {"slashes and invalid bytes", WITH_NUL("/\xff/"), "/2f/ff/2f"},
    {"a backslash stays", WITH_NUL("a\\xff"), "a\\xff"},
    {"control characters stay", WITH_NUL("a\x1b[31m"), "a\x1b[31m"},
};

static void test_text(void **state)
{
    const TextCase *test = *state;
    g_autofree struct nlattr *attribute = attribute_new(test->bytes, test->size);
    g_autofree char *text = attribute_text(attribute);
    if (test->text == NULL)
        assert_null(text);
    else
        assert_string_equal(text, test->text);
}

typedef struct {
    const char *name;
    guint8 bytes[20];
    gsize size;
    const char *address; /* NULL: none */
} AddressCase;

static const AddressCase addresses[] = {
    {"IPv4", {192, 0, 2, 1}, 4, "192.0.2.1"},
    {"IPv6", {0x20, 1, 0xd, 0xb8, [15] = 1}, 16, "2001:db8::1"},
    {"IPv4 in IPv6", {[10] = 0xff, 0xff, 192, 0, 2, 1}, 16, "::ffff:192.0.2.1"},
    {"nothing", {0}, 0, NULL},
    {"too short", {192, 0, 2}, 3, NULL},
    {"neither", {0}, 8, NULL},
    {"too long", {0}, 17, NULL},
};

static const AddressCase vias[] = {
    {"IPv4", {AF_INET, 0, 192, 0, 2, 1}, 6, "192.0.2.1"},
    {"IPv6", {AF_INET6, 0, 0x20, 1, 0xd, 0xb8, [17] = 1}, 18, "2001:db8::1"},
    {"nothing", {0}, 0, NULL},
    {"half a family", {AF_INET}, 1, NULL},
    {"no address", {AF_INET, 0}, 2, NULL},
    {"IPv4 said to be IPv6", {AF_INET6, 0, 192, 0, 2, 1}, 6, NULL},
    {"another family", {AF_MPLS, 0, 192, 0, 2, 1}, 6, NULL},
};

static void check_address(const AddressCase *test,
                          bool (*read)(const struct nlattr *attribute, IpAddress *address))
{
    g_autofree struct nlattr *attribute = attribute_new(test->bytes, test->size);
    IpAddress address = {.family = FAMILY_IPV6, .bytes = {7}};
    const IpAddress before = address;
    assert_int_equal(read(attribute, &address), test->address != NULL);
    if (test->address == NULL) {
        assert_memory_equal(&address, &before, sizeof address);
        return;
    }
    g_autofree char *text = ip_address_to_string(&address);
    assert_string_equal(text, test->address);
}

static void test_address(void **state)
{
    check_address(*state, attribute_address);
}

static void test_via(void **state)
{
    check_address(*state, attribute_via);
}

static void test_missing(void **state)
{
    (void)state;
    IpAddress address;
    assert_null(attribute_text(NULL));
    assert_false(attribute_address(NULL, &address));
    assert_false(attribute_via(NULL, &address));
    assert_int_equal(attribute_u8(NULL, 7), 7);
    assert_int_equal(attribute_u32(NULL, 70000), 70000);
}

int main(void)
{
    const struct CMUnitTest others[] = {cmocka_unit_test(test_missing)};
    return RUN_CASES(test_text, texts) + RUN_CASES(test_address, addresses) +
           RUN_CASES(test_via, vias) + cmocka_run_group_tests(others, NULL, NULL);
}
