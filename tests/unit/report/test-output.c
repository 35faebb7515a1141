/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is held is written later, and all of it in the order it came. */
#include "report/output.h"

#include "cases.h"

typedef struct {
    char *written;
    size_t size;
    Output output;
} Written;

static void begin(Written *written, OutputFormat format)
{
    *written = (Written){.output = {.format = format}};
    written->output.stream = open_memstream(&written->written, &written->size);
    assert_non_null(written->output.stream);
}

static void assert_written(Written *written, const char *expected)
{
    assert_true(output_finish(&written->output, NULL));
    assert_string_equal(written->written, expected);
}

static void end(Written *written)
{
    fclose(written->output.stream);
    free(written->written);
}

static void test_text_is_held(G_GNUC_UNUSED void **state)
{
    Written written;
    begin(&written, FORMAT_TEXT);
    output_text(&written.output, g_strdup("before\n"));
    output_hold(&written.output);
    output_text(&written.output, g_strdup("plan\n"));
    output_hold(&written.output);
    output_text(&written.output, g_strdup("report\n"));
    assert_written(&written, "before\n");
    output_release(&written.output);
    output_text(&written.output, g_strdup("after\n"));
    assert_written(&written, "before\nplan\nreport\nafter\n");
    output_release(&written.output);
    assert_written(&written, "before\nplan\nreport\nafter\n");
    end(&written);
}

static void test_a_document_is_held(G_GNUC_UNUSED void **state)
{
    Written written;
    begin(&written, FORMAT_JSON_LINES);
    output_hold(&written.output);
    output_json(&written.output, json_pack("{s: i}", "one", 1));
    assert_true(written.output.has_document);
    assert_written(&written, "");
    output_release(&written.output);
    assert_written(&written, "{\"one\":1}\n");
    end(&written);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_text_is_held),
        cmocka_unit_test(test_a_document_is_held),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
