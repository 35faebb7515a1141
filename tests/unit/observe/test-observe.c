/* SPDX-License-Identifier: GPL-2.0-or-later */
/* observe_services() with services that answer from a table: what ends up in the snapshot, what is
 * recorded as unread, and how many calls it takes. */
#include "observe/observe.h"

#include "cases.h"
#include "describe.h"
#include "model/error.h"
#include "peer.h"

#include <unistd.h>

#define FW            "org.fedoraproject.FirewallD1"
#define NM            "org.freedesktop.NetworkManager"
#define REFUSED       "!org.fedoraproject.FirewallD1.NotAuthorizedException "
#define NEEDS(action) REFUSED "Not Authorized(polkit): org.fedoraproject.FirewallD1." action
#define NO_NM                                                                                      \
    {                                                                                              \
        "NameHasOwner org.freedesktop.NetworkManager", "(false,)"                                  \
    }
#define UNBOUND                                                                                    \
    {                                                                                              \
        "getZoneOfInterface uplink0", "('',)"                                                      \
    }
#define ZONE(settings)                                                                             \
    "({'target': <'default'>, 'forward': <true>, 'masquerade': <false>" settings "},)"

#define MAIN                                                                                       \
    {"GetAll " FW, "({'version': <'1.3.3'>, 'state': <'RUNNING'>},)"},                             \
        {"getDefaultZone", "('public',)"}, {"queryPanicMode", "(false,)"},                         \
        {"getLogDenied", "('off',)"}, {"getAllRules", "(@a(sssias) [],)"},                         \
        {"getAllPassthroughs", "(@a(sas) [],)"},                                                   \
    {                                                                                              \
        "GetAll " FW ".config", "({'FirewallBackend': <'nftables'>},)"                             \
    }
#define MAIN_EXPECTED                                                                              \
    "firewalld version=1.3.3 state=RUNNING default=public panic=no log-denied=off direct=no "

typedef struct {
    const char *name;
    ObserveScope scope;
    guint n_calls;
    const char *expected; /* starts with "!" where it is an error's message */
    PeerAnswer answers[24];
} ReadCase;

