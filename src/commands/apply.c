/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nicfix apply: make the fix, previewed, lasting, verified, and undone if it fails. */
#include "commands/change.h"
#include "commands/trial.h"
#include "model/error.h"
#include "model/foreach.h"
#include "model/plan/fixes.h"
#include "model/plan/undo.h"

typedef struct {
    char *zone;
    char **interfaces;
    gboolean dry_run;
    gboolean runtime_only;
    gboolean permanent_only;
    gboolean move;
    gboolean enable_forward;
    gboolean bind_downstream;
    int confirm_within; /* seconds; 0: it is not asked for */
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
        {"permanent-only", 0, 0, G_OPTION_ARG_NONE, &options->permanent_only,
         "Change only what lasts: for the next start", NULL},
        {"move", 0, 0, G_OPTION_ARG_NONE, &options->move,
         "Take a NIC out of the zone it is bound to", NULL},
        {"enable-forward", 0, 0, G_OPTION_ARG_NONE, &options->enable_forward,
         "Switch the zone's forward on where it is missing", NULL},
        {"bind-downstream", 0, 0, G_OPTION_ARG_NONE, &options->bind_downstream,
         "Bind the downstreams that are refused, too", NULL},
        {"confirm-within", 0, 0, G_OPTION_ARG_INT, &options->confirm_within,
         "Undo it then, unless nicfix confirm is run", "SECONDS"},
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
    wanted.permanent = options->permanent_only || options->enable_forward || options->move;
    return wanted;
}

static PlanRequest request_from(const Context *context, const ApplyOptions *options)
{
    return (PlanRequest){
        .zone = options->zone,
        .interfaces = (const char *const *)options->interfaces,
        .uplinks = context_uplinks(context),
        .runtime_only = options->runtime_only,
        .permanent_only = options->permanent_only,
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

/* ---- the record ---- */

/* What an earlier run did and did not live to tell of is taken back together with this. */
static void adopt_unfinished(Record *record, const Record *before, const Snapshot *snapshot)
{
    if (before == NULL || before->state == RECORD_DONE)
        return;
    g_autoptr(GPtrArray) done = undo_find_done(snapshot, before->actions);
    PTR_ARRAY_FOREACH (const Action, action, done)
        g_ptr_array_insert(record->actions, (int)action_index, action_copy(action));
}

/* The change is made even where no record of it can be kept, as by somebody who is not root. */
static void note_missing_record(Plan *plan, const GError *reason)
{
    g_ptr_array_add(plan->notes,
                    g_strdup_printf("nicfix undo will not know of this: %s", reason->message));
}

/* Carries PLAN out with a record of it beside; BEFORE is the record of the change before, or NULL. */
static bool carry_out_recorded(const Change *change, Plan *plan, const Record *before,
                               GError **error)
{
    bool as_before;
    if (change->mode == CHANGE_PREVIEW || plan->actions->len == 0) {
        change_show_plan(change, plan);
        return change_carry_out(change, plan, NULL, &as_before, error);
    }
    g_autoptr(Record) record = record_new(plan->actions, change->scope.uplinks);
    adopt_unfinished(record, before, change->snapshot);
    g_autoptr(GError) reason = NULL;
    bool recorded = record_save(record, &reason);
    if (!recorded)
        note_missing_record(plan, reason);
    change_show_plan(change, plan);
    bool done = change_carry_out(change, plan, NULL, &as_before, error);
    if (!recorded)
        return done;
    record->state = RECORD_DONE;
    if (!done && as_before && before == NULL)
        record_remove();
    else if (!record_save(!done && as_before ? before : record, NULL))
        record_remove();
    return done;
}

/* ---- the whole ---- */

static bool check_options(const Context *context, const ApplyOptions *options, GError **error)
{
    if (context->options->snapshot != NULL && !options->dry_run) {
        nicfix_error_set(error, NICFIX_ERROR_USAGE, "add --dry-run",
                         "a snapshot cannot be changed");
        return false;
    }
    if (options->runtime_only && options->permanent_only) {
        nicfix_error_set(error, NICFIX_ERROR_USAGE, "leave both away to change both",
                         "--runtime-only and --permanent-only exclude one another");
        return false;
    }
    if (options->confirm_within < 0 || options->confirm_within > TRIAL_MAX_SECONDS) {
        nicfix_error_set(error, NICFIX_ERROR_USAGE, "use 1 to 86400 seconds",
                         "--confirm-within: %d is out of range", options->confirm_within);
        return false;
    }
    return true;
}

/* Reads the record of the change before, NULL where there is none. Who may not read it can still
 * change what firewalld lets them change. */
static bool check_record(const Change *change, Record **before, GError **error)
{
    g_autoptr(GError) reason = NULL;
    if (change->mode == CHANGE_PREVIEW)
        return true;
    if (record_load(before, &reason))
        return trial_check_none(*before, error);
    if (g_error_matches(reason, NICFIX_ERROR, NICFIX_ERROR_NOT_AUTHORISED))
        return true;
    g_propagate_error(error, g_steal_pointer(&reason));
    return false;
}

static void note_trial(Plan *plan, int seconds)
{
    char *note =
        trial_is_needed(plan)
            ? g_strdup_printf("--confirm-within: what is in the running firewall is undone "
                              "after %d s, and the rest is not done, unless nicfix confirm "
                              "is run",
                              seconds)
            : g_strdup("--confirm-within: nothing changes in the running firewall, so "
                       "there is nothing to confirm");
    g_ptr_array_add(plan->notes, note);
}

static Plan *make_plan(const Snapshot *snapshot, const PlanRequest *request, int confirm_within,
                       GError **error)
{
    Plan *plan = plan_new(snapshot, request, error);
    if (plan == NULL)
        add_hint_of_better_plan(snapshot, request, error);
    else if (confirm_within > 0 && plan->actions->len > 0)
        note_trial(plan, confirm_within);
    return plan;
}

static int run(const Context *context, gpointer values, char *const *arguments, GError **error)
{
    (void)arguments;
    const ApplyOptions *options = values;
    g_auto(Change) change = {0};
    g_autoptr(Record) before = NULL;
    ObserveOptions scope = observe_options(context, options);
    if (!check_options(context, options, error) ||
        !change_begin(&change, context, options->dry_run ? CHANGE_PREVIEW : CHANGE_FOR_REAL,
                      error) ||
        !check_record(&change, &before, error) || !change_observe(&change, &scope, error))
        return -1;
    PlanRequest request = request_from(context, options);
    g_autoptr(Plan) plan = make_plan(change.snapshot, &request, options->confirm_within, error);
    if (plan == NULL)
        return -1;
    if (!options->force && !change_check_way_back(&change, plan, error)) {
        change_show_plan(&change, plan);
        return -1;
    }
    bool try_first = options->confirm_within > 0 && !options->dry_run && trial_is_needed(plan);
    bool done = try_first ? trial_run(&change, plan, (guint)options->confirm_within, error)
                          : carry_out_recorded(&change, plan, before, error);
    return done ? STATUS_FINE : -1;
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
