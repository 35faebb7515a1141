/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "commands/trial.h"

#include "act/interruption.h"
#include "act/revert.h"
#include "bus/deadline.h"
#include "commands/undo.h"
#include "model/error.h"
#include "model/foreach.h"
#include "model/plan/undo.h"
#include "report/plan-text.h"

enum { GRACE_SECONDS = 30 }; /* for the undo to end on a slow host */

bool trial_check_none(const Record *before, GError **error)
{
    if (!record_is_pending(before))
        return true;
    g_autofree char *hint =
        g_strdup_printf("run nicfix confirm %s to keep it, or nicfix undo", before->id);
    nicfix_error_set(error, NICFIX_ERROR_REFUSED, hint,
                     "change %s is waiting for confirmation (%u s left), and nothing was changed",
                     before->id, record_seconds_left(before));
    return false;
}

Pending trial_pending(const Record *record)
{
    return record_is_pending(record) ? (Pending){record->id, record_seconds_left(record)}
                                     : (Pending){NULL, 0};
}

bool trial_is_needed(const Plan *plan)
{
    PTR_ARRAY_FOREACH (const Action, action, plan->actions) {
        if (action->scope == SCOPE_RUNTIME)
            return true;
    }
    return false;
}

bool trial_is_of_all(const GPtrArray *actions)
{
    PTR_ARRAY_FOREACH (const Action, action, actions) {
        if (action_is_of_policy(action))
            return true;
    }
    return false;
}

/* ---- the end ---- */

typedef enum {
    TRIAL_WAITS,
    TRIAL_CONFIRMED,
    TRIAL_UNDONE,
} TrialState;

/* A record that cannot be read now may be readable next time. */
static TrialState state_of(const char *id)
{
    g_autoptr(Record) record = NULL;
    if (!record_load(&record, NULL))
        return TRIAL_WAITS;
    if (record == NULL || !g_str_equal(record->id, id))
        return TRIAL_UNDONE;
    return record->state == RECORD_DONE ? TRIAL_CONFIRMED : TRIAL_WAITS;
}

/* The commands that lead from SNAPSHOT back to where ACTIONS began, for the bindings of the running
 * firewall; NULL where there are none (transfer full). */
static char *way_back(const GPtrArray *actions, const Snapshot *snapshot)
{
    g_autoptr(GString) commands = g_string_new(NULL);
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
    PTR_ARRAY_FOREACH (const Action, action, actions) {
        if (action->interface == NULL || action->scope != SCOPE_RUNTIME ||
            !g_hash_table_add(seen, action->interface))
            continue;
        const char *now = binding_of_interface(snapshot, action->interface);
        if (g_strcmp0(now, action->from) == 0)
            continue;
        ActionOp op = now == NULL            ? ACTION_BIND
                      : action->from == NULL ? ACTION_UNBIND
                                             : ACTION_MOVE;
        g_autoptr(Action) step =
            action_new(op, SCOPE_RUNTIME, action->interface, now, action->from);
        g_autofree char *words = action_command_line(step);
        g_string_append_printf(commands, "%s%s", commands->len == 0 ? "run: " : "; ", words);
    }
    return commands->len > 0 ? g_string_free(g_steal_pointer(&commands), FALSE) : NULL;
}

