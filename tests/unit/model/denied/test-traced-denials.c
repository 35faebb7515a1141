/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Refused packets out of the messages of the kernel's trace, on the ruleset of a host with Docker
 * (fixtures/rulesets/docker). */
#include "model/denied/traced-denials.h"

#include "cases.h"
#include "hosts.h"
#include "rules.h"

#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>

#define OWN "nicfix-trace-1"

/* A message of packet ID; one with headers comes in on interface 2 and goes out on OIF. RULE 0 is a policy. */
typedef struct {
    guint32 id;
    const char *table; /* NULL: no more */
    const char *chain;
    guint64 rule;
    gint32 verdict;
    bool has_headers;
    int oif;
} Message;

typedef struct {
    const char *name;
    Message messages[6];
    const char *denied; /* kind, action, prefix, zone, table, rule, owner; NULL: none */
    bool unrouted;
    bool rules_unknown;
    guint64 lost;
} TracedDenialCase;

#define FORWARD                                                                                    \
    {                                                                                              \
        1, "inet firewalld", "filter_FORWARD", 42, NFT_JUMP, true, 3                               \
    }
#define INPUT                                                                                      \
    {                                                                                              \
        1, "inet firewalld", "filter_INPUT", 32, NFT_JUMP, true, 0                                 \
    }

static const TracedDenialCase cases[] = {
    {.name = "a zone's end, by the prefix that it would log",
     .messages = {FORWARD, {1, "inet firewalld", "filter_FWD_public", 101, NF_DROP}},
     .denied = "0 reject filter_FWD_public_REJECT public inet firewalld 101 firewalld"},
    {.name = "what comes in",
     .messages = {INPUT, {1, "inet firewalld", "filter_IN_public", 72, NF_DROP}},
     .denied = "0 reject filter_IN_public_REJECT public inet firewalld 72 firewalld"},
    {.name = "of no connection",
     .messages = {INPUT, {1, "inet firewalld", "filter_INPUT", 29, NF_DROP}},
     .denied = "3 drop STATE_INVALID_DROP - inet firewalld 29 firewalld"},
    {.name = "the end of all zones",
     .messages = {INPUT, {1, "inet firewalld", "filter_INPUT", 34, NF_DROP}},
     .denied = "4 reject FINAL_REJECT - inet firewalld 34 firewalld"},
    {.name = "the reverse path",
     .messages = {{1, "inet firewalld", "filter_PREROUTING", 52, NF_DROP, true, 0}},
     .denied = "5 drop rpfilter_DROP - inet firewalld 52 firewalld",
     .unrouted = true},
    {.name = "6to4",
     .messages = {{1, "inet firewalld", "filter_FORWARD", 58, NF_DROP, true, 3}},
     .denied = "6 reject RFC3964_IPv4_REJECT - inet firewalld 58 firewalld"},
    {.name = "a rule that is gone is still of its zone",
     .messages = {FORWARD, {1, "inet firewalld", "filter_FWD_public_deny", 4711, NF_DROP}},
     .denied = "7 unknown filter_FWD_public_deny public inet firewalld 4711 firewalld"},
    {.name = "a rule of Docker",
     .messages = {{1, "ip filter", "FORWARD", 12, NFT_JUMP, true, 3},
                  {1, "ip filter", "DOCKER-ISOLATION-STAGE-2", 17, NF_DROP}},
     .denied = "8 drop DOCKER-ISOLATION-STAGE-2 - ip filter 17 Docker"},
    {.name = "the policy that Docker sets",
     .messages = {{1, "ip filter", "FORWARD", 0, NF_DROP, true, 3}},
     .denied = "8 drop FORWARD - ip filter 0 Docker"},
    {.name = "a table that was not read",
     .messages = {{1, "ip late", "f", 3, NF_DROP, true, 3}},
     .denied = "8 unknown f - ip late 3 -"},
    {.name = "the rules changed at that moment",
     .messages = {FORWARD, {1, "inet firewalld", "filter_FWD_public", 101, NF_DROP}},
     .denied = "8 unknown filter_FWD_public - inet firewalld 101 -",
     .rules_unknown = true},
    {.name = "another packet's headers are not its own",
     .messages = {{2, "inet firewalld", "filter_FORWARD", 42, NFT_JUMP, true, 3},
                  {1, "inet firewalld", "filter_FWD_public", 101, NF_DROP}},
     .lost = 1},
    {.name = "a second end of one packet has no headers left",
     .messages = {FORWARD,
                  {1, "inet firewalld", "filter_FWD_public", 101, NF_DROP},
                  {1, "inet firewalld", "filter_FWD_public", 101, NF_DROP}},
     .denied = "0 reject filter_FWD_public_REJECT public inet firewalld 101 firewalld",
     .lost = 1},
    {.name = "accepted",
     .messages = {FORWARD, {1, "inet firewalld", "filter_FORWARD", 41, NF_ACCEPT}}},
    {.name = "our own table refuses nothing",
     .messages = {{1, "inet " OWN, "begin-in", 3, NF_DROP, true, 3}}},
};

