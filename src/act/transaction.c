/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "act/transaction.h"

#include "act/firewalld-changes.h"
#include "act/interruption.h"
#include "act/journal.h"
#include "act/networkmanager-changes.h"
#include "act/permanent-check.h"
#include "act/run.h"
#include "act/unread.h"
#include "bus/bus-error.h"
#include "bus/deadline.h"
#include "model/error.h"
#include "model/foreach.h"
#include "model/plan/link-loss.h"
#include "model/strv.h"
#include "report/finding-text.h"
#include "report/plan-text.h"

#include <string.h>

bool run_make_change(const Run *run, const Action *action, GError **error)
{
    const Transaction *transaction = run->transaction;
    return action->scope == SCOPE_NETWORKMANAGER
               ? networkmanager_change(transaction->bus, action, error)
               : firewalld_change(transaction->bus, action, error);
}

/* Reads the host again, with everything about the interfaces and zones of the plan, even those whose link has
 * gone meanwhile. The whole permanent configuration is read only where an action needs it. SETTINGS_HOLD: what
 * was read of zones, policies and services is taken for what it is now. */
static Snapshot *observe_again(const Run *run, bool settings_hold, GError **error)
{
    ObserveOptions options = *run->transaction->options;
    g_autoptr(GStrvBuilder) names = g_strv_builder_new();
    g_autoptr(GStrvBuilder) zone_names = g_strv_builder_new();
    if (options.bindings != NULL)
        strv_builder_add_strv(names, (const char *const *)options.bindings);
    options.permanent = run->plan->permanent_only;
    PTR_ARRAY_FOREACH (const Action, action, run->plan->actions) {
        if (action->interface != NULL)
            g_strv_builder_add(names, action->interface);
        else if (action->scope == SCOPE_PERMANENT)
            options.permanent = true;
        if (action->from != NULL)
            g_strv_builder_add(zone_names, action->from);
        if (action->to != NULL)
            g_strv_builder_add(zone_names, action->to);
    }
    g_auto(GStrv) bindings = g_strv_builder_end(names);
    g_auto(GStrv) zones = g_strv_builder_end(zone_names);
    options.bindings = (const char *const *)bindings;
    options.zones = (const char *const *)zones;
    options.scope = OBSERVE_ZONE_NAMES;
    options.known_settings_hold = settings_hold;
    return observe(run->transaction->bus, &options, error);
}

static Snapshot *observe_patiently(const Run *run, bool settings_hold, GError **error)
{
    gint64 deadline = deadline_in(bus_timeout_ms(run->transaction->bus));
    for (;;) {
        g_autoptr(GError) reason = NULL;
        Snapshot *world = observe_again(run, settings_hold, &reason);
        if (world != NULL)
            return world;
        if (!g_error_matches(reason, NICFIX_ERROR, NICFIX_ERROR_NO_FIREWALLD) ||
            !deadline_wait(deadline)) {
            g_propagate_error(error, g_steal_pointer(&reason));
            return NULL;
        }
    }
}

Snapshot *run_observe(const Run *run, GError **error)
{
    return observe_patiently(run, false, error);
}

bool run_tried_reload(const Run *run)
{
    PTR_ARRAY_FOREACH (const Action, action, run->actions) {
        if (action_reloads(action) && action->state != ACTION_PLANNED)
            return true;
    }
    return false;
}

/* ---- failing ---- */

/* Adds the command for ACTION to HINT, or for what undoes it. */
static void add_command(GString *hint, const Action *action, bool inverse)
{
    g_autoptr(Action) step = inverse ? action_inverse(action) : action_copy(action);
    g_autofree char *command = action_command_line(step);
    g_string_append_printf(hint, "%s%s", hint->len == 0 ? "run: " : "; ", command);
}

/* The same for ACTIONS, last action first. */
static void add_commands(GString *hint, const GPtrArray *actions, bool inverse)
{
    for (guint i = actions->len; i > 0; i--)
        add_command(hint, g_ptr_array_index(actions, i - 1), inverse);
}

/* What firewalld could not write it neither shows nor removes, and yet no other zone may have the interface
 * (1.3.3, /etc/firewalld read-only). Where there is room again, doing and undoing it ends that. */
static void add_rewriting(GString *hint, const Action *failed)
{
    if (failed == NULL || failed->scope != SCOPE_PERMANENT)
        return;
    add_command(hint, failed, false);
    add_command(hint, failed, true);
}

