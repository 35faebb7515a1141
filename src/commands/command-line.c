/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "commands/command-line.h"

#include "commands/behalf.h"
#include "commands/help.h"
#include "commands/option-words.h"
#include "model/error.h"

#include <string.h>

enum { MAX_TIMEOUT = 3600 };

const Command *const command_table[] = {
    &list_command,
    &check_command,
    &explain_command,
    &denied_command,
    &watch_command,
    &apply_command,
    &confirm_command,
    &undo_command,
    &snapshot_command,
    &report_command,
    &help_command,
    &version_command,
    NULL,
};

const Command *command_find(const char *name)
{
    for (const Command *const *command = command_table; *command != NULL; command++) {
        if (g_str_equal((*command)->name, name))
            return *command;
    }
    return g_str_equal(name, complete_command.name)  ? &complete_command
           : g_str_equal(name, service_command.name) ? &service_command
                                                     : NULL;
}

static const char *formats_of(const Command *command)
{
    return command != NULL && command->formats != NULL ? command->formats : "text|json";
}

GOptionEntry *command_line_globals(const Command *command, GlobalOptions *options)
{
    const int snapshot_flags =
        command != NULL && command->why_no_snapshot != NULL ? G_OPTION_FLAG_HIDDEN : 0;
    const int uplink_flags =
        command != NULL && command->why_no_uplink != NULL ? G_OPTION_FLAG_HIDDEN : 0;
    const GOptionEntry entries[] = {
        {"json", 0, 0, G_OPTION_ARG_NONE, &options->json, "Print JSON", NULL},
        {"format", 'o', 0, G_OPTION_ARG_STRING, &options->format, "Output format (default: text)",
         formats_of(command)},
        {"snapshot", 0, snapshot_flags, G_OPTION_ARG_FILENAME, &options->snapshot,
         "Read FILE, or standard input, instead of this host", "FILE|-"},
        {"sosreport", 0, snapshot_flags, G_OPTION_ARG_FILENAME, &options->sosreport,
         "Read a report of sos instead of this host", "DIR|TAR"},
        {"uplink", 0, uplink_flags, G_OPTION_ARG_STRING_ARRAY, &options->uplinks,
         "Also treat IFACE as an uplink (repeatable)", "IFACE"},
        {"downstream", 0, uplink_flags, G_OPTION_ARG_STRING_ARRAY, &options->downstreams,
         "This host forwards what comes in on IFACE (repeatable)", "IFACE"},
        {"timeout", 0, 0, G_OPTION_ARG_STRING, &options->timeout_word,
         "Timeout of each call (default: 10)", "SECONDS"},
        {"direct", 0, 0, G_OPTION_ARG_NONE, &options->direct,
         "Do not ask nicfix.service (default: users who are not root do)", NULL},
        {"via-service", 0, 0, G_OPTION_ARG_NONE, &options->via_service,
         "Ask nicfix.service, and nobody else", NULL},
        {"color", 0, 0, G_OPTION_ARG_STRING, &options->color, "Colour the text (default: auto)",
         "auto|always|never"},
        {"quiet", 'q', 0, G_OPTION_ARG_NONE, &options->quiet, "Print no text except errors", NULL},
        {"verbose", 'v', 0, G_OPTION_ARG_NONE, &options->verbose, "Also print what was read", NULL},
        {"caller", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_STRING, &options->behalf.caller,
         "Do what this caller of the service may", "NAME"},
        {"may-ask", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_NONE, &options->behalf.may_ask,
         "Let polkit ask for a password", NULL},
        {"width", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_INT, &options->behalf.width,
         "Columns of the caller's terminal", "N"},
        {"version", 'V', 0, G_OPTION_ARG_NONE, &options->version, "Show the version", NULL},
        {"help", 'h', 0, G_OPTION_ARG_NONE, &options->help, "Show this help", NULL},
        {NULL},
    };
    return g_memdup2(entries, sizeof entries);
}

void global_options_clear(GlobalOptions *options)
{
    g_free(options->behalf.caller);
    g_free(options->color);
    g_free(options->format);
    g_free(options->sosreport);
    g_free(options->timeout_word);
    g_free(options->snapshot);
    g_strfreev(options->uplinks);
    g_strfreev(options->downstreams);
    g_strfreev(options->words);
    g_clear_pointer(&options->expectations, g_ptr_array_unref);
    json_decref(options->notes);
    *options = (GlobalOptions){0};
}

/* ---- before it is parsed ---- */

guint command_line_find_name(char *const *words)
{
    GlobalOptions ignored = {0};
    g_autofree GOptionEntry *entries = command_line_globals(NULL, &ignored);
    const OptionTable table = {NULL, entries};
    guint i = 0;
    while (words[i] != NULL && words[i][0] == '-') {
        const GOptionEntry *entry = option_table_find(&table, words[i]);
        bool has_value = entry != NULL && option_takes_value(entry);
        i += has_value && strchr(words[i], '=') == NULL && words[i + 1] != NULL ? 2 : 1;
    }
    return i;
}

bool command_line_wants_json(char *const *words)
{
    static const char *const joined[] = {"--json", "--format=json", "-ojson", NULL};
    for (; *words != NULL; words++) {
        bool names_format = g_str_equal(*words, "--format") || g_str_equal(*words, "-o");
        if (g_strv_contains(joined, *words) || (names_format && g_strcmp0(words[1], "json") == 0))
            return true;
    }
    return false;
}

/* ---- parsing ---- */

