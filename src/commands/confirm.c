/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nicfix confirm: keep a change that was made with --confirm-within, and make it permanent. */
#include "act/revert.h"
#include "commands/behalf.h"
#include "commands/command-line.h"
#include "commands/host-notes.h"
#include "commands/trial.h"
#include "commands/via-service.h"
#include "model/error.h"
#include "model/foreach.h"
#include "model/plan/undo.h"

/* Refuses a RECORD that is not the change ID, or can no longer be confirmed. */
static bool check_record(const Record *record, const char *id, GError **error)
{
    if (!record_is_pending(record)) {
        nicfix_error_set(error, NICFIX_ERROR_NOT_FOUND,
                         "run nicfix check: a change that is not confirmed in time is undone",
                         "no change is waiting for confirmation");
        return false;
    }
    if (!g_str_equal(record->id, id)) {
        g_autofree char *hint = g_strdup_printf("run nicfix confirm %s", record->id);
        nicfix_error_set(error, NICFIX_ERROR_NOT_FOUND, hint,
                         "change %s is waiting for confirmation, not '%s'", record->id, id);
        return false;
    }
    if (record_seconds_left(record) == 0) {
        nicfix_error_set(error, NICFIX_ERROR_REFUSED, "run nicfix undo to undo it now",
                         "the time to confirm change %s has passed", id);
        return false;
    }
    return true;
}

/* Adds to LASTING the actions of RECORD that are still to be done; those at run time must be in effect. Where
 * all was tried, nothing is left. */
static bool find_rest(const Change *change, const Record *record, GPtrArray *lasting,
                      GError **error)
{
    bool is_done = trial_is_of_all(record->actions);
    g_autoptr(GPtrArray) at_run_time = g_ptr_array_new();
    PTR_ARRAY_FOREACH (Action, action, record->actions) {
        if (action->scope == SCOPE_RUNTIME || is_done)
            g_ptr_array_add(at_run_time, action);
        else
            g_ptr_array_add(lasting, action);
    }
    g_autoptr(GPtrArray) in_effect = undo_find_done(change->snapshot, at_run_time);
    if (in_effect->len == at_run_time->len)
        return true;
    nicfix_error_set(error, NICFIX_ERROR_REFUSED, "run nicfix undo, then nicfix apply again",
                     "change %s is no longer in effect: firewalld was reloaded or restarted, or "
                     "another program changed the same settings",
                     record->id);
    return false;
}

static Plan *plan_rest(Change *change, gconstpointer how, GError **error)
{
    const Record *record = how;
    g_autoptr(GPtrArray) lasting = g_ptr_array_new();
    return change_observe_recorded(change, record, error) &&
                   find_rest(change, record, lasting, error)
               ? plan_of_actions(change->snapshot, lasting, change->scope.declared)
               : NULL;
}

/* What could not be made permanent stays on trial. */
static bool make_permanent(const Change *change, Plan *plan, Record *record, GError **error)
{
    bool as_before;
    g_autoptr(GError) reason = NULL;
    /* A record that cannot be written is found before anything is made permanent. */
    record->confirming = true;
    if (!record_save(record, error))
        return false;
    if (!change_carry_out(change, plan, NULL, &as_before, &reason)) {
        record->confirming = !as_before;
        bool lists = g_error_matches(reason, NICFIX_ERROR, NICFIX_ERROR_NOT_UNDONE);
        g_autofree char *hint =
            g_strdup_printf("change %s is undone in %u s unless it is confirmed", record->id,
                            record_seconds_left(record));
        nicfix_error_set(error, (NicfixError)reason->code,
                         lists || !record_save(record, NULL) ? nicfix_error_hint(reason) : hint,
                         "%s", reason->message);
        return false;
    }
    /* The process or timer that waits to undo the change must see that it is kept. */
    record->state = RECORD_DONE;
    if (!record_save(record, NULL))
        record_remove();
    change->context->output->reports_change = true; /* also where nothing was left to do */
    revert_release(record->id);
    return true;
}

/* The record as this user, or the service, can read it. */
static bool look_at_record(const Context *context, Record **record, GError **error)
{
    ViaResult result = VIA_NOBODY;
    if (via_service_is_wanted(context)) {
        g_autoptr(Snapshot) snapshot = NULL;
        result = via_service_snapshot(context, &snapshot, error);
    }
    if (result == VIA_NOBODY)
        return record_load(record, error);
    *record = result == VIA_DONE ? host_notes_record(context->options) : NULL;
    return result == VIA_DONE;
}

/* Which change is meant has to be said: whoever confirms has seen it. */
static int refuse_without_id(const Context *context, GError **error)
{
    g_autoptr(Record) record = NULL;
    if (!look_at_record(context, &record, error))
        return -1;
    if (!record_is_pending(record)) {
        check_record(record, "", error);
        return -1;
    }
    g_autofree char *hint = g_strdup_printf("run nicfix confirm %s", record->id);
    nicfix_error_set(error, NICFIX_ERROR_USAGE, hint,
                     "no change ID given; change %s is waiting for confirmation (%u s left)",
                     record->id, record_seconds_left(record));
    return -1;
}

static int run(const Context *context, char **words, GError **error)
{
    int status;
    if (!command_line_parse(context, NULL, &words, &status, error))
        return status;
    if (*words == NULL)
        return refuse_without_id(context, error);
    if (via_service_is_wanted(context)) {
        ViaResult result = via_service_change(context, "Confirm", g_variant_new_string(*words),
                                              false, NULL, error);
        if (result != VIA_NOBODY)
            return result == VIA_DONE ? STATUS_FINE : -1;
    }
    g_auto(Change) change = {0};
    g_autoptr(Record) record = NULL;
    if (!change_begin(&change, context, CHANGE_FOR_REAL, error) || !record_load(&record, error) ||
        !check_record(record, *words, error) || !behalf_may_go_on(context, record, error))
        return -1;
    change.purpose = PURPOSE_CONFIRM;
    g_autoptr(Plan) plan = plan_rest(&change, record, error);
    if (plan == NULL)
        return -1;
    change_show_plan(&change, plan);
    if (!behalf_may_change(&change, record->actions, error))
        return -1;
    plan = change_current_plan(&change, g_steal_pointer(&plan), plan_rest, record, error);
    if (plan == NULL || !behalf_is_still_allowed(&change, record->actions, error))
        return -1;
    /* Whoever does not read it for long may be late. */
    if (!change_check_shown(&change, error) || !check_record(record, *words, error))
        return -1;
    return make_permanent(&change, plan, record, error) ? STATUS_FINE : -1;
}

const Command confirm_command = {
    .name = "confirm",
    .arguments = "ID",
    .summary = "Keep a change that 'apply --confirm-within' made",
    .example = "nicfix confirm 3f9a1c2e",
    .max_arguments = 1,
    .why_no_snapshot = "a snapshot cannot be changed",
    .why_no_uplink = "it uses the uplinks of the change",
    .run = run,
};
