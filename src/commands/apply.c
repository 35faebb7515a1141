/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nicfix apply: make the fix, previewed, lasting, verified, and undone if it fails. */
#include "commands/command.h"

#include "act/interruption.h"
#include "act/lock.h"
#include "act/transaction.h"
#include "model/error.h"
#include "model/fixes.h"
#include "model/lock-out.h"
#include "observe/flow-question.h"
#include "observe/session.h"
#include "report/apply-report.h"

#include <string.h>

typedef struct {
    char *zone;
    char **interfaces;
    gboolean dry_run;
    gboolean runtime_only;
    gboolean move;
    gboolean enable_forward;
    gboolean bind_downstream;
    gboolean force;
} ApplyOptions;

static GOptionEntry *make_entries(gpointer values)
{
    ApplyOptions *options = values;
    const GOptionEntry entries[] = {
        {"zone", 0, 0, G_OPTION_ARG_STRING, &options->zone,
         "Bind to ZONE (default: the zone that refuses)", "ZONE"},
        {"interface", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options->interfaces,
         "Bind IFACE (repeatable; default: all it cures)", "IFACE"},
        {"dry-run", 0, 0, G_OPTION_ARG_NONE, &options->dry_run, "Show the plan, change nothing",
         NULL},
        {"runtime-only", 0, 0, G_OPTION_ARG_NONE, &options->runtime_only,
         "Do not make it last: the next reload undoes it", NULL},
        {"move", 0, 0, G_OPTION_ARG_NONE, &options->move,
         "Take a NIC out of the zone it is bound to", NULL},
        {"enable-forward", 0, 0, G_OPTION_ARG_NONE, &options->enable_forward,
         "Switch the zone's forward on where it is missing", NULL},
        {"bind-downstream", 0, 0, G_OPTION_ARG_NONE, &options->bind_downstream,
         "Bind the downstreams that are refused, too", NULL},
        {"force", 0, 0, G_OPTION_ARG_NONE, &options->force,
         "Do what is refused for safety: see nicfix(8)", NULL},
        {NULL},
    };
    return g_memdup2(entries, sizeof entries);
}

static void free_values(gpointer values)
{
    ApplyOptions *options = values;
    g_free(options->zone);
    g_strfreev(options->interfaces);
}

/* What is to be bound need not be an uplink, nor bound already: its permanent binding counts. */
static ObserveOptions observe_options(const Context *context, const ApplyOptions *options)
{
    ObserveOptions wanted = context_observe_options(context, OBSERVE_ALL_ZONES);
    wanted.bindings = (const char *const *)options->interfaces;
    wanted.downstream_bindings = options->bind_downstream;
    return wanted;
}

static PlanRequest request_from(const Context *context, const ApplyOptions *options)
{
    return (PlanRequest){
        .zone = options->zone,
        .interfaces = (const char *const *)options->interfaces,
        .uplinks = context_uplinks(context),
        .runtime_only = options->runtime_only,
        .move = options->move,
        .enable_forward = options->enable_forward,
        .bind_downstreams = options->bind_downstream,
        .force = options->force,
    };
}

/* Where a plan was refused and says nothing of what to do, a larger one may cure. */
static void add_hint_of_better_plan(const Snapshot *snapshot, const PlanRequest *request,
                                    GError **error)
{
    if (!g_error_matches(*error, NICFIX_ERROR, NICFIX_ERROR_REFUSED) ||
        nicfix_error_hint(*error) != NULL)
        return;
    g_auto(GStrv) command = fixes_find_better(snapshot, request);
    if (command == NULL)
        return;
    g_autofree char *words = g_strjoinv(" ", command);
    g_autofree char *hint = g_strdup_printf("this would: %s", words);
    g_autoptr(GError) plain = g_steal_pointer(error);
    nicfix_error_set(error, NICFIX_ERROR_REFUSED, hint, "%s", plain->message);
}

