/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whatever single thing a service refuses to say, nothing false is said: each call of an observation is
 * refused in turn, and what is then judged is held against what is judged when all was answered. A
 * refused call may leave more open. It may not add a warning or an error, offer another fix, or make a
 * flow's verdict more certain or another one. */
#include "observe/observe.h"

#include "model/error.h"
#include "model/foreach.h"
#include "model/plan/fixes.h"
#include "model/plan/harms.h"

#include "cases.h"
#include "flows.h"
#include "peer.h"
#include "stride.h"

#define FW "org.fedoraproject.FirewallD1"
#define NM "org.freedesktop.NetworkManager"

enum { MAX_ANSWERS = 48 };

/* ---- hosts ---- */

typedef struct {
    const char *name;
    PeerAnswer answers[MAX_ANSWERS];
} Answers;

#define KERNEL                                                                                     \
    "link lo loopback addr 127.0.0.1/8\nlink enp2s0 physical addr 192.0.2.10/24,2001:db8::a/64\n"  \
    "link cni0 bridge addr 10.244.2.1/24\nlink veth0 veth in cni0\n"                               \
    "route 0.0.0.0/0 dev enp2s0 via 192.0.2.1\nroute ::/0 dev enp2s0 via 2001:db8::1\n"            \
    "host forwarding4 yes forwarding6 yes\n"

#define MAIN(version, default_zone, options)                                                       \
    {"GetAll " FW, "({'version': <'" version "'>, 'state': <'RUNNING'>},)"},                       \
        {"getDefaultZone", "('" default_zone "',)"}, {"queryPanicMode", "(false,)"},               \
        {"getLogDenied", "('off',)"}, {"getAllRules", "(@a(sssias) [],)"},                         \
        {"getAllPassthroughs", "(@a(sas) [],)"}, {"checkPermanentConfig", "()"},                   \
        {"getSettings", "((@a(sss) [], @a(sssias) [], @a(sas) []),)"},                             \
    {                                                                                              \
        "GetAll " FW ".config",                                                                    \
            "({'FirewallBackend': <'nftables'>, 'DefaultZone': <'" default_zone                    \
            "'>, 'LogDenied': <'off'>" options "},)"                                               \
    }
#define OPTIONS                                                                                    \
    ", 'IPv6_rpfilter': <'yes'>, 'RFC3964_IPv4': <'yes'>, 'AllowZoneDrifting': <'no'>, "           \
    "'FlushAllOnReload': <'yes'>"
#define OPTIONS_2_3 OPTIONS ", 'StrictForwardPorts': <'yes'>"
#define NO_NM                                                                                      \
    {                                                                                              \
        "NameHasOwner " NM, "(false,)"                                                             \
    }
#define ZONE_PATH(zone) "/org/fedoraproject/FirewallD1/config/zone/" zone
#define POLICY_PATH     "/org/fedoraproject/FirewallD1/config/policy/0"
/* A zone that runs as it lasts. */
#define ZONE(name, settings)                                                                       \
    {"getZoneSettings2 " name, "(" settings ",)"},                                                 \
        {"getZoneByName " name, "(objectpath '" ZONE_PATH(name) "',)"},                            \
    {                                                                                              \
        ZONE_PATH(name) " getSettings2", "(" settings ",)"                                         \
    }
#define PLAIN(more)                                                                                \
    "{'target': <'default'>, 'forward': <true>, 'masquerade': <false>, 'services': <['ssh']>" more \
    "}"
#define SSH                                                                                        \
    {"getServiceSettings2 ssh", "({'ports': <[('22', 'tcp')]>},)"},                                \
        {"getServiceByName ssh",                                                                   \
         "(objectpath '/org/fedoraproject/FirewallD1/config/service/0',)"},                        \
    {                                                                                              \
        "/org/fedoraproject/FirewallD1/config/service/0 getSettings2",                             \
            "({'ports': <[('22', 'tcp')]>},)"                                                      \
    }
#define ZONES(names)                                                                               \
    {"getZones", "([" names "],)"},                                                                \
    {                                                                                              \
        "getZoneNames", "([" names "],)"                                                           \
    }
#define NO_POLICIES                                                                                \
    {"getPolicies", "(@as [],)"},                                                                  \
    {                                                                                              \
        "getPolicyNames", "(@as [],)"                                                              \
    }
