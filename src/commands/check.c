/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nicfix check: which uplinks no accepting zone covers, and what else will break. */
#include "act/record.h"
#include "commands/command-line.h"
#include "model/error.h"
#include "model/plan/fixes.h"
#include "model/plan/lost-binding.h"
#include "report/check-report.h"
#include "report/nagios.h"
#include "report/plan-text.h"

/* Reports DIAGNOSIS of SNAPSHOT with fixes. OUTLOOK says which future SNAPSHOT is; NULL: none. */
static void report(const Context *context, const Snapshot *snapshot, Diagnosis *diagnosis,
                   const Outlook *outlook)
{
    Output *output = context->output;
    fixes_suggest(snapshot, diagnosis, context_declared(context));
    if (output_wants_text(output))
        output_text(output, check_report_text(snapshot, diagnosis, outlook, &output->style));
    if (output_wants_json(output))
        output_json(output, check_report_json(snapshot, diagnosis, outlook));
}

static int check_now(const Context *context, Severity fail_on, GError **error)
{
    ObserveOptions scope = context_observe_options(context, OBSERVE_ACTIVE_ZONES);
    g_autoptr(Snapshot) snapshot = context_snapshot(context, &scope, NULL, error);
    if (snapshot == NULL)
        return -1;
    g_autoptr(Diagnosis) diagnosis = diagnose(snapshot, context_declared(context));
    /* The last change on this host may explain a finding, as far as this user may read it. */
    g_autoptr(Record) record = NULL;
    if (context->options->snapshot == NULL && record_load(&record, NULL) && record != NULL &&
        record->state != RECORD_PENDING)
        lost_bindings_explain(diagnosis, snapshot, record->actions);
    report(context, snapshot, diagnosis, NULL);
    return diagnosis_has(diagnosis, fail_on) ? STATUS_NOT_FINE : STATUS_FINE;
}

/* One line in any case; the exit statuses are the plugin interface's, not nicfix's. */
static int check_for_nagios(const Context *context)
{
    ObserveOptions scope = context_observe_options(context, OBSERVE_ACTIVE_ZONES);
    g_autoptr(GError) reason = NULL;
    g_autoptr(Snapshot) snapshot = context_snapshot(context, &scope, NULL, &reason);
    if (snapshot == NULL) {
        output_special(context->output, nagios_text_of_error(reason));
        return NAGIOS_UNKNOWN;
    }
    g_autoptr(Diagnosis) diagnosis = diagnose(snapshot, context_declared(context));
    output_special(context->output, nagios_text(diagnosis));
    return (int)nagios_status(diagnosis);
}

static int check_after(const Context *context, ReloadEvent event, Severity fail_on, GError **error)
{
    ObserveOptions scope = context_observe_options(context, OBSERVE_ALL_ZONES);
    scope.permanent = true;
    g_autoptr(GPtrArray) assumes = reload_assumptions_new();
    g_autoptr(Snapshot) now = context_snapshot(context, &scope, NULL, error);
    if (now == NULL)
        return -1;
    g_autoptr(Snapshot) then = snapshot_after_reload(now, event, assumes);
    if (then == NULL) {
        permanent_unread_set_error(error);
        return -1;
    }
    g_autoptr(Diagnosis) before = diagnose(now, context_declared(context));
    g_autoptr(Diagnosis) after = diagnose(then, context_declared(context));
    const Outlook outlook = {
        .event = event,
        .worse = now->permanent->fault != NULL ||
                 diagnosis_first_worse(before, after, SEVERITY_WARNING) != NULL,
        .before = before,
        .assumes = assumes,
    };
    report(context, then, after, &outlook);
    return diagnosis_has(after, fail_on) ? STATUS_NOT_FINE : STATUS_FINE;
}

static int run(const Context *context, char **words, GError **error)
{
    g_autofree char *fail_on = NULL;
    g_autofree char *after = NULL;
    g_autofree char *format = NULL;
    const GOptionEntry options[] = {
        {"fail-on", 0, 0, G_OPTION_ARG_STRING, &fail_on,
         "Exit 1 for findings this severe or worse (default: warning)", "warning|error"},
        {"after", 0, 0, G_OPTION_ARG_STRING, &after,
         "Check the state expected after a reload or reboot", "reload|reboot"},
        {"format", 0, 0, G_OPTION_ARG_STRING, &format, "Output format (default: text)",
         "text|json|nagios"},
        {NULL},
    };
    int status;
    Severity severity;
    ReloadEvent event;
    if (!command_line_parse(context, options, &words, &status, error))
        return status;
    if (!command_choose_format(context, format, "nagios", error) ||
        !command_parse_fail_on(fail_on, &severity, error))
        return -1;
    if (context->output->format == FORMAT_SPECIAL) {
        if (after == NULL)
            return check_for_nagios(context);
        nicfix_error_set(error, NICFIX_ERROR_USAGE, "omit --after",
                         "--format nagios is only for the current state");
        return -1;
    }
    if (after == NULL)
        return check_now(context, severity, error);
    event = reload_event_from_word(after);
    if (event != EVENT_UNKNOWN)
        return check_after(context, event, severity, error);
    command_reject_value("--after", after, "reload, reboot", error);
    return -1;
}

const Command check_command = {
    .name = "check",
    .summary = "Find what firewalld blocks that should pass, and the fix",
    .example = "nicfix check --fail-on error",
    .run = run,
};
