/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The permanent side that observe_services() reads, from a firewalld that answers from a table. */
#include "observe/services/firewalld-permanent.h"

#include "cases.h"
#include "describe.h"
#include "model/error.h"
#include "observe/observe.h"
#include "peer.h"

#define FW "org.fedoraproject.FirewallD1"

/* The running side: nothing of interest. */
#define RUNNING                                                                                    \
    {"GetAll " FW, "({'version': <'1.3.3'>, 'state': <'RUNNING'>},)"},                             \
        {"getDefaultZone", "('public',)"}, {"queryPanicMode", "(false,)"},                         \
        {"getLogDenied", "('off',)"}, {"getAllRules", "(@a(sssias) [],)"},                         \
        {"getAllPassthroughs", "(@a(sas) [],)"}, {"getActiveZones", "(@a{sa{sas}} {},)"},          \
        {"getPolicies", "(@as [],)"}, {"getZoneSettings2 public", "(@a{sv} {},)"},                 \
    {                                                                                              \
        "NameHasOwner org.freedesktop.NetworkManager", "(false,)"                                  \
    }
#define CONF                                                                                       \
    {                                                                                              \
        "GetAll " FW ".config", "({'DefaultZone': <'work'>, 'LogDenied': <'all'>},)"               \
    }
#define WORK                                                                                       \
    {"getZoneNames", "(['work'],)"}, {"getZoneByName work", "(objectpath '/z/1',)"},               \
    {                                                                                              \
        "/z/1 getSettings2", "({'target': <'ACCEPT'>},)"                                           \
    }
#define NO_POLICIES                                                                                \
    {                                                                                              \
        "getPolicyNames", "(@as [],)"                                                              \
    }
#define DIRECT                                                                                     \
    {                                                                                              \
        "/org/fedoraproject/FirewallD1/config getSettings",                                        \
            "((@a(sss) [], @a(sssias) [], @a(sas) []),)"                                           \
    }
#define SOUND                                                                                      \
    {                                                                                              \
        "checkPermanentConfig", "()"                                                               \
    }

typedef struct {
    const char *name;
    const char *expected;
    PeerAnswer answers[28];
} PermanentCase;

static const PermanentCase cases[] = {
    {"a zone",
     "firewalld default=work log-denied=all direct=no policies=yes\n"
     "options\n"
     "zone work target=ACCEPT\n",
     {RUNNING, CONF, WORK, NO_POLICIES, DIRECT, SOUND}},
    {"everything that is named is read at its own object",
     "firewalld default=work log-denied=all direct=yes policies=yes\n"
     "options\n"
     "zone home source=ipset:s\n"
     "zone work services=a\n"
     "policy p target=DROP services=b\n"
     "service a port=1/tcp includes=b\n"
     "service b port=2/tcp\n"
     "ipset s type=hash:ip entries=192.0.2.7\n",
     {RUNNING,
      CONF,
      SOUND,
      {"getZoneNames", "(['work', 'home'],)"},
      {"getZoneByName work", "(objectpath '/z/1',)"},
      {"getZoneByName home", "(objectpath '/z/2',)"},
      {"/z/1 getSettings2", "({'services': <['a']>},)"},
      {"/z/2 getSettings2", "({'sources': <['ipset:s']>},)"},
      {"getPolicyNames", "(['p'],)"},
      {"getPolicyByName p", "(objectpath '/p/1',)"},
      {"/p/1 getSettings", "({'target': <'DROP'>, 'services': <['b']>},)"},
      {"getServiceByName a", "(objectpath '/s/1',)"},
      {"getServiceByName b", "(objectpath '/s/2',)"},
      {"/s/1 getSettings2", "({'ports': <[('1', 'tcp')]>, 'includes': <['b']>},)"},
      {"/s/2 getSettings2", "({'ports': <[('2', 'tcp')]>},)"},
      {"getIPSetByName s", "(objectpath '/i/1',)"},
      {"/i/1 getSettings", "(('', '', '', 'hash:ip', @a{ss} {}, ['192.0.2.7']),)"},
      {"/org/fedoraproject/FirewallD1/config getSettings",
       "((@a(sss) [], @a(sssias) [], [('ipv4', ['-j', 'DROP'])]),)"}}},
    {"before 0.9 there are no policies, and programs without direct rules have none",
     "firewalld default=work log-denied=all direct=no policies=no\n"
     "options\n"
     "zone work target=ACCEPT\n",
     {RUNNING, CONF, WORK, SOUND}},
    {"a configuration that firewalld's own check refuses",
     "firewalld default=work log-denied=all direct=no policies=yes\n"
     "options\n"
     "zone work target=ACCEPT\n"
     "fault firewalld refused checkPermanentConfig: INVALID_ZONE: work\n",
     {RUNNING,
      CONF,
      WORK,
      NO_POLICIES,
      DIRECT,
      {"checkPermanentConfig", "!" FW ".Exception INVALID_ZONE: work"}}},
    {"a zone that is gone when it is located",
     "firewalld default=work log-denied=all direct=no policies=yes\n"
     "options\n"
     "zone gone unread\n"
     "zone work target=ACCEPT\n"
     "unread the permanent settings of zone gone: firewalld refused getZoneByName: INVALID_ZONE: "
     "gone\n",
     {RUNNING,
      CONF,
      NO_POLICIES,
      DIRECT,
      SOUND,
      {"getZoneNames", "(['work', 'gone'],)"},
      {"getZoneByName work", "(objectpath '/z/1',)"},
      {"getZoneByName gone", "!" FW ".Exception INVALID_ZONE: gone"},
      {"/z/1 getSettings2", "({'target': <'ACCEPT'>},)"}}},
    {"nothing where the names of the zones cannot be read",
     "none\n"
     "unread the names of the permanent zones: firewalld refused getZoneNames: NO: x\n",
     {RUNNING, CONF, NO_POLICIES, DIRECT, SOUND, {"getZoneNames", "!" FW ".Exception NO: x"}}},
    {"nothing where the default zone cannot be read",
     "none\n"
     "unread the options of firewalld.conf: this firewalld has no GetAll\n"
     "unread the settings of firewalld.conf: this firewalld has no GetAll\n",
     {RUNNING, WORK, NO_POLICIES, DIRECT, SOUND}},
};

