/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the last word of a command line may become. Zones need a firewalld: tests/lab asks for them. */
#include "commands/command-line.h"

#include "cases.h"

typedef struct {
    const char *name;
    const char *line;
    const char *expected;
} CompleteCase;

static const CompleteCase lines[] = {
    {"a command", "app", "apply\n"},
    {"a command behind an option", "--json und", "undo\n"},
    {"a command behind the value of an option", "--uplink app und", "undo\n"},
    {"no command is offered twice", "undo und", ""},
    {"an option of the command", "apply --confirm", "--confirm-within\n"},
    {"an option of every command", "apply --snap", "--snapshot\n"},
    {"not one that the command refuses", "undo --snap", ""},
    {"not one that is hidden", "undo --unconf", ""},
    {"one word of several", "check --fail-on w", "warning\n"},
    {"all of them", "check --fail-on ", "warning\nerror\n"},
    {"behind an equals sign", "check --fail-on=e", "--fail-on=error\n"},
    {"a file", "check --snapshot x", "@files\n"},
    {"a file as an argument", "report x", "@files\n"},
    {"no argument where there is none", "undo x", ""},
    {"an interface", "apply --interface l", "lo\n"},
    {"a format of the command", "list -o d", "dot\n"},
    {"a command to be explained", "help conf", "confirm\n"},
    {"no words for a number", "explain --port ", ""},
    {"an unknown command", "rubbish ", ""},
    {"nothing", "",
     "list\ncheck\nexplain\ndenied\nwatch\napply\nconfirm\nundo\nsnapshot\nreport\nhelp\nversion"
     "\n"},
};

static char *run(char **words)
{
    g_auto(GlobalOptions) options = {.timeout = 10};
    Output output = {.stream = stdout};
    const Context context = {.command = &complete_command, .options = &options, .output = &output};
    char *written = NULL;
    size_t length;
    FILE *terminal = stdout;
    stdout = open_memstream(&written, &length);
    int status = complete_command.run(&context, words, NULL);
    fclose(stdout);
    stdout = terminal;
    assert_int_equal(status, STATUS_FINE);
    return written;
}

static void test_line(void **state)
{
    const CompleteCase *row = *state;
    g_autofree char *line = g_strconcat("nicfix -- ", row->line, NULL);
    g_auto(GStrv) words = g_strsplit(line, " ", -1);
    g_autofree char *written = run(words);
    if (g_str_equal(row->name, "an interface")) /* this machine may have others */
        assert_non_null(strstr(written, row->expected));
    else
        assert_string_equal(written, row->expected);
}

int main(void)
{
    return RUN_CASES(test_line, lines);
}
