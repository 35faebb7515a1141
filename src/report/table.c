/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Widths are columns of a terminal, not bytes. */
#include "report/table.h"

#include "model/foreach.h"
#include "report/escape.h"

#include <string.h>

enum { GAP = 2 };

/* A row: each cell is a line or several, escaped. There may be many rows, and few cells have several lines. */
typedef struct {
    GPtrArray **more; /* by column the lines after the first, or NULL; NULL: no cell has any */
    guint columns;
    const char *color; /* "": none */
    char *cells[];     /* the first lines */
} TableRow;

struct Table {
    const char *const *titles;
    guint columns;
    GPtrArray *rows; /* TableRow */
};

static TableRow *table_row_new(guint columns)
{
    TableRow *row = g_malloc0(sizeof *row + columns * sizeof row->cells[0]);
    row->columns = columns;
    row->color = "";
    return row;
}

static void table_row_free(TableRow *row)
{
    for (guint i = 0; i < row->columns; i++) {
        g_free(row->cells[i]);
        if (row->more != NULL && row->more[i] != NULL)
            g_ptr_array_unref(row->more[i]);
    }
    g_free(row->more);
    g_free(row);
}

Table *table_new(const char *const *titles)
{
    Table *table = g_new0(Table, 1);
    table->titles = titles;
    table->columns = g_strv_length((char **)titles);
    table->rows = g_ptr_array_new_with_free_func((GDestroyNotify)table_row_free);
    return table;
}

void table_free(Table *table)
{
    if (table == NULL)
        return;
    g_ptr_array_unref(table->rows);
    g_free(table);
}

void table_add(Table *table, const char *const *cells)
{
    TableRow *row = table_row_new(table->columns);
    for (guint i = 0; i < table->columns; i++)
        row->cells[i] = escape_for_terminal(cells[i] != NULL ? cells[i] : "-");
    g_ptr_array_add(table->rows, row);
}

static TableRow *last_row(const Table *table)
{
    return g_ptr_array_index(table->rows, table->rows->len - 1);
}

void table_add_line(Table *table, guint column, const char *cell)
{
    TableRow *row = last_row(table);
    if (row->more == NULL)
        row->more = g_new0(GPtrArray *, row->columns);
    if (row->more[column] == NULL)
        row->more[column] = g_ptr_array_new_with_free_func(g_free);
    g_ptr_array_add(row->more[column], escape_for_terminal(cell));
}

void table_color(Table *table, const char *color)
{
    last_row(table)->color = color;
}

/* ---- widths ---- */

static guint cell_height(const TableRow *row, guint column)
{
    return 1 + (row->more != NULL && row->more[column] != NULL ? row->more[column]->len : 0);
}

static const char *cell_line(const TableRow *row, guint column, guint line)
{
    if (line == 0)
        return row->cells[column];
    return line < cell_height(row, column) ? g_ptr_array_index(row->more[column], line - 1) : "";
}

/* The width a column takes; 0 where every cell of it is "-". */
static gsize column_width(const Table *table, guint column)
{
    gsize width = 0;
    bool empty = table->rows->len > 0;
    PTR_ARRAY_FOREACH (const TableRow, row, table->rows) {
        for (guint j = 0; j < cell_height(row, column); j++)
            width = MAX(width, escape_display_width(cell_line(row, column, j)));
        empty = empty && g_str_equal(cell_line(row, column, 0), "-");
    }
    return empty ? 0 : MAX(width, strlen(table->titles[column]));
}

