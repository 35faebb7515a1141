/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Commands to paste. */
#pragma once

#include "model/diagnosis/finding.h"
#include "report/output.h"

/* Appends WORDS as one shell command, quoted where a shell needs it. */
void command_text_append(GString *text, char *const *words);

/* Appends what FIX says to run, each line after INDENT blanks. */
void fix_text_append(GString *text, const Fix *fix, int indent, const TextStyle *style);
