/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The words of a command line that are options, before GLib parses them: short options become long ones, and what
 * GLib would refuse in words of its own, or take the last of, is refused here. */
#pragma once

#include <glib.h>
#include <stdbool.h>

/* The options that may be given: those of a command, and those of all commands. */
typedef struct {
    const GOptionEntry *own;
    const GOptionEntry *globals;
} OptionTable;

/* The row of TABLE for WORD, which is "--name", "--name=value" or "-n"; NULL where there is none. */
const GOptionEntry *option_table_find(const OptionTable *table, const char *word);

/* Whether what follows ENTRY is its value. */
bool option_takes_value(const GOptionEntry *entry);

/* WORDS with the short options of TABLE as long ones: "-nz public" and "-nzpublic" as "--dry-run --zone public"
 * (transfer full). Values, what follows "--", and words with letters that are no option are left alone. */
char **option_words_expand(const OptionTable *table, char *const *words);

/* Refuses WORDS with an option that TABLE does not have, or with one that takes a single value twice:
 * NICFIX_ERROR_USAGE. COMMAND names the command for the hint, NULL for none. */
bool option_words_check(const OptionTable *table, char *const *words, const char *command,
                        GError **error) G_GNUC_WARN_UNUSED_RESULT;
