/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One change of this host, from the lock to its report. */
#include "commands/change.h"

#include "act/interruption.h"
#include "commands/consent.h"
#include "commands/trial.h"
#include "model/error.h"
#include "model/foreach.h"
#include "observe/flow-question.h"
#include "observe/session.h"
#include "report/plan-text.h"

#include <string.h>

bool change_begin(Change *change, const Context *context, ChangeMode mode, GError **error)
{
    *change = (Change){.context = context, .mode = mode};
    if (mode == CHANGE_PREVIEW)
        return true;
    interruption_hold();
    /* A caller of the service must be allowed the change first. */
    return context->options->behalf.caller != NULL || change_lock(change, error);
}

bool change_lock(Change *change, GError **error)
{
    if (change->lock == NULL)
        change->lock =
            lock_take(change->mode == CHANGE_ENDS_TRIAL ? LOCK_PASSES_STOPPED : LOCK_WAITS,
                      context_timeout_ms(change->context), error);
    if (change->lock == NULL)
        return false;
    output_hold(change->context->output);
    return true;
}

void change_unlock(Change *change)
{
    g_clear_pointer(&change->lock, lock_free);
    output_release(change->context->output);
}

void change_let_others(Change *change)
{
    change_unlock(change);
    change->others_could_act = true;
    if (change->known != NULL) /* zones that are not in force */
        known_replies_set_state(change->known, LASTS_IN_FORCE, NULL);
}

char *change_plan_text(const Change *change, const Plan *plan)
{
    return apply_report_plan_text(plan, &change->context->output->style);
}

void change_set_outdated(GError **error)
{
    nicfix_error_set(error, NICFIX_ERROR_REFUSED, "run this again",
                     "this host has changed since the plan was made, and nothing was changed");
}

static bool check_plan(const Change *change, const Plan *plan, const char *before, GError **error)
{
    g_autofree char *text = change_plan_text(change, plan);
    if (g_str_equal(text, before))
        return true;
    change_set_outdated(error);
    return false;
}

Plan *change_current_plan(Change *change, Plan *plan, PlanMaker make, gconstpointer how,
                          GError **error)
{
    if (!change->others_could_act)
        return plan;
    change->others_could_act = false;
    g_autofree char *before = change_plan_text(change, plan);
    plan_free(plan);
    g_autoptr(Plan) again = make(change, how, error);
    return again != NULL && check_plan(change, again, before, error) ? g_steal_pointer(&again)
                                                                     : NULL;
}

bool change_observe(Change *change, const ObserveOptions *scope, GError **error)
{
    g_clear_pointer(&change->snapshot, snapshot_free);
    change->scope = *scope;
    change->scope.known = change->known;
    /* What lasts decides what a caller must be allowed. */
    change->scope.permanent |= change->context->options->behalf.caller != NULL;
    change->snapshot = context_snapshot(change->context, &change->scope, &change->bus, error);
    return change->snapshot != NULL;
}

bool change_observe_recorded(Change *change, const Record *record, GError **error)
{
    ObserveOptions scope = context_observe_options(change->context, OBSERVE_ALL_ZONES);
    change->recorded = g_ptr_array_new();
    if (record != NULL) {
        scope.declared = &record->declared;
        PTR_ARRAY_FOREACH (const Action, action, record->actions) {
            if (action->interface != NULL)
                g_ptr_array_add(change->recorded, action->interface);
            else if (action->scope == SCOPE_PERMANENT)
                scope.permanent = true;
        }
    }
    g_ptr_array_add(change->recorded, NULL);
    scope.bindings = (const char *const *)change->recorded->pdata;
    return change_observe(change, &scope, error);
}

void change_clear(Change *change)
{
    g_clear_pointer(&change->recorded, g_ptr_array_unref);
    snapshot_free(change->snapshot);
    bus_free(change->bus);
    known_replies_free(change->known);
    g_free(change->authorised);
    if (change->context != NULL)
        change_unlock(change);
    memset(change, 0, sizeof *change);
}

void change_show_plan(Change *change, const Plan *plan)
{
    Output *output = change->context->output;
    if (!change->plan_is_shown)
        output_text(output, apply_report_plan_text(plan, &output->style));
    change->plan_is_shown = true;
}

static bool write_shown(Change *change, GError **error)
{
    Output *output = change->context->output;
    g_autoptr(GError) reason = NULL;
    if (output->held->len > 0) {
        g_clear_pointer(&change->lock, lock_free);
        if (!interruption_wait_writable(fileno(output->stream))) {
            g_string_truncate(output->held, 0);
            nicfix_error_set(error, NICFIX_ERROR_UNDONE, NULL,
                             "interrupted by %s; nothing was changed", interruption_pending());
            return false;
        }
        output_release(output);
    }
    if (output_finish(output, &reason))
        return true;
    nicfix_error_set(error, NICFIX_ERROR_OUTPUT, NULL, "%s; nothing was changed", reason->message);
    return false;
}