static const ReadCase cases[] = {
    {"nothing bound",
     OBSERVE_ACTIVE_ZONES,
     14,
     MAIN_EXPECTED "policies=yes\n"
                   "options backend=nftables\n"
                   "zone public target=default forward=yes services=ssh masquerade=no\n"
                   "policy allow target=CONTINUE\n"
                   "service ssh port=22/tcp\n"
                   "permanent uplink0\n"
                   "networkmanager running=no\n",
     {MAIN,
      NO_NM,
      UNBOUND,
      {"getActiveZones", "(@a{sa{sas}} {},)"},
      {"getPolicies", "(['allow'],)"},
      {"getZoneSettings2 public", ZONE(", 'services': <['ssh']>")},
      {"getPolicySettings allow", "({'target': <'CONTINUE'>},)"},
      {"getServiceSettings2 ssh", "({'ports': <[('22', 'tcp')]>},)"}}},
    {"everything that is named is read, once",
     OBSERVE_ACTIVE_ZONES,
     22,
     MAIN_EXPECTED "policies=yes\n"
                   "options backend=nftables\n"
                   "zone public target=default forward=yes interfaces=uplink0,gone0,cni+ "
                   "services=a,b masquerade=no\n"
                   "zone work target=default forward=yes source=ipset:set1 masquerade=no "
                   "rule=\"rule source ipset=\"set2\" service name=\"c\" accept\"\n"
                   "policy p services=a\n"
                   "service a port=1/tcp includes=d\n"
                   "service b port=2/tcp includes=a\n"
                   "service c port=3/tcp\n"
                   "service d port=4/tcp includes=e,a\n"
                   "service e port=5/tcp includes=e\n"
                   "ipset set1 type=hash:ip\n"
                   "ipset set2 type=hash:net entries=10.0.0.0/8\n"
                   "permanent uplink0 zone=public\n"
                   "permanent cni+ conflict=public work  (ERROR: in 2 zones)\n"
                   "networkmanager running=no\n",
     {MAIN,
      NO_NM,
      {"getZoneOfInterface uplink0", "('public',)"},
      {"getZoneOfInterface cni+", "('public work  (ERROR: in 2 zones)',)"},
      {"getActiveZones", "({'work': {'sources': ['ipset:set1']}, 'public': {'interfaces': "
                         "['uplink0', 'gone0', 'cni+']}},)"},
      {"getPolicies", "(['p'],)"},
      {"getZoneSettings2 public",
       ZONE(", 'interfaces': <['uplink0', 'gone0', 'cni+']>, 'services': <['a', 'b']>")},
      {"getZoneSettings2 work",
       ZONE(", 'sources': <['ipset:set1']>, 'rules_str': <['rule source ipset=\"set2\" service "
            "name=\"c\" accept']>")},
      {"getPolicySettings p", "({'services': <['a']>},)"},
      {"getServiceSettings2 a", "({'ports': <[('1', 'tcp')]>, 'includes': <['d']>},)"},
      {"getServiceSettings2 b", "({'ports': <[('2', 'tcp')]>, 'includes': <['a']>},)"},
      {"getServiceSettings2 c", "({'ports': <[('3', 'tcp')]>},)"},
      {"getServiceSettings2 d", "({'ports': <[('4', 'tcp')]>, 'includes': <['e', 'a']>},)"},
      {"getServiceSettings2 e", "({'ports': <[('5', 'tcp')]>, 'includes': <['e']>},)"},
      {"getIPSetSettings set1", "(('', '', '', 'hash:ip', @a{ss} {}, @as []),)"},
      {"getIPSetSettings set2", "(('', '', '', 'hash:net', @a{ss} {}, ['10.0.0.0/8']),)"}}},
    {"all zones",
     OBSERVE_ALL_ZONES,
     14,
     MAIN_EXPECTED "policies=yes\n"
                   "options backend=nftables\n"
                   "zone drop target=DROP\n"
                   "zone public target=default forward=yes masquerade=no\n"
                   "permanent uplink0\n"
                   "networkmanager running=no\n",
     {MAIN,
      NO_NM,
      UNBOUND,
      {"getActiveZones", "(@a{sa{sas}} {},)"},
      {"getPolicies", "(@as [],)"},
      {"getZones", "(['public', 'drop'],)"},
      {"getZoneSettings2 public", ZONE("")},
      {"getZoneSettings2 drop", "({'target': <'DROP'>},)"}}},
    {"a caller who may read only what polkit calls info",
     OBSERVE_ACTIVE_ZONES,
     13,
     "firewalld default=public panic=no policies=yes\n"
     "options\n"
     "zone public unread interfaces=uplink0\n"
     "policy allow unread\n"
     "networkmanager running=no\n"
     "unread firewalld's version and state (org.freedesktop.DBus.Properties.GetAll): not "
     "authorised to call GetAll of firewalld: that needs the polkit action " FW ".config\n"
     "unread the options of firewalld.conf (org.freedesktop.DBus.Properties.GetAll): not "
     "authorised to call GetAll of firewalld: that needs the polkit action " FW ".config\n"
     "unread whether denials are logged (" FW ".getLogDenied): not authorised to call getLogDenied "
     "of firewalld: that needs the polkit action " FW ".config.info\n"
     "unread direct rules (" FW ".direct.getAllRules): not authorised to call getAllRules of "
     "firewalld: that needs the polkit action " FW ".direct.info\n"
     "unread direct passthrough rules (" FW ".direct.getAllPassthroughs): not authorised to call "
     "getAllPassthroughs of firewalld: that needs the polkit action " FW ".direct.info\n"
     "unread the settings of zone public (" FW ".zone.getZoneSettings2): not authorised to call "
     "getZoneSettings2 of firewalld: that needs the polkit action " FW ".config.info\n"
     "unread the settings of policy allow (" FW ".policy.getPolicySettings): not authorised to "
     "call getPolicySettings of firewalld: that needs the polkit action " FW ".config.info\n"
     "unread the permanent zone of uplink0 (" FW ".config.getZoneOfInterface): not authorised to "
     "call getZoneOfInterface of firewalld: that needs the polkit action " FW ".config\n",
     {{"GetAll " FW, NEEDS("config")},
      {"getDefaultZone", "('public',)"},
      {"queryPanicMode", "(false,)"},
      {"getLogDenied", NEEDS("config.info")},
      {"getAllRules", NEEDS("direct.info")},
      {"getAllPassthroughs", NEEDS("direct.info")},
      {"GetAll " FW ".config", NEEDS("config")},
      {"getZoneOfInterface uplink0", NEEDS("config")},
      {"getActiveZones", "({'public': {'interfaces': ['uplink0']}},)"},
      {"getPolicies", "(['allow'],)"},
      {"getZoneSettings2 public", NEEDS("config.info")},
      {"getPolicySettings allow", NEEDS("config.info")},
      NO_NM}},
    {"a caller who may read nothing",
     OBSERVE_ACTIVE_ZONES,
     10,
     "!not authorised to call GetAll of firewalld: that needs the polkit action " FW ".config",
     {{"GetAll " FW, NEEDS("config")},
      {"getDefaultZone", NEEDS("info")},
      {"queryPanicMode", NEEDS("info")},
      {"getLogDenied", NEEDS("config.info")},
      {"getAllRules", NEEDS("direct.info")},
      {"getAllPassthroughs", NEEDS("direct.info")},
      {"GetAll " FW ".config", NEEDS("config")},
      {"getActiveZones", NEEDS("info")},
      {"getPolicies", NEEDS("info")},
      NO_NM}},
    {"firewalld 0.8: tuples, no policies",
     OBSERVE_ACTIVE_ZONES,
     15,
     MAIN_EXPECTED "policies=no\n"
                   "options backend=nftables\n"
                   "zone public target=default forward=no services=ssh masquerade=no\n"
                   "service ssh port=22/tcp\n"
                   "permanent uplink0\n"
                   "networkmanager running=no\n",
     {MAIN,
      NO_NM,
      UNBOUND,
      {"getActiveZones", "(@a{sa{sas}} {},)"},
      {"getZoneSettings public",
       "(('', '', '', false, 'default', ['ssh'], @a(ss) [], @as [], false, @a(ssss) [], @as [], "
       "@as [], @as [], @as [], @a(ss) [], false),)"},
      {"getServiceSettings ssh", "(('', '', '', [('22', 'tcp')], @as [], @a{ss} {}, @as [], "
                                 "@a(ss) []),)"}}},
    {"another program under firewalld's name",
     OBSERVE_ACTIVE_ZONES,
     15,
     "firewalld version=1.0 state=RUNNING panic=no direct=no policies=no\n"
     "options\n"
     "zone internal unread interfaces=uplink0\n"
     "permanent uplink0\n"
     "networkmanager running=no\n"
     "unread the default zone (" FW ".getDefaultZone): this firewalld has no getDefaultZone\n"
     "unread the options of firewalld.conf (org.freedesktop.DBus.Properties.GetAll): this "
     "firewalld has no GetAll\n"
     "unread whether denials are logged (" FW ".getLogDenied): this firewalld has no getLogDenied\n"
     "unread the settings of zone internal (" FW ".getZoneSettings): this firewalld has no "
     "getZoneSettings\n",
     {{"GetAll " FW, "({'version': <'1.0'>, 'state': <'RUNNING'>},)"},
      {"queryPanicMode", "(false,)"},
      {"getZones", "(['internal'],)"},
      {"getInterfaces internal", "(['uplink0'],)"},
      UNBOUND,
      NO_NM}},
    {"direct rules",
     OBSERVE_ACTIVE_ZONES,
     12,
     "firewalld version=1.3.3 state=RUNNING default=public panic=yes log-denied=all direct=yes "
     "policies=yes\n"
     "options\n"
     "zone public target=default forward=yes masquerade=no\n"
     "permanent uplink0\n"
     "networkmanager running=no\n",
     {{"GetAll " FW, "({'version': <'1.3.3'>, 'state': <'RUNNING'>},)"},
      {"getDefaultZone", "('public',)"},
      {"queryPanicMode", "(true,)"},
      {"getLogDenied", "('all',)"},
      {"getAllRules", "([('ipv4', 'filter', 'INPUT', 0, ['-j', 'DROP'])],)"},
      {"getAllPassthroughs", "(@a(sas) [],)"},
      {"GetAll " FW ".config", "(@a{sv} {},)"},
      {"getActiveZones", "(@a{sa{sas}} {},)"},
      {"getPolicies", "(@as [],)"},
      {"getZoneSettings2 public", ZONE("")},
      UNBOUND,
      NO_NM}},
    {"a zone that is gone when it is asked for",
     OBSERVE_ACTIVE_ZONES,
     13,
     MAIN_EXPECTED "policies=yes\n"
                   "options backend=nftables\n"
                   "zone public target=default forward=yes masquerade=no\n"
                   "zone work unread interfaces=uplink0\n"
                   "permanent uplink0\n"
                   "networkmanager running=no\n"
                   "unread the settings of zone work (" FW ".zone.getZoneSettings2): firewalld "
                   "refused getZoneSettings2: INVALID_ZONE: work\n",
     {MAIN,
      NO_NM,
      UNBOUND,
      {"getActiveZones", "({'work': {'interfaces': ['uplink0']}},)"},
      {"getPolicies", "(@as [],)"},
      {"getZoneSettings2 public", ZONE("")},
      {"getZoneSettings2 work", "!" FW ".Exception INVALID_ZONE: work"}}},
    {"nonsense in a zone",
     OBSERVE_ACTIVE_ZONES,
     12,
     "!firewalld gives \"forward\" of zone public the type s where b is expected",
     {MAIN,
      NO_NM,
      UNBOUND,
      {"getActiveZones", "(@a{sa{sas}} {},)"},
      {"getPolicies", "(@as [],)"},
      {"getZoneSettings2 public", "({'forward': <'yes'>},)"}}},
    {"nonsense at once",
     OBSERVE_ACTIVE_ZONES,
     10,
     "!org.fedoraproject.FirewallD1 answered getActiveZones with the type (as) where "
     "(a{sa{sas}}) is expected",
     {MAIN, NO_NM, {"getActiveZones", "(['public'],)"}, {"getPolicies", "(@as [],)"}}},
    {"firewalld leaves in the second batch",
     OBSERVE_ACTIVE_ZONES,
     12,
     "!firewalld left the bus before it answered getZoneSettings2",
     {MAIN,
      NO_NM,
      UNBOUND,
      {"getActiveZones", "(@a{sa{sas}} {},)"},
      {"getPolicies", "(@as [],)"},
      {"getZoneSettings2 public", "!org.freedesktop.DBus.Error.NoReply disconnected"}}},
};

