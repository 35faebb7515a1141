/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "service/watchers.h"

#include "service/answer.h"
#include "service/names.h"
#include "service/service.h"
#include "service/worker.h"

#include <signal.h>
#include <string.h>

struct Watchers {
    GDBusConnection *connection;
    GHashTable *by_caller; /* unique name -> Watcher */
    void (*is_idle)(gpointer user);
    gpointer user;
};

typedef struct {
    Watchers *watchers;
    char *caller;
    guint uid;
    guint name_watch;
    GSubprocess *process;
    GDataInputStream *lines;
    GCancellable *cancellable;
} Watcher;

static void watcher_free(gpointer data)
{
    Watcher *watcher = data;
    g_cancellable_cancel(watcher->cancellable);
    g_bus_unwatch_name(watcher->name_watch);
    g_subprocess_send_signal(watcher->process, SIGTERM);
    g_object_unref(watcher->process);
    g_object_unref(watcher->lines);
    g_object_unref(watcher->cancellable);
    g_free(watcher->caller);
    g_free(watcher);
}

Watchers *watchers_new(GDBusConnection *connection, void (*is_idle)(gpointer user), gpointer user)
{
    Watchers *watchers = g_new(Watchers, 1);
    *watchers = (Watchers){
        .connection = connection,
        .by_caller = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, watcher_free),
        .is_idle = is_idle,
        .user = user,
    };
    return watchers;
}

void watchers_free(Watchers *watchers)
{
    g_hash_table_unref(watchers->by_caller);
    g_free(watchers);
}

guint watchers_count(const Watchers *watchers)
{
    return g_hash_table_size(watchers->by_caller);
}

void watchers_remove(Watchers *watchers, const char *caller)
{
    if (g_hash_table_remove(watchers->by_caller, caller) && watchers_count(watchers) == 0)
        watchers->is_idle(watchers->user);
}

static void send_event(const Watcher *watcher, const char *line)
{
    g_autoptr(GError) reason = NULL;
    GVariant *event = answer_of_document(line, strlen(line), &reason);
    if (event != NULL)
        g_dbus_connection_emit_signal(watcher->watchers->connection, watcher->caller, DOOR_PATH,
                                      DOOR_INTERFACE, "FindingsChanged",
                                      g_variant_new("(@a{sv})", event), NULL);
}

/* The process ends when its caller may not watch, or is gone: then there is nobody to tell. */
static void read_line(GObject *source, GAsyncResult *result, gpointer user)
{
    Watcher *watcher = user;
    g_autoptr(GError) reason = NULL;
    g_autofree char *line =
        g_data_input_stream_read_line_finish(G_DATA_INPUT_STREAM(source), result, NULL, &reason);
    if (g_error_matches(reason, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        return; /* WATCHER is freed */
    if (line == NULL) {
        watchers_remove(watcher->watchers, watcher->caller);
        return;
    }
    send_event(watcher, line);
    g_data_input_stream_read_line_async(watcher->lines, G_PRIORITY_DEFAULT, watcher->cancellable,
                                        read_line, watcher);
}

static void caller_left(G_GNUC_UNUSED GDBusConnection *connection, const char *name, gpointer user)
{
    watchers_remove(user, name);
}

static guint count_of_user(const Watchers *watchers, guint uid)
{
    guint count = 0;
    GHashTableIter iter;
    gpointer watcher;
    g_hash_table_iter_init(&iter, watchers->by_caller);
    while (g_hash_table_iter_next(&iter, NULL, &watcher))
        count += ((const Watcher *)watcher)->uid == uid;
    return count;
}

bool watchers_add(Watchers *watchers, const char *caller, guint uid, const char *user_name,
                  GError **error)
{
    if (g_hash_table_contains(watchers->by_caller, caller))
        return true;
    bool is_users = count_of_user(watchers, uid) >= SERVICE_MAX_WATCHERS_OF_USER;
    if (is_users || watchers_count(watchers) >= SERVICE_MAX_WATCHERS) {
        g_set_error(error, G_DBUS_ERROR, G_DBUS_ERROR_LIMITS_EXCEEDED, "%s %d times already",
                    is_users ? "this user watches" : "this host is watched",
                    is_users ? SERVICE_MAX_WATCHERS_OF_USER : SERVICE_MAX_WATCHERS);
        return false;
    }
    g_autofree char *on_behalf = g_strdup_printf("--caller=%s", caller);
    const char *const words[] = {"watch", "--json", on_behalf, NULL};
    GSubprocess *process = worker_stream(words, user_name, error);
    if (process == NULL)
        return false;
    Watcher *watcher = g_new(Watcher, 1);
    *watcher = (Watcher){
        .watchers = watchers,
        .caller = g_strdup(caller),
        .uid = uid,
        .process = process,
        .lines = g_data_input_stream_new(g_subprocess_get_stdout_pipe(process)),
        .cancellable = g_cancellable_new(),
    };
    watcher->name_watch =
        g_bus_watch_name_on_connection(watchers->connection, caller, G_BUS_NAME_WATCHER_FLAGS_NONE,
                                       NULL, caller_left, watchers, NULL);
    g_hash_table_insert(watchers->by_caller, watcher->caller, watcher);
    g_data_input_stream_read_line_async(watcher->lines, G_PRIORITY_DEFAULT, watcher->cancellable,
                                        read_line, watcher);
    return true;
}
