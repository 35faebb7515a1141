/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Strings of bits of which some are not known: what a flow says of a packet's headers. A network as
 * an address is its prefix and unknown bits behind it. Comparisons have three answers.
 *
 * VALUE holds the bits and KNOWN a mask of those that are known; bits of VALUE that are not known
 * are zero. Byte strings compare as the kernel compares them, most significant byte first. */
#pragma once

#include "model/host/address.h"

typedef struct {
    guint8 *value;
    guint8 *known;
} Bits;

typedef struct {
    const guint8 *value;
    const guint8 *known;
} ConstBits;

/* Sets SIZE bytes: to DATA, all of them known; or to nothing known. */
void bits_set(Bits bits, const void *data, gsize size);
void bits_forget(Bits bits, gsize size);
void bits_copy(Bits to, ConstBits from, gsize size);

/* Whether the SIZE bytes are those at DATA. */
Match bits_equal(ConstBits bits, const guint8 *data, gsize size);

/* Whether they are at most, at least DATA. */
Match bits_at_most(ConstBits bits, const guint8 *data, gsize size);
Match bits_at_least(ConstBits bits, const guint8 *data, gsize size);

/* Whether they are from FIRST to LAST, both included. */
Match bits_within(ConstBits bits, const guint8 *first, const guint8 *last, gsize size);

bool bits_all_known(ConstBits bits, gsize size);
