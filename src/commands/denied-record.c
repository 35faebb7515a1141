/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Having firewalld log denials for a while. */
#include "commands/denied-stream.h"

#include "act/firewalld-changes.h"
#include "act/interruption.h"
#include "commands/change.h"
#include "model/error.h"
#include "report/plan-text.h"

enum { POLL_INTERVAL_MS = 200 };

/* setLogDenied reloads firewalld (1.3.3), and a reload may refuse what passes now. */
static bool check_harm(const Snapshot *snapshot, bool force, GPtrArray *notes, GError **error)
{
    g_autoptr(Snapshot) reloaded = snapshot_after_reload(snapshot, EVENT_RELOAD, NULL);
    if (reloaded == NULL) {
        permanent_unread_set_error(error);
        return false;
    }
    g_autoptr(ReloadHarm) harm = reload_harm_of(snapshot, reloaded, EVENT_RELOAD);
    if (reload_harm_is_none(harm))
        return true;
    g_autofree char *list = reload_harm_text(harm);
    if (force) {
        g_ptr_array_add(notes, g_strdup_printf("the reload that this needs %s", list));
        return true;
    }
    nicfix_error_set(error, NICFIX_ERROR_REFUSED,
                     "make permanent what is to stay, as nicfix apply does, or use --force",
                     "logging denials needs a reload of firewalld, which %s", list);
    return false;
}

/* Reports denials until the time has passed or a signal comes. */
static bool record(DeniedStream *stream, guint seconds, GError **error)
{
    const Output *output = stream->context->output;
    gint64 end = g_get_monotonic_time() + (gint64)seconds * G_TIME_SPAN_SECOND;
    gint64 left;
    bool reads = true;
    while (reads && interruption_pending() == NULL && (left = end - g_get_monotonic_time()) > 0) {
        countdown_show(output, (guint)((left + G_TIME_SPAN_SECOND - 1) / G_TIME_SPAN_SECOND));
        kernel_messages_wait(stream->messages,
                             (guint)MIN(left / G_TIME_SPAN_MILLISECOND + 1, POLL_INTERVAL_MS));
        reads = denied_stream_read(stream, error);
        countdown_end(output);
        if (output->format == FORMAT_TEXT)
            denied_stream_report_news(stream);
    }
    return reads && denied_stream_read(stream, error);
}

/* This reload drops what was bound meanwhile: that is reported, not prevented. */
static bool switch_off(const Change *change, const char *value, GPtrArray *notes, GError **error)
{
    g_autoptr(GError) reason = NULL;
    g_autoptr(Snapshot) now = observe(change->bus, &change->scope, NULL);
    if (now != NULL)
        check_harm(now, true, notes, NULL);
    if (firewalld_set_log_denied(change->bus, value, &reason))
        return true;
    g_autofree char *hint = g_strdup_printf("run: firewall-cmd --set-log-denied=%s", value);
    nicfix_error_set(error, NICFIX_ERROR_NOT_UNDONE, hint,
                     "firewalld still logs denials, which it did not before: %s", reason->message);
    return false;
}

/* Records, with logging switched on before and off after where it is off. */
static bool record_switched(Change *change, DeniedStream *stream, guint seconds, bool force,
                            GError **error)
{
    const char *old = change->snapshot->firewalld->log_denied;
    if (old == NULL) {
        nicfix_error_set(error, NICFIX_ERROR_NOT_AUTHORISED, "run as root",
                         "whether firewalld logs denials could not be read");
        return false;
    }
    if (!g_str_equal(old, "off"))
        return record(stream, seconds, error);
    if (!check_harm(change->snapshot, force, stream->notes, error))
        return false;
    g_autoptr(GError) reason = NULL;
    bool recorded = firewalld_set_log_denied(change->bus, "all", &reason);
    if (recorded) {
        /* Let another nicfix make the fix meanwhile. */
        g_clear_pointer(&change->lock, lock_free);
        recorded = record(stream, seconds, &reason);
        /* Switch it off even if another nicfix keeps the lock for too long. */
        change->lock = lock_take(LOCK_WAITS, context_timeout_ms(change->context), NULL);
    }
    if (!switch_off(change, old, stream->notes, error))
        return false;
    if (!recorded)
        g_propagate_error(error, g_steal_pointer(&reason));
    return recorded;
}

bool denied_record(const Context *context, guint seconds, bool force, GError **error)
{
    g_auto(Change) change = {0};
    g_auto(DeniedStream) stream = {0};
    ObserveOptions scope = context_observe_options(context, OBSERVE_ALL_ZONES);
    scope.permanent = true;
    KernelMessages *messages = kernel_messages_open(KERNEL_MESSAGES_NEW, error);
    if (messages == NULL)
        return false;
    denied_stream_begin(&stream, context, messages);
    stream.recorded = true;
    if (!change_begin(&change, context, CHANGE_FOR_REAL, error) ||
        !change_observe(&change, &scope, error) || !denied_stream_look(&stream, error) ||
        !record_switched(&change, &stream, seconds, force, error))
        return false;
    denied_stream_finish(&stream);
    return true;
}