/* How many columns from the left fit: the first one always does, cut if need be. */
static guint columns_that_fit(const Table *table, const gsize *widths, guint width)
{
    gsize used = 0;
    for (guint i = 0; i < table->columns; i++) {
        gsize needed = widths[i] == 0 ? 0 : widths[i] + (used > 0 ? GAP : 0);
        if (width != 0 && used > 0 && used + needed > width)
            return i;
        used += needed;
    }
    return table->columns;
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

/* ---- rendering ---- */

typedef struct {
    const Table *table;
    const gsize *widths;
    guint fitting; /* columns; the others follow below */
    guint width;   /* of the terminal, G_MAXUINT: as much as it takes */
    const char *plain;
    GString *text;
} Rendering;

static void close_line(const Rendering *rendering, const char *color)
{
    g_string_append_printf(rendering->text, "%s\n", *color != '\0' ? rendering->plain : "");
}

/* The cells that fit, aligned; CELLS are one line of each. */
static void render_line(const Rendering *rendering, const char *const *cells, const char *color)
{
    gsize owed = 0; /* blanks that are written only when something follows */
    g_string_append(rendering->text, color);
    for (guint i = 0; i < rendering->fitting; i++) {
        if (rendering->widths[i] == 0)
            continue;
        g_autofree char *cell = cut(cells[i], rendering->width);
        gsize width = escape_display_width(cell);
        if (width > 0) {
            g_string_append_printf(rendering->text, "%*s%s", (int)owed, "", cell);
            owed = 0;
        }
        owed += rendering->widths[i] + GAP - MIN(width, rendering->widths[i] + GAP);
    }
    close_line(rendering, color);
}

static void render_aligned(const Rendering *rendering, const TableRow *row)
{
    g_autofree const char **cells = g_new0(const char *, row->columns);
    guint height = 1;
    for (guint i = 0; i < rendering->fitting; i++)
        height = MAX(height, cell_height(row, i));
    for (guint line = 0; line < height; line++) {
        for (guint i = 0; i < row->columns; i++)
            cells[i] = cell_line(row, i, line);
        render_line(rendering, cells, row->color);
    }
}

/* What follows below ROW: "mtu 1500", "addresses 192.0.2.1/24", "192.0.2.2/24", ... (transfer
 * full). */
static GPtrArray *rest_of(const Rendering *rendering, const TableRow *row)
{
    GPtrArray *rest = g_ptr_array_new_with_free_func(g_free);
    for (guint i = rendering->fitting; i < row->columns; i++) {
        g_autofree char *title = g_ascii_strdown(rendering->table->titles[i], -1);
        for (guint j = 0; j < cell_height(row, i); j++) {
            const char *line = cell_line(row, i, j);
            if (!g_str_equal(line, "-"))
                g_ptr_array_add(rest,
                                g_strjoin(j == 0 ? " " : "", j == 0 ? title : "", line, NULL));
        }
    }
    return rest;
}

static void render_rest(const Rendering *rendering, const TableRow *row)
{
    enum { INDENT = 4 };
    g_autoptr(GPtrArray) rest = rest_of(rendering, row);
    gsize used = 0;
    PTR_ARRAY_FOREACH (const char, text, rest) {
        guint indent = rendering->width > 2 * INDENT ? INDENT : 0;
        g_autofree char *item = cut(text, rendering->width - indent);
        gsize width = escape_display_width(item);
        bool follows = used > 0 && used + GAP + width <= rendering->width;
        if (used > 0 && !follows)
            close_line(rendering, row->color);
        if (!follows)
            g_string_append(rendering->text, row->color);
        guint blanks = follows ? GAP : indent;
        g_string_append_printf(rendering->text, "%*s%s", (int)blanks, "", item);
        used = (follows ? used : 0) + blanks + width;
    }
    if (used > 0)
        close_line(rendering, row->color);
}

void table_render(const Table *table, const TextStyle *style, GString *text)
{
    g_autofree gsize *widths = g_new0(gsize, table->columns);
    for (guint i = 0; i < table->columns; i++)
        widths[i] = column_width(table, i);
    const Rendering rendering = {
        .table = table,
        .widths = widths,
        .fitting = columns_that_fit(table, widths, style->width),
        .width = style->width != 0 ? style->width : G_MAXUINT,
        .plain = text_plain(style),
        .text = text,
    };
    render_line(&rendering, table->titles, text_bold(style));
    PTR_ARRAY_FOREACH (const TableRow, row, table->rows) {
        render_aligned(&rendering, row);
        render_rest(&rendering, row);
    }
}
