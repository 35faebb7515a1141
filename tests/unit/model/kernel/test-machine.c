/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Chains, worlds and bounds of the machine. */
#include "rule-cases.h"
#include "stride.h"

#define PORT22 TO_HOST "tcp 22"
#define ANY    TO_HOST "tcp"
#define BASE   "chain c input 0 policy-drop\n"

static const RuleCase chains[] = {
    {"policy accept", "table inet t\nchain c input 0", PORT22, "accept"},
    {"policy drop", "table inet t\nchain c input 0 policy-drop", PORT22, "drop in input: inet t c"},
    {"jump, and no verdict", "table inet t\nchain s\nneutral:counter\n" BASE "jump:s\naccept",
     PORT22, "accept"},
    {"jump, and return", "table inet t\nchain s\nreturn\ndrop\n" BASE "jump:s\naccept", PORT22,
     "accept"},
    {"jump, and drop", "table inet t\nchain s\ndrop\n" BASE "jump:s\naccept", PORT22,
     "drop in input: inet t s"},
    {"goto, and no verdict: the base chain's policy",
     "table inet t\nchain s\nneutral:counter\n" BASE "goto:s\naccept", PORT22,
     "drop in input: inet t c"},
    {"goto below a jump returns above it",
     "table inet t\nchain s\nreturn\nchain j\ngoto:s\ndrop\n" BASE "jump:j\naccept", PORT22,
     "accept"},
    {"goto of a missing chain", "table inet t\n" BASE "goto:none", PORT22,
     "unknown in input: inet t c"},
    {"return in a base chain", "table inet t\n" BASE "return\naccept", PORT22,
     "drop in input: inet t c"},
    {"what follows a verdict is not run", "table inet t\n" BASE "accept drop", PORT22, "accept"},
    {"continue goes on with the rule", "table inet t\n" BASE "continue accept", PORT22, "accept"},
    {"break ends the rule", "table inet t\n" BASE "break accept", PORT22,
     "drop in input: inet t c"},
    {"a verdict that hands to user space",
     "table inet t\nset s 2 p22=accept\n" BASE
     "payload:2:2:2:r0 cmp:0:r0:p22 jump:q\nchain q\nqueue:1",
     PORT22, "unknown in input: inet t q"},
    {"an empty chain", "table inet t\nchain s\n" BASE "jump:s\naccept", PORT22, "accept"},
    {"a chain of another table is not found",
     "table inet u\nchain s\naccept\ntable inet t\n" BASE "jump:s", PORT22,
     "unknown in input: inet t c"},
};

static const RuleCase worlds[] = {
    {"a rule that may match: both go on", "table inet t\n" BASE "dport=22 accept\nreject", ANY,
     "accept; reject in input: inet t c"},
    {"both end alike", "table inet t\n" BASE "dport=22 accept\naccept", ANY, "accept"},
    {"both come back from where they went",
     "table inet t\nchain s\ndport=22 return\nreturn\n" BASE "jump:s\naccept", ANY, "accept"},
    {"what one has learnt the other has not",
     "table inet t\nchain s\ndport=22 mark:=1\n" BASE "jump:s\nmark=1 dport=23 accept\nmark=1 "
     "dport=22 accept",
     ANY, "accept; drop in input: inet t c"},
    {"marks that differ are kept apart",
     "table inet t\n" BASE "limit:0 mark:=1\nmark=1 drop\n"
     "mark=0 accept",
     ANY, "accept; drop in input: inet t c"},
    {"marks that differ are joined where they are written over",
     "table inet t\n" BASE "limit:0 mark:=1\nmark:=2\nmark=2 accept", ANY, "accept"},
    {"not tracked and tracked are kept apart",
     "table inet r\nchain p prerouting -300\nlimit:0 notrack\ntable inet t\n" BASE
     "state=8 accept\nstate=64 reject",
     PORT22, "accept; reject in input: inet t c"},
};

/* A rule that sets one of 2^COUNT marks, on which the last rule depends. */
static char *many_worlds(guint count, const char *last)
{
    GString *rules = g_string_new("table inet t\nchain c input 0 policy-drop\n");
    for (guint i = 0; i < count; i++)
        g_string_append_printf(rules, "limit:0 meta:3:r0 bitwise:r0:r0:4:n%u:n%u meta-set:3:r0\n",
                               ~(1u << i), 1u << i);
    g_string_append(rules, last);
    return g_string_free(rules, FALSE);
}

static guint possible(const char *rules, const char *words_of_flow)
{
    const RuleCase row = {"", rules, words_of_flow, NULL, NULL};
    g_autoptr(Snapshot) snapshot = rule_case_snapshot(&row);
    g_auto(GStrv) words = flow_words(&row);
    const Flow flow = flow_parse(words);
    g_autoptr(Path) path = path_of(snapshot, &flow, PATH_ALL_TABLES);
    guint outcomes = path->possible;
    bool exhausted = path->exhausted;
    if (exhausted)
        assert_int_equal(outcomes, OUTCOME_ANY);
    return exhausted ? 0 : outcomes;
}

