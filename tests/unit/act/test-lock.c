/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One holder at a time, a lock that goes with its holder, and files that are not nicfix's. */
#include "act/lock.h"

#include "act/interruption.h"
#include "act/state.h"
#include "cases.h"
#include "model/error.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PATIENCE_MS = 20000 };

static void test_one_at_a_time(G_GNUC_UNUSED void **state)
{
    g_autoptr(GError) error = NULL;
    Lock *first = lock_take(LOCK_WAITS, 0, &error);
    assert_non_null(first);
    assert_null(lock_take(LOCK_WAITS, 0, &error));
    assert_true(g_error_matches(error, NICFIX_ERROR, NICFIX_ERROR_REFUSED));
    g_autofree char *process = g_strdup_printf("process %d, started ", getpid());
    assert_non_null(strstr(error->message, process));
    assert_false(lock_is_lost(first));
    lock_free(first);
    g_autoptr(Lock) second = lock_take(LOCK_WAITS, 0, NULL);
    assert_non_null(second);
    assert_false(lock_is_lost(NULL));
}

static void test_only_its_owner_opens_it(G_GNUC_UNUSED void **state)
{
    g_autoptr(Lock) lock = lock_take(LOCK_WAITS, 0, NULL);
    assert_non_null(lock);
    g_autofree char *path = state_path("lock");
    GStatBuf status;
    assert_int_equal(g_stat(path, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
}

/* A process that takes the lock, says whether it has it, and then waits for its end. */
static pid_t start_holder(void)
{
    int ready[2];
    char byte;
    assert_int_equal(pipe(ready), 0);
    pid_t child = fork();
    if (child == 0) {
        bool taken = lock_take(LOCK_WAITS, 0, NULL) != NULL;
        if (write(ready[1], taken ? "y" : "n", 1) == 1)
            pause();
        _exit(0); /* without giving it back */
    }
    assert_int_equal(read(ready[0], &byte, 1), 1);
    assert_int_equal(byte, 'y');
    close(ready[0]);
    close(ready[1]);
    return child;
}

static void end_holder(pid_t child)
{
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
}

static void test_it_ends_with_its_holder(G_GNUC_UNUSED void **state)
{
    pid_t child = start_holder();
    assert_null(lock_take(LOCK_WAITS, 0, NULL));
    end_holder(child);
    g_autoptr(Lock) lock = lock_take(LOCK_WAITS, 0, NULL);
    assert_non_null(lock);
}

/* Ctrl-Z must not keep a trial from ending. Everybody else is told what to do about it. */
static void test_a_stopped_holder(G_GNUC_UNUSED void **state)
{
    pid_t child = start_holder();
    assert_null(lock_take(LOCK_PASSES_STOPPED, 0, NULL));
    kill(child, SIGSTOP);
    waitpid(child, NULL, WUNTRACED);
    g_autoptr(GError) error = NULL;
    assert_null(lock_take(LOCK_WAITS, 0, &error));
    g_autofree char *command = g_strdup_printf("kill -CONT %d", child);
    assert_non_null(strstr(nicfix_error_hint(error), command));
    g_autoptr(Lock) lock = lock_take(LOCK_PASSES_STOPPED, PATIENCE_MS, NULL);
    assert_non_null(lock);
    assert_false(lock_is_lost(lock));
    assert_null(lock_take(LOCK_PASSES_STOPPED, 0, NULL));
    end_holder(child);
}

/* Whoever was passed over notices it. */
static void test_it_is_lost(G_GNUC_UNUSED void **state)
{
    g_autoptr(Lock) lock = lock_take(LOCK_WAITS, 0, NULL);
    assert_non_null(lock);
    g_autofree char *path = state_path("lock");
    assert_int_equal(g_unlink(path), 0);
    assert_true(lock_is_lost(lock));
    g_autoptr(Lock) other = lock_take(LOCK_WAITS, 0, NULL);
    assert_true(lock_is_lost(lock));
    assert_false(lock_is_lost(other));
}

static void test_a_fifo_in_its_place(G_GNUC_UNUSED void **state)
{
    g_autofree char *path = state_path("lock");
    g_unlink(path);
    assert_int_equal(mkfifo(path, 0600), 0);
    g_autoptr(GError) error = NULL;
    assert_null(lock_take(LOCK_WAITS, PATIENCE_MS, &error));
    assert_true(g_error_matches(error, NICFIX_ERROR, NICFIX_ERROR_BAD_INPUT));
    /* The end of a trial does without. */
    g_autoptr(Lock) lock = lock_take(LOCK_PASSES_STOPPED, 0, NULL);
    assert_non_null(lock);
    assert_int_equal(g_unlink(path), 0);
}

/* A state directory that cannot be had keeps nobody from changing the firewall. */
static void test_no_directory(G_GNUC_UNUSED void **state)
{
    g_autofree char *before = g_strdup(g_getenv("STATE_DIRECTORY"));
    g_setenv("STATE_DIRECTORY", "/dev/null/state", TRUE);
    g_autoptr(Lock) lock = lock_take(LOCK_WAITS, 0, NULL);
    assert_non_null(lock);
    assert_false(lock_is_lost(lock));
    g_setenv("STATE_DIRECTORY", before, TRUE);
}

static void test_a_signal_ends_the_wait(G_GNUC_UNUSED void **state)
{
    g_autoptr(Lock) lock = lock_take(LOCK_WAITS, 0, NULL);
    assert_non_null(lock);
    interruption_hold();
    raise(SIGTERM);
    g_autoptr(GError) error = NULL;
    assert_null(lock_take(LOCK_WAITS, PATIENCE_MS, &error));
    assert_true(g_error_matches(error, NICFIX_ERROR, NICFIX_ERROR_UNDONE));
    interruption_forget();
}

static void test_nothing_is_nothing(G_GNUC_UNUSED void **state)
{
    lock_free(NULL);
}

int main(void)
{
    g_autofree char *folder = g_dir_make_tmp("nicfix-lock-XXXXXX", NULL);
    g_setenv("STATE_DIRECTORY", folder, TRUE);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_at_a_time),
        cmocka_unit_test(test_only_its_owner_opens_it),
        cmocka_unit_test(test_it_ends_with_its_holder),
        cmocka_unit_test(test_a_stopped_holder),
        cmocka_unit_test(test_it_is_lost),
        cmocka_unit_test(test_a_fifo_in_its_place),
        cmocka_unit_test(test_no_directory),
        cmocka_unit_test(test_a_signal_ends_the_wait),
        cmocka_unit_test(test_nothing_is_nothing),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    g_autofree char *path = state_path("lock");
    g_unlink(path);
    g_rmdir(folder);
    return failed;
}
