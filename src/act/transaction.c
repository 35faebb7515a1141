/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "act/transaction.h"

#include "act/firewalld-changes.h"
#include "act/interruption.h"
#include "act/journal.h"
#include "act/networkmanager-changes.h"
#include "bus/deadline.h"
#include "model/error.h"
#include "model/foreach.h"
#include "model/plan/link-loss.h"
#include "report/finding-text.h"
#include "report/plan-text.h"
#include "report/plan-text.h"

#include <string.h>

/* One run of a transaction. */
typedef struct {
    const Transaction *transaction;
    const Plan *plan;
    GPtrArray *actions; /* Action (of the plan): the part to do */
    TransactionResult *result;
} Run;

static bool make_change(const Run *run, const Action *action, GError **error)
{
    const Transaction *transaction = run->transaction;
    return action->scope == SCOPE_NETWORKMANAGER
               ? networkmanager_change(transaction->bus, action, error)
               : firewalld_change(transaction->bus, action, error);
}

/* Reads the host again, with everything about the interfaces of the plan, even those whose link has
 * gone meanwhile. The whole permanent configuration is read only where an action needs it. */
static Snapshot *observe_again(const Run *run, GError **error)
{
    ObserveOptions options = *run->transaction->options;
    g_autoptr(GStrvBuilder) names = g_strv_builder_new();
    if (options.bindings != NULL)
        g_strv_builder_addv(names, (const char **)options.bindings);
    options.permanent = run->plan->permanent_only;
    PTR_ARRAY_FOREACH (const Action, action, run->plan->actions) {
        if (action->interface != NULL)
            g_strv_builder_add(names, action->interface);
        else if (action->scope == SCOPE_PERMANENT)
            options.permanent = true;
    }
    g_auto(GStrv) bindings = g_strv_builder_end(names);
    options.bindings = (const char *const *)bindings;
    return observe(run->transaction->bus, &options, error);
}

/* The same, waiting for a firewalld that is away for at most the timeout of a call. */
static Snapshot *observe_patiently(const Run *run, GError **error)
{
    gint64 deadline = deadline_in(bus_timeout_ms(run->transaction->bus));
    for (;;) {
        g_autoptr(GError) reason = NULL;
        Snapshot *world = observe_again(run, &reason);
        if (world != NULL)
            return world;
        if (!g_error_matches(reason, NICFIX_ERROR, NICFIX_ERROR_NO_FIREWALLD) ||
            !deadline_wait(deadline)) {
            g_propagate_error(error, g_steal_pointer(&reason));
            return NULL;
        }
    }
}

/* ---- undoing ---- */

/* CERTAIN: ACTION was done; else it may be that there is nothing to undo. */
static bool undo_by(const Run *run, Action *action, const Action *inverse, bool certain)
{
    g_autoptr(GError) reason = NULL;
    if (!make_change(run, inverse, &reason) && (certain || !firewalld_change_was_not_made(reason)))
        return false;
    action->state = ACTION_UNDONE;
    journal_note(action);
    return true;
}

/* What is left to do in WORLD to undo ACTION (transfer full), NULL for nothing. A firewalld that was
 * away and is back has lost its runtime-only settings; what others have changed since stays. */
static Action *rest_of_undoing(const Action *action, const Snapshot *world)
{
    if (!action_is_observable(action, world) || action_is_done(action, world))
        return action_inverse(action);
    bool is_lost = action->op == ACTION_MOVE && action->scope == SCOPE_RUNTIME &&
                   binding_of_interface(world, action->interface) == NULL;
    return is_lost ? action_new(ACTION_BIND, SCOPE_RUNTIME, action->interface, NULL, action->from)
                   : NULL;
}