/* GLib's messages begin in upper case and have typographic quotes. */
static bool parse_options(const Command *command, const OptionTable *table, char ***words,
                          GError **error)
{
    const char *name = command != NULL ? command->name : NULL;
    g_autoptr(GOptionContext) parser = g_option_context_new(NULL);
    g_autoptr(GError) reason = NULL;
    if (!option_words_check(table, *words, name, error))
        return false;
    g_option_context_set_help_enabled(parser, FALSE);
    g_option_context_add_main_entries(parser, table->own, NULL);
    g_option_context_add_main_entries(parser, table->globals, NULL);
    if (g_option_context_parse_strv(parser, words, &reason))
        return true;
    g_autoptr(GString) message = g_string_new(reason->message);
    message->str[0] = g_ascii_tolower(message->str[0]);
    g_string_replace(message, "“", "'", 0);
    g_string_replace(message, "”", "'", 0);
    g_autofree char *hint = help_hint(NULL, name);
    nicfix_error_set(error, NICFIX_ERROR_USAGE, hint, "%s", message->str);
    return false;
}

/* A sosreport is a snapshot of another form. */
static bool take_sosreport(GlobalOptions *options, GError **error)
{
    if (options->sosreport == NULL)
        return true;
    if (options->snapshot != NULL) {
        nicfix_error_set(error, NICFIX_ERROR_USAGE, "omit one of them",
                         "--snapshot and --sosreport are two hosts");
        return false;
    }
    options->snapshot = g_strdup(options->sosreport);
    return true;
}

/* Refuses what COMMAND does not take. */
static bool check_taken(const Command *command, const GlobalOptions *options, GError **error)
{
    const char *refused = NULL;
    const char *why = NULL;
    if (options->snapshot != NULL && command->why_no_snapshot != NULL) {
        refused = options->sosreport != NULL ? "sosreport" : "snapshot";
        why = command->why_no_snapshot;
    } else if (command->why_no_uplink != NULL) {
        refused = options->uplinks != NULL       ? "uplink"
                  : options->downstreams != NULL ? "downstream"
                                                 : NULL;
        why = command->why_no_uplink;
    }
    if (refused != NULL)
        nicfix_error_set(error, NICFIX_ERROR_USAGE, NULL, "%s does not take --%s: %s",
                         command->name, refused, why);
    return refused == NULL;
}

static bool choose_format(const Command *command, const GlobalOptions *options, Output *output,
                          GError **error)
{
    const char *word = options->format;
    if (word == NULL)
        return true;
    g_auto(GStrv) formats = g_strsplit(formats_of(command), "|", -1);
    if (!g_strv_contains((const char *const *)formats, word)) {
        g_autofree char *list = g_strjoinv(", ", formats);
        return command_reject_value("--format", word, list, error);
    }
    output->format = g_str_equal(word, "text")   ? FORMAT_TEXT
                     : g_str_equal(word, "json") ? FORMAT_JSON
                                                 : FORMAT_SPECIAL;
    if (!options->json || output->format == FORMAT_JSON)
        return true;
    nicfix_error_set(error, NICFIX_ERROR_USAGE, "omit one of them",
                     "--json and --format %s are two formats", word);
    return false;
}

static bool choose_style(const GlobalOptions *options, Output *output, GError **error)
{
    static const char *const color_words[] = {
        [COLOR_AUTO] = "auto", [COLOR_ALWAYS] = "always", [COLOR_NEVER] = "never"};
    ColorChoice color = COLOR_AUTO;
    while (options->color != NULL && color <= COLOR_NEVER &&
           !g_str_equal(color_words[color], options->color))
        color++;
    if (color > COLOR_NEVER)
        return command_reject_value("--color", options->color, "auto, always, never", error);
    output->style = text_style_for(stdout, color, options->verbose);
    if (options->behalf.width > 0)
        output->style.width = (guint)options->behalf.width;
    output->quiet = options->quiet;
    return true;
}

static bool check_line(const Context *context, char *const *arguments, GError **error)
{
    const Command *command = context->command;
    GlobalOptions *options = context->options;
    if (command == NULL) {
        nicfix_error_set(error, NICFIX_ERROR_USAGE, "see nicfix --help", "no command given");
        return false;
    }
    if (g_strv_length((char **)arguments) > command->max_arguments) {
        g_autofree char *hint = help_hint(NULL, command->name);
        nicfix_error_set(error, NICFIX_ERROR_USAGE, hint, "unexpected argument '%s'",
                         arguments[command->max_arguments]);
        return false;
    }
    return take_sosreport(options, error) && check_taken(command, options, error) &&
           choose_style(options, context->output, error) &&
           choose_format(command, options, context->output, error) &&
           command_parse_seconds("--timeout", options->timeout_word, MAX_TIMEOUT, &options->timeout,
                                 error);
}

bool command_line_parse(const Context *context, const GOptionEntry *own, char ***words, int *status,
                        GError **error)
{
    static const GOptionEntry none[] = {{NULL}};
    GlobalOptions *options = context->options;
    g_autofree GOptionEntry *globals = command_line_globals(context->command, options);
    const OptionTable table = {own != NULL ? own : none, globals};
    *status = STATUS_FINE;
    if (context->completion != NULL) {
        context->completion(&table, context->user);
        return false;
    }
    char **expanded = option_words_expand(&table, *words);
    g_strfreev(options->words); /* of help, which asks for another command's */
    *words = options->words = expanded;
    if (!parse_options(context->command, &table, words, error)) {
        *status = -1;
    } else if (options->help) {
        help_show(context->command, &table);
    } else if (options->version) {
        version_show();
    } else if (!check_line(context, *words + 1, error)) {
        *status = -1;
    } else {
        options->declared = (Declared){
            .uplinks = (const char *const *)options->uplinks,
            .downstreams = (const char *const *)options->downstreams,
        };
        (*words)++;
        if (behalf_may_read(context, error))
            return true;
        *status = -1;
    }
    return false;
}
