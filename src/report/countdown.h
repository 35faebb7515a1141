/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A line on a terminal that counts seconds down. */
#pragma once

#include "report/output.h"

/* Whether OUTPUT is for a person who watches: text, on a terminal, and not quiet. */
bool countdown_is_seen(const Output *output);

/* Replaces the line with how many SECONDS are left. */
void countdown_show(const Output *output, guint seconds);

/* Removes the line. */
void countdown_end(const Output *output);
