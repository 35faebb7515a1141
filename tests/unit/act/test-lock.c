/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One holder at a time, and a lock that goes with its holder. */
#include "act/lock.h"

#include "cases.h"
#include "model/error.h"

#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

static void test_one_at_a_time(G_GNUC_UNUSED void **state)
{
    g_autoptr(GError) error = NULL;
    Lock *first = lock_take(0, &error);
    assert_non_null(first);
    assert_null(lock_take(0, &error));
    assert_true(g_error_matches(error, NICFIX_ERROR, NICFIX_ERROR_REFUSED));
    g_autofree char *process = g_strdup_printf("process %d", getpid());
    assert_non_null(strstr(error->message, process));
    lock_free(first);
    g_autoptr(Lock) second = lock_take(0, NULL);
    assert_non_null(second);
}

/* It is waited for until the other process ends, however that ends. */
static void test_it_ends_with_its_holder(G_GNUC_UNUSED void **state)
{
    enum { PATIENCE_MS = 20000, HELD_US = 200000 };
    int ready[2];
    char byte;
    assert_int_equal(pipe(ready), 0);
    pid_t child = fork();
    if (child == 0) {
        bool taken = lock_take(0, NULL) != NULL;
        if (write(ready[1], taken ? "y" : "n", 1) == 1)
            usleep(HELD_US);
        _exit(0); /* without giving it back */
    }
    assert_int_equal(read(ready[0], &byte, 1), 1);
    assert_int_equal(byte, 'y');
    assert_null(lock_take(0, NULL));
    g_autoptr(Lock) lock = lock_take(PATIENCE_MS, NULL);
    assert_non_null(lock);
    waitpid(child, NULL, 0);
    close(ready[0]);
    close(ready[1]);
}

static void test_nothing_is_nothing(G_GNUC_UNUSED void **state)
{
    lock_free(NULL);
}

int main(void)
{
    /* The lock belongs to the network namespace: where possible take one that nobody else uses. */
    if (unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0)
        g_printerr("no network namespace of its own\n");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_at_a_time),
        cmocka_unit_test(test_it_ends_with_its_holder),
        cmocka_unit_test(test_nothing_is_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
