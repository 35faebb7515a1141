/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which calls an action makes, and what becomes of it where firewalld says no. */
#include "act/firewalld-changes.h"

#include "cases.h"
#include "model/error.h"
#include "peer.h"

#define ZONE            "/org/fedoraproject/FirewallD1/config/zone/0"
#define POLICY          "/org/fedoraproject/FirewallD1/config/policy/0"
#define EXCEPTION(text) "!org.fedoraproject.FirewallD1.Exception " text

enum { MAX_ANSWERS = 6, TIMEOUT_MS = 500 };

typedef struct {
    const char *name;
    ActionOp op;
    ActionScope scope;
    const char *value;
    PeerAnswer answers[MAX_ANSWERS]; /* a call that is not among them is an unknown method */
    int calls;                       /* how many are made */
    int error;                       /* NicfixError, -1: none */
    const char *says;                /* in the message, or NULL */
} ChangeCase;

#define ZONE_OBJECT                                                                                \
    {                                                                                              \
        "getZoneByName internal", "(objectpath '" ZONE "',)"                                       \
    }
#define POLICY_OBJECT                                                                              \
    {                                                                                              \
        "getPolicyByName p", "(objectpath '" POLICY "',)"                                          \
    }
#define NO_POLICY                                                                                  \
    {                                                                                              \
        "getPolicySettings p", EXCEPTION("INVALID_POLICY: p")                                      \
    }

