/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Short options become long ones, and what GLib would take without a word is refused. */
#include "commands/option-words.h"

#include "cases.h"
#include "model/error.h"

static const GOptionEntry own[] = {
    {.long_name = "dry-run", .short_name = 'n', .arg = G_OPTION_ARG_NONE},
    {.long_name = "zone", .short_name = 'z', .arg = G_OPTION_ARG_STRING},
    {.long_name = "interface", .short_name = 'i', .arg = G_OPTION_ARG_STRING_ARRAY},
    {NULL},
};
static const GOptionEntry globals[] = {
    {.long_name = "quiet", .short_name = 'q', .arg = G_OPTION_ARG_NONE},
    {.long_name = "timeout", .arg = G_OPTION_ARG_STRING},
    {.long_name = "secret", .flags = G_OPTION_FLAG_HIDDEN, .arg = G_OPTION_ARG_NONE},
    {NULL},
};
static const OptionTable table = {own, globals};

typedef struct {
    const char *name;
    const char *line;
    const char *expanded;
    const char *message; /* NULL: nothing is refused */
    const char *hint;
} WordCase;

static const WordCase rows[] = {
    {"nothing", "", "", NULL, NULL},
    {"long options", "--dry-run --zone public", "--dry-run --zone public", NULL, NULL},
    {"a letter", "-n", "--dry-run", NULL, NULL},
    {"a letter and its value", "-z public", "--zone public", NULL, NULL},
    {"a letter and its value in one word", "-zpublic", "--zone=public", NULL, NULL},
    {"several letters", "-qnz public", "--quiet --dry-run --zone public", NULL, NULL},
    {"several letters and a value", "-qzq", "--quiet --zone=q", NULL, NULL},
    {"a value that looks like an option", "-z -n", "--zone -n", NULL, NULL},
    {"the same of a long option", "--zone -n", "--zone -n", NULL, NULL},
    {"a value below zero", "--timeout -1", "--timeout -1", NULL, NULL},
    {"a value behind an equals sign", "--zone=-n -n", "--zone=-n --dry-run", NULL, NULL},
    {"standard input", "-", "-", NULL, NULL},
    {"behind the end of the options", "-q -- -n --bogus", "--quiet -- -n --bogus", NULL, NULL},
    {"a value that is missing", "-z", "--zone", NULL, NULL},
    {"an option that may be repeated", "-i a -i b", "--interface a --interface b", NULL, NULL},
    {"a switch that is repeated", "-n -n", "--dry-run --dry-run", NULL, NULL},
    {"a single value twice", "-z a --zone=b", "--zone a --zone=b", "--zone is given twice",
     "give it once"},
    {"an unknown letter", "-x", "-x", "unknown option '-x'", "see nicfix apply --help"},
    {"an unknown letter among others", "-nx", "-nx", "unknown option '-nx'",
     "see nicfix apply --help"},
    {"an unknown option", "--frobnicate", "--frobnicate", "unknown option '--frobnicate'",
     "see nicfix apply --help"},
    {"an option that is mistyped", "--zoen=public", "--zoen=public", "unknown option '--zoen'",
     "did you mean --zone? see nicfix apply --help"},
    {"an option that is abbreviated", "--int", "--int", "unknown option '--int'",
     "did you mean --interface? see nicfix apply --help"},
    {"a long option with one dash", "-zone", "--zone=one", NULL, NULL},
    {"a hidden one is not proposed", "--secre", "--secre", "unknown option '--secre'",
     "see nicfix apply --help"},
    {"a value is no option", "--zone --bogus", "--zone --bogus", NULL, NULL},
};

static void test_words(void **state)
{
    const WordCase *row = *state;
    g_auto(GStrv) words = g_strsplit(row->line, " ", -1);
    g_auto(GStrv) expanded = option_words_expand(&table, words);
    g_autofree char *line = g_strjoinv(" ", expanded);
    assert_string_equal(line, row->expanded);
    g_autoptr(GError) error = NULL;
    assert_int_equal(option_words_check(&table, expanded, "apply", &error), row->message == NULL);
    assert_string_equal(error != NULL ? error->message : "none",
                        row->message != NULL ? row->message : "none");
    if (error != NULL)
        assert_string_equal(nicfix_error_hint(error), row->hint);
}

int main(void)
{
    return RUN_CASES(test_words, rows);
}