/* ---- NetworkManager ---- */

#define QUIET_FIREWALLD                                                                            \
    MAIN, UNBOUND, {"getActiveZones", "(@a{sa{sas}} {},)"}, {"getPolicies", "(@as [],)"},          \
    {                                                                                              \
        "getZoneSettings2 public", ZONE("")                                                        \
    }
#define QUIET_EXPECTED                                                                             \
    MAIN_EXPECTED "policies=yes\n"                                                                 \
                  "options backend=nftables\n"                                                     \
                  "zone public target=default forward=yes masquerade=no\n"                         \
                  "permanent uplink0\n"
#define NM_RUNS                                                                                    \
    {"NameHasOwner org.freedesktop.NetworkManager", "(true,)"},                                    \
    {                                                                                              \
        "Get " NM " Version", "(<'1.42.4'>,)"                                                      \
    }
#define DEVICE                                                                                     \
    {"GetDeviceByIpIface uplink0", "(objectpath '/d/2',)"},                                        \
    {                                                                                              \
        "/d/2 GetAll " NM ".Device",                                                               \
            "({'Managed': <true>, 'ActiveConnection': <objectpath '/a/1'>},)"                      \
    }
#define ACTIVE(flags)                                                                              \
    {                                                                                              \
        "/a/1 GetAll " NM ".Connection.Active",                                                    \
            "({'Id': <'wired'>, 'Uuid': <'u-1'>, 'Connection': <objectpath '/s/1'>, "              \
            "'StateFlags': <uint32 " flags ">},)"                                                  \
    }

