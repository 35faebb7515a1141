/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Recording denials for a while. */
#include "commands/denied-trace.h"

#include "act/firewalld-changes.h"
#include "act/interruption.h"
#include "act/logging-note.h"
#include "commands/change.h"
#include "model/host/reload-flush.h"
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
    bool is_known = snapshot->ruleset != NULL || reload_flushes(snapshot->firewalld) == TRISTATE_NO;
    if (reload_harm_is_none(harm) && is_known)
        return true;
    g_autofree char *list = reload_harm_is_none(harm)
                                ? g_strdup("may remove rules of other programs, which could not "
                                           "be read")
                                : reload_harm_text(harm);
    if (force) {
        g_ptr_array_add(notes, g_strdup_printf("the reload that this needs %s", list));
        return true;
    }
    nicfix_error_set(error, NICFIX_ERROR_REFUSED,
                     is_known
                         ? "make permanent what is to stay, as nicfix apply does, or use --force"
                         : "run as root, or use --force",
                     "logging denials needs a reload of firewalld, which %s", list);
    return false;
}

/* Reads what is denied, for at most TIMEOUT_MS: of TRACE, or of the log where that is NULL. */
static bool read_denials(DeniedStream *stream, DeniedTrace *trace, guint timeout_ms, GError **error)
{
    if (trace != NULL)
        return denied_trace_read(trace, stream, timeout_ms, error);
    kernel_messages_wait(stream->messages, timeout_ms);
    return denied_stream_read(stream, error);
}

/* Reports denials until the time has passed or a signal comes. */
static bool record(DeniedStream *stream, DeniedTrace *trace, guint seconds, GError **error)
{
    const Output *output = stream->context->output;
    gint64 end = g_get_monotonic_time() + (gint64)seconds * G_TIME_SPAN_SECOND;
    gint64 left;
    bool reads = true;
    while (reads && interruption_pending() == NULL && (left = end - g_get_monotonic_time()) > 0) {
        countdown_show(output, (guint)((left + G_TIME_SPAN_SECOND - 1) / G_TIME_SPAN_SECOND));
        reads = read_denials(
            stream, trace, (guint)MIN(left / G_TIME_SPAN_MILLISECOND + 1, POLL_INTERVAL_MS), error);
        countdown_end(output);
        if (output->format == FORMAT_TEXT)
            denied_stream_report_news(stream);
    }
    return reads && read_denials(stream, trace, 0, error);
}

/* This reload drops what was bound meanwhile: that is reported, not prevented. */
static bool switch_off(const Change *change, GPtrArray *notes, GError **error)
{
    g_autoptr(GError) reason = NULL;
    g_autoptr(Snapshot) now = observe(change->bus, &change->scope, NULL);
    if (now != NULL)
        check_harm(now, true, notes, NULL);
    if (firewalld_set_log_denied(change->bus, "off", &reason)) {
        logging_note_remove();
        return true;
    }
    nicfix_error_set(error, NICFIX_ERROR_NOT_UNDONE, "run: firewall-cmd --set-log-denied=off",
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
    /* What one that was killed has switched on is for this one to switch off. */
    bool is_left = g_str_equal(old, "all") && logging_note_is_left();
    if (!g_str_equal(old, "off") && !is_left)
        return record(stream, NULL, seconds, error);
    if (!check_harm(change->snapshot, force, stream->notes, error))
        return false;
    g_autoptr(LoggingNote) note = logging_note_begin(error);
    if (note == NULL)
        return false;
    g_autoptr(GError) reason = NULL;
    bool recorded = is_left || firewalld_set_log_denied(change->bus, "all", &reason);
    if (recorded) {
        /* Let another nicfix make the fix meanwhile. */
        change_unlock(change);
        recorded = record(stream, NULL, seconds, &reason);
        /* Switch it off even if another nicfix keeps the lock for too long. */
        (void)!change_lock(change, NULL);
    }
    if (!switch_off(change, stream->notes, error))
        return false;
    if (!recorded)
        g_propagate_error(error, g_steal_pointer(&reason));
    return recorded;
}

/* WHY_NOT says why the kernel does not trace. */
static bool record_by_log(const Context *context, guint seconds, bool force, const char *why_not,
                          GError **error)
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
    g_ptr_array_add(stream.notes,
                    g_strdup_printf("only what firewalld logs is shown: %s", why_not));
    if (!change_begin(&change, context, CHANGE_FOR_REAL, error) ||
        !change_observe(&change, &scope, error) || !denied_stream_look(&stream, error) ||
        !record_switched(&change, &stream, seconds, force, error))
        return false;
    denied_stream_finish(&stream);
    return true;
}

