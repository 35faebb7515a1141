/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "commands/command-line.h"

#include "model/error.h"
#include "report/wrap.h"

#include <string.h>

enum { MAX_TIMEOUT = 3600 };

const Command *const command_table[] = {
    &list_command,  &check_command,   &explain_command, &denied_command,   &watch_command,
    &apply_command, &confirm_command, &undo_command,    &snapshot_command, &report_command,
    NULL,
};

const Command *command_find(const char *name)
{
    for (const Command *const *command = command_table; *command != NULL; command++) {
        if (g_str_equal((*command)->name, name))
            return *command;
    }
    return g_str_equal(name, complete_command.name) ? &complete_command : NULL;
}

/* The options of every command (transfer full); those that COMMAND refuses are hidden. */
static GOptionEntry *global_entries(const Command *command, GlobalOptions *options)
{
    const int snapshot_flags =
        command != NULL && command->why_no_snapshot != NULL ? G_OPTION_FLAG_HIDDEN : 0;
    const int uplink_flags =
        command != NULL && command->why_no_uplink != NULL ? G_OPTION_FLAG_HIDDEN : 0;
    const GOptionEntry entries[] = {
        {"json", 0, 0, G_OPTION_ARG_NONE, &options->json, "Print JSON", NULL},
        {"snapshot", 0, snapshot_flags, G_OPTION_ARG_FILENAME, &options->snapshot,
         "Read FILE, or standard input, instead of this host", "FILE|-"},
        {"uplink", 0, uplink_flags, G_OPTION_ARG_STRING_ARRAY, &options->uplinks,
         "Also treat IFACE as an uplink (repeatable)", "IFACE"},
        {"downstream", 0, uplink_flags, G_OPTION_ARG_STRING_ARRAY, &options->downstreams,
         "This host forwards what comes in on IFACE (repeatable)", "IFACE"},
        {"timeout", 0, 0, G_OPTION_ARG_INT, &options->timeout, "Timeout of each call (default: 10)",
         "SECONDS"},
        {"color", 0, 0, G_OPTION_ARG_STRING, &options->color, "Colour the text (default: auto)",
         "auto|always|never"},
        {"quiet", 'q', 0, G_OPTION_ARG_NONE, &options->quiet, "Print no text except errors", NULL},
        {"verbose", 'v', 0, G_OPTION_ARG_NONE, &options->verbose, "Also print what was read", NULL},
        {"version", 0, 0, G_OPTION_ARG_NONE, &options->version, "Show the version", NULL},
        {"help", 'h', 0, G_OPTION_ARG_NONE, &options->help, "Show this help", NULL},
        {NULL},
    };
    return g_memdup2(entries, sizeof entries);
}

void global_options_clear(GlobalOptions *options)
{
    g_free(options->color);
    g_free(options->snapshot);
    g_strfreev(options->uplinks);
    g_strfreev(options->downstreams);
    g_clear_pointer(&options->expectations, g_ptr_array_unref);
    *options = (GlobalOptions){0};
}

/* ---- before it is parsed ---- */

const GOptionEntry *option_entry_of(const GOptionEntry *entries, const char *word)
{
    if (!g_str_has_prefix(word, "--"))
        return NULL;
    const char *name = word + strlen("--");
    gsize length = strcspn(name, "=");
    for (; entries->long_name != NULL; entries++) {
        if (strncmp(entries->long_name, name, length) == 0 && entries->long_name[length] == '\0')
            return entries;
    }
    return NULL;
}

guint command_line_find_name(char *const *words)
{
    GlobalOptions ignored = {0};
    g_autofree GOptionEntry *entries = global_entries(NULL, &ignored);
    guint i = 0;
    while (words[i] != NULL && words[i][0] == '-') {
        const GOptionEntry *entry = option_entry_of(entries, words[i]);
        bool has_value = entry != NULL && entry->arg != G_OPTION_ARG_NONE;
        i += has_value && strchr(words[i], '=') == NULL && words[i + 1] != NULL ? 2 : 1;
    }
    return i;
}

bool command_line_wants_json(char *const *words)
{
    for (; *words != NULL; words++) {
        if (g_str_equal(*words, "--json") || g_str_equal(*words, "--format=json") ||
            (g_str_equal(*words, "--format") && g_strcmp0(words[1], "json") == 0))
            return true;
    }
    return false;
}

/* ---- help ---- */

static void append_row(GString *help, const char *left, guint column, const char *right)
{
    static const TextStyle page = {.width = 80};
    if (strlen(left) < column)
        g_string_append_printf(help, "%-*s", (int)column, left);
    else
        g_string_append_printf(help, "%s\n%*s", left, (int)column, "");
    wrap_append(help, right, column, column, &page);
}

/* Rows such as "-q, --quiet" and "    --timeout SECONDS". */
static void append_options(GString *help, const char *title, const GOptionEntry *entries)
{
    enum { COLUMN = 34 };
    if (entries->long_name != NULL)
        g_string_append_printf(help, "\n%s:\n", title);
    for (; entries->long_name != NULL; entries++) {
        const char letter[] = {'-', entries->short_name, ',', '\0'};
        const char *value = entries->arg_description;
        g_autofree char *usage = g_strdup_printf(
            "  %s --%s%s%s", entries->short_name != 0 ? letter : "   ", entries->long_name,
            value != NULL ? " " : "", value != NULL ? value : "");
        if ((entries->flags & G_OPTION_FLAG_HIDDEN) == 0)
            append_row(help, usage, COLUMN, entries->description);
    }
}

