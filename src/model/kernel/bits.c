/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Three-valued comparisons of partly known bits: see bits.h. */
#include "model/kernel/bits.h"

#include <string.h>

void bits_set(Bits bits, const void *data, gsize size)
{
    memcpy(bits.value, data, size);
    memset(bits.known, 0xff, size);
}

void bits_forget(Bits bits, gsize size)
{
    memset(bits.value, 0, size);
    memset(bits.known, 0, size);
}

void bits_copy(Bits to, ConstBits from, gsize size)
{
    memmove(to.value, from.value, size);
    memmove(to.known, from.known, size);
}

bool bits_all_known(ConstBits bits, gsize size)
{
    for (gsize i = 0; i < size; i++) {
        if (bits.known[i] != 0xff)
            return false;
    }
    return true;
}

Match bits_equal(ConstBits bits, const guint8 *data, gsize size)
{
    bool all_known = true;
    for (gsize i = 0; i < size; i++) {
        if (((bits.value[i] ^ data[i]) & bits.known[i]) != 0)
            return MATCH_NO;
        all_known = all_known && bits.known[i] == 0xff;
    }
    return all_known ? MATCH_YES : MATCH_MAYBE;
}

/* Compares the largest (unknown bits set) or the smallest value the bits can have. */
static int compare_bound(ConstBits bits, bool largest, const guint8 *data, gsize size)
{
    for (gsize i = 0; i < size; i++) {
        guint8 byte = largest ? (guint8)(bits.value[i] | ~bits.known[i]) : bits.value[i];
        if (byte != data[i])
            return byte < data[i] ? -1 : 1;
    }
    return 0;
}

Match bits_at_most(ConstBits bits, const guint8 *data, gsize size)
{
    if (compare_bound(bits, true, data, size) <= 0)
        return MATCH_YES;
    return compare_bound(bits, false, data, size) > 0 ? MATCH_NO : MATCH_MAYBE;
}

Match bits_at_least(ConstBits bits, const guint8 *data, gsize size)
{
    if (compare_bound(bits, false, data, size) >= 0)
        return MATCH_YES;
    return compare_bound(bits, true, data, size) < 0 ? MATCH_NO : MATCH_MAYBE;
}

Match bits_within(ConstBits bits, const guint8 *first, const guint8 *last, gsize size)
{
    return MIN(bits_at_least(bits, first, size), bits_at_most(bits, last, size));
}
