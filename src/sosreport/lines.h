/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lines of text that a command wrote, and their words. */
#pragma once

#include <glib.h>
#include <stdbool.h>

/* The words of LINE, which blanks separate (transfer full). */
char **line_words(const char *line);

/* The word that follows the first KEY in WORDS, or NULL (transfer none). */
const char *word_after(char *const *words, const char *key);

bool words_have(char *const *words, const char *word);

/* Whether LINE begins with PREFIX; then *REST is what follows, without blanks at both ends (transfer full). */
bool line_has_prefix(const char *line, const char *prefix, char **rest);

/* Reads TEXT as a number up to MAX, decimal or after "0x" hexadecimal. */
bool number_parse(const char *text, guint64 max, guint64 *number);
