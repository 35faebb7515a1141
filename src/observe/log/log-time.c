/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The formats of time, each a pattern. */
#include "observe/log/log-time.h"

#include "model/error.h"

#include <string.h>

enum { MAX_PREFIX = 80 };

#define CLOCK "([0-9]{1,2}:[0-9]{2}:[0-9]{2}(?:\\.[0-9]{1,6})?)"
#define DATE  "([0-9]{4}-[0-9]{2}-[0-9]{2})"
#define ZONE  "(Z|[+-][0-9]{2}:?[0-9]{2})"

typedef enum {
    TIME_DATED,   /* a date, a clock and perhaps an offset */
    TIME_SYSLOG,  /* month and day in English, and a clock */
    TIME_EPOCH,   /* seconds since the epoch */
    TIME_AS_TEXT, /* since the host was started, or in unknown words */
} TimeKind;

/* The first that matches counts. */
static const struct {
    const char *pattern;
    TimeKind kind;
} formats[] = {
    {DATE "[T ]" CLOCK " ?" ZONE "?", TIME_DATED},
    {"^([A-Z][a-z]{2}) {1,2}([0-9]{1,2}) " CLOCK, TIME_SYSLOG},
    {"^\\[[A-Z][a-z]{2} ([A-Z][a-z]{2}) {1,2}([0-9]{1,2}) " CLOCK " ([0-9]{4})\\]", TIME_SYSLOG},
    {"^([0-9]{10})\\.([0-9]{6}) ", TIME_EPOCH},
    {"^\\[ *([0-9]+\\.[0-9]{6})\\]", TIME_AS_TEXT},
    {"^(\\S[^\\[\"=]{0,40}?" CLOCK ")", TIME_AS_TEXT},
};

/* Compiled once. */
static GRegex *regex_of(guint format)
{
    static GRegex *regexes[G_N_ELEMENTS(formats)];
    if (regexes[format] == NULL)
        regexes[format] =
            g_regex_new(formats[format].pattern, G_REGEX_RAW | G_REGEX_OPTIMIZE, 0, NULL);
    return regexes[format];
}

/* ---- the kinds ---- */

static gint64 usec_of(GDateTime *time)
{
    return time == NULL
               ? 0
               : g_date_time_to_unix(time) * G_USEC_PER_SEC + g_date_time_get_microsecond(time);
}

static gint64 parse_dated(const GMatchInfo *match)
{
    g_autofree char *date = g_match_info_fetch(match, 1);
    g_autofree char *clock = g_match_info_fetch(match, 2);
    g_autofree char *zone = g_match_info_fetch(match, 3);
    g_autofree char *iso = g_strdup_printf("%sT%s%s", date, clock, zone != NULL ? zone : "");
    g_autoptr(GTimeZone) local = g_time_zone_new_local();
    g_autoptr(GDateTime) time = g_date_time_new_from_iso8601(iso, local);
    return usec_of(time);
}

static int month_of(const char *name)
{
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    for (guint i = 0; i < G_N_ELEMENTS(months); i++) {
        if (g_str_equal(name, months[i]))
            return (int)i + 1;
    }
    return 0;
}

/* NULL where YEAR does not have that day (transfer full). */
static GDateTime *syslog_time(int year, int month, int day, const char *clock)
{
    g_autofree char *iso = g_strdup_printf("%04d-%02d-%02dT%s", year, month, day, clock);
    g_autoptr(GTimeZone) local = g_time_zone_new_local();
    return g_date_time_new_from_iso8601(iso, local);
}

static gint64 parse_syslog(const GMatchInfo *match, gint64 now)
{
    g_autofree char *name = g_match_info_fetch(match, 1);
    g_autofree char *day_text = g_match_info_fetch(match, 2);
    g_autofree char *clock = g_match_info_fetch(match, 3);
    g_autofree char *year_text = g_match_info_fetch(match, 4);
    int month = month_of(name);
    int day = (int)g_ascii_strtoll(day_text, NULL, 10);
    if (month == 0)
        return 0;
    if (year_text != NULL && *year_text != '\0') {
        g_autoptr(GDateTime) told =
            syslog_time((int)g_ascii_strtoll(year_text, NULL, 10), month, day, clock);
        return usec_of(told);
    }
    g_autoptr(GDateTime) today = g_date_time_new_from_unix_local(now / G_USEC_PER_SEC);
    int year = g_date_time_get_year(today);
    g_autoptr(GDateTime) time = syslog_time(year, month, day, clock);
    /* The clock of the log's host may be a little ahead. */
    if (usec_of(time) <= now + G_TIME_SPAN_DAY && time != NULL)
        return usec_of(time);
    g_autoptr(GDateTime) last_year = syslog_time(year - 1, month, day, clock);
    return usec_of(last_year);
}

static gint64 parse_epoch(const GMatchInfo *match)
{
    g_autofree char *seconds = g_match_info_fetch(match, 1);
    g_autofree char *micros = g_match_info_fetch(match, 2);
    return g_ascii_strtoll(seconds, NULL, 10) * G_USEC_PER_SEC + g_ascii_strtoll(micros, NULL, 10);
}

static gint64 parse_as(TimeKind kind, const GMatchInfo *match, gint64 now)
{
    switch (kind) {
    case TIME_DATED:
        return parse_dated(match);
    case TIME_SYSLOG:
        return parse_syslog(match, now);
    case TIME_EPOCH:
        return parse_epoch(match);
    case TIME_AS_TEXT:
        break;
    }
    return 0;
}

void log_time_find(const char *line, gsize length, gint64 now, LogTime *time)
{
    gssize looked_at = (gssize)MIN(length, (gsize)MAX_PREFIX);
    *time = (LogTime){0};
    for (guint i = 0; i < G_N_ELEMENTS(formats); i++) {
        g_autoptr(GMatchInfo) match = NULL;
        if (!g_regex_match_full(regex_of(i), line, looked_at, 0, 0, &match, NULL))
            continue;
        g_autofree char *text = g_match_info_fetch(match, 0);
        time->usec = parse_as(formats[i].kind, match, now);
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
    if (*word == '\0')
        return 0;
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
    g_autoptr(GDateTime) midnight =
        g_date_time_new_local(g_date_time_get_year(then), g_date_time_get_month(then),
                              g_date_time_get_day_of_month(then), 0, 0, 0);
    return usec_of(midnight);
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
    g_autofree char *iso = g_strdup_printf(
        "%sT%s%s%s%s", date != NULL && *date != '\0' ? date : this_day,
        clock != NULL && strlen(clock) == strlen("8:45") ? "0" : "",
        clock != NULL && *clock != '\0' ? clock : "00:00",
        seconds != NULL && *seconds != '\0' ? seconds : ":00", zone != NULL ? zone : "");
    g_autoptr(GTimeZone) local = g_time_zone_new_local();
    g_autoptr(GDateTime) time = g_date_time_new_from_iso8601(iso, local);
    return usec_of(time);
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
