/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Opening the system bus with a timeout, which GDBus's synchronous functions do not have. */
#include "bus/bus.h"

#include "bus/call-batch.h"
#include "model/error.h"

struct Bus {
    GDBusConnection *connection;
    guint timeout_ms;
    KnownReplies *known; /* NULL: every call is made */
};

Bus *bus_new_for_connection(GDBusConnection *connection, guint timeout_ms)
{
    Bus *bus = g_new0(Bus, 1);
    bus->connection = g_object_ref(connection);
    bus->timeout_ms = MIN(timeout_ms, (guint)G_MAXINT);
    g_dbus_connection_set_exit_on_close(connection, FALSE);
    return bus;
}

void bus_free(Bus *bus)
{
    if (bus == NULL)
        return;
    g_clear_object(&bus->connection);
    g_free(bus);
}

GDBusConnection *bus_connection(const Bus *bus)
{
    return bus->connection;
}

guint bus_timeout_ms(const Bus *bus)
{
    return bus->timeout_ms;
}

void bus_set_known_replies(Bus *bus, KnownReplies *known)
{
    bus->known = known;
}

KnownReplies *bus_known_replies(const Bus *bus)
{
    return bus->known;
}

/* ---- opening ---- */

typedef struct {
    GDBusConnection *connection;
    GError *error;
} Opening;

static gboolean opening_timed_out(gpointer user)
{
    g_cancellable_cancel(user);
    return G_SOURCE_REMOVE;
}

static void opened(GObject *source G_GNUC_UNUSED, GAsyncResult *result, gpointer user)
{
    Opening *opening = user;
    opening->connection = g_dbus_connection_new_for_address_finish(result, &opening->error);
}

static void set_opening_error(GError **error, const GError *reason, guint timeout_ms)
{
    const char *hint = "check that the system bus is running; DBUS_SYSTEM_BUS_ADDRESS, if it is "
                       "set, must name its socket";
    if (g_error_matches(reason, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        nicfix_error_set(error, NICFIX_ERROR_TIMEOUT, hint,
                         "timed out connecting to the system bus (%g s)", timeout_ms / 1000.0);
    else
        nicfix_error_set(error, NICFIX_ERROR_NO_BUS, hint, "cannot reach the system bus: %s",
                         reason->message);
}

Bus *bus_open(guint timeout_ms, GError **error)
{
    g_autoptr(GError) address_error = NULL;
    g_autofree char *address =
        g_dbus_address_get_for_bus_sync(G_BUS_TYPE_SYSTEM, NULL, &address_error);
    if (address == NULL) {
        set_opening_error(error, address_error, timeout_ms);
        return NULL;
    }
    g_autoptr(GMainContext) context = g_main_context_new();
    g_autoptr(GCancellable) give_up = g_cancellable_new();
    g_autoptr(GSource) timeout = g_timeout_source_new(timeout_ms);
    g_source_set_callback(timeout, opening_timed_out, give_up, NULL);
    g_source_attach(timeout, context);
    Opening opening = {NULL, NULL};
    g_main_context_push_thread_default(context);
    g_dbus_connection_new_for_address(address,
                                      G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT |
                                          G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
                                      NULL, give_up, opened, &opening);
    while (opening.connection == NULL && opening.error == NULL)
        g_main_context_iteration(context, TRUE);
    g_main_context_pop_thread_default(context);
    g_source_destroy(timeout);

    g_autoptr(GDBusConnection) connection = opening.connection;
    g_autoptr(GError) reason = opening.error;
    if (connection == NULL) {
        set_opening_error(error, reason, timeout_ms);
        return NULL;
    }
    return bus_new_for_connection(connection, timeout_ms);
}

/* ---- a single call ---- */

typedef struct {
    GVariant *reply;
    GError *error;
} Outcome;

static bool keep_reply(GVariant *reply, gpointer user, GError **error G_GNUC_UNUSED)
{
    Outcome *outcome = user;
    outcome->reply = g_variant_ref(reply);
    return true;
}

static bool keep_error(const GError *error, gpointer user)
{
    Outcome *outcome = user;
    outcome->error = g_error_copy(error);
    return true;
}

GVariant *bus_call(Bus *bus, CallId id, const char *path, GVariant *parameters, GError **error)
{
    Outcome outcome = {NULL, NULL};
    const Call call = {id, path, parameters, keep_reply, keep_error, &outcome};
    g_autoptr(CallBatch) batch = call_batch_new(bus, NULL);
    call_batch_add(batch, &call, "one call");
    call_batch_start(batch);
    if (!call_batch_finish(batch, NULL, error))
        return NULL;
    if (outcome.error != NULL)
        g_propagate_error(error, outcome.error);
    return outcome.reply;
}
