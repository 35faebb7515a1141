/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nicfix apply: make the fix, previewed, lasting, verified, and undone if it fails. */
#include "act/interruption.h"
#include "act/known-file.h"
#include "commands/behalf.h"
#include "commands/change.h"
#include "commands/command-line.h"
#include "commands/expectations.h"
#include "commands/consent.h"
#include "commands/trial.h"
#include "commands/via-service.h"
#include "model/error.h"
#include "model/foreach.h"
#include "model/plan/fixes.h"
#include "model/plan/offer.h"
#include "model/plan/undo.h"
#include "report/plan-text.h"

typedef struct {
    char *zone;
    char **interfaces;
    char *finding;
    gboolean dry_run;
    gboolean runtime_only;
    gboolean permanent_only;
    gboolean move;
    gboolean enable_forward;
    gboolean bind_downstream;
    char *confirm_word;
    guint confirm_within; /* seconds; 0: no trial */
    gboolean yes;
    gboolean force;
    gboolean ask_caller; /* only show what is to be asked for */
    char *shown;         /* SHA-256 of the plan that the caller has seen; NULL: none */
} ApplyOptions;

static void apply_options_clear(ApplyOptions *options)
{
    g_free(options->zone);
    g_strfreev(options->interfaces);
    g_free(options->finding);
    g_free(options->confirm_word);
    g_free(options->shown);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ApplyOptions, apply_options_clear)

