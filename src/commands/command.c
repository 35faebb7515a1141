/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "commands/command.h"

#include "commands/via-service.h"
#include "documents/snapshot-json.h"
#include "model/error.h"
#include "model/foreach.h"
#include "sosreport/sosreport.h"
#include "observe/named-link.h"

#include <string.h>
#include <unistd.h>

char *configuration_path(const char *name)
{
    const char *given = g_getenv("CONFIGURATION_DIRECTORY");
    g_autofree char *directory = given != NULL && *given != '\0'
                                     ? g_strndup(given, strcspn(given, ":"))
                                     : g_strdup(NICFIX_CONFIGURATION_DIR);
    return g_build_filename(directory, name, NULL);
}

guint context_timeout_ms(const Context *context)
{
    return context->options->timeout * 1000;
}

const Declared *context_declared(const Context *context)
{
    return &context->options->declared;
}

static bool check_links(const char *option, const char *const *names, const Snapshot *snapshot,
                        GError **error)
{
    STRV_FOREACH (name, names) {
        if (named_link_find(snapshot, option, *name, error) == NULL)
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
    return context->options->snapshot == NULL && geteuid() == 0 && !via_service_is_wanted(context);
}

/* What the answer rests on is told first: a sosreport is not the host. */
static Snapshot *read_sosreport(const Context *context, GError **error)
{
    SosreportSource source;
    g_autoptr(Snapshot) snapshot = sosreport_read(context->options->sosreport, &source, error);
    if (snapshot == NULL)
        return NULL;
    bool is_text = source == SOSREPORT_TEXT;
    if (is_text && !context->command->answers_from_text) {
        nicfix_error_set(error, NICFIX_ERROR_BAD_INPUT,
                         "it takes nicfix's own snapshot, which its plugin of sos collects",
                         "the text of a sosreport does not say enough for %s",
                         context->command->name);
        return NULL;
    }
    context->options->is_text = is_text;
    output_text(context->output,
                g_strdup(is_text ? "From the text of a sosreport, by firewalld's settings alone "
                                   "(see \"unread\"). For the fix run on the host: nicfix check\n\n"
                                 : "From nicfix's own snapshot in the sosreport\n\n"));
    return g_steal_pointer(&snapshot);
}

static Snapshot *read_file(const Context *context, GError **error)
{
    return context->options->sosreport != NULL
               ? read_sosreport(context, error)
               : snapshot_read_file(context->options->snapshot, error);
}

Snapshot *context_snapshot(const Context *context, const ObserveOptions *options, Bus **bus,
                           GError **error)
{
    const char *file = context->options->snapshot;
    g_autoptr(Bus) own = NULL;
    Bus **used = bus != NULL ? bus : &own;
    if (via_service_is_wanted(context)) {
        g_autoptr(Snapshot) served = NULL;
        switch (via_service_snapshot(context, &served, error)) {
        case VIA_DONE:
            return context_check_declared(context, served, error) ? g_steal_pointer(&served) : NULL;
        case VIA_NOBODY:
            break;
        case VIA_ASKS:
        case VIA_FAILED:
            return NULL;
        }
    }
    if (file == NULL && *used == NULL)
        *used = bus_open(context_timeout_ms(context), error);
    if (file == NULL && *used == NULL)
        return NULL;
    g_autoptr(Snapshot) snapshot =
        file != NULL ? read_file(context, error) : observe(*used, options, error);
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

bool command_parse_seconds(const char *option, const char *word, guint max, guint *seconds,
                           GError **error)
{
    guint64 value;
    if (word == NULL)
        return true;
    if (g_ascii_string_to_unsigned(word, 10, 1, max, &value, NULL)) {
        *seconds = (guint)value;
        return true;
    }
    g_autofree char *accepted = g_strdup_printf("1 to %u seconds", max);
    return command_reject_value(option, word, accepted, error);
}

bool command_parse_fail_on(const char *word, Severity *severity, GError **error)
{
    int found = word != NULL ? severity_from_word(word) : SEVERITY_WARNING;
    if (found <= SEVERITY_INFO) /* or no severity at all */
        return command_reject_value("--fail-on", word, "warning, error", error);
    *severity = (Severity)found;
    return true;
}
