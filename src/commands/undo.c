/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nicfix undo: undo the last change of this host. The timer or process that waits for a confirmation
 * runs it, too. */
#include "commands/undo.h"

#include "act/journal.h"
#include "act/revert.h"
#include "bus/deadline.h"
#include "commands/change.h"
#include "commands/command-line.h"
#include "model/error.h"
#include "model/plan/undo.h"
#include "report/plan-text.h"

/* ---- one try ---- */

/* Whether RECORD (NULL: none) is the change ID, and waits for confirmation. */
static bool is_unconfirmed(const Record *record, const char *id)
{
    return record_is_pending(record) && g_str_equal(record->id, id);
}

/* The plan, and what cannot be part of it; an empty one where RECORD is NULL. */
static Plan *make_plan(const Change *change, const Record *record, GError **error)
{
    g_autoptr(GPtrArray) notes = plan_notes_new();
    g_autoptr(GPtrArray) nothing = g_ptr_array_new();
    g_autoptr(GPtrArray) inverses =
        undo_actions(change->snapshot, record != NULL ? record->actions : nothing, notes);
    if (inverses->len == 0 && notes->len > 0) {
        g_autofree char *why = plan_note_text(g_ptr_array_index(notes, 0));
        if (change->mode == CHANGE_FOR_REAL)
            record_remove();
        nicfix_error_set(error, NICFIX_ERROR_REFUSED, NULL,
                         "nothing of the last change can be undone: %s", why);
        return NULL;
    }
    Plan *plan = plan_of_actions(change->snapshot, inverses, change->scope.declared);
    g_ptr_array_extend_and_steal(plan->notes, g_steal_pointer(&notes));
    return plan;
}

static bool carry_out(const Change *change, Plan *plan, Record *record, GError **error)
{
    bool as_before;
    bool done = change_carry_out(change, plan, NULL, &as_before, error);
    if (change->mode == CHANGE_PREVIEW || record == NULL)
        return done;
    if (done) {
        record_remove();
        revert_release(record->id);
        return true;
    }
    if (!as_before) {
        record->state = RECORD_BEGUN;
        if (!record_save(record, NULL))
            record_remove();
    }
    return false;
}

bool undo_last_change(const Context *context, const UndoRequest *request, GError **error)
{
    Output silent = {.stream = stdout, .format = FORMAT_TEXT, .quiet = true};
    Context own = *context;
    if (request->no_report)
        own.output = &silent;
    g_auto(Change) change = {0};
    g_autoptr(Record) record = NULL;
    if (!change_begin(&change, &own, request->dry_run ? CHANGE_PREVIEW : CHANGE_FOR_REAL, error) ||
        !record_load(&record, error))
        return false;
    change.purpose = PURPOSE_UNDO;
    if (request->unconfirmed != NULL && !is_unconfirmed(record, request->unconfirmed))
        return true;
    if (!change_observe_recorded(&change, record, error))
        return false;
    g_autoptr(Plan) plan = make_plan(&change, record, error);
    if (plan == NULL)
        return false;
    change_show_plan(&change, plan);
    bool careful = !request->force && request->unconfirmed == NULL;
    return (!careful || change_check_way_back(&change, plan, error)) &&
           carry_out(&change, plan, record, error);
}

/* ---- until it is done ---- */

enum {
    RETRY_SECONDS = 2,
    PATIENCE_SECONDS = 1800, /* firewalld may be away for an update */
};

static void wait_until_due(const char *id)
{
    for (;;) {
        g_autoptr(Record) record = NULL;
        if (!record_load(&record, NULL) || !is_unconfirmed(record, id) ||
            record_seconds_left(record) == 0)
            return;
        g_usleep(G_USEC_PER_SEC);
    }
}

/* Tries again and again: nobody else will. */
static bool undo_unconfirmed(const Context *context, const char *id, GError **error)
{
    gint64 deadline = deadline_in(PATIENCE_SECONDS * 1000);
    for (;;) {
        g_autoptr(GError) reason = NULL;
        if (undo_last_change(context, &(UndoRequest){.unconfirmed = id}, &reason))
            return true;
        bool may_pass = nicfix_error_exit_status(reason) == 3 ||
                        g_error_matches(reason, NICFIX_ERROR, NICFIX_ERROR_UNDONE);
        if (may_pass && g_get_monotonic_time() < deadline) {
            g_usleep(RETRY_SECONDS * G_USEC_PER_SEC);
            continue;
        }
        g_autofree char *message = g_strdup_printf(
            "change %s was not confirmed, and could not be undone: %s", id, reason->message);
        journal_note_failure(message);
        g_propagate_error(error, g_steal_pointer(&reason));
        return false;
    }
}

static int run(const Context *context, char **words, GError **error)
{
    gboolean dry_run = FALSE;
    gboolean force = FALSE;
    gboolean wait = FALSE;
    g_autofree char *unconfirmed = NULL;
    const GOptionEntry options[] = {
        {"dry-run", 0, 0, G_OPTION_ARG_NONE, &dry_run, "Show the plan and change nothing", NULL},
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
    if (wait && unconfirmed != NULL)
        wait_until_due(unconfirmed);
    const UndoRequest request = {.dry_run = dry_run, .force = force};
    bool done = unconfirmed != NULL ? undo_unconfirmed(context, unconfirmed, error)
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
