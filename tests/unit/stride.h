/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How many of a great many cases a test takes. */
#pragma once

#include <glib.h>

/* The step of a loop over cases that take the same ways through the code: 1, or MANY under valgrind,
 * which takes fifty times as long. scripts/test sets $NICFIX_VALGRIND there, and nowhere else. */
static inline guint stride(guint many)
{
    return g_getenv("NICFIX_VALGRIND") != NULL ? many : 1;
}
