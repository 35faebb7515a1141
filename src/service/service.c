/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "service/service.h"

#include "act/journal.h"
#include "model/error.h"
#include "offered-interfaces.h"
#include "service/answer.h"
#include "service/names.h"
#include "service/request.h"
#include "service/watchers.h"
#include "service/worker.h"

#include <gio/gunixfdlist.h>
#include <glib-unix.h>
#include <signal.h>

typedef struct {
    GDBusConnection *connection;
    GMainLoop *loop;
    const char *version;
    guint idle_seconds;
    guint idle;                /* source; 0: not idle */
    guint calls;               /* in flight */
    guint begun;               /* of those, with a process of their own */
    GHashTable *calls_of_user; /* uid -> how many of those */
    Watchers *watchers;
    bool ends;    /* once nothing is in flight */
    bool refuses; /* what comes now goes to the next one: systemd ends this one */
    bool lost_name;
} Door;

/* A call in flight. */
typedef struct {
    Door *door;
    GDBusMethodInvocation *invocation;
    const Method *method;
    guint uid;
    bool is_begun;
    char *user_name;
    char **words;
    char *session;
} Call;

/* ---- idle ---- */

static gboolean end_when_idle(gpointer user)
{
    Door *door = user;
    door->idle = 0;
    g_main_loop_quit(door->loop);
    return G_SOURCE_REMOVE;
}

static void begin_idle(gpointer user)
{
    Door *door = user;
    if (door->calls > 0)
        return;
    if (door->ends)
        g_main_loop_quit(door->loop);
    else if (door->idle == 0 && watchers_count(door->watchers) == 0)
        door->idle = g_timeout_add_seconds(door->idle_seconds, end_when_idle, door);
}

static void end_idle(Door *door)
{
    if (door->idle != 0)
        g_source_remove(door->idle);
    door->idle = 0;
}

/* ---- calls in flight ---- */

static guint calls_of(const Door *door, guint uid)
{
    return GPOINTER_TO_UINT(g_hash_table_lookup(door->calls_of_user, GUINT_TO_POINTER(uid)));
}

static void count_call(Call *call, int difference)
{
    Door *door = call->door;
    door->begun += (guint)difference;
    guint calls = calls_of(door, call->uid) + (guint)difference;
    if (calls > 0)
        g_hash_table_insert(door->calls_of_user, GUINT_TO_POINTER(call->uid),
                            GUINT_TO_POINTER(calls));
    else
        g_hash_table_remove(door->calls_of_user, GUINT_TO_POINTER(call->uid));
    call->is_begun = difference > 0;
}

static void call_free(Call *call)
{
    Door *door = call->door;
    if (call->is_begun)
        count_call(call, -1);
    door->calls--;
    begin_idle(door);
    g_free(call->user_name);
    g_strfreev(call->words);
    g_free(call->session);
    g_free(call);
}

/* GDBus would send an error of our own names by another. */
static void return_error(GDBusMethodInvocation *invocation, GError *error)
{
    g_autofree char *name = g_dbus_error_get_remote_error(error);
    if (name == NULL) {
        g_dbus_method_invocation_return_gerror(invocation, error);
        return;
    }
    g_dbus_error_strip_remote_error(error);
    g_dbus_method_invocation_return_dbus_error(invocation, name, error->message);
}

static void refuse(Call *call, GError *error)
{
    return_error(call->invocation, error);
    call_free(call);
}

static GError *limit_error(const char *whose, guint limit)
{
    return g_error_new(G_DBUS_ERROR, G_DBUS_ERROR_LIMITS_EXCEEDED,
                       "%s %u calls in flight already; wait for their answers", whose, limit);
}

/* ---- answers ---- */

static void answer_command_line(const Call *call, const WorkerResult *result)
{
    g_autoptr(GUnixFDList) files = g_unix_fd_list_new();
    int output = g_unix_fd_list_append(files, result->output, NULL);
    int messages = g_unix_fd_list_append(files, result->messages, NULL);
    g_dbus_method_invocation_return_value_with_unix_fd_list(
        call->invocation, g_variant_new("(ihh)", result->status, output, messages), files);
}

