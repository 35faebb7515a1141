/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A service that answers from a table, at the other end of a socket pair: what a real service
 * cannot be made to do, such as to answer nonsense or never. */
#pragma once

#include "bus/bus.h"

#include <errno.h>
#include <sys/socket.h>

/* How the service answers a call. CALL is the method and its string arguments, "getZoneSettings2
 * public", after the object's path and a space where that matters. ANSWER is a tuple in GVariant's
 * text format, "!NAME TEXT" for an error, "never" for silence, or "close" to break the connection. */
typedef struct {
    const char *call;
    const char *answer;
} PeerAnswer;

typedef struct {
    const PeerAnswer
        *answers; /* ends with a row of NULL; calls without a row are unknown methods */
    GDBusConnection *connection;
    Bus *bus;         /* what calls the service */
    gint n_calls;     /* atomic: how many calls have come */
    gsize used;       /* atomic: the rows of answers that were given, a bit for each */
    guint hold;       /* answers are held back until so many calls wait, then given last first */
    guint n_expected; /* with hold: the last answers are given once so many calls have come */
    gboolean overrun; /* with hold: more calls than that came before any was answered */
    GPtrArray *held;  /* GDBusMessage */
} Peer;

static inline const char *peer_answer_for(Peer *peer, const char *call)
{
    for (const PeerAnswer *row = peer->answers; row->call != NULL; row++) {
        if (!g_str_equal(row->call, call))
            continue;
        g_atomic_pointer_or(&peer->used, (gsize)1 << MIN(row - peer->answers, 63));
        return row->answer;
    }
    return NULL;
}

static inline char *peer_describe(GDBusMessage *message)
{
    GString *call = g_string_new(g_dbus_message_get_member(message));
    GVariant *body = g_dbus_message_get_body(message);
    for (gsize i = 0; body != NULL && i < g_variant_n_children(body); i++) {
        g_autoptr(GVariant) argument = g_variant_get_child_value(body, i);
        if (g_variant_is_of_type(argument, G_VARIANT_TYPE_STRING))
            g_string_append_printf(call, " %s", g_variant_get_string(argument, NULL));
    }
    return g_string_free(call, FALSE);
}

static inline GDBusMessage *peer_reply(GDBusMessage *message, const char *answer)
{
    if (answer == NULL)
        return g_dbus_message_new_method_error_literal(
            message, "org.freedesktop.DBus.Error.UnknownMethod", "no such method");
    if (*answer == '!') {
        g_auto(GStrv) parts = g_strsplit(answer + 1, " ", 2);
        return g_dbus_message_new_method_error_literal(message, parts[0], parts[1]);
    }
    g_autoptr(GError) error = NULL;
    GVariant *body = g_variant_parse(NULL, answer, NULL, NULL, &error);
    if (error != NULL)
        g_error("the answer %s: %s", answer, error->message);
    GDBusMessage *reply = g_dbus_message_new_method_reply(message);
    g_dbus_message_set_body(reply, body);
    g_variant_unref(body);
    return reply;
}

static inline GSocket *peer_socket(const Peer *peer)
{
    return g_socket_connection_get_socket(
        G_SOCKET_CONNECTION(g_dbus_connection_get_stream(peer->connection)));
}

static inline void peer_answer(Peer *peer, GDBusMessage *message)
{
    g_autofree char *call = peer_describe(message);
    g_autofree char *call_at_path =
        g_strdup_printf("%s %s", g_dbus_message_get_path(message), call);
    const char *answer = peer_answer_for(peer, call_at_path);
    if (answer == NULL)
        answer = peer_answer_for(peer, call);
    if (g_strcmp0(answer, "never") == 0)
        return;
    if (g_strcmp0(answer, "close") == 0) {
        g_socket_shutdown(peer_socket(peer), TRUE, TRUE, NULL);
        return;
    }
    g_autoptr(GDBusMessage) reply = peer_reply(message, answer);
    g_dbus_connection_send_message(peer->connection, reply, G_DBUS_SEND_MESSAGE_FLAGS_NONE, NULL,
                                   NULL);
}

