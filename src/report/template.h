/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sentences with places to fill in, for the tables that turn facts into text. */
#pragma once

#include <glib.h>

/* TEMPLATE with each "{name}" replaced by the value of that name (transfer full). Name and value
 * follow one another, NULL ends them; a value that is NULL leaves nothing in its place. */
char *template_fill(const char *template, ...) G_GNUC_NULL_TERMINATED;
