/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sending, waiting for and decoding the calls of a batch, in a main context of its own. */
#include "bus/call-batch.h"

#include "bus/bus-error.h"
#include "model/error.h"
#include "model/foreach.h"

#include <stdarg.h>

/* dbus-daemon lets a connection wait for at most 128 replies on the system bus
 * (max_replies_per_connection, bus/config-parser.c of dbus 1.14). */
enum { CALLS_UNDER_WAY_MAX = 100 };

typedef struct {
    CallBatch *batch;
    const CallRow *row;
    Call call; /* owns its strings and parameters */
    char *what;
    GVariant *reply;
    GError *error;
    bool was_known; /* the reply, before the call was made */
} PendingCall;

struct CallBatch {
    Bus *bus;
    GMainContext *context;
    GCancellable *give_up; /* cancelled with the caller's, and by call_batch_free() */
    GCancellable *cancellable;
    gulong cancelled_handler;
    GPtrArray *calls; /* PendingCall */
    guint sent;
    guint under_way;
    gint64 deadline;       /* of the monotonic clock; G_MAXINT64: none */
    const char *silent[2]; /* services that left a call without an answer: there are two */
};

static void pending_call_free(PendingCall *pending)
{
    g_free((char *)pending->call.path);
    g_variant_unref(pending->call.parameters);
    g_clear_pointer(&pending->reply, g_variant_unref);
    g_clear_error(&pending->error);
    g_free(pending->what);
    g_free(pending);
}

static void give_up(GCancellable *cancellable G_GNUC_UNUSED, gpointer user)
{
    g_cancellable_cancel(user);
}

CallBatch *call_batch_new(Bus *bus, GCancellable *cancellable)
{
    CallBatch *batch = g_new0(CallBatch, 1);
    batch->bus = bus;
    batch->deadline = G_MAXINT64;
    batch->context = g_main_context_new();
    batch->give_up = g_cancellable_new();
    batch->cancellable = cancellable;
    if (cancellable != NULL)
        batch->cancelled_handler =
            g_cancellable_connect(cancellable, G_CALLBACK(give_up), batch->give_up, NULL);
    batch->calls = g_ptr_array_new_with_free_func((GDestroyNotify)pending_call_free);
    return batch;
}

void call_batch_set_deadline(CallBatch *batch, gint64 deadline)
{
    batch->deadline = deadline;
}

void call_batch_add(CallBatch *batch, const Call *call, const char *format, ...)
{
    PendingCall *pending = g_new0(PendingCall, 1);
    va_list arguments;
    va_start(arguments, format);
    pending->what = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    pending->batch = batch;
    pending->row = call_row(call->id);
    pending->call = *call;
    pending->call.path = g_strdup(call->path != NULL ? call->path : pending->row->path);
    g_assert(pending->call.path != NULL);
    pending->call.parameters = g_variant_ref_sink(
        call->parameters != NULL ? call->parameters : g_variant_new_tuple(NULL, 0));
    g_ptr_array_add(batch->calls, pending);
}

bool call_batch_is_empty(const CallBatch *batch)
{
    return batch->calls->len == 0;
}

/* ---- sending and receiving ---- */

static void send_more(CallBatch *batch);

/* Types are checked here rather than by GDBus, so that the error can name the type that came. */
static void take_reply(PendingCall *pending, GVariant *reply)
{
    const CallRow *row = pending->row;
    if (g_variant_is_of_type(reply, G_VARIANT_TYPE(row->reply))) {
        pending->reply = reply;
        return;
    }
    nicfix_error_set(&pending->error, NICFIX_ERROR_BAD_REPLY,
                     "another program may be using the service's name: see busctl --system list",
                     "%s answered %s with the type %s where %s is expected", row->service,
                     row->method, g_variant_get_type_string(reply), row->reply);
    g_variant_unref(reply);
}

static bool is_silent(const CallBatch *batch, const char *service)
{
    for (gsize i = 0; i < G_N_ELEMENTS(batch->silent); i++) {
        if (g_strcmp0(batch->silent[i], service) == 0)
            return true;
    }
    return false;
}

static void note_silence(CallBatch *batch, const char *service)
{
    if (!is_silent(batch, service))
        batch->silent[batch->silent[0] != NULL] = service;
}

static void answered(GObject *source, GAsyncResult *result, gpointer user)
{
    PendingCall *pending = user;
    CallBatch *batch = pending->batch;
    g_autoptr(GError) reason = NULL;
    GVariant *reply = g_dbus_connection_call_finish(G_DBUS_CONNECTION(source), result, &reason);
    if (reply != NULL)
        take_reply(pending, reply);
    else
        pending->error = bus_error_translate(reason, pending->row, bus_timeout_ms(batch->bus));
    if (g_error_matches(pending->error, NICFIX_ERROR, NICFIX_ERROR_TIMEOUT))
        note_silence(batch, pending->row->service);
    batch->under_way--;
    send_more(batch);
}

/* How long a call that is sent now may take; 0: it is not worth sending. */
static int time_left_ms(const CallBatch *batch, const char *service)
{
    gint64 left = batch->deadline == G_MAXINT64
                      ? G_MAXINT
                      : (batch->deadline - g_get_monotonic_time()) / G_TIME_SPAN_MILLISECOND;
    return is_silent(batch, service) ? 0 : (int)CLAMP(left, 0, (gint64)bus_timeout_ms(batch->bus));
}

