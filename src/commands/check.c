/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nicfix check: which uplinks no accepting zone covers, and what else will break. */
#include "commands/command.h"

#include "model/error.h"
#include "model/fixes.h"
#include "report/check-report.h"

typedef struct {
    char *fail_on;
} CheckOptions;

static GOptionEntry *make_entries(gpointer values)
{
    CheckOptions *options = values;
    const GOptionEntry entries[] = {
        {"fail-on", 0, 0, G_OPTION_ARG_STRING, &options->fail_on,
         "Exit 1 from this severity on (default: warning)", "warning|error"},
        {NULL},
    };
    return g_memdup2(entries, sizeof entries);
}

static void free_values(gpointer values)
{
    CheckOptions *options = values;
    g_free(options->fail_on);
}

static bool parse_severity(const char *word, Severity *severity, GError **error)
{
    if (word == NULL || g_str_equal(word, "warning")) {
        *severity = SEVERITY_WARNING;
        return true;
    }
    if (g_str_equal(word, "error")) {
        *severity = SEVERITY_ERROR;
        return true;
    }
    nicfix_error_set(error, NICFIX_ERROR_USAGE, "say warning or error",
                     "--fail-on: %s is no severity", word);
    return false;
}

static int run(const Context *context, gpointer values, char *const *arguments, GError **error)
{
    (void)arguments;
    const CheckOptions *options = values;
    Severity fail_on;
    if (!parse_severity(options->fail_on, &fail_on, error))
        return -1;
    ObserveOptions scope = context_observe_options(context, OBSERVE_ACTIVE_ZONES);
    g_autoptr(Snapshot) snapshot = context_snapshot(context, &scope, NULL, error);
    if (snapshot == NULL)
        return -1;
    g_autoptr(Diagnosis) diagnosis = diagnose(snapshot, context_uplinks(context));
    fixes_suggest(snapshot, diagnosis, context_uplinks(context));
    output_text(context->output, check_report_text(snapshot, diagnosis, &context->output->style));
    output_json(context->output, check_report_json(snapshot, diagnosis));
    return diagnosis_has(diagnosis, fail_on) ? STATUS_NOT_FINE : STATUS_FINE;
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
