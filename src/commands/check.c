/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nicfix check: which uplinks no accepting zone covers, and what else will break. */
#include "act/known-file.h"
#include "commands/command-line.h"
#include "commands/expectations.h"
#include "commands/host-notes.h"
#include "commands/trial.h"
#include "model/error.h"
#include "model/plan/fixes.h"
#include "model/plan/lost-binding.h"
#include "observe/named-link.h"
#include "report/check-report.h"
#include "report/junit.h"
#include "report/nagios.h"
#include "report/npd.h"
#include "report/plan-text.h"

#include <unistd.h>

/* What is asked for. */
typedef struct {
    char **interfaces;   /* that findings are to be about; empty: any */
    char **expectations; /* files */
    char *fail_on;
    char *after;
    Severity severity;
    ReloadEvent event;
} CheckOptions;

static void check_options_clear(CheckOptions *options)
{
    g_strfreev(options->expectations);
    g_free(options->fail_on);
    g_free(options->after);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(CheckOptions, check_options_clear)

/* Whether all interfaces are there; an alternative name becomes the one that findings have. */
static bool check_interfaces(const CheckOptions *options, const Snapshot *snapshot, GError **error)
{
    for (char **name = options->interfaces; *name != NULL; name++) {
        const Link *link = named_link_find(snapshot, NULL, *name, error);
        if (link == NULL)
            return false;
        g_free(*name);
        *name = g_strdup(link->name);
    }
    return true;
}

static void narrow(Diagnosis *diagnosis, const CheckOptions *options)
{
    if (*options->interfaces != NULL)
        diagnosis_narrow(diagnosis, (const char *const *)options->interfaces);
}

/* Reports DIAGNOSIS of SNAPSHOT with fixes, but for a trial that must end first. OUTLOOK says which future SNAPSHOT
 * is; NULL: none. RECORD is of the last change, NULL where none is known. */
static void report(const Context *context, const CheckOptions *options, const Snapshot *snapshot,
                   Diagnosis *diagnosis, const Outlook *outlook, const Record *record)
{
    Output *output = context->output;
    const CheckReport report = {
        .snapshot = snapshot,
        .diagnosis = diagnosis,
        .outlook = outlook,
        .pending = trial_pending(record),
        .version = NICFIX_VERSION,
    };
    if (report.pending.id == NULL && !context->options->is_text)
        fixes_suggest(snapshot, diagnosis, context_declared(context));
    narrow(diagnosis, options);
    if (output_wants_text(output))
        output_text(output, check_report_text(&report, &output->style));
    if (output_wants_json(output))
        output_json(output, check_report_json(&report));
    if (context->options->is_text && !diagnosis_has(diagnosis, SEVERITY_WARNING))
        output_text(output,
                    g_strdup("\nThis does not prove that traffic passes: the kernel's rules "
                             "were not read\n"));
    if (output->format == FORMAT_SPECIAL)
        output_special(output, junit_text(snapshot, diagnosis, options->severity));
}

/* A program that is told that all is well does not read what is unread. */
static bool format_fits(const Context *context, GError **error)
{
    if (!context->options->is_text || context->output->format != FORMAT_SPECIAL)
        return true;
    nicfix_error_set(error, NICFIX_ERROR_BAD_INPUT, "use --format text or json",
                     "the text of a sosreport does not say enough for --format %s",
                     context->options->format);
    return false;
}

/* SNAPSHOT (transfer full; NULL: it could not be read) once the expectations of it are read, too. */
static Snapshot *with_expectations(const Context *context, const CheckOptions *options,
                                   Snapshot *snapshot, GError **error)
{
    g_autoptr(Snapshot) owned = snapshot;
    bool is_ready = owned != NULL && context_check_declared(context, owned, error) &&
                    check_interfaces(options, owned, error) && format_fits(context, error) &&
                    context_read_expectations(context, options->expectations, owned, error);
    return is_ready ? g_steal_pointer(&owned) : NULL;
}

/* The snapshot to check. Others than root may not have the permanent configuration checked. */
static Snapshot *observe_to_check(const Context *context, const CheckOptions *options,
                                  ObserveOptions scope, Bus **bus, GError **error)
{
    scope.permanent_fault = geteuid() == 0;
    return with_expectations(context, options, context_snapshot(context, &scope, bus, error),
                             error);
}

/* What is wrong now. A recording that was killed has left a note on this host. */
static Diagnosis *diagnose_now(const Context *context, const Snapshot *snapshot)
{
    Diagnosis *diagnosis = diagnose(snapshot, context_declared(context));
    if (host_notes_logging_is_left(context->options))
        diagnosis_add_left_logging(diagnosis, snapshot);
    return diagnosis;
}

/* Whether what there is to offer may hinge on what a first look does not ask for. Others than root may
 * not read the permanent configuration. */
static bool needs_second_look(const Context *context, const Diagnosis *diagnosis)
{
    return context_may_know_replies(context) && diagnosis_has(diagnosis, SEVERITY_WARNING);
}

/* What an earlier check has left (transfer full); NULL where nothing can be known. */
static KnownReplies *known_before(const Context *context)
{
    return context_may_know_replies(context) ? known_file_load() : NULL;
}

static void keep_known(const KnownReplies *known)
{
    if (known != NULL)
        known_file_save(known);
}

/* A first look at all that decides whether something is wrong, of which most is KNOWN where neither the kernel's
 * rules nor firewalld's files have changed since the last check. */
static Snapshot *look_first(const Context *context, const CheckOptions *options,
                            KnownReplies *known, Bus **bus, GError **error)
{
    ObserveOptions scope = context_observe_options(context, OBSERVE_ACTIVE_ZONES);
    scope.known = known;
    return observe_to_check(context, options, scope, bus, error);
}

/* A look at what may be offered, too, which goes on where FIRST has ended. Of zones and policies only what
 * firewalld has just said is known: one that is not in force may have changed. */
static Snapshot *look_further(const Context *context, const CheckOptions *options,
                              KnownReplies *known, Bus *bus, const Snapshot *first, GError **error)
{
    ObserveOptions scope = context_offer_options(context);
    known_replies_forget_old(known, LASTS_IN_FORCE);
    scope.known = known;
    scope.permanent_fault = true;
    Snapshot *snapshot = observe_more(bus, &scope, first, error);
    return with_expectations(context, options, snapshot, error);
}

/* Of a host with a fault more is read, as apply does. */
static int check_now(const Context *context, const CheckOptions *options, GError **error)
{
    g_autoptr(KnownReplies) known = known_before(context);
    g_autoptr(Bus) bus = NULL;
    g_autoptr(Snapshot) snapshot = look_first(context, options, known, &bus, error);
    if (snapshot == NULL)
        return -1;
    g_autoptr(Diagnosis) diagnosis = diagnose_now(context, snapshot);
    if (needs_second_look(context, diagnosis)) {
        g_clear_pointer(&diagnosis, diagnosis_free);
        Snapshot *further = look_further(context, options, known, bus, snapshot, error);
        if (further == NULL)
            return -1;
        snapshot_free(snapshot);
        snapshot = further;
        diagnosis = diagnose_now(context, snapshot);
    }
    keep_known(known);
    /* The last change on this host may explain a finding, as far as this user may read it. */
    g_autoptr(Record) record = host_notes_record(context->options);
    if (record != NULL && record->state != RECORD_PENDING)
        lost_bindings_explain(diagnosis, snapshot, record->actions);
    report(context, options, snapshot, diagnosis, NULL, record);
    return diagnosis_has(diagnosis, options->severity) ? STATUS_NOT_FINE : STATUS_FINE;
}

/* One line in any case; the exit statuses are the plugin interface's, not nicfix's: whatever keeps the host from
 * being read is an unknown state of it. */
static int check_for_plugin(const Context *context, const CheckOptions *options)
{
    bool is_npd = g_str_equal(context->options->format, "npd");
    g_autoptr(GError) reason = NULL;
    g_autoptr(KnownReplies) known = known_before(context);
    g_autoptr(Snapshot) snapshot = look_first(context, options, known, NULL, &reason);
    if (snapshot == NULL) {
        output_special(context->output,
                       is_npd ? npd_text_of_error(reason) : nagios_text_of_error(reason));
        return is_npd ? (int)NPD_UNKNOWN : (int)NAGIOS_UNKNOWN;
    }
    keep_known(known);
    g_autoptr(Diagnosis) diagnosis = diagnose_now(context, snapshot);
    narrow(diagnosis, options);
    output_special(context->output, is_npd ? npd_text(diagnosis) : nagios_text(diagnosis));
    return is_npd ? (int)npd_status(diagnosis, options->severity) : (int)nagios_status(diagnosis);
}

static int check_after(const Context *context, const CheckOptions *options, GError **error)
{
    ObserveOptions scope = context_observe_options(context, OBSERVE_ALL_ZONES);
    scope.permanent = true;
    g_autoptr(GPtrArray) assumes = reload_assumptions_new();
    g_autoptr(Snapshot) now = observe_to_check(context, options, scope, NULL, error);
    if (now == NULL)
        return -1;
    g_autoptr(Snapshot) then = snapshot_after_reload(now, options->event, assumes);
    if (then == NULL) {
        permanent_unread_set_error(error);
        return -1;
    }
    g_autoptr(Diagnosis) before = diagnose(now, context_declared(context));
    g_autoptr(Diagnosis) after = diagnose(then, context_declared(context));
    g_autoptr(ReloadHarm) harm = reload_harm_of(now, then, options->event);
    const Outlook outlook = {
        .event = options->event,
        .worse = now->permanent->fault != NULL || !reload_harm_is_none(harm) ||
                 diagnosis_first_worse(before, after, SEVERITY_WARNING) != NULL,
        .before = before,
        .assumes = assumes,
        .harm = harm,
    };
    g_autoptr(Record) record = host_notes_record(context->options);
    report(context, options, then, after, &outlook, record);
    bool is_fine = reload_harm_is_none(harm) && !diagnosis_has(after, options->severity);
    return is_fine ? STATUS_FINE : STATUS_NOT_FINE;
}

static bool is_for_plugin(const Context *context)
{
    const char *format = context->options->format;
    return g_strcmp0(format, "nagios") == 0 || g_strcmp0(format, "npd") == 0;
}

static bool check_options(const Context *context, CheckOptions *options, GError **error)
{
    if (!command_parse_fail_on(options->fail_on, &options->severity, error))
        return false;
    if (options->after == NULL)
        return true;
    if (*options->interfaces != NULL) {
        nicfix_error_set(error, NICFIX_ERROR_USAGE, "omit the interfaces",
                         "--after is about the whole host");
        return false;
    }
    if (is_for_plugin(context)) {
        nicfix_error_set(error, NICFIX_ERROR_USAGE, "omit --after",
                         "--format %s is only for the current state", context->options->format);
        return false;
    }
    options->event = reload_event_from_word(options->after);
    return options->event != EVENT_UNKNOWN ||
           command_reject_value("--after", options->after, "reload, reboot", error);
}

static int run(const Context *context, char **words, GError **error)
{
    g_auto(CheckOptions) options = {0};
    const GOptionEntry entries[] = {
        {"fail-on", 0, 0, G_OPTION_ARG_STRING, &options.fail_on,
         "Exit 1 for findings this severe or worse (default: warning)", "warning|error"},
        {"after", 0, 0, G_OPTION_ARG_STRING, &options.after,
         "Check the state expected after a reload or reboot", "reload|reboot"},
        {"expect", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &options.expectations,
         "Also check that the flows in FILE pass or not, as it says (repeatable)", "FILE"},
        {NULL},
    };
    int status;
    if (!command_line_parse(context, entries, &words, &status, error))
        return status;
    options.interfaces = words;
    if (!check_options(context, &options, error))
        return -1;
    if (is_for_plugin(context))
        return check_for_plugin(context, &options);
    return options.after != NULL ? check_after(context, &options, error)
                                 : check_now(context, &options, error);
}

const Command check_command = {
    .name = "check",
    .arguments = "[IFACE...]",
    .summary = "Find what firewalld blocks that should pass, and the fix",
    .example = "nicfix check --fail-on error",
    .max_arguments = G_MAXUINT,
    .formats = "text|json|nagios|npd|junit",
    .answers_from_text = true,
    .run = run,
};
