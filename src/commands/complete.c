/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nicfix complete -- WORD...: prints what the last word may become, one candidate per line, for shell
 * completion. The words before it are those of a command line; "@files" stands for file names, which
 * shells complete better themselves. Options and their values are the program's own and never out of
 * date; interfaces and zones are those of this host, now. With --describe, a tab and what it means follow a
 * candidate that has a meaning, as fish shows it. */
#include "commands/command-line.h"
#include "model/foreach.h"

#include <string.h>

/* Nobody waits longer than this for a completion. */
enum { PATIENCE_MS = 1000 };

#define FILES "@files"

/* The end of a command line. */
typedef struct {
    const Command *command; /* NULL: not named yet */
    const char *previous;   /* the word before WORD; NULL: none */
    const char *word;
    bool describes;
} Line;

/* ---- candidates ---- */

/* Names may be any bytes: one with a control character, which may break the line, is left out. */
static void offer(const char *candidate, const char *prefix, const char *before)
{
    for (const char *p = candidate; *p != '\0'; p++) {
        if (g_ascii_iscntrl(*p))
            return;
    }
    if (g_str_has_prefix(candidate, prefix))
        printf("%s%s\n", before, candidate);
}

/* A word of nicfix's own, which means MEANING. */
static void offer_described(const Line *line, const char *candidate, const char *meaning)
{
    if (g_str_has_prefix(candidate, line->word))
        printf("%s%s%s\n", candidate, line->describes ? "\t" : "", line->describes ? meaning : "");
}

static void offer_zones(const char *prefix, const char *before)
{
    g_autoptr(Bus) bus = bus_open(PATIENCE_MS, NULL);
    g_autoptr(GVariant) reply =
        bus != NULL ? bus_call(bus, CALL_GET_ZONES, NULL, NULL, NULL) : NULL;
    if (reply == NULL)
        return;
    g_autofree const char **names = NULL;
    g_variant_get(reply, "(^a&s)", &names);
    STRV_FOREACH (name, names)
        offer(*name, prefix, before);
}

static void offer_interfaces(const char *prefix, const char *before)
{
    g_autoptr(GDir) folder = g_dir_open("/sys/class/net", 0, NULL);
    const char *name;
    while (folder != NULL && (name = g_dir_read_name(folder)) != NULL)
        offer(name, prefix, before);
}

/* Offers values of ENTRY; BEFORE stands before them in the same word. */
static void offer_values(const GOptionEntry *entry, const char *prefix, const char *before)
{
    const char *kind = entry->arg_description;
    if (g_str_equal(kind, "IFACE")) {
        offer_interfaces(prefix, before);
    } else if (g_str_equal(kind, "ZONE")) {
        offer_zones(prefix, before);
    } else if (g_str_has_prefix(kind, "FILE")) {
        puts(FILES);
    } else { /* "warning|error": words to choose from, unlike "SECONDS" */
        g_auto(GStrv) choices = g_strsplit(kind, "|", -1);
        STRV_FOREACH (choice, choices) {
            if (g_ascii_islower(**choice))
                offer(*choice, prefix, before);
        }
    }
}

static void offer_commands(const Line *line)
{
    for (const Command *const *command = command_table; *command != NULL; command++)
        offer_described(line, (*command)->name, (*command)->summary);
}

/* ---- where the word stands ---- */

static void offer_options(const Line *line, const GOptionEntry *entries)
{
    for (; entries->long_name != NULL; entries++) {
        g_autofree char *option = g_strdup_printf("--%s", entries->long_name);
        if ((entries->flags & G_OPTION_FLAG_HIDDEN) == 0)
            offer_described(line, option, entries->description);
    }
}

/* The option of WORD if it takes a value; else NULL. */
static const GOptionEntry *find_valued(const OptionTable *table, const char *word)
{
    const GOptionEntry *entry = option_table_find(table, word);
    return entry != NULL && option_takes_value(entry) ? entry : NULL;
}

static void offer_arguments(const Line *line, const char *arguments)
{
    const char *prefix = line->word;
    if (g_str_has_prefix(arguments, "FILE")) {
        puts(FILES);
    } else if (g_str_has_prefix(arguments, "[FLOW")) {
        offer_interfaces(prefix, "");
        offer("to", prefix, "");
    } else if (g_str_has_prefix(arguments, "[IFACE")) {
        offer_interfaces(prefix, "");
    } else if (g_str_has_prefix(arguments, "[COMMAND")) {
        offer_commands(line);
    }
}

static void complete(const OptionTable *table, gpointer user)
{
    const Line *line = user;
    const char *word = line->word;
    const char *equals = strchr(word, '=');
    const GOptionEntry *entry = equals != NULL ? find_valued(table, word) : NULL;
    const GOptionEntry *before = line->previous != NULL && strchr(line->previous, '=') == NULL
                                     ? find_valued(table, line->previous)
                                     : NULL;
    if (before != NULL) {
        offer_values(before, word, "");
    } else if (entry != NULL) {
        g_autofree char *name = g_strndup(word, (gsize)(equals + 1 - word));
        offer_values(entry, equals + 1, name);
    } else if (*word == '-') {
        offer_options(line, table->own);
        offer_options(line, table->globals);
    } else if (line->command == NULL) {
        offer_commands(line);
    } else if (line->command->arguments != NULL) {
        offer_arguments(line, line->command->arguments);
    }
}

/* ---- the whole ---- */

static int run(const Context *context, char **words, GError **error)
{
    gboolean describes = FALSE;
    const GOptionEntry options[] = {
        {"describe", 0, 0, G_OPTION_ARG_NONE, &describes, "Add what each candidate means", NULL},
        {NULL},
    };
    int status;
    if (!command_line_parse(context, options, &words, &status, error))
        return status;
    if (*words != NULL && g_str_equal(*words, "--"))
        words++;
    guint count = g_strv_length(words);
    if (count == 0)
        return STATUS_FINE;
    guint name = command_line_find_name(words);
    bool is_named = name + 1 < count;
    Line line = {
        .command = is_named ? command_find(words[name]) : NULL,
        .previous = count > 1 ? words[count - 2] : NULL,
        .word = words[count - 1],
        .describes = describes,
    };
    if (is_named && line.command == NULL)
        return STATUS_FINE;
    const Context asking = {.command = line.command,
                            .options = context->options,
                            .completion = complete,
                            .user = &line};
    if (line.command != NULL)
        return line.command->run(&asking, words, error);
    return command_line_parse(&asking, NULL, &words, &status, error) ? STATUS_FINE : status;
}

const Command complete_command = {
    .name = "complete",
    .arguments = "-- WORD...",
    .summary = "Print what the last word of a command line may become",
    .example = "nicfix complete -- apply --zone pu",
    .max_arguments = G_MAXUINT,
    .run = run,
};
