/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Denials of a log are reported once, as they come or at the end, and explained on a snapshot. */
#include "commands/denied-stream.h"

#include "cases.h"

#include <glib/gstdio.h>

#define LINE                                                                                       \
    "Apr  7 08:45:19 worker kernel: filter_FWD_public_REJECT: IN=cni0 OUT=enp2s0 "                 \
    "SRC=10.244.2.2 DST=192.168.150.131 LEN=60 TTL=63 PROTO=TCP SPT=39906 DPT=%u SYN URGP=0\n"

typedef struct {
    GlobalOptions options;
    Output output;
    char *text;
    size_t length;
    char *log;
    DeniedStream stream;
} Reading;

static void append_line(const Reading *reading, guint port)
{
    FILE *log = g_fopen(reading->log, "a");
    assert_true(fprintf(log, LINE, port) > 0);
    fclose(log);
}

static void begin(Reading *reading, const Context *context)
{
    reading->log = g_build_filename(g_get_tmp_dir(), "nicfix-test-XXXXXX", NULL);
    close(g_mkstemp(reading->log));
    append_line(reading, 8629);
    append_line(reading, 8629);
    reading->output.stream = open_memstream(&reading->text, &reading->length);
    KernelMessages *messages = kernel_messages_open_file(reading->log, 0, true, NULL);
    assert_non_null(messages);
    denied_stream_begin(&reading->stream, context, messages);
    assert_true(denied_stream_look(&reading->stream, NULL));
    assert_true(denied_stream_read(&reading->stream, NULL));
}

static guint count_reports(Reading *reading, const char *word)
{
    fflush(reading->output.stream);
    g_auto(GStrv) parts = g_strsplit(reading->text, word, -1);
    return g_strv_length(parts) - 1;
}

static void end(Reading *reading)
{
    denied_stream_clear(&reading->stream);
    fclose(reading->output.stream);
    free(reading->text);
    g_unlink(reading->log);
    g_free(reading->log);
    g_free(reading->options.snapshot);
}

static void test_stream(G_GNUC_UNUSED void **state)
{
    Reading reading = {.options.snapshot =
                           g_build_filename(g_getenv("FIXTURES"), "incident.json", NULL)};
    const Context context = {.options = &reading.options, .output = &reading.output};
    begin(&reading, &context);
    denied_stream_report_news(&reading.stream);
    assert_int_equal(count_reports(&reading, "8629"), 1);
    assert_int_equal(count_reports(&reading, "nicfix apply"), 1);
    /* Nothing is new. */
    denied_stream_report_news(&reading.stream);
    assert_int_equal(count_reports(&reading, "8629"), 1);
    append_line(&reading, 443);
    assert_true(denied_stream_read(&reading.stream, NULL));
    denied_stream_report_news(&reading.stream);
    assert_int_equal(count_reports(&reading, "443"), 1);
    /* The end repeats none of them. */
    denied_stream_finish(&reading.stream);
    assert_int_equal(count_reports(&reading, "8629"), 1);
    end(&reading);
}

/* A document has all groups, each with its cause. */
static void test_document(G_GNUC_UNUSED void **state)
{
    Reading reading = {
        .options.snapshot = g_build_filename(g_getenv("FIXTURES"), "incident.json", NULL),
        .output.format = FORMAT_JSON,
    };
    const Context context = {.options = &reading.options, .output = &reading.output};
    begin(&reading, &context);
    append_line(&reading, 443);
    assert_true(denied_stream_read(&reading.stream, NULL));
    denied_stream_finish(&reading.stream);
    assert_int_equal(count_reports(&reading, "nicfix.denied/1"), 1);
    assert_int_equal(count_reports(&reading, "\"uplink-unbound\""), 2);
    end(&reading);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_stream),
        cmocka_unit_test(test_document),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
