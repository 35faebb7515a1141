/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The transaction: see transaction.h for its promises. */
#include "act/transaction.h"

#include "act/firewalld-changes.h"
#include "act/interruption.h"
#include "act/journal.h"
#include "act/networkmanager-changes.h"
#include "bus/deadline.h"
#include "model/error.h"
#include "model/plan/link-loss.h"

#include <string.h>

/* Whether a call that failed with ERROR may have been carried out all the same. */
static bool is_uncertain(const GError *error)
{
    return error->domain != NICFIX_ERROR || error->code == NICFIX_ERROR_TIMEOUT ||
           error->code == NICFIX_ERROR_NO_FIREWALLD || error->code == NICFIX_ERROR_NO_BUS;
}

static bool change(const Transaction *transaction, const Action *action, GError **error)
{
    return action->scope == SCOPE_NETWORKMANAGER
               ? networkmanager_change(transaction->bus, action, error)
               : firewalld_change(transaction->bus, action, error);
}

/* ---- undoing ---- */

static bool undo_by(const Transaction *transaction, Action *action, const Action *inverse,
                    bool certain)
{
    g_autoptr(GError) reason = NULL;
    if (change(transaction, inverse, &reason) ||
        (!certain && firewalld_change_was_not_made(reason))) {
        action->state = ACTION_UNDONE;
        journal_note(action);
        return true;
    }
    return false;
}

/* The world, waiting for a firewalld that is away at most as long as for an answer. */
static Snapshot *observe_patiently(const Transaction *transaction, GError **error)
{
    gint64 deadline = deadline_in(bus_timeout_ms(transaction->bus));
    for (;;) {
        g_autoptr(GError) reason = NULL;
        Snapshot *world = transaction->observe(transaction->user, &reason);
        if (world != NULL)
            return world;
        if (!g_error_matches(reason, NICFIX_ERROR, NICFIX_ERROR_NO_FIREWALLD) ||
            !deadline_wait(deadline)) {
            g_propagate_error(error, g_steal_pointer(&reason));
            return NULL;
        }
    }
}

/* What is still to do in WORLD so that ACTION is undone (transfer full), NULL for nothing. A firewalld
 * that was away and is back has lost what was runtime only; what others have changed since is theirs. */
static Action *rest_of_undoing(const Action *action, const Snapshot *world)
{
    if (!action_is_told(action, world) || action_is_done(action, world))
        return action_inverse(action);
    bool is_lost = action->op == ACTION_MOVE && action->scope == SCOPE_RUNTIME &&
                   binding_of_interface(world, action->interface) == NULL;
    return is_lost ? action_new(ACTION_BIND, SCOPE_RUNTIME, action->interface, NULL, action->from)
                   : NULL;
}

/* What no call could undo may be gone by itself. The rest is tried again. */
static void undo_by_looking(const Transaction *transaction, TransactionResult *result)
{
    g_autoptr(Snapshot) world = observe_patiently(transaction, NULL);
    if (world == NULL)
        return;
    g_autoptr(GPtrArray) left = g_steal_pointer(&result->left);
    result->left = g_ptr_array_new();
    for (guint i = 0; i < left->len; i++) {
        Action *action = g_ptr_array_index(left, i);
        g_autoptr(Action) rest = rest_of_undoing(action, world);
        if (rest == NULL) {
            action->state = ACTION_UNDONE;
        } else if (undo_by(transaction, action, rest, true)) {
            action_predict(rest, world);
        } else {
            g_ptr_array_add(result->left, action);
        }
    }
}

/* Undoes in reverse order what was done, and the action that may have been. */
static void undo(const Transaction *transaction, Plan *plan, const Action *uncertain,
                 TransactionResult *result)
{
    bool any = false;
    for (guint i = plan->actions->len; i > 0; i--) {
        Action *action = g_ptr_array_index(plan->actions, i - 1);
        if (action->state != ACTION_DONE && action != uncertain)
            continue;
        any = true;
        g_autoptr(Action) inverse = action_inverse(action);
        if (!undo_by(transaction, action, inverse, action != uncertain))
            g_ptr_array_add(result->left, action);
    }
    if (result->left->len > 0)
        undo_by_looking(transaction, result);
    result->changed = result->left->len > 0;
    result->rolled_back = any && result->left->len == 0;
}

