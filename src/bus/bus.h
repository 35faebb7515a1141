/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The one connection to the system bus, and a single call on it. Many calls at once are a batch
 * (bus/call-batch.h). */
#pragma once

#include "bus/calls.h"
#include "bus/known-replies.h"

#include <gio/gio.h>

typedef struct Bus Bus;

/* Opens a private connection to the system bus (DBUS_SYSTEM_BUS_ADDRESS, else the usual socket);
 * that, and later each call on it, may take TIMEOUT_MS milliseconds. When the bus goes away the process
 * lives on, unlike with GDBus's shared connections. Returns NULL with NICFIX_ERROR_NO_BUS or
 * NICFIX_ERROR_TIMEOUT (transfer full). */
Bus *bus_open(guint timeout_ms, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void bus_free(Bus *bus);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Bus, bus_free)

/* Wraps an existing connection, such as one to a peer (adds a reference). */
Bus *bus_new_for_connection(GDBusConnection *connection, guint timeout_ms);

/* Returns the connection (transfer none). */
GDBusConnection *bus_connection(const Bus *bus);

/* How long each call may take. */
guint bus_timeout_ms(const Bus *bus);

/* From now on calls whose replies KNOWN has are not made, and replies that last are kept there. KNOWN must
 * outlive BUS; NULL: every call is made, as it is at first. */
void bus_set_known_replies(Bus *bus, KnownReplies *known);

/* Those (transfer none). */
KnownReplies *bus_known_replies(const Bus *bus);

/* Makes one call and waits for the reply. PATH is NULL where the row of ID has one. PARAMETERS may
 * be floating and is consumed; NULL stands for none. Returns the reply, a tuple of the row's type
 * (transfer full), or NULL with a translated error (bus/bus-error.h). */
GVariant *bus_call(Bus *bus, CallId id, const char *path, GVariant *parameters,
                   GError **error) G_GNUC_WARN_UNUSED_RESULT;
