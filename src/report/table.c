/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tables: see table.h. Widths are columns of a terminal, not bytes. */
#include "report/table.h"

#include "report/escape.h"

#include <string.h>

enum { GAP = 2 };

/* A line of the table: a row takes as many as its highest cell. */
typedef struct {
    char **cells; /* escaped; "" where a cell has no more lines */
    const char *color;
    bool first; /* of its row */
} TableLine;

struct Table {
    const char *const *titles;
    guint columns;
    GPtrArray *lines; /* TableLine */
};

static void table_line_free(TableLine *line)
{
    g_strfreev(line->cells);
    g_free(line);
}

Table *table_new(const char *const *titles)
{
    Table *table = g_new0(Table, 1);
    table->titles = titles;
    table->columns = g_strv_length((char **)titles);
    table->lines = g_ptr_array_new_with_free_func((GDestroyNotify)table_line_free);
    return table;
}

void table_free(Table *table)
{
    if (table == NULL)
        return;
    g_ptr_array_unref(table->lines);
    g_free(table);
}

static TableLine *add_line(Table *table, bool first)
{
    TableLine *line = g_new0(TableLine, 1);
    line->cells = g_new0(char *, table->columns + 1);
    line->first = first;
    for (guint i = 0; i < table->columns; i++)
        line->cells[i] = g_strdup("");
    g_ptr_array_add(table->lines, line);
    return line;
}

void table_add(Table *table, const char *const *cells)
{
    guint first = table->lines->len;
    add_line(table, true);
    for (guint i = 0; i < table->columns; i++) {
        g_auto(GStrv) parts = g_strsplit(cells[i] != NULL ? cells[i] : "-", "\n", -1);
        for (guint j = 0; parts[j] != NULL; j++) {
            TableLine *line = first + j < table->lines->len
                                  ? g_ptr_array_index(table->lines, first + j)
                                  : add_line(table, false);
            g_free(line->cells[i]);
            line->cells[i] = escape_for_terminal(parts[j]);
        }
    }
}

void table_color(Table *table, const char *color)
{
    for (guint i = table->lines->len; i > 0; i--) {
        TableLine *line = g_ptr_array_index(table->lines, i - 1);
        line->color = color;
        if (line->first)
            return;
    }
}

/* The width a column takes; 0 where every cell of it is "-". */
static gsize column_width(const Table *table, guint column)
{
    gsize width = 0;
    bool empty = table->lines->len > 0;
    for (guint i = 0; i < table->lines->len; i++) {
        const TableLine *line = g_ptr_array_index(table->lines, i);
        const char *cell = line->cells[column];
        width = MAX(width, escape_display_width(cell));
        empty = empty && (g_str_equal(cell, "-") || *cell == '\0');
    }
    return empty ? 0 : MAX(width, strlen(table->titles[column]));
}

/* Cuts TEXT to WIDTH columns, the last of them an ellipsis (transfer full). */
static char *cut(const char *text, gsize width)
{
    if (escape_display_width(text) <= width)
        return g_strdup(text);
    g_autoptr(GString) kept = g_string_new(NULL);
    for (const char *p = text; *p != '\0'; p = g_utf8_next_char(p)) {
        gsize length = kept->len;
        g_string_append_unichar(kept, g_utf8_get_char(p));
        if (escape_display_width(kept->str) >= width) {
            g_string_truncate(kept, length);
            break;
        }
    }
    g_string_append(kept, "…");
    return g_string_free(g_steal_pointer(&kept), FALSE);
}

static void render_line(const Table *table, const gsize *widths, const TextStyle *style,
                        char *const *cells, const char *color, GString *text)
{
    gsize used = 0;
    gsize owed = 0; /* blanks that are written only when something follows */
    if (color != NULL)
        g_string_append(text, color);
    for (guint i = 0; i < table->columns; i++) {
        if (widths[i] == 0)
            continue;
        gsize left = style->width == 0            ? G_MAXSIZE
                     : style->width > used + owed ? style->width - used - owed
                                                  : 0;
        if (left == 0)
            break;
        g_autofree char *cell = cut(cells[i], left);
        gsize width = escape_display_width(cell);
        if (width > 0) {
            g_string_append_printf(text, "%*s%s", (int)owed, "", cell);
            used += owed + width;
            owed = 0;
        }
        owed += widths[i] + GAP - MIN(width, widths[i] + GAP);
    }
    if (color != NULL)
        g_string_append(text, text_plain(style));
    g_string_append_c(text, '\n');
}

void table_render(const Table *table, const TextStyle *style, GString *text)
{
    g_autofree gsize *widths = g_new0(gsize, table->columns);
    for (guint i = 0; i < table->columns; i++)
        widths[i] = column_width(table, i);
    render_line(table, widths, style, (char *const *)table->titles,
                style->color ? text_bold(style) : NULL, text);
    for (guint i = 0; i < table->lines->len; i++) {
        const TableLine *line = g_ptr_array_index(table->lines, i);
        const char *color = style->color ? line->color : NULL;
        render_line(table, widths, style, line->cells, color, text);
    }
}
