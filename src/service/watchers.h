/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who is told when findings change: a process each, which ends when its caller leaves the bus. */
#pragma once

#include <gio/gio.h>
#include <stdbool.h>

typedef struct Watchers Watchers;

/* IS_IDLE is called with USER when the last watcher has gone. */
Watchers *watchers_new(GDBusConnection *connection, void (*is_idle)(gpointer user), gpointer user);
void watchers_free(Watchers *watchers);

/* Begins to send FindingsChanged() to CALLER; nothing where it is sent already. USER_NAME and UID are whose he is.
 * Fails with G_DBUS_ERROR_LIMITS_EXCEEDED. */
bool watchers_add(Watchers *watchers, const char *caller, guint uid, const char *user_name,
                  GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Ends it. */
void watchers_remove(Watchers *watchers, const char *caller);

guint watchers_count(const Watchers *watchers);
