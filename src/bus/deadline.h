/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Trying again until it works or time is up:
 *     gint64 deadline = deadline_in(timeout_ms);
 *     while (!try() && deadline_wait(deadline))
 *         continue; */
#pragma once

#include <glib.h>
#include <stdbool.h>

#define DEADLINE_POLL_INTERVAL (G_TIME_SPAN_SECOND / 10)

/* The point of the monotonic clock TIMEOUT_MS milliseconds from now. */
static inline gint64 deadline_in(guint timeout_ms)
{
    return g_get_monotonic_time() + (gint64)timeout_ms * G_TIME_SPAN_MILLISECOND;
}

/* Sleeps for a tenth of a second and returns true; false at once where DEADLINE has passed. */
static inline bool deadline_wait(gint64 deadline)
{
    if (g_get_monotonic_time() >= deadline)
        return false;
    g_usleep(DEADLINE_POLL_INTERVAL);
    return true;
}
