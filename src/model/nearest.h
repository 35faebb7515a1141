/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The word that somebody may have meant who wrote one that there is not. */
#pragma once

#include <glib.h>

typedef struct {
    const char *word;    /* as it was written */
    const char *nearest; /* of those offered so far (transfer none); NULL: none is near */
    guint distance;      /* of NEAREST */
} NearestWord;

/* What begins the search for WORD, which must outlive it. */
NearestWord nearest_word_to(const char *word);

/* Takes CANDIDATE where it is nearer than those before: the same in another case, what WORD abbreviates, or one
 * or two letters added, missing, changed or swapped. */
void nearest_word_offer(NearestWord *search, const char *candidate);
