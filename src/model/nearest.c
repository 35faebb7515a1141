/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/nearest.h"

#include <string.h>

enum { LENGTH_MAX = 64 };

NearestWord nearest_word_to(const char *word)
{
    return (NearestWord){.word = word, .distance = G_MAXUINT};
}

/* How many letters are to be added, removed, changed, or swapped with the next one, to make B of A: the optimal
 * string alignment, in which no letter is changed twice. Neither is longer than LENGTH_MAX. */
static guint letters_between(const char *a, const char *b)
{
    guint rows[3][LENGTH_MAX + 1];
    guint width = (guint)strlen(b);
    for (guint j = 0; j <= width; j++)
        rows[0][j] = j;
    for (guint i = 1; a[i - 1] != '\0'; i++) {
        guint *row = rows[i % 3];
        const guint *above = rows[(i + 2) % 3];
        row[0] = i;
        for (guint j = 1; j <= width; j++) {
            guint change = above[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
            row[j] = MIN(change, MIN(above[j], row[j - 1]) + 1);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = MIN(row[j], rows[(i + 1) % 3][j - 2] + 1);
        }
    }
    return rows[strlen(a) % 3][width];
}

/* Of a short word fewer letters may be wrong. */
static guint letters_allowed(gsize length)
{
    return (guint)MIN(2, (length + 1) / 3);
}

static guint distance_between(const char *word, const char *candidate)
{
    g_autofree char *a = g_ascii_strdown(word, -1);
    g_autofree char *b = g_ascii_strdown(candidate, -1);
    if (g_str_equal(a, b))
        return 0;
    if (*a == '\0' || strlen(a) > LENGTH_MAX || strlen(b) > LENGTH_MAX)
        return G_MAXUINT;
    guint letters = letters_between(a, b);
    if (letters <= letters_allowed(strlen(a)))
        return letters;
    return g_str_has_prefix(b, a) ? LENGTH_MAX + (guint)strlen(b) : G_MAXUINT;
}

void nearest_word_offer(NearestWord *search, const char *candidate)
{
    guint distance = distance_between(search->word, candidate);
    if (distance < search->distance) {
        search->nearest = candidate;
        search->distance = distance;
    }
}