static char *describe_left(const GPtrArray *left)
{
    g_autoptr(GStrvBuilder) commands = g_strv_builder_new();
    for (guint i = left->len; i > 0; i--) {
        g_autoptr(Action) inverse = action_inverse(g_ptr_array_index(left, i - 1));
        g_auto(GStrv) words = action_firewall_cmd(inverse);
        g_autofree char *command = g_strjoinv(" ", words);
        g_strv_builder_add(commands, command);
    }
    g_auto(GStrv) list = g_strv_builder_end(commands);
    return g_strjoinv("; ", list);
}

/* Undoes and turns REASON into the error that says how that ended. */
static bool fail(const Transaction *transaction, Plan *plan, const Action *uncertain,
                 const GError *reason, TransactionResult *result, GError **error)
{
    undo(transaction, plan, uncertain, result);
    if (result->left->len == 0) {
        nicfix_error_set(error, NICFIX_ERROR_UNDONE, nicfix_error_hint(reason), "%s; %s",
                         reason->message,
                         result->rolled_back ? "everything was put back" : "nothing was changed");
        return false;
    }
    g_autofree char *commands = describe_left(result->left);
    g_autofree char *hint = g_strdup_printf("run: %s", commands);
    nicfix_error_set(error, NICFIX_ERROR_NOT_UNDONE, hint,
                     "%s; %u of the changes made could not be put back", reason->message,
                     result->left->len);
    return false;
}

/* ---- doing ---- */

static bool any_done(const Plan *plan)
{
    for (guint i = 0; i < plan->actions->len; i++) {
        const Action *action = g_ptr_array_index(plan->actions, i);
        if (action->state == ACTION_DONE)
            return true;
    }
    return false;
}

static bool fail_if_interrupted(GError **error)
{
    const char *signal = interruption_pending();
    if (signal == NULL)
        return false;
    nicfix_error_set(error, NICFIX_ERROR_UNDONE, NULL, "interrupted by %s", signal);
    return true;
}

static bool do_action(const Transaction *transaction, Action *action, GError **error)
{
    if (fail_if_interrupted(error))
        return false;
    if (!change(transaction, action, error)) {
        action->state = ACTION_FAILED;
        return false;
    }
    action->state = ACTION_DONE;
    journal_note(action);
    return true;
}

static bool do_actions(const Transaction *transaction, Plan *plan, TransactionResult *result,
                       GError **error)
{
    for (guint i = 0; i < plan->actions->len; i++) {
        Action *action = g_ptr_array_index(plan->actions, i);
        g_autoptr(GError) reason = NULL;
        if (do_action(transaction, action, &reason)) {
            result->changed = true;
            continue;
        }
        bool uncertain = action->state == ACTION_FAILED && is_uncertain(reason);
        if (action->state == ACTION_FAILED && !uncertain && !any_done(plan)) {
            g_propagate_error(error, g_steal_pointer(&reason));
            return false;
        }
        return fail(transaction, plan, uncertain ? action : NULL, reason, result, error);
    }
    return true;
}

/* ---- comparing ---- */

/* Refuses what OBSERVED does not show to be done. */
static bool check_done(const Plan *plan, const Snapshot *observed, GError **error)
{
    for (guint i = 0; i < plan->actions->len; i++) {
        const Action *action = g_ptr_array_index(plan->actions, i);
        const char *subject = action->interface != NULL ? action->interface : action->to;
        bool overtaken = action->op == ACTION_UNBIND; /* a later step binds it again */
        if (overtaken)
            continue;
        if (!action_is_told(action, observed)) {
            nicfix_error_set(error, NICFIX_ERROR_UNDONE, NULL,
                             "afterwards it cannot be read what became of %s", subject);
            return false;
        }
        if (!action_is_done(action, observed)) {
            nicfix_error_set(error, NICFIX_ERROR_UNDONE, NULL,
                             "the change of %s was taken, but is not there", subject);
            return false;
        }
    }
    return true;
}

