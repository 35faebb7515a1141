/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The note that firewalld was made to log denials: held while a process lives, and left after it. */
#include "act/logging-note.h"

#include "cases.h"
#include "model/error.h"

#include <glib/gstdio.h>
#include <unistd.h>

static int make_directory(void **state)
{
    g_autoptr(GError) error = NULL;
    char *path = g_dir_make_tmp("nicfix-test-XXXXXX", &error);
    assert_non_null(path);
    g_setenv("STATE_DIRECTORY", path, TRUE);
    *state = path;
    return 0;
}

static int remove_directory(void **state)
{
    g_rmdir(*state);
    g_free(*state);
    return 0;
}

static void test_note(G_GNUC_UNUSED void **state)
{
    g_autoptr(GError) error = NULL;
    assert_false(logging_note_is_left());
    LoggingNote *note = logging_note_begin(&error);
    assert_non_null(note);
    assert_false(logging_note_is_left()); /* it is held */
    assert_null(logging_note_begin(&error));
    assert_true(g_error_matches(error, NICFIX_ERROR, NICFIX_ERROR_REFUSED));
    logging_note_free(note);
    assert_true(logging_note_is_left());
    note = logging_note_begin(NULL); /* the next one takes it over */
    assert_non_null(note);
    logging_note_remove();
    logging_note_free(note);
    assert_false(logging_note_is_left());
}

/* What another user put there, or what is no file, is no note. */
static void test_not_a_note(void **state)
{
    g_autofree char *path = g_build_filename(*state, "log-denied", NULL);
    g_autoptr(GError) error = NULL;
    assert_int_equal(symlink("/etc/passwd", path), 0);
    assert_false(logging_note_is_left());
    assert_null(logging_note_begin(&error));
    assert_true(g_error_matches(error, NICFIX_ERROR, NICFIX_ERROR_NOT_AUTHORISED));
    g_unlink(path);
    assert_int_equal(g_mkdir(path, 0700), 0);
    assert_false(logging_note_is_left());
    g_rmdir(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_note),
        cmocka_unit_test(test_not_a_note),
    };
    return cmocka_run_group_tests(tests, make_directory, remove_directory);
}
