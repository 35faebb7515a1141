/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nicfix complete -- WORD...: what the last word may become, a line each, for the completion of
 * shells. The words before it are those of a command line; "@files" stands for names of files, which
 * shells complete better. Options and their values are the program's own, and so never out of date;
 * links and zones are those of this host, now. */
#include "commands/table.h"

#include <stdio.h>
#include <string.h>

/* Longer than this nobody waits for a completion. */
enum { PATIENCE_MS = 1000 };

#define FILES "@files"

/* A command line in the making. */
typedef struct {
    const Command *command; /* NULL: it names none yet */
    GOptionEntry *entries;  /* of the command; NULL: none */
    GOptionEntry *globals;
    gpointer values;
    GlobalOptions options;
} Line;

static void line_clear(Line *line)
{
    if (line->command != NULL && line->command->free_values != NULL)
        line->command->free_values(line->values);
    g_free(line->entries);
    g_free(line->globals);
    g_free(line->values);
    global_options_clear(&line->options);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Line, line_clear)

/* ---- candidates ---- */

/* Names may be any bytes; one that would break a line is not for completion. */
static void offer(const char *candidate, const char *prefix, const char *before)
{
    for (const char *p = candidate; *p != '\0'; p++) {
        if (g_ascii_iscntrl(*p))
            return;
    }
    if (g_str_has_prefix(candidate, prefix))
        printf("%s%s\n", before, candidate);
}

static void offer_links(const char *prefix, const char *before)
{
    g_autoptr(GDir) folder = g_dir_open("/sys/class/net", 0, NULL);
    const char *name;
    while (folder != NULL && (name = g_dir_read_name(folder)) != NULL)
        offer(name, prefix, before);
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
    for (const char **name = names; *name != NULL; name++)
        offer(*name, prefix, before);
}

/* "warning|error": words to choose from, unlike "FILE|-". */
static void offer_words(const char *words, const char *prefix, const char *before)
{
    g_auto(GStrv) choices = g_strsplit(words, "|", -1);
    for (char **choice = choices; *choice != NULL; choice++) {
        if (g_ascii_islower(**choice))
            offer(*choice, prefix, before);
    }
}

/* A value of ENTRY; BEFORE stands before it in the same word. */
static void offer_values(const GOptionEntry *entry, const char *prefix, const char *before)
{
    const char *kind = entry->arg_description;
    if (g_str_equal(kind, "IFACE"))
        offer_links(prefix, before);
    else if (g_str_equal(kind, "ZONE"))
        offer_zones(prefix, before);
    else if (g_str_has_prefix(kind, "FILE"))
        puts(FILES);
    else
        offer_words(kind, prefix, before);
}

/* ---- where the word stands ---- */

static const GOptionEntry *find_in(const GOptionEntry *entries, const char *name, gsize length)
{
    for (; entries != NULL && entries->long_name != NULL; entries++) {
        if (strncmp(entries->long_name, name, length) == 0 && entries->long_name[length] == '\0')
            return entries;
    }
    return NULL;
}

/* The option that WORD begins with, "--name" or "--name=..."; NULL for any other word. */
static const GOptionEntry *option_of(const Line *line, const char *word)
{
    if (!g_str_has_prefix(word, "--"))
        return NULL;
    const char *name = word + strlen("--");
    gsize length = strcspn(name, "=");
    const GOptionEntry *entry = find_in(line->entries, name, length);
    return entry != NULL ? entry : find_in(line->globals, name, length);
}

static bool takes_value(const GOptionEntry *entry)
{
    return entry != NULL && entry->arg != G_OPTION_ARG_NONE && entry->arg_description != NULL;
}

/* Whether the word after WORD is its value. */
static bool wants_value(const Line *line, const char *word)
{
    return strchr(word, '=') == NULL && takes_value(option_of(line, word));
}

static void offer_options(const GOptionEntry *entries, const char *prefix)
{
    for (; entries != NULL && entries->long_name != NULL; entries++) {
        g_autofree char *option = g_strdup_printf("--%s", entries->long_name);
        if ((entries->flags & G_OPTION_FLAG_HIDDEN) == 0)
            offer(option, prefix, "");
    }
}

static void offer_commands(const char *prefix)
{
    for (const Command *const *command = command_table; *command != NULL; command++)
        offer((*command)->name, prefix, "");
}

static void complete(const Line *line, const char *previous, const char *word)
{
    const GOptionEntry *entry = option_of(line, word);
    const char *equals = strchr(word, '=');
    if (previous != NULL && wants_value(line, previous)) {
        offer_values(option_of(line, previous), word, "");
    } else if (takes_value(entry) && equals != NULL) {
        g_autofree char *before = g_strndup(word, (gsize)(equals + 1 - word));
        offer_values(entry, equals + 1, before);
    } else if (*word == '-') {
        offer_options(line->entries, word);
        offer_options(line->globals, word);
    } else if (line->command == NULL) {
        offer_commands(word);
    } else if (line->command->arguments != NULL &&
               g_str_has_prefix(line->command->arguments, "FILE")) {
        puts(FILES);
    }
}

/* ---- the whole ---- */

/* Finds the command among the words before the last. */
static void read_command(Line *line, char *const *words, guint count)
{
    for (guint i = 0; i < count && line->command == NULL; i++) {
        bool is_value = i > 0 && wants_value(line, words[i - 1]);
        if (words[i][0] != '-' && !is_value)
            line->command = command_find(words[i]);
    }
    if (line->command != NULL && line->command->make_entries != NULL) {
        line->values = g_malloc0(MAX(line->command->values_size, 1));
        line->entries = line->command->make_entries(line->values);
    }
}

static int run(const Context *context, gpointer values, char *const *arguments, GError **error)
{
    (void)context;
    (void)values;
    (void)error;
    if (*arguments != NULL && g_str_equal(*arguments, "--"))
        arguments++;
    guint count = g_strv_length((char **)arguments);
    if (count == 0)
        return STATUS_FINE;
    g_auto(Line) line = {0};
    line.globals = global_options_entries(&line.options);
    read_command(&line, arguments, count - 1);
    complete(&line, count > 1 ? arguments[count - 2] : NULL, arguments[count - 1]);
    return STATUS_FINE;
}

const Command complete_command = {
    .name = "complete",
    .arguments = "-- WORD...",
    .summary = "What the last word of a command line may become",
    .example = "nicfix complete -- apply --zone pu",
    .max_arguments = G_MAXUINT,
    .run = run,
};
