/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One change of this host, from the lock to its report. */
#include "commands/change.h"

#include "act/interruption.h"
#include "model/error.h"
#include "model/plan/lock-out.h"
#include "observe/flow-question.h"
#include "observe/session.h"

#include <string.h>

bool change_begin(Change *change, const Context *context, ChangeMode mode, GError **error)
{
    *change = (Change){.context = context, .mode = mode, .uplinks = context_uplinks(context)};
    if (mode == CHANGE_PREVIEW)
        return true;
    interruption_hold();
    change->lock = lock_take(context_timeout_ms(context), error);
    return change->lock != NULL;
}

bool change_observe(Change *change, const ObserveOptions *scope, GError **error)
{
    change->scope = *scope;
    change->snapshot = context_snapshot(change->context, &change->scope, &change->bus, error);
    return change->snapshot != NULL;
}

void change_clear(Change *change)
{
    snapshot_free(change->snapshot);
    bus_free(change->bus);
    lock_free(change->lock);
    memset(change, 0, sizeof *change);
}

void change_show_plan(const Change *change, const Plan *plan)
{
    Output *output = change->context->output;
    output_text(output, apply_report_plan_text(plan, &output->style));
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
    return lock_out_check(plan->start, plan->goal, &resolved.flow, error);
}

/* ---- carrying out ---- */

typedef struct {
    const Change *change;
    const char *const *interfaces; /* that are being changed */
    bool permanent;                /* more than their permanent bindings is needed */
} Observer;

/* Of what is changed all is read, even if its link is gone meanwhile. */
static Snapshot *observe_again(gpointer user, GError **error)
{
    const Observer *observer = user;
    ObserveOptions scope = observer->change->scope;
    g_autoptr(GStrvBuilder) builder = g_strv_builder_new();
    if (scope.bindings != NULL)
        g_strv_builder_addv(builder, (const char **)scope.bindings);
    g_strv_builder_addv(builder, (const char **)observer->interfaces);
    g_auto(GStrv) bindings = g_strv_builder_end(builder);
    scope.bindings = (const char *const *)bindings;
    scope.permanent = observer->permanent;
    return observe(observer->change->bus, &scope, error);
}

static void tell(const Change *change, const Plan *plan, const ApplyOutcome *outcome)
{
    output_text(change->context->output,
                apply_report_outcome_text(plan, outcome, &change->context->output->style));
}

static void preview(const Change *change, const Plan *plan)
{
    const ApplyOutcome outcome = {
        .dry_run = true,
        .changed = plan->actions->len > 0,
        .after = plan->after,
    };
    tell(change, plan, &outcome);
    output_json(change->context->output, apply_report_json(plan, &outcome, NULL));
}

/* What became of the actions of PLAN, which WHOLE begins with. */
static void take_over_states(const Plan *plan, Plan *whole)
{
    for (guint i = 0; plan != whole && i < plan->actions->len; i++) {
        const Action *done = g_ptr_array_index(plan->actions, i);
        Action *action = g_ptr_array_index(whole->actions, i);
        action->state = done->state;
    }
}

bool change_carry_out(const Change *change, Plan *plan, Plan *whole, const Record *pending,
                      bool *as_before, GError **error)
{
    *as_before = true;
    if (change->mode == CHANGE_PREVIEW) {
        preview(change, whole);
        return true;
    }
    g_auto(GStrv) interfaces = change_interfaces(plan->actions);
    Observer observer = {change, (const char *const *)interfaces,
                         plan->permanent_only || change_needs_permanent(plan->actions)};
    const Transaction transaction = {
        .bus = change->bus,
        .observe = observe_again,
        .user = &observer,
        .uplinks = change->uplinks,
    };
    g_auto(TransactionResult) result = {0};
    g_autoptr(GError) reason = NULL;
    bool done = transaction_run(&transaction, plan, &result, &reason);
    take_over_states(plan, whole);
    const ApplyOutcome outcome = {
        .changed = result.changed,
        .verified = result.verified,
        .rolled_back = result.rolled_back,
        .after = plan->actions->len == 0 ? plan->before : result.after,
        .pending_id = done && pending != NULL ? pending->id : NULL,
        .pending_seconds = done && pending != NULL ? record_seconds_left(pending) : 0,
    };
    tell(change, whole, &outcome);
    bool tried = result.rolled_back || result.left->len > 0;
    if (done || tried)
        output_json(change->context->output, apply_report_json(whole, &outcome, reason));
    *as_before = !result.changed;
    if (!done)
        g_propagate_error(error, g_steal_pointer(&reason));
    return done;
}

char **change_interfaces(const GPtrArray *actions)
{
    g_autoptr(GStrvBuilder) names = g_strv_builder_new();
    for (guint i = 0; i < actions->len; i++) {
        const Action *action = g_ptr_array_index(actions, i);
        if (action->interface != NULL)
            g_strv_builder_add(names, action->interface);
    }
    return g_strv_builder_end(names);
}

bool change_needs_permanent(const GPtrArray *actions)
{
    for (guint i = 0; i < actions->len; i++) {
        const Action *action = g_ptr_array_index(actions, i);
        if (action->interface == NULL && action->scope == SCOPE_PERMANENT)
            return true;
    }
    return false;
}
