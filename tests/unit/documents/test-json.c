/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Documents as they are written: what no terminal should see is escaped. */
#include "documents/json.h"

#include "cases.h"

typedef struct {
    const char *name;
    const char *text; /* NULL: null */
    const char *expected;
} TextCase;

static const TextCase texts[] = {
    {"nothing", NULL, "null"},
    {"plain", "a \"word\" \\ /", "\"a \\\"word\\\" \\\\ /\""},
    {"control characters", "\n\x1b\x1f", "\"\\n\\u001B\\u001F\""},
    {"delete", "\x7f", "\"\\u007f\""},
    {"a C1 control", "\xc2\x9b", "\"\\u009B\""},
    {"right-to-left override", "\xe2\x80\xae", "\"\\u202E\""},
    {"line separator", "\xe2\x80\xa8", "\"\\u2028\""},
    {"a tag above U+FFFF", "\xf3\xa0\x80\x81", "\"\\uDB40\\uDC01\""},
    {"a byte that is not UTF-8", "x\xff", "\"x\\uFFFD\""},
    {"text of the world", "\xe7\xb6\xb2", "\"\\u7DB2\""},
};

static void test_text(void **state)
{
    const TextCase *test = *state;
    json_auto_t *document = json_object();
    json_object_set_new(document, "a", json_text(test->text));
    g_autofree char *expected = g_strdup_printf("{\"a\":%s}", test->expected);
    g_autofree char *text = json_document_text(document, false);
    assert_string_equal(text, expected);
}

static void test_document(G_GNUC_UNUSED void **state)
{
    json_auto_t *document = json_document("test");
    json_object_set_new(document, "yes", json_tristate(TRISTATE_YES));
    json_object_set_new(document, "no", json_tristate(TRISTATE_NO));
    json_object_set_new(document, "maybe", json_tristate(TRISTATE_UNKNOWN));
    json_object_set_new(document, "big", json_integer(G_MAXINT64));
    json_object_set_new(document, "a", json_strv((char *const[]){(char *)"x", NULL}));
    g_autofree char *text = json_document_text(document, true);
    assert_string_equal(text, "{\n  \"schema\": \"nicfix.test/1\",\n  \"yes\": true,\n"
                              "  \"no\": false,\n  \"maybe\": null,\n"
                              "  \"big\": 9223372036854775807,\n  \"a\": [\n    \"x\"\n  ]\n}");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_document)};
    return RUN_CASES(test_text, texts) + cmocka_run_group_tests(tests, NULL, NULL);
}
