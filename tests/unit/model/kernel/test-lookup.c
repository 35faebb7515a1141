/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sets and maps: each row is a chain that drops all but what its rule accepts. */
#include "rule-cases.h"

#define CHAIN(set, rule) "table inet t\n" set "\nchain c input 0 policy-drop\n" rule
#define SPORT(set)       CHAIN(set, "payload:2:2:2:r0 lookup:s:r0 accept")
#define NOT_IN(set)      CHAIN(set, "payload:2:2:2:r0 lookup:s:r0:1 accept")
#define SOURCE(set)      CHAIN(set, "payload:1:12:4:r0 lookup:s:r0 accept")
#define BOTH(set)        CHAIN(set, "payload:1:12:4:r0 payload:2:2:2:r1 lookup:s:r0 accept")
#define VMAP(set)                                                                                  \
    "table inet t\n" set "\nchain a\naccept\nchain d\ndrop\nchain b\nreturn\n"                     \
    "chain c input 0 policy-drop\npayload:2:2:2:r0 vmap:s:r0:yes\nreject"
#define NETWORK  "input in enp2s0 from 192.168.150.0/24 to 192.168.150.130 tcp 22"
#define HALF     "input in enp2s0 from 192.168.150.0/25 to 192.168.150.130 tcp 22"
#define PORT(n)  TO_HOST "tcp " #n
#define ANY_PORT TO_HOST "tcp"

