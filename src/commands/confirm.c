/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nicfix confirm: keep a change that was made with --confirm-within, and make it last. */
#include "act/revert.h"
#include "commands/change.h"
#include "model/error.h"
#include "model/foreach.h"
#include "model/plan/undo.h"

/* Whether RECORD is the change ID and may still be confirmed. */
static bool check_record(const Record *record, const char *id, GError **error)
{
    if (!record_is_pending(record)) {
        nicfix_error_set(error, NICFIX_ERROR_NOT_FOUND,
                         "nicfix check says how things are; a change that was not confirmed in "
                         "time is undone",
                         "no change waits for its confirmation");
        return false;
    }
    if (!g_str_equal(record->id, id)) {
        g_autofree char *hint = g_strdup_printf("use nicfix confirm %s", record->id);
        nicfix_error_set(error, NICFIX_ERROR_NOT_FOUND, hint, "the change that waits is %s, not %s",
                         record->id, id);
        return false;
    }
    if (record_seconds_left(record) == 0) {
        nicfix_error_set(error, NICFIX_ERROR_REFUSED, "nicfix undo puts it back at once",
                         "the time to confirm change %s is over", id);
        return false;
    }
    return true;
}

/* Sets LASTING to the actions of RECORD that are still to be done; those at run time must be in
 * effect. */
static bool find_rest(const Change *change, const Record *record, GPtrArray *lasting,
                      GError **error)
{
    g_autoptr(GPtrArray) at_run_time = g_ptr_array_new();
    PTR_ARRAY_FOREACH (Action, action, record->actions)
        g_ptr_array_add(action->scope == SCOPE_RUNTIME ? at_run_time : lasting, action);
    g_autoptr(GPtrArray) in_effect = undo_find_done(change->snapshot, at_run_time);
    if (in_effect->len == at_run_time->len)
        return true;
    nicfix_error_set(error, NICFIX_ERROR_REFUSED, "nicfix undo, then nicfix apply once more",
                     "change %s is no longer in effect: firewalld was reloaded or restarted, or "
                     "somebody else has changed the same",
                     record->id);
    return false;
}

/* Who waits to undo it must see that it is kept. */
static bool keep(Record *record, GError **error)
{
    record->state = RECORD_DONE;
    if (!record_save(record, error)) {
        record_remove();
        return false;
    }
    revert_release(record->id);
    return true;
}

/* What could not be made to last stays on trial. */
static bool make_it_last(const Change *change, Plan *plan, Record *record, GError **error)
{
    bool as_before;
    g_autoptr(GError) reason = NULL;
    if (change_carry_out(change, plan, NULL, &as_before, &reason))
        return keep(record, error);
    g_autofree char *hint =
        g_strdup_printf("change %s still waits, and is undone in %u s unless it can be confirmed",
                        record->id, record_seconds_left(record));
    nicfix_error_set(error, (NicfixError)reason->code, hint, "%s", reason->message);
    return false;
}

static int run(const Context *context, gpointer values, char *const *arguments, GError **error)
{
    (void)values;
    if (arguments[0] == NULL || context->options->snapshot != NULL) {
        nicfix_error_set(error, NICFIX_ERROR_USAGE, "nicfix apply --confirm-within told the id",
                         arguments[0] == NULL ? "confirm needs the id of the change"
                                              : "a snapshot cannot be changed");
        return -1;
    }
    g_auto(Change) change = {0};
    g_autoptr(Record) record = NULL;
    if (!change_begin(&change, context, CHANGE_FOR_REAL, error) || !record_load(&record, error) ||
        !check_record(record, arguments[0], error))
        return -1;
    g_autoptr(GPtrArray) lasting = g_ptr_array_new();
    if (!change_observe_recorded(&change, record, error) ||
        !find_rest(&change, record, lasting, error))
        return -1;
    g_autoptr(Plan) plan = plan_of_actions(change.snapshot, lasting, change.scope.uplinks);
    change_show_plan(&change, plan);
    return make_it_last(&change, plan, record, error) ? STATUS_FINE : -1;
}

const Command confirm_command = {
    .name = "confirm",
    .arguments = "ID",
    .summary = "Keep a change that was made with apply --confirm-within",
    .example = "nicfix confirm 3f9a1c2e",
    .max_arguments = 1,
    .run = run,
};