#define BINDINGS(enp2s0, cni0)                                                                     \
    {"getZoneOfInterface enp2s0", "('" enp2s0 "',)"},                                              \
    {                                                                                              \
        "getZoneOfInterface cni0", "('" cni0 "',)"                                                 \
    }
#define POLICY(settings)                                                                           \
    {"getPolicies", "(['out'],)"}, {"getPolicyNames", "(['out'],)"},                               \
        {"getPolicySettings out", "(" settings ",)"},                                              \
        {"getPolicyByName out", "(objectpath '" POLICY_PATH "',)"},                                \
    {                                                                                              \
        POLICY_PATH " getSettings", "(" settings ",)"                                              \
    }
#define OUT_ACCEPTS                                                                                \
    "{'target': <'ACCEPT'>, 'priority': <-1>, 'ingress_zones': <['inside']>, 'egress_zones': "     \
    "<['public']>}"
#define OUT_REFUSES                                                                                \
    "{'target': <'REJECT'>, 'priority': <-1>, 'ingress_zones': <['HOST']>, 'egress_zones': "       \
    "<['public']>}"

static const Answers worlds[] = {
    {"the incident",
     {MAIN("1.3.3", "public", OPTIONS),
      NO_NM,
      SSH,
      NO_POLICIES,
      ZONES("'public'"),
      BINDINGS("", ""),
      ZONE("public", PLAIN("")),
      {"getActiveZones", "(@a{sa{sas}} {},)"}}},
    {"the incident, cured",
     {MAIN("1.3.3", "public", OPTIONS),
      NO_NM,
      SSH,
      NO_POLICIES,
      ZONES("'public'"),
      BINDINGS("public", "public"),
      ZONE("public", PLAIN(", 'interfaces': <['enp2s0', 'cni0']>")),
      {"getActiveZones", "({'public': {'interfaces': ['enp2s0', 'cni0']}},)"}}},
    {"bound at run time only",
     {MAIN("2.3.1", "public", OPTIONS_2_3),
      NO_NM,
      SSH,
      NO_POLICIES,
      ZONES("'public', 'work'"),
      BINDINGS("", "work"),
      {"getZoneSettings2 public", "(" PLAIN(", 'interfaces': <['enp2s0']>") ",)"},
      ZONE("public", PLAIN("")),
      ZONE("work", PLAIN(", 'interfaces': <['cni0']>")),
      {"getActiveZones",
       "({'public': {'interfaces': ['enp2s0']}, 'work': {'interfaces': ['cni0']}},)"}}},
    {"pods by their network, in a zone that accepts all",
     {MAIN("1.3.3", "public", OPTIONS),
      NO_NM,
      SSH,
      NO_POLICIES,
      ZONES("'public', 'trusted'"),
      BINDINGS("public", ""),
      ZONE("public", PLAIN(", 'interfaces': <['enp2s0']>")),
      ZONE("trusted", "{'target': <'ACCEPT'>, 'forward': <true>, 'masquerade': <false>, "
                      "'sources': <['ipset:pods']>}"),
      {"getIPSetSettings pods", "(('', '', '', 'hash:net', @a{ss} {}, ['10.244.0.0/16']),)"},
      {"getIPSetByName pods", "(objectpath '/org/fedoraproject/FirewallD1/config/ipset/0',)"},
      {"/org/fedoraproject/FirewallD1/config/ipset/0 getSettings",
       "(('', '', '', 'hash:net', @a{ss} {}, ['10.244.0.0/16']),)"},
      {"getActiveZones",
       "({'public': {'interfaces': ['enp2s0']}, 'trusted': {'sources': ['ipset:pods']}},)"}}},
    {"a policy that accepts, to a default zone",
     {MAIN("2.5.2", "public", OPTIONS_2_3),
      NO_NM,
      SSH,
      POLICY(OUT_ACCEPTS),
      ZONES("'public', 'inside'"),
      BINDINGS("", "inside"),
      ZONE("public", PLAIN("")),
      ZONE("inside", PLAIN(", 'interfaces': <['cni0']>")),
      {"getActiveZones", "({'public': @a{sas} {}, 'inside': {'interfaces': ['cni0']}},)"}}},
    {"a policy that keeps the host in",
     {MAIN("2.3.1", "public", OPTIONS_2_3),
      NO_NM,
      SSH,
      POLICY(OUT_REFUSES),
      ZONES("'public', 'inside'"),
      BINDINGS("", "inside"),
      ZONE("public", PLAIN("")),
      ZONE("inside", PLAIN(", 'interfaces': <['cni0']>")),
      {"getActiveZones", "({'public': @a{sas} {}, 'inside': {'interfaces': ['cni0']}},)"}}},
    {"options that are not the defaults",
     {MAIN("2.3.1", "public", ", 'IPv6_rpfilter': <'no'>, 'RFC3964_IPv4': <'no'>"),
      NO_NM,
      SSH,
      NO_POLICIES,
      ZONES("'public'"),
      BINDINGS("public", "public"),
      ZONE("public", PLAIN(", 'interfaces': <['enp2s0', 'cni0']>")),
      {"getActiveZones", "({'public': {'interfaces': ['enp2s0', 'cni0']}},)"}}},
    {"sources by a set of MAC addresses, and a policy",
     {MAIN("1.3.3", "public", OPTIONS),
      NO_NM,
      SSH,
      POLICY(OUT_ACCEPTS),
      ZONES("'public', 'inside'"),
      BINDINGS("", ""),
      ZONE("public", PLAIN(", 'sources': <['198.51.100.0/24']>")),
      ZONE("inside", PLAIN(", 'sources': <['ipset:pods']>")),
      {"getIPSetSettings pods", "(('', '', '', 'hash:mac', @a{ss} {}, ['02:00:00:00:00:01']),)"},
      {"getIPSetByName pods", "(objectpath '/org/fedoraproject/FirewallD1/config/ipset/0',)"},
      {"/org/fedoraproject/FirewallD1/config/ipset/0 getSettings",
       "(('', '', '', 'hash:mac', @a{ss} {}, ['02:00:00:00:00:01']),)"},
      {"getActiveZones", "({'public': {'sources': ['198.51.100.0/24']}, 'inside': {'sources': "
                         "['ipset:pods']}},)"}}},
    {"0.9, masquerading",
     {MAIN("0.9.3", "public", OPTIONS),
      NO_NM,
      SSH,
      NO_POLICIES,
      ZONES("'public', 'inside'"),
      BINDINGS("public", "inside"),
      ZONE("public", "{'target': <'default'>, 'forward': <false>, 'masquerade': <true>, "
                     "'interfaces': <['enp2s0']>}"),
      ZONE("inside", "{'target': <'default'>, 'forward': <false>, 'masquerade': <false>, "
                     "'interfaces': <['cni0']>}"),
      {"getActiveZones",
       "({'public': {'interfaces': ['enp2s0']}, 'inside': {'interfaces': ['cni0']}},)"}}},
    {"NetworkManager keeps the binding",
     {MAIN("1.3.3", "public", OPTIONS),
      SSH,
      NO_POLICIES,
      ZONES("'public', 'work'"),
      BINDINGS("", "work"),
      {"getZoneSettings2 work", "(" PLAIN(", 'interfaces': <['enp2s0', 'cni0']>") ",)"},
      ZONE("public", PLAIN("")),
      ZONE("work", PLAIN(", 'interfaces': <['cni0']>")),
      {"getActiveZones", "({'work': {'interfaces': ['enp2s0', 'cni0']}},)"},
      {"NameHasOwner " NM, "(true,)"},
      {"Get " NM " Version", "(<'1.42.4'>,)"},
      {"GetDeviceByIpIface enp2s0", "(objectpath '/d/1',)"},
      {"GetDeviceByIpIface cni0", "!" NM ".UnknownDevice none"},
      {"/d/1 GetAll " NM ".Device",
       "({'Managed': <true>, 'ActiveConnection': <objectpath '/a/1'>},)"},
      {"/a/1 GetAll " NM ".Connection.Active",
       "({'Connection': <objectpath '/s/1'>, 'Id': <'lan'>, 'Uuid': <'1-2'>, 'StateFlags': "
       "<uint32 12>},)"},
      {"/s/1 GetSettings", "({'connection': {'zone': <'work'>}},)"}}},
};