/* Carries out PLAN and keeps a record of it; BEFORE is the record of the change before, or NULL. */
static bool carry_out_recorded(Change *change, Plan *plan, const Record *before, GError **error)
{
    bool as_before;
    change_show_plan(change, plan);
    if (change->mode != CHANGE_PREVIEW && !change_check_shown(change, error))
        return false;
    if (change->mode == CHANGE_PREVIEW || plan->actions->len == 0)
        return change_carry_out(change, plan, NULL, &as_before, error);
    g_autoptr(Record) record = record_new(plan->actions, change->scope.declared);
    /* Adopt what an interrupted run had completed: undo then reverts it, too. */
    if (before != NULL && before->state != RECORD_DONE) {
        g_autoptr(GPtrArray) finished = undo_find_done(change->snapshot, before->actions);
        PTR_ARRAY_FOREACH (const Action, action, finished)
            g_ptr_array_insert(record->actions, (int)action_index, action_copy(action));
    }
    g_autoptr(GError) reason = NULL;
    bool recorded = record_save(record, &reason);
    if (!recorded) { /* as by a user who is not root; the change is made all the same */
        const PlanNote note = {NOTE_NOT_RECORDED, .reason = reason->message};
        output_text(change->context->output,
                    apply_report_note_text(&note, &change->context->output->style));
        plan_notes_add(plan->notes, note);
    }
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

/* Whether the user says how to cure. Else he is given what check offers. */
static bool is_directed(const ApplyOptions *options)
{
    return options->zone != NULL || options->move || options->enable_forward ||
           options->bind_downstream;
}

/* Findings are of no interest to a user who says himself what to bind. */
static bool check_finding(const ApplyOptions *options, GError **error)
{
    if (options->finding == NULL)
        return true;
    if (is_directed(options)) {
        nicfix_error_set(error, NICFIX_ERROR_USAGE, "omit --finding, or the other options",
                         "--finding does what check offers, which --zone, --move, "
                         "--enable-forward and --bind-downstream do not");
        return false;
    }
    if (finding_from_word(options->finding) >= 0)
        return true;
    g_autoptr(GString) ids = g_string_new(finding_word(0));
    for (int id = 1; id <= FINDING_LAST; id++)
        g_string_append_printf(ids, ", %s", finding_word((FindingId)id));
    return command_reject_value("--finding", options->finding, ids->str, error);
}

static bool check_options(const Context *context, ApplyOptions *options, GError **error)
{
    if (context->options->snapshot != NULL && !options->dry_run) {
        nicfix_error_set(error, NICFIX_ERROR_USAGE, "add --dry-run",
                         "a snapshot cannot be changed");
        return false;
    }
    if (options->runtime_only && options->permanent_only) {
        nicfix_error_set(error, NICFIX_ERROR_USAGE, "omit both to change both",
                         "--runtime-only and --permanent-only exclude each other");
        return false;
    }
    return check_finding(options, error) &&
           command_parse_seconds("--confirm-within", options->confirm_word, TRIAL_MAX_SECONDS,
                                 &options->confirm_within, error);
}

/* Reads the record of the change before, NULL where there is none. A user who may not read it can
 * still change what firewalld allows. */
static bool check_record(const Change *change, Record **before, GError **error)
{
    g_autoptr(GError) reason = NULL;
    if (change->mode == CHANGE_PREVIEW)
        return true;
    if (record_load(before, &reason))
        return trial_check_none(*before, error) &&
               (!record_is_cut_off(*before) || behalf_may_go_on(change->context, *before, error));
    if (g_error_matches(reason, NICFIX_ERROR, NICFIX_ERROR_NOT_AUTHORISED))
        return true;
    g_propagate_error(error, g_steal_pointer(&reason));
    return false;
}

/* ---- the plan ---- */

/* Where the plan would not cure, a larger one may. */
static Plan *make_directed_plan(const Context *context, const ApplyOptions *options,
                                const Snapshot *snapshot, PlanRefusal *refusal)
{
    const PlanRequest request = {
        .zone = options->zone,
        .interfaces = (const char *const *)options->interfaces,
        .declared = context_declared(context),
        .runtime_only = options->runtime_only,
        .permanent_only = options->permanent_only,
        .move = options->move,
        .enable_forward = options->enable_forward,
        .bind_downstreams = options->bind_downstream,
        .force = options->force,
    };
    Plan *plan = plan_new(snapshot, &request, refusal);
    bool may_be_better = refusal->code == REFUSED_NOT_CURED || refusal->code == REFUSED_WORSE ||
                         refusal->code == REFUSED_HARM;
    if (plan == NULL && may_be_better)
        refusal->better = fixes_find_better(snapshot, &request);
    return plan;
}

/* Of a harm to this very session the user is told before any other. */
static bool check_harm(const Change *change, const PlanRefusal *refusal, GError **error)
{
    bool is_predicted =
        refusal->code == REFUSED_HARM && refusal->attempt != NULL && refusal->attempt->goal != NULL;
    return !is_predicted || change_check_way_back(change, refusal->attempt, error);
}

static Plan *make_plan(const Change *change, const ApplyOptions *options, GError **error)
{
    const Context *context = change->context;
    const Snapshot *snapshot = change->snapshot;
    const Offer offer = {
        .finding = options->finding != NULL ? finding_from_word(options->finding) : -1,
        .interfaces = (const char *const *)options->interfaces,
        .declared = context_declared(context),
        .runtime_only = options->runtime_only,
        .permanent_only = options->permanent_only,
        .force = options->force,
    };
    g_auto(PlanRefusal) refusal = {0};
    Plan *plan = is_directed(options) ? make_directed_plan(context, options, snapshot, &refusal)
                                      : plan_of_offer(snapshot, &offer, &refusal);
    if (plan == NULL && check_harm(change, &refusal, error))
        plan_refusal_set_error(&refusal, error);
    else if (plan != NULL && options->confirm_within > 0 && plan->actions->len > 0)
        plan_notes_add(plan->notes,
                       (PlanNote){!trial_is_needed(plan)           ? NOTE_NOTHING_ON_TRIAL
                                  : trial_is_of_all(plan->actions) ? NOTE_TRIAL_OF_POLICY
                                                                   : NOTE_TRIAL,
                                  .seconds = options->confirm_within});
    return plan;
}

/* ---- the whole ---- */

/* What is to be bound need not be an uplink, nor bound yet: read its permanent binding, too. */
static bool observe_for(Change *change, const ApplyOptions *options, ObserveScope zones,
                        GError **error)
{
    const char *const named[] = {options->zone, NULL};
    ObserveOptions scope = context_offer_options(change->context);
    scope.scope = zones;
    scope.zones = named;
    scope.bindings = (const char *const *)options->interfaces;
    scope.downstream_bindings = options->bind_downstream;
    if (is_directed(options))
        scope.permanent = options->permanent_only || options->enable_forward || options->move;
    bool is_read = change_observe(change, &scope, error) &&
                   context_read_expectations(change->context, NULL, change->snapshot, error);
    change->scope.zones = NULL; /* each transaction names its own */
    return is_read;
}

/* Of zones that nothing is in only what the user names decides what his plan does, but any may be in what is
 * better than a plan that is refused. */
static Plan *observe_and_plan(Change *change, const ApplyOptions *options, GError **error)
{
    g_autoptr(GError) refusal = NULL;
    if (is_directed(options)) {
        if (!observe_for(change, options, OBSERVE_ZONE_NAMES, error))
            return NULL;
        Plan *plan = make_plan(change, options, &refusal);
        if (plan != NULL || change->context->options->snapshot != NULL) {
            if (plan == NULL)
                g_propagate_error(error, g_steal_pointer(&refusal));
            return plan;
        }
    }
    return observe_for(change, options, OBSERVE_ALL_ZONES, error)
               ? make_plan(change, options, error)
               : NULL;
}

/* What an earlier check has left of firewalld's replies is asked for again where it is about zones and policies
 * that may not be in force. */
static KnownReplies *known_before(const Context *context)
{
    if (!context_may_know_replies(context))
        return NULL;
    KnownReplies *known = known_file_load();
    known_replies_forget_old(known, LASTS_IN_FORCE);
    return known;
}

/* Asks where there is somebody to ask. Meanwhile another nicfix may have begun a trial. */
static bool get_consent(Change *change, const Plan *plan, const ApplyOptions *options,
                        Record **before, GError **error)
{
    if (options->yes || change->mode == CHANGE_PREVIEW || plan->actions->len == 0 ||
        !consent_can_be_asked(change->context->output))
        return true;
    g_clear_pointer(before, record_free);
    return change_ask(change, plan, error) && check_record(change, before, error);
}

/* Whether PLAN is what the caller of the service has been shown, and allowed to him. */
static bool check_caller(Change *change, const Plan *plan, const ApplyOptions *options,
                         Record **before, GError **error)
{
    if (change->context->options->behalf.caller == NULL || change->mode == CHANGE_PREVIEW)
        return true;
    if (options->shown != NULL) {
        g_autofree char *text = change_plan_text(change, plan);
        g_autofree char *sum = g_compute_checksum_for_string(G_CHECKSUM_SHA256, text, -1);
        if (!g_str_equal(sum, options->shown)) {
            change_set_outdated(error);
            return false;
        }
        change->plan_is_shown = true;
    }
    if (!behalf_may_change(change, plan->actions, error))
        return false;
    g_clear_pointer(before, record_free);
    return check_record(change, before, error);
}

/* The plan; where the caller overrides nothing, one after which he can come back. */
static Plan *careful_plan(Change *change, gconstpointer how, GError **error)
{
    const ApplyOptions *options = how;
    g_autoptr(Plan) plan = observe_and_plan(change, options, error);
    if (plan == NULL || options->force || change_check_way_back(change, plan, error))
        return g_steal_pointer(&plan);
    change_show_plan(change, plan);
    return NULL;
}

static int show_to_ask(Change *change, const Plan *plan)
{
    change->context->output->quiet = false;
    change_show_plan(change, plan);
    return STATUS_TO_ASK;
}

static int apply(const Context *context, ApplyOptions *options, GError **error)
{
    g_auto(Change) change = {0};
    g_autoptr(Record) before = NULL;
    if (!check_options(context, options, error) ||
        !change_begin(&change, context, options->dry_run ? CHANGE_PREVIEW : CHANGE_FOR_REAL,
                      error) ||
        !check_record(&change, &before, error))
        return -1;
    change.known = known_before(context);
    g_autoptr(Plan) plan = careful_plan(&change, options, error);
    if (plan == NULL)
        return -1;
    if (options->ask_caller && plan->actions->len > 0)
        return show_to_ask(&change, plan);
    if (!get_consent(&change, plan, options, &before, error) ||
        !check_caller(&change, plan, options, &before, error))
        return -1;
    plan = change_current_plan(&change, g_steal_pointer(&plan), careful_plan, options, error);
    if (plan == NULL || !behalf_is_still_allowed(&change, plan->actions, error))
        return -1;
    bool try_first = options->confirm_within > 0 && !options->dry_run && trial_is_needed(plan);
    bool done = try_first ? trial_run(&change, plan, options->confirm_within, error)
                          : carry_out_recorded(&change, plan, before, error);
    return done ? STATUS_FINE : -1;
}

/* ---- by the service ---- */

static void insert_true(GVariantDict *request, const char *name, gboolean value)
{
    if (value)
        g_variant_dict_insert(request, name, "b", TRUE);
}

static void insert_word(GVariantDict *request, const char *name, const char *word)
{
    if (word != NULL)
        g_variant_dict_insert(request, name, "s", word);
}

static void insert_words(GVariantDict *request, const char *name, char **words)
{
    if (words != NULL)
        g_variant_dict_insert(request, name, "^as", words);
}

static GVariant *request_of(const Context *context, const ApplyOptions *options)
{
    GVariantDict request;
    g_variant_dict_init(&request, NULL);
    insert_word(&request, "zone", options->zone);
    insert_word(&request, "finding", options->finding);
    insert_words(&request, "interface", options->interfaces);
    insert_words(&request, "uplink", context->options->uplinks);
    insert_words(&request, "downstream", context->options->downstreams);
    insert_true(&request, "dry-run", options->dry_run);
    insert_true(&request, "runtime-only", options->runtime_only);
    insert_true(&request, "permanent-only", options->permanent_only);
    insert_true(&request, "move", options->move);
    insert_true(&request, "enable-forward", options->enable_forward);
    insert_true(&request, "bind-downstream", options->bind_downstream);
    insert_true(&request, "force", options->force);
    if (options->confirm_within > 0)
        g_variant_dict_insert(&request, "confirm-within", "u", options->confirm_within);
    return g_variant_dict_end(&request);
}

/* Asks the user, where he is to be asked, and has the plan that he has seen carried out. */
static ViaResult apply_by_service(const Context *context, ApplyOptions *options, GError **error)
{
    if (!check_options(context, options, error))
        return VIA_FAILED;
    bool asks = !options->yes && !options->dry_run && consent_can_be_asked(context->output);
    g_autofree char *shown = NULL;
    ViaResult result =
        via_service_change(context, "Apply", request_of(context, options), asks, &shown, error);
    if (result != VIA_ASKS)
        return result;
    interruption_hold();
    return consent_ask(context->output, "Apply this?", error)
               ? via_service_change(context, "Apply", request_of(context, options), false, &shown,
                                    error)
               : VIA_FAILED;
}

static int run(const Context *context, char **words, GError **error)
{
    g_auto(ApplyOptions) options = {0};
    const GOptionEntry entries[] = {
        {"zone", 'z', 0, G_OPTION_ARG_STRING, &options.zone,
         "Bind to ZONE (default: do what check offers)", "ZONE"},
        {"interface", 'i', 0, G_OPTION_ARG_STRING_ARRAY, &options.interfaces,
         "Only findings about IFACE; with --zone: bind IFACE (repeatable)", "IFACE"},
        {"finding", 0, 0, G_OPTION_ARG_STRING, &options.finding,
         "Only findings of this ID (default: all that check has a fix for)", "ID"},
        {"dry-run", 'n', 0, G_OPTION_ARG_NONE, &options.dry_run, "Show the plan and change nothing",
         NULL},
        {"runtime-only", 0, 0, G_OPTION_ARG_NONE, &options.runtime_only,
         "Change only the running firewall, until the next reload", NULL},
        {"permanent-only", 0, 0, G_OPTION_ARG_NONE, &options.permanent_only,
         "Change only the permanent configuration, for the next start", NULL},
        {"move", 0, 0, G_OPTION_ARG_NONE, &options.move,
         "Allow moving an interface out of another zone", NULL},
        {"enable-forward", 0, 0, G_OPTION_ARG_NONE, &options.enable_forward,
         "Enable intra-zone forwarding where the zone lacks it", NULL},
        {"bind-downstream", 0, 0, G_OPTION_ARG_NONE, &options.bind_downstream,
         "Also bind downstreams whose traffic is refused", NULL},
        {"confirm-within", 0, 0, G_OPTION_ARG_STRING, &options.confirm_word,
         "Undo after SECONDS unless confirmed with 'nicfix confirm'", "SECONDS"},
        {"yes", 0, 0, G_OPTION_ARG_NONE, &options.yes, "Do not ask on a terminal", NULL},
        {"force", 0, 0, G_OPTION_ARG_NONE, &options.force,
         "Override the safety checks: see nicfix(8)", NULL},
        {"ask-caller", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_NONE, &options.ask_caller,
         "Only show what there is to ask for, and exit with 8", NULL},
        {"shown", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_STRING, &options.shown,
         "Refuse any plan but the one with this SHA-256", "SUM"},
        {NULL},
    };
    int status;
    if (!command_line_parse(context, entries, &words, &status, error))
        return status;
    ViaResult result =
        via_service_is_wanted(context) ? apply_by_service(context, &options, error) : VIA_NOBODY;
    return result == VIA_NOBODY ? apply(context, &options, error)
           : result == VIA_DONE ? STATUS_FINE
                                : -1;
}

const Command apply_command = {
    .name = "apply",
    .summary = "Apply the fix: verified, permanent, undone if it fails",
    .example = "nicfix apply --zone public --dry-run",
    .run = run,
};