static char *loss_of_links(const Plan *plan, const Snapshot *observed)
{
    for (guint i = 0; i < plan->actions->len; i++) {
        const Action *action = g_ptr_array_index(plan->actions, i);
        char *loss = action->interface != NULL
                         ? link_loss(plan->predicted, observed, action->interface)
                         : NULL;
        if (loss != NULL)
            return loss;
    }
    return NULL;
}

static bool verify(const Transaction *transaction, const Plan *plan, TransactionResult *result,
                   GError **error)
{
    result->observed = observe_patiently(transaction, error);
    if (result->observed == NULL)
        return false;
    g_autofree char *loss = loss_of_links(plan, result->observed);
    if (loss != NULL) {
        nicfix_error_set(error, NICFIX_ERROR_UNDONE, NULL, "afterwards %s", loss);
        return false;
    }
    if (plan->permanent_only) {
        result->foreseen = plan_foresee(result->observed, error);
        if (result->foreseen == NULL)
            return false;
    }
    const Snapshot *judged = plan->permanent_only ? result->foreseen : result->observed;
    result->after = diagnose(judged, transaction->uplinks);
    if (!check_done(plan, result->observed, error))
        return false;
    const Finding *finding = diagnosis_first_worse(plan->after, result->after, SEVERITY_WARNING);
    if (finding != NULL) {
        nicfix_error_set(error, NICFIX_ERROR_UNDONE, NULL,
                         "afterwards something is wrong that was not predicted: %s",
                         finding->message);
        return false;
    }
    return true;
}

/* ---- the whole ---- */

static bool touches_permanent(const Plan *plan)
{
    for (guint i = 0; i < plan->actions->len; i++) {
        const Action *action = g_ptr_array_index(plan->actions, i);
        if (action->scope == SCOPE_PERMANENT)
            return true;
    }
    return false;
}

/* Nothing is changed of which it is not known what it is. */
static bool check_told(const Plan *plan, const Snapshot *now, GError **error)
{
    for (guint i = 0; i < plan->actions->len; i++) {
        const Action *action = g_ptr_array_index(plan->actions, i);
        if (action_is_told(action, now))
            continue;
        nicfix_error_set(error, NICFIX_ERROR_NOT_AUTHORISED, "run as root, or with --runtime-only",
                         "what is permanent of %s could not be read, and nothing was changed",
                         action->interface != NULL ? action->interface : action->to);
        return false;
    }
    return true;
}

static bool check_world(const Transaction *transaction, const Plan *plan, GError **error)
{
    g_autoptr(Snapshot) now = transaction->observe(transaction->user, error);
    if (now == NULL || !check_told(plan, now, error))
        return false;
    if (!plan_fits(plan, now)) {
        nicfix_error_set(error, NICFIX_ERROR_REFUSED, "run nicfix apply again",
                         "somebody else changed the bindings in the meantime, and nothing was "
                         "changed");
        return false;
    }
    return !touches_permanent(plan) || firewalld_check_permanent(transaction->bus, error);
}

bool transaction_run(const Transaction *transaction, Plan *plan, TransactionResult *result,
                     GError **error)
{
    *result = (TransactionResult){.left = g_ptr_array_new()};
    if (plan->actions->len == 0) {
        result->verified = true;
        return true;
    }
    if (!check_world(transaction, plan, error) || !do_actions(transaction, plan, result, error))
        return false;
    g_autoptr(GError) reason = NULL;
    if (fail_if_interrupted(&reason) || !verify(transaction, plan, result, &reason))
        return fail(transaction, plan, NULL, reason, result, error);
    result->verified = true;
    return true;
}

void transaction_result_clear(TransactionResult *result)
{
    snapshot_free(result->observed);
    snapshot_free(result->foreseen);
    diagnosis_free(result->after);
    g_clear_pointer(&result->left, g_ptr_array_unref);
    memset(result, 0, sizeof *result);
}
