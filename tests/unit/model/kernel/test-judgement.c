/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The verdict on a packet and on its answer: by the kernel's rules, or where firewalld is predicted by the
 * model and everybody else's rules. */
#include "model/kernel/judgement.h"

#include "rule-cases.h"

/* firewalld accepts what is forwarded to enp2s0, ssh, and what is translated. */
#define ZONE "zone public interfaces cni0,enp2s0 services ssh\nservice ssh ports 22/tcp\n"

static char *judgement_text(const Judgement *judgement)
{
    g_autofree char *outcomes = rule_case_outcomes(judgement->possible);
    const PathStage *stage = judgement_decision(judgement);
    if (stage == NULL)
        return g_strdup_printf("%s by %d", outcomes, judgement->by);
    return g_strdup_printf("%s by %d: %s%s %s", outcomes, judgement->by,
                           judgement->reply_path != NULL ? "answers " : "",
                           path_hook_word(stage->hook),
                           stage->table != NULL ? stage->table->name : "-");
}

static void check(const RuleCase *row, bool predicted)
{
    g_autoptr(Snapshot) snapshot = rule_case_snapshot(row);
    snapshot->firewalld_predicted = predicted;
    g_auto(GStrv) words = flow_words(row);
    Flow flow = flow_parse(words);
    g_autoptr(Judgement) judgement = judgement_of(snapshot, &flow, JUDGE_PACKET);
    g_autofree char *text = judgement_text(judgement);
    assert_string_equal(text, row->expected);
}

/* ---- answers ---- */

#define POLICY(rules) "table ip f\nchain c forward 0 policy-drop\n" rules
#define ACROSS        "forward in cni0 out enp2s0 from 10.244.2.2 to 192.168.150.131 "

