/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Texts that are kept in memory, in a file, or both, and where no file can be written. */
#include "fleet/fleet-spool.h"

#include "cases.h"

#include "model/error.h"

#include <signal.h>
#include <sys/resource.h>

enum { TEXTS = 100 };

static char *text_of(guint i)
{
    return g_strnfill(i, (char)('a' + i % 26));
}

/* Fills SPOOL and checks that every text comes back, the last first. */
static void check_texts(FleetSpool *spool)
{
    FleetPlace places[TEXTS];
    for (guint i = 0; i < TEXTS; i++) {
        g_autofree char *text = text_of(i);
        places[i] = fleet_spool_add(spool, text);
    }
    for (guint i = TEXTS; i-- > 0;) {
        g_autofree char *text = text_of(i);
        g_autofree char *kept = fleet_spool_get(spool, places[i], NULL);
        assert_string_equal(kept, text);
    }
}

static void test_in_memory(G_GNUC_UNUSED void **state)
{
    g_autoptr(FleetSpool) spool = fleet_spool_new(G_MAXSIZE);
    check_texts(spool);
    assert_int_equal(fleet_spool_held(spool), TEXTS * (TEXTS - 1) / 2);
}

static void test_in_a_file(G_GNUC_UNUSED void **state)
{
    g_autoptr(FleetSpool) spool = fleet_spool_new(0);
    check_texts(spool);
    assert_int_equal(fleet_spool_held(spool), 0);
}

static void test_in_both(G_GNUC_UNUSED void **state)
{
    g_autoptr(FleetSpool) spool = fleet_spool_new(1000);
    check_texts(spool);
    assert_true(fleet_spool_held(spool) >= 1 && fleet_spool_held(spool) <= 1000);
}

/* A file that takes only the first part of what is to go there: that stays in memory. */
static void test_a_full_disk(G_GNUC_UNUSED void **state)
{
    struct rlimit limit;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
    const struct rlimit small = {2500, limit.rlim_max};
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    g_autoptr(FleetSpool) spool = fleet_spool_new(1000);
    check_texts(spool);
    const size_t all = TEXTS * (TEXTS - 1) / 2;
    assert_true(fleet_spool_held(spool) >= all - 2500 && fleet_spool_held(spool) <= all - 1000);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static void test_a_file_that_was_cut(G_GNUC_UNUSED void **state)
{
    g_autoptr(FleetSpool) spool = fleet_spool_new(0);
    g_autoptr(GError) error = NULL;
    FleetPlace place = fleet_spool_add(spool, "text");
    place.length++;
    assert_null(fleet_spool_get(spool, place, &error));
    assert_true(g_error_matches(error, NICFIX_ERROR, NICFIX_ERROR_OUTPUT));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_in_memory),
        cmocka_unit_test(test_in_a_file),
        cmocka_unit_test(test_in_both),
        cmocka_unit_test(test_a_full_disk),
        cmocka_unit_test(test_a_file_that_was_cut),
    };
    return cmocka_run_group_tests_name("fleet-spool", tests, NULL, NULL);
}
