/* SPDX-License-Identifier: GPL-2.0-or-later */
/* All commands, and the options that each of them has. */
#pragma once

#include "commands/command.h"

/* In the order of the help; NULL-terminated. */
extern const Command *const command_table[];

/* The command NAME, also one that the help does not list; NULL where there is none. */
const Command *command_find(const char *name);

/* The options of every command, pointing into OPTIONS (transfer full, NULL-terminated). */
GOptionEntry *global_options_entries(GlobalOptions *options);

void global_options_clear(GlobalOptions *options);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(GlobalOptions, global_options_clear)
