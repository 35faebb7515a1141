/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See netfilter-sets.h. */
#include "observe/kernel/netfilter-sets.h"

#include "observe/kernel/netfilter-forms.h"
#include "observe/kernel/netfilter-message.h"

#include <libnftnl/set.h>
#include <linux/netfilter/nf_tables.h>
#include <string.h>

typedef struct nftnl_set SetMessage;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SetMessage, nftnl_set_free)

/* nf_tables_set_desc_parse(): the kernel has no longer ones. */
static bool has_longer_field(const NftSet *set)
{
    for (guint i = 0; i < set->fields->len; i++) {
        if (g_array_index(set->fields, guint32, i) > REGISTERS_SIZE)
            return true;
    }
    return false;
}

bool netfilter_add_set(const struct nlmsghdr *message, NftTable *table, GError **error)
{
    if (!netfilter_message_fits(message, NETFILTER_SET))
        return netfilter_malformed("set", error);
    g_autoptr(SetMessage) from = nftnl_set_alloc();
    if (nftnl_set_nlmsg_parse(message, from) < 0 ||
        !netfilter_is_name(nftnl_set_get_str(from, NFTNL_SET_NAME)))
        return netfilter_malformed("set", error);
    g_autofree char *name = netfilter_name_of(nftnl_set_get_str(from, NFTNL_SET_NAME));
    NftSet *set = nft_set_new(name);
    guint32 size = 0;
    const guint8 *fields = nftnl_set_is_set(from, NFTNL_SET_DESC_CONCAT)
                               ? nftnl_set_get_data(from, NFTNL_SET_DESC_CONCAT, &size)
                               : NULL;
    set->handle =
        nftnl_set_is_set(from, NFTNL_SET_HANDLE) ? nftnl_set_get_u64(from, NFTNL_SET_HANDLE) : 0;
    set->flags =
        nftnl_set_is_set(from, NFTNL_SET_FLAGS) ? nftnl_set_get_u32(from, NFTNL_SET_FLAGS) : 0;
    set->key_length = nftnl_set_get_u32(from, NFTNL_SET_KEY_LEN);
    set->data_length = nftnl_set_is_set(from, NFTNL_SET_DATA_LEN)
                           ? nftnl_set_get_u32(from, NFTNL_SET_DATA_LEN)
                           : 0;
    for (guint32 i = 0; i < size && fields[i] != 0; i++) {
        guint32 length = fields[i];
        g_array_append_val(set->fields, length);
    }
    if (set->key_length > REGISTERS_SIZE || set->data_length > REGISTERS_SIZE ||
        has_longer_field(set)) {
        nft_set_unref(set);
        return netfilter_malformed("set", error);
    }
    nft_table_add_set(table, set);
    return true;
}

static GBytes *element_bytes(struct nftnl_set_elem *from, guint16 attribute)
{
    guint32 size = 0;
    const void *data =
        nftnl_set_elem_is_set(from, attribute) ? nftnl_set_elem_get(from, attribute, &size) : NULL;
    return data != NULL ? g_bytes_new(data, size) : NULL;
}

typedef struct {
    NftSet *set;
    bool malformed;
} ElementReading;

/* Until netfilter_join_intervals() the end of an interval is an element of its own: its verdict is
 * INTERVAL_END. */
#define INTERVAL_END G_MININT32