static const RuleCase sets[] = {
    {"in a set", SPORT("set s 2 p22 p80"), PORT(80), "accept"},
    {"not in it", SPORT("set s 2 p22 p80"), PORT(81), "drop"},
    {"in an empty set", SPORT("set s 2"), PORT(80), "drop"},
    {"perhaps in it", SPORT("set s 2 p22 p80"), ANY_PORT, "accept drop"},
    {"anything, in an empty set", SPORT("set s 2"), ANY_PORT, "drop"},
    {"inverted, in it", NOT_IN("set s 2 p22 p80"), PORT(80), "drop"},
    {"inverted, not in it", NOT_IN("set s 2 p22 p80"), PORT(81), "accept"},
    {"inverted, perhaps", NOT_IN("set s 2 p22 p80"), ANY_PORT, "accept drop"},
    {"inverted, perhaps the only one", NOT_IN("set s 2 p22"), ANY_PORT, "accept drop"},
    {"the only one teaches what it is",
     CHAIN("set s 2 p22", "payload:2:2:2:r0 lookup:s:r0 dport=23 accept"), ANY_PORT, "drop"},
    {"the only one, missed, teaches what it was not, inverted",
     CHAIN("set s 2 p22", "payload:2:2:2:r0 lookup:s:r0:1 drop\ndport=23 accept"), ANY_PORT,
     "drop"},
    {"one of two teaches nothing",
     CHAIN("set s 2 p22 p24", "payload:2:2:2:r0 lookup:s:r0 dport=23 accept"), ANY_PORT,
     "accept drop"},
    {"a number that was drawn, in an interval",
     CHAIN("set s 4 n0..n1", "numgen:r0:2:0 lookup:s:r0 accept"), PORT(22), "accept drop"},
    {"a number that was drawn, in a set of halves",
     CHAIN("set s 2 h0 h1", "numgen:r0:2:0 lookup:s:r0 accept"), PORT(22), "accept drop"},
    {"a map whose element has no value: what was there is gone",
     CHAIN("set s 2 data 4 p22", "immediate:r1:n5 payload:2:2:2:r0 lookup:s:r0:0:r1 cmp:0:r1:n5 "
                                 "accept"),
     PORT(22), "accept drop"},
    {"catch-all", SPORT("set s 2 p22 *"), PORT(81), "accept"},
    {"catch-all of anything", SPORT("set s 2 p22 *"), ANY_PORT, "accept"},
    {"no set", SPORT("set other 2 p22"), PORT(22), "accept reject drop"},
    {"a set whose keys do not fit", CHAIN("set s 8 n1+n2", "lookup:s:r15 accept"), PORT(22),
     "accept reject drop"},
    {"the first of an interval", SOURCE("set s 4 192.168.150.131..192.168.150.140 10.0.0.1"),
     PORT(22), "accept"},
    {"the last of an interval", SOURCE("set s 4 192.168.150.100..192.168.150.131 10.0.0.1"),
     PORT(22), "accept"},
    {"before an interval", SOURCE("set s 4 192.168.150.132..192.168.150.140"), PORT(22), "drop"},
    {"behind an interval", SOURCE("set s 4 192.168.150.100..192.168.150.130"), PORT(22), "drop"},
    {"the middle one of intervals",
     SOURCE("set s 4 10.0.0.0..10.255.255.255 192.168.150.0..192.168.150.255 224.0.0.0..239.0.0.0"),
     PORT(22), "accept"},
    {"the first of intervals",
     SOURCE("set s 4 192.168.150.0..192.168.150.255 193.0.0.0..193.0.0.9 224.0.0.0..239.0.0.0"),
     PORT(22), "accept"},
    {"the last of intervals",
     SOURCE("set s 4 10.0.0.0..10.255.255.255 11.0.0.0..11.0.0.9 192.168.150.0..192.168.150.255"),
     PORT(22), "accept"},
    {"a single one between intervals",
     SOURCE("set s 4 10.0.0.0..10.255.255.255 192.168.150.131 224.0.0.0..239.0.0.0"), PORT(22),
     "accept"},
    {"behind a single one between intervals",
     SOURCE("set s 4 10.0.0.0..10.255.255.255 192.168.150.130 192.168.150.131..192.168.150.140"),
     PORT(22), "accept"},
    {"intervals and a catch-all", SOURCE("set s 4 10.0.0.0..10.255.255.255 *"), PORT(22), "accept"},
    {"a network inside an interval", SOURCE("set s 4 192.168.150.0..192.168.150.255"), NETWORK,
     "accept"},
    {"a network half inside", SOURCE("set s 4 192.168.150.0..192.168.150.127"), NETWORK,
     "accept drop"},
    {"half a network inside", SOURCE("set s 4 192.168.150.0..192.168.150.127"), HALF, "accept"},
    {"a network outside", SOURCE("set s 4 192.168.151.0..192.168.151.255"), NETWORK, "drop"},
    {"a concatenation", BOTH("set s 8 fields 4,2 192.168.150.131+p22"), PORT(22), "accept"},
    {"a concatenation, another port", BOTH("set s 8 fields 4,2 192.168.150.131+p22"), PORT(23),
     "drop"},
    {"intervals of both fields", BOTH("set s 8 fields 4,2 192.168.150.0+p20..192.168.150.255+p30"),
     PORT(22), "accept"},
    {"outside the second interval",
     BOTH("set s 8 fields 4,2 192.168.150.0+p23..192.168.150.255+p30"), PORT(22), "drop"},
    {"outside the first interval",
     BOTH("set s 8 fields 4,2 192.168.151.0+p20..192.168.151.255+p30"), PORT(22), "drop"},
    {"one of several with intervals",
     BOTH("set s 8 fields 4,2 192.168.150.0+p1..192.168.150.255+p9 "
          "192.168.150.0+p20..192.168.150.255+p30"),
     PORT(22), "accept"},
    {"fields, each inside, that are not inside as one number",
     BOTH("set s 8 fields 4,2 192.168.150.0+p20..192.168.150.200+p30"), PORT(22), "accept"},
    {"a field that is open", BOTH("set s 8 fields 4,2 192.168.150.0+p20..192.168.150.255+p30"),
     ANY_PORT, "accept drop"},
    {"a field that is open and any will do",
     BOTH("set s 8 fields 4,2 192.168.150.0+p0..192.168.150.255+p65535"), ANY_PORT, "accept"},
    {"a network and a port", BOTH("set s 8 fields 4,2 192.168.150.0+p22..192.168.150.255+p22"),
     NETWORK, "accept"},
    {"fields that are longer than the key",
     BOTH("set s 8 fields 4,4,4 192.168.150.0+p22..192.168.150.255+p22"), ANY_PORT, "accept drop"},
    {"a concatenation with a catch-all", BOTH("set s 8 fields 4,2 10.0.0.1+p22 *"), PORT(22),
     "accept"},
};

