/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/kernel/bits.h"

#include "cases.h"

#include <string.h>

typedef struct {
    const char *name;
    guint16 value, known;
    guint16 first, last;
    Match equal;    /* to FIRST */
    Match at_most;  /* LAST */
    Match at_least; /* FIRST */
    Match within;
} BitsCase;

static const BitsCase rows[] = {
    {"the same", 0x1234, 0xffff, 0x1234, 0x1234, MATCH_YES, MATCH_YES, MATCH_YES, MATCH_YES},
    {"one less", 0x1233, 0xffff, 0x1234, 0x1235, MATCH_NO, MATCH_YES, MATCH_NO, MATCH_NO},
    {"one more", 0x1236, 0xffff, 0x1234, 0x1235, MATCH_NO, MATCH_NO, MATCH_YES, MATCH_NO},
    {"the last", 0x1235, 0xffff, 0x1234, 0x1235, MATCH_NO, MATCH_YES, MATCH_YES, MATCH_YES},
    {"the first byte decides", 0x02ff, 0xffff, 0x0300, 0x0400, MATCH_NO, MATCH_YES, MATCH_NO,
     MATCH_NO},
    {"nothing known", 0, 0, 0x1234, 0x1235, MATCH_MAYBE, MATCH_MAYBE, MATCH_MAYBE, MATCH_MAYBE},
    {"nothing known, anything will do", 0, 0, 0, 0xffff, MATCH_MAYBE, MATCH_YES, MATCH_YES,
     MATCH_YES},
    {"a prefix inside", 0x1200, 0xff00, 0x1200, 0x12ff, MATCH_MAYBE, MATCH_YES, MATCH_YES,
     MATCH_YES},
    {"a prefix that is larger", 0x1200, 0xff00, 0x1200, 0x12fe, MATCH_MAYBE, MATCH_MAYBE, MATCH_YES,
     MATCH_MAYBE},
    {"a prefix that begins before", 0x1200, 0xff00, 0x1201, 0x12ff, MATCH_MAYBE, MATCH_YES,
     MATCH_MAYBE, MATCH_MAYBE},
    {"a prefix below", 0x1100, 0xff00, 0x1200, 0x12ff, MATCH_NO, MATCH_YES, MATCH_NO, MATCH_NO},
    {"a prefix above", 0x1300, 0xff00, 0x1200, 0x12ff, MATCH_NO, MATCH_NO, MATCH_YES, MATCH_NO},
    {"a known bit behind unknown ones", 0x0001, 0x0001, 0x1234, 0x1234, MATCH_NO, MATCH_MAYBE,
     MATCH_MAYBE, MATCH_MAYBE},
};

static void test_bits(void **state)
{
    const BitsCase *row = *state;
    guint16 words[] = {GUINT16_TO_BE(row->value), GUINT16_TO_BE(row->known),
                       GUINT16_TO_BE(row->first), GUINT16_TO_BE(row->last)};
    const guint8 *first = (const guint8 *)&words[2];
    const guint8 *last = (const guint8 *)&words[3];
    ConstBits bits = {(const guint8 *)&words[0], (const guint8 *)&words[1]};
    assert_int_equal(bits_equal(bits, first, 2), row->equal);
    assert_int_equal(bits_at_most(bits, last, 2), row->at_most);
    assert_int_equal(bits_at_least(bits, first, 2), row->at_least);
    assert_int_equal(bits_within(bits, first, last, 2), row->within);
    assert_int_equal(bits_all_known(bits, 2), row->known == 0xffff);
}

static void test_set_forget_copy(G_GNUC_UNUSED void **state)
{
    guint8 value[4] = {9, 9, 9, 9};
    guint8 known[4] = {0, 0, 0, 0};
    Bits bits = {value, known};
    Bits behind = {value + 2, known + 2};
    bits_set(bits, "ab", 2);
    assert_memory_equal(value, "ab\x09\x09", 4);
    assert_memory_equal(known, "\xff\xff\0\0", 4);
    bits_copy(behind, (ConstBits){value, known}, 2);
    assert_memory_equal(value, "abab", 4);
    assert_memory_equal(known, "\xff\xff\xff\xff", 4);
    bits_forget(bits, 3);
    assert_memory_equal(value, "\0\0\0b", 4);
    assert_memory_equal(known, "\0\0\0\xff", 4);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {cmocka_unit_test(test_set_forget_copy)};
    return RUN_CASES(test_bits, rows) + cmocka_run_group_tests_name("bits", tests, NULL, NULL);
}
