/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nicfix: the command line, its help, and the one place where errors are printed and the
 * exit status is chosen. */
#include "commands/table.h"
#include "model/error.h"
#include "report/error-report.h"

#include <glib-unix.h>
#include <locale.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

/* The whole of one run. */
typedef struct {
    GlobalOptions options;
    Output output;
} Run;

static void run_clear(Run *run)
{
    global_options_clear(&run->options);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Run, run_clear)

/* ---- help ---- */

static char *describe_commands(void)
{
    GString *text = g_string_new("Commands:\n");
    for (const Command *const *command = command_table; *command != NULL; command++)
        g_string_append_printf(text, "  %-10s %s\n", (*command)->name, (*command)->summary);
    g_string_append(text, "\nnicfix COMMAND --help tells more of one. Exit status: 0 fine, 1 not "
                          "fine,\n2 wrong usage, 3 firewalld cannot be reached, 4 not authorised, "
                          "5 failed and\nput back, 6 failed and not all put back.\n");
    return g_string_free(text, FALSE);
}

/* A context that knows the global options and those of COMMAND (NULL: none) into VALUES. */
static GOptionContext *make_context(Run *run, const Command *command, gpointer values)
{
    g_autofree GOptionEntry *global_entries = global_options_entries(&run->options);
    const char *usage = command != NULL ? command->arguments : "COMMAND";
    GOptionContext *context = g_option_context_new(usage);
    g_option_context_set_help_enabled(context, FALSE);
    if (command != NULL && command->make_entries != NULL) {
        g_autofree GOptionEntry *entries = command->make_entries(values);
        g_option_context_add_main_entries(context, entries, NULL);
    }
    g_option_context_add_main_entries(context, global_entries, NULL);
    if (command != NULL) {
        g_autofree char *example = g_strdup_printf("Example:\n  %s\n", command->example);
        g_option_context_set_summary(context, command->summary);
        g_option_context_set_description(context, example);
    } else {
        g_autofree char *description = describe_commands();
        g_option_context_set_summary(
            context, "Find out why a host behind firewalld does not let traffic through "
                     "an\ninterface, and cure it.");
        g_option_context_set_description(context, description);
    }
    return context;
}

static int show_help(GOptionContext *context)
{
    g_autofree char *help = g_option_context_get_help(context, FALSE, NULL);
    fputs(help, stdout);
    return EXIT_SUCCESS;
}

static int show_version(void)
{
    puts("nicfix " NICFIX_VERSION);
    return EXIT_SUCCESS;
}

/* ---- the command line ---- */

/* Removes the name of the command, the first word that belongs to no option, from ARGUMENTS and
 * returns it (transfer full); NULL where there is none. */
static char *take_command_name(char **arguments)
{
    Run ignored = {0};
    g_auto(GStrv) rest = g_strdupv(arguments);
    g_autoptr(GOptionContext) context = make_context(&ignored, NULL, NULL);
    g_option_context_set_strict_posix(context, TRUE);
    g_option_context_set_ignore_unknown_options(context, TRUE);
    bool parsed = g_option_context_parse_strv(context, &rest, NULL);
    run_clear(&ignored);
    if (!parsed)
        return NULL;
    guint left = 1;
    while (rest[left] != NULL && rest[left][0] == '-')
        left++;
    if (rest[left] == NULL)
        return NULL;
    guint index = g_strv_length(arguments) - (g_strv_length(rest) - left);
    char *name = arguments[index];
    memmove(&arguments[index], &arguments[index + 1],
            sizeof *arguments * (g_strv_length(&arguments[index + 1]) + 1));
    return name;
}

static bool parse_color(const char *word, ColorChoice *choice, GError **error)
{
    static const char *const words[] = {
        [COLOR_AUTO] = "auto", [COLOR_ALWAYS] = "always", [COLOR_NEVER] = "never"};
    for (guint i = 0; i < G_N_ELEMENTS(words); i++) {
        if (word == NULL || g_str_equal(words[i], word)) {
            *choice = (ColorChoice)i;
            return true;
        }
    }
    nicfix_error_set(error, NICFIX_ERROR_USAGE, "say auto, always or never",
                     "--color: %s is no choice", word);
    return false;
}

static bool check_options(Run *run, GError **error)
{
    enum { MAX_TIMEOUT = 3600 };
    ColorChoice color;
    if (run->options.timeout < 1 || run->options.timeout > MAX_TIMEOUT) {
        nicfix_error_set(error, NICFIX_ERROR_USAGE, "use 1 to 3600 seconds",
                         "--timeout: %d is out of range", run->options.timeout);
        return false;
    }
    if (!parse_color(run->options.color, &color, error))
        return false;
    run->output.style = text_style_for(stdout, color, run->options.verbose);
    run->output.quiet = run->options.quiet;
    return true;
}