static const ChangeCase changes[] = {
    {"a source now",
     ACTION_ADD_SOURCE,
     SCOPE_RUNTIME,
     "10.1.0.0/16",
     {{"addSource internal 10.1.0.0/16", "('internal',)"}},
     1,
     -1},
    {"a source for good",
     ACTION_ADD_SOURCE,
     SCOPE_PERMANENT,
     "ipset:pods",
     {ZONE_OBJECT, {ZONE " addSource ipset:pods", "()"}},
     2,
     -1},
    {"no source any more",
     ACTION_REMOVE_SOURCE,
     SCOPE_RUNTIME,
     "10.1.0.0/16",
     {{"removeSource internal 10.1.0.0/16", "('internal',)"}},
     1,
     -1},
    {"a service now",
     ACTION_ADD_SERVICE,
     SCOPE_RUNTIME,
     "dns",
     {{"addService internal dns", "('internal',)"}},
     1,
     -1},
    {"no service any more, for good",
     ACTION_REMOVE_SERVICE,
     SCOPE_PERMANENT,
     "dns",
     {ZONE_OBJECT, {ZONE " removeService dns", "()"}},
     2,
     -1},
    {"a port now",
     ACTION_ADD_PORT,
     SCOPE_RUNTIME,
     "53/udp",
     {{"addPort internal 53 udp", "('internal',)"}},
     1,
     -1},
    {"a port for good",
     ACTION_ADD_PORT,
     SCOPE_PERMANENT,
     "8000-8010/tcp",
     {ZONE_OBJECT, {ZONE " addPort 8000-8010 tcp", "()"}},
     2,
     -1},
    {"a zone that is not there",
     ACTION_ADD_PORT,
     SCOPE_PERMANENT,
     "53/udp",
     {{"getZoneByName internal", EXCEPTION("INVALID_ZONE: internal")}},
     1,
     NICFIX_ERROR_REFUSED,
     "INVALID_ZONE"},

    {"a policy for good",
     ACTION_ADD_POLICY,
     SCOPE_PERMANENT,
     "p",
     {{"addPolicy p", "(objectpath '" POLICY "',)"}},
     1,
     -1},
    {"a policy of that name is there",
     ACTION_ADD_POLICY,
     SCOPE_PERMANENT,
     "p",
     {{"addPolicy p", EXCEPTION("NAME_CONFLICT: new_policy_object(): 'p'")}},
     1,
     NICFIX_ERROR_FIREWALLD,
     "NAME_CONFLICT"},
    {"a policy comes into force by a reload",
     ACTION_ADD_POLICY,
     SCOPE_RUNTIME,
     "p",
     {NO_POLICY, {"checkPermanentConfig", "()"}, {"reload", "()"}},
     3,
     -1},
    {"not by the reload of what is broken",
     ACTION_ADD_POLICY,
     SCOPE_RUNTIME,
     "p",
     {NO_POLICY, {"checkPermanentConfig", EXCEPTION("INVALID_ZONE: odd")}, {"reload", "()"}},
     2,
     NICFIX_ERROR_REFUSED,
     "the permanent configuration is broken"},
    {"a policy that another reload has brought",
     ACTION_ADD_POLICY,
     SCOPE_RUNTIME,
     "p",
     {{"getPolicySettings p", "({'target': <'ACCEPT'>, 'ingress_zones': <['external']>, "
                              "'egress_zones': <['internal']>},)"}},
     1,
     -1},
    {"a policy that was taken back gets its zones",
     ACTION_ADD_POLICY,
     SCOPE_RUNTIME,
     "p",
     {{"getPolicySettings p", "({'target': <'ACCEPT'>, 'priority': <-1>},)"},
      {"setPolicySettings p", "()"}},
     2,
     -1},
    {"a policy of somebody else",
     ACTION_ADD_POLICY,
     SCOPE_RUNTIME,
     "p",
     {{"getPolicySettings p", "({'target': <'ACCEPT'>, 'ingress_zones': <['work']>},)"},
      {"setPolicySettings p", "()"}},
     1,
     NICFIX_ERROR_REFUSED,
     "another program changed policy p meanwhile"},
    {"a policy that refuses",
     ACTION_ADD_POLICY,
     SCOPE_RUNTIME,
     "p",
     {{"getPolicySettings p", "({'target': <'DROP'>},)"}, {"setPolicySettings p", "()"}},
     1,
     NICFIX_ERROR_REFUSED,
     "another program changed policy p meanwhile"},
    {"a policy out of force",
     ACTION_REMOVE_POLICY,
     SCOPE_RUNTIME,
     "p",
     {{"setPolicySettings p", "()"}},
     1,
     -1},
    {"no policy any more, for good",
     ACTION_REMOVE_POLICY,
     SCOPE_PERMANENT,
     "p",
     {POLICY_OBJECT, {POLICY " remove", "()"}},
     2,
     -1},
    {"a firewalld without policies",
     ACTION_ADD_POLICY,
     SCOPE_PERMANENT,
     "p",
     {{NULL, NULL}},
     1,
     NICFIX_ERROR_REFUSED,
     "this firewalld has no policies: 0.9 and later have"},

    {"a source that is none",
     ACTION_ADD_SOURCE,
     SCOPE_RUNTIME,
     "10.1.0.0/99",
     {{NULL, NULL}},
     0,
     NICFIX_ERROR_REFUSED,
     "'10.1.0.0/99' is not valid for add-source"},
    {"a port that is none",
     ACTION_ADD_PORT,
     SCOPE_RUNTIME,
     "53",
     {{NULL, NULL}},
     0,
     NICFIX_ERROR_REFUSED,
     "not valid"},
    {"a port out of range",
     ACTION_ADD_PORT,
     SCOPE_RUNTIME,
     "70000/udp",
     {{NULL, NULL}},
     0,
     NICFIX_ERROR_REFUSED,
     "not valid"},
    {"a service with a space",
     ACTION_ADD_SERVICE,
     SCOPE_RUNTIME,
     "d n s",
     {{NULL, NULL}},
     0,
     NICFIX_ERROR_REFUSED,
     "not valid"},
    {"a policy in another folder",
     ACTION_ADD_POLICY,
     SCOPE_PERMANENT,
     "../p",
     {{NULL, NULL}},
     0,
     NICFIX_ERROR_REFUSED,
     "not valid"},
    {"a policy without a name",
     ACTION_ADD_POLICY,
     SCOPE_PERMANENT,
     "",
     {{NULL, NULL}},
     0,
     NICFIX_ERROR_REFUSED,
     "not valid"},
};