/* firewalld's own rules are in the modules of iptables-legacy, which nothing traces, where it is set to
 * the iptables backend and has none in nf_tables. */
static bool check_traces_firewalld(const DeniedTrace *trace, const Snapshot *snapshot,
                                   GError **error)
{
    const char *backend = snapshot != NULL ? snapshot->firewalld->options.backend : NULL;
    const Ruleset *ruleset = trace->rules->ruleset;
    if (ruleset != NULL && (g_strcmp0(backend, "iptables") != 0 ||
                            ruleset_table(ruleset, NFT_FAMILY_IPV4, "filter") != NULL))
        return true;
    nicfix_error_set(error, NICFIX_ERROR_NETLINK, NULL, "%s",
                     ruleset == NULL ? "the kernel's rules could not be read"
                                     : "the kernel does not trace rules of iptables-legacy");
    return false;
}

bool denied_record(const Context *context, guint seconds, bool force, GError **error)
{
    g_auto(DeniedTrace) trace = {0};
    g_auto(DeniedStream) stream = {0};
    interruption_hold();
    denied_stream_begin(&stream, context, NULL);
    stream.recorded = true;
    if (!denied_stream_look(&stream, error))
        return false;
    g_autoptr(GError) why_not = NULL;
    if (!denied_trace_begin(&trace, &why_not) ||
        !check_traces_firewalld(&trace, stream.snapshot, &why_not)) {
        denied_trace_clear(&trace);
        return record_by_log(context, seconds, force, why_not->message, error);
    }
    if (!record(&stream, &trace, seconds, error))
        return false;
    denied_trace_add_notes(&trace, stream.notes);
    if (logging_note_is_left())
        g_ptr_array_add(stream.notes, g_strdup("an earlier nicfix denied --record was killed, and "
                                               "firewalld logs denials since: run nicfix undo"));
    denied_stream_finish(&stream);
    return true;
}

/* ---- after one that was killed ---- */

static void report_undo(const Change *change, bool off_already)
{
    Output *output = change->context->output;
    bool dry_run = change->mode == CHANGE_PREVIEW;
    g_autoptr(GPtrArray) nothing = g_ptr_array_new();
    g_autoptr(Plan) plan =
        plan_of_actions(change->snapshot, nothing, context_declared(change->context));
    const ApplyOutcome outcome = {
        .purpose = PURPOSE_UNDO,
        .dry_run = dry_run,
        .changed = !off_already,
        .verified = !dry_run,
        .after = plan->before,
    };
    output_text(output,
                g_strdup(off_already ? "LogDenied is not all any more: nothing to undo of "
                                       "nicfix denied --record, which was killed\n"
                         : dry_run   ? "would set LogDenied from all to off, as it was before "
                                       "nicfix denied --record, which was killed\n"
                                     : "LogDenied is off again, as it was before nicfix "
                                       "denied --record, which was killed\n"));
    output_json(output, apply_report_json(plan, &outcome, NULL));
}

bool denied_undo_logging(const Context *context, bool dry_run, bool force, GError **error)
{
    g_auto(Change) change = {0};
    g_autoptr(GPtrArray) notes = g_ptr_array_new_with_free_func(g_free);
    ObserveOptions scope = context_observe_options(context, OBSERVE_ALL_ZONES);
    scope.permanent = true;
    if (!change_begin(&change, context, dry_run ? CHANGE_PREVIEW : CHANGE_FOR_REAL, error) ||
        !change_observe(&change, &scope, error))
        return false;
    const char *value = change.snapshot->firewalld->log_denied;
    bool off_already = value != NULL && !g_str_equal(value, "all");
    if (!off_already && !check_harm(change.snapshot, force, notes, error))
        return false;
    if (!off_already && !dry_run && !switch_off(&change, notes, error))
        return false;
    if (!dry_run)
        logging_note_remove();
    report_undo(&change, off_already);
    return true;
}