/* What no call could undo may be gone by itself. The rest is tried again. */
static void undo_by_looking(const Run *run)
{
    g_autoptr(Snapshot) world = observe_patiently(run, NULL);
    if (world == NULL)
        return;
    g_autoptr(GPtrArray) left = g_steal_pointer(&run->result->left);
    run->result->left = g_ptr_array_new();
    PTR_ARRAY_FOREACH (Action, action, left) {
        g_autoptr(Action) rest = rest_of_undoing(action, world);
        if (rest == NULL)
            action->state = ACTION_UNDONE;
        else if (undo_by(run, action, rest, true))
            action_predict(rest, world);
        else
            g_ptr_array_add(run->result->left, action);
    }
}

static bool tried_reload(const Run *run)
{
    PTR_ARRAY_FOREACH (const Action, action, run->actions) {
        if (action_reloads(action) && action->state != ACTION_PLANNED)
            return true;
    }
    return false;
}

/* Undoes in reverse order what was done, and the action that may have been. */
static void undo(const Run *run, const Action *uncertain)
{
    TransactionResult *result = run->result;
    g_autoptr(GError) reason = NULL;
    bool any = false;
    for (guint i = run->actions->len; i > 0; i--) {
        Action *action = g_ptr_array_index(run->actions, i - 1);
        if (action->state != ACTION_DONE && action != uncertain)
            continue;
        any = true;
        g_autoptr(Action) inverse = action_inverse(action);
        if (!undo_by(run, action, inverse, action != uncertain))
            g_ptr_array_add(result->left, action);
    }
    if (result->left->len > 0)
        undo_by_looking(run);
    if (tried_reload(run) && !firewalld_reload_if_failed(run->transaction->bus, &reason))
        g_clear_error(&reason); /* the next nicfix finds firewalld in that state */
    result->changed = result->left->len > 0;
    result->rolled_back = any && result->left->len == 0;
}

/* Undoes everything because of REASON, and sets the error that says how that ended. */
static void undo_because_of(const Run *run, const Action *uncertain, const GError *reason,
                            GError **error)
{
    undo(run, uncertain);
    const GPtrArray *left = run->result->left;
    if (left->len == 0) {
        nicfix_error_set(
            error, NICFIX_ERROR_UNDONE, nicfix_error_hint(reason), "%s; %s", reason->message,
            run->result->rolled_back ? "everything was put back" : "nothing was changed");
        return;
    }
    g_autoptr(GString) hint = g_string_new(NULL);
    for (guint i = left->len; i > 0; i--) {
        g_autoptr(Action) inverse = action_inverse(g_ptr_array_index(left, i - 1));
        g_autofree char *command = action_command_line(inverse);
        g_string_append_printf(hint, "%s%s", hint->len == 0 ? "run: " : "; ", command);
    }
    nicfix_error_set(error, NICFIX_ERROR_NOT_UNDONE, hint->str, "%s; %u %s could not be put back",
                     reason->message, left->len, left->len == 1 ? "change" : "changes");
}

/* ---- doing ---- */

static bool fail_if_interrupted(GError **error)
{
    const char *signal = interruption_pending();
    if (signal == NULL)
        return false;
    nicfix_error_set(error, NICFIX_ERROR_UNDONE, NULL, "interrupted by %s", signal);
    return true;
}

/* A call that failed for want of an answer may have been carried out all the same. */
static bool do_actions(const Run *run, GError **error)
{
    PTR_ARRAY_FOREACH (Action, action, run->actions) {
        g_autoptr(GError) reason = NULL;
        if (fail_if_interrupted(&reason)) {
            undo_because_of(run, NULL, reason, error);
            return false;
        }
        if (!make_change(run, action, &reason)) {
            bool uncertain =
                reason->domain != NICFIX_ERROR || reason->code == NICFIX_ERROR_TIMEOUT ||
                reason->code == NICFIX_ERROR_NO_FIREWALLD || reason->code == NICFIX_ERROR_NO_BUS;
            action->state = ACTION_FAILED;
            if (uncertain || run->result->changed)
                undo_because_of(run, uncertain ? action : NULL, reason, error);
            else
                g_propagate_error(error, g_steal_pointer(&reason));
            return false;
        }
        action->state = ACTION_DONE;
        run->result->changed = true;
        journal_note(action);
    }
    return true;
}