static inline void peer_hold(Peer *peer, GDBusMessage *message)
{
    g_ptr_array_add(peer->held, g_object_ref(message));
    guint n_calls = (guint)g_atomic_int_get(&peer->n_calls);
    if (peer->held->len < peer->hold && n_calls < peer->n_expected)
        return;
    if (n_calls < peer->n_expected) {
        /* Long enough for a caller that sends more to have sent it. */
        g_usleep(G_USEC_PER_SEC / 20);
        if (g_socket_condition_check(peer_socket(peer), G_IO_IN) != 0)
            peer->overrun = TRUE;
    }
    for (guint i = peer->held->len; i > 0; i--)
        peer_answer(peer, g_ptr_array_index(peer->held, i - 1));
    g_ptr_array_set_size(peer->held, 0);
}

/* Runs in the connection's own thread. */
static inline GDBusMessage *peer_filter(GDBusConnection *connection G_GNUC_UNUSED,
                                        GDBusMessage *message, gboolean incoming, gpointer user)
{
    Peer *peer = user;
    if (!incoming || g_dbus_message_get_message_type(message) != G_DBUS_MESSAGE_TYPE_METHOD_CALL)
        return message;
    g_atomic_int_inc(&peer->n_calls);
    if (peer->hold > 0)
        peer_hold(peer, message);
    else
        peer_answer(peer, message);
    g_object_unref(message);
    return NULL;
}

static inline GIOStream *peer_stream(int fd)
{
    g_autoptr(GSocket) socket = g_socket_new_from_fd(fd, NULL);
    return G_IO_STREAM(g_socket_connection_factory_create_connection(socket));
}

static inline void peer_connected(GObject *source G_GNUC_UNUSED, GAsyncResult *result,
                                  gpointer user)
{
    Peer *peer = user;
    g_autoptr(GError) error = NULL;
    peer->connection = g_dbus_connection_new_finish(result, &error);
    g_assert_no_error(error);
}

static inline Peer *peer_new_with_timeout(const PeerAnswer *answers, guint timeout_ms)
{
    Peer *peer = g_new0(Peer, 1);
    peer->answers = answers;
    peer->held = g_ptr_array_new_with_free_func(g_object_unref);
    int fds[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) != 0)
        g_error("socketpair: %s", g_strerror(errno));
    g_autoptr(GIOStream) service_end = peer_stream(fds[0]);
    g_autoptr(GIOStream) client_end = peer_stream(fds[1]);
    g_autofree char *guid = g_dbus_generate_guid();
    g_dbus_connection_new(service_end, guid,
                          G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_SERVER |
                              G_DBUS_CONNECTION_FLAGS_DELAY_MESSAGE_PROCESSING,
                          NULL, NULL, peer_connected, peer);
    g_autoptr(GError) error = NULL;
    g_autoptr(GDBusConnection) client = g_dbus_connection_new_sync(
        client_end, NULL, G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT, NULL, NULL, &error);
    g_assert_no_error(error);
    while (peer->connection == NULL)
        g_main_context_iteration(NULL, TRUE);
    peer->bus = bus_new_for_connection(client, timeout_ms);
    g_dbus_connection_add_filter(peer->connection, peer_filter, peer, NULL);
    g_dbus_connection_start_message_processing(peer->connection);
    return peer;
}

static inline Peer *peer_new(const PeerAnswer *answers)
{
    return peer_new_with_timeout(answers, 20000);
}

/* Closing both ends waits for the thread that runs the filter to be done with it. */
static inline void peer_free(Peer *peer)
{
    g_dbus_connection_close_sync(bus_connection(peer->bus), NULL, NULL);
    g_dbus_connection_close_sync(peer->connection, NULL, NULL);
    g_clear_object(&peer->connection);
    bus_free(peer->bus);
    g_ptr_array_unref(peer->held);
    g_free(peer);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Peer, peer_free)
