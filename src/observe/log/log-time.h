/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Times as logs and users write them. */
#pragma once

#include "model/denied/denials.h"
#include "observe/log/log-clock.h"

/* Finds the time at the beginning of LINE, of LENGTH arbitrary bytes: as rsyslog, dmesg
 * and journalctl -o short* write it, the names of months and days in any language. Only the first
 * 80 bytes are searched. CLOCK says when that was, and supplies the year that a line of syslog does not
 * have. A time that is not understood is kept as text; *TIME is empty where there is none. */
void log_time_find(const char *line, gsize length, LogClock *clock, LogTime *time);

/* Parses a time in the past as a user gives it, as of NOW: "10m", "-2h", "3d" and "2 hours ago",
 * "today", "yesterday", "08:45[:19]" of today, "2026-04-07[ 08:45[:19]]", ISO 8601 and "@1712472319".
 * Local time without an offset. Returns microseconds since the epoch, or -1 with
 * NICFIX_ERROR_USAGE. */
gint64 log_time_parse_since(const char *text, gint64 now, GError **error);
