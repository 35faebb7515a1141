/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What commands share: where their snapshot comes from, and options that several have. */
#include "commands/command.h"

#include "model/error.h"
#include "documents/snapshot-json.h"

guint context_timeout_ms(const Context *context)
{
    return (guint)context->options->timeout * 1000;
}

const char *const *context_uplinks(const Context *context)
{
    return (const char *const *)context->options->uplinks;
}

bool context_check_uplinks(const Context *context, const Snapshot *snapshot, GError **error)
{
    for (const char *const *name = context_uplinks(context); name != NULL && *name != NULL;
         name++) {
        if (snapshot_link_by_name(snapshot, *name) != NULL)
            continue;
        nicfix_error_set(error, NICFIX_ERROR_NOT_FOUND, "nicfix list shows the links there are",
                         "--uplink: no link is named %s", *name);
        return false;
    }
    return true;
}

ObserveOptions context_observe_options(const Context *context, ObserveScope scope)
{
    return (ObserveOptions){
        .scope = scope,
        .uplinks = context_uplinks(context),
    };
}

static Snapshot *read_machine(const Context *context, const ObserveOptions *options, Bus **bus,
                              GError **error)
{
    g_autoptr(Bus) opened = bus_open(context_timeout_ms(context), error);
    if (opened == NULL)
        return NULL;
    Snapshot *snapshot = observe(opened, options, error);
    if (snapshot != NULL && bus != NULL)
        *bus = g_steal_pointer(&opened);
    return snapshot;
}

Snapshot *context_snapshot(const Context *context, const ObserveOptions *options, Bus **bus,
                           GError **error)
{
    const char *file = context->options->snapshot;
    g_autoptr(Snapshot) snapshot =
        file != NULL ? snapshot_read_file(file, error) : read_machine(context, options, bus, error);
    if (snapshot == NULL || !context_check_uplinks(context, snapshot, error))
        return NULL;
    return g_steal_pointer(&snapshot);
}

bool command_choose_format(const Context *context, const char *word, const char *special,
                           GError **error)
{
    if (word == NULL)
        return true;
    const struct {
        const char *word;
        OutputFormat format;
    } formats[] = {{"text", FORMAT_TEXT}, {"json", FORMAT_JSON}, {special, FORMAT_SPECIAL}};
    guint i = 0;
    while (i < G_N_ELEMENTS(formats) && !g_str_equal(formats[i].word, word))
        i++;
    if (i == G_N_ELEMENTS(formats)) {
        g_autofree char *hint = g_strdup_printf("say text, json or %s", special);
        nicfix_error_set(error, NICFIX_ERROR_USAGE, hint, "--format: %s is no format", word);
        return false;
    }
    if (context->options->json && formats[i].format != FORMAT_JSON) {
        nicfix_error_set(error, NICFIX_ERROR_USAGE, "use one or the other",
                         "--json and --format %s are two formats", word);
        return false;
    }
    context->output->format = formats[i].format;
    return true;
}

bool command_parse_fail_on(const char *word, Severity *severity, GError **error)
{
    *severity = SEVERITY_WARNING;
    if (word == NULL || (severity_from_word(word, severity) && *severity != SEVERITY_INFO))
        return true;
    nicfix_error_set(error, NICFIX_ERROR_USAGE, "say warning or error",
                     "--fail-on: %s is no severity", word);
    return false;
}
