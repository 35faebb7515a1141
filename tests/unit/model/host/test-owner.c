/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whose tables, chains, rules and links these are. */
#include "model/host/owner.h"

#include "rules.h"

typedef struct {
    const char *name;
    const char *rules;
    const char *base;
    const char *chain;
    const char *owner; /* NULL: nobody is known */
} StageCase;

#define SHARED(rest) "table ip filter\nchain FORWARD forward 0 policy-drop\n" rest

/* Who decided where CHAIN of BASE did. */
static const StageCase stages[] = {
    {"a chain of Docker's", SHARED("chain DOCKER-USER"), "FORWARD", "DOCKER-USER", "Docker"},
    {"a chain of nobody's", SHARED("chain mine"), "FORWARD", "mine", NULL},
    {"a chain of nobody's, where Docker is", SHARED("chain mine\nchain DOCKER"), "FORWARD", "mine",
     NULL},
    {"a policy that drops, where Docker is", SHARED("chain DOCKER"), "FORWARD", "FORWARD",
     "Docker"},
    {"a policy that drops, where ufw is, too", SHARED("chain DOCKER\nchain ufw-before-forward"),
     "FORWARD", "FORWARD", "ufw"},
    {"a policy that drops, where ufw is, of IPv6",
     "table ip6 filter\nchain INPUT input 0 policy-drop\nchain ufw6-before-forward", "INPUT",
     "INPUT", "ufw"},
    {"a policy that drops, where nobody is", SHARED(""), "FORWARD", "FORWARD", NULL},
    {"a policy that drops what is for the host, where Docker is",
     "table ip filter\nchain INPUT input 0 policy-drop\nchain DOCKER", "INPUT", "INPUT", NULL},
    {"a policy that accepts, where Docker is",
     "table ip filter\nchain FORWARD forward 0\nchain DOCKER", "FORWARD", "FORWARD", NULL},
    {"a policy that drops in a table of one's own",
     "table ip mine\nchain FORWARD forward 0 policy-drop\nchain DOCKER", "FORWARD", "FORWARD",
     NULL},
    {"a policy that drops in a table of both families",
     "table inet filter\nchain FORWARD forward 0 policy-drop\nchain DOCKER", "FORWARD", "FORWARD",
     NULL},
    {"a table of firewalld's", "table inet firewalld\nchain filter_FORWARD forward 10",
     "filter_FORWARD", "filter_FORWARD", "firewalld"},
    {"a chain that is called as Docker's, in a table that is not shared",
     "table inet mine\nchain c forward 0\nchain DOCKER", "c", "DOCKER", NULL},
};

static const NftTable *only_table(const Ruleset *ruleset)
{
    return g_ptr_array_index(ruleset->tables, 0);
}

static void test_stage(void **state)
{
    const StageCase *test = *state;
    g_autoptr(Ruleset) ruleset = rules_parse(test->rules);
    const NftTable *table = only_table(ruleset);
    const char *owner = nft_stage_owner(table, nft_table_chain(table, test->base),
                                        nft_table_chain(table, test->chain));
    assert_true(g_strcmp0(owner, test->owner) == 0);
}

typedef struct {
    const char *name;
    const char *rule; /* the first of chain FORWARD */
    const char *owner;
} RuleOwnerCase;

static const RuleOwnerCase rules[] = {
    {"jumps to a chain of Docker's", "jump:DOCKER", "Docker"},
    {"jumps to a chain of nobody's", "jump:mine", NULL},
    {"jumps to a chain that is not there", "jump:DOCKER-GONE", NULL},
    {"is about a link of libvirt's", "iif=virbr0 accept", "libvirt"},
    {"is about links by their beginning", "meta:6:r0 cmp:0:r0:0x62722d accept", "Docker"},
    {"is about a link of nobody's", "iif=eth0 accept", NULL},
    {"the first link counts", "iif=virbr0 oif=docker0 accept", "libvirt"},
    {"compares with nothing", "cmp:0:r0 accept", NULL},
    {"is about nothing", "accept", NULL},
};

static void test_rule(void **state)
{
    const RuleOwnerCase *test = *state;
    g_autofree char *text = g_strconcat(
        "table ip filter\nchain DOCKER\nchain mine\nchain FORWARD forward 0\n", test->rule, NULL);
    g_autoptr(Ruleset) ruleset = rules_parse(text);
    const NftChain *chain = nft_table_chain(only_table(ruleset), "FORWARD");
    const char *owner =
        nft_rule_owner(only_table(ruleset), chain, g_ptr_array_index(chain->rules, 0));
    assert_true(g_strcmp0(owner, test->owner) == 0);
}

int main(void)
{
    return RUN_CASES(test_stage, stages) + RUN_CASES(test_rule, rules);
}
