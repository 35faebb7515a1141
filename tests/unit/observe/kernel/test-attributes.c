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

/* ---- many attributes ---- */

static const struct nla_policy policy[] = {
    [1] = {.type = NLA_U8},
    [2] = {.type = NLA_U32},
    [3] = {.type = NLA_STRING, .maxlen = 5},
    [4] = {.type = NLA_NESTED},
    [5] = {.minlen = 4, .maxlen = 16},
};

/* What libnl makes of it: it ends silently where an attribute is cut short. */
static bool parse_with_libnl(guint8 *bytes, gsize size, struct nlattr **attributes)
{
    const struct nlattr *next = (void *)bytes;
    int rest = (int)size;
    while (nla_ok(next, rest))
        next = nla_next(next, &rest);
    return rest <= 0 &&
           nla_parse(attributes, G_N_ELEMENTS(policy) - 1, (void *)bytes, (int)size, policy) >= 0;
}

/* Attributes as they should be, but for a byte here and there: of SIZE bytes at most. */
static gsize fill(GRand *random, guint8 *bytes, gsize size)
{
    gsize used = 0;
    while (used + 24 < size && g_rand_int_range(random, 0, 6) > 0) {
        static const gsize sizes[] = {0, 1, 4, 4, 5, 6, 8, 16, 20};
        gsize length = sizes[g_rand_int_range(random, 0, G_N_ELEMENTS(sizes))];
        const struct nlattr head = {.nla_len = (guint16)(sizeof head + length),
                                    .nla_type = (guint16)g_rand_int_range(random, 0, 8)};
        memset(bytes + used, 0, NLA_ALIGN(head.nla_len));
        memcpy(bytes + used, &head, sizeof head);
        used += NLA_ALIGN(head.nla_len);
    }
    if (used > 0 && g_rand_boolean(random))
        bytes[g_rand_int_range(random, 0, (gint32)used)] = (guint8)g_rand_int_range(random, 0, 256);
    return used - (used > 0 ? (gsize)g_rand_int_range(random, 0, 4) : 0);
}

static void test_like_libnl(G_GNUC_UNUSED void **state)
{
    enum { ROUNDS = 100000 };
    static const AttributeSet set = {"a test", G_N_ELEMENTS(policy) - 1, policy};
    g_autoptr(GRand) random = g_rand_new_with_seed(1);
    guint good = 0;
    for (guint i = 0; i < ROUNDS; i++) {
        _Alignas(struct nlattr) guint8 bytes[128];
        struct nlattr *ours[G_N_ELEMENTS(policy)], *theirs[G_N_ELEMENTS(policy)];
        gsize size = fill(random, bytes, sizeof bytes);
        bool is_good = parse_with_libnl(bytes, size, theirs);
        assert_int_equal(attributes_parse_bytes(&set, bytes, size, ours, NULL), is_good);
        if (is_good)
            assert_memory_equal(ours, theirs, sizeof ours);
        good += is_good;
    }
    assert_in_range(good, ROUNDS / 10, ROUNDS * 9 / 10);
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
    const struct CMUnitTest others[] = {cmocka_unit_test(test_like_libnl),
                                        cmocka_unit_test(test_missing)};
    return RUN_CASES(test_text, texts) + RUN_CASES(test_address, addresses) +
           RUN_CASES(test_via, vias) + cmocka_run_group_tests(others, NULL, NULL);
}
