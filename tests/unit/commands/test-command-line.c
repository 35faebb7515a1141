/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is known of a command line before it is parsed, and what is refused when it is. */
#include "commands/command-line.h"

#include "cases.h"
#include "model/error.h"

typedef struct {
    const char *name;
    const char *line; /* without the program's name */
    const char *command;
    bool json;
} ScanCase;

static const ScanCase scans[] = {
    {"no words", "", NULL, false},
    {"a command alone", "check", "check", false},
    {"the first word, not the second", "undo check", "undo", false},
    {"behind a general option", "--json undo", "undo", true},
    {"behind the value of one", "--snapshot check list", "list", false},
    {"behind a value with an equals sign", "--snapshot=check list", "list", false},
    {"behind one letter", "-q list", "list", false},
    {"an unknown option takes no value", "--zone public apply", "public", false},
    {"a value that is missing", "--snapshot", NULL, false},
    {"the end of the options", "-- check", "check", false},
    {"JSON by its format", "check --format json", "check", true},
    {"JSON by its format, with an equals sign", "check --format=json", "check", true},
    {"JSON by a letter", "-o json check", "check", true},
    {"JSON by a letter in one word", "check -ojson", "check", true},
    {"another format", "check --format text", "check", false},
    {"a format without a word", "check --format", "check", false},
};

static void test_scan(void **state)
{
    const ScanCase *row = *state;
    g_auto(GStrv) words = g_strsplit(row->line, " ", -1);
    const char *found = words[command_line_find_name(words)];
    assert_string_equal(found != NULL ? found : "none",
                        row->command != NULL ? row->command : "none");
    assert_int_equal(command_line_wants_json(words), row->json);
}

/* ---- parsing ---- */

typedef struct {
    const char *name;
    const char *command;
    const char *line;    /* with the program's name */
    const char *message; /* NULL: it is accepted */
} ParseCase;

static const ParseCase parses[] = {
    {"nothing", "list", "nicfix", NULL},
    {"all in range", "list", "nicfix --timeout 3600 --color never", NULL},
    {"no command", NULL, "nicfix", "no command given"},
    {"an unknown option", "list", "nicfix --bogus", "unknown option '--bogus'"},
    {"a value that is no number", "list", "nicfix --timeout x",
     "invalid --timeout value 'x' (1 to 3600 seconds)"},
    {"a value that no number holds", "list", "nicfix --timeout 99999999999999999999",
     "invalid --timeout value '99999999999999999999' (1 to 3600 seconds)"},
    {"octal digits are decimal", "list", "nicfix --timeout 010", NULL},
    {"a format", "list", "nicfix -o dot", NULL},
    {"no format of this command", "undo", "nicfix -o dot",
     "invalid --format value 'dot' (text, json)"},
    {"two formats", "list", "nicfix --json -o dot", "--json and --format dot are two formats"},
    {"one format twice", "list", "nicfix --json -o json", NULL},
    {"two values", "list", "nicfix --snapshot a --snapshot b", "--snapshot is given twice"},
    {"too short", "list", "nicfix --timeout 0", "invalid --timeout value '0' (1 to 3600 seconds)"},
    {"too long", "list", "nicfix --timeout 3601",
     "invalid --timeout value '3601' (1 to 3600 seconds)"},
    {"no colour", "list", "nicfix --color x", "invalid --color value 'x' (auto, always, never)"},
    {"an argument", "undo", "nicfix eth0", "unexpected argument 'eth0'"},
    {"a snapshot", "list", "nicfix --snapshot x.json", NULL},
    {"a snapshot where the host is changed", "undo", "nicfix --snapshot x.json",
     "undo does not take --snapshot: a snapshot cannot be changed"},
    {"an uplink where the change has its own", "confirm", "nicfix --uplink eth0 3f9a1c2e",
     "confirm does not take --uplink: it uses the uplinks of the change"},
};

static void test_parse(void **state)
{
    const ParseCase *row = *state;
    g_auto(GStrv) owned = g_strsplit(row->line, " ", -1);
    char **words = owned;
    g_auto(GlobalOptions) options = {.timeout = 10};
    Output output = {.stream = stdout};
    const Context context = {
        .command = row->command != NULL ? command_find(row->command) : NULL,
        .options = &options,
        .output = &output,
    };
    int status;
    g_autoptr(GError) error = NULL;
    bool parsed = command_line_parse(&context, NULL, &words, &status, &error);
    assert_int_equal(parsed, row->message == NULL);
    assert_string_equal(error != NULL ? error->message : "", parsed ? "" : row->message);
    assert_int_equal(status, parsed ? STATUS_FINE : -1);
}

static void test_commands(G_GNUC_UNUSED void **state)
{
    for (const Command *const *command = command_table; *command != NULL; command++)
        assert_ptr_equal(command_find((*command)->name), *command);
    assert_non_null(command_find("complete"));
    assert_null(command_find("chek"));
}

int main(void)
{
    const struct CMUnitTest others[] = {cmocka_unit_test(test_commands)};
    return RUN_CASES(test_scan, scans) + RUN_CASES(test_parse, parses) +
           cmocka_run_group_tests(others, NULL, NULL);
}
