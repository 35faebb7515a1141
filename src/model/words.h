/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Enumerations and the words that stand for their values in text, JSON and other programs'
 * answers. One table gives both directions, so that they cannot drift apart. */
#pragma once

#include <glib.h>
#include <string.h>

/* Defines NAME_word(VALUE): the word that TABLE, an array of const char * that is indexed by TYPE,
 * has for VALUE (transfer none); NULL where it has none. */
#define DEFINE_WORD(name, type, table)                                                             \
    const char *name##_word(type value)                                                            \
    {                                                                                              \
        return (gsize)value < G_N_ELEMENTS(table) ? (table)[(gsize)value] : NULL;                  \
    }

/* Defines NAME_from_word(WORD): the value that TABLE has WORD for, or OTHERWISE. WORD may be NULL. */
#define DEFINE_FROM_WORD(name, type, table, otherwise)                                             \
    type name##_from_word(const char *word)                                                        \
    {                                                                                              \
        for (gsize i = 0; word != NULL && i < G_N_ELEMENTS(table); i++) {                          \
            if ((table)[i] != NULL && strcmp((table)[i], word) == 0)                               \
                return (type)i;                                                                    \
        }                                                                                          \
        return otherwise;                                                                          \
    }

#define DEFINE_WORDS(name, type, table, otherwise)                                                 \
    DEFINE_WORD(name, type, table)                                                                 \
    DEFINE_FROM_WORD(name, type, table, otherwise)
