/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Making text from outside (names of links, zones and profiles, lines of a log, messages of other
 * programs) fit to be shown on a terminal or pasted in a shell. */
#pragma once

#include <glib.h>

/* Returns TEXT with everything that is not printable made visible (transfer full). TEXT may be any
 * bytes; the result is valid UTF-8 and cannot move the cursor, change colours, reorder or break
 * lines.
 *
 *   \x1b        a byte: an ASCII control character, or one that is not valid UTF-8
 *   \u202e      another character that is not printable: C1 controls, formatting (bidirectional
 *               marks, zero-width joiners, the byte order mark), line and paragraph separators,
 *               private and unassigned ones
 *   \U000e0001  the same above U+FFFF
 *   \\          a backslash, which is not confused with what was escaped
 *
 * Everything else is unchanged. */
char *escape_for_terminal(const char *text);

/* Returns how many columns of a terminal ESCAPED takes, which escape_for_terminal() returned:
 * two for a wide character, none for one that combines with the character before it. */
gsize escape_display_width(const char *escaped);

/* Returns WORD, any bytes, as a POSIX shell reads it as that one word (transfer full):
 * unchanged where that is safe, in single quotes where a character means something to the shell,
 * and by way of printf(1) where one is not printable. The result needs no escaping for a terminal:
 * that would double its backslashes. Newlines at the end of WORD are lost, as in every command
 * substitution; no name of a link, zone or service can have them. */
char *escape_for_shell(const char *word);
