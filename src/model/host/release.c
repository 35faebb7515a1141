/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The versions at which firewalld changed. Measured with packets on releases on both sides of each
 * where Debian or a tag of firewalld's repository has them; the numbers in between are those of the
 * commits in firewalld's history. */
#include "model/host/release.h"

#define VERSION(major, minor, patch) ((major)*1000000U + (minor)*1000U + (patch))
#define FOR_GOOD                     G_MAXUINT

/* From one version up to, and not with, another. */
typedef struct {
    guint from;
    guint until; /* 0: there is no such range */
} Range;

enum { MOST_RANGES = 3 };

static const Range traits[N_RELEASE_TRAITS][MOST_RANGES] = {
    [RELEASE_SPARES_OTHER_TABLES] = {{VERSION(2, 0, 0), FOR_GOOD}},
    [RELEASE_WILDCARDS_IN_POLICIES] = {{VERSION(1, 1, 3), VERSION(1, 2, 0)},
                                       {VERSION(1, 2, 1), FOR_GOOD}},
    [RELEASE_INCLUDES_IN_RICH_RULES] = {{VERSION(0, 9, 11), VERSION(1, 0, 0)},
                                        {VERSION(1, 2, 4), VERSION(1, 3, 0)},
                                        {VERSION(1, 3, 1), FOR_GOOD}},
    [RELEASE_MIXES_KINDS_OF_SOURCES] = {{0, VERSION(1, 2, 6)},
                                        {VERSION(1, 3, 0), VERSION(1, 3, 3)}},
    [RELEASE_FORWARDS_PORTS_TO_HOST] = {{VERSION(2, 3, 2), FOR_GOOD}},
    [RELEASE_FORWARDS_OUTPUT] = {{VERSION(1, 1, 0), FOR_GOOD}},
    [RELEASE_ACCEPTS_DNAT_IN_OUTPUT] = {{VERSION(2, 3, 0), FOR_GOOD}},
    [RELEASE_ACCEPTS_REPLIES_IN_OUTPUT] = {{VERSION(0, 9, 5), FOR_GOOD}},
    [RELEASE_MLD_TYPES] = {{VERSION(2, 1, 0), FOR_GOOD}},
    [RELEASE_NUMBERS_ICMP] = {{VERSION(2, 3, 2), FOR_GOOD}},
    [RELEASE_DISPATCHES_ON] = {{VERSION(2, 5, 0), VERSION(2, 5, 2)}},
    [RELEASE_TRANSLATES_BY_INGRESS] = {{VERSION(2, 5, 2), FOR_GOOD}},
    [RELEASE_KEEPS_RULES_OF_MOVED] = {{VERSION(2, 0, 0), VERSION(2, 5, 0)}},
    [RELEASE_MISPLACES_EQUAL] = {{VERSION(2, 0, 0), VERSION(2, 5, 0)}},
};

static guint number_of(const Firewalld *firewalld)
{
    const char *text = firewalld->version;
    if (text == NULL)
        return FOR_GOOD - 1;
    guint parts[3] = {0};
    for (gsize i = 0; i < G_N_ELEMENTS(parts); i++) {
        for (; g_ascii_isdigit(*text); text++)
            parts[i] = MIN(parts[i] * 10 + (guint)g_ascii_digit_value(*text), 999);
        if (*text == '.')
            text++;
        else
            text = "";
    }
    return VERSION(parts[0], parts[1], parts[2]);
}

bool release_has(const Firewalld *firewalld, ReleaseTrait trait)
{
    guint number = number_of(firewalld);
    for (gsize i = 0; i < MOST_RANGES; i++) {
        const Range *range = &traits[trait][i];
        if (range->from <= number && number < range->until)
            return true;
    }
    return false;
}

Generation firewalld_generation(const Firewalld *firewalld)
{
    guint number = number_of(firewalld);
    if (number >= VERSION(2, 5, 0))
        return GENERATION_2_5;
    if (number >= VERSION(2, 0, 0))
        return GENERATION_2;
    return number >= VERSION(1, 0, 0) ? GENERATION_1 : GENERATION_0_9;
}

/* 2.5.1 was between two ways of dispatching, and not measured. */
const char *const *release_candidates(const Firewalld *firewalld)
{
    static const char *const any[] = {"0.9.11", "1.3.3", "2.4.4", "2.5.0", "2.5.2", NULL};
    static const char *const between[] = {"2.5.0", "2.5.2", NULL};
    if (firewalld->version == NULL)
        return any;
    return number_of(firewalld) == VERSION(2, 5, 1) ? between : NULL;
}