static char *describe_permanent(const Snapshot *snapshot)
{
    GString *out = g_string_new(NULL);
    if (snapshot->permanent->firewalld != NULL)
        describe_side(out, snapshot->permanent->firewalld);
    else
        g_string_append(out, "none\n");
    if (snapshot->permanent->fault != NULL)
        g_string_append_printf(out, "fault %s\n", snapshot->permanent->fault);
    for (guint i = 0; i < snapshot->unread->len; i++) {
        const Unread *unread = g_ptr_array_index(snapshot->unread, i);
        g_string_append_printf(out, "unread %s: %s\n", unread->what, unread->reason);
    }
    return g_string_free(out, FALSE);
}

static void test_permanent(void **state)
{
    const PermanentCase *test = *state;
    g_autoptr(Peer) peer = peer_new(test->answers);
    g_autoptr(Snapshot) snapshot = snapshot_new();
    const ObserveOptions options = {.permanent = true};
    g_autoptr(GError) error = NULL;
    assert_true(observe_services(peer->bus, &options, snapshot, &error));
    g_autofree char *description = describe_permanent(snapshot);
    assert_string_equal(description, test->expected);
}

static void test_not_read_unless_wanted(G_GNUC_UNUSED void **state)
{
    g_autoptr(Peer) peer = peer_new(cases[0].answers);
    g_autoptr(Snapshot) snapshot = snapshot_new();
    const ObserveOptions options = {0};
    assert_true(observe_services(peer->bus, &options, snapshot, NULL));
    assert_null(snapshot->permanent->firewalld);
}

static void test_nonsense_ends_the_observation(G_GNUC_UNUSED void **state)
{
    const PeerAnswer answers[] = {RUNNING,
                                  CONF,
                                  WORK,
                                  DIRECT,
                                  SOUND,
                                  {"getPolicyNames", "(['p'],)"},
                                  {"getPolicyByName p", "(objectpath '/p/1',)"},
                                  {"/p/1 getSettings", "({'priority': <'high'>},)"},
                                  {NULL, NULL}};
    g_autoptr(Peer) peer = peer_new(answers);
    g_autoptr(Snapshot) snapshot = snapshot_new();
    const ObserveOptions options = {.permanent = true};
    g_autoptr(GError) error = NULL;
    assert_false(observe_services(peer->bus, &options, snapshot, &error));
    assert_true(g_error_matches(error, NICFIX_ERROR, NICFIX_ERROR_BAD_REPLY));
    assert_null(snapshot->permanent->firewalld);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_not_read_unless_wanted),
        cmocka_unit_test(test_nonsense_ends_the_observation),
    };
    return RUN_CASES(test_permanent, cases) + cmocka_run_group_tests(tests, NULL, NULL);
}