/* Sets the error for a trial that ended because of WHY: only what is read now tells how. */
static void set_end(const Change *change, const Record *record, const char *why, GError **error)
{
    g_auto(Change) now = {.context = change->context, .mode = CHANGE_PREVIEW};
    g_autoptr(GPtrArray) tried = g_ptr_array_new();
    g_autoptr(GPtrArray) notes = plan_notes_new();
    g_autoptr(GError) reason = NULL;
    if (!change_observe_recorded(&now, record, &reason) ||
        !undo_find_tried(&now, record, tried, &reason)) {
        nicfix_error_set(
            error, NICFIX_ERROR_NOT_UNDONE, "run nicfix check to see the host as it is",
            "%s, and whether the change was put back cannot be read: %s", why, reason->message);
        return;
    }
    g_autoptr(GPtrArray) left = undo_actions(now.snapshot, tried, notes);
    if (left->len == 0 && notes->len == 0) {
        nicfix_error_set(error, NICFIX_ERROR_UNDONE, NULL, "%s; everything was put back", why);
        return;
    }
    g_autofree char *commands = way_back(tried, now.snapshot);
    const char *hint = commands != NULL ? commands : "run nicfix check to see the host as it is";
    g_autofree char *what = left->len > 0 ? g_strdup("the change is in effect again")
                                          : plan_note_text(g_ptr_array_index(notes, 0));
    nicfix_error_set(error, NICFIX_ERROR_NOT_UNDONE, hint,
                     "%s, and not everything was put back: %s", why, what);
}

/* Undoes it now because of SIGNAL. */
static void undo_now(const Change *change, const Record *record, const char *signal, GError **error)
{
    g_autoptr(GError) reason = NULL;
    g_autofree char *why = g_strdup_printf("interrupted by %s", signal);
    interruption_forget();
    if (undo_last_change(change->context, &(UndoRequest){.no_report = true}, &reason) ||
        state_of(record->id) != TRIAL_WAITS) {
        set_end(change, record, why, error);
        return;
    }
    g_autofree char *hint =
        g_strdup_printf("it is tried again in %u s", record_seconds_left(record));
    nicfix_error_set(error, NICFIX_ERROR_NOT_UNDONE,
                     nicfix_error_hint(reason) != NULL ? nicfix_error_hint(reason) : hint,
                     "%s, and the change is not put back yet: %s", why, reason->message);
}

/* Ctrl-C means that the user does not want the change: undo it now. SIGHUP ends a session that the
 * change itself may have cut off: the timer or process undoes it when its time has passed. */
static bool wait_for_end(const Change *change, const Record *record, GError **error)
{
    const Output *output = change->context->output;
    TrialState state = TRIAL_WAITS;
    const char *signal = NULL;
    gint64 deadline = 0;
    do {
        guint left = record_seconds_left(record);
        countdown_show(output, left);
        if (left > 0)
            deadline = deadline_in(GRACE_SECONDS * 1000);
    } while ((signal = interruption_pending()) == NULL && deadline_wait(deadline) &&
             (state = state_of(record->id)) == TRIAL_WAITS);
    countdown_end(output);
    if (signal != NULL) {
        if (g_str_equal(signal, "SIGHUP"))
            return true;
        undo_now(change, record, signal, error);
        return false;
    }
    if (state == TRIAL_UNDONE)
        set_end(change, record, "the change was not confirmed in time", error);
    if (state == TRIAL_WAITS)
        nicfix_error_set(error, NICFIX_ERROR_NOT_UNDONE,
                         "it is tried until it succeeds; run nicfix undo to see what is in the way",
                         "the change was not confirmed in time, and is not put back yet");
    return state == TRIAL_CONFIRMED;
}

/* ---- the beginning ---- */

bool trial_run(Change *change, Plan *plan, guint seconds, GError **error)
{
    g_autoptr(Record) record = record_new(plan->actions, change->scope.declared);
    record_set_pending(record, seconds);
    change_show_plan(change, plan);
    if (!change_check_shown(change, error))
        return false;
    /* First of all make certain that it will be undone without anybody's help. */
    if (!record_save(record, error))
        return false;
    if (!revert_arrange(record->id, seconds, context_timeout_ms(change->context) / 1000, error)) {
        record_remove();
        return false;
    }
    bool as_before;
    if (!change_carry_out(change, plan, record, &as_before, error)) {
        /* What could not be undone now stays on trial, and is undone when its time has passed. */
        if (as_before) {
            record_remove();
            revert_release(record->id);
        }
        return false;
    }
    /* confirm and undo need the lock. */
    change_unlock(change);
    return !countdown_is_seen(change->context->output) || wait_for_end(change, record, error);
}
