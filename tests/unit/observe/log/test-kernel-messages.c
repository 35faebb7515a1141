/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Logs in files: of every format, cut, hostile, and huge. */
#include "cases.h"

#include "model/error.h"
#include "observe/log/kernel-messages.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

static char *folder;

static char *write_log(const char *text, gssize length)
{
    char *path = g_build_filename(folder, "log", NULL);
    assert_true(g_file_set_contents(path, text, length, NULL));
    return path;
}

static void collect(const char *message, gsize length, const LogTime *time, gpointer user)
{
    GString *text = user;
    g_autofree char *shown = g_strndup(message, MIN(length, (gsize)60));
    g_string_append_printf(text, "%s|%" G_GINT64_FORMAT "\n", shown, time->usec / G_USEC_PER_SEC);
}

typedef struct {
    const char *name;
    const char *log;
    gint64 since; /* seconds */
    const char *messages;
} FormatCase;

#define LINE "x: IN=a OUT=b"

static const FormatCase formats[] = {
    {"lines", "1775544319.000000 h kernel: " LINE "\n" LINE "\n", 0,
     "1775544319.000000 h kernel: " LINE "|1775544319\n" LINE "|0\n"},
    {"a last line without an end", LINE, 0, LINE "|0\n"},
    {"lines that are none of netfilter's", "eth0: link up\n" LINE "\nOUT\n", 0, LINE "|0\n"},
    {"since",
     "1775544319.000000 h kernel: " LINE "\n1775544320.000000 h kernel: " LINE "\n" LINE "\n",
     1775544320, "1775544320.000000 h kernel: " LINE "|1775544320\n" LINE "|0\n"},
    {"journalctl -o json",
     "{\"__REALTIME_TIMESTAMP\":\"1775544319000000\",\"MESSAGE\":\"" LINE "\"}\n", 0,
     LINE "|1775544319\n"},
    {"bytes in JSON", "{\"MESSAGE\":[120,58,32,73,78,61,97,32,79,85,84,61,255],\"X\":\"OUT=\"}\n",
     0, "x: IN=a OUT=\xff|0\n"},
    {"JSON that is broken", "{\"MESSAGE\":\"" LINE "\n", 0, ""},
    {"JSON of another shape",
     "{\"MESSAGE\":{\"OUT=\":1}}\n{\"MESSAGE\":[\"OUT=\",[]]}\n[\"OUT=\"]\n", 0,
     "  |0\n[\"OUT=\"]|0\n"},
    {"JSON whose time is none", "{\"__REALTIME_TIMESTAMP\":7,\"MESSAGE\":\"" LINE "\"}\n", 0,
     LINE "|0\n"},
    {"carriage returns", LINE "\r\n", 0, LINE "\r|0\n"},
    {"what the kernel wrote, and what others did",
     "1775544319.000000 h kernel: " LINE "\nApr 7 08:45:19 h user: " LINE "\n"
     "1775544319.000000 h sshd[7]: " LINE "\n[12.5] h kernel: " LINE "\n[12.5] p: " LINE "\n",
     0,
     "1775544319.000000 h kernel: " LINE "|1775544319\n[12.5] h kernel: " LINE "|0\n[12.5] p: " LINE
     "|0\n"},
    {"the same of a journal",
     "{\"_TRANSPORT\":\"kernel\",\"MESSAGE\":\"" LINE "\"}\n"
     "{\"_TRANSPORT\":\"syslog\",\"MESSAGE\":\"" LINE "\"}\n"
     "{\"SYSLOG_IDENTIFIER\":\"me\",\"MESSAGE\":\"" LINE "\"}\n",
     0, LINE "|0\n"},
    {"nothing", "", 0, ""},
};

static void test_format(void **state)
{
    const FormatCase *row = *state;
    g_autofree char *path = write_log(row->log, -1);
    g_autoptr(KernelMessages) messages =
        kernel_messages_open_file(path, row->since * G_USEC_PER_SEC, false, NULL);
    g_autoptr(GString) text = g_string_new(NULL);
    assert_true(kernel_messages_read(messages, collect, text, NULL));
    assert_string_equal(text->str, row->messages);
    assert_string_equal(kernel_messages_name(messages), path);
    g_unlink(path);
}

