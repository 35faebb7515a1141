/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sorted prefixes: networks lie within each other or apart, so that those that cover a prefix are found length
 * by length, and those within it side by side. */
#include "model/host/address-set.h"

#include "model/foreach.h"

#include <string.h>

enum { N_LENGTHS = 129 };

struct AddressSet {
    GArray *hosts;                       /* IpPrefix, sorted */
    GArray *networks;                    /* the same */
    bool lengths[N_FAMILIES][N_LENGTHS]; /* which prefixes of a length there are */
    bool families[N_FAMILIES];
    GHashTable *macs;
    bool has_unknown;
};

static IpPrefix masked(const IpPrefix *prefix, guint8 length)
{
    IpPrefix result = {.address = {.family = prefix->address.family}, .length = length};
    guint whole = length / 8;
    memcpy(result.address.bytes, prefix->address.bytes, whole);
    if (length % 8 != 0)
        result.address.bytes[whole] =
            (guint8)(prefix->address.bytes[whole] & (0xff00 >> (length % 8)));
    return result;
}

/* By family, then by the first address, then the wider one first. */
static int compare(gconstpointer a, gconstpointer b)
{
    const IpPrefix *one = a;
    const IpPrefix *other = b;
    if (one->address.family != other->address.family)
        return one->address.family < other->address.family ? -1 : 1;
    int order = memcmp(one->address.bytes, other->address.bytes, sizeof one->address.bytes);
    return order != 0 ? order : (one->length > other->length) - (one->length < other->length);
}

static void add_prefix(AddressSet *set, const IpPrefix *prefix)
{
    Family family = prefix->address.family;
    IpPrefix own = masked(prefix, prefix->length);
    g_array_append_val(own.length == ip_address_bits(family) ? set->hosts : set->networks, own);
    set->lengths[family_index(family)][own.length] = true;
    set->families[family_index(family)] = true;
}

AddressSet *address_set_new(char *const *entries)
{
    AddressSet *set = g_new0(AddressSet, 1);
    set->hosts = g_array_new(FALSE, FALSE, sizeof(IpPrefix));
    set->networks = g_array_new(FALSE, FALSE, sizeof(IpPrefix));
    set->macs = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    STRV_FOREACH (entry, entries) {
        IpPrefix prefix;
        if (mac_address_is_valid(*entry))
            g_hash_table_add(set->macs, g_ascii_strdown(*entry, -1));
        else if (ip_prefix_parse(*entry, &prefix))
            add_prefix(set, &prefix);
        else
            set->has_unknown = true;
    }
    g_array_sort(set->hosts, compare);
    g_array_sort(set->networks, compare);
    return set;
}

void address_set_free(AddressSet *set)
{
    g_array_unref(set->hosts);
    g_array_unref(set->networks);
    g_hash_table_unref(set->macs);
    g_free(set);
}

/* The first of PREFIXES that is not before PREFIX; NULL: none. */
static const IpPrefix *first_from(const GArray *prefixes, const IpPrefix *prefix)
{
    guint low = 0;
    guint high = prefixes->len;
    while (low < high) {
        guint middle = low + (high - low) / 2;
        if (compare(&g_array_index(prefixes, IpPrefix, middle), prefix) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low < prefixes->len ? &g_array_index(prefixes, IpPrefix, low) : NULL;
}

static bool has(const GArray *prefixes, const IpPrefix *prefix)
{
    const IpPrefix *found = first_from(prefixes, prefix);
    return found != NULL && compare(found, prefix) == 0;
}

static bool has_within(const GArray *prefixes, const IpPrefix *prefix)
{
    const IpPrefix *found = first_from(prefixes, prefix);
    return found != NULL && ip_prefix_covers(prefix, found) == MATCH_YES;
}

Match address_set_covers_family(const AddressSet *set, Family family)
{
    if (set->lengths[family_index(family)][0])
        return MATCH_YES;
    return set->families[family_index(family)] ? MATCH_MAYBE : MATCH_NO;
}

Match address_set_covers(const AddressSet *set, const IpPrefix *prefix, bool only_networks)
{
    const bool *lengths = set->lengths[family_index(prefix->address.family)];
    for (guint8 length = 0; length <= prefix->length; length++) {
        if (!lengths[length])
            continue;
        IpPrefix outer = masked(prefix, length);
        if (has(set->networks, &outer) || has(set->hosts, &outer))
            return MATCH_YES;
    }
    IpPrefix own = masked(prefix, prefix->length);
    bool within =
        has_within(set->networks, &own) || (!only_networks && has_within(set->hosts, &own));
    return within ? MATCH_MAYBE : MATCH_NO;
}

Match address_set_has_mac(const AddressSet *set, const char *mac)
{
    if (mac == NULL)
        return g_hash_table_size(set->macs) > 0 ? MATCH_MAYBE : MATCH_NO;
    g_autofree char *key = g_ascii_strdown(mac, -1);
    return g_hash_table_contains(set->macs, key) ? MATCH_YES : MATCH_NO;
}

bool address_set_has_unknown(const AddressSet *set)
{
    return set->has_unknown;
}