static void answer_watcher(const Call *call)
{
    g_autoptr(GError) error = NULL;
    const char *caller = g_dbus_method_invocation_get_sender(call->invocation);
    if (watchers_add(call->door->watchers, caller, call->uid, call->user_name, &error))
        g_dbus_method_invocation_return_value(call->invocation, NULL);
    else
        return_error(call->invocation, error);
}

static void answer_document(const Call *call, const WorkerResult *result)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) text = worker_read(result->output, &error);
    gsize size;
    const char *data = text != NULL ? g_bytes_get_data(text, &size) : NULL;
    g_autoptr(GVariant) answer =
        text != NULL ? answer_of_document(data != NULL ? data : "", data != NULL ? size : 0, &error)
                     : NULL;
    if (answer == NULL)
        return_error(call->invocation, error);
    else if (method_watches(call->method))
        answer_watcher(call);
    else
        g_dbus_method_invocation_return_value(call->invocation,
                                              g_variant_new("(@a{sv})", g_steal_pointer(&answer)));
}

static void worker_ended(const WorkerResult *result, gpointer user)
{
    Call *call = user;
    journal_note_request(call->user_name, call->uid, (const char *const *)call->words,
                         result->status);
    if (method_is_for_command_line(call->method))
        answer_command_line(call, result);
    else
        answer_document(call, result);
    call_free(call);
}

/* ---- a call ---- */

/* The error where CALL cannot be answered now (transfer full), or NULL. */
static GError *limit_reached(const Call *call)
{
    return call->door->refuses ? g_error_new_literal(G_DBUS_ERROR, G_DBUS_ERROR_LIMITS_EXCEEDED,
                                                     "the service is being stopped; call again")
           : calls_of(call->door, call->uid) >= SERVICE_MAX_CALLS_OF_USER
               ? limit_error("this user has", SERVICE_MAX_CALLS_OF_USER)
           : call->door->begun >= SERVICE_MAX_CALLS
               ? limit_error("the service has", SERVICE_MAX_CALLS)
               : NULL;
}

/* Who CALL is from is known: a user who calls too often takes nobody else's room. */
static void begin(Call *call)
{
    GDBusMethodInvocation *invocation = call->invocation;
    const char *caller = g_dbus_method_invocation_get_sender(invocation);
    bool may_ask = (g_dbus_message_get_flags(g_dbus_method_invocation_get_message(invocation)) &
                    G_DBUS_MESSAGE_FLAGS_ALLOW_INTERACTIVE_AUTHORIZATION) != 0;
    g_autoptr(GError) error = limit_reached(call);
    if (error == NULL)
        call->words =
            method_words(call->method, g_dbus_method_invocation_get_parameters(invocation), caller,
                         may_ask, &call->session, &error);
    if (error != NULL) {
        refuse(call, error);
        return;
    }
    count_call(call, 1);
    call->user_name = journal_user_name(call->uid);
    if (!worker_start(call->words, call->user_name, call->session, worker_ended, call, &error))
        refuse(call, error);
}

static void user_is_known(GObject *source, GAsyncResult *result, gpointer user)
{
    Call *call = user;
    g_autoptr(GError) error = NULL;
    g_autoptr(GVariant) reply =
        g_dbus_connection_call_finish(G_DBUS_CONNECTION(source), result, &error);
    if (reply == NULL) { /* it has left */
        refuse(call, error);
        return;
    }
    g_variant_get(reply, "(u)", &call->uid);
    begin(call);
}

static void call_method(G_GNUC_UNUSED GDBusConnection *connection, const char *sender,
                        G_GNUC_UNUSED const char *path, const char *interface, const char *name,
                        G_GNUC_UNUSED GVariant *parameters, GDBusMethodInvocation *invocation,
                        gpointer user)
{
    Door *door = user;
    if (g_str_equal(name, "Unwatch")) {
        watchers_remove(door->watchers, sender);
        g_dbus_method_invocation_return_value(invocation, NULL);
        return;
    }
    end_idle(door);
    door->calls++;
    Call *call = g_new(Call, 1);
    *call = (Call){.door = door, .invocation = invocation, .method = method_find(interface, name)};
    g_dbus_connection_call(door->connection, "org.freedesktop.DBus", "/org/freedesktop/DBus",
                           "org.freedesktop.DBus", "GetConnectionUnixUser",
                           g_variant_new("(s)", sender), G_VARIANT_TYPE("(u)"),
                           G_DBUS_CALL_FLAGS_NONE, -1, NULL, user_is_known, call);
}