/* Refuses a plan after which the user of a remote session could not come back. */
static bool check_way_back(const Snapshot *snapshot, const Plan *plan, GError **error)
{
    g_auto(RemoteSession) session = {0};
    if (!remote_session_find(&session))
        return true;
    g_auto(FlowQuestion) question = flow_question_new();
    question.from = g_strdup(session.client);
    question.to = g_strdup(session.server);
    question.protocol = g_strdup("tcp");
    question.port = session.port;
    g_autoptr(Netlink) netlink = netlink_new(error);
    g_auto(ResolvedFlow) resolved = {0};
    if (netlink == NULL)
        return false;
    /* A session to an address this host does not have (any more) is not by this firewall. */
    if (!flow_question_resolve(&question, snapshot, netlink, &resolved, NULL) ||
        resolved.flow.direction != FLOW_INPUT)
        return true;
    return lock_out_check(snapshot, plan->predicted, &resolved.flow, error);
}

typedef struct {
    const ObserveOptions *options;
    Bus *bus;
} Observer;

static Snapshot *observe_again(gpointer user, GError **error)
{
    const Observer *observer = user;
    return observe(observer->bus, observer->options, error);
}

static int show(const Context *context, const Plan *plan)
{
    ApplyOutcome outcome = {
        .dry_run = true,
        .changed = plan->actions->len > 0,
        .after = plan->after,
    };
    output_text(context->output,
                apply_report_outcome_text(plan, &outcome, &context->output->style));
    output_json(context->output, apply_report_json(plan, &outcome, NULL));
    return STATUS_FINE;
}

static int carry_out(const Context *context, Observer *observer, Plan *plan, GError **error)
{
    Transaction transaction = {
        .bus = observer->bus,
        .timeout_ms = context_timeout_ms(context),
        .observe = observe_again,
        .user = observer,
        .uplinks = context_uplinks(context),
    };
    g_auto(TransactionResult) result = {0};
    g_autoptr(GError) reason = NULL;
    bool done = transaction_run(&transaction, plan, &result, &reason);
    ApplyOutcome outcome = {
        .changed = result.changed,
        .verified = result.verified,
        .rolled_back = result.rolled_back,
        .after = plan->actions->len == 0 ? plan->before : result.after,
    };
    output_text(context->output,
                apply_report_outcome_text(plan, &outcome, &context->output->style));
    bool tried = result.rolled_back || result.left->len > 0;
    if (done || tried)
        output_json(context->output, apply_report_json(plan, &outcome, reason));
    if (done)
        return STATUS_FINE;
    g_propagate_error(error, g_steal_pointer(&reason));
    return -1;
}

static int run(const Context *context, gpointer values, char *const *arguments, GError **error)
{
    (void)arguments;
    const ApplyOptions *options = values;
    if (context->options->snapshot != NULL && !options->dry_run) {
        nicfix_error_set(error, NICFIX_ERROR_USAGE, "add --dry-run",
                         "a snapshot cannot be changed");
        return -1;
    }
    g_autoptr(Lock) lock = NULL;
    if (!options->dry_run) {
        interruption_hold();
        if ((lock = lock_take(context_timeout_ms(context), error)) == NULL)
            return -1;
    }
    g_autoptr(Bus) bus = NULL;
    ObserveOptions scope = observe_options(context, options);
    g_autoptr(Snapshot) snapshot = context_snapshot(context, &scope, &bus, error);
    if (snapshot == NULL)
        return -1;
    PlanRequest request = request_from(context, options);
    g_autoptr(GError) reason = NULL;
    g_autoptr(Plan) plan = plan_new(snapshot, &request, &reason);
    if (plan == NULL) {
        add_hint_of_better_plan(snapshot, &request, &reason);
        g_propagate_error(error, g_steal_pointer(&reason));
        return -1;
    }
    output_text(context->output, apply_report_plan_text(plan, &context->output->style));
    bool live = context->options->snapshot == NULL;
    if (live && !options->force && !check_way_back(snapshot, plan, error))
        return -1;
    if (options->dry_run)
        return show(context, plan);
    return carry_out(context, &(Observer){&scope, bus}, plan, error);
}

const Command apply_command = {
    .name = "apply",
    .summary = "Make the fix: previewed, lasting, verified, undone if it fails",
    .example = "nicfix apply --zone public --dry-run",
    .values_size = sizeof(ApplyOptions),
    .make_entries = make_entries,
    .free_values = free_values,
    .run = run,
};
