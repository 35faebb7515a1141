/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Seconds that run down on a terminal, in one line that is written over. */
#pragma once

#include "report/output.h"

/* Whether OUTPUT is for a person who watches: text, on a terminal, and not quiet. */
bool countdown_is_seen(const Output *output);

/* Writes that SECONDS are left over what the last call wrote. */
void countdown_show(const Output *output, guint seconds);

/* Removes the line. */
void countdown_end(const Output *output);
