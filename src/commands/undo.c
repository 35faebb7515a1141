/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nicfix undo: undo the last change of this host. The timer or process that waits for a confirmation
 * runs it, too. */
#include "commands/undo.h"

#include "act/interruption.h"
#include "act/journal.h"
#include "act/logging-note.h"
#include "act/networkmanager-changes.h"
#include "act/revert.h"
#include "act/unread.h"
#include "bus/deadline.h"
#include "commands/behalf.h"
#include "commands/command-line.h"
#include "commands/denied-stream.h"
#include "commands/trial.h"
#include "commands/via-service.h"
#include "model/error.h"
#include "model/foreach.h"
#include "model/plan/undo.h"
#include "report/plan-text.h"

/* ---- one try ---- */

/* Whether RECORD (NULL: none) is the change ID, and waits for confirmation. Whoever asks is of the boot that it was
 * made in, whatever that is called where it was made: a unit with a /proc of its own, in a container, reads another
 * boot_id. */
static bool is_unconfirmed(const Record *record, const char *id)
{
    return record != NULL && record->state == RECORD_PENDING && g_str_equal(record->id, id);
}

bool undo_find_tried(const Change *change, const Record *record, GPtrArray *tried, GError **error)
{
    bool all = !record_is_pending(record) || record->confirming || trial_is_of_all(record->actions);
    PTR_ARRAY_FOREACH (Action, action, record->actions) {
        if (!all && action->scope != SCOPE_RUNTIME)
            continue;
        bool is_read = action_is_observable(action, change->snapshot);
        ProfileState profile = is_read || action->scope != SCOPE_NETWORKMANAGER
                                   ? PROFILE_UNREAD
                                   : networkmanager_profile_state(change->bus, action);
        if (is_read) {
            g_ptr_array_add(tried, action);
        } else if (profile == PROFILE_CHANGED) {
            g_autoptr(Action) inverse = action_inverse(action);
            g_autofree char *words = action_command_line(inverse);
            g_autofree char *hint = g_strdup_printf("run: %s; then this again", words);
            nicfix_error_set(error, NICFIX_ERROR_REFUSED, hint,
                             "the profile that was changed is not the one %s has now",
                             action->interface);
            return false;
        } else if (profile == PROFILE_UNREAD) {
            unread_set_error(action, change->snapshot, error);
            return false;
        }
    }
    return true;
}

/* The plan, and what cannot be part of it; an empty one where RECORD is NULL. */
static Plan *make_plan(Change *change, gconstpointer how, GError **error)
{
    const Record *record = how;
    if (!change_observe_recorded(change, record, error))
        return NULL;
    g_autoptr(GPtrArray) notes = plan_notes_new();
    g_autoptr(GPtrArray) tried = g_ptr_array_new();
    if (record != NULL && !undo_find_tried(change, record, tried, error))
        return NULL;
    g_autoptr(GPtrArray) inverses = undo_actions(change->snapshot, tried, notes);
    if (inverses->len == 0 && notes->len > 0) {
        g_autofree char *why = plan_note_text(g_ptr_array_index(notes, 0));
        if (change->mode != CHANGE_PREVIEW && change->context->options->behalf.caller == NULL)
            record_remove();
        nicfix_error_set(error, NICFIX_ERROR_REFUSED, NULL,
                         "nothing of the last change can be undone: %s", why);
        return NULL;
    }
    Plan *plan = plan_of_actions(change->snapshot, inverses, change->scope.declared);
    g_ptr_array_extend_and_steal(plan->notes, g_steal_pointer(&notes));
    return plan;
}

/* What is left of a trial stays on trial. */
static bool carry_out(Change *change, Plan *plan, Record *record, GError **error)
{
    bool as_before;
    if (change->mode != CHANGE_PREVIEW && !change_check_shown(change, error))
        return false;
    bool done = change_carry_out(change, plan, NULL, &as_before, error);
    if (change->mode == CHANGE_PREVIEW || record == NULL)
        return done;
    if (done) {
        record_remove();
        revert_release(record->id);
        return true;
    }
    if (!as_before && !change->takes_back_trial) {
        record->state = RECORD_BEGUN;
        if (!record_save(record, NULL))
            record_remove();
    }
    return false;
}

static ChangeMode mode_of(const UndoRequest *request)
{
    return request->dry_run               ? CHANGE_PREVIEW
           : request->unconfirmed != NULL ? CHANGE_ENDS_TRIAL
                                          : CHANGE_FOR_REAL;
}

/* What a caller of the service must be allowed: where all of RECORD is undone already, it is forgotten. */
static const GPtrArray *authorised_by(const Plan *plan, const Record *record)
{
    return plan->actions->len > 0 || record == NULL ? plan->actions : record->actions;
}

