/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which word somebody may have meant. */
#include "model/nearest.h"

#include "cases.h"

typedef struct {
    const char *name;
    const char *word;
    const char *candidates;
    const char *expected; /* NULL: none */
} NearestCase;

static const NearestCase rows[] = {
    {"none is offered", "public", "", NULL},
    {"another case", "Public", "internal public", "public"},
    {"a letter is missing", "pubic", "internal public", "public"},
    {"a letter too many", "publicc", "internal public", "public"},
    {"another letter", "pablic", "internal public", "public"},
    {"two letters are swapped", "chekc", "list check", "check"},
    {"two letters are wrong in a long word", "intrenak", "external internal", "internal"},
    {"two letters are wrong in a short one", "lost", "drop", NULL},
    {"a letter of a short one", "lost", "drop list", "list"},
    {"the nearest is taken, not the first", "eth11", "eth2 eth10 eth1", "eth10"},
    {"of equals the first", "eth9", "eth0 eth1", "eth0"},
    {"an abbreviation", "conf", "confirm", "confirm"},
    {"the shortest that it abbreviates", "per", "permanent-only persist", "persist"},
    {"a wrong letter is nearer than a long rest", "wor", "worker-and-more work", "work"},
    {"nothing like it", "frobnicate", "list check apply", NULL},
    {"nothing at all", "", "list", NULL},
    {"one letter", "x", "y", NULL},
    {"the longest that is compared",
     "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
     "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab",
     "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab"},
    {"one that is longer", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
     "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab", NULL},
};

static void test_nearest(void **state)
{
    const NearestCase *row = *state;
    g_auto(GStrv) candidates = g_strsplit(row->candidates, " ", -1);
    NearestWord nearest = nearest_word_to(row->word);
    for (char **candidate = candidates; *candidate != NULL; candidate++)
        nearest_word_offer(&nearest, *candidate);
    assert_string_equal(nearest.nearest != NULL ? nearest.nearest : "none",
                        row->expected != NULL ? row->expected : "none");
}

int main(void)
{
    return RUN_CASES(test_nearest, rows);
}