/* A line that is longer than any message is left out, and the next one is not. */
static void test_long_line(void **state)
{
    (void)state;
    g_autoptr(GString) log = g_string_new(LINE "\n");
    for (int i = 0; i < 300000; i++)
        g_string_append(log, "OUT=");
    g_string_append(log, "\n" LINE "\n");
    g_autofree char *path = write_log(log->str, (gssize)log->len);
    g_autoptr(KernelMessages) messages = kernel_messages_open_file(path, 0, false, NULL);
    g_autoptr(GString) text = g_string_new(NULL);
    assert_true(kernel_messages_read(messages, collect, text, NULL));
    assert_string_equal(text->str, LINE "|0\n" LINE "|0\n");
    assert_int_equal(kernel_messages_skipped(messages), 1);
    g_unlink(path);
}

/* NULs and every other byte, in lines of all lengths. */
static void test_bytes(void **state)
{
    (void)state;
    g_autoptr(GString) log = g_string_new(NULL);
    for (int i = 0; i < 100000; i++)
        g_string_append_c(log, (char)(i * 7 + i / 251));
    g_autofree char *path = write_log(log->str, (gssize)log->len);
    g_autoptr(KernelMessages) messages = kernel_messages_open_file(path, 0, false, NULL);
    g_autoptr(GString) text = g_string_new(NULL);
    assert_true(kernel_messages_read(messages, collect, text, NULL));
    g_unlink(path);
}

/* A line that grows is one line; a log that is begun anew, or replaced, is read on. */
static void test_follow(void **state)
{
    (void)state;
    g_autofree char *path = write_log("first " LINE "\nsecond IN=a", -1);
    g_autoptr(KernelMessages) messages = kernel_messages_open_file(path, 0, true, NULL);
    g_autoptr(GString) text = g_string_new(NULL);
    assert_true(kernel_messages_read(messages, collect, text, NULL));
    assert_string_equal(text->str, "first " LINE "|0\n");
    FILE *log = fopen(path, "ae");
    assert_non_null(log);
    fputs(" OUT=b\n", log);
    fclose(log);
    assert_true(kernel_messages_wait(messages, 10));
    assert_true(kernel_messages_read(messages, collect, text, NULL));
    assert_string_equal(text->str, "first " LINE "|0\nsecond IN=a OUT=b|0\n");
    g_unlink(path);
    g_free(write_log("third " LINE "\n", -1));
    assert_true(kernel_messages_wait(messages, 10));
    assert_true(kernel_messages_read(messages, collect, text, NULL));
    assert_true(g_str_has_suffix(text->str, "third " LINE "|0\n"));
    g_unlink(path);
}

static void test_no_file(void **state)
{
    (void)state;
    g_autoptr(GError) error = NULL;
    assert_null(kernel_messages_open_file("/nowhere/at/all", 0, false, &error));
    assert_true(g_error_matches(error, NICFIX_ERROR, NICFIX_ERROR_NOT_FOUND));
    g_clear_error(&error);
    g_autoptr(KernelMessages) messages = kernel_messages_open_file(folder, 0, false, &error);
    assert_non_null(messages);
    assert_false(kernel_messages_read(messages, collect, NULL, &error));
    assert_true(g_error_matches(error, NICFIX_ERROR, NICFIX_ERROR_BAD_INPUT));
}

int main(void)
{
    folder = g_dir_make_tmp("nicfix-log-XXXXXX", NULL);
    const struct CMUnitTest others[] = {
        cmocka_unit_test(test_long_line),
        cmocka_unit_test(test_bytes),
        cmocka_unit_test(test_follow),
        cmocka_unit_test(test_no_file),
    };
    int failed =
        RUN_CASES(test_format, formats) + cmocka_run_group_tests_name("others", others, NULL, NULL);
    g_rmdir(folder);
    g_free(folder);
    return failed;
}