static TraceMessage *message_of(const Message *from)
{
    TraceMessage *message = trace_message_new();
    bool is_inet = g_str_has_prefix(from->table, "inet ");
    message->id = from->id;
    message->family = is_inet ? NFT_FAMILY_INET : NFT_FAMILY_IPV4;
    message->table = g_strdup(strchr(from->table, ' ') + 1);
    message->chain = g_strdup(from->chain);
    message->is_rule = from->rule != 0;
    message->is_policy = from->rule == 0;
    message->rule = from->rule;
    message->verdict = from->verdict;
    message->has_destination = from->has_headers;
    message->iif = 2;
    message->oif = from->oif;
    message->protocol = IPPROTO_TCP;
    message->port = 443;
    message->source_port = 40000;
    assert_true(ip_address_parse("192.0.2.1", &message->source));
    assert_true(ip_address_parse("192.0.2.2", &message->destination));
    return message;
}

static char *text_of(const TracedDenial *denied)
{
    const Denial *denial = &denied->denial;
    return g_strdup_printf("%d %s %s %s %s %" G_GUINT64_FORMAT " %s", (int)denial->kind,
                           denial_action_word(denial->action), denied->packet.prefix,
                           denial->zone != NULL ? denial->zone : "-", denial->table, denial->rule,
                           denial->owner != NULL ? denial->owner : "-");
}

static void test_traced_denial(void **state)
{
    const TracedDenialCase *row = *state;
    g_autoptr(Snapshot) snapshot = host_read("rulesets/docker");
    g_autoptr(TracedDenials) traced = traced_denials_new(OWN);
    const Ruleset *ruleset = row->rules_unknown ? NULL : snapshot->ruleset;
    g_autofree char *text = NULL;
    for (const Message *from = row->messages; from->table != NULL; from++) {
        g_autoptr(TraceMessage) message = message_of(from);
        g_auto(TracedDenial) denied = {0};
        if (!traced_denials_take(traced, message, ruleset, &denied))
            continue;
        assert_null(text);
        text = text_of(&denied);
        assert_int_equal(denied.packet.unrouted, row->unrouted);
        assert_int_equal(denied.iif, 2);
        assert_int_equal(denied.oif, row->messages[0].oif);
        assert_string_equal(denied.packet.source, "192.0.2.1");
        assert_string_equal(denied.packet.destination, "192.0.2.2");
        assert_string_equal(denied.packet.protocol, "tcp");
        assert_int_equal(denied.packet.destination_port, 443);
    }
    assert_string_equal(text != NULL ? text : "", row->denied != NULL ? row->denied : "");
    assert_int_equal(traced_denials_lost(traced), row->lost);
}

/* ---- whose a rule of firewalld's table is ---- */

/* Rules have their numbers in the order of the text. A zone may be called "own_deny". */
#define TABLE                                                                                      \
    "table inet firewalld\n"                                                                       \
    "chain filter_PREROUTING prerouting 10\nfib:3:2:r0 drop\nfib:3:2:r0 reject:2:3\n"              \
    "chain filter_INPUT input 10\nct:0:r0 drop\nct:0:r0 reject:2:3\niif=eth9 reject:2:3\n"         \
    "lookup:s:r0 reject:2:3\nreject:2:3\ndrop\n"                                                   \
    "chain filter_IN_public\nproto=1 reject:2:3\nlookup:s:r0 reject:2:3\nreject:2:3\ndrop\n"       \
    "chain filter_IN_public_deny\ndrop\nchain filter_IN_own_deny\ndrop\n"                          \
    "chain filter_IN_own_deny_deny\ndrop\nchain filter_IN_policy_p_post\ndrop\n"                   \
    "chain other\ndrop\n"

