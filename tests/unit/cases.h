/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tests that are tables: each row of an array of structs becomes a cmocka test with the row's
 * name, so that a failure names its case. */
#pragma once

/* cmocka.h needs these before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <glib.h>

/* Runs FUNCTION once for each of the ROWS, structs whose first member is the name of the case;
 * *STATE is the row. Returns the number of failures. */
#define RUN_CASES(function, rows)                                                                  \
    run_cases(#rows, function, rows, sizeof(rows)[0], G_N_ELEMENTS(rows))

static inline int run_cases(const char *group, CMUnitTestFunction function, const void *rows,
                            size_t row_size, size_t count)
{
    struct CMUnitTest *tests = g_new0(struct CMUnitTest, count);
    for (size_t i = 0; i < count; i++) {
        const void *row = (const char *)rows + i * row_size;
        tests[i] = (struct CMUnitTest){
            .name = *(const char *const *)row,
            .test_func = function,
            .initial_state = (void *)row,
        };
    }
    int failures = _cmocka_run_group_tests(group, tests, count, NULL, NULL);
    g_free(tests);
    return failures;
}
