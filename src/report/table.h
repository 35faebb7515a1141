/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Aligned columns of text for people. */
#pragma once

#include "report/output.h"

typedef struct Table Table;

/* A table with the column TITLES (NULL-terminated, static). */
Table *table_new(const char *const *titles);
void table_free(Table *table);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Table, table_free)

/* Adds a row of as many cells as there are titles. Cells are from outside: they are escaped here.
 * NULL is shown as "-". Lines of a cell (separated by "\n") are put under one another. */
void table_add(Table *table, const char *const *cells);

/* Colours the row that was added last (one of text_bad() ...; static). */
void table_color(Table *table, const char *color);

/* Appends the table to TEXT. Where STYLE has a width, what does not fit is cut and ends in an
 * ellipsis; empty columns are left out. */
void table_render(const Table *table, const TextStyle *style, GString *text);