static const ReadCase networkmanager_cases[] = {
    {"a profile with a zone: that is read, too",
     OBSERVE_ACTIVE_ZONES,
     19,
     MAIN_EXPECTED "policies=yes\n"
                   "options backend=nftables\n"
                   "zone public target=default forward=yes masquerade=no\n"
                   "zone work target=default forward=yes masquerade=no\n"
                   "permanent uplink0\n"
                   "networkmanager running=yes version=1.42.4\n"
                   "device uplink0 managed profile=wired uuid=u-1 zone=work\n",
     {QUIET_FIREWALLD,
      {"getZones", "(['public', 'work'],)"},
      {"getZoneSettings2 work", ZONE("")},
      NM_RUNS,
      DEVICE,
      ACTIVE("0x4c"),
      {"/s/1 GetSettings", "({'connection': {'zone': <'work'>, 'id': <'wired'>}},)"}}},
    {"a profile without a zone",
     OBSERVE_ACTIVE_ZONES,
     17,
     QUIET_EXPECTED "networkmanager running=yes version=1.42.4\n"
                    "device uplink0 managed profile=wired uuid=u-1\n",
     {QUIET_FIREWALLD,
      NM_RUNS,
      DEVICE,
      ACTIVE("0x4c"),
      {"/s/1 GetSettings", "({'connection': {'id': <'wired'>}},)"}}},
    {"connected externally",
     OBSERVE_ACTIVE_ZONES,
     17,
     QUIET_EXPECTED "networkmanager running=yes version=1.42.4\n"
                    "device uplink0 external profile=wired uuid=u-1\n",
     {QUIET_FIREWALLD,
      NM_RUNS,
      DEVICE,
      ACTIVE("0xcc"),
      {"/s/1 GetSettings", "({'connection': {'zone': <''>}},)"}}},
    {"an unmanaged device",
     OBSERVE_ACTIVE_ZONES,
     15,
     QUIET_EXPECTED "networkmanager running=yes version=1.42.4\n"
                    "device uplink0\n",
     {QUIET_FIREWALLD,
      NM_RUNS,
      {"GetDeviceByIpIface uplink0", "(objectpath '/d/2',)"},
      {"/d/2 GetAll " NM ".Device",
       "({'Managed': <false>, 'ActiveConnection': <objectpath '/'>},)"}}},
    {"no such device",
     OBSERVE_ACTIVE_ZONES,
     14,
     QUIET_EXPECTED "networkmanager running=yes version=1.42.4\n"
                    "device uplink0\n",
     {QUIET_FIREWALLD,
      NM_RUNS,
      {"GetDeviceByIpIface uplink0", "!" NM ".UnknownDevice No device found"}}},
    {"a profile that is private",
     OBSERVE_ACTIVE_ZONES,
     17,
     QUIET_EXPECTED "networkmanager running=yes version=1.42.4\n"
                    "unread NetworkManager's profile of uplink0 (" NM
                    ".Settings.Connection.GetSettings): not authorised to call GetSettings of "
                    "NetworkManager: Insufficient privileges\n",
     {QUIET_FIREWALLD,
      NM_RUNS,
      DEVICE,
      ACTIVE("0x4c"),
      {"/s/1 GetSettings", "!" NM ".Settings.PermissionDenied Insufficient privileges"}}},
    {"nonsense is noted",
     OBSERVE_ACTIVE_ZONES,
     15,
     QUIET_EXPECTED "networkmanager running=yes\n"
                    "unread NetworkManager's version (org.freedesktop.DBus.Properties.Get): "
                    "NetworkManager gives its version the type i\n"
                    "unread NetworkManager's profile of uplink0 "
                    "(org.freedesktop.DBus.Properties.GetAll): NetworkManager's property "
                    "ActiveConnection of uplink0 is missing or of an unexpected type\n",
     {QUIET_FIREWALLD,
      {"NameHasOwner org.freedesktop.NetworkManager", "(true,)"},
      {"Get " NM " Version", "(<1>,)"},
      {"GetDeviceByIpIface uplink0", "(objectpath '/d/2',)"},
      {"/d/2 GetAll " NM ".Device", "({'Managed': <true>, 'ActiveConnection': <'/a/1'>},)"}}},
    {"it leaves while it is asked",
     OBSERVE_ACTIVE_ZONES,
     14,
     QUIET_EXPECTED "networkmanager running=yes version=1.42.4\n"
                    "unread NetworkManager's profile of uplink0 (" NM
                    ".GetDeviceByIpIface): NetworkManager left the bus before it answered "
                    "GetDeviceByIpIface\n",
     {QUIET_FIREWALLD,
      NM_RUNS,
      {"GetDeviceByIpIface uplink0", "!org.freedesktop.DBus.Error.NoReply disconnected"}}},
};