/* Joined worlds know nothing of what they do not have in common, and all else. */
static void test_joined(G_GNUC_UNUSED void **state)
{
    g_autofree char *few = many_worlds(3, "mark=7 accept");
    g_autofree char *all = many_worlds(10, "mark=1023 drop\ndport=22 accept");
    g_autofree char *none = many_worlds(10, "mark=1024 accept");
    g_autofree char *untracked =
        g_strconcat("table inet r\nchain p prerouting -300\nlimit:0 notrack\n", NULL);
    g_autofree char *apart = many_worlds(10, "state=64 drop\nstate=8 accept");
    g_autofree char *both = g_strconcat(untracked, apart, NULL);
    assert_int_equal(possible(few, PORT22), OUTCOME_ACCEPT | OUTCOME_DROP);
    assert_int_equal(possible(all, PORT22), OUTCOME_ACCEPT | OUTCOME_DROP);
    assert_int_equal(possible(none, PORT22), OUTCOME_DROP);
    assert_int_equal(possible(both, PORT22), OUTCOME_ACCEPT | OUTCOME_DROP);
}

/* Worlds whose notes differ are not joined, however many they are. */
static void test_joined_apart(G_GNUC_UNUSED void **state)
{
    g_autoptr(GString) rules = g_string_new("table inet r\nchain p prerouting -300\n");
    for (guint i = 0; i < 6; i++)
        g_string_append_printf(rules, "limit:0 meta:3:r0 bitwise:r0:r0:4:n%u:n%u meta-set:3:r0\n",
                               ~(1u << i), 1u << i);
    g_string_append(rules, "limit:0 notrack\n");
    for (guint i = 6; i < 9; i++)
        g_string_append_printf(rules, "limit:0 meta:3:r0 bitwise:r0:r0:4:n%u:n%u meta-set:3:r0\n",
                               ~(1u << i), 1u << i);
    g_string_append(rules,
                    "table inet t\nchain c input 0 policy-drop\nstate=64 drop\nstate=8 accept");
    assert_int_equal(possible(rules->str, PORT22), OUTCOME_ACCEPT | OUTCOME_DROP);
}

/* Chains of DEPTH, of which each jumps to the next COUNT times. */
static char *deep(guint depth, guint count, const char *last)
{
    GString *rules = g_string_new("table inet t\n");
    for (guint i = 0; i < depth; i++) {
        g_string_append_printf(rules, "chain s%u\n", i);
        for (guint j = 0; j < count && i + 1 < depth; j++)
            g_string_append_printf(rules, "jump:s%u\n", i + 1);
    }
    g_string_append_printf(rules, "%s\nchain c input 0 policy-drop\njump:s0\naccept", last);
    return g_string_free(rules, FALSE);
}

static void test_bounds(G_GNUC_UNUSED void **state)
{
    g_autofree char *deepest = deep(16, 1, "drop");
    g_autofree char *too_deep = deep(17, 1, "drop");
    g_autofree char *wide = deep(16, 2, "return");
    g_autofree char *endless = deep(16, 10, "return");
    assert_int_equal(possible(deepest, PORT22), OUTCOME_DROP);
    assert_int_equal(possible(too_deep, PORT22), 0);
    assert_int_equal(possible(wide, PORT22), OUTCOME_ACCEPT);
    assert_int_equal(possible(endless, PORT22), 0);
    assert_int_equal(possible("table inet t\nchain c input 0\njump:c", PORT22), 0);
    assert_int_equal(possible("table inet t\nchain c input 0\ngoto:d\nchain d\ngoto:c", PORT22), 0);
}

/* A rule of look-ups that each may find any of many is as endless as chains are. */
static void test_bound_of_choices(G_GNUC_UNUSED void **state)
{
    g_autoptr(GString) rules = g_string_new("table inet t\nset s 2 data 4");
    for (guint i = 1; i <= 60; i++)
        g_string_append_printf(rules, " p%u=n%u", i, i);
    g_string_append(rules, "\nchain c input 0\n");
    for (guint i = 0; i < 8; i++)
        g_string_append_printf(rules, "payload:2:%u:2:r0 lookup:s:r0:0:r1 ", 4 + 2 * i);
    assert_int_equal(possible(rules->str, ANY), 0);
}

/* Many rules that may match take their time, once. */
static void test_many_rules(G_GNUC_UNUSED void **state)
{
    g_autoptr(GString) rules = g_string_new("table inet t\nchain c input 0\n");
    for (guint i = 0; i < 2000; i++)
        g_string_append_printf(rules, "dport=%u drop\n", i + 1);
    assert_int_equal(possible(rules->str, ANY), OUTCOME_ACCEPT | OUTCOME_DROP);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_joined),
        cmocka_unit_test(test_joined_apart),
    };
    static const struct CMUnitTest bounds[] = {
        cmocka_unit_test(test_bounds),
        cmocka_unit_test(test_bound_of_choices),
        cmocka_unit_test(test_many_rules),
    };
    int failed = RUN_CASES(test_ways, chains) + RUN_CASES(test_ways, worlds) +
                 cmocka_run_group_tests_name("machine", tests, NULL, NULL);
    /* They do the same again and again, up to a bound. */
    if (stride(2) == 1)
        failed += cmocka_run_group_tests_name("bounds", bounds, NULL, NULL);
    return failed;
}