/* Undoes everything because of REASON, and sets the error that says how that ended. */
static void undo_because_of(const Run *run, const Action *uncertain, const GError *reason,
                            GError **error)
{
    run_roll_back(run, uncertain);
    const GPtrArray *left = run->result->left;
    if (left->len == 0) {
        nicfix_error_set(
            error, NICFIX_ERROR_UNDONE, nicfix_error_hint(reason), "%s; %s", reason->message,
            run->result->rolled_back ? "everything was put back" : "nothing was changed");
        return;
    }
    g_autoptr(GString) hint = g_string_new(NULL);
    if (!g_ptr_array_find((GPtrArray *)left, uncertain, NULL))
        add_rewriting(hint, uncertain);
    add_commands(hint, left, true);
    nicfix_error_set(error, NICFIX_ERROR_NOT_UNDONE, hint->str, "%s; %u %s could not be put back",
                     reason->message, left->len, left->len == 1 ? "change" : "changes");
}

/* Leaves what was done, and lists what is not: all of it where nothing tells. */
static void stop_because_of(const Run *run, const GError *reason, GError **error)
{
    TransactionResult *result = run->result;
    for (guint i = run->actions->len; i > 0; i--) { /* add_commands() begins at the end */
        Action *action = g_ptr_array_index(run->actions, i - 1);
        bool is_done = result->observed != NULL ? action_is_done(action, result->observed)
                                                : action->state == ACTION_DONE;
        if (!is_done)
            g_ptr_array_add(result->left, action);
    }
    result->changed = true;
    g_autoptr(GString) hint = g_string_new(NULL);
    add_commands(hint, result->left, false);
    const char *listed = hint->len > 0 ? hint->str : NULL;
    nicfix_error_set(error, NICFIX_ERROR_NOT_UNDONE, listed, "%s; %u %s still to be put back",
                     reason->message, result->left->len,
                     result->left->len == 1 ? "change is" : "changes are");
}

/* Ends a run that cannot go on because of REASON. */
static void give_up(const Run *run, const Action *uncertain, const GError *reason, GError **error)
{
    switch (run->transaction->on_failure) {
    case TRANSACTION_UNDOES:
        undo_because_of(run, uncertain, reason, error);
        break;
    case TRANSACTION_STOPS:
        stop_because_of(run, reason, error);
        break;
    }
}

/* ---- doing ---- */

static bool fail_if_interrupted(const Run *run, GError **error)
{
    const char *signal = interruption_pending();
    if (signal != NULL)
        nicfix_error_set(error, NICFIX_ERROR_UNDONE, NULL, "interrupted by %s", signal);
    else if (lock_is_lost(run->transaction->lock))
        nicfix_error_set(error, NICFIX_ERROR_UNDONE, "run it again",
                         "another nicfix went on while this one was stopped");
    else
        return false;
    return true;
}

/* Only a refusal is certain to have changed nothing. A call without an answer may have been carried out
 * all the same, and what firewalld or NetworkManager failed at may have been done in part. */
static bool may_have_been_made(const GError *reason)
{
    if (g_error_matches(reason, NICFIX_ERROR, NICFIX_ERROR_REFUSED) ||
        g_error_matches(reason, NICFIX_ERROR, NICFIX_ERROR_NOT_AUTHORISED))
        return false;
    if (!g_error_matches(reason, NICFIX_ERROR, NICFIX_ERROR_FIREWALLD))
        return true;
    const char *code = bus_error_firewalld_code(reason);
    bool is_refusal = code != NULL && !g_str_equal(code, "COMMAND_FAILED"); /* of nft */
    return !is_refusal && !bus_error_is_missing_method(reason);
}