/* Replies of an unexpected type, as a file may bring them, are not known. */
static bool answer_from_known(PendingCall *pending)
{
    const KnownReplies *known = bus_known_replies(pending->batch->bus);
    const CallRow *row = pending->row;
    GVariant *reply = known != NULL ? known_replies_lookup(known, row, pending->call.path,
                                                           pending->call.parameters)
                                    : NULL;
    if (reply == NULL || !g_variant_is_of_type(reply, G_VARIANT_TYPE(row->reply)))
        return false;
    pending->reply = g_variant_ref(reply);
    pending->was_known = true;
    return true;
}

static void send_call(PendingCall *pending)
{
    CallBatch *batch = pending->batch;
    const CallRow *row = pending->row;
    if (answer_from_known(pending))
        return;
    int timeout_ms = time_left_ms(batch, row->service);
    if (timeout_ms == 0) {
        g_autoptr(GError) reason = g_error_new_literal(G_IO_ERROR, G_IO_ERROR_TIMED_OUT, "");
        pending->error = bus_error_translate(reason, row, bus_timeout_ms(batch->bus));
        return;
    }
    batch->under_way++;
    g_dbus_connection_call(bus_connection(batch->bus), row->service, pending->call.path,
                           row->interface, row->method, pending->call.parameters, NULL,
                           G_DBUS_CALL_FLAGS_NO_AUTO_START, timeout_ms, batch->give_up, answered,
                           pending);
}

static void send_more(CallBatch *batch)
{
    while (batch->sent < batch->calls->len && batch->under_way < CALLS_UNDER_WAY_MAX)
        send_call(g_ptr_array_index(batch->calls, batch->sent++));
}

void call_batch_start(CallBatch *batch)
{
    g_main_context_push_thread_default(batch->context);
    send_more(batch);
    g_main_context_pop_thread_default(batch->context);
}

static void wait_for_replies(CallBatch *batch)
{
    g_main_context_push_thread_default(batch->context);
    while (batch->under_way > 0)
        g_main_context_iteration(batch->context, TRUE);
    g_main_context_pop_thread_default(batch->context);
}

void call_batch_free(CallBatch *batch)
{
    if (batch == NULL)
        return;
    batch->sent = batch->calls->len;
    g_cancellable_cancel(batch->give_up);
    wait_for_replies(batch);
    g_cancellable_disconnect(batch->cancellable, batch->cancelled_handler);
    g_object_unref(batch->give_up);
    g_ptr_array_unref(batch->calls);
    g_main_context_unref(batch->context);
    g_free(batch);
}

/* ---- what becomes of the replies ---- */

static bool is_firewalld(const CallRow *row)
{
    return g_str_equal(row->service, FIREWALLD_SERVICE);
}

static bool ends_observation(const PendingCall *pending)
{
    const GError *error = pending->error;
    if (error->domain != NICFIX_ERROR || error->code == NICFIX_ERROR_NO_BUS)
        return true;
    bool broken = error->code == NICFIX_ERROR_NO_FIREWALLD || error->code == NICFIX_ERROR_TIMEOUT ||
                  error->code == NICFIX_ERROR_BAD_REPLY;
    return broken && is_firewalld(pending->row);
}

static void decode_reply(PendingCall *pending)
{
    const Call *call = &pending->call;
    KnownReplies *known = bus_known_replies(pending->batch->bus);
    if (call->decode != NULL && !call->decode(pending->reply, call->user, &pending->error))
        return;
    if (known != NULL && !pending->was_known)
        known_replies_keep(known, pending->row, call->path, call->parameters, pending->reply);
}

bool call_batch_finish(CallBatch *batch, Snapshot *snapshot, GError **error)
{
    wait_for_replies(batch);
    PTR_ARRAY_FOREACH (PendingCall, pending, batch->calls) {
        if (pending->error == NULL)
            decode_reply(pending);
    }
    PTR_ARRAY_FOREACH (const PendingCall, pending, batch->calls) {
        const Call *call = &pending->call;
        if (pending->error == NULL ||
            (call->failed != NULL && call->failed(pending->error, call->user)))
            continue;
        if (ends_observation(pending)) {
            g_propagate_error(error, g_error_copy(pending->error));
            return false;
        }
        g_autofree char *where =
            g_strdup_printf("%s.%s", pending->row->interface, pending->row->method);
        snapshot_add_unread(snapshot, pending->what, where, pending->error->message);
    }
    return true;
}

const GError *call_batch_refusal(const CallBatch *batch)
{
    const GError *first = NULL;
    PTR_ARRAY_FOREACH (const PendingCall, pending, batch->calls) {
        if (!is_firewalld(pending->row))
            continue;
        if (pending->error == NULL)
            return NULL;
        bool is_refusal =
            g_error_matches(pending->error, NICFIX_ERROR, NICFIX_ERROR_NOT_AUTHORISED);
        bool had_refusal = g_error_matches(first, NICFIX_ERROR, NICFIX_ERROR_NOT_AUTHORISED);
        if (first == NULL || (is_refusal && !had_refusal))
            first = pending->error;
    }
    return first;
}