/* ---- comparing ---- */

/* Refuses what OBSERVED does not show to be done. */
static bool check_done(const Run *run, const Snapshot *observed, GError **error)
{
    PTR_ARRAY_FOREACH (const Action, action, run->actions) {
        if (action->op == ACTION_UNBIND) /* a later action may bind it again */
            continue;
        bool observable = action_is_observable(action, observed);
        if (observable && action_is_done(action, observed))
            continue;
        nicfix_error_set(error, NICFIX_ERROR_UNDONE, NULL,
                         observable ? "the change of %s was accepted but has no effect"
                                    : "the state of %s cannot be read after the change",
                         action_subject(action));
        return false;
    }
    return true;
}

/* Refuses what has cost a link anything. */
static bool check_links(const Run *run, const Snapshot *observed, GError **error)
{
    static const char *const losses[] = {
        [LINK_LOST_ITSELF] = "is gone",
        [LINK_REPLACED] = "is another link than before",
        [LINK_LOST_UP] = "is down",
        [LINK_LOST_ADDRESS] = "has lost its address",
        [LINK_LOST_ROUTE] = "has lost its route to",
    };
    PTR_ARRAY_FOREACH (const Action, action, run->actions) {
        if (action->interface == NULL)
            continue;
        LinkLoss loss = link_loss(run->plan->predicted, observed, action->interface);
        if (loss.kind == LINK_LOST_NOTHING)
            continue;
        bool has_prefix = loss.kind == LINK_LOST_ADDRESS || loss.kind == LINK_LOST_ROUTE;
        g_autofree char *prefix = has_prefix ? ip_prefix_to_string(&loss.prefix) : g_strdup("");
        nicfix_error_set(error, NICFIX_ERROR_UNDONE, NULL, "after the change, %s %s%s%s",
                         action->interface, losses[loss.kind], has_prefix ? " " : "", prefix);
        return false;
    }
    return true;
}

/* What is predicted of a part of the plan: what it leaves for later is still to be found (transfer full);
 * NULL for the whole, which the plan has predicted. */
static Snapshot *predict_part(const Run *run)
{
    if (run->actions->len == run->plan->actions->len)
        return NULL;
    Snapshot *predicted = snapshot_copy(run->plan->start);
    predicted->firewalld_predicted = true;
    PTR_ARRAY_FOREACH (const Action, action, run->actions)
        action_predict(action, predicted);
    return predicted;
}

/* Refuses findings that were not predicted, and flows that were to pass and are refused by the kernel's
 * rules. */
static bool check_findings(const Run *run, GError **error)
{
    const Diagnosis *observed = run->result->after;
    g_autoptr(Snapshot) part = predict_part(run);
    g_autoptr(Diagnosis) of_part =
        part != NULL ? diagnose(part, run->transaction->options->declared) : NULL;
    const Diagnosis *predicted = of_part != NULL ? of_part : run->plan->after;
    const Finding *finding = diagnosis_first_worse(predicted, observed, SEVERITY_WARNING);
    if (finding != NULL) {
        g_autofree char *message = finding_message(finding);
        nicfix_error_set(error, NICFIX_ERROR_UNDONE, NULL,
                         "the change caused something that was not predicted: %s", message);
        return false;
    }
    LostFlow lost;
    if (!diagnosis_find_lost(predicted, observed, LOST_SURELY, &lost))
        return true;
    g_autofree char *flow = lost_flow_text(&lost);
    nicfix_error_set(error, NICFIX_ERROR_UNDONE, NULL,
                     "after the change, %s is refused, which was to pass", flow);
    return false;
}

