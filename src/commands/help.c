/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nicfix help and nicfix version, and what every command prints for --help. */
#include "commands/help.h"

#include "commands/command-line.h"
#include "model/error.h"
#include "model/nearest.h"
#include "report/wrap.h"

#include <string.h>

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

void help_show(const Command *command, const OptionTable *table)
{
    GString *help = g_string_new(NULL);
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
        append_options(help, "Options", table->own);
    }
    append_options(help, "General options", table->globals);
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
                              "  7  the change was made, but its report could not be written\n"
                              "\nSee 'nicfix help COMMAND' for the options of a command, and "
                              "nicfix(8).\n");
    g_autofree char *text = g_string_free(help, FALSE);
    fputs(text, stdout);
}

char *help_hint(const char *meant, const char *name)
{
    bool is_like = meant != NULL;
    return g_strdup_printf("%s%s%ssee nicfix%s%s --help", is_like ? "did you mean " : "",
                           is_like ? meant : "", is_like ? "? " : "", name != NULL ? " " : "",
                           name != NULL ? name : "");
}

void help_set_unknown_command(const char *name, GError **error)
{
    NearestWord nearest = nearest_word_to(name);
    for (const Command *const *command = command_table; *command != NULL; command++)
        nearest_word_offer(&nearest, (*command)->name);
    g_autofree char *hint = help_hint(nearest.nearest, NULL);
    nicfix_error_set(error, NICFIX_ERROR_USAGE, hint, "unknown command '%s'", name);
}

void version_show(void)
{
    puts("nicfix " NICFIX_VERSION);
}

/* ---- the commands ---- */

/* As if the command were run with --help. */
static int run_help(const Context *context, char **words, GError **error)
{
    int status;
    if (!command_line_parse(context, NULL, &words, &status, error))
        return status;
    Context asked = *context;
    asked.command = *words != NULL ? command_find(*words) : NULL;
    if (*words != NULL && asked.command == NULL) {
        help_set_unknown_command(*words, error);
        return -1;
    }
    char program[] = "nicfix";
    char *line[] = {program, NULL};
    words = line;
    context->options->help = TRUE;
    if (asked.command != NULL)
        return asked.command->run(&asked, words, error);
    return command_line_parse(&asked, NULL, &words, &status, error) ? STATUS_FINE : status;
}

static int run_version(const Context *context, char **words, GError **error)
{
    int status;
    if (!command_line_parse(context, NULL, &words, &status, error))
        return status;
    version_show();
    return STATUS_FINE;
}

const Command help_command = {
    .name = "help",
    .arguments = "[COMMAND]",
    .summary = "Show the help of a command",
    .example = "nicfix help apply",
    .max_arguments = 1,
    .why_no_snapshot = "it reads nothing",
    .why_no_uplink = "it reads nothing",
    .run = run_help,
};

const Command version_command = {
    .name = "version",
    .summary = "Show the version",
    .example = "nicfix version",
    .why_no_snapshot = "it reads nothing",
    .why_no_uplink = "it reads nothing",
    .run = run_version,
};
