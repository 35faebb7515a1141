/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is JSON and what is not, and where a text goes wrong. */
#include "documents/json-syntax.h"

#include "cases.h"

#include <string.h>

typedef struct {
    const char *name;
    const char *text;
} GoodCase;

static const GoodCase good[] = {
    {"nothing in it", "{}"},
    {"space around", " \t\r\n{ } \n"},
    {"every kind of value", "{\"a\": [1, -2, \"x\", true, false, null, {}, []]}"},
    {"every kind of number", "{\"a\":[0,-0,10,1.5,1e5,1E+5,1.5e-7]}"},
    {"the longest integer", "{\"a\":-999999999999999999}"},
    {"every escape", "{\"a\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\uABCD\"}"},
    {"a surrogate pair", "{\"a\":\"\\ud83d\\udd25\"}"},
    {"UTF-8", "{\"caf\xc3\xa9\":\"\xf0\x9f\x94\xa5\"}"},
    {"brackets in strings", "{\"a\":\"[[[[{{{{]\"}"},
    {"a comment in a string", "{\"a\":\"/* // */\"}"},
    {"an empty name", "{\"\":1}"},
    {"a name twice", "{\"a\":1,\"a\":2}"},
};

static void test_good(void **state)
{
    const GoodCase *test = *state;
    JsonSyntaxFault fault = {0};
    assert_true(json_syntax_check(test->text, strlen(test->text), &fault));
    assert_null(fault.reason);
}

typedef struct {
    const char *name;
    const char *text;
    guint line;
    glong column;
    const char *reason;
} BadCase;

static const BadCase bad[] = {
    {"nothing", "", 1, 1, "expected an object"},
    {"space", " \n ", 2, 2, "expected an object"},
    {"a list", "[]", 1, 1, "expected an object"},
    {"a string", "\"a\"", 1, 1, "expected an object"},
    {"a byte order mark", "\xef\xbb\xbf{}", 1, 1, "expected an object"},
    {"an assignment", "var a = {}", 1, 1, "expected an object"},
    {"cut off at once", "{", 1, 2, "expected a string"},
    {"cut off behind a name", "{\"a\"", 1, 5, "expected a colon"},
    {"cut off behind a colon", "{\"a\":", 1, 6, "expected a value"},
    {"cut off behind a value", "{\"a\":1", 1, 7, "expected a comma or }"},
    {"cut off in a list", "{\"a\":[1", 1, 8, "expected a comma or ]"},
    {"cut off in a string", "{\"a", 1, 4, "a string has no end"},
    {"cut off in an escape", "{\"a\\", 1, 5, "no such escape in a string"},
    {"cut off in a word", "{\"a\":tru", 1, 6, "expected a value"},
    {"two documents", "{} {}", 1, 4, "more text after the end of the document"},
    {"text behind the document", "{}\nxyz", 2, 1, "more text after the end of the document"},
    {"a comma too much in an object", "{\"a\":1,}", 1, 8, "expected a string"},
    {"a comma too much in a list", "{\"a\":[1,]}", 1, 9, "expected a value"},
    {"two commas", "{\"a\":[1,,2]}", 1, 9, "expected a value"},
    {"no comma", "{\"a\":[1 2]}", 1, 9, "expected a comma or ]"},
    {"no colon", "{\"a\" 1}", 1, 6, "expected a colon"},
    {"the wrong bracket", "{\"a\":[1}", 1, 8, "expected a comma or ]"},
    {"the wrong bracket for an object", "{\"a\":1]", 1, 7, "expected a comma or }"},
    {"a name without quotes", "{a:1}", 1, 2, "expected a string"},
    {"a number for a name", "{1:1}", 1, 2, "expected a string"},
    {"single quotes", "{'a':1}", 1, 2, "expected a string"},
    {"a comment", "{\n  // no\n}", 2, 3, "expected a string"},
    {"another comment", "{\"a\":/* no */1}", 1, 6, "expected a value"},
    {"a word in capitals", "{\"a\":True}", 1, 6, "expected a value"},
    {"not a number", "{\"a\":NaN}", 1, 6, "expected a value"},
    {"a word glued to another", "{\"a\":truefalse}", 1, 10, "expected a comma or }"},
    {"a leading zero", "{\"a\":01}", 1, 8, "a number may not begin with 0"},
    {"a plus sign", "{\"a\":+1}", 1, 6, "expected a value"},
    {"a minus sign alone", "{\"a\":-}", 1, 7, "expected a digit"},
    {"hexadecimal", "{\"a\":0x10}", 1, 7, "expected a comma or }"},
    {"no digit behind the point", "{\"a\":1.}", 1, 8, "expected a digit"},
    {"no digit in the exponent", "{\"a\":1e}", 1, 8, "expected a digit"},
    {"an integer of 19 digits", "{\"a\":1000000000000000000}", 1, 25, "a number is too large"},
    {"an escape that is none", "{\"a\":\"\\q\"}", 1, 8, "no such escape in a string"},
    {"three digits of four", "{\"a\":\"\\u12\"}", 1, 11, "expected four hexadecimal digits"},
    {"an escaped NUL", "{\"a\":\"x\\u0000y\"}", 1, 14, "a string may not contain NUL"},
    {"half a surrogate pair", "{\"a\":\"\\ud800\"}", 1, 13, "half of a surrogate pair"},
    {"two first halves", "{\"a\":\"\\ud800\\ud800\"}", 1, 19, "half of a surrogate pair"},
    {"a second half alone", "{\"a\":\"\\udc00\"}", 1, 13, "half of a surrogate pair"},
    {"a newline in a string", "{\"a\":\"x\ny\"}", 1, 8,
     "a control character in a string must be escaped"},
    {"a byte that is not UTF-8", "{\"\xc3\xa9\",\n\"b\":\"\xff\"}", 2, 6, "not valid UTF-8"},
};