/* ---- what is judged ---- */

static const char *const questions[] = {
    "forward in cni0 out enp2s0 from 10.244.2.2 to 198.51.100.7 tcp 443",
    "forward in cni0 out enp2s0 from 10.244.2.2 to 198.51.100.7 icmp 8",
    "forward in cni0 out cni0 from 10.244.2.2 to 10.244.2.3 tcp 80",
    "forward in enp2s0 out cni0 from 198.51.100.7 to 10.244.2.2 tcp 80",
    "input in enp2s0 from 198.51.100.7 to 192.0.2.10 tcp 22",
    "input in enp2s0 from 198.51.100.7 to 192.0.2.10 tcp 80",
    "input in cni0 from 10.244.2.2 to 10.244.2.1 tcp 80",
    "output out enp2s0 to 198.51.100.7 tcp 443",
    "output out enp2s0 to 2002:a00:1::1 tcp 443",
    "input in enp2s0 from 2001:db8:7::1 to 2001:db8::a tcp 22",
};

typedef struct {
    Snapshot *snapshot; /* NULL: nothing is said but an error */
    Diagnosis *diagnosis;
    int status; /* of that error */
} Said;

static void said_clear(Said *said)
{
    diagnosis_free(said->diagnosis);
    snapshot_free(said->snapshot);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Said, said_clear)