/* ---- running them ---- */

/* A host with the uplink uplink0 and the downstream cni0. */
static Snapshot *host(void)
{
    static const char *const names[] = {"uplink0", "cni0"};
    Snapshot *snapshot = snapshot_new();
    snapshot->forwarding_ipv4 = TRISTATE_YES;
    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        Link *link = link_new();
        link->index = (int)i + 2;
        link->name = g_strdup(names[i]);
        link->kind = g_strdup(i == 0 ? "physical" : "bridge");
        link->flags = 1;     /* IFF_UP */
        link->operstate = 6; /* IF_OPER_UP */
        link->carrier = TRISTATE_YES;
        link->forwarding_ipv4 = TRISTATE_YES;
        LinkAddress *address = g_new0(LinkAddress, 1);
        assert_true(ip_prefix_parse(i == 0 ? "192.0.2.1/24" : "10.244.2.1/24", &address->prefix));
        g_ptr_array_add(link->addresses, address);
        snapshot_add_link(snapshot, link);
    }
    return snapshot;
}

static bool read_services(Peer *peer, Snapshot *snapshot, ObserveScope scope, GError **error)
{
    const Declared declared = {.uplinks = (const char *const[]){"uplink0", NULL}};
    const ObserveOptions options = {.scope = scope, .declared = &declared};
    return observe_services(peer->bus, &options, snapshot, error);
}

