/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The formats of time. Those of logs are read by hand, as there may be millions; users give one. */
#include "observe/log/log-time.h"

#include "model/error.h"
#include "model/words.h"

#include <stdarg.h>
#include <string.h>

enum {
    MAX_PREFIX = 80,
    YEAR_DIGITS = 4,
    MAX_WORDS = 41, /* bytes before the clock of a date in words of any language */
    NO_HOUR = 24,   /* of a time that there is not */
};

/* ---- times in logs ---- */

/* What of a line is still to be read. */
typedef struct {
    const char *start; /* of the time */
    const char *at;
    const char *end;
} Cursor;

static bool take(Cursor *cursor, char wanted)
{
    if (cursor->at == cursor->end || *cursor->at != wanted)
        return false;
    cursor->at++;
    return true;
}

/* Takes as many digits as there are, up to MAX; false where those are less than MIN. The value of many is of no
 * use. */
static bool take_digits(Cursor *cursor, guint min, guint max, int *value)
{
    guint count = 0;
    guint number = 0;
    for (; count < max && cursor->at < cursor->end && g_ascii_isdigit(*cursor->at); count++)
        number = number * 10 + (guint)(*cursor->at++ - '0');
    *value = (int)number;
    return count >= min;
}

static bool take_two(Cursor *cursor, int *value)
{
    return take_digits(cursor, 2, 2, value);
}

/* A point and up to six digits, which are optional. */
static void take_fraction(Cursor *cursor, int *micros)
{
    Cursor rest = *cursor;
    int value;
    *micros = 0;
    if (!take(&rest, '.') || !take_digits(&rest, 1, 6, &value))
        return;
    for (gssize digits = rest.at - cursor->at - 1; digits < 6; digits++)
        value *= 10;
    *micros = value;
    *cursor = rest;
}

/* "08:45:19.123456". */
static bool take_clock(Cursor *cursor, LogMoment *moment)
{
    const char *start = cursor->at;
    if (!take_digits(cursor, 1, 2, &moment->hour))
        return false;
    bool is_short = cursor->at - start == 1;
    if (!take(cursor, ':') || !take_two(cursor, &moment->minute) || !take(cursor, ':') ||
        !take_two(cursor, &moment->second))
        return false;
    take_fraction(cursor, &moment->micros);
    if (is_short)
        moment->hour = NO_HOUR;
    return true;
}

/* "Z", "+02:00" or "+0200", which is optional. */
static void take_offset(Cursor *cursor, LogMoment *moment)
{
    Cursor rest = *cursor;
    int hours = 0;
    int minutes = 0;
    bool is_west = rest.at < rest.end && *rest.at == '-';
    moment->is_local = false;
    if (!take(&rest, 'Z')) {
        moment->is_local = !(take(&rest, '+') || take(&rest, '-')) || !take_two(&rest, &hours) ||
                           (take(&rest, ':'), !take_two(&rest, &minutes));
    }
    if (moment->is_local)
        return;
    if (hours > 24 || minutes > 59)
        moment->hour = NO_HOUR;
    moment->offset_minutes = (hours * 60 + minutes) * (is_west ? -1 : 1);
    *cursor = rest;
}

/* "2026-04-07 08:45:19 +0200", with or without the offset. */
static bool take_dated(Cursor *cursor, LogMoment *moment)
{
    if (!take_digits(cursor, YEAR_DIGITS, YEAR_DIGITS, &moment->year) || !take(cursor, '-') ||
        !take_two(cursor, &moment->month) || !take(cursor, '-') ||
        !take_two(cursor, &moment->day) || !(take(cursor, 'T') || take(cursor, ' ')) ||
        !take_clock(cursor, moment))
        return false;
    take(cursor, ' ');
    take_offset(cursor, moment);
    return true;
}

