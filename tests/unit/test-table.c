/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tables of text: alignment by columns of a terminal, cutting with a mark, escaping. */
#include "cases.h"

#include "report/table.h"

typedef struct {
    const char *name;
    guint width;
    const char *cells[3][3];
    const char *expected;
} TableCase;

static const TableCase tables[] = {
    {"aligned",
     0,
     {{"a", "bb", "c"}, {"aaaa", "b", "cc"}},
     "ONE   TWO  THREE\na     bb   c\naaaa  b    cc\n"},
    {"nothing is a dash",
     0,
     {{"a", NULL, "c"}, {"a", "b", "c"}},
     "ONE  TWO  THREE\na    -    c\na    b    c\n"},
    {"an empty column is left out", 0, {{"a", NULL, "c"}}, "ONE  THREE\na    c\n"},
    {"lines of a cell",
     0,
     {{"a", "b", "c1\nc2"}, {"d", "e", "f"}},
     "ONE  TWO  THREE\na    b    c1\n          c2\nd    e    f\n"},
    {"wide characters take two columns",
     0,
     {{"漢", "b", "c"}, {"aaaa", "b", "c"}},
     "ONE   TWO  THREE\n漢    b    c\naaaa  b    c\n"},
    {"what does not fit ends in an ellipsis",
     12,
     {{"a", "b", "0123456789"}},
     "ONE  TWO  T…\na    b    0…\n"},
    {"escapes are shown, not sent",
     0,
     {{"\033[31m", "b", "c"}},
     "ONE       TWO  THREE\n\\x1b[31m  b    c\n"},
};

static void test_table(void **state)
{
    static const char *const titles[] = {"ONE", "TWO", "THREE", NULL};
    const TableCase *row = *state;
    g_autoptr(Table) table = table_new(titles);
    for (guint i = 0; i < G_N_ELEMENTS(row->cells) && row->cells[i][0] != NULL; i++)
        table_add(table, row->cells[i]);
    g_autoptr(GString) text = g_string_new(NULL);
    TextStyle style = {.width = row->width};
    table_render(table, &style, text);
    assert_string_equal(text->str, row->expected);
}

int main(void)
{
    return RUN_CASES(test_table, tables);
}
