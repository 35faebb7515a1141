/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "commands/option-words.h"

#include "commands/help.h"
#include "model/error.h"
#include "model/nearest.h"

#include <string.h>

static bool is_long(const char *word)
{
    return g_str_has_prefix(word, "--");
}

/* "-" is a file. */
static bool is_option(const char *word)
{
    return word[0] == '-' && word[1] != '\0';
}

static const GOptionEntry *find_long(const GOptionEntry *entries, const char *name, gsize length)
{
    for (; entries != NULL && entries->long_name != NULL; entries++) {
        if (strncmp(entries->long_name, name, length) == 0 && entries->long_name[length] == '\0')
            return entries;
    }
    return NULL;
}

static const GOptionEntry *find_short(const GOptionEntry *entries, char letter)
{
    for (; entries != NULL && entries->long_name != NULL; entries++) {
        if (entries->short_name == letter)
            return entries;
    }
    return NULL;
}

static const GOptionEntry *find_letter(const OptionTable *table, char letter)
{
    const GOptionEntry *own = find_short(table->own, letter);
    return own != NULL ? own : find_short(table->globals, letter);
}

const GOptionEntry *option_table_find(const OptionTable *table, const char *word)
{
    if (!is_long(word))
        return is_option(word) && word[2] == '\0' ? find_letter(table, word[1]) : NULL;
    const char *name = word + strlen("--");
    gsize length = strcspn(name, "=");
    const GOptionEntry *own = find_long(table->own, name, length);
    return own != NULL ? own : find_long(table->globals, name, length);
}

bool option_takes_value(const GOptionEntry *entry)
{
    return entry->arg != G_OPTION_ARG_NONE;
}

static bool value_follows(const GOptionEntry *entry, const char *word)
{
    return entry != NULL && option_takes_value(entry) && strchr(word, '=') == NULL;
}

/* ---- short options ---- */

/* The long options that the letters of WORD stand for (transfer full); NULL where a letter is no option.
 * *WANTS_NEXT says whether the next word is the value of the last of them. */
static GPtrArray *expand_letters(const OptionTable *table, const char *word, bool *wants_next)
{
    g_autoptr(GPtrArray) expanded = g_ptr_array_new_with_free_func(g_free);
    *wants_next = false;
    for (const char *letter = word + 1; *letter != '\0'; letter++) {
        const GOptionEntry *entry = find_letter(table, *letter);
        if (entry == NULL)
            return NULL;
        bool ends = option_takes_value(entry);
        bool has_value = ends && letter[1] != '\0';
        g_ptr_array_add(expanded, g_strconcat("--", entry->long_name, has_value ? "=" : NULL,
                                              has_value ? letter + 1 : NULL, NULL));
        *wants_next = ends && !has_value;
        if (ends)
            break;
    }
    return g_steal_pointer(&expanded);
}

/* Adds the long form of WORD; returns whether the next word is its value. */
static bool expand_word(const OptionTable *table, const char *word, GPtrArray *words)
{
    bool wants_next = false;
    g_autoptr(GPtrArray) letters =
        is_option(word) && !is_long(word) ? expand_letters(table, word, &wants_next) : NULL;
    if (letters == NULL) {
        g_ptr_array_add(words, g_strdup(word));
        return is_long(word) && value_follows(option_table_find(table, word), word);
    }
    g_ptr_array_extend_and_steal(words, g_steal_pointer(&letters));
    return wants_next;
}

char **option_words_expand(const OptionTable *table, char *const *words)
{
    GPtrArray *expanded = g_ptr_array_new();
    bool is_value = false;
    for (; *words != NULL && (is_value || !g_str_equal(*words, "--")); words++) {
        if (is_value)
            g_ptr_array_add(expanded, g_strdup(*words));
        is_value = !is_value && expand_word(table, *words, expanded);
    }
    for (; *words != NULL; words++)
        g_ptr_array_add(expanded, g_strdup(*words));
    g_ptr_array_add(expanded, NULL);
    return (char **)g_ptr_array_free(expanded, FALSE);
}

/* ---- what is refused ---- */

static void offer_names(NearestWord *nearest, const GOptionEntry *entries)
{
    for (; entries != NULL && entries->long_name != NULL; entries++) {
        if ((entries->flags & G_OPTION_FLAG_HIDDEN) == 0)
            nearest_word_offer(nearest, entries->long_name);
    }
}

static bool refuse_unknown(const OptionTable *table, const char *word, const char *command,
                           GError **error)
{
    g_autofree char *option = g_strndup(word, strcspn(word, "="));
    NearestWord nearest = nearest_word_to(is_long(option) ? option + strlen("--") : option + 1);
    offer_names(&nearest, table->own);
    offer_names(&nearest, table->globals);
    g_autofree char *meant =
        nearest.nearest != NULL ? g_strconcat("--", nearest.nearest, NULL) : NULL;
    g_autofree char *hint = help_hint(meant, command);
    nicfix_error_set(error, NICFIX_ERROR_USAGE, hint, "unknown option '%s'", option);
    return false;
}

static bool is_single(const GOptionEntry *entry)
{
    return option_takes_value(entry) && entry->arg != G_OPTION_ARG_STRING_ARRAY &&
           entry->arg != G_OPTION_ARG_FILENAME_ARRAY;
}

bool option_words_check(const OptionTable *table, char *const *words, const char *command,
                        GError **error)
{
    g_autoptr(GHashTable) given = g_hash_table_new(g_direct_hash, g_direct_equal);
    for (; *words != NULL && !g_str_equal(*words, "--"); words++) {
        if (!is_option(*words))
            continue;
        const GOptionEntry *entry = option_table_find(table, *words);
        if (entry == NULL)
            return refuse_unknown(table, *words, command, error);
        if (!g_hash_table_add(given, (gpointer)entry) && is_single(entry)) {
            nicfix_error_set(error, NICFIX_ERROR_USAGE, "give it once", "--%s is given twice",
                             entry->long_name);
            return false;
        }
        if (value_follows(entry, *words) && words[1] != NULL)
            words++;
    }
    return true;
}