static const struct OwnerCase {
    const char *name;
    const char *chain;
    guint64 rule;
    const char *denial; /* kind, action, prefix, zone or policy */
} owners[] = {
    {"the reverse path", "filter_PREROUTING", 1, "5 drop rpfilter_DROP -"},
    {"somebody's rejection by it", "filter_PREROUTING", 2, "8 reject filter_PREROUTING -"},
    {"of no connection", "filter_INPUT", 3, "3 drop STATE_INVALID_DROP -"},
    {"somebody's rejection of it", "filter_INPUT", 4, "8 reject filter_INPUT -"},
    {"somebody's rejection with a condition", "filter_INPUT", 5, "8 reject filter_INPUT -"},
    {"6to4", "filter_INPUT", 6, "6 reject RFC3964_IPv4_REJECT -"},
    {"the end", "filter_INPUT", 7, "4 reject FINAL_REJECT -"},
    {"somebody's drop", "filter_INPUT", 8, "8 drop filter_INPUT -"},
    {"icmp-block-inversion", "filter_IN_public", 9, "2 reject filter_IN_public_ICMP_BLOCK public"},
    {"icmp-block-inversion by a set", "filter_IN_public", 10,
     "2 reject filter_IN_public_ICMP_BLOCK public"},
    {"a zone's rejection", "filter_IN_public", 11, "0 reject filter_IN_public_REJECT public"},
    {"a zone's drop", "filter_IN_public", 12, "0 drop filter_IN_public_DROP public"},
    {"a setting of a zone", "filter_IN_public_deny", 13, "7 drop filter_IN_public_deny public"},
    {"a zone that is named like a setting's chain", "filter_IN_own_deny", 14,
     "0 drop filter_IN_own_deny_DROP own_deny"},
    {"a setting of that", "filter_IN_own_deny_deny", 15, "7 drop filter_IN_own_deny_deny own_deny"},
    {"a setting of a policy", "filter_IN_policy_p_post", 16, "7 drop filter_IN_policy_p_post p"},
    {"a chain of nobody's", "other", 17, "8 drop other -"},
};

static void test_owner(void **state)
{
    const struct OwnerCase *row = *state;
    g_autoptr(Ruleset) ruleset = rules_parse(TABLE);
    g_autoptr(TraceMessage) message =
        message_of(&(Message){1, "inet firewalld", row->chain, row->rule, NF_DROP, true, 3});
    g_auto(Denial) denial = {0};
    g_autofree char *prefix = NULL;
    denial_of_message(message, ruleset, &denial, &prefix);
    const char *name = denial.zone != NULL ? denial.zone : denial.policy;
    g_autofree char *text =
        g_strdup_printf("%d %s %s %s", (int)denial.kind, denial_action_word(denial.action), prefix,
                        name != NULL ? name : "-");
    assert_string_equal(text, row->denial);
}

/* A packet without ports has none, and an ICMP packet has a type. */
static void test_protocols(G_GNUC_UNUSED void **state)
{
    static const struct {
        int protocol;
        const char *word;
    } words[] = {{IPPROTO_ICMP, "icmp"},
                 {IPPROTO_ICMPV6, "icmpv6"},
                 {IPPROTO_UDP, "udp"},
                 {47, "47"},
                 {-1, NULL}};
    g_autoptr(TracedDenials) traced = traced_denials_new(OWN);
    for (gsize i = 0; i < G_N_ELEMENTS(words); i++) {
        g_autoptr(TraceMessage) message =
            message_of(&(Message){1, "ip late", "f", 3, NF_DROP, true, 3});
        g_auto(TracedDenial) denied = {0};
        message->protocol = words[i].protocol;
        message->port = message->source_port = 0;
        assert_true(traced_denials_take(traced, message, NULL, &denied));
        assert_int_equal(g_strcmp0(denied.packet.protocol, words[i].word), 0);
        assert_int_equal(denied.packet.destination_port, -1);
    }
}

/* What this host sends has no link that it came in by, and was routed. */
static void test_what_the_host_sends(G_GNUC_UNUSED void **state)
{
    g_autoptr(TracedDenials) traced = traced_denials_new(OWN);
    g_autoptr(TraceMessage) message =
        message_of(&(Message){1, "ip late", "f", 3, NF_DROP, true, 0});
    g_auto(TracedDenial) denied = {0};
    message->iif = 0;
    assert_true(traced_denials_take(traced, message, NULL, &denied));
    assert_false(denied.packet.unrouted);
}

/* Only a rule or a policy ends a packet, and not every family has a word. */
static void test_odd_messages(G_GNUC_UNUSED void **state)
{
    g_autoptr(TracedDenials) traced = traced_denials_new(OWN);
    g_autoptr(TraceMessage) message =
        message_of(&(Message){1, "ip late", "f", 3, NF_DROP, true, 3});
    g_auto(TracedDenial) denied = {0};
    message->is_rule = false;
    assert_false(traced_denials_take(traced, message, NULL, &denied));
    message->is_rule = true;
    message->family = (NftFamily)99;
    assert_true(traced_denials_take(traced, message, NULL, &denied));
    assert_string_equal(denied.denial.table, "? late");
}

static void test_freeing_nothing_is_fine(G_GNUC_UNUSED void **state)
{
    traced_denials_free(NULL);
    trace_message_free(NULL);
}

int main(void)
{
    const struct CMUnitTest protocols[] = {
        cmocka_unit_test(test_protocols),
        cmocka_unit_test(test_what_the_host_sends),
        cmocka_unit_test(test_odd_messages),
        cmocka_unit_test(test_freeing_nothing_is_fine),
    };
    return RUN_CASES(test_traced_denial, cases) + RUN_CASES(test_owner, owners) +
           cmocka_run_group_tests_name("protocols", protocols, NULL, NULL);
}