static GVariant *get_property(G_GNUC_UNUSED GDBusConnection *connection,
                              G_GNUC_UNUSED const char *sender, G_GNUC_UNUSED const char *path,
                              G_GNUC_UNUSED const char *interface, G_GNUC_UNUSED const char *name,
                              G_GNUC_UNUSED GError **error, gpointer user)
{
    return g_variant_new_string(((const Door *)user)->version);
}

/* ---- the whole ---- */

static void name_is_lost(G_GNUC_UNUSED GDBusConnection *connection, G_GNUC_UNUSED const char *name,
                         gpointer user)
{
    Door *door = user;
    door->lost_name = true;
    g_main_loop_quit(door->loop);
}

static void bus_is_gone(G_GNUC_UNUSED GDBusConnection *connection, G_GNUC_UNUSED gboolean vanished,
                        G_GNUC_UNUSED GError *error, gpointer user)
{
    g_main_loop_quit(((Door *)user)->loop);
}

/* What is in flight goes on to its end; systemd tells the workers, too. */
static gboolean end_softly(gpointer user)
{
    Door *door = user;
    door->ends = true;
    door->refuses = true;
    end_idle(door);
    begin_idle(door);
    return G_SOURCE_CONTINUE;
}

static bool offer(Door *door, GError **error)
{
    static const GDBusInterfaceVTable table = {call_method, get_property, NULL, {0}};
    const GDBusInterfaceInfo *const interfaces[] = {&org_nicfix_nicfix1_interface,
                                                    &org_nicfix_nicfix1_command_line_interface};
    for (gsize i = 0; i < G_N_ELEMENTS(interfaces); i++) {
        if (g_dbus_connection_register_object(door->connection, DOOR_PATH,
                                              (GDBusInterfaceInfo *)interfaces[i], &table, door,
                                              NULL, error) == 0)
            return false;
    }
    return true;
}

/* What comes between the end of the idle time and giving up the name is answered, too. */
static void serve(Door *door)
{
    guint name = g_bus_own_name_on_connection(door->connection, DOOR_NAME,
                                              G_BUS_NAME_OWNER_FLAGS_DO_NOT_QUEUE, NULL,
                                              name_is_lost, door, NULL);
    guint term = g_unix_signal_add(SIGTERM, end_softly, door);
    begin_idle(door);
    g_main_loop_run(door->loop);
    g_bus_unown_name(name);
    g_dbus_connection_flush_sync(door->connection, NULL, NULL);
    door->ends = true;
    while (g_main_context_iteration(NULL, door->calls > 0) || door->calls > 0)
        continue;
    g_source_remove(term);
}

bool service_run(const char *version, guint idle_seconds, GError **error)
{
    g_autoptr(GDBusConnection) connection = g_bus_get_sync(G_BUS_TYPE_SYSTEM, NULL, error);
    if (connection == NULL) {
        g_prefix_error(error, "the system bus cannot be reached: ");
        return false;
    }
    g_dbus_connection_set_exit_on_close(connection, FALSE);
    Door door = {
        .connection = connection,
        .loop = g_main_loop_new(NULL, FALSE),
        .version = version,
        .idle_seconds = idle_seconds,
        .calls_of_user = g_hash_table_new(NULL, NULL),
    };
    door.watchers = watchers_new(connection, begin_idle, &door);
    g_signal_connect(connection, "closed", G_CALLBACK(bus_is_gone), &door);
    bool is_offered = offer(&door, error);
    if (is_offered)
        serve(&door);
    g_signal_handlers_disconnect_by_data(connection, &door);
    watchers_free(door.watchers);
    g_hash_table_unref(door.calls_of_user);
    g_main_loop_unref(door.loop);
    if (is_offered && door.lost_name)
        nicfix_error_set(error, NICFIX_ERROR_REFUSED,
                         "only root may run it, and only one at a time",
                         "the name %s cannot be had on the bus", DOOR_NAME);
    return is_offered && !door.lost_name;
}
