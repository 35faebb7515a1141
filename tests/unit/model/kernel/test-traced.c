/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Messages of the kernel's trace put together to the way of a packet, on the ruleset of a host with
 * Docker (fixtures/rulesets/docker). */
#include "model/kernel/traced.h"

#include "model/foreach.h"

#include "cases.h"
#include "hosts.h"
#include "rules.h"

#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>

#define TABLE "nicfix-trace-1"

typedef struct {
    const char *name;
    /* Messages: "ID FAMILY TABLE CHAIN RULE VERDICT [TO:PORT]", RULE "policy", "-" or a handle */
    const char *messages[16];
    TracedState state;
    Outcome outcome;
    const char *stages; /* chain and result of each */
    const char *to;     /* where it goes, where that is another place */
    bool known_too;
    bool rules_new;
    bool delivered;
} TracedCase;

#define BEGIN(id)  id " ip " TABLE " begin-in 3 continue 192.0.2.1:8088"
#define BEGUN(id)  id " ip " TABLE " begin-in policy accept"
#define NEW(id)    id " ip " TABLE " known-in policy accept"
#define KNOWN(id)  id " ip " TABLE " known-in 4 continue"
#define LEFT(id)   id " ip " TABLE " end-out - continue 192.0.2.1:8088", LEAVES(id)
#define LEAVES(id) id " ip " TABLE " end-out policy accept"
#define PRE(id)                                                                                    \
    id " inet firewalld mangle_PREROUTING 5 jump",                                                 \
        id " inet firewalld mangle_PREROUTING policy accept"

static const TracedCase cases[] = {
    {.name = "nothing came", .messages = {NULL}, .state = TRACED_NOTHING},
    {.name = "only another program's packet came",
     .messages = {"1 ip other trace 3 continue 192.0.2.1:8088", PRE("1"),
                  "1 ip filter FORWARD policy drop"},
     .state = TRACED_NOTHING},
    {.name = "a policy drops",
     .messages = {BEGIN("1"), BEGUN("1"), NEW("1"), PRE("1"), "1 ip filter FORWARD 8 jump",
                  "1 ip filter DOCKER-USER 19 return", "1 ip filter FORWARD policy drop"},
     .state = TRACED_REFUSED,
     .outcome = OUTCOME_DROP,
     .stages = "mangle_PREROUTING continue, FORWARD drop"},
    {.name = "a rule of a chain that a jump led to rejects",
     .messages = {BEGIN("1"), NEW("1"), "1 inet firewalld filter_FORWARD 42 jump",
                  "1 inet firewalld filter_FWD_public 101 drop"},
     .state = TRACED_REFUSED,
     .outcome = OUTCOME_REJECT,
     .stages = "filter_FWD_public reject"},
    {.name = "it leaves",
     .messages = {BEGIN("1"), NEW("1"), "1 ip filter FORWARD 12 accept", LEFT("1")},
     .state = TRACED_PASSED,
     .outcome = OUTCOME_ACCEPT,
     .stages = "FORWARD accept"},
    {.name = "it is translated",
     .messages = {BEGIN("1"), NEW("1"), "1 ip nat PREROUTING 7 jump", "1 ip nat DOCKER 11 accept",
                  "1 ip " TABLE " end-out - continue 172.17.0.2:80", LEAVES("1")},
     .state = TRACED_PASSED,
     .outcome = OUTCOME_ACCEPT,
     .stages = "DOCKER translate",
     .to = "172.17.0.2 80"},
    {.name = "it does not arrive",
     .messages = {BEGIN("1"), BEGUN("1"), NEW("1"), PRE("1")},
     .state = TRACED_UNFINISHED,
     .outcome = OUTCOME_ANY,
     .stages = "mangle_PREROUTING continue"},
    {.name = "of a known connection",
     .messages = {BEGIN("1"), KNOWN("1"), LEFT("1")},
     .state = TRACED_KNOWN},
    {.name = "of a known connection that was asked for",
     .messages = {BEGIN("1"), KNOWN("1"), LEFT("1")},
     .state = TRACED_PASSED,
     .outcome = OUTCOME_ACCEPT,
     .stages = "",
     .known_too = true},
    {.name = "the first that comes to an end",
     .messages = {BEGIN("1"), KNOWN("1"), LEFT("1"), BEGIN("2"), NEW("2"),
                  "2 ip filter FORWARD policy drop",
                  "3 ip " TABLE " begin-in 3 continue 192.0.2.1:9",
                  "3 ip " TABLE " end-out policy accept"},
     .state = TRACED_REFUSED,
     .outcome = OUTCOME_DROP,
     .stages = "FORWARD drop"},
    {.name = "one packet comes to a bridge, and to the host",
     .messages = {BEGIN("1"), NEW("1"), PRE("1"), BEGIN("2"), BEGUN("2"),
                  "2 inet firewalld filter_FORWARD 42 jump",
                  "2 inet firewalld filter_FWD_public 101 drop"},
     .state = TRACED_REFUSED,
     .outcome = OUTCOME_REJECT,
     .stages = "mangle_PREROUTING continue, filter_FWD_public reject"},
    {.name = "packets of the same headers, one after the other",
     .messages = {BEGIN("1"), KNOWN("1"), LEFT("1"), BEGIN("2"), NEW("2"),
                  "2 ip filter FORWARD policy drop"},
     .state = TRACED_REFUSED,
     .outcome = OUTCOME_DROP,
     .stages = "FORWARD drop"},
    {.name = "a rule that the ruleset does not have",
     .messages = {BEGIN("1"), NEW("1"), "1 ip filter FORWARD 4711 drop"},
     .state = TRACED_REFUSED,
     .outcome = OUTCOME_DROP,
     .stages = "FORWARD drop",
     .rules_new = true},
    {.name = "a chain that the ruleset does not have",
     .messages = {BEGIN("1"), NEW("1"), "1 ip filter LATE policy accept", LEFT("1")},
     .state = TRACED_PASSED,
     .outcome = OUTCOME_ACCEPT,
     .stages = "",
     .rules_new = true},
    {.name = "it arrives",
     .messages = {BEGIN("1"), NEW("1"), "1 ip " TABLE " end-in policy accept"},
     .state = TRACED_PASSED,
     .outcome = OUTCOME_ACCEPT,
     .stages = "",
     .delivered = true},
    {.name = "another port of the same host",
     .messages = {BEGIN("1"), NEW("1"), "1 ip " TABLE " end-out - continue 192.0.2.1:80",
                  LEAVES("1")},
     .state = TRACED_PASSED,
     .outcome = OUTCOME_ACCEPT,
     .stages = "",
     .to = "192.0.2.1 80"},
    {.name = "handed to a program",
     .messages = {BEGIN("1"), NEW("1"), "1 ip filter FORWARD 12 queue"},
     .state = TRACED_UNFINISHED,
     .outcome = OUTCOME_ANY,
     .stages = "FORWARD unknown"},
    {.name = "a chain of which the base chain was not seen",
     .messages = {BEGIN("1"), NEW("1"), "1 inet firewalld filter_FWD_public 101 drop"},
     .state = TRACED_UNFINISHED,
     .outcome = OUTCOME_ANY,
     .stages = ""},
    {.name = "a chain of another table than the base chain that was seen",
     .messages = {BEGIN("1"), NEW("1"), "1 ip filter FORWARD 8 jump",
                  "1 inet firewalld filter_FWD_public 101 drop"},
     .state = TRACED_UNFINISHED,
     .outcome = OUTCOME_ANY,
     .stages = ""},
    {.name = "dropped at a bridge, and what comes of it to the host",
     .messages = {BEGIN("1"), NEW("1"), BEGIN("2"), "1 ip filter FORWARD policy drop",
                  "2 ip " TABLE " end-out policy accept"},
     .state = TRACED_REFUSED,
     .outcome = OUTCOME_DROP,
     .stages = "FORWARD drop"},
    {.name = "a table that the ruleset does not have",
     .messages = {BEGIN("1"), NEW("1"), "1 ip late f policy accept", LEFT("1")},
     .state = TRACED_PASSED,
     .outcome = OUTCOME_ACCEPT,
     .stages = "",
     .rules_new = true},
};

