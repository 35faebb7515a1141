/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The help, and which version this is. */
#pragma once

#include "commands/command.h"

/* Prints the help of COMMAND, whose options are TABLE; of nicfix as a whole where COMMAND is NULL. */
void help_show(const Command *command, const OptionTable *table);

/* Where the help of the command NAME is (NULL: of all), after what somebody may have meant (NULL: nothing is like
 * it): "did you mean MEANT? see nicfix NAME --help" (transfer full). */
char *help_hint(const char *meant, const char *name);

/* Fails with NICFIX_ERROR_USAGE for the command NAME, which there is not. */
void help_set_unknown_command(const char *name, GError **error);

void version_show(void);
