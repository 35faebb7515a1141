/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a file of expectations says, and what is said of one that cannot be read. */
#include "observe/expectation-file.h"

#include "cases.h"
#include "expectations.h"
#include "model/error.h"
#include "model/foreach.h"

#include <sys/stat.h>

#define HOST                                                                                       \
    "link eth0 physical addr 192.0.2.10/24\nlink cni0 bridge addr 10.1.0.1/24\n"                   \
    "route 192.0.2.0/24 dev eth0\nroute 10.1.0.0/24 dev cni0\n"                                    \
    "route 0.0.0.0/0 dev eth0 via 192.0.2.1\n"

typedef struct {
    const char *name;
    const char *text;
    const char *lines; /* LINE NAME|WORDS|EXPECTED|IN>OUT or !why it is not resolved */
} ReadCase;

static const ReadCase good[] = {
    {"nothing", "", ""},
    {"a comment and blanks", "# nothing\n\n \t\n#\n", ""},
    {"one flow", "cni0 10.1.0.2 to 198.51.100.7:443/tcp accept\n",
     "1 -|cni0 10.1.0.2 to 198.51.100.7:443/tcp|accept|cni0>eth0\n"},
    {"to be refused, and no newline at the end", "cni0 to 198.51.100.7 refuse",
     "1 -|cni0 to 198.51.100.7|refuse|cni0>eth0\n"},
    {"a name", "# pods reach the registry\ncni0 to 198.51.100.7 accept\n",
     "2 pods reach the registry|cni0 to 198.51.100.7|accept|cni0>eth0\n"},
    {"the name is the last line of a comment",
     "# first\n#  second  \ncni0 to 198.51.100.7 accept\n",
     "3 second|cni0 to 198.51.100.7|accept|cni0>eth0\n"},
    {"a comment before a blank line names nothing", "# all\n\ncni0 to 198.51.100.7 accept\n",
     "3 -|cni0 to 198.51.100.7|accept|cni0>eth0\n"},
    {"a name is of one flow", "# one\ncni0 to 198.51.100.7 accept\ncni0 to 198.51.100.8 accept\n",
     "2 one|cni0 to 198.51.100.7|accept|cni0>eth0\n3 -|cni0 to 198.51.100.8|accept|cni0>eth0\n"},
    {"lines of Windows", "\xef\xbb\xbf# one\r\ncni0 to 198.51.100.7\taccept\r\n",
     "2 one|cni0 to 198.51.100.7|accept|cni0>eth0\n"},
    {"to this host", "eth0 192.0.2.7 -> 192.0.2.10:22/tcp accept\n",
     "1 -|eth0 192.0.2.7 -> 192.0.2.10:22/tcp|accept|eth0>-\n"},
    {"from this host", "to 198.51.100.7 accept\n", "1 -|to 198.51.100.7|accept|->eth0\n"},
    {"an interface that is not there", "tun0 to 198.51.100.7 accept\n",
     "1 -|tun0 to 198.51.100.7|accept|!no interface is named 'tun0'\n"},
    {"a route that is not there", "cni0 to 2001:db8::1 accept\n",
     "1 -|cni0 to 2001:db8::1|accept|!the kernel does not route this flow: no route leads there\n"},
};

static const char *or_dash(const char *text)
{
    return text != NULL ? text : "-";
}

static void test_good(void **state)
{
    const ReadCase *test = *state;
    g_autoptr(Snapshot) snapshot = sketch_routed(HOST);
    g_autoptr(GPtrArray) read = expectations_of(test->text, snapshot);
    g_autoptr(GString) lines = g_string_new(NULL);
    PTR_ARRAY_FOREACH (const Expectation, expectation, read) {
        g_string_append_printf(lines, "%u %s|%s|%s|", expectation->line, or_dash(expectation->name),
                               expectation->words, expected_word(expectation->expected));
        if (expectation->unresolved != NULL)
            g_string_append_printf(lines, "!%s\n", expectation->unresolved);
        else
            g_string_append_printf(lines, "%s>%s\n", or_dash(expectation->flow.in),
                                   or_dash(expectation->flow.out));
    }
    assert_string_equal(lines->str, test->lines);
}

/* ---- faults ---- */

typedef struct {
    const char *name;
    const char *text;
    const char *message;
} FaultCase;

static const FaultCase faults[] = {
    {"no verdict", "cni0 to 198.51.100.7\n",
     "host.flows:1: '198.51.100.7' is neither accept nor refuse"},
    {"another verdict", "\n# x\ncni0 to 198.51.100.7 drop\n",
     "host.flows:3: 'drop' is neither accept nor refuse"},
    {"no flow", "accept\n", "host.flows:1: there is no flow before 'accept'"},
    {"no arrow", "cni0 198.51.100.7 accept\n",
     "host.flows:1: 'cni0' is neither a flow nor a line of the kernel log"},
    {"a name in place of an address", "cni0 to example.org accept\n",
     "host.flows:1: 'example.org' does not begin with an IP address"},
    {"a protocol that is none", "cni0 to 198.51.100.7/foo accept\n",
     "host.flows:1: protocol 'foo' is not supported"},
    {"a port that is none", "cni0 to 198.51.100.7:70000 accept\n",
     "host.flows:1: a port is out of range"},
    {"two families", "cni0 10.1.0.2 to 2001:db8::1 accept\n",
     "host.flows:1: --from and --to are of different families"},
    {"an escape", "cni0 to 198.51.100.7 accept\033[2J\n",
     "host.flows:1: 'accept\033[2J' is neither accept nor refuse"},
    {"Latin-1", "# caf\xe9\n", "host.flows:1: the line is not valid UTF-8"},
};

