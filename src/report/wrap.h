/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sentences that fit the terminal. */
#pragma once

#include "report/output.h"

/* Appends TEXT, which is escaped already, to OUT, and a newline. Where STYLE has a width, lines are
 * broken between words, and those after the first begin with INDENT blanks; COLUMN is how many
 * columns of the first line are taken. */
void wrap_append(GString *out, const char *text, guint column, guint indent,
                 const TextStyle *style);