static bool do_actions(const Run *run, GError **error)
{
    PTR_ARRAY_FOREACH (Action, action, run->actions) {
        g_autoptr(GError) reason = NULL;
        if (fail_if_interrupted(run, &reason)) {
            give_up(run, NULL, reason, error);
            return false;
        }
        if (!run_make_change(run, action, &reason)) {
            bool uncertain = may_have_been_made(reason);
            action->state = ACTION_FAILED;
            if (uncertain || run->result->changed)
                give_up(run, uncertain ? action : NULL, reason, error);
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

/* Whether an action of RUN after the one at INDEX changes the same binding again. */
static bool is_overridden(const Run *run, guint index)
{
    const Action *action = g_ptr_array_index(run->actions, index);
    for (guint i = index + 1; i < run->actions->len; i++) {
        const Action *later = g_ptr_array_index(run->actions, i);
        if (action->interface != NULL && later->scope == action->scope &&
            g_strcmp0(later->interface, action->interface) == 0)
            return true;
    }
    return false;
}

/* Refuses what OBSERVED does not show to be done. */
static bool check_done(const Run *run, const Snapshot *observed, GError **error)
{
    PTR_ARRAY_FOREACH (const Action, action, run->actions) {
        if (is_overridden(run, action_index))
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
    return snapshot_after_actions(run->plan->start, run->actions);
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

static bool verify_once(const Run *run, bool settings_hold, GError **error)
{
    TransactionResult *result = run->result;
    result->observed = observe_patiently(run, settings_hold, error);
    if (result->observed == NULL)
        return false;
    if (run->transaction->on_failure ==
        TRANSACTION_STOPS) { /* the rest would not change its mind */
        result->after = diagnose(result->observed, run->transaction->options->declared);
        return check_done(run, result->observed, error);
    }
    if (!check_links(run, result->observed, error))
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

/* Whether RUN changes nothing in firewalld but what is in its zones. */
static bool keeps_settings(const Run *run)
{
    PTR_ARRAY_FOREACH (const Action, action, run->actions) {
        bool is_member = action->interface != NULL || action->op == ACTION_ADD_SOURCE ||
                         action->op == ACTION_REMOVE_SOURCE;
        if (!is_member || action_reloads(action))
            return false;
    }
    return true;
}

/* After a reload NetworkManager, Docker and their like put their interfaces back when they hear of it:
 * what is missing may come. Settings that the change keeps are asked for again only where what is in the zones
 * and in the kernel's rules is not as predicted with them. */
static bool verify(const Run *run, GError **error)
{
    enum { SETTLE_MS = 5000 };
    KnownReplies *known = run->transaction->options->known;
    if (known != NULL) {
        if (keeps_settings(run) && verify_once(run, true, NULL))
            return true;
        forget_observed(run->result);
        known_replies_forget_all(known);
    }
    gint64 deadline = deadline_in(SETTLE_MS);
    for (;;) {
        g_autoptr(GError) reason = NULL;
        if (verify_once(run, false, &reason))
            return true;
        if (run->result->observed == NULL || !run_tried_reload(run) ||
            interruption_pending() != NULL || !deadline_wait(deadline)) {
            g_propagate_error(error, g_steal_pointer(&reason));
            return false;
        }
        forget_observed(run->result);
    }
}

/* Whether the host still is what the plan starts from, and is known well enough to be changed. */
static bool check_world(const Run *run, GError **error)
{
    g_autoptr(Snapshot) now = observe_again(run, false, error);
    if (now == NULL)
        return false;
    PTR_ARRAY_FOREACH (const Action, action, run->plan->actions) {
        if (action_is_observable(action, now))
            continue;
        unread_set_error(action, now, error);
        return false;
    }
    if (!plan_preconditions_hold(run->plan, now)) {
        nicfix_error_set(error, NICFIX_ERROR_REFUSED, "run nicfix apply again",
                         "another program changed the bindings meanwhile, and nothing was changed");
        return false;
    }
    PTR_ARRAY_FOREACH (const Action, action, run->actions) {
        if (action->scope == SCOPE_PERMANENT)
            return permanent_check_before(run->transaction->bus, error);
    }
    return true;
}

/* ---- the whole ---- */

static bool run_all(const Transaction *transaction, Plan *plan, TransactionResult *result,
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
        if (fail_if_interrupted(&run, &reason) || !verify(&run, &reason)) {
            give_up(&run, NULL, reason, error);
            return false;
        }
    }
    result->verified = true;
    return true;
}

bool transaction_run(const Transaction *transaction, Plan *plan, TransactionResult *result,
                     GError **error)
{
    g_autoptr(GError) reason = NULL;
    bool done = run_all(transaction, plan, result, &reason);
    if (!permanent_check_after(transaction->bus, plan->actions, reason, error)) {
        result->changed = true;
        result->verified = false;
        result->rolled_back = false;
        return false;
    }
    if (!done)
        g_propagate_error(error, g_steal_pointer(&reason));
    return done;
}

void transaction_result_clear(TransactionResult *result)
{
    snapshot_free(result->observed);
    snapshot_free(result->after_reboot);
    diagnosis_free(result->after);
    g_clear_pointer(&result->left, g_ptr_array_unref);
    memset(result, 0, sizeof *result);
}