static bool check_arguments(const Command *command, char *const *arguments, GError **error)
{
    guint count = g_strv_length((char **)arguments);
    if (count <= command->max_arguments)
        return true;
    g_autofree char *hint = g_strdup_printf("nicfix %s --help shows its options", command->name);
    nicfix_error_set(error, NICFIX_ERROR_USAGE, hint, "%s takes no argument %s", command->name,
                     arguments[command->max_arguments]);
    return false;
}

/* GLib's errors about options begin like a sentence, and know nothing of what to do next. */
static bool parse(GOptionContext *context, const Command *command, char ***arguments,
                  GError **error)
{
    g_autoptr(GError) reason = NULL;
    if (g_option_context_parse_strv(context, arguments, &reason))
        return true;
    g_autofree char *hint =
        g_strdup_printf("nicfix%s%s --help shows the options", command != NULL ? " " : "",
                        command != NULL ? command->name : "");
    reason->message[0] = g_ascii_tolower(reason->message[0]);
    nicfix_error_set(error, NICFIX_ERROR_USAGE, hint, "%s", reason->message);
    return false;
}

static int run_command(Run *run, const Command *command, char ***arguments, GError **error)
{
    g_autofree char *program = g_strdup_printf("nicfix %s", command->name);
    g_set_prgname(program);
    g_autofree gpointer values = g_malloc0(MAX(command->values_size, 1));
    g_autoptr(GOptionContext) context = make_context(run, command, values);
    int status = -1;
    if (parse(context, command, arguments, error)) {
        if (run->options.help)
            status = show_help(context);
        else if (run->options.version)
            status = show_version();
        else if (check_arguments(command, *arguments + 1, error) && check_options(run, error))
            status = command->run(&(Context){&run->options, &run->output}, values, *arguments + 1,
                                  error);
    }
    if (command->free_values != NULL)
        command->free_values(values);
    return status;
}

/* Without a command only --help and --version mean something. */
static int run_without_command(Run *run, char ***arguments, GError **error)
{
    g_autoptr(GOptionContext) context = make_context(run, NULL, NULL);
    if (!parse(context, NULL, arguments, error))
        return -1;
    if (run->options.version)
        return show_version();
    if (run->options.help)
        return show_help(context);
    nicfix_error_set(error, NICFIX_ERROR_USAGE, "nicfix --help lists the commands",
                     "no command is given");
    return -1;
}

static int run_line(Run *run, char ***arguments, GError **error)
{
    g_autofree char *name = take_command_name(*arguments);
    if (name == NULL)
        return run_without_command(run, arguments, error);
    const Command *command = command_find(name);
    if (command == NULL) {
        nicfix_error_set(error, NICFIX_ERROR_USAGE, "nicfix --help lists the commands",
                         "there is no command %s", name);
        return -1;
    }
    return run_command(run, command, arguments, error);
}

/* ---- the end ---- */

/* With --json an error is the document, unless the command has written its own already. */
static int tell_error(Run *run, const GError *error)
{
    error_report_tell(error);
    bool is_whole = run->output.has_document && run->output.format == FORMAT_JSON;
    if (!is_whole)
        output_json(&run->output, error_report_json(error));
    return nicfix_error_exit_status(error);
}

/* Known before the options are parsed, for errors in the options themselves. */
static bool asks_for_json(const char *const *words)
{
    for (; *words != NULL; words++) {
        bool names_format = g_str_equal(*words, "--format") && g_strcmp0(words[1], "json") == 0;
        if (names_format || g_str_equal(*words, "--format=json") || g_str_equal(*words, "--json"))
            return true;
    }
    return false;
}

int main(int argc, char **argv)
{
    (void)argc;
    setlocale(LC_CTYPE, "");
    /* A reader that goes away (head, less) is an error of writing, told as one. */
    signal(SIGPIPE, SIG_IGN);
    g_auto(Run) run = {.options = {.timeout = 10}, .output = {.stream = stdout}};
    g_auto(GStrv) arguments = g_strdupv(argv);
    if (asks_for_json((const char *const *)argv))
        run.output.format = FORMAT_JSON;

    g_autoptr(GError) error = NULL;
    int status = run_line(&run, &arguments, &error);
    if (status < 0)
        status = tell_error(&run, error);
    g_autoptr(GError) output_error = NULL;
    if (!output_finish(&run.output, &output_error)) {
        run.output.format = FORMAT_TEXT;
        status = tell_error(&run, output_error);
    }
    return status;
}
