/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nicfix: finds the command, and is the one place where errors are printed and the exit status is
 * chosen. */
#include "commands/command-line.h"
#include "commands/help.h"
#include "model/error.h"
#include "report/error-report.h"

#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

/* Takes the command's name out of WORDS and runs the command. */
static int run_line(Context *context, char **words, GError **error)
{
    guint index = 1 + command_line_find_name(words + 1);
    g_autofree char *name = words[index];
    if (name == NULL) {
        int status;
        bool parsed = command_line_parse(context, NULL, &words, &status, error);
        g_assert(!parsed); /* it needs a command */
        return status;
    }
    for (guint i = index; words[i] != NULL; i++)
        words[i] = words[i + 1];
    context->command = command_find(name);
    if (context->command != NULL)
        return context->command->run(context, words, error);
    help_set_unknown_command(name, error);
    return -1;
}

/* With --json an error is the document, unless the command has written its own already. */
static int report_error(Output *output, const GError *error, bool to_service)
{
    if (to_service)
        error_report_print_document(error);
    else
        error_report_print(error);
    if (!output->has_document || output->format != FORMAT_JSON)
        output_json(output, error_report_json(error));
    return nicfix_error_exit_status(error);
}

/* Whoever starts nicfix may have closed these: what is opened next, such as the record of a change, would
 * take their place, and what is printed would be written into it. Reading and writing them fails as it
 * would have. */
static void keep_standard_streams(void)
{
    static const int modes[] = {O_WRONLY, O_RDONLY, O_RDONLY};
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
        if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", modes[fd]) < 0)
            exit(EXIT_FAILURE);
    }
}

int main(G_GNUC_UNUSED int argc, char **argv)
{
    keep_standard_streams();
    setlocale(LC_CTYPE, "");
    /* A reader that goes away (head, less) is an error of writing, reported as one. */
    signal(SIGPIPE, SIG_IGN);
    g_auto(GStrv) words = g_strdupv(argv);
    g_auto(GlobalOptions) options = {.timeout = 10};
    Output output = {.stream = stdout};
    if (command_line_wants_json(words))
        output.format = FORMAT_JSON;

    g_autoptr(GError) error = NULL;
    int status = run_line(&(Context){.options = &options, .output = &output}, words, &error);
    bool failed = status < 0;
    if (failed)
        status = report_error(&output, error, options.behalf.caller != NULL);
    g_autoptr(GError) output_error = NULL;
    if (!output_finish(&output, &output_error)) {
        output.format = FORMAT_TEXT;
        int unwritten = report_error(&output, output_error, options.behalf.caller != NULL);
        /* What became of a change is worth more than that it could not be written. */
        status = failed ? status : unwritten;
    }
    return status;
}
