/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Versions of firewalld, and what they do. */
#include "model/host/release.h"

#include "cases.h"

typedef struct {
    const char *name;
    const char *version;
    Generation generation;
} GenerationCase;

static const GenerationCase generations[] = {
    {"the first of a generation", "1.0.0", GENERATION_1},
    {"the last of the one before it", "0.9.11", GENERATION_0_9},
    {"a later minor number, earlier patch", "1.3.0", GENERATION_1},
    {"numbers, not texts", "2.10.0", GENERATION_2_5},
    {"no patch", "2.5", GENERATION_2_5},
    {"major number alone", "2", GENERATION_2},
    {"a suffix", "1.3.3-2.el9", GENERATION_1},
    {"a release candidate's suffix", "2.0.0~rc1", GENERATION_2},
    {"newer than all that is known", "3.0.0", GENERATION_2_5},
    {"not known", NULL, GENERATION_2_5},
    {"no version", "unknown", GENERATION_0_9},
    {"absurd", "99999999999.99999999999.99999999999", GENERATION_2_5},
};

static Firewalld *firewalld_of(const char *version)
{
    Firewalld *firewalld = firewalld_new();
    firewalld->version = g_strdup(version);
    return firewalld;
}

static void test_generation(void **state)
{
    const GenerationCase *row = *state;
    g_autoptr(Firewalld) firewalld = firewalld_of(row->version);
    assert_int_equal(firewalld_generation(firewalld), row->generation);
}

typedef struct {
    const char *name;
    ReleaseTrait trait;
    const char *has; /* versions, on the edges */
    const char *has_not;
} TraitCase;

static const TraitCase traits[] = {
    {"other tables", RELEASE_SPARES_OTHER_TABLES, "2.0.0", "1.3.4"},
    {"wildcards in policies", RELEASE_WILDCARDS_IN_POLICIES, "1.1.3 1.1.5 1.2.1 2.5.2",
     "0.9.11 1.0.5 1.1.2 1.2.0"},
    {"includes in rich rules", RELEASE_INCLUDES_IN_RICH_RULES, "0.9.11 1.2.4 1.2.7 1.3.1 2.5.2",
     "0.9.10 1.0.0 1.1.5 1.2.3 1.3.0"},
    {"sources of different kinds", RELEASE_MIXES_KINDS_OF_SOURCES, "0.9.11 1.2.5 1.3.0 1.3.2",
     "1.2.6 1.2.7 1.3.3 2.0.0"},
    {"forward ports to the host", RELEASE_FORWARDS_PORTS_TO_HOST, "2.3.2 2.4.0", "1.3.4 2.3.1"},
    {"forward ports from the host", RELEASE_FORWARDS_OUTPUT, "1.1.0", "1.0.5"},
    {"translated from the host", RELEASE_ACCEPTS_DNAT_IN_OUTPUT, "2.3.0", "2.2.3"},
    {"replies from the host", RELEASE_ACCEPTS_REPLIES_IN_OUTPUT, "0.9.5 2.5.2", "0.9.3 0.9.4"},
    {"MLD", RELEASE_MLD_TYPES, "2.1.0", "2.0.6"},
    {"numbers of ICMP", RELEASE_NUMBERS_ICMP, "2.3.2", "2.3.1"},
    {"dispatch goes on", RELEASE_DISPATCHES_ON, "2.5.0 2.5.1", "2.4.4 2.5.2"},
    {"forward ports by ingress zone", RELEASE_TRANSLATES_BY_INGRESS, "2.5.2 3.0.0", "2.5.0 2.4.4"},
    {"rules of what was moved", RELEASE_KEEPS_RULES_OF_MOVED, "2.0.0 2.4.4", "1.3.4 2.5.0"},
    {"equal priorities", RELEASE_MISPLACES_EQUAL, "2.0.0 2.4.4", "1.3.4 2.5.0"},
};

static void check_versions(ReleaseTrait trait, const char *versions, bool expected)
{
    g_auto(GStrv) list = g_strsplit(versions, " ", -1);
    for (char **version = list; *version != NULL; version++) {
        g_autoptr(Firewalld) firewalld = firewalld_of(*version);
        assert_int_equal(release_has(firewalld, trait), expected);
    }
}

static void test_trait(void **state)
{
    const TraitCase *row = *state;
    check_versions(row->trait, row->has, true);
    check_versions(row->trait, row->has_not, false);
}

static void test_candidates(G_GNUC_UNUSED void **state)
{
    g_autoptr(Firewalld) known = firewalld_of("2.5.2");
    g_autoptr(Firewalld) unmeasured = firewalld_of("2.5.1");
    g_autoptr(Firewalld) unknown = firewalld_of(NULL);
    assert_null(release_candidates(known));
    assert_string_equal(release_candidates(unmeasured)[1], "2.5.2");
    assert_string_equal(release_candidates(unknown)[0], "0.9.11");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_candidates)};
    return RUN_CASES(test_generation, generations) + RUN_CASES(test_trait, traits) +
           cmocka_run_group_tests(tests, NULL, NULL);
}
