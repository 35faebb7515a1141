/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Breaking sentences between words, by columns of a terminal. */
#include "cases.h"

#include "report/wrap.h"

typedef struct {
    const char *name;
    const char *text;
    guint column;
    guint width;
    const char *expected;
} WrapCase;

static const WrapCase sentences[] = {
    {"no width, no break", "one two three", 0, 0, "one two three\n"},
    {"what fits stays", "one two three", 0, 13, "one two three\n"},
    {"what does not goes below, indented", "one two three", 0, 12, "one two\n  three\n"},
    {"the first line may have begun", "one two three", 8, 12, "one\n  two three\n"},
    {"a long word stands alone", "a 0123456789 b", 0, 6, "a\n  0123456789\n  b\n"},
    {"wide characters take two columns", "漢字 漢字", 0, 8, "漢字\n  漢字\n"},
    {"nothing", "", 0, 10, "\n"},
};

static void test_sentence(void **state)
{
    const WrapCase *row = *state;
    g_autoptr(GString) out = g_string_new(NULL);
    wrap_append(out, row->text, row->column, 2, &(TextStyle){.width = row->width});
    assert_string_equal(out->str, row->expected);
}

int main(void)
{
    return RUN_CASES(test_sentence, sentences);
}