static const RuleCase maps[] = {
    {"a verdict", VMAP("set s 2 p22=accept p23=drop"), PORT(22), "accept"},
    {"another verdict", VMAP("set s 2 p22=accept p23=drop"), PORT(23), "drop"},
    {"no verdict", VMAP("set s 2 p22=accept p23=drop"), PORT(24), "reject"},
    {"a jump", VMAP("set s 2 p22=jump:a p23=jump:d"), PORT(22), "accept"},
    {"a jump that comes back", VMAP("set s 2 p22=jump:b"), PORT(22), "reject"},
    {"a goto that does not come back", VMAP("set s 2 p22=goto:b"), PORT(22), "drop"},
    {"continue", VMAP("set s 2 p22=continue"), PORT(22), "reject"},
    {"return", VMAP("set s 2 p22=return"), PORT(22), "drop"},
    {"a jump to nowhere", VMAP("set s 2 p22=jump:none"), PORT(22), "accept reject drop"},
    {"all others", VMAP("set s 2 p22=accept *=drop"), PORT(23), "drop"},
    {"any of them", VMAP("set s 2 p22=accept p23=drop"), ANY_PORT, "accept reject drop"},
    {"any of them, all accept", VMAP("set s 2 p22=accept p23=accept *=accept"), ANY_PORT, "accept"},
    {"intervals to verdicts", VMAP("set s 2 p1..p20=drop p21..p30=accept"), PORT(22), "accept"},
    {"data",
     CHAIN("set s 2 data 4 p22=n5 p23=n6", "payload:2:2:2:r0 lookup:s:r0:0:r1 meta-set:3:r1 "
                                           "mark=5 accept"),
     PORT(22), "accept"},
    {"data of another",
     CHAIN("set s 2 data 4 p22=n5 p23=n6",
           "payload:2:2:2:r0 lookup:s:r0:0:r1 meta-set:3:r1 mark=5 accept"),
     PORT(23), "drop"},
    {"data of none",
     CHAIN("set s 2 data 4 p22=n5 p23=n6", "payload:2:2:2:r0 lookup:s:r0:0:r1 accept"), PORT(24),
     "drop"},
    {"data of one of them",
     CHAIN("set s 2 data 4 p22=n5 p23=n6", "payload:2:2:2:r0 lookup:s:r0:0:r1 cmp:0:r1:n5 accept"),
     ANY_PORT, "accept drop"},
    {"what a map found is known",
     CHAIN("set s 2 data 4 p22=n5 p23=n6", "payload:2:2:2:r0 lookup:s:r0:0:r1 cmp:0:r1:n5 dport=23 "
                                           "accept"),
     ANY_PORT, "drop"},
    {"data of an interval is found, and nothing more known",
     CHAIN("set s 2 data 4 p20..p30=n5", "payload:2:2:2:r0 lookup:s:r0:0:r1 cmp:0:r1:n5 dport=23 "
                                         "accept"),
     ANY_PORT, "accept drop"},
    {"a load balancer: one of all",
     CHAIN("set s 4 n0=jump:a n1=jump:a\nchain a\naccept", "numgen:r0:2:0 vmap:s:r0:yes"), PORT(22),
     "accept"},
    {"a load balancer with an offset",
     CHAIN("set s 4 n7=jump:a n8=jump:a\nchain a\naccept", "numgen:r0:2:7 vmap:s:r0:yes"), PORT(22),
     "accept"},
    {"a load balancer that leaves one out",
     CHAIN("set s 4 n0=jump:a n1=jump:a\nchain a\naccept", "numgen:r0:3:0 vmap:s:r0:yes"), PORT(22),
     "accept drop"},
    {"a load balancer by hash",
     CHAIN("set s 4 n0=jump:a n1=jump:a n2=jump:a\nchain a\naccept", "hash:r0:3:0 vmap:s:r0:yes"),
     PORT(22), "accept"},
    {"a load balancer never takes what is out of its reach",
     CHAIN("set s 4 n0=accept n1=accept n2=drop", "numgen:r0:2:0 vmap:s:r0:yes"), PORT(22),
     "accept"},
};