bool undo_last_change(const Context *context, const UndoRequest *request, GError **error)
{
    Output silent = {.stream = stdout, .format = FORMAT_TEXT, .quiet = true};
    Context own = *context;
    if (request->no_report)
        own.output = &silent;
    g_auto(Change) change = {0};
    g_autoptr(Record) record = NULL;
    if (!change_begin(&change, &own, mode_of(request), error) || !record_load(&record, error))
        return false;
    change.purpose = PURPOSE_UNDO;
    change.takes_back_trial = record_is_pending(record);
    if (request->unconfirmed != NULL && !is_unconfirmed(record, request->unconfirmed))
        return true;
    g_autoptr(Plan) plan = make_plan(&change, record, error);
    if (plan == NULL)
        return false;
    change_show_plan(&change, plan);
    bool careful = !request->force && request->unconfirmed == NULL;
    if ((careful && !change_check_way_back(&change, plan, error)) ||
        !behalf_may_change(&change, authorised_by(plan, record), error))
        return false;
    plan = change_current_plan(&change, g_steal_pointer(&plan), make_plan, record, error);
    return plan != NULL && behalf_is_still_allowed(&change, authorised_by(plan, record), error) &&
           carry_out(&change, plan, record, error);
}

/* ---- until it is done ---- */

enum {
    POLL_MS = 1000,
    RETRY_MS_MIN = 1000,
    RETRY_MS_MAX = 15000, /* firewalld may be away for an update, or for good */
};

/* Waits until the time of change ID has passed. A record that cannot be read now does not make that time
 * come sooner. */
static void wait_until_due(const char *id)
{
    gint64 due = G_MAXINT64;
    while (g_get_monotonic_time() < due) {
        g_autoptr(Record) record = NULL;
        if (record_load(&record, NULL)) {
            if (!is_unconfirmed(record, id))
                return;
            due = deadline_in(record_seconds_left(record) * 1000);
        }
        gint64 left_ms = (due - g_get_monotonic_time()) / G_TIME_SPAN_MILLISECOND;
        g_usleep((gulong)CLAMP(left_ms, 0, POLL_MS) * G_TIME_SPAN_MILLISECOND);
    }
}

static void note_failure(const char *id, const GError *reason, char **noted)
{
    char *message = g_strdup_printf("change %s was not confirmed, and is not undone yet: %s", id,
                                    reason->message);
    if (g_strcmp0(message, *noted) != 0)
        journal_note_failure(message);
    g_free(*noted);
    *noted = message;
}

/* Tries again and again, whatever the reason: nobody else will, and the change must not stay. What one
 * try did, the next one finds done. Ends where nothing of the change is left to undo, or by a signal. */
static bool undo_unconfirmed(const Context *context, const char *id, GError **error)
{
    g_autofree char *noted = NULL;
    guint pause_ms = RETRY_MS_MIN;
    interruption_hold();
    for (;;) {
        g_autoptr(GError) reason = NULL;
        if (undo_last_change(context, &(UndoRequest){.unconfirmed = id}, &reason))
            return true;
        note_failure(id, reason, &noted);
        if (!interruption_pause(pause_ms)) {
            g_propagate_error(error, g_steal_pointer(&reason));
            return false;
        }
        pause_ms = MIN(2 * pause_ms, (guint)RETRY_MS_MAX);
    }
}

static ViaResult undo_by_service(const Context *context, bool dry_run, bool force, GError **error)
{
    GVariantDict request;
    g_variant_dict_init(&request, NULL);
    if (dry_run)
        g_variant_dict_insert(&request, "dry-run", "b", TRUE);
    if (force)
        g_variant_dict_insert(&request, "force", "b", TRUE);
    return via_service_change(context, "Undo", g_variant_dict_end(&request), false, NULL, error);
}

static int run(const Context *context, char **words, GError **error)
{
    gboolean dry_run = FALSE;
    gboolean force = FALSE;
    gboolean wait = FALSE;
    g_autofree char *unconfirmed = NULL;
    const GOptionEntry options[] = {
        {"dry-run", 'n', 0, G_OPTION_ARG_NONE, &dry_run, "Show the plan and change nothing", NULL},
        {"force", 0, 0, G_OPTION_ARG_NONE, &force, "Undo even if it locks you out of this host",
         NULL},
        {"unconfirmed", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_STRING, &unconfirmed,
         "Undo only the change ID, if it still waits for confirmation", "ID"},
        {"wait", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_NONE, &wait,
         "With --unconfirmed: wait until its time has passed", NULL},
        {NULL},
    };
    int status;
    if (!command_line_parse(context, options, &words, &status, error))
        return status;
    if (unconfirmed == NULL && via_service_is_wanted(context)) {
        ViaResult result = undo_by_service(context, dry_run, force, error);
        if (result != VIA_NOBODY)
            return result == VIA_DONE ? STATUS_FINE : -1;
    }
    if (wait && unconfirmed != NULL)
        wait_until_due(unconfirmed);
    const UndoRequest request = {.dry_run = dry_run, .force = force};
    bool done = unconfirmed != NULL ? undo_unconfirmed(context, unconfirmed, error)
                : logging_note_is_left() && context->options->behalf.caller == NULL
                    ? denied_undo_logging(context, dry_run, force, error)
                    : undo_last_change(context, &request, error);
    return done ? STATUS_FINE : -1;
}

const Command undo_command = {
    .name = "undo",
    .summary = "Undo the last change of this host",
    .example = "nicfix undo --dry-run",
    .why_no_snapshot = "a snapshot cannot be changed",
    .why_no_uplink = "it uses the uplinks of the change",
    .run = run,
};
