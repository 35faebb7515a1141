/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names and where they are in a list. Hosts have lists of thousands, of which each question is about one: it is
 * looked up, and the list is gone through only where it is short. An index is kept beside its list. */
#pragma once

#include <glib.h>
#include <stdbool.h>

typedef struct NameIndex NameIndex;

void name_index_free(NameIndex *index);

/* ---- lists that only grow ---- */

/* The first element of LIST that is called NAME, or NULL (transfer none). Elements begin with a pointer to their
 * name. *INDEX is that of LIST, NULL at first; what was added to LIST since then is added to it. Nothing may be
 * removed from LIST, or be renamed. */
gpointer name_index_find(NameIndex **index, const GPtrArray *list, const char *name);

/* ---- the interfaces of a zone ---- */

/* Whether NAME, of LENGTH, stands for all names that begin so: firewalld's "+" of iptables or "*" of nftables. */
bool name_is_wildcard(const char *name, gsize length);

/* Goes through some of a list in its order, for name_walk_next(). To be taken as opaque. */
typedef struct {
    char *const *names;
    const NameIndex *index; /* NULL: all of them */
    guint next;
    guint next_wildcard;
} NameWalk;

/* Those of NAMES that match NAME or are wildcards, and, where NAMES is short, others.
 * *INDEX is that of NAMES, NULL at first and after each change. */
NameWalk name_walk(NameIndex **index, char *const *names, const char *name);

/* The next name, or NULL at the end. */
const char *name_walk_next(NameWalk *walk);
