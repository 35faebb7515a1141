/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sets and maps of nf_tables: see lookup.h. */
#include "model/kernel/lookup.h"

#include "model/firewalld/match.h"
#include "model/foreach.h"

#include <string.h>

void findings_clear(Findings *findings)
{
    g_clear_pointer(&findings->candidates, g_ptr_array_unref);
}

static const guint8 *bytes_of(GBytes *bytes)
{
    return g_bytes_get_data(bytes, NULL);
}

/* Each field of a concatenation fills whole registers (nft(8), concatenations). */
static Match match_fields(const NftSet *set, const NftElement *element, const Registers *registers,
                          gint at)
{
    Match match = MATCH_YES;
    gsize offset = 0;
    ARRAY_FOREACH (const guint32, length, set->fields) {
        if (offset + *length > set->key_length)
            return MATCH_MAYBE;
        ConstBits bits = registers_bits(registers, at + (gint)offset);
        match = match_and(match, bits_within(bits, bytes_of(element->key) + offset,
                                             bytes_of(element->key_end) + offset, *length));
        offset += (*length + 3) / 4 * 4;
    }
    return match;
}

static Match match_element(const NftSet *set, const NftElement *element, const Registers *registers,
                           gint at, bool typical)
{
    ConstBits bits = registers_bits(registers, at);
    if (element->key_end == NULL) {
        Match match = bits_equal(bits, bytes_of(element->key), set->key_length);
        return match == MATCH_MAYBE && typical ? MATCH_NO : match;
    }
    if (set->fields->len > 1)
        return match_fields(set, element, registers, at);
    return bits_within(bits, bytes_of(element->key), bytes_of(element->key_end), set->key_length);
}

/* The interval of a set without concatenation that holds a key that is all known: they are in order
 * and do not overlap. */
static NftElement *find_interval(const NftSet *set, const guint8 *key)
{
    guint low = 0;
    guint high = set->elements->len;
    while (low < high) {
        guint middle = low + (high - low) / 2;
        NftElement *element = g_ptr_array_index(set->elements, middle);
        if (element->key == NULL || memcmp(bytes_of(element->key), key, set->key_length) > 0)
            high = middle;
        else if (element->key_end == NULL || /* or it would be in the index */
                 memcmp(bytes_of(element->key_end), key, set->key_length) < 0)
            low = middle + 1;
        else
            return element;
    }
    return NULL;
}

static NftElement *find_known(const NftSet *set, const Registers *registers, gint at)
{
    ConstBits bits = registers_bits(registers, at);
    g_autoptr(GBytes) key = g_bytes_new_static(bits.value, set->key_length);
    NftElement *element = g_hash_table_lookup(set->index, key);
    if (element != NULL)
        return element;
    if (set->fields->len <= 1)
        return find_interval(set, bits.value);
    PTR_ARRAY_FOREACH (NftElement, other, set->elements) {
        if (other->key != NULL && other->key_end != NULL &&
            match_fields(set, other, registers, at) == MATCH_YES)
            return other;
    }
    return NULL;
}

static NftElement *catch_all(const NftSet *set)
{
    NftElement *last =
        set->elements->len > 0 ? g_ptr_array_index(set->elements, set->elements->len - 1) : NULL;
    return last != NULL && last->key == NULL ? last : NULL;
}

/* Whether the single key of ELEMENT is none of the numbers that the register may have. */
static bool is_out_of_reach(const NftElement *element, const Registers *registers)
{
    guint32 key;
    if (element->key_end != NULL)
        return false;
    memcpy(&key, bytes_of(element->key), sizeof key);
    return key - registers->number_first >= registers->number_count;
}

/* Adds what may match a register that has one of some numbers; returns whether each of them is a key,
 * so that one is found. */
static bool collect_numbers(const NftSet *set, const Registers *registers, GPtrArray *candidates)
{
    guint found = 0;
    PTR_ARRAY_FOREACH (NftElement, element, set->elements) {
        if (element->key == NULL || is_out_of_reach(element, registers))
            continue;
        g_ptr_array_add(candidates, element);
        found += element->key_end == NULL;
    }
    return found == registers->number_count;
}

/* Adds what may match; returns whether one of them surely does. */
static bool collect(const NftSet *set, const Registers *registers, gint at, const Packet *packet,
                    GPtrArray *candidates)
{
    bool typical = registers_hold_typical_host(registers, at, set->key_length, packet);
    if (registers->number_at == at && set->key_length == sizeof(guint32))
        return collect_numbers(set, registers, candidates);
    PTR_ARRAY_FOREACH (NftElement, element, set->elements) {
        Match match =
            element->key != NULL ? match_element(set, element, registers, at, typical) : MATCH_NO;
        if (match == MATCH_YES)
            g_ptr_array_set_size(candidates, 0);
        if (match != MATCH_NO)
            g_ptr_array_add(candidates, element);
        if (match == MATCH_YES)
            return true;
    }
    return false;
}

guint64 set_lookup_cost(const NftSet *set, const Registers *registers, gint at)
{
    enum { ELEMENTS_A_RULE = 16 };
    bool quick =
        set->fields->len <= 1 && bits_all_known(registers_bits(registers, at), set->key_length);
    return quick ? 0 : set->elements->len / ELEMENTS_A_RULE;
}

Findings set_lookup(const NftSet *set, const Registers *registers, gint at, const Packet *packet)
{
    Findings findings = {g_ptr_array_new(), false};
    NftElement *other = catch_all(set);
    bool certain = false;
    if (bits_all_known(registers_bits(registers, at), set->key_length)) {
        NftElement *element = find_known(set, registers, at);
        certain = element != NULL;
        if (certain)
            g_ptr_array_add(findings.candidates, element);
    } else {
        certain = collect(set, registers, at, packet, findings.candidates);
    }
    if (!certain && other != NULL)
        g_ptr_array_add(findings.candidates, other);
    findings.may_miss = !certain && other == NULL;
    return findings;
}
