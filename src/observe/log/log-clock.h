/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the clock of a log showed, as microseconds since the epoch. The lines of a log come in order: the
 * minute of the last one is kept, and the time zone is asked once a minute, not once a line. */
#pragma once

#include <glib.h>
#include <stdbool.h>

/* What a line of a log says; nothing is checked. */
typedef struct {
    int year; /* LOG_NO_YEAR: the line has none */
    int month;
    int day;
    int hour;
    int minute;
    int second;
    int micros;
    bool is_local;      /* it has no offset */
    int offset_minutes; /* east of Greenwich */
} LogMoment;

enum { LOG_NO_YEAR = -1 };

/* A minute, and when it began. */
typedef struct {
    LogMoment minute; /* without second and micros; a month of 0: none was asked yet */
    gint64 begin; /* seconds since the epoch; NO_MINUTE of log-clock.c: there is no such minute */
} LogMinute;

/* For one reading of a log: a time zone may be set anew between two. */
typedef struct {
    gint64 now;      /* microseconds since the epoch */
    GTimeZone *zone; /* of this machine */
    int year;        /* of NOW there */
    LogMinute minutes[2];
} LogClock;

/* Times are read as of NOW, in microseconds since the epoch. */
void log_clock_start(LogClock *clock, gint64 now);
void log_clock_clear(LogClock *clock);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(LogClock, log_clock_clear)

/* Microseconds since the epoch of MOMENT; 0 where there is no such time, as on a day that the month does not
 * have. Without a year it is of the latest year that does not put it more than a day after now. */
gint64 log_clock_usec(LogClock *clock, const LogMoment *moment);
