/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is read as a document and what is refused, and where a text goes wrong. */
#include "documents/document.h"

#include "cases.h"
#include "stride.h"

#include <string.h>

static json_t *parse(const char *text, gsize size, GError **error)
{
    const JsonPlace place = {.name = "test"};
    return document_parse(text, size, &place, error);
}

/* Asserts that TEXT is refused with a message that begins with PREFIX. */
static void assert_refused(const char *text, gsize size, const char *prefix)
{
    g_autoptr(GError) error = NULL;
    assert_null(parse(text, size, &error));
    assert_true(g_utf8_validate(error->message, -1, NULL));
    if (!g_str_has_prefix(error->message, prefix))
        fail_msg("'%s' does not begin with '%s'", error->message, prefix);
}

typedef struct {
    const char *name;
    const char *text;
} GoodCase;

static const GoodCase good[] = {
    {"nothing in it", "{}"},
    {"space around", " \t\r\n{ } \n"},
    {"every kind of value", "{\"a\": [1, -2, \"x\", true, false, null, {}, []]}"},
    {"every kind of number", "{\"a\":[0,-0,10,1.5,1e5,1E+5,1.5e-7]}"},
    {"the smallest integer", "{\"a\":-9223372036854775808}"},
    {"a surrogate pair", "{\"a\":\"\\ud83d\\udd25\"}"},
    {"UTF-8", "{\"caf\xc3\xa9\":\"\xf0\x9f\x94\xa5\"}"},
};

static void test_good(void **state)
{
    const GoodCase *test = *state;
    g_autoptr(GError) error = NULL;
    json_auto_t *root = parse(test->text, strlen(test->text), &error);
    assert_true(json_is_object(root));
}

typedef struct {
    const char *name;
    const char *text;
    const char *error; /* how it begins, behind "test: " */
} BadCase;

static const BadCase bad[] = {
    {"nothing", "", "empty"},
    {"a list", "[]", "expected an object, found a list"},
    {"a byte order mark", "\xef\xbb\xbf{}", "line 1, column 1: '[' or '{' expected"},
    {"cut off", "{\"a\":", "line 1, column 5: unexpected token near end of file"},
    {"two documents", "{} {}", "line 1, column 4: end of file expected near '{'"},
    {"a comma too much", "{\"a\":[1,]}", "line 1, column 9: unexpected token near ']'"},
    {"a comment", "{\n  // no\n}", "line 2, column 3: string or '}' expected near '/'"},
    {"not a number", "{\"a\":NaN}", "line 1, column 8: invalid token near 'NaN'"},
    {"2^63", "{\"a\":9223372036854775808}", "line 1, column 24: too big integer"},
    {"an escaped NUL", "{\"a\":\"x\\u0000y\"}", "line 1, column 15: \\u0000 is not allowed"},
    {"half a surrogate pair", "{\"a\":\"\\ud800\"}", "line 1, column 13: invalid Unicode"},
    {"a newline in a string", "{\"a\":\"x\ny\"}", "line 1, column 7: unexpected newline"},
    {"a name twice", "{\"a\":1,\"a\":2}", "line 1, column 10: duplicate object key near '\"a\"'"},
    {"a byte that is not UTF-8", "{\"a\":\n\"\xff\"}",
     "line 2, column 1: unable to decode byte 0xff"},
};

static void test_bad(void **state)
{
    const BadCase *test = *state;
    g_autofree char *prefix = g_strconcat("test: ", test->error, NULL);
    assert_refused(test->text, strlen(test->text), prefix);
}

static void test_a_nul_byte_is_refused(G_GNUC_UNUSED void **state)
{
    static const char text[] = "{\"a\":\0 1}";
    assert_refused(text, sizeof text - 1, "test: line 1, column 6: ");
}

/* "{"a":" with COUNT times C behind it, and END. */
static char *long_text(char c, gsize count, const char *end)
{
    g_autofree char *middle = g_strnfill(count, c);
    return g_strconcat("{\"a\":", middle, end, NULL);
}

static void test_depth(G_GNUC_UNUSED void **state)
{
    g_autofree char *bottomless = long_text('[', 1000000, "");
    assert_refused(bottomless, strlen(bottomless),
                   "test: line 1, column 2053: maximum parsing depth");
}

static void test_ten_million_digits(G_GNUC_UNUSED void **state)
{
    const guint digits = 10000000 / stride(20);
    g_autofree char *integer = long_text('9', digits, "}");
    g_autofree char *too_big =
        g_strdup_printf("test: line 1, column %u: too big integer", digits + 5);
    assert_refused(integer, strlen(integer), too_big);
    g_autofree char *real = long_text('9', digits, ".0}");
    g_autofree char *overflow =
        g_strdup_printf("test: line 1, column %u: real number overflow", digits + 7);
    assert_refused(real, strlen(real), overflow);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_nul_byte_is_refused),
        cmocka_unit_test(test_depth),
        cmocka_unit_test(test_ten_million_digits),
    };
    return RUN_CASES(test_good, good) + RUN_CASES(test_bad, bad) +
           cmocka_run_group_tests(tests, NULL, NULL);
}
