/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sending, waiting for and decoding the calls of a wave, in a main context of the wave's own. */
#include "bus/wave.h"

#include "bus/bus-error.h"
#include "model/error.h"

/* dbus-daemon lets a connection wait for at most 128 replies on the system bus
 * (max_replies_per_connection, bus/config-parser.c of dbus 1.14). */
enum { CALLS_UNDER_WAY_MAX = 100 };

typedef struct {
    Wave *wave;
    const CallRow *row;
    char *path;
    GVariant *parameters;
    WaveDecode decode;
    gpointer user;
    GVariant *reply;
    GError *error;
} Call;

struct Wave {
    GDBusConnection *connection;
    GMainContext *context;
    GCancellable *give_up;
    GCancellable *cancellable;
    gulong cancelled_handler;
    guint timeout_ms;
    GPtrArray *calls; /* Call */
    guint sent;
    guint under_way;
};

static void call_free(Call *call)
{
    g_free(call->path);
    g_clear_pointer(&call->parameters, g_variant_unref);
    g_clear_pointer(&call->reply, g_variant_unref);
    g_clear_error(&call->error);
    g_free(call);
}

static void give_up(GCancellable *cancellable G_GNUC_UNUSED, gpointer user)
{
    g_cancellable_cancel(user);
}

Wave *wave_new(Bus *bus, guint timeout_ms, GCancellable *cancellable)
{
    Wave *wave = g_new0(Wave, 1);
    wave->connection = bus_connection(bus);
    wave->context = g_main_context_new();
    wave->give_up = g_cancellable_new();
    wave->cancellable = cancellable;
    if (cancellable != NULL)
        wave->cancelled_handler =
            g_cancellable_connect(cancellable, G_CALLBACK(give_up), wave->give_up, NULL);
    wave->timeout_ms = MIN(timeout_ms, (guint)G_MAXINT);
    wave->calls = g_ptr_array_new_with_free_func((GDestroyNotify)call_free);
    return wave;
}

guint wave_add(Wave *wave, CallId id, const char *path, GVariant *parameters, WaveDecode decode,
               gpointer user)
{
    Call *call = g_new0(Call, 1);
    call->wave = wave;
    call->row = call_row(id);
    call->path = g_strdup(path != NULL ? path : call->row->path);
    g_assert(call->path != NULL);
    call->parameters =
        g_variant_ref_sink(parameters != NULL ? parameters : g_variant_new_tuple(NULL, 0));
    call->decode = decode;
    call->user = user;
    g_ptr_array_add(wave->calls, call);
    return wave->calls->len - 1;
}

guint wave_size(const Wave *wave)
{
    return wave->calls->len;
}

const GError *wave_error(const Wave *wave, guint index)
{
    const Call *call = g_ptr_array_index(wave->calls, index);
    return call->error;
}

/* ---- sending and receiving ---- */

static void send_more(Wave *wave);

/* Types are checked here rather than by GDBus, so that the error can say what came instead. */
static void take_reply(Call *call, GVariant *reply)
{
    if (g_variant_is_of_type(reply, G_VARIANT_TYPE(call->row->reply))) {
        call->reply = reply;
        return;
    }
    nicfix_error_set(&call->error, NICFIX_ERROR_BAD_REPLY,
                     "another program may be using the service's name: see busctl --system list",
                     "%s answered %s with the type %s where %s is expected", call->row->service,
                     call->row->method, g_variant_get_type_string(reply), call->row->reply);
    g_variant_unref(reply);
}

static void answered(GObject *source, GAsyncResult *result, gpointer user)
{
    Call *call = user;
    g_autoptr(GError) reason = NULL;
    GVariant *reply = g_dbus_connection_call_finish(G_DBUS_CONNECTION(source), result, &reason);
    if (reply != NULL)
        take_reply(call, reply);
    else
        call->error = bus_error_translate(reason, call->row, call->wave->timeout_ms);
    call->wave->under_way--;
    send_more(call->wave);
}

static void send_call(Wave *wave, Call *call)
{
    g_dbus_connection_call(wave->connection, call->row->service, call->path, call->row->interface,
                           call->row->method, call->parameters, NULL,
                           G_DBUS_CALL_FLAGS_NO_AUTO_START, (int)wave->timeout_ms, wave->give_up,
                           answered, call);
}

static void send_more(Wave *wave)
{
    while (wave->sent < wave->calls->len && wave->under_way < CALLS_UNDER_WAY_MAX) {
        wave->under_way++;
        send_call(wave, g_ptr_array_index(wave->calls, wave->sent++));
    }
}

void wave_start(Wave *wave)
{
    g_main_context_push_thread_default(wave->context);
    send_more(wave);
    g_main_context_pop_thread_default(wave->context);
}

static void wait_for_answers(Wave *wave)
{
    g_main_context_push_thread_default(wave->context);
    while (wave->under_way > 0)
        g_main_context_iteration(wave->context, TRUE);
    g_main_context_pop_thread_default(wave->context);
}

static void decode_call(Call *call)
{
    if (call->error == NULL && call->decode != NULL)
        call->decode(call->reply, call->user, &call->error);
}

void wave_finish(Wave *wave)
{
    wait_for_answers(wave);
    for (guint i = 0; i < wave->calls->len; i++)
        decode_call(g_ptr_array_index(wave->calls, i));
}

void wave_free(Wave *wave)
{
    if (wave == NULL)
        return;
    if (wave->under_way > 0) {
        wave->sent = wave->calls->len;
        g_cancellable_cancel(wave->give_up);
        wait_for_answers(wave);
    }
    g_cancellable_disconnect(wave->cancellable, wave->cancelled_handler);
    g_object_unref(wave->give_up);
    g_ptr_array_unref(wave->calls);
    g_main_context_unref(wave->context);
    g_free(wave);
}