static void test_fault(void **state)
{
    const FaultCase *test = *state;
    g_autoptr(Snapshot) snapshot = sketch_routed(HOST);
    g_autoptr(GError) error = NULL;
    assert_null(expectations_read(test->text, -1, snapshot, &error));
    assert_true(g_error_matches(error, NICFIX_ERROR, NICFIX_ERROR_BAD_INPUT));
    assert_string_equal(error->message, test->message);
    assert_non_null(nicfix_error_hint(error));
    assert_null(strstr(nicfix_error_hint(error), "--"));
}

static void test_bytes_that_are_no_text(G_GNUC_UNUSED void **state)
{
    g_autoptr(Snapshot) snapshot = sketch_routed(HOST);
    g_autoptr(GError) error = NULL;
    assert_null(expectations_read("# a\0b\n", 6, snapshot, &error));
    assert_string_equal(error->message, "host.flows: is not text: it has a NUL byte");
}

static void test_size(G_GNUC_UNUSED void **state)
{
    g_autoptr(Snapshot) snapshot = sketch_routed(HOST);
    g_autofree char *text = g_strnfill(EXPECTATION_FILE_SIZE_MAX + 1, '#');
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) most =
        expectations_read(text, EXPECTATION_FILE_SIZE_MAX, snapshot, &error);
    assert_non_null(most);
    assert_null(expectations_read(text, -1, snapshot, &error));
    assert_string_equal(error->message, "host.flows: is larger than 1 MiB");
}

/* A pipe that nobody writes to must not be waited for. */
static void test_no_regular_file(G_GNUC_UNUSED void **state)
{
    g_autoptr(Snapshot) snapshot = sketch_routed(HOST);
    g_autofree char *directory = g_dir_make_tmp("nicfix-XXXXXX", NULL);
    g_autofree char *pipe = g_build_filename(directory, "pipe", NULL);
    g_autofree char *none = g_build_filename(directory, "none", NULL);
    assert_int_equal(mkfifo(pipe, 0600), 0);
    const struct {
        const char *path;
        int code;
        const char *end;
    } files[] = {
        {pipe, NICFIX_ERROR_BAD_INPUT, "is not a regular file"},
        {directory, NICFIX_ERROR_BAD_INPUT, "is not a regular file"},
        {"/dev/zero", NICFIX_ERROR_BAD_INPUT, "is not a regular file"},
        {none, NICFIX_ERROR_NOT_FOUND, "cannot be read: No such file or directory"},
    };
    g_autoptr(GPtrArray) read = g_ptr_array_new_with_free_func((GDestroyNotify)expectation_free);
    for (gsize i = 0; i < G_N_ELEMENTS(files); i++) {
        g_autoptr(GError) error = NULL;
        g_autofree char *message = g_strdup_printf("%s: %s", files[i].path, files[i].end);
        assert_false(expectation_file_read(files[i].path, snapshot, NULL, read, &error));
        assert_true(g_error_matches(error, NICFIX_ERROR, files[i].code));
        assert_string_equal(error->message, message);
    }
    assert_int_equal(g_unlink(pipe), 0);
    assert_int_equal(g_rmdir(directory), 0);
}

/* ---- directories ---- */

static void test_directory(G_GNUC_UNUSED void **state)
{
    static const char *const names[] = {"b.flows", "a.flows", "a.flows~", ".c.flows", "README"};
    g_autofree char *directory = g_dir_make_tmp("nicfix-XXXXXX", NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *path = g_build_filename(directory, names[i], NULL);
        assert_true(g_file_set_contents(path, "", 0, NULL));
    }
    g_autoptr(GPtrArray) files = expectation_files_in(directory, NULL);
    assert_int_equal(files->len, 2);
    assert_true(g_str_has_suffix(g_ptr_array_index(files, 0), "/a.flows"));
    assert_true(g_str_has_suffix(g_ptr_array_index(files, 1), "/b.flows"));
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *path = g_build_filename(directory, names[i], NULL);
        assert_int_equal(g_unlink(path), 0);
    }
    assert_int_equal(g_rmdir(directory), 0);
    g_autoptr(GPtrArray) none = expectation_files_in(directory, NULL);
    assert_int_equal(none->len, 0);
    g_autoptr(GError) error = NULL;
    assert_null(expectation_files_in("/dev/null", &error));
    assert_string_equal(error->message, "/dev/null: cannot be read: Not a directory");
}

int main(void)
{
    const struct CMUnitTest others[] = {
        cmocka_unit_test(test_bytes_that_are_no_text),
        cmocka_unit_test(test_size),
        cmocka_unit_test(test_no_regular_file),
        cmocka_unit_test(test_directory),
    };
    return RUN_CASES(test_good, good) + RUN_CASES(test_fault, faults) +
           cmocka_run_group_tests(others, NULL, NULL);
}
