/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nicfix check: which uplinks no accepting zone covers, and what else will break. */
#include "commands/command.h"

#include "act/record.h"
#include "model/error.h"
#include "model/plan/fixes.h"
#include "model/plan/lost-binding.h"
#include "report/check-report.h"
#include "report/nagios.h"

typedef struct {
    char *fail_on;
    char *after;
    char *format;
} CheckOptions;

static GOptionEntry *make_entries(gpointer values)
{
    CheckOptions *options = values;
    const GOptionEntry entries[] = {
        {"fail-on", 0, 0, G_OPTION_ARG_STRING, &options->fail_on,
         "Exit 1 from this severity on (default: warning)", "warning|error"},
        {"after", 0, 0, G_OPTION_ARG_STRING, &options->after, "Ask of the host as it will be then",
         "reload|reboot"},
        {"format", 0, 0, G_OPTION_ARG_STRING, &options->format, "How to write it (default: text)",
         "text|json|nagios"},
        {NULL},
    };
    return g_memdup2(entries, sizeof entries);
}

static void free_values(gpointer values)
{
    CheckOptions *options = values;
    g_free(options->fail_on);
    g_free(options->after);
    g_free(options->format);
}

/* Writes what DIAGNOSIS of SNAPSHOT found, with fixes; OUTLOOK says what host it is of. */
static void report(const Context *context, const Snapshot *snapshot, Diagnosis *diagnosis,
                   const Outlook *outlook)
{
    Output *output = context->output;
    fixes_suggest(snapshot, diagnosis, context_uplinks(context));
    if (output_wants_text(output))
        output_text(output, check_report_text(snapshot, diagnosis, outlook, &output->style));
    if (output_wants_json(output))
        output_json(output, check_report_json(snapshot, diagnosis, outlook));
}

/* What the last change on this host was, as far as this user may know. */
static void explain_by_record(const Context *context, const Snapshot *snapshot,
                              Diagnosis *diagnosis)
{
    g_autoptr(Record) record = NULL;
    if (context->options->snapshot == NULL && record_load(&record, NULL) && record != NULL &&
        record->state != RECORD_PENDING)
        lost_bindings_explain(diagnosis, snapshot, record->actions);
}

static int check_now(const Context *context, Severity fail_on, GError **error)
{
    ObserveOptions scope = context_observe_options(context, OBSERVE_ACTIVE_ZONES);
    g_autoptr(Snapshot) snapshot = context_snapshot(context, &scope, NULL, error);
    if (snapshot == NULL)
        return -1;
    g_autoptr(Diagnosis) diagnosis = diagnose(snapshot, context_uplinks(context));
    explain_by_record(context, snapshot, diagnosis);
    report(context, snapshot, diagnosis, NULL);
    return diagnosis_has(diagnosis, fail_on) ? STATUS_NOT_FINE : STATUS_FINE;
}

/* One line, whatever happens; the statuses of those who read it are not nicfix's. */
static int check_for_nagios(const Context *context, const CheckOptions *options, GError **error)
{
    if (options->after != NULL) {
        nicfix_error_set(error, NICFIX_ERROR_USAGE, NULL, "--format nagios is about now");
        return -1;
    }
    ObserveOptions scope = context_observe_options(context, OBSERVE_ACTIVE_ZONES);
    g_autoptr(GError) reason = NULL;
    g_autoptr(Snapshot) snapshot = context_snapshot(context, &scope, NULL, &reason);
    if (snapshot == NULL) {
        output_special(context->output, nagios_text_of_error(reason));
        return NAGIOS_UNKNOWN;
    }
    g_autoptr(Diagnosis) diagnosis = diagnose(snapshot, context_uplinks(context));
    output_special(context->output, nagios_text(diagnosis));
    return (int)nagios_status(diagnosis);
}

static int check_after(const Context *context, AfterEvent event, Severity fail_on, GError **error)
{
    ObserveOptions scope = context_observe_options(context, OBSERVE_ALL_ZONES);
    scope.permanent = true;
    g_autoptr(GPtrArray) assumes = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(Snapshot) now = context_snapshot(context, &scope, NULL, error);
    g_autoptr(Snapshot) then = now != NULL ? snapshot_after(now, event, assumes, error) : NULL;
    if (then == NULL)
        return -1;
    g_autoptr(Diagnosis) before = diagnose(now, context_uplinks(context));
    g_autoptr(Diagnosis) after = diagnose(then, context_uplinks(context));
    const Outlook outlook = {
        .event = event,
        .worse = now->permanent->fault != NULL ||
                 diagnosis_first_worse(before, after, SEVERITY_WARNING) != NULL,
        .assumes = assumes,
    };
    report(context, then, after, &outlook);
    return diagnosis_has(after, fail_on) ? STATUS_NOT_FINE : STATUS_FINE;
}

static int run(const Context *context, gpointer values, char *const *arguments, GError **error)
{
    (void)arguments;
    const CheckOptions *options = values;
    Severity fail_on;
    if (!command_choose_format(context, options->format, "nagios", error))
        return -1;
    if (context->output->format == FORMAT_SPECIAL)
        return check_for_nagios(context, options, error);
    if (!command_parse_fail_on(options->fail_on, &fail_on, error))
        return -1;
    AfterEvent event;
    if (options->after == NULL)
        return check_now(context, fail_on, error);
    if (after_event_from_word(options->after, &event))
        return check_after(context, event, fail_on, error);
    nicfix_error_set(error, NICFIX_ERROR_USAGE, "say reload or reboot",
                     "--after: %s is nothing that is foreseen", options->after);
    return -1;
}

const Command check_command = {
    .name = "check",
    .summary = "Which uplinks does no accepting zone cover, and what is the fix?",
    .example = "nicfix check --fail-on error",
    .values_size = sizeof(CheckOptions),
    .make_entries = make_entries,
    .free_values = free_values,
    .run = run,
};