static gint32 verdict_parse(const char *word)
{
    static const struct {
        const char *word;
        gint32 verdict;
    } verdicts[] = {{"accept", NF_ACCEPT}, {"drop", NF_DROP},   {"continue", NFT_CONTINUE},
                    {"jump", NFT_JUMP},    {"queue", NF_QUEUE}, {"return", NFT_RETURN}};
    for (gsize i = 0; i < G_N_ELEMENTS(verdicts); i++) {
        if (g_str_equal(verdicts[i].word, word))
            return verdicts[i].verdict;
    }
    fail_msg("%s", word);
    return 0;
}

static TraceMessage *message_parse(const char *text)
{
    g_auto(GStrv) words = g_strsplit(text, " ", -1);
    TraceMessage *message = trace_message_new();
    message->id = (guint32)atoi(words[0]);
    message->family = g_str_equal(words[1], "ip") ? NFT_FAMILY_IPV4 : NFT_FAMILY_INET;
    message->table = g_strdup(words[2]);
    message->chain = g_strdup(words[3]);
    message->is_policy = g_str_equal(words[4], "policy");
    message->is_rule = g_ascii_isdigit(*words[4]);
    message->rule = message->is_rule ? (guint64)atoi(words[4]) : 0;
    message->verdict = verdict_parse(words[5]);
    if (words[6] == NULL)
        return message;
    char *colon = strchr(words[6], ':');
    *colon = '\0';
    assert_true(ip_address_parse(words[6], &message->destination));
    message->has_destination = true;
    message->port = (guint16)atoi(colon + 1);
    message->headers = message->port;
    return message;
}

