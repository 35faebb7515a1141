/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "commands/readiness.h"

#ifdef HAVE_SYSTEMD

#include <glib.h>
#include <systemd/sd-daemon.h>

static gboolean keep_alive(gpointer user G_GNUC_UNUSED)
{
    sd_notify(0, "WATCHDOG=1");
    return G_SOURCE_CONTINUE;
}

/* Half of the time that systemd waits, as sd_watchdog_enabled(3) recommends. */
void readiness_begin(void)
{
    guint64 usec;
    if (sd_watchdog_enabled(0, &usec) > 0)
        g_timeout_add((guint)(usec / 2 / G_TIME_SPAN_MILLISECOND), keep_alive, NULL);
    sd_notify(0, "READY=1");
}

void readiness_tell(const char *status)
{
    sd_notifyf(0, "STATUS=%s", status);
}

void readiness_end(void)
{
    sd_notify(0, "STOPPING=1");
}

#else

void readiness_begin(void)
{
}

void readiness_tell(const char *status)
{
    (void)status;
}

void readiness_end(void)
{
}

#endif
