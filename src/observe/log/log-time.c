/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The formats of time, each a pattern. */
#include "observe/log/log-time.h"

#include "model/error.h"
#include "model/words.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_PREFIX = 80 };

#define CLOCK "([0-9]{1,2}:[0-9]{2}:[0-9]{2}(?:\\.[0-9]{1,6})?)"
#define DATE  "([0-9]{4}-[0-9]{2}-[0-9]{2})"
#define ZONE  "(Z|[+-][0-9]{2}:?[0-9]{2})"

/* ---- times in logs ---- */

/* Microseconds since the epoch of a time in ISO 8601, local without an offset; 0 for anything else,
 * such as a day that the month does not have. */
G_GNUC_PRINTF(1, 2)
static gint64 usec_of(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *iso = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_autoptr(GTimeZone) local = g_time_zone_new_local();
    g_autoptr(GDateTime) time = g_date_time_new_from_iso8601(iso, local);
    if (time == NULL)
        return 0;
    return g_date_time_to_unix(time) * G_USEC_PER_SEC + g_date_time_get_microsecond(time);
}

/* A date, a clock and perhaps an offset. */
static gint64 parse_dated(const GMatchInfo *match, gint64 now G_GNUC_UNUSED)
{
    g_autofree char *date = g_match_info_fetch(match, 1);
    g_autofree char *clock = g_match_info_fetch(match, 2);
    g_autofree char *zone = g_match_info_fetch(match, 3);
    return usec_of("%sT%s%s", date, clock, zone != NULL ? zone : "");
}