static void test_change(void **state)
{
    const ChangeCase *test = *state;
    bool is_policy = test->op == ACTION_ADD_POLICY || test->op == ACTION_REMOVE_POLICY;
    g_autoptr(Action) action =
        is_policy
            ? action_new_for_policy(test->op, test->scope, test->value, "external", "internal")
            : action_new_for_zone(test->op, test->scope, "internal", test->value);
    g_autoptr(Peer) peer = peer_new_with_timeout(test->answers, TIMEOUT_MS);
    g_autoptr(GError) error = NULL;
    bool done = firewalld_change(peer->bus, action, &error);
    assert_int_equal(done, test->error < 0);
    assert_int_equal(error != NULL ? error->code : -1, test->error);
    assert_int_equal(g_atomic_int_get(&peer->n_calls), test->calls);
    if (test->says != NULL)
        assert_non_null(strstr(error->message, test->says));
}

/* firewalld 1.3.3 takes such a name, and writes a zone file that it cannot read again. */
static void test_name_that_firewalld_cannot_write(G_GNUC_UNUSED void **state)
{
    static const PeerAnswer answers[] = {{"addInterface internal e\001", "('internal',)"},
                                         {"removeInterface internal e\001", "('internal',)"},
                                         {NULL, NULL}};
    static const struct {
        ActionOp op;
        const char *from;
        const char *to;
        int calls;
    } rows[] = {{ACTION_BIND, NULL, "internal", 0}, {ACTION_UNBIND, "internal", NULL, 1}};
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(Action) action =
            action_new(rows[i].op, SCOPE_RUNTIME, "e\001", rows[i].from, rows[i].to);
        g_autoptr(Peer) peer = peer_new_with_timeout(answers, TIMEOUT_MS);
        g_autoptr(GError) error = NULL;
        assert_int_equal(firewalld_change(peer->bus, action, &error), rows[i].calls);
        assert_int_equal(g_atomic_int_get(&peer->n_calls), rows[i].calls);
        assert_true(rows[i].calls == 1 ||
                    g_error_matches(error, NICFIX_ERROR, NICFIX_ERROR_REFUSED));
    }
}

/* ---- after a reload that failed ---- */

typedef struct {
    const char *name;
    PeerAnswer answers[3];
    bool done;
    int calls;
} StateCase;

#define STATE(word)                                                                                \
    {                                                                                              \
        "GetAll org.fedoraproject.FirewallD1", "({'state': <'" word "'>},)"                        \
    }

static const StateCase states[] = {
    {"it has not failed", {STATE("RUNNING")}, true, 1},
    {"it has", {STATE("FAILED"), {"reload", "()"}}, true, 2},
    {"it has, and fails again",
     {STATE("FAILED"), {"reload", EXCEPTION("COMMAND_FAILED: nft")}},
     false,
     2},
    {"it does not say", {{"GetAll org.fedoraproject.FirewallD1", "never"}}, false, 1},
};

static void test_state(void **state)
{
    const StateCase *test = *state;
    g_autoptr(Peer) peer = peer_new_with_timeout(test->answers, TIMEOUT_MS);
    g_autoptr(GError) error = NULL;
    assert_int_equal(firewalld_reload_if_failed(peer->bus, &error), test->done);
    assert_int_equal(error == NULL, test->done);
    assert_int_equal(g_atomic_int_get(&peer->n_calls), test->calls);
}

int main(void)
{
    const struct CMUnitTest others[] = {
        cmocka_unit_test(test_name_that_firewalld_cannot_write),
    };
    return RUN_CASES(test_change, changes) + RUN_CASES(test_state, states) +
           cmocka_run_group_tests(others, NULL, NULL);
}