static const RuleCase answers[] = {
    {"a policy stops the answers, too", POLICY("iif=cni0 accept"), ACROSS "tcp 80",
     "drop by 0: answers forward f"},
    {"what is established passes", POLICY("iif=cni0 accept\nstate=2 accept"), ACROSS "tcp 80",
     "accept by 0"},
    {"the addresses are the other way round",
     POLICY("iif=cni0 accept\nsaddr=192.168.150.131 daddr=10.244.2.2 accept"), ACROSS "tcp 80",
     "accept by 0"},
    {"so are the ports", POLICY("iif=cni0 accept\niif=enp2s0 proto=6 sport=80 accept"),
     ACROSS "tcp 80", "accept by 0"},
    {"a SYN is not answered by a SYN alone",
     POLICY("iif=cni0 accept\niif=enp2s0 proto=6 payload:2:13:1:r0 cmp:0:r0:b18 accept"),
     ACROSS "tcp 80", "accept by 0"},
    {"an answer has its direction", POLICY("iif=cni0 accept\nct:1:r0 cmp:0:r0:b1 accept"),
     ACROSS "tcp 80", "accept by 0"},
    {"an echo request is answered by an echo reply",
     POLICY("iif=cni0 accept\npayload:2:0:1:r0 cmp:0:r0:b0 accept"), ACROSS "icmp 8",
     "accept by 0"},
    {"whose being dropped is noticed", POLICY("iif=cni0 accept"), ACROSS "icmp 8",
     "drop by 0: answers forward f"},
    {"a port that is not known may be the one that passes",
     "table ip f\nchain c output 0 policy-drop\ndport=22 accept", TO_HOST "tcp 22", "accept by 0"},
    {"an echo request of IPv6", "table ip6 f\nchain c forward 0 policy-drop\niif=cni0 accept",
     "forward in cni0 out enp2s0 from fd00:1::2 to fd00:2::9 icmp 128",
     "drop by 0: answers forward f"},
    {"other ICMPv6 is not answered", "table ip6 f\nchain c forward 0 policy-drop\niif=cni0 accept",
     "forward in cni0 out enp2s0 from fd00:1::2 to fd00:2::9 icmp 1", "accept by 0"},
    {"what is answered already", POLICY("iif=cni0 accept"), ACROSS "tcp 80 established",
     "accept by 0"},
    {"what is answered by another link", POLICY("iif=cni0 accept"), ACROSS "back-by-another tcp 80",
     "accept by 0"},
    {"what is answered by no way at all", POLICY("iif=cni0 accept"), ACROSS "no-way-back tcp 80",
     "accept by 0"},
    {"what is answered by a link that is not there", POLICY("saddr=10.244.2.2 accept"),
     "forward in cni0 out eth9 from 10.244.2.2 to 203.0.113.9 tcp 80",
     "drop by 0: answers forward f"},
    {"what came in by a link that is not told", POLICY("saddr=10.244.2.2 accept"),
     "forward out enp2s0 from 10.244.2.2 to 203.0.113.9 tcp 80", "accept by 0"},
    {"what the host sends by a link that is not told",
     "table ip f\nchain c input 0 policy-drop\nproto=17 accept",
     "output from 192.168.150.130 to 192.168.150.131 tcp 22", "accept by 0"},
    {"answers that are handed to a program", POLICY("iif=cni0 accept\nqueue:0"), ACROSS "tcp 80",
     "accept by 0"},
    {"what a bridge switches is not answered by the host",
     "table ip f\nchain c output 0 policy-drop\nproto=17 accept",
     "forward in cni0 out cni0 from 10.244.2.2 to 10.244.2.3 tcp 80", "accept by 0"},
    {"other ICMP is not answered", POLICY("iif=cni0 accept"), ACROSS "icmp 3", "accept by 0"},
    {"the host's answers", "table ip f\nchain c output 0 policy-drop\nproto=17 accept",
     TO_HOST "tcp 22", "drop by 0: answers output f"},
    {"and those to the host", "table ip f\nchain c input 0 policy-drop\nproto=17 accept",
     "output out enp2s0 from 192.168.150.130 to 192.168.150.131 tcp 22",
     "drop by 0: answers input f"},
    {"before conntrack the addresses of an answer are not known",
     "table ip f\nchain c prerouting -300\niif=enp2s0 drop", ACROSS "tcp 80", "accept by 0"},
    {"nor in the host's own before it", "table ip f\nchain c output -300 policy-drop",
     TO_HOST "tcp 22", "accept by 0"},
    {"an answer that may pass is not refused", POLICY("iif=cni0 accept\ndport=40000 accept"),
     ACROSS "tcp 80", "accept by 0"},
    {"the answer to what was translated comes from where it went",
     "table ip n\nchain p prerouting -100 nat\ndport=8080 dnat:10.244.2.2:80\n"
     "table ip f\nchain c forward 0 policy-drop\nsaddr=10.244.2.2 sport=80 accept\n"
     "daddr=10.244.2.2 dport=80 accept",
     TO_HOST "tcp 8080", "accept by 0"},
    {"and is dropped there",
     "table ip n\nchain p prerouting -100 nat\ndport=8080 dnat:10.244.2.2:80\n"
     "table ip f\nchain c forward 0 policy-drop\ndaddr=10.244.2.2 dport=80 accept",
     TO_HOST "tcp 8080", "drop by 0: answers forward f"},
    {"a link that does not forward the answers", "table ip f",
     "forward in cni0 out wan from 10.244.2.2 to 203.0.113.9 tcp 80", "drop by 0: answers route -",
     "link wan physical addr 203.0.113.5/24 forwarding no\n"},
    {"what takes several ways, and is answered on none of them",
     "table ip n\nset m 4 data 4 n0=10.244.2.2 n1=10.244.2.3\nchain p prerouting -100 nat\n"
     "dport=8080 numgen:r0:2:0 lookup:m:r0:0:r1 nat:1:2:r1\n"
     "table ip f\nchain c forward 0 policy-drop\niif=enp2s0 accept",
     TO_HOST "tcp 8080", "drop by 0: answers forward f"},
    {"what takes several ways, and is answered on one of them only",
     "table ip n\nset m 4 data 4 n0=10.244.2.2 n1=10.244.2.3\nchain p prerouting -100 nat\n"
     "dport=8080 numgen:r0:2:0 lookup:m:r0:0:r1 nat:1:2:r1\n"
     "table ip f\nchain c forward 0 policy-drop\niif=enp2s0 accept\nsaddr=10.244.2.2 accept",
     TO_HOST "tcp 8080", "accept drop by 0: answers forward f"},
};

