/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "observe/log/log-clock.h"

#include <string.h>

#define NO_MINUTE G_MININT64

void log_clock_start(LogClock *clock, gint64 now)
{
    *clock = (LogClock){.now = now, .zone = g_time_zone_new_local()};
    g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc(now / G_USEC_PER_SEC);
    g_autoptr(GDateTime) today = g_date_time_to_timezone(utc, clock->zone);
    clock->year = g_date_time_get_year(today);
}

void log_clock_clear(LogClock *clock)
{
    g_clear_pointer(&clock->zone, g_time_zone_unref);
    memset(clock, 0, sizeof *clock);
}

static gint64 begin_of(const LogClock *clock, const LogMoment *minute)
{
    g_autoptr(GTimeZone) zone = minute->is_local
                                    ? g_time_zone_ref(clock->zone)
                                    : g_time_zone_new_offset(minute->offset_minutes * 60);
    g_autoptr(GDateTime) time = g_date_time_new(zone, minute->year, minute->month, minute->day,
                                                minute->hour, minute->minute, 0);
    return time != NULL ? g_date_time_to_unix(time) : NO_MINUTE;
}

static bool same_minute(const LogMoment *a, const LogMoment *b)
{
    return a->minute == b->minute && a->hour == b->hour && a->day == b->day &&
           a->month == b->month && a->year == b->year && a->is_local == b->is_local &&
           a->offset_minutes == b->offset_minutes;
}

/* The same with a year, remembered in KEPT. Since 1972 no clock was changed inside a minute (tz database). A
 * leap second is the one before it, as for g_date_time_new_from_iso8601(). */
static gint64 usec_of(const LogClock *clock, const LogMoment *moment, LogMinute *kept)
{
    if (kept->minute.month == 0 || !same_minute(&kept->minute, moment))
        *kept = (LogMinute){*moment, begin_of(clock, moment)};
    if (kept->begin == NO_MINUTE || moment->second > 61)
        return 0;
    return (kept->begin + MIN(moment->second, 59)) * G_USEC_PER_SEC + moment->micros;
}

gint64 log_clock_usec(LogClock *clock, const LogMoment *moment)
{
    if (moment->year != LOG_NO_YEAR)
        return usec_of(clock, moment, &clock->minutes[0]);
    LogMoment dated = *moment;
    dated.year = clock->year;
    gint64 usec = usec_of(clock, &dated, &clock->minutes[0]);
    /* The clock of the log's host may be a little ahead. */
    if (usec != 0 && usec <= clock->now + G_TIME_SPAN_DAY)
        return usec;
    dated.year--;
    return usec_of(clock, &dated, &clock->minutes[1]);
}
