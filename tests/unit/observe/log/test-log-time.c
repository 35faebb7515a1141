/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Times as logs and users write them, in Berlin's time. */
#include "cases.h"

#include "model/error.h"
#include "observe/log/log-time.h"

#include <string.h>

/* 2026-11-23T12:00:00+01:00 */
#define NOW (G_GINT64_CONSTANT(1795431600) * G_USEC_PER_SEC)

static char *iso_of(gint64 usec)
{
    g_autoptr(GDateTime) time = g_date_time_new_from_unix_local(usec / G_USEC_PER_SEC);
    return g_date_time_format(time, "%FT%T%:z");
}

typedef struct {
    const char *name;
    const char *line;
    const char *time; /* ISO 8601; NULL: not understood */
    const char *text; /* NULL: no time at all */
} LineCase;

static const LineCase lines[] = {
    {"rsyslog", "Apr 7 08:45:19 worker kernel: x", "2026-04-07T08:45:19+02:00", "Apr 7 08:45:19"},
    {"rsyslog, two blanks", "Apr  7 08:45:19 worker kernel: x", "2026-04-07T08:45:19+02:00",
     "Apr  7 08:45:19"},
    {"rsyslog, of last year", "Dec 24 18:00:00 worker kernel: x", "2025-12-24T18:00:00+01:00",
     "Dec 24 18:00:00"},
    {"a clock that is ahead", "Nov 23 20:00:00 worker kernel: x", "2026-11-23T20:00:00+01:00",
     "Nov 23 20:00:00"},
    {"no such day", "Feb 30 08:45:19 worker kernel: x", NULL, "Feb 30 08:45:19"},
    {"rsyslog, ISO", "2026-04-07T08:45:19.123456+02:00 worker kernel: x",
     "2026-04-07T08:45:19+02:00", "2026-04-07T08:45:19.123456+02:00"},
    {"journalctl -o short-iso", "2026-04-07T08:45:19+0200 worker kernel: x",
     "2026-04-07T08:45:19+02:00", "2026-04-07T08:45:19+0200"},
    {"journalctl -o short-full", "Tue 2026-04-07 08:45:19 CEST worker kernel: x",
     "2026-04-07T08:45:19+02:00", "2026-04-07 08:45:19"},
    {"UTC", "2026-04-07T06:45:19Z worker kernel: x", "2026-04-07T08:45:19+02:00",
     "2026-04-07T06:45:19Z"},
    {"journalctl -o short-unix", "1775544319.123456 worker kernel: x", "2026-04-07T08:45:19+02:00",
     "1775544319.123456"},
    {"journalctl -o short-monotonic", "[12868.221898] worker kernel: x", NULL, "[12868.221898]"},
    {"dmesg", "[   12.221898] x", NULL, "[   12.221898]"},
    {"dmesg -T", "[Tue Apr  7 08:45:19 2026] x", "2026-04-07T08:45:19+02:00",
     "[Tue Apr  7 08:45:19 2026]"},
    {"French", "avril 07 08:45:19 worker kernel: x", NULL, "avril 07 08:45:19"},
    {"Japanese", "4\xe6\x9c\x88 07 08:45:19 worker kernel: x", NULL, "4\xe6\x9c\x88 07 08:45:19"},
    {"no time", "filter_IN_public_REJECT: IN=eth0", NULL, NULL},
    {"a time that is not at the beginning",
     "filter_IN_public_REJECT: IN=eth0 OUT= MAC=52:54:00:12:34:56", NULL, NULL},
    {"bytes that are no text", "\xff\xfe 08:45:19 x", NULL, "\xef\xbf\xbd\xef\xbf\xbd 08:45:19"},
    {"nothing", "", NULL, NULL},
};

static void test_line(void **state)
{
    const LineCase *row = *state;
    g_auto(LogTime) time = {0};
    g_auto(LogClock) clock = {0};
    log_clock_start(&clock, NOW);
    log_time_find(row->line, strlen(row->line), &clock, &time);
    if (row->text == NULL)
        assert_null(time.text);
    else
        assert_string_equal(time.text, row->text);
    g_autofree char *found = time.usec != 0 ? iso_of(time.usec) : NULL;
    if (row->time == NULL)
        assert_null(found);
    else
        assert_string_equal(found, row->time);
}

typedef struct {
    const char *name;
    const char *since;
    const char *time; /* NULL: refused */
} SinceCase;

static const SinceCase sinces[] = {
    {"minutes", "10m", "2026-11-23T11:50:00+01:00"},
    {"minus hours", "-2h", "2026-11-23T10:00:00+01:00"},
    {"days ago", "3 days ago", "2026-11-20T12:00:00+01:00"},
    {"an hour ago", "1 hour ago", "2026-11-23T11:00:00+01:00"},
    {"seconds", "90s", "2026-11-23T11:58:30+01:00"},
    {"today", "today", "2026-11-23T00:00:00+01:00"},
    {"yesterday", "yesterday", "2026-11-22T00:00:00+01:00"},
    {"now", "now", "2026-11-23T12:00:00+01:00"},
    {"a clock", "8:45", "2026-11-23T08:45:00+01:00"},
    {"a clock with seconds", "08:45:19", "2026-11-23T08:45:19+01:00"},
    {"a date", "2026-04-07", "2026-04-07T00:00:00+02:00"},
    {"a date and a clock", "2026-04-07 08:45", "2026-04-07T08:45:00+02:00"},
    {"ISO 8601", "2026-04-07T06:45:19Z", "2026-04-07T08:45:19+02:00"},
    {"the epoch", "@1775544319", "2026-04-07T08:45:19+02:00"},
    {"blanks around it", " today ", "2026-11-23T00:00:00+01:00"},
    {"nothing", "", NULL},
    {"a word", "breakfast", NULL},
    {"a unit that is none", "3 fortnights", NULL},
    {"a number alone", "10", NULL},
    {"no such day", "2026-02-30", NULL},
    {"no such hour", "25:00", NULL},
    {"an escape", "\033[31m", NULL},
};

static void test_since(void **state)
{
    const SinceCase *row = *state;
    g_autoptr(GError) error = NULL;
    gint64 usec = log_time_parse_since(row->since, NOW, &error);
    if (row->time == NULL) {
        assert_int_equal(usec, -1);
        assert_true(g_error_matches(error, NICFIX_ERROR, NICFIX_ERROR_USAGE));
        return;
    }
    g_autofree char *found = iso_of(usec);
    assert_string_equal(found, row->time);
}

int main(void)
{
    g_setenv("TZ", "Europe/Berlin", TRUE);
    g_setenv("LC_ALL", "C.UTF-8", TRUE);
    return RUN_CASES(test_line, lines) + RUN_CASES(test_since, sinces);
}