static void test_answer(void **state)
{
    check(*state, false);
}

/* ---- ip_tables ---- */

#define NO_RULES "table inet a\nchain c input 0"
#define OPEN     "accept reject drop by 0"
#define FROM_IT  "output out enp2s0 from 192.168.150.130 to 192.168.150.131 tcp 22"
#define TO_ITS_POD                                                                                 \
    "table ip n\nchain p prerouting -100 nat\ndport=8080 dnat:10.244.2.2:80\ndport=81 redirect:80"
#define REFUSED "table inet a\nchain c input 0\ndrop"

/* What rules of the kernel's older tables do is not read: they may refuse what they may meet. */
static const RuleCase legacy[] = {
    {"to the host, INPUT", NO_RULES, TO_HOST "tcp 22", OPEN, "legacy 4 filter INPUT\n"},
    {"to the host, any of several", NO_RULES, TO_HOST "tcp 22", OPEN,
     "legacy 4 filter FORWARD,OUTPUT,INPUT\n"},
    {"to the host, FORWARD", NO_RULES, TO_HOST "tcp 22", "accept by 0",
     "legacy 4 filter FORWARD,OUTPUT\n"},
    {"to the host, PREROUTING", NO_RULES, TO_HOST "tcp 22", OPEN, "legacy 4 raw PREROUTING\n"},
    {"to the host, POSTROUTING", NO_RULES, TO_HOST "tcp 22", "accept by 0",
     "legacy 4 nat POSTROUTING\n"},
    {"to the host, a chain that no kernel has", NO_RULES, TO_HOST "tcp 22", "accept by 0",
     "legacy 4 filter SOMEWHERE\n"},
    {"to the host, of the other family", NO_RULES, TO_HOST "tcp 22", "accept by 0",
     "legacy 6 filter INPUT\n"},
    {"to the host, which tables is not known", NO_RULES, TO_HOST "tcp 22", OPEN, "legacy 4 -\n"},
    {"to the host, which chains is not known", NO_RULES, TO_HOST "tcp 22", OPEN,
     "legacy 4 filter\n"},
    {"across, FORWARD", NO_RULES, ACROSS "tcp 80", OPEN, "legacy 4 filter FORWARD\n"},
    {"across, INPUT and OUTPUT", NO_RULES, ACROSS "tcp 80", "accept by 0",
     "legacy 4 filter INPUT,OUTPUT\n"},
    {"across, PREROUTING", NO_RULES, ACROSS "tcp 80", OPEN, "legacy 4 mangle PREROUTING\n"},
    {"across, POSTROUTING", NO_RULES, ACROSS "tcp 80", OPEN, "legacy 4 nat POSTROUTING\n"},
    {"from the host, OUTPUT", NO_RULES, FROM_IT, OPEN, "legacy 4 filter OUTPUT\n"},
    {"from the host, POSTROUTING", NO_RULES, FROM_IT, OPEN, "legacy 4 nat POSTROUTING\n"},
    {"from the host, PREROUTING, INPUT and FORWARD", NO_RULES, FROM_IT, "accept by 0",
     "legacy 4 mangle PREROUTING,INPUT,FORWARD\n"},
    {"translated to a pod, FORWARD", TO_ITS_POD, TO_HOST "tcp 8080", OPEN,
     "legacy 4 filter FORWARD\n"},
    {"translated to a pod, POSTROUTING", TO_ITS_POD, TO_HOST "tcp 8080", OPEN,
     "legacy 4 nat POSTROUTING\n"},
    {"translated to the host, INPUT", TO_ITS_POD, TO_POD "tcp 81", OPEN, "legacy 4 filter INPUT\n"},
    {"refused already", REFUSED, TO_HOST "tcp 22", "drop by 0: input a",
     "legacy 4 filter INPUT\nlegacy 4 security INPUT\n"},
    {"refused, but for what translates it", REFUSED, TO_HOST "tcp 22",
     "accept reject drop by 0: input a", "legacy 4 nat PREROUTING\n"},
};