static Snapshot *kernel_side(void)
{
    Snapshot *snapshot = sketch(KERNEL);
    firewalld_free(snapshot->firewalld);
    snapshot->firewalld = firewalld_new();
    snapshot->networkmanager->running = TRISTATE_UNKNOWN;
    return snapshot;
}

/* What is said where PEER gives ANSWERS. */
static Said ask(Peer *peer, const PeerAnswer *answers, ObserveOptions options)
{
    g_autoptr(GError) error = NULL;
    peer->answers = answers;
    Said said = {.snapshot = kernel_side()};
    if (!observe_services(peer->bus, &options, said.snapshot, &error)) {
        g_clear_pointer(&said.snapshot, snapshot_free);
        said.status = nicfix_error_exit_status(error);
        return said;
    }
    said.diagnosis = diagnose(said.snapshot, NULL);
    fixes_suggest(said.snapshot, said.diagnosis, NULL);
    return said;
}

/* ---- comparing ---- */

/* Whether the fix of FINDING cures TRUTH, and breaks nothing there. */
static bool is_good(const Said *truth, const Said *said, const Finding *finding)
{
    g_autoptr(Snapshot) cured = snapshot_copy(truth->snapshot);
    cured->firewalld_predicted = true;
    PTR_ARRAY_FOREACH (const Action, action, finding->fix->actions) {
        if (!action_precondition_holds(action, cured))
            return false;
        action_predict(action, cured);
    }
    g_autoptr(Diagnosis) after = diagnose(cured, NULL);
    const Finding *left = diagnosis_find(after, finding);
    /* Without what lasts, what a reload loses is not known: apply refuses to make such a change. */
    if (said->snapshot->permanent->firewalld == NULL &&
        truth->snapshot->permanent->firewalld != NULL)
        return true;
    return (left == NULL || left->severity < finding->severity) &&
           diagnosis_first_worse(truth->diagnosis, after, SEVERITY_WARNING) == NULL &&
           harm_of_actions(truth->snapshot, truth->diagnosis, finding->fix->actions).kind ==
               HARM_NONE;
}

/* That it cannot be told whether an uplink in no zone accepts all is a warning, too. */
static bool is_open(const Finding *finding)
{
    return finding->id == FINDING_UPLINK_UNBOUND && finding->severity == SEVERITY_WARNING &&
           finding->refused->len == 0 && finding->open->len > 0;
}

static void compare_findings(const Said *truth, const Said *said, GString *lies)
{
    PTR_ARRAY_FOREACH (const Finding, finding, said->diagnosis->findings) {
        const Finding *known = diagnosis_find(truth->diagnosis, finding);
        const char *name = finding->interface != NULL ? finding->interface : "-";
        if (finding->severity >= SEVERITY_WARNING &&
            (known == NULL || (known->severity < finding->severity && !is_open(finding))))
            g_string_append_printf(lies, " finding %s %s;", finding_word(finding->id), name);
        if (finding->fix != NULL && (known == NULL || !is_good(truth, said, finding)))
            g_string_append_printf(lies, " fix of %s %s;", finding_word(finding->id), name);
    }
}

static void compare_flows(const Said *truth, const Said *said, GString *lies)
{
    for (gsize i = 0; i < G_N_ELEMENTS(questions); i++) {
        g_auto(GStrv) words = NULL;
        assert_true(g_shell_parse_argv(questions[i], NULL, &words, NULL));
        const Flow flow = flow_parse(words);
        g_autoptr(Verdict) right = verdict_of(truth->snapshot, &flow);
        g_autoptr(Verdict) other = verdict_of(said->snapshot, &flow);
        if ((right->possible & ~other->possible) != 0)
            g_string_append_printf(lies, " %s: %#x for %#x;", questions[i], other->possible,
                                   right->possible);
    }
}

