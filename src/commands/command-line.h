/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The command line: the commands there are, their options and their help. */
#pragma once

#include "commands/command.h"

/* In the order of the help; NULL-terminated. */
extern const Command *const command_table[];

/* The command NAME, even one that the help does not list; NULL where there is none. */
const Command *command_find(const char *name);

/* The options of every command, to be parsed into OPTIONS (transfer full); those that COMMAND refuses are
 * hidden. COMMAND is NULL where none is named. */
GOptionEntry *command_line_globals(const Command *command, GlobalOptions *options);

/* The index of the command's name in WORDS, which have no program name: of the first word that is
 * neither a general option nor its value. The number of words where there is none. */
guint command_line_find_name(char *const *words);

/* Whether WORDS ask for JSON. Errors in the command line itself are reported as JSON, too. */
bool command_line_wants_json(char *const *words);

/* Parses *WORDS, which begin with the program's name, into what OWN, the options of the command,
 * points to, and into the options of all commands. What is left is then *WORDS.
 * Returns false where there is nothing more to do: the help was printed, completion has seen OWN, or
 * *ERROR is set; the command then returns *STATUS. */
bool command_line_parse(const Context *context, const GOptionEntry *own, char ***words, int *status,
                        GError **error) G_GNUC_WARN_UNUSED_RESULT;

void global_options_clear(GlobalOptions *options);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(GlobalOptions, global_options_clear)
