/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Loops over the containers that are used everywhere: each runs the statement that follows it once
 * for each element, in order. "break" and "continue" do what they do in any loop. */
#pragma once

#include <glib.h>

/* ITEM is a TYPE * of its own for each element of the GPtrArray ARRAY. The loop also visits what is
 * added to ARRAY meanwhile. */
#define PTR_ARRAY_FOREACH(type, item, array)                                                       \
    for (guint item##_index = 0, item##_next = 1; item##_next & (item##_index < (array)->len);     \
         item##_index++)                                                                           \
        for (type *item = (item##_next = 0, g_ptr_array_index(array, item##_index));               \
             item##_next == 0; item##_next = 1)

/* ITEM is a TYPE * that points at each element of the GArray ARRAY, which must not grow meanwhile. */
#define ARRAY_FOREACH(type, item, array)                                                           \
    for (type *item = (type *)(void *)(array)->data; item != foreach_end(array, sizeof(type));     \
         item++)

/* Behind the last element; an empty array may have no data, to which nothing can be added but as a
 * number. */
static inline const void *foreach_end(const GArray *array, gsize size)
{
    return (const void *)((guintptr)array->data + array->len * size);
}

/* ITEM is a char *const * that points at each string of the NULL-terminated STRV, which may be NULL. */
#define STRV_FOREACH(item, strv)                                                                   \
    for (char *const *item = foreach_string((char *const *)(strv)); *item != NULL; item++)

static inline char *const *foreach_string(char *const *strv)
{
    static char *const none[] = {NULL};
    char *const *const strings[] = {none, strv};
    return strings[strv != NULL];
}