char *change_on_record(void)
{
    g_autoptr(Record) record = NULL;
    if (!record_load(&record, NULL))
        return g_strdup("unread");
    return record != NULL
               ? g_strdup_printf("%s %d %d", record->id, record->state, record->confirming)
               : NULL;
}

bool change_check_record(const char *before, GError **error)
{
    g_autofree char *after = change_on_record();
    if (g_strcmp0(before, after) == 0)
        return true;
    nicfix_error_set(error, NICFIX_ERROR_REFUSED, "run this again",
                     "another nicfix changed this host meanwhile, and nothing was changed");
    return false;
}

bool change_check_shown(Change *change, GError **error)
{
    g_autofree char *before = change_on_record();
    return write_shown(change, error) && change_lock(change, error) &&
           change_check_record(before, error);
}

/* --quiet asks, too, and nobody can say yes to what he does not see. */
bool change_ask(Change *change, const Plan *plan, GError **error)
{
    Output *output = change->context->output;
    change_let_others(change);
    Output shown = *output;
    shown.quiet = false;
    output_text(&shown, apply_report_plan_text(plan, &shown.style));
    change->plan_is_shown = true;
    return consent_ask(output, "Apply this?", error) && change_lock(change, error);
}

/* ---- the way back ---- */

bool change_check_way_back(const Change *change, const Plan *plan, GError **error)
{
    g_auto(RemoteSession) session = {0};
    if (change->context->options->snapshot != NULL || !remote_session_find(&session))
        return true;
    g_auto(FlowQuestion) question = flow_question_new();
    question.from = g_strdup(session.client);
    question.to = g_strdup(session.server);
    question.protocol = g_strdup("tcp");
    question.port = session.port;
    g_autoptr(Netlink) netlink = netlink_new(NETLINK_ROUTE, error);
    g_auto(ResolvedFlow) resolved = {0};
    if (netlink == NULL)
        return false;
    /* A session to an address this host does not have (any more) is not by this firewall. */
    if (!flow_question_resolve(&question, change->snapshot, netlink, &resolved, NULL) ||
        resolved.flow.direction != FLOW_INPUT)
        return true;
    g_autoptr(Verdict) verdict = plan_find_lock_out(plan, &resolved.flow);
    if (verdict != NULL)
        lock_out_set_error(&resolved.flow, verdict, error);
    return verdict == NULL;
}

bool change_carry_out(const Change *change, Plan *plan, const Record *pending, bool *as_before,
                      GError **error)
{
    Output *output = change->context->output;
    *as_before = true;
    if (change->mode == CHANGE_PREVIEW) {
        const ApplyOutcome outcome = {.purpose = change->purpose,
                                      .dry_run = true,
                                      .changed = plan->actions->len > 0,
                                      .after = plan->after};
        output_text(output, apply_report_outcome_text(plan, &outcome, &output->style));
        output_json(output, apply_report_json(plan, &outcome, NULL));
        return true;
    }
    bool tries_all = trial_is_of_all(plan->actions);
    const Transaction transaction = {
        .bus = change->bus,
        .options = &change->scope,
        .part = pending != NULL && !tries_all ? TRANSACTION_RUNTIME : TRANSACTION_WHOLE,
        .on_failure = change->takes_back_trial ? TRANSACTION_STOPS : TRANSACTION_UNDOES,
        .lock = change->lock,
    };
    g_auto(TransactionResult) result = {0};
    g_autoptr(GError) reason = NULL;
    bool done = transaction_run(&transaction, plan, &result, &reason);
    output->reports_change |= done && result.changed;
    const ApplyOutcome outcome = {
        .purpose = change->purpose,
        .changed = result.changed,
        .verified = result.verified,
        .rolled_back = result.rolled_back,
        .after = plan->actions->len == 0 ? plan->before : result.after,
        .pending = trial_pending(done ? pending : NULL),
        .pending_is_all = tries_all,
    };
    output_text(output, apply_report_outcome_text(plan, &outcome, &output->style));
    if (done || result.rolled_back || result.left->len > 0)
        output_json(output, apply_report_json(plan, &outcome, reason));
    *as_before = !result.changed;
    if (!done)
        g_propagate_error(error, g_steal_pointer(&reason));
    return done;
}