static void test_read(void **state)
{
    const ReadCase *test = *state;
    g_autoptr(Peer) peer = peer_new(test->answers);
    g_autoptr(Snapshot) snapshot = host();
    g_autoptr(GError) error = NULL;
    bool done = read_services(peer, snapshot, test->scope, &error);
    assert_int_equal(peer->n_calls, test->n_calls);
    if (*test->expected == '!') {
        assert_false(done);
        assert_string_equal(error->message, test->expected + 1);
        return;
    }
    assert_null(error);
    g_autofree char *description = describe_services(snapshot);
    assert_string_equal(description, test->expected);
}

static void test_networkmanager_silent(G_GNUC_UNUSED void **state)
{
    const PeerAnswer answers[] = {QUIET_FIREWALLD,
                                  {"NameHasOwner org.freedesktop.NetworkManager", "(true,)"},
                                  {"Get " NM " Version", "never"},
                                  {"GetDeviceByIpIface uplink0", "never"},
                                  {NULL, NULL}};
    /* Long enough for what is answered, on a busy machine. */
    g_autoptr(Peer) peer = peer_new_with_timeout(answers, 2000);
    g_autoptr(Snapshot) snapshot = host();
    g_autoptr(GError) error = NULL;
    assert_true(read_services(peer, snapshot, OBSERVE_ACTIVE_ZONES, &error));
    assert_int_equal(snapshot->unread->len, 2);
    const Unread *unread = g_ptr_array_index(snapshot->unread, 1);
    assert_string_equal(unread->reason,
                        "NetworkManager did not answer GetDeviceByIpIface within 2 s");
}

static void test_firewalld_silent(G_GNUC_UNUSED void **state)
{
    const PeerAnswer answers[] = {{"GetAll " FW, "never"}, MAIN, NO_NM, {NULL, NULL}};
    g_autoptr(Peer) peer = peer_new_with_timeout(answers, 100);
    g_autoptr(Snapshot) snapshot = host();
    g_autoptr(GError) error = NULL;
    assert_false(read_services(peer, snapshot, OBSERVE_ACTIVE_ZONES, &error));
    assert_true(g_error_matches(error, NICFIX_ERROR, NICFIX_ERROR_TIMEOUT));
}