static char *stages_text(const PathWay *way)
{
    static const char *const results[] = {
        [STAGE_RESULT_CONTINUE] = "continue",   [STAGE_RESULT_ACCEPT] = "accept",
        [STAGE_RESULT_REJECT] = "reject",       [STAGE_RESULT_DROP] = "drop",
        [STAGE_RESULT_TRANSLATE] = "translate", [STAGE_RESULT_UNKNOWN] = "unknown"};
    GString *text = g_string_new(NULL);
    PTR_ARRAY_FOREACH (const PathStage, stage, way->stages)
        g_string_append_printf(text, "%s%s %s", text->len > 0 ? ", " : "", stage->chain->name,
                               results[stage->result]);
    return g_string_free(text, FALSE);
}

static void test_traced(void **state)
{
    const TracedCase *row = *state;
    g_autoptr(Snapshot) snapshot = host_read("rulesets/docker");
    g_autoptr(GPtrArray) messages =
        g_ptr_array_new_with_free_func((GDestroyNotify)trace_message_free);
    for (guint i = 0; row->messages[i] != NULL; i++)
        g_ptr_array_add(messages, message_parse(row->messages[i]));
    g_autoptr(Traced) traced = traced_of(snapshot, messages, TABLE, row->known_too);
    assert_int_equal(traced->state, row->state);
    if (row->stages == NULL)
        return;
    g_autofree char *stages = stages_text(&traced->way);
    assert_string_equal(stages, row->stages);
    assert_int_equal(traced->way.outcome, row->outcome);
    assert_int_equal(traced->way.translated, row->to != NULL);
    assert_int_equal(traced->rules_new, row->rules_new);
    assert_int_equal(traced->way.delivered, row->delivered);
    if (row->to != NULL) {
        g_autofree char *address = ip_address_to_string(&traced->way.to.address);
        g_autofree char *to = g_strdup_printf("%s %u", address, traced->way.port);
        assert_string_equal(to, row->to);
    }
}

/* ---- hooks and rules ---- */

typedef struct {
    const char *name;
    NftFamily family;
    guint32 hook;
    PathHook expected;
} HookCase;

static const HookCase hooks[] = {
    {"prerouting", NFT_FAMILY_IPV4, NF_INET_PRE_ROUTING, PATH_PREROUTING},
    {"input", NFT_FAMILY_IPV6, NF_INET_LOCAL_IN, PATH_INPUT},
    {"forward", NFT_FAMILY_INET, NF_INET_FORWARD, PATH_FORWARD},
    {"output", NFT_FAMILY_IPV4, NF_INET_LOCAL_OUT, PATH_OUTPUT},
    {"postrouting", NFT_FAMILY_INET, NF_INET_POST_ROUTING, PATH_POSTROUTING},
    {"ingress of family inet", NFT_FAMILY_INET, NF_INET_INGRESS, PATH_INGRESS},
    {"ingress of a device", NFT_FAMILY_NETDEV, 0, PATH_INGRESS},
    {"egress of a device", NFT_FAMILY_NETDEV, 1, PATH_EGRESS},
    {"prerouting of a bridge", NFT_FAMILY_BRIDGE, NF_BR_PRE_ROUTING, PATH_BRIDGE_IN},
    {"input of a bridge", NFT_FAMILY_BRIDGE, NF_BR_LOCAL_IN, PATH_BRIDGE_IN},
    {"output of a bridge", NFT_FAMILY_BRIDGE, NF_BR_LOCAL_OUT, PATH_BRIDGE_OUT},
    {"postrouting of a bridge", NFT_FAMILY_BRIDGE, NF_BR_POST_ROUTING, PATH_BRIDGE_OUT},
};

static void test_hook(void **state)
{
    const HookCase *row = *state;
    const NftTable table = {.family = row->family};
    const NftChain chain = {.hook = row->hook};
    assert_int_equal(path_hook_of_chain(&table, &chain), row->expected);
}

typedef struct {
    const char *name;
    const char *rule;
    bool rejects;
} RejectCase;

static const RejectCase rejections[] = {
    {"reject", "saddr=10.0.0.1 reject", true},
    {"REJECT of xtables", "target:REJECT:0:b0", true},
    {"another target", "target:DROP:0:b0", false},
    {"a target without a name", "target", false},
    {"drop", "saddr=10.0.0.1 drop", false},
};

static void test_rejection(void **state)
{
    const RejectCase *row = *state;
    g_autofree char *text = g_strconcat("table ip t\nchain c input 0\n", row->rule, NULL);
    g_autoptr(Ruleset) ruleset = rules_parse(text);
    const NftChain *chain = nft_table_chain(ruleset_table(ruleset, NFT_FAMILY_IPV4, "t"), "c");
    assert_int_equal(nft_rule_rejects(nft_chain_rule(chain, 1)), row->rejects);
    assert_null(nft_chain_rule(chain, 2));
}

int main(void)
{
    return RUN_CASES(test_traced, cases) + RUN_CASES(test_hook, hooks) +
           RUN_CASES(test_rejection, rejections);
}
