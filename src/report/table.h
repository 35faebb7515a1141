/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Aligned columns of text for people. */
#pragma once

#include "report/output.h"

typedef struct Table Table;

/* A table with the column TITLES (NULL-terminated, static). */
Table *table_new(const char *const *titles);
void table_free(Table *table);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Table, table_free)

/* Adds a row of as many cells as there are titles. Cells are from outside: they are escaped here,
 * line ends too. NULL is shown as "-". */
void table_add(Table *table, const char *const *cells);

/* Adds one more line to the cell in COLUMN of the row that was added last. */
void table_add_line(Table *table, guint column, const char *cell);

/* Colours the row that was added last (one of text_bad() ...; static). */
void table_color(Table *table, const char *color);

/* Appends the table to TEXT, without columns that are empty. Where STYLE has a width and the table
 * is wider, the columns that do not fit follow below each row, each with its title; what is wider
 * by itself is cut and ends in an ellipsis. */
void table_render(const Table *table, const TextStyle *style, GString *text);