/* Nobody takes what was not read for all that there is. */
static void compare_openness(const Said *truth, const Said *said, GString *lies)
{
    bool less = diagnosis_has(truth->diagnosis, SEVERITY_WARNING) &&
                !diagnosis_has(said->diagnosis, SEVERITY_WARNING);
    if (less && said->snapshot->unread->len == 0)
        g_string_append(lies, " silent;");
}

/* Refuses call number INDEX of WORLD. */
static void refuse(Peer *peer, const Answers *world, gsize index, const Said *truth,
                   ObserveOptions options, GString *report)
{
    static const char *const refusals[] = {
        "!org.freedesktop.DBus.Error.Failed no", "!" FW ".Exception SOME_ERROR: no",
        "!" FW ".NotAuthorizedException Not Authorized(polkit): " FW ".config"};
    /* One for each call is enough; an error of firewalld's own is the answer to its check. */
    bool is_check = g_str_equal(world->answers[index].call, "checkPermanentConfig");
    const char *refusal = refusals[is_check ? 0 : index % G_N_ELEMENTS(refusals)];
    PeerAnswer answers[MAX_ANSWERS];
    memcpy(answers, world->answers, sizeof answers);
    answers[index].answer = refusal;
    g_auto(Said) said = ask(peer, answers, options);
    g_autoptr(GString) lies = g_string_new(NULL);
    if (said.snapshot != NULL) {
        compare_findings(truth, &said, lies);
        compare_flows(truth, &said, lies);
        compare_openness(truth, &said, lies);
    } else if (said.status != 3 && said.status != 4) {
        g_string_append_printf(lies, " status %d;", said.status);
    }
    if (lies->len > 0)
        g_string_append_printf(report, "%s [%s] %s:%s\n", answers[index].call,
                               options.permanent ? "all" : "active", refusal, lies->str);
}

static void test_refused_calls(void **state)
{
    const Answers *world = *state;
    static const ObserveOptions scopes[] = {{.scope = OBSERVE_ALL_ZONES, .permanent = true},
                                            {.scope = OBSERVE_ACTIVE_ZONES}};
    g_autoptr(GString) report = g_string_new(NULL);
    g_autoptr(Peer) peer = peer_new_with_timeout(world->answers, 2000);
    g_auto(Said) truth = ask(peer, world->answers, scopes[0]);
    assert_non_null(truth.snapshot);
    for (guint scope = 0; scope < G_N_ELEMENTS(scopes); scope++) {
        g_atomic_pointer_set(&peer->used, 0);
        g_auto(Said) whole = ask(peer, world->answers, scopes[scope]);
        gsize used = (gsize)g_atomic_pointer_get(&peer->used); /* others cannot be refused */
        assert_true(used != 0 && whole.snapshot != NULL);
        for (gsize i = 0; world->answers[i].call != NULL; i++) {
            if ((used >> i & 1) != 0 && i % stride(12) == scope % stride(12))
                refuse(peer, world, i, &truth, scopes[scope], report);
        }
    }
    assert_string_equal(report->str, "");
}

/* ---- everything refused ---- */

static void test_nothing_readable(G_GNUC_UNUSED void **state)
{
    PeerAnswer answers[MAX_ANSWERS];
    memcpy(answers, worlds[0].answers, sizeof answers);
    for (gsize i = 0; answers[i].call != NULL; i++) {
        if (!g_str_has_prefix(answers[i].call, "NameHasOwner"))
            answers[i].answer = "!org.freedesktop.DBus.Error.Failed no";
    }
    g_autoptr(Peer) peer = peer_new_with_timeout(answers, 2000);
    g_auto(Said) said = ask(peer, answers, (ObserveOptions){.scope = OBSERVE_ACTIVE_ZONES});
    assert_null(said.snapshot);
    assert_int_equal(said.status, 3);
}

int main(void)
{
    const struct CMUnitTest others[] = {
        cmocka_unit_test(test_nothing_readable),
    };
    return RUN_CASES(test_refused_calls, worlds) + cmocka_run_group_tests(others, NULL, NULL);
}
