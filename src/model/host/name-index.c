/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See name-index.h. */
#include "model/host/name-index.h"

#include "model/foreach.h"

#include <string.h>

enum { SHORT = 8 }; /* what is looked through faster than hashed */

struct NameIndex {
    GHashTable *first; /* name, of the list, to its first position */
    guint count;       /* how many of the list are in FIRST */
    GArray *again;     /* by position: where the same name is next, G_MAXUINT for nowhere */
    GArray *wildcards; /* positions */
};

static NameIndex *index_new(void)
{
    NameIndex *index = g_new0(NameIndex, 1);
    index->first = g_hash_table_new(g_str_hash, g_str_equal);
    index->again = g_array_new(FALSE, FALSE, sizeof(guint));
    index->wildcards = g_array_new(FALSE, FALSE, sizeof(guint));
    return index;
}

void name_index_free(NameIndex *index)
{
    if (index == NULL)
        return;
    g_hash_table_unref(index->first);
    g_array_unref(index->again);
    g_array_unref(index->wildcards);
    g_free(index);
}

/* ---- lists that only grow ---- */

static gpointer find_among(const GPtrArray *list, const char *name)
{
    PTR_ARRAY_FOREACH (char *const, element, list) {
        if (g_strcmp0(*element, name) == 0)
            return (gpointer)element;
    }
    return NULL;
}

gpointer name_index_find(NameIndex **index, const GPtrArray *list, const char *name)
{
    if (list->len <= SHORT || name == NULL)
        return find_among(list, name);
    if (*index == NULL)
        *index = index_new();
    for (; (*index)->count < list->len; (*index)->count++) {
        char *const *element = g_ptr_array_index(list, (*index)->count);
        if (*element != NULL && !g_hash_table_contains((*index)->first, *element))
            g_hash_table_insert((*index)->first, *element, (gpointer)element);
    }
    return g_hash_table_lookup((*index)->first, name);
}

/* ---- the interfaces of a zone ---- */

bool name_is_wildcard(const char *name, gsize length)
{
    return length > 0 && (name[length - 1] == '+' || name[length - 1] == '*');
}

static bool is_short(char *const *names)
{
    for (guint i = 0; i <= SHORT; i++) {
        if (names[i] == NULL)
            return true;
    }
    return false;
}

/* From the last one on, so that what is in the table comes next. */
static NameIndex *index_of_names(char *const *names)
{
    NameIndex *index = index_new();
    index->count = g_strv_length((char **)names);
    g_array_set_size(index->again, index->count);
    for (guint i = index->count; i-- > 0;) {
        gpointer again;
        bool is_again = g_hash_table_lookup_extended(index->first, names[i], NULL, &again);
        g_array_index(index->again, guint, i) = is_again ? GPOINTER_TO_UINT(again) : G_MAXUINT;
        if (!name_is_wildcard(names[i], strlen(names[i])))
            g_hash_table_insert(index->first, names[i], GUINT_TO_POINTER(i));
    }
    for (guint i = 0; i < index->count; i++) {
        if (name_is_wildcard(names[i], strlen(names[i])))
            g_array_append_val(index->wildcards, i);
    }
    return index;
}

NameWalk name_walk(NameIndex **index, char *const *names, const char *name)
{
    NameWalk walk = {.names = names};
    if (is_short(names))
        return walk;
    if (*index == NULL)
        *index = index_of_names(names);
    gpointer first;
    bool is_there = g_hash_table_lookup_extended((*index)->first, name, NULL, &first);
    walk.index = *index;
    walk.next = is_there ? GPOINTER_TO_UINT(first) : G_MAXUINT;
    return walk;
}

const char *name_walk_next(NameWalk *walk)
{
    const NameIndex *index = walk->index;
    if (index == NULL)
        return walk->names[walk->next] != NULL ? walk->names[walk->next++] : NULL;
    guint wildcard = walk->next_wildcard < index->wildcards->len
                         ? g_array_index(index->wildcards, guint, walk->next_wildcard)
                         : G_MAXUINT;
    guint next = MIN(walk->next, wildcard);
    if (next == G_MAXUINT)
        return NULL;
    if (next == wildcard)
        walk->next_wildcard++;
    else
        walk->next = g_array_index(index->again, guint, next);
    return walk->names[next];
}