static const char *const months[] = {NULL,  "Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
static DEFINE_FROM_WORD(month, int, months, 0)

/* Month and day in English, a clock and perhaps a year. */
static gint64 parse_syslog(const GMatchInfo *match, gint64 now)
{
    g_autofree char *name = g_match_info_fetch(match, 1);
    g_autofree char *day_text = g_match_info_fetch(match, 2);
    g_autofree char *clock = g_match_info_fetch(match, 3);
    g_autofree char *year_text = g_match_info_fetch(match, 4);
    int month = month_from_word(name);
    int day = atoi(day_text);
    if (year_text != NULL && *year_text != '\0')
        return usec_of("%s-%02d-%02dT%s", year_text, month, day, clock);
    g_autoptr(GDateTime) today = g_date_time_new_from_unix_local(now / G_USEC_PER_SEC);
    int year = g_date_time_get_year(today);
    gint64 this_year = usec_of("%04d-%02d-%02dT%s", year, month, day, clock);
    /* The clock of the log's host may be a little ahead. */
    if (this_year != 0 && this_year <= now + G_TIME_SPAN_DAY)
        return this_year;
    return usec_of("%04d-%02d-%02dT%s", year - 1, month, day, clock);
}

static gint64 parse_epoch(const GMatchInfo *match, gint64 now G_GNUC_UNUSED)
{
    g_autofree char *seconds = g_match_info_fetch(match, 1);
    g_autofree char *micros = g_match_info_fetch(match, 2);
    return g_ascii_strtoll(seconds, NULL, 10) * G_USEC_PER_SEC + g_ascii_strtoll(micros, NULL, 10);
}

/* The first that matches counts. Without PARSE it is kept as text: seconds since the host was
 * started, or unknown words. */
static const struct {
    const char *pattern;
    gint64 (*parse)(const GMatchInfo *match, gint64 now);
} formats[] = {
    {DATE "[T ]" CLOCK " ?" ZONE "?", parse_dated},
    {"^([A-Z][a-z]{2}) {1,2}([0-9]{1,2}) " CLOCK, parse_syslog},
    {"^\\[[A-Z][a-z]{2} ([A-Z][a-z]{2}) {1,2}([0-9]{1,2}) " CLOCK " ([0-9]{4})\\]", parse_syslog},
    {"^([0-9]{10})\\.([0-9]{6}) ", parse_epoch},
    {"^\\[ *([0-9]+\\.[0-9]{6})\\]", NULL},
    {"^(\\S[^\\[\"=]{0,40}?" CLOCK ")", NULL},
};

void log_time_find(const char *line, gsize length, gint64 now, LogTime *time)
{
    static GRegex *regexes[G_N_ELEMENTS(formats)]; /* compiled once */
    gssize looked_at = (gssize)MIN(length, (gsize)MAX_PREFIX);
    *time = (LogTime){0};
    for (guint i = 0; i < G_N_ELEMENTS(formats); i++) {
        g_autoptr(GMatchInfo) match = NULL;
        if (regexes[i] == NULL)
            regexes[i] = g_regex_new(formats[i].pattern, G_REGEX_RAW | G_REGEX_OPTIMIZE, 0, NULL);
        if (!g_regex_match_full(regexes[i], line, looked_at, 0, 0, &match, NULL))
            continue;
        g_autofree char *text = g_match_info_fetch(match, 0);
        time->usec = formats[i].parse != NULL ? formats[i].parse(match, now) : 0;
        time->text = g_utf8_make_valid(g_strstrip(text), -1);
        return;
    }
}

/* ---- times that users give ---- */

static const struct {
    const char *word;
    GTimeSpan span;
} units[] = {
    {"s", G_TIME_SPAN_SECOND}, {"sec", G_TIME_SPAN_SECOND}, {"second", G_TIME_SPAN_SECOND},
    {"m", G_TIME_SPAN_MINUTE}, {"min", G_TIME_SPAN_MINUTE}, {"minute", G_TIME_SPAN_MINUTE},
    {"h", G_TIME_SPAN_HOUR},   {"hour", G_TIME_SPAN_HOUR},  {"d", G_TIME_SPAN_DAY},
    {"day", G_TIME_SPAN_DAY},  {"w", 7 * G_TIME_SPAN_DAY},  {"week", 7 * G_TIME_SPAN_DAY},
};

/* "10m", "-10m", "10 min ago", "2 hours ago"; 0 for anything else. */
static GTimeSpan parse_span(const char *text)
{
    g_autoptr(GRegex) regex = g_regex_new("^-?([0-9]{1,6}) ?([a-z]+?)s?(?: ago)?$", 0, 0, NULL);
    g_autoptr(GMatchInfo) match = NULL;
    if (!g_regex_match(regex, text, 0, &match))
        return 0;
    g_autofree char *number = g_match_info_fetch(match, 1);
    g_autofree char *word = g_match_info_fetch(match, 2);
    for (guint i = 0; i < G_N_ELEMENTS(units); i++) {
        if (g_str_equal(word, units[i].word))
            return g_ascii_strtoll(number, NULL, 10) * units[i].span;
    }
    return 0;
}

/* Midnight of the day that is DAYS before that of NOW. */
static gint64 day_before(gint64 now, int days)
{
    g_autoptr(GDateTime) time = g_date_time_new_from_unix_local(now / G_USEC_PER_SEC);
    g_autoptr(GDateTime) then = g_date_time_add_days(time, -days);
    g_autofree char *date = g_date_time_format(then, "%F");
    return usec_of("%sT00:00:00", date);
}

/* "2026-04-07", "2026-04-07 08:45[:19]", "08:45[:19]", with an offset or local. */
static gint64 parse_point(const char *text, gint64 now)
{
    g_autoptr(GRegex) regex = g_regex_new(
        "^(?:" DATE ")?(?:[T ]?([0-9]{1,2}:[0-9]{2})(:[0-9]{2}(?:\\.[0-9]+)?)? ?" ZONE "?)?$", 0, 0,
        NULL);
    g_autoptr(GMatchInfo) match = NULL;
    if (*text == '\0' || !g_regex_match(regex, text, 0, &match))
        return 0;
    g_autofree char *date = g_match_info_fetch(match, 1);
    g_autofree char *clock = g_match_info_fetch(match, 2);
    g_autofree char *seconds = g_match_info_fetch(match, 3);
    g_autofree char *zone = g_match_info_fetch(match, 4);
    g_autoptr(GDateTime) today = g_date_time_new_from_unix_local(now / G_USEC_PER_SEC);
    g_autofree char *this_day = g_date_time_format(today, "%F");
    return usec_of("%sT%s%s%s%s", date != NULL && *date != '\0' ? date : this_day,
                   clock != NULL && strlen(clock) == strlen("8:45") ? "0" : "",
                   clock != NULL && *clock != '\0' ? clock : "00:00",
                   seconds != NULL && *seconds != '\0' ? seconds : ":00", zone != NULL ? zone : "");
}

gint64 log_time_parse_since(const char *text, gint64 now, GError **error)
{
    g_autofree char *word = g_strstrip(g_strdup(text));
    GTimeSpan span = parse_span(word);
    guint64 epoch;
    if (span > 0)
        return now - span;
    if (g_str_equal(word, "now"))
        return now;
    if (g_str_equal(word, "today"))
        return day_before(now, 0);
    if (g_str_equal(word, "yesterday"))
        return day_before(now, 1);
    if (*word == '@' && g_ascii_string_to_unsigned(word + 1, 10, 1, G_MAXINT32, &epoch, NULL))
        return (gint64)epoch * G_USEC_PER_SEC;
    gint64 point = parse_point(word, now);
    if (point > 0)
        return point;
    nicfix_error_set(error, NICFIX_ERROR_USAGE,
                     "use 10m, 2h, today, \"2026-04-07 08:45\" or @SECONDS",
                     "--since: '%s' is not a time that nicfix understands", text);
    return -1;
}