static void test_bad(void **state)
{
    const BadCase *test = *state;
    JsonSyntaxFault fault = {0};
    assert_false(json_syntax_check(test->text, strlen(test->text), &fault));
    assert_string_equal(fault.reason, test->reason);
    assert_int_equal(fault.line, test->line);
    assert_int_equal(fault.column, test->column);
}

static void test_a_nul_byte_is_refused(G_GNUC_UNUSED void **state)
{
    static const char text[] = "{\"a\":\0 1}";
    JsonSyntaxFault fault;
    assert_false(json_syntax_check(text, sizeof text - 1, &fault));
    assert_string_equal(fault.reason, "not valid UTF-8");
    assert_int_equal(fault.column, 6);
}

/* An object that holds lists, DEPTH levels in all. */
static char *nested(guint depth, bool closed)
{
    GString *text = g_string_new("{\"a\":");
    for (guint i = 1; i < depth; i++)
        g_string_append_c(text, '[');
    for (guint i = 1; closed && i < depth; i++)
        g_string_append_c(text, ']');
    return g_string_free(g_string_append_c(text, '}'), FALSE);
}

static void test_depth(G_GNUC_UNUSED void **state)
{
    JsonSyntaxFault fault;
    g_autofree char *deepest = nested(JSON_SYNTAX_DEPTH_MAX, true);
    assert_true(json_syntax_check(deepest, strlen(deepest), &fault));
    g_autofree char *deeper = nested(JSON_SYNTAX_DEPTH_MAX + 1, true);
    assert_false(json_syntax_check(deeper, strlen(deeper), &fault));
    assert_string_equal(fault.reason, "nested too deep");
    g_autofree char *bottomless = nested(1000000, false);
    assert_false(json_syntax_check(bottomless, strlen(bottomless), &fault));
    assert_string_equal(fault.reason, "nested too deep");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_nul_byte_is_refused),
        cmocka_unit_test(test_depth),
    };
    return RUN_CASES(test_good, good) + RUN_CASES(test_bad, bad) +
           cmocka_run_group_tests(tests, NULL, NULL);
}