static void test_legacy(void **state)
{
    check(*state, false);
}

/* The first that matters is named. */
static void test_the_legacy_table(G_GNUC_UNUSED void **state)
{
    const RuleCase row = {"", NO_RULES, TO_HOST "tcp 22", NULL,
                          "legacy 4 filter FORWARD\nlegacy 4 mangle INPUT\nlegacy 4 raw "
                          "PREROUTING\n"};
    g_autoptr(Snapshot) snapshot = rule_case_snapshot(&row);
    g_auto(GStrv) words = flow_words(&row);
    Flow flow = flow_parse(words);
    g_autoptr(Judgement) judgement = judgement_of(snapshot, &flow, JUDGE_PACKET);
    assert_string_equal(judgement->legacy->name, "mangle");
    assert_false(judgement_accepts(judgement) || judgement_refuses(judgement));
}

/* ---- firewalld as it would be ---- */

#define DROPPING_FIREWALLD "table inet firewalld\nchain c forward 10 policy-drop\n"
#define DNAT                                                                                       \
    "table ip n\nchain p prerouting -100 nat\ndport=8080 dnat:10.244.2.2:80\n" DROPPING_FIREWALLD
#define STRICT ZONE "firewalld 2.3.4 public\noption StrictForwardPorts yes\n"

static const RuleCase predictions[] = {
    {"both accept", POLICY("accept"), ACROSS "tcp 80", "accept by 2", ZONE},
    {"others refuse", POLICY(""), ACROSS "tcp 80", "drop by 2: forward f", ZONE},
    {"firewalld refuses", POLICY("accept"), ACROSS "tcp 80", "reject by 2", "zone public\n"},
    {"firewalld's rules in the kernel do not count", DROPPING_FIREWALLD, ACROSS "tcp 80",
     "accept by 2", ZONE},
    {"others refuse the answers", POLICY("iif=cni0 accept"), ACROSS "tcp 80",
     "drop by 2: answers forward f", ZONE},
    {"what others translate is accepted", DNAT, TO_HOST "tcp 8080", "accept by 2", ZONE},
    {"but with StrictForwardPorts", DNAT, TO_HOST "tcp 8080", "reject by 2", STRICT},
    {"unless firewalld translates it as well", DNAT, TO_HOST "tcp 8080", "accept by 2",
     STRICT "change public forward-port 8080:tcp:80:10.244.2.2\n"},
    {"with StrictForwardPorts what is not translated is filtered as ever", DNAT, TO_HOST "tcp 22",
     "accept by 2", STRICT},
    {"with StrictForwardPorts, what a zone accepts is translated", DNAT, TO_HOST "tcp 8080",
     "reject by 2", STRICT "change public target ACCEPT\n"},
    {"whether StrictForwardPorts is on is not known", DNAT, TO_HOST "tcp 8080",
     "accept reject by 2", STRICT "option FirewallBackend -\n"},
};

static void test_prediction(void **state)
{
    check(*state, true);
}

/* ---- who decided ---- */

typedef struct {
    const char *name;
    const char *rules;
    const char *host;
    bool predicted;
    bool firewallds;
} DeciderCase;

static const DeciderCase deciders[] = {
    {"firewalld's table refuses", DROPPING_FIREWALLD, ZONE, false, true},
    {"another table refuses", POLICY(""), ZONE, false, false},
    {"all accept", POLICY("accept"), ZONE, false, true},
    {"routing refuses", "table inet a", ZONE "change-link", false, false},
    {"firewalld is predicted to accept", POLICY("accept"), ZONE, true, false},
    {"firewalld is predicted to refuse", POLICY("accept"), "zone public\n", true, true},
    {"firewalld is predicted to accept, another table refuses", POLICY(""), ZONE, true, false},
};

