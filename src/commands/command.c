/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "commands/command.h"

#include "documents/snapshot-json.h"
#include "model/error.h"
#include "model/foreach.h"

#include <unistd.h>

guint context_timeout_ms(const Context *context)
{
    return (guint)context->options->timeout * 1000;
}

const Declared *context_declared(const Context *context)
{
    return &context->options->declared;
}

static bool check_links(const char *option, const char *const *names, const Snapshot *snapshot,
                        GError **error)
{
    STRV_FOREACH (name, names) {
        if (snapshot_link_by_name(snapshot, *name) != NULL)
            continue;
        nicfix_error_set(error, NICFIX_ERROR_NOT_FOUND, "nicfix list shows all interfaces",
                         "%s: no interface is named '%s'", option, *name);
        return false;
    }
    return true;
}

bool context_check_declared(const Context *context, const Snapshot *snapshot, GError **error)
{
    const Declared *declared = context_declared(context);
    return check_links("--uplink", declared->uplinks, snapshot, error) &&
           check_links("--downstream", declared->downstreams, snapshot, error);
}

ObserveOptions context_observe_options(const Context *context, ObserveScope scope)
{
    return (ObserveOptions){
        .scope = scope,
        .declared = context_declared(context),
    };
}

ObserveOptions context_offer_options(const Context *context)
{
    ObserveOptions options = context_observe_options(context, OBSERVE_ALL_ZONES);
    options.permanent = true;
    return options;
}

bool context_may_know_replies(const Context *context)
{
    return context->options->snapshot == NULL && geteuid() == 0;
}

Snapshot *context_snapshot(const Context *context, const ObserveOptions *options, Bus **bus,
                           GError **error)
{
    const char *file = context->options->snapshot;
    g_autoptr(Bus) own = NULL;
    Bus **used = bus != NULL ? bus : &own;
    if (file == NULL && *used == NULL)
        *used = bus_open(context_timeout_ms(context), error);
    if (file == NULL && *used == NULL)
        return NULL;
    g_autoptr(Snapshot) snapshot =
        file != NULL ? snapshot_read_file(file, error) : observe(*used, options, error);
    if (snapshot == NULL || !context_check_declared(context, snapshot, error))
        return NULL;
    return g_steal_pointer(&snapshot);
}

bool command_reject_value(const char *option, const char *value, const char *accepted,
                          GError **error)
{
    nicfix_error_set(error, NICFIX_ERROR_USAGE, NULL, "invalid %s value '%s' (%s)", option, value,
                     accepted);
    return false;
}

bool command_check_seconds(const char *option, int value, int min, int max, GError **error)
{
    if (value >= min && value <= max)
        return true;
    g_autofree char *word = g_strdup_printf("%d", value);
    g_autofree char *accepted = g_strdup_printf("%d to %d seconds", MAX(min, 1), max);
    return command_reject_value(option, word, accepted, error);
}

static bool format_from_word(const char *word, const char *const *special, OutputFormat *format)
{
    if (g_str_equal(word, "text"))
        *format = FORMAT_TEXT;
    else if (g_str_equal(word, "json"))
        *format = FORMAT_JSON;
    else if (g_strv_contains(special, word))
        *format = FORMAT_SPECIAL;
    else
        return false;
    return true;
}

bool command_choose_format(const Context *context, const char *word, const char *const *special,
                           GError **error)
{
    OutputFormat format;
    if (word == NULL)
        return true;
    if (!format_from_word(word, special, &format)) {
        g_autofree char *names = g_strjoinv(", ", (char **)special);
        g_autofree char *accepted = g_strdup_printf("text, json, %s", names);
        return command_reject_value("--format", word, accepted, error);
    }
    if (context->options->json && format != FORMAT_JSON) {
        nicfix_error_set(error, NICFIX_ERROR_USAGE, "omit one of them",
                         "--json and --format %s are two formats", word);
        return false;
    }
    context->output->format = format;
    return true;
}

bool command_parse_fail_on(const char *word, Severity *severity, GError **error)
{
    int found = word != NULL ? severity_from_word(word) : SEVERITY_WARNING;
    if (found <= SEVERITY_INFO) /* or no severity at all */
        return command_reject_value("--fail-on", word, "warning, error", error);
    *severity = (Severity)found;
    return true;
}