static const char *const months[] = {NULL,  "Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
static DEFINE_FROM_WORD(month, int, months, 0)

/* Three letters such as "Apr" and a blank. */
static bool take_name(Cursor *cursor, char name[4])
{
    const char *at = cursor->at;
    if (cursor->end - at < 4 || !g_ascii_isupper(at[0]) || !g_ascii_islower(at[1]) ||
        !g_ascii_islower(at[2]) || at[3] != ' ')
        return false;
    memcpy(name, at, 3);
    name[3] = '\0';
    cursor->at += 4;
    return true;
}

/* "Apr  7 08:45:19". */
static bool take_syslog(Cursor *cursor, LogMoment *moment)
{
    char month[4];
    moment->year = LOG_NO_YEAR;
    moment->is_local = true;
    if (!take_name(cursor, month))
        return false;
    moment->month = month_from_word(month);
    take(cursor, ' ');
    return take_digits(cursor, 1, 2, &moment->day) && take(cursor, ' ') &&
           take_clock(cursor, moment);
}

/* "[Tue Apr  7 08:45:19 2026]". */
static bool take_bracketed(Cursor *cursor, LogMoment *moment)
{
    char weekday[4];
    return take(cursor, '[') && take_name(cursor, weekday) && take_syslog(cursor, moment) &&
           take(cursor, ' ') && take_digits(cursor, YEAR_DIGITS, YEAR_DIGITS, &moment->year) &&
           take(cursor, ']');
}

/* ---- the formats: each sets *USEC, 0 where it does not tell ---- */

/* A date may stand behind other words: the first counts. */
static bool read_dated(Cursor *cursor, LogClock *clock, gint64 *usec)
{
    const Cursor whole = *cursor;
    const char *at = whole.at;
    for (; (at = memchr(at, '-', (gsize)(whole.end - at))) != NULL; at++) {
        LogMoment moment = {0};
        if (at - whole.at < YEAR_DIGITS)
            continue;
        *cursor = (Cursor){.start = at - YEAR_DIGITS, .at = at - YEAR_DIGITS, .end = whole.end};
        if (take_dated(cursor, &moment)) {
            *usec = log_clock_usec(clock, &moment);
            return true;
        }
    }
    return false;
}

static bool read_syslog(Cursor *cursor, LogClock *clock, gint64 *usec)
{
    LogMoment moment = {0};
    if (!take_syslog(cursor, &moment))
        return false;
    *usec = log_clock_usec(clock, &moment);
    return true;
}

static bool read_bracketed(Cursor *cursor, LogClock *clock, gint64 *usec)
{
    LogMoment moment = {0};
    if (!take_bracketed(cursor, &moment))
        return false;
    *usec = log_clock_usec(clock, &moment);
    return true;
}

/* "1775544319.123456 ". */
static bool read_epoch(Cursor *cursor, LogClock *clock G_GNUC_UNUSED, gint64 *usec)
{
    int seconds;
    int micros;
    if (!take_digits(cursor, 10, 10, &seconds) || !take(cursor, '.') ||
        !take_digits(cursor, 6, 6, &micros) || !take(cursor, ' '))
        return false;
    *usec = g_ascii_strtoll(cursor->start, NULL, 10) * G_USEC_PER_SEC + micros;
    return true;
}

/* "[   12.221898]", seconds since the host was started. */
static bool read_uptime(Cursor *cursor, LogClock *clock G_GNUC_UNUSED, gint64 *usec)
{
    int number;
    *usec = 0;
    if (!take(cursor, '['))
        return false;
    while (take(cursor, ' '))
        continue;
    return take_digits(cursor, 1, G_MAXUINT, &number) && take(cursor, '.') &&
           take_digits(cursor, 6, 6, &number) && take(cursor, ']');
}

static bool is_one_of(char c, const char *set)
{
    return c != '\0' && strchr(set, c) != NULL;
}

/* Unknown words, and a clock. */
static bool read_words(Cursor *cursor, LogClock *clock G_GNUC_UNUSED, gint64 *usec)
{
    LogMoment moment;
    *usec = 0;
    if (cursor->at == cursor->end || is_one_of(*cursor->at, " \t\n\v\f\r"))
        return false;
    const char *last = cursor->at + MIN(cursor->end - cursor->at - 1, (gssize)MAX_WORDS);
    while (cursor->at++ < last) {
        const Cursor here = *cursor;
        if (take_clock(cursor, &moment))
            return true;
        *cursor = here;
        if (is_one_of(*cursor->at, "[\"="))
            return false;
    }
    return false;
}

/* The first that matches counts. */
static bool (*const formats[])(Cursor *cursor, LogClock *clock, gint64 *usec) = {
    read_dated, read_syslog, read_bracketed, read_epoch, read_uptime, read_words,
};

void log_time_find(const char *line, gsize length, LogClock *clock, LogTime *time)
{
    *time = (LogTime){0};
    for (guint i = 0; i < G_N_ELEMENTS(formats); i++) {
        Cursor cursor = {.start = line, .at = line, .end = line + MIN(length, (gsize)MAX_PREFIX)};
        gint64 usec;
        if (!formats[i](&cursor, clock, &usec))
            continue;
        g_autofree char *text = g_strndup(cursor.start, (gsize)(cursor.at - cursor.start));
        *time = (LogTime){usec, g_utf8_make_valid(g_strstrip(text), -1)};
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

/* Midnight of the day that is DAYS before that of NOW. */
static gint64 day_before(gint64 now, int days)
{
    g_autoptr(GDateTime) time = g_date_time_new_from_unix_local(now / G_USEC_PER_SEC);
    g_autoptr(GDateTime) then = g_date_time_add_days(time, -days);
    g_autofree char *date = g_date_time_format(then, "%F");
    return usec_of("%sT00:00:00", date);
}

#define DATE "([0-9]{4}-[0-9]{2}-[0-9]{2})"
#define ZONE "(Z|[+-][0-9]{2}:?[0-9]{2})"

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
