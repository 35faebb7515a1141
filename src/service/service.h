/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The service on the system bus. */
#pragma once

#include <gio/gio.h>
#include <stdbool.h>

enum {
    SERVICE_MAX_CALLS = 16,        /* in flight */
    SERVICE_MAX_CALLS_OF_USER = 4, /* likewise, of one user */
    SERVICE_MAX_WATCHERS = 16,     /* each has a process */
    SERVICE_MAX_WATCHERS_OF_USER = 4,
};

/* Serves the bus until nobody has asked for anything for IDLE_SECONDS, or a SIGTERM arrives. VERSION is what it says
 * of itself. Fails with NICFIX_ERROR_NO_BUS, and with NICFIX_ERROR_REFUSED where another process serves already. */
bool service_run(const char *version, guint idle_seconds, GError **error) G_GNUC_WARN_UNUSED_RESULT;