/* firewalld names more than a host can have of it: nothing is asked about that. */
static void test_too_many(const char *call, const char *before, const char *after)
{
    g_autoptr(GString) answer = g_string_new(before);
    for (guint i = 0; i < 20000; i++)
        g_string_append_printf(answer, "%s'x%u'", i > 0 ? "," : "", i);
    g_string_append(answer, after);
    const PeerAnswer answers[] = {{call, answer->str},
                                  MAIN,
                                  UNBOUND,
                                  NO_NM,
                                  {"getActiveZones", "(@a{sa{sas}} {},)"},
                                  {"getPolicies", "(@as [],)"},
                                  {"getZones", "(['public'],)"},
                                  {"getZoneSettings2 public", ZONE(", 'services': <['ssh']>")},
                                  {NULL, NULL}};
    g_autoptr(Peer) peer = peer_new(answers);
    g_autoptr(Snapshot) snapshot = host();
    g_autoptr(GError) error = NULL;
    assert_false(read_services(peer, snapshot, OBSERVE_ALL_ZONES, &error));
    assert_string_equal(error->message,
                        "firewalld names more than 16384 zones, policies, services or sets");
    assert_true(g_atomic_int_get(&peer->n_calls) < 20);
}

static void test_firewalld_names_too_much(G_GNUC_UNUSED void **state)
{
    test_too_many("getServiceSettings2 ssh", "({'includes': <[", "]>},)");
    test_too_many("getZoneSettings2 public", "({'services': <[", "]>},)");
    test_too_many("getPolicies", "([", "],)");
    test_too_many("getZones", "([", "],)");
}

static void test_state(const char *state, guint timeout_ms, const char *message, guint min_calls)
{
    g_autofree char *identity =
        g_strdup_printf("({'version': <'1.3.3'>, 'state': <'%s'>},)", state);
    const PeerAnswer answers[] = {{"GetAll " FW, identity}, QUIET_FIREWALLD, NO_NM, {NULL, NULL}};
    g_autoptr(Peer) peer = peer_new_with_timeout(answers, timeout_ms);
    g_autoptr(Snapshot) snapshot = host();
    g_autoptr(GError) error = NULL;
    assert_false(read_services(peer, snapshot, OBSERVE_ACTIVE_ZONES, &error));
    assert_true(g_error_matches(error, NICFIX_ERROR, NICFIX_ERROR_NOT_RUNNING));
    assert_string_equal(error->message, message);
    assert_true((guint)peer->n_calls >= min_calls);
}

static void test_firewalld_is_starting(G_GNUC_UNUSED void **state)
{
    test_state("INIT", 250, "firewalld is still starting after 0.25 s (its state is INIT)", 20);
}

static void test_firewalld_failed_to_start(G_GNUC_UNUSED void **state)
{
    test_state("FAILED", 20000,
               "firewalld's state is FAILED: it could not load its configuration, and something "
               "else is in force",
               10);
}

/* ---- what need not be asked again ---- */

static char own_pid[32]; /* as the bus tells it: "(uint32 7,)" */

#define OWNER(name)                                                                                \
    {"GetNameOwner " FW, "('" name "',)"},                                                         \
    {                                                                                              \
        "GetConnectionUnixProcessID " FW, own_pid                                                  \
    }

static const PeerAnswer of_one[] = {QUIET_FIREWALLD, NO_NM, OWNER(":1.7"), {NULL, NULL}};
static const PeerAnswer of_another[] = {QUIET_FIREWALLD, NO_NM, OWNER(":1.8"), {NULL, NULL}};
static const PeerAnswer of_nobody[] = {QUIET_FIREWALLD, NO_NM, {NULL, NULL}};
static const PeerAnswer of_no_process[] = {
    QUIET_FIREWALLD, NO_NM, {"GetNameOwner " FW, "(':1.7',)"}, {NULL, NULL}};

/* Reads a host whose rules have GENERATION (0: they were not read), and returns how many calls that took. */
static gint calls_to_read(Peer *peer, const PeerAnswer *answers, KnownReplies *known,
                          guint32 generation)
{
    gint before = peer->n_calls;
    g_autoptr(Snapshot) snapshot = host();
    g_autoptr(GError) error = NULL;
    const ObserveOptions options = {
        .declared = &(const Declared){.uplinks = (const char *const[]){"uplink0", NULL}},
        .known = known,
    };
    if (generation != 0) {
        snapshot->ruleset = ruleset_new();
        snapshot->ruleset->generation = generation;
        ruleset_add_table(snapshot->ruleset, nft_table_new(NFT_FAMILY_INET, "firewalld"));
    }
    peer->answers = answers;
    bus_set_known_replies(peer->bus, known);
    assert_true(observe_services(peer->bus, &options, snapshot, &error));
    g_autofree char *description = describe_services(snapshot);
    assert_string_equal(description, QUIET_EXPECTED "networkmanager running=no\n");
    return peer->n_calls - before;
}

