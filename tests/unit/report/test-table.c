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
    {"a line end is shown, not sent",
     0,
     {{"a\nforged", "b", "c"}},
     "ONE          TWO  THREE\na\\x0aforged  b    c\n"},
    {"wide characters take two columns",
     0,
     {{"漢", "b", "c"}, {"aaaa", "b", "c"}},
     "ONE   TWO  THREE\n漢    b    c\naaaa  b    c\n"},
    {"what does not fit follows below, with its title",
     12,
     {{"a", "b", "c"}, {"d", "e", NULL}},
     "ONE  TWO\na    b\n    three c\nd    e\n"},
    {"as much on a line as fits",
     24,
     {{"a23456789012345678901", "b", "c"}},
     "ONE\na23456789012345678901\n    two b  three c\n"},
    {"what does not fit there either takes another line",
     14,
     {{"a234567", "b234567", "c"}},
     "ONE\na234567\n    two b2345…\n    three c\n"},
    {"what is too wide by itself ends in an ellipsis",
     6,
     {{"0123456789", "b", "c"}},
     "ONE\n01234…\ntwo b\nthree…\n"},
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

/* ---- cells of several lines ---- */

static const char *const titles[] = {"NIC", "MTU", "ADDRESSES", NULL};

static Table *make_table(void)
{
    static const char *const first[] = {"eth0", "1500", "10.0.0.1/24", NULL};
    static const char *const second[] = {"lo", "65536", NULL, NULL};
    Table *table = table_new(titles);
    table_add(table, first);
    table_add_line(table, 2, "10.0.0.2/24");
    table_add_line(table, 2, "fe80::1/64");
    table_add(table, second);
    return table;
}

typedef struct {
    const char *name;
    guint width;
    const char *expected;
} LinesCase;

static const LinesCase lines[] = {
    {"one under another", 0,
     "NIC   MTU    ADDRESSES\neth0  1500   10.0.0.1/24\n             10.0.0.2/24\n"
     "             fe80::1/64\nlo    65536  -\n"},
    {"one after another below the row", 22,
     "NIC   MTU\neth0  1500\n    addresses 10.0.0.…\n    10.0.0.2/24\n    fe80::1/64\n"
     "lo    65536\n"},
    {"as many on a line as fit", 23 + 15,
     "NIC   MTU    ADDRESSES\neth0  1500   10.0.0.1/24\n             10.0.0.2/24\n"
     "             fe80::1/64\nlo    65536  -\n"},
};

static void test_lines(void **state)
{
    const LinesCase *test = *state;
    g_autoptr(Table) table = make_table();
    g_autoptr(GString) text = g_string_new(NULL);
    const TextStyle style = {.width = test->width};
    table_render(table, &style, text);
    assert_string_equal(text->str, test->expected);
}

static void test_colour(G_GNUC_UNUSED void **state)
{
    const TextStyle style = {.width = 10, .color = true};
    g_autoptr(Table) table = make_table();
    table_color(table, text_bad(&style));
    g_autoptr(GString) text = g_string_new(NULL);
    table_render(table, &style, text);
    assert_string_equal(text->str, "\033[1mNIC\033[0m\neth0\n    mtu 1…\n    addre…\n    "
                                   "10.0.…\n    fe80:…\n\033[1;31mlo\033[0m\n\033[1;31m    mtu "
                                   "6…\033[0m\n");
}

int main(void)
{
    const struct CMUnitTest others[] = {cmocka_unit_test(test_colour)};
    return RUN_CASES(test_table, tables) + RUN_CASES(test_lines, lines) +
           cmocka_run_group_tests(others, NULL, NULL);
}