/* More verdicts than are followed, and as many as are. */
static void test_many(G_GNUC_UNUSED void **state)
{
    for (guint count = 64; count <= 65; count++) {
        g_autoptr(GString) rules = g_string_new("table inet t\nset s 2");
        for (guint i = 1; i <= count; i++)
            g_string_append_printf(rules, " p%u=accept", i);
        g_string_append(rules, "\nchain c input 0\npayload:2:2:2:r0 vmap:s:r0:yes");
        const RuleCase row = {"many", rules->str, ANY_PORT, NULL, NULL};
        g_autoptr(Snapshot) snapshot = rule_case_snapshot(&row);
        g_auto(GStrv) words = flow_words(&row);
        const Flow flow = flow_parse(words);
        g_autoptr(Path) path = path_of(snapshot, &flow, PATH_ALL_TABLES);
        assert_int_equal(path->possible, count <= 64 ? OUTCOME_ACCEPT : OUTCOME_ANY);
        const PathStage *stage = path_way_decision(path_worst(path));
        assert_string_equal(stage->obstacle != NULL ? stage->obstacle : "",
                            count <= 64 ? "" : OBSTACLE_LARGE_MAP);
    }
}

/* A map of many ports, and LAST, looked up by a port that is not told (transfer full). */
static char *outcomes_of_map(const char *last, const char *rule)
{
    g_autoptr(GString) rules = g_string_new("table inet t\nset s 2 data 4");
    bool verdicts = strstr(rule, "vmap") != NULL;
    for (guint i = 1; i <= 100; i++)
        g_string_append_printf(rules, verdicts ? " p%u=drop" : " p%u=n%u", i, i);
    g_string_append_printf(rules, "%s\nchain c input 0 policy-drop\npayload:2:2:2:r0 %s\nreject",
                           last, rule);
    const RuleCase row = {"", rules->str, ANY_PORT, NULL, NULL};
    g_autoptr(Snapshot) snapshot = rule_case_snapshot(&row);
    g_auto(GStrv) words = flow_words(&row);
    const Flow flow = flow_parse(words);
    g_autoptr(Path) path = path_of(snapshot, &flow, PATH_ALL_TABLES);
    return rule_case_outcomes(path->possible);
}

/* Where very many elements may be meant, their values are not tried one by one. */
static void test_large_maps(G_GNUC_UNUSED void **state)
{
    g_autofree char *some = outcomes_of_map("", "lookup:s:r0:0:r1 cmp:0:r1:n7 accept");
    g_autofree char *none = outcomes_of_map("", "lookup:s:r0:0:r1 accept");
    g_autofree char *all = outcomes_of_map(" *=n0", "lookup:s:r0:0:r1 accept");
    g_autofree char *verdicts = outcomes_of_map("", "vmap:s:r0:yes");
    assert_string_equal(some, "accept reject");
    assert_string_equal(none, "accept reject");
    assert_string_equal(all, "accept");
    assert_string_equal(verdicts, "accept reject drop");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {cmocka_unit_test(test_many),
                                              cmocka_unit_test(test_large_maps)};
    return RUN_CASES(test_outcomes, sets) + RUN_CASES(test_outcomes, maps) +
           cmocka_run_group_tests_name("many", tests, NULL, NULL);
}