/* What was asked for before the caller bound uplink0 is the same but for that. */
static void test_settings_that_hold(G_GNUC_UNUSED void **state)
{
    static const PeerAnswer bound[] = {
        MAIN,
        UNBOUND,
        NO_NM,
        OWNER(":1.7"),
        {"getActiveZones",
         "({'public': {'interfaces': ['uplink0'], 'sources': ['192.0.2.0/28']}},)"},
        {NULL, NULL}};
    g_autoptr(KnownReplies) known = known_replies_new();
    g_autoptr(Peer) peer = peer_new(of_one);
    assert_int_equal(calls_to_read(peer, of_one, known, 3), 14);
    g_autoptr(Snapshot) snapshot = host();
    const ObserveOptions options = {
        .declared = &(const Declared){.uplinks = (const char *const[]){"uplink0", NULL}},
        .known = known,
        .known_settings_hold = true,
    };
    snapshot->ruleset = ruleset_new();
    snapshot->ruleset->generation = 4;
    ruleset_add_table(snapshot->ruleset, nft_table_new(NFT_FAMILY_INET, "firewalld"));
    peer->answers = bound;
    peer->n_calls = 0;
    assert_true(observe_services(peer->bus, &options, snapshot, NULL));
    assert_int_equal(peer->n_calls, 8);
    const Zone *zone = firewalld_zone(snapshot->firewalld, "public");
    assert_true(zone->settings_read);
    assert_string_equal(zone->interfaces[0], "uplink0");
    assert_int_equal(zone->sources->len, 1);
}

static void test_known_replies_are_not_asked_for(G_GNUC_UNUSED void **state)
{
    enum {
        TO_BUS = 3,   /* who NetworkManager and firewalld are */
        LIVE = 5,     /* version and state, default zone, active zones, options, permanent zone */
        SETTINGS = 6, /* panic mode, log-denied, policies, direct rules, the zone */
    };
    g_autoptr(KnownReplies) known = known_replies_new();
    g_autoptr(Peer) peer = peer_new(of_one);
    assert_int_equal(calls_to_read(peer, of_one, known, 3), TO_BUS + LIVE + SETTINGS);
    assert_int_equal(calls_to_read(peer, of_one, known, 3), TO_BUS + LIVE);
    assert_int_equal(calls_to_read(peer, of_one, known, 4), TO_BUS + LIVE + SETTINGS);
    assert_int_equal(calls_to_read(peer, of_one, known, 3), TO_BUS + LIVE + SETTINGS);
    assert_int_equal(calls_to_read(peer, of_another, known, 3), TO_BUS + LIVE + SETTINGS);
    assert_int_equal(calls_to_read(peer, of_another, known, 3), TO_BUS + LIVE);
    known_replies_forget_old(known, LASTS_IN_FORCE); /* nothing is from a file */
    assert_int_equal(calls_to_read(peer, of_another, known, 3), TO_BUS + LIVE);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(calls_to_read(peer, of_another, known, 0), TO_BUS + LIVE + SETTINGS);
        assert_int_equal(calls_to_read(peer, of_nobody, known, 3), TO_BUS + LIVE + SETTINGS);
        assert_int_equal(calls_to_read(peer, of_no_process, known, 3), TO_BUS + LIVE + SETTINGS);
    }
}

int main(void)
{
    g_snprintf(own_pid, sizeof own_pid, "(uint32 %d,)", getpid());
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_networkmanager_silent),
        cmocka_unit_test(test_firewalld_silent),
        cmocka_unit_test(test_firewalld_names_too_much),
        cmocka_unit_test(test_firewalld_is_starting),
        cmocka_unit_test(test_firewalld_failed_to_start),
        cmocka_unit_test(test_settings_that_hold),
        cmocka_unit_test(test_known_replies_are_not_asked_for),
    };
    return RUN_CASES(test_read, cases) + RUN_CASES(test_read, networkmanager_cases) +
           cmocka_run_group_tests(tests, NULL, NULL);
}
