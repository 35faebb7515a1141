/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "commands/trial.h"

#include "act/interruption.h"
#include "act/revert.h"
#include "bus/deadline.h"
#include "commands/undo.h"
#include "model/error.h"
#include "model/foreach.h"

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
        interruption_forget();
        if (undo_last_change(change->context, &(UndoRequest){.no_report = true}, error))
            nicfix_error_set(error, NICFIX_ERROR_UNDONE, NULL,
                             "interrupted by %s; everything was put back", signal);
        return false;
    }
    if (state == TRIAL_UNDONE)
        nicfix_error_set(error, NICFIX_ERROR_UNDONE, NULL,
                         "the change was not confirmed in time; everything was put back");
    if (state == TRIAL_WAITS)
        nicfix_error_set(error, NICFIX_ERROR_NOT_UNDONE, "run nicfix undo",
                         "the change was not confirmed in time, and may not have been put back");
    return state == TRIAL_CONFIRMED;
}

/* ---- the beginning ---- */

bool trial_run(Change *change, Plan *plan, guint seconds, GError **error)
{
    g_autoptr(Record) record = record_new(plan->actions, change->scope.declared);
    record_set_pending(record, seconds);
    change_show_plan(change, plan);
    /* First of all make certain that it will be undone without anybody's help. */
    if (!record_save(record, error))
        return false;
    if (!revert_arrange(record->id, seconds, context_timeout_ms(change->context) / 1000, error)) {
        record_remove();
        return false;
    }
    bool as_before;
    if (!change_carry_out(change, plan, record, &as_before, error)) {
        record->state = RECORD_BEGUN;
        if (as_before || !record_save(record, NULL))
            record_remove();
        revert_release(record->id);
        return false;
    }
    /* confirm and undo need the lock. */
    g_clear_pointer(&change->lock, lock_free);
    return !countdown_is_seen(change->context->output) || wait_for_end(change, record, error);
}