static int add_element(struct nftnl_set_elem *from, void *data)
{
    ElementReading *reading = data;
    NftElement *element = nft_element_new();
    guint32 flags = nftnl_set_elem_is_set(from, NFTNL_SET_ELEM_FLAGS)
                        ? nftnl_set_elem_get_u32(from, NFTNL_SET_ELEM_FLAGS)
                        : 0;
    element->key = element_bytes(from, NFTNL_SET_ELEM_KEY);
    element->key_end = element_bytes(from, NFTNL_SET_ELEM_KEY_END);
    element->data = element_bytes(from, NFTNL_SET_ELEM_DATA);
    if (nftnl_set_elem_is_set(from, NFTNL_SET_ELEM_VERDICT))
        element->verdict = (int)nftnl_set_elem_get_u32(from, NFTNL_SET_ELEM_VERDICT);
    if (nftnl_set_elem_is_set(from, NFTNL_SET_ELEM_CHAIN))
        element->chain = netfilter_name_of(nftnl_set_elem_get_str(from, NFTNL_SET_ELEM_CHAIN));
    if ((flags & NFT_SET_ELEM_INTERVAL_END) != 0)
        element->verdict = INTERVAL_END;
    gsize size = reading->set->key_length;
    bool is_catch_all = (flags & NFT_SET_ELEM_CATCHALL) != 0;
    if ((element->key != NULL && g_bytes_get_size(element->key) != size) ||
        (element->key_end != NULL && g_bytes_get_size(element->key_end) != size) ||
        (element->key == NULL) != is_catch_all) {
        reading->malformed = true;
        nft_element_free(element);
        return -1;
    }
    g_ptr_array_add(reading->set->elements, element);
    return 0;
}

bool netfilter_add_elements(const struct nlmsghdr *message, NftSet *set, GError **error)
{
    if (!netfilter_message_fits(message, NETFILTER_ELEMENTS))
        return netfilter_malformed("set's elements", error);
    g_autoptr(SetMessage) from = nftnl_set_alloc();
    ElementReading reading = {set, false};
    if (nftnl_set_elems_nlmsg_parse(message, from) < 0)
        return netfilter_malformed("set's elements", error);
    nftnl_set_elem_foreach(from, add_element, &reading);
    return !reading.malformed || netfilter_malformed("set's element", error);
}

/* By key; of equal keys the end of one interval comes before the start of the next. */
static gint compare_bounds(gconstpointer a, gconstpointer b)
{
    const NftElement *x = *(NftElement *const *)a;
    const NftElement *y = *(NftElement *const *)b;
    if (x->key == NULL || y->key == NULL)
        return (x->key == NULL) - (y->key == NULL);
    gint order = g_bytes_compare(x->key, y->key);
    return order != 0 ? order : (y->verdict == INTERVAL_END) - (x->verdict == INTERVAL_END);
}

static GBytes *all_ones(gsize size)
{
    guint8 *bytes = g_malloc(size);
    memset(bytes, 0xff, size);
    return g_bytes_new_take(bytes, size);
}

/* The key before KEY, which is not zero. */
static GBytes *predecessor(GBytes *key)
{
    gsize size;
    guint8 *bytes = g_memdup2(g_bytes_get_data(key, NULL), g_bytes_get_size(key));
    size = g_bytes_get_size(key);
    for (gsize i = size; i > 0 && bytes[i - 1]-- == 0; i--)
        continue;
    return g_bytes_new_take(bytes, size);
}

void netfilter_join_intervals(NftSet *set)
{
    bool is_interval = (set->flags & NFT_SET_INTERVAL) != 0;
    if (!is_interval || set->fields->len > 1)
        return;
    g_ptr_array_sort(set->elements, compare_bounds);
    GPtrArray *joined = g_ptr_array_new_with_free_func((GDestroyNotify)nft_element_free);
    NftElement *open = NULL;
    for (guint i = 0; i < set->elements->len; i++) {
        NftElement *element = g_ptr_array_index(set->elements, i);
        if (open != NULL && element->key != NULL) {
            open->key_end = predecessor(element->key);
            open = NULL;
        }
        if (element->verdict == INTERVAL_END) {
            nft_element_free(element);
            continue;
        }
        g_ptr_array_add(joined, element);
        if (element->key != NULL && element->key_end == NULL)
            open = element;
    }
    if (open != NULL)
        open->key_end = all_ones(set->key_length);
    g_ptr_array_set_free_func(set->elements, NULL);
    g_ptr_array_unref(set->elements);
    set->elements = joined;
}
