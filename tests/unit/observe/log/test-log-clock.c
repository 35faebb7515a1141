/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the clock of a log showed, in Berlin's time: one clock for the lines of a log, which come in any
 * order. */
#include "cases.h"

#include "observe/log/log-clock.h"

#define ANY   LOG_NO_YEAR
#define LOCAL .is_local = true

/* 2026-11-23T12:00:00+01:00 */
#define NOW G_GINT64_CONSTANT(1795431600)

typedef struct {
    LogMoment moment;
    gint64 seconds; /* since the epoch; 0: there is no such time */
} Line;

static const Line lines[] = {
    {{2026, 4, 7, 8, 45, 19, 0, LOCAL}, 1775544319},
    {{2026, 4, 7, 8, 45, 59, 0, LOCAL}, 1775544359},
    {{2026, 4, 7, 8, 46, 0, 0, LOCAL}, 1775544360},
    {{2026, 4, 7, 8, 46, 0, 0, false, 0}, 1775551560},
    {{2026, 4, 7, 8, 46, 0, 0, false, -90}, 1775556960},
    {{ANY, 4, 7, 8, 46, 0, 0, LOCAL}, 1775544360},
    {{ANY, 12, 24, 18, 0, 0, 0, LOCAL}, 1766595600},
    {{ANY, 12, 24, 18, 0, 1, 0, LOCAL}, 1766595601},
    {{ANY, 11, 24, 12, 0, 0, 0, LOCAL}, NOW + 86400},
    {{ANY, 11, 24, 12, 0, 1, 0, LOCAL}, NOW + 86401 - 365 * 86400},
    {{2026, 10, 25, 1, 59, 59, 0, LOCAL},
     1792886399}, /* an hour later it is 2 o'clock for the second time */
    {{2026, 10, 25, 3, 0, 0, 0, LOCAL}, 1792893600},
    {{2026, 4, 7, 8, 45, 60, 0, LOCAL}, 1775544359},
    {{2026, 4, 7, 8, 45, 62, 0, LOCAL}, 0},
    {{2026, 4, 7, 24, 45, 0, 0, LOCAL}, 0},
    {{2026, 2, 30, 8, 45, 0, 0, LOCAL}, 0},
    {{ANY, 0, 1, 8, 45, 0, 0, LOCAL}, 0},
    {{2026, 4, 7, 8, 45, 19, 0, LOCAL}, 1775544319},
};

static void test_lines(void **state)
{
    (void)state;
    g_auto(LogClock) clock = {0};
    log_clock_start(&clock, NOW * G_USEC_PER_SEC);
    for (guint i = 0; i < G_N_ELEMENTS(lines); i++) {
        gint64 usec = log_clock_usec(&clock, &lines[i].moment);
        if (usec != lines[i].seconds * G_USEC_PER_SEC)
            print_error("line %u\n", i);
        assert_int_equal(usec, lines[i].seconds * G_USEC_PER_SEC);
    }
}

/* Lines of one minute are told by where it began, without the time zone. */
static void test_one_minute(void **state)
{
    (void)state;
    g_auto(LogClock) clock = {0};
    log_clock_start(&clock, NOW * G_USEC_PER_SEC);
    LogMoment moment = lines[0].moment;
    log_clock_usec(&clock, &moment);
    clock.minutes[0].begin = 7;
    moment.second = 20;
    moment.micros = 5;
    assert_int_equal(log_clock_usec(&clock, &moment), 27 * G_USEC_PER_SEC + 5);
    moment.minute++;
    assert_int_equal(log_clock_usec(&clock, &moment),
                     G_GINT64_CONSTANT(1775544380) * G_USEC_PER_SEC + 5);
}

int main(void)
{
    g_setenv("TZ", "Europe/Berlin", TRUE);
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_lines),
                                       cmocka_unit_test(test_one_minute)};
    return cmocka_run_group_tests_name("log-clock", tests, NULL, NULL);
}