static void show_help(const Command *command, const GOptionEntry *own, const GOptionEntry *globals)
{
    g_autoptr(GString) help = g_string_new(NULL);
    if (command == NULL) {
        g_string_append(help,
                        "Usage: nicfix COMMAND [OPTION]...\n\n"
                        "Find out why a host behind firewalld does not let traffic through an\n"
                        "interface, and fix it.\n\nCommands:\n");
        for (const Command *const *row = command_table; *row != NULL; row++) {
            g_autofree char *name = g_strdup_printf("  %s", (*row)->name);
            append_row(help, name, 13, (*row)->summary);
        }
    } else {
        g_string_append_printf(help, "Usage: nicfix %s [OPTION]...%s%s\n\n%s.\n", command->name,
                               command->arguments != NULL ? " " : "",
                               command->arguments != NULL ? command->arguments : "",
                               command->summary);
        append_options(help, "Options", own);
    }
    append_options(help, "General options", globals);
    if (command != NULL)
        g_string_append_printf(help, "\nExample:\n  %s\n", command->example);
    else
        g_string_append(help, "\nExit status:\n"
                              "  0  everything is fine, or was done\n"
                              "  1  a problem was found, or the flow is not accepted\n"
                              "  2  wrong usage or bad input, or the request was refused\n"
                              "  3  firewalld, the system bus or the kernel did not answer\n"
                              "  4  not authorised\n"
                              "  5  the change failed, and everything was put back\n"
                              "  6  the change failed, and not everything could be put back\n"
                              "\nSee 'nicfix COMMAND --help' for the options of a command, and "
                              "nicfix(8).\n");
    fputs(help->str, stdout);
}

/* ---- parsing ---- */

/* GLib's messages begin in upper case and have typographic quotes. */
static bool parse_options(const Command *command, const GOptionEntry *own,
                          const GOptionEntry *globals, char ***words, GError **error)
{
    g_autoptr(GOptionContext) parser = g_option_context_new(NULL);
    g_autoptr(GError) reason = NULL;
    g_option_context_set_help_enabled(parser, FALSE);
    g_option_context_add_main_entries(parser, own, NULL);
    g_option_context_add_main_entries(parser, globals, NULL);
    if (g_option_context_parse_strv(parser, words, &reason))
        return true;
    g_autoptr(GString) message = g_string_new(reason->message);
    message->str[0] = g_ascii_tolower(message->str[0]);
    g_string_replace(message, "“", "'", 0);
    g_string_replace(message, "”", "'", 0);
    g_autofree char *hint = g_strdup_printf("see nicfix%s%s --help", command != NULL ? " " : "",
                                            command != NULL ? command->name : "");
    nicfix_error_set(error, NICFIX_ERROR_USAGE, hint, "%s", message->str);
    return false;
}

static bool check_line(const Context *context, char *const *arguments, GError **error)
{
    static const char *const color_words[] = {
        [COLOR_AUTO] = "auto", [COLOR_ALWAYS] = "always", [COLOR_NEVER] = "never"};
    const Command *command = context->command;
    const GlobalOptions *options = context->options;
    if (command == NULL) {
        nicfix_error_set(error, NICFIX_ERROR_USAGE, "see nicfix --help", "no command given");
        return false;
    }
    if (g_strv_length((char **)arguments) > command->max_arguments) {
        g_autofree char *hint = g_strdup_printf("see nicfix %s --help", command->name);
        nicfix_error_set(error, NICFIX_ERROR_USAGE, hint, "unexpected argument '%s'",
                         arguments[command->max_arguments]);
        return false;
    }
    bool refuses_snapshot = options->snapshot != NULL && command->why_no_snapshot != NULL;
    bool declares = options->uplinks != NULL || options->downstreams != NULL;
    if (refuses_snapshot || (declares && command->why_no_uplink != NULL)) {
        const char *declares_what = options->uplinks != NULL ? "uplink" : "downstream";
        nicfix_error_set(error, NICFIX_ERROR_USAGE, NULL, "%s does not take --%s: %s",
                         command->name, refuses_snapshot ? "snapshot" : declares_what,
                         refuses_snapshot ? command->why_no_snapshot : command->why_no_uplink);
        return false;
    }
    ColorChoice color = COLOR_AUTO;
    while (options->color != NULL && color <= COLOR_NEVER &&
           !g_str_equal(color_words[color], options->color))
        color++;
    if (color > COLOR_NEVER)
        return command_reject_value("--color", options->color, "auto, always, never", error);
    context->output->style = text_style_for(stdout, color, options->verbose);
    context->output->quiet = options->quiet;
    return command_check_seconds("--timeout", options->timeout, 1, MAX_TIMEOUT, error);
}

bool command_line_parse(const Context *context, const GOptionEntry *own, char ***words, int *status,
                        GError **error)
{
    static const GOptionEntry none[] = {{NULL}};
    g_autofree GOptionEntry *globals = global_entries(context->command, context->options);
    own = own != NULL ? own : none;
    *status = STATUS_FINE;
    if (context->completion != NULL) {
        context->completion(own, globals, context->user);
    } else if (!parse_options(context->command, own, globals, words, error)) {
        *status = -1;
    } else if (context->options->help) {
        show_help(context->command, own, globals);
    } else if (context->options->version) {
        puts("nicfix " NICFIX_VERSION);
    } else if (!check_line(context, *words + 1, error)) {
        *status = -1;
    } else {
        context->options->declared = (Declared){
            .uplinks = (const char *const *)context->options->uplinks,
            .downstreams = (const char *const *)context->options->downstreams,
        };
        (*words)++;
        return true;
    }
    return false;
}