static void test_decider(void **state)
{
    const DeciderCase *test = *state;
    bool stops = g_str_has_suffix(test->host, "change-link");
    const RuleCase row = {test->name, test->rules, ACROSS "tcp 80", NULL,
                          stops ? ZONE : test->host};
    g_autoptr(Snapshot) snapshot = rule_case_snapshot(&row);
    snapshot->firewalld_predicted = test->predicted;
    if (stops)
        ((Link *)snapshot_link_by_name(snapshot, "cni0"))->forwarding_ipv4 = TRISTATE_NO;
    g_auto(GStrv) words = flow_words(&row);
    Flow flow = flow_parse(words);
    g_autoptr(Judgement) judgement = judgement_of(snapshot, &flow, JUDGE_PACKET);
    assert_int_equal(judgement_is_firewallds(judgement), test->firewallds);
}

/* ---- firewalld's rules against its configuration ---- */

typedef struct {
    const char *name;
    const char *rules; /* NULL: not read */
    const char *host;
    bool differ;
    bool predicted;
} DifferCase;

#define OWN(rules) "table inet firewalld\nchain filter_FORWARD forward 10\n" rules

static const DifferCase differences[] = {
    {"both accept", OWN("accept"), ZONE, false, false},
    {"both refuse", OWN("reject"), "zone public\n", false, false},
    {"both refuse, in other ways", OWN("drop"), "zone public\n", false, false},
    {"the rules refuse what the configuration accepts", OWN("reject"), ZONE, true, false},
    {"the rules are gone", "table inet a", "zone public\n", true, false},
    {"another table's refusal is none of it", "table ip f\nchain c forward 0\ndrop", ZONE, false,
     false},
    {"the rules may do either", OWN("limit:0 accept\nreject"), ZONE, false, false},
    {"the configuration may do either", OWN("reject"), "zone public unread\n", false, false},
    {"what does not get there", "table inet a", "zone public\nhost forwarding4 no\n", false, false},
    {"the rules were not read", NULL, "zone public\n", false, false},
    {"the configuration is not that of the rules", "table inet a", "zone public\n", false, true},
};

static void test_difference(void **state)
{
    const DifferCase *test = *state;
    const RuleCase row = {test->name, test->rules != NULL ? test->rules : "", ACROSS "tcp 80", NULL,
                          test->host};
    g_autoptr(Snapshot) snapshot = rule_case_snapshot(&row);
    snapshot->firewalld_predicted = test->predicted;
    if (test->rules == NULL)
        snapshot_replace_ruleset(snapshot, NULL);
    g_auto(GStrv) words = flow_words(&row);
    Flow flow = flow_parse(words);
    assert_int_equal(judgement_rules_differ(snapshot, &flow), test->differ);
}

/* ---- without the kernel ---- */

static void test_without_rules(G_GNUC_UNUSED void **state)
{
    const RuleCase row = {"", POLICY(""), ACROSS "tcp 80", NULL, ZONE};
    g_autoptr(Snapshot) snapshot = rule_case_snapshot(&row);
    g_auto(GStrv) words = flow_words(&row);
    Flow flow = flow_parse(words);
    g_autoptr(Judgement) firewalld = judgement_of(snapshot, &flow, JUDGE_FIREWALLD_ONLY);
    g_autofree char *told = judgement_text(firewalld);
    assert_string_equal(told, "accept by 1");
    assert_true(judgement_is_firewallds(firewalld));
    snapshot_replace_ruleset(snapshot, NULL);
    g_autoptr(Judgement) unread = judgement_of(snapshot, &flow, JUDGE_PACKET);
    g_autofree char *text = judgement_text(unread);
    assert_string_equal(text, "accept by 1");
}

static void test_freeing_nothing_is_fine(G_GNUC_UNUSED void **state)
{
    judgement_free(NULL);
    path_free(NULL);
    machine_free(NULL);
    verdict_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_freeing_nothing_is_fine),
        cmocka_unit_test(test_without_rules),
        cmocka_unit_test(test_the_legacy_table),
    };
    return RUN_CASES(test_answer, answers) + RUN_CASES(test_prediction, predictions) +
           RUN_CASES(test_legacy, legacy) + RUN_CASES(test_decider, deciders) +
           RUN_CASES(test_difference, differences) + cmocka_run_group_tests(tests, NULL, NULL);
}