static bool verify_once(const Run *run, GError **error)
{
    TransactionResult *result = run->result;
    result->observed = observe_patiently(run, error);
    if (result->observed == NULL || !check_links(run, result->observed, error))
        return false;
    if (run->plan->permanent_only) {
        result->after_reboot = plan_predict_reboot(result->observed);
        if (result->after_reboot == NULL) {
            nicfix_error_set(error, NICFIX_ERROR_UNDONE, NULL,
                             "after the change, the permanent configuration could not be read");
            return false;
        }
    }
    result->after = diagnose(run->plan->permanent_only ? result->after_reboot : result->observed,
                             run->transaction->options->declared);
    return check_done(run, result->observed, error) && check_findings(run, error);
}

static void forget_observed(TransactionResult *result)
{
    g_clear_pointer(&result->after, diagnosis_free);
    g_clear_pointer(&result->after_reboot, snapshot_free);
    g_clear_pointer(&result->observed, snapshot_free);
}

/* After a reload NetworkManager, Docker and their like put their interfaces back when they hear of it:
 * what is missing may come. */
static bool verify(const Run *run, GError **error)
{
    enum { SETTLE_MS = 5000 };
    gint64 deadline = deadline_in(SETTLE_MS);
    for (;;) {
        g_autoptr(GError) reason = NULL;
        if (verify_once(run, &reason))
            return true;
        if (run->result->observed == NULL || !tried_reload(run) || interruption_pending() != NULL ||
            !deadline_wait(deadline)) {
            g_propagate_error(error, g_steal_pointer(&reason));
            return false;
        }
        forget_observed(run->result);
    }
}

/* Whether the host still is what the plan starts from, and is known well enough to be changed. */
static bool check_world(const Run *run, GError **error)
{
    g_autoptr(Snapshot) now = observe_again(run, error);
    if (now == NULL)
        return false;
    PTR_ARRAY_FOREACH (const Action, action, run->plan->actions) {
        if (action_is_observable(action, now))
            continue;
        nicfix_error_set(error, NICFIX_ERROR_NOT_AUTHORISED, "run as root, or with --runtime-only",
                         "the permanent configuration of %s could not be read, and nothing was "
                         "changed",
                         action_subject(action));
        return false;
    }
    if (!plan_preconditions_hold(run->plan, now)) {
        nicfix_error_set(error, NICFIX_ERROR_REFUSED, "run nicfix apply again",
                         "another program changed the bindings meanwhile, and nothing was changed");
        return false;
    }
    PTR_ARRAY_FOREACH (const Action, action, run->actions) {
        if (action->scope == SCOPE_PERMANENT)
            return firewalld_check_permanent(run->transaction->bus, error);
    }
    return true;
}

/* ---- the whole ---- */

bool transaction_run(const Transaction *transaction, Plan *plan, TransactionResult *result,
                     GError **error)
{
    *result = (TransactionResult){.left = g_ptr_array_new()};
    g_autoptr(GPtrArray) actions = g_ptr_array_new();
    PTR_ARRAY_FOREACH (Action, action, plan->actions) {
        if (transaction->part == TRANSACTION_WHOLE || action->scope == SCOPE_RUNTIME)
            g_ptr_array_add(actions, action);
    }
    const Run run = {transaction, plan, actions, result};
    if (actions->len > 0) {
        if (!check_world(&run, error) || !do_actions(&run, error))
            return false;
        g_autoptr(GError) reason = NULL;
        if (fail_if_interrupted(&reason) || !verify(&run, &reason)) {
            undo_because_of(&run, NULL, reason, error);
            return false;
        }
    }
    result->verified = true;
    return true;
}

void transaction_result_clear(TransactionResult *result)
{
    snapshot_free(result->observed);
    snapshot_free(result->after_reboot);
    diagnosis_free(result->after);
    g_clear_pointer(&result->left, g_ptr_array_unref);
    memset(result, 0, sizeof *result);
}
