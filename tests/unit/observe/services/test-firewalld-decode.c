/* SPDX-License-Identifier: GPL-2.0-or-later */
/* firewalld's answers, written in GVariant's text format, and what the model makes of them. */
#include "observe/services/firewalld-decode.h"

#include "cases.h"
#include "describe.h"
#include "model/error.h"

typedef struct {
    const char *name;
    const char *settings;
    const char *expected; /* starts with "!" where it is an error's message */
} DecodeCase;

static GVariant *parse(const char *type, const char *text)
{
    g_autoptr(GError) error = NULL;
    GVariant *value = g_variant_parse(G_VARIANT_TYPE(type), text, NULL, NULL, &error);
    if (error != NULL)
        fail_msg("%s: %s", text, error->message);
    return value;
}

static void assert_described(const DecodeCase *test, const GString *description,
                             const GError *error)
{
    if (*test->expected != '!') {
        assert_null(error);
        assert_string_equal(description->str, test->expected);
        return;
    }
    assert_string_equal(error->message, test->expected + 1);
    assert_true(g_error_matches(error, NICFIX_ERROR, NICFIX_ERROR_BAD_REPLY));
    assert_string_equal(description->str, "");
}

/* ---- zones ---- */

#define ZONE_BASICS "'target': <'default'>, 'forward': <true>, 'masquerade': <false>"

static const DecodeCase zones[] = {
    {"as it is shipped",
     "{'short': <'Public'>, 'description': <'x'>, 'icmp_block_inversion': <false>, " ZONE_BASICS
     ", 'services': <['ssh', 'dhcpv6-client']>}",
     "zone z target=default forward=yes services=ssh,dhcpv6-client masquerade=no"},
    {"with everything",
     "{'target': <'%%REJECT%%'>, 'forward': <false>, 'masquerade': <true>, 'interfaces': "
     "<['cni0', 'veth+']>, 'sources': <['10.0.0.0/8', '52:54:00:00:00:01', 'ipset:set']>, "
     "'ports': <[('80', 'tcp'), ('1000-2000', 'udp')]>, 'source_ports': <[('53', 'udp')]>, "
     "'protocols': <['gre']>, 'icmp_blocks': <['echo-request']>, 'icmp_block_inversion': <true>, "
     "'forward_ports': <[('80', 'tcp', '8080', '10.0.0.1'), ('22', 'tcp', '2222', '')]>, "
     "'rules_str': <['rule service name=\"ftp\" accept']>, 'ingress_priority': <-5>, "
     "'egress_priority': <7>}",
     "zone z target=%%REJECT%% forward=no interfaces=cni0,veth+ source=10.0.0.0/8 "
     "source=52:54:00:00:00:01 source=ipset:set ingress-priority=-5 egress-priority=7 "
     "port=80/tcp port=1000-2000/udp source-port=53/udp protocols=gre icmp-blocks=echo-request "
     "inverted masquerade=yes forward-port=80/tcp>8080@10.0.0.1 forward-port=22/tcp>2222@- "
     "rule=\"rule service name=\"ftp\" accept\""},
    {"with nothing", "{}", "zone z"},
    {"a key of a later release", "{'novelty': <uint64 1>, 'target': <'DROP'>}",
     "zone z target=DROP"},
    {"a target of a later release", "{'target': <'TARPIT'>}", "zone z"},
    {"a rule of a later release", "{'rules_str': <['rule tarpit']>}",
     "zone z unknown-rule=\"rule tarpit\""},
    {"a source that is no address", "{'sources': <['nonsense']>}", "zone z source=nonsense"},
    {"port 0", "{'ports': <[('0', 'tcp'), ('1', 'tcp')]>}", "zone z port=1/tcp"},
    {"an empty list of unknown type", "{'services': <@as []>, 'ports': <@a(ss) []>}", "zone z"},
    {"no port", "{'ports': <[('http', 'tcp')]>}",
     "!firewalld gives \"ports\" of zone z the value \"http/tcp\", which has no meaning there"},
    {"a port too large", "{'source_ports': <[('65536', 'udp')]>}",
     "!firewalld gives \"source_ports\" of zone z the value \"65536/udp\", which has no meaning "
     "there"},
    {"no port to forward", "{'forward_ports': <[('', 'tcp', '1', ''), ('x', 'tcp', '1', '')]>}",
     "!firewalld gives \"forward_ports\" of zone z the value \"x/tcp\", which has no meaning "
     "there"},
    {"target of the wrong type", "{'target': <1>}",
     "!firewalld gives \"target\" of zone z the type i where s is expected"},
    {"forward of the wrong type", "{'forward': <'yes'>}",
     "!firewalld gives \"forward\" of zone z the type s where b is expected"},
    {"interfaces of the wrong type", "{'interfaces': <'eth0'>}",
     "!firewalld gives \"interfaces\" of zone z the type s where as is expected"},
    {"ports of the wrong type", "{'ports': <['80/tcp']>}",
     "!firewalld gives \"ports\" of zone z the type as where a(ss) is expected"},
    {"services as variants", "{'services': <[<'ssh'>]>}",
     "!firewalld gives \"services\" of zone z the type av where as is expected"},
    {"a variant in a variant", "{'masquerade': <<true>>}",
     "!firewalld gives \"masquerade\" of zone z the type v where b is expected"},
    {"priority of the wrong type", "{'ingress_priority': <int64 1>}",
     "!firewalld gives \"ingress_priority\" of zone z the type x where i is expected"},
};

static void test_zone(void **state)
{
    const DecodeCase *test = *state;
    g_autoptr(GVariant) settings = parse("a{sv}", test->settings);
    g_autoptr(GError) error = NULL;
    g_autoptr(Zone) zone = firewalld_decode_zone("z", settings, &error);
    g_autoptr(GString) description = g_string_new(NULL);
    if (zone != NULL)
        describe_zone(description, zone);
    assert_described(test, description, error);
}

static const DecodeCase zone_tuples[] = {
    {"firewalld 0.8",
     "('', 'Public', 'x', false, 'default', ['ssh'], [('80', 'tcp')], ['echo-request'], true, "
     "[('1', 'tcp', '2', '')], ['eth0'], ['10.0.0.0/8'], ['rule accept'], ['gre'], "
     "[('53', 'udp')], true)",
     "zone z target=default forward=no interfaces=eth0 source=10.0.0.0/8 services=ssh port=80/tcp "
     "source-port=53/udp protocols=gre icmp-blocks=echo-request inverted masquerade=yes "
     "forward-port=1/tcp>2@- rule=\"rule accept\""},
    {"with nothing",
     "('', '', '', false, 'ACCEPT', [], [], [], false, [], [], [], [], [], [], false)",
     "zone z target=ACCEPT forward=no masquerade=no"},
    {"no port",
     "('', '', '', false, '', [], [('x', 'y')], [], false, [], [], [], [], [], [], false)",
     "!firewalld gives \"ports\" of zone z the value \"x/y\", which has no meaning there"},
};

static void test_zone_tuple(void **state)
{
    const DecodeCase *test = *state;
    g_autoptr(GVariant) settings = parse("(sssbsasa(ss)asba(ssss)asasasasa(ss)b)", test->settings);
    g_autoptr(GError) error = NULL;
    g_autoptr(Zone) zone = firewalld_decode_zone("z", settings, &error);
    g_autoptr(GString) description = g_string_new(NULL);
    if (zone != NULL)
        describe_zone(description, zone);
    assert_described(test, description, error);
}

static const DecodeCase active_zones[] = {
    {"nothing bound, firewalld 1.3", "{}", ""},
    {"nothing bound, firewalld 2.0", "{'public': {'interfaces': [], 'sources': []}}",
     "zone public unread;"},
    {"in the order of names",
     "{'work': {'sources': ['10.0.0.0/8']}, 'dmz': {'interfaces': ['b']}, "
     "'home': {'interfaces': ['c', 'a'], 'sources': ['ipset:s']}}",
     "zone dmz unread interfaces=b;zone home unread interfaces=c,a source=ipset:s;"
     "zone work unread source=10.0.0.0/8;"},
    {"a list of a later release", "{'work': {'interfaces': ['a'], 'novelties': ['b']}}",
     "zone work unread interfaces=a;"},
};

static void test_active_zones(void **state)
{
    const DecodeCase *test = *state;
    g_autoptr(GVariant) answer = parse("a{sa{sas}}", test->settings);
    g_autoptr(GPtrArray) decoded = firewalld_decode_active_zones(answer);
    g_autoptr(GString) description = g_string_new(NULL);
    for (guint i = 0; i < decoded->len; i++) {
        describe_zone(description, g_ptr_array_index(decoded, i));
        g_string_append_c(description, ';');
    }
    assert_string_equal(description->str, test->expected);
}

/* ---- policies, services, ipsets ---- */

static const DecodeCase policies[] = {
    {"as it is shipped",
     "{'short': <'Allow host IPv6'>, 'target': <'CONTINUE'>, 'masquerade': <false>, "
     "'rich_rules': <['rule family=\"ipv6\" icmp-type name=\"redirect\" accept']>, "
     "'priority': <-15000>, 'ingress_zones': <['ANY']>, 'egress_zones': <['HOST']>}",
     "policy p target=CONTINUE priority=-15000 ingress=ANY egress=HOST masquerade=no "
     "rule=\"rule family=\"ipv6\" icmp-type name=\"redirect\" accept\""},
    {"with everything",
     "{'target': <'REJECT'>, 'masquerade': <true>, 'services': <['ssh']>, 'ports': <[('1', "
     "'tcp')]>, 'source_ports': <[('2', 'udp')]>, 'protocols': <['esp']>, 'icmp_blocks': "
     "<['redirect']>, 'forward_ports': <[('3', 'tcp', '', '::1')]>, 'disable': <true>}",
     "policy p disabled target=%%REJECT%% services=ssh port=1/tcp source-port=2/udp protocols=esp "
     "icmp-blocks=redirect masquerade=yes forward-port=3/tcp>-@::1"},
    {"with nothing", "{}", "policy p"},
    {"priority of the wrong type", "{'priority': <'1'>}",
     "!firewalld gives \"priority\" of policy p the type s where i is expected"},
    {"zones of the wrong type", "{'ingress_zones': <'ANY'>}",
     "!firewalld gives \"ingress_zones\" of policy p the type s where as is expected"},
    {"rules of the wrong type", "{'rich_rules': <[('rule', 'accept')]>}",
     "!firewalld gives \"rich_rules\" of policy p the type a(ss) where as is expected"},
    {"no port", "{'ports': <[('-1', 'tcp')]>}",
     "!firewalld gives \"ports\" of policy p the value \"-1/tcp\", which has no meaning there"},
};

static void test_policy(void **state)
{
    const DecodeCase *test = *state;
    g_autoptr(GVariant) settings = parse("a{sv}", test->settings);
    g_autoptr(GError) error = NULL;
    g_autoptr(Policy) policy = firewalld_decode_policy("p", settings, &error);
    g_autoptr(GString) description = g_string_new(NULL);
    if (policy != NULL)
        describe_policy(description, policy);
    assert_described(test, description, error);
}

static const DecodeCase services[] = {
    {"ssh", "{'short': <'SSH'>, 'ports': <[('22', 'tcp')]>}", "service s port=22/tcp"},
    {"with everything",
     "{'ports': <[('1-2', 'tcp'), ('', 'ah')]>, 'source_ports': <[('3', 'udp')]>, 'protocols': "
     "<['igmp']>, 'includes': <['ssh', 'dns']>, 'destination': <{'ipv4': '224.0.0.251', 'ipv6': "
     "'ff02::fb'}>, 'helpers': <['ftp']>, 'modules': <['nf_conntrack_ftp']>}",
     "service s port=1-2/tcp port=/ah source-port=3/udp protocols=igmp includes=ssh,dns "
     "ipv4=224.0.0.251 ipv6=ff02::fb"},
    {"a destination of one family", "{'destination': <{'ipv6': 'fe80::/64'}>}",
     "service s ipv6=fe80::/64"},
    {"an empty destination", "{'destination': <{'ipv4': ''}>}", "service s"},
    {"with nothing", "{}", "service s"},
    {"destination of the wrong type", "{'destination': <['224.0.0.251']>}",
     "!firewalld gives \"destination\" of service s the type as where a{ss} is expected"},
    {"includes of the wrong type", "{'includes': <'ssh'>}",
     "!firewalld gives \"includes\" of service s the type s where as is expected"},
    {"no port", "{'ports': <[('2-1', 'tcp')]>}",
     "!firewalld gives \"ports\" of service s the value \"2-1/tcp\", which has no meaning there"},
};

static void test_service(void **state)
{
    const DecodeCase *test = *state;
    g_autoptr(GVariant) settings = parse("a{sv}", test->settings);
    g_autoptr(GError) error = NULL;
    g_autoptr(Service) service = firewalld_decode_service("s", settings, &error);
    g_autoptr(GString) description = g_string_new(NULL);
    if (service != NULL)
        describe_service(description, service);
    assert_described(test, description, error);
}

static const DecodeCase service_tuples[] = {
    {"mdns in firewalld 0.8",
     "('', 'mDNS', 'x', [('5353', 'udp')], ['module'], {'ipv4': '224.0.0.251'}, ['igmp'], "
     "[('1', 'udp')])",
     "service s port=5353/udp source-port=1/udp protocols=igmp ipv4=224.0.0.251"},
    {"with nothing", "('', '', '', [], [], {}, [], [])", "service s"},
    {"no port", "('', '', '', [('x', 'tcp')], [], {}, [], [])",
     "!firewalld gives \"ports\" of service s the value \"x/tcp\", which has no meaning there"},
};

static void test_service_tuple(void **state)
{
    const DecodeCase *test = *state;
    g_autoptr(GVariant) settings = parse("(sssa(ss)asa{ss}asa(ss))", test->settings);
    g_autoptr(GError) error = NULL;
    g_autoptr(Service) service = firewalld_decode_service("s", settings, &error);
    g_autoptr(GString) description = g_string_new(NULL);
    if (service != NULL)
        describe_service(description, service);
    assert_described(test, description, error);
}

static const DecodeCase ipsets[] = {
    {"of networks", "('', '', '', 'hash:net', {'family': 'inet'}, ['10.0.0.0/8', '192.0.2.1'])",
     "ipset i type=hash:net entries=10.0.0.0/8,192.0.2.1"},
    {"empty", "('', '', '', 'hash:ip', {}, [])", "ipset i type=hash:ip"},
    {"entries that expire", "('', '', '', 'hash:ip', {'timeout': '60'}, ['10.0.0.1'])",
     "ipset i unread type=hash:ip"},
    {"entries that never expire", "('', '', '', 'hash:ip', {'timeout': '0'}, ['10.0.0.1'])",
     "ipset i type=hash:ip entries=10.0.0.1"},
    {"without a type", "('', '', '', '', {}, [])", "ipset i"},
};

static void test_ipset(void **state)
{
    const DecodeCase *test = *state;
    g_autoptr(GVariant) settings = parse("(ssssa{ss}as)", test->settings);
    g_autoptr(Ipset) ipset = firewalld_decode_ipset("i", settings, NULL);
    g_autoptr(GString) description = g_string_new(NULL);
    describe_ipset(description, ipset);
    assert_string_equal(description->str, test->expected);
}

/* ---- properties and permanent bindings ---- */

static const DecodeCase identities[] = {
    {"as usual", "{'version': <'1.3.3'>, 'state': <'RUNNING'>, 'IPv4': <true>}",
     "firewalld version=1.3.3 state=RUNNING"},
    {"with nothing", "{}", "firewalld"},
    {"empty", "{'version': <''>}", "firewalld"},
    {"version of the wrong type", "{'version': <1.3>, 'state': <'RUNNING'>}",
     "!firewalld gives \"version\" of its main object the type d where s is expected"},
    {"state of the wrong type", "{'version': <'1.3.3'>, 'state': <1>}",
     "!firewalld gives \"state\" of its main object the type i where s is expected"},
};

static void test_identity(void **state)
{
    const DecodeCase *test = *state;
    g_autoptr(GVariant) properties = parse("a{sv}", test->settings);
    g_autoptr(GError) error = NULL;
    g_autoptr(Firewalld) firewalld = firewalld_new();
    g_autoptr(GString) description = g_string_new(NULL);
    bool decoded = firewalld_decode_identity(properties, firewalld, &error);
    if (decoded)
        describe_firewalld(description, firewalld);
    assert_described(test, description, error);
}

static const DecodeCase options[] = {
    {"firewalld 1.3.3",
     "{'DefaultZone': <'public'>, 'MinimalMark': <100>, 'FirewallBackend': <'nftables'>, "
     "'IPv6_rpfilter': <'yes'>, 'RFC3964_IPv4': <'yes'>, 'AllowZoneDrifting': <'no'>, "
     "'FlushAllOnReload': <'yes'>}",
     "options backend=nftables ipv6_rpfilter=yes rfc3964_ipv4=yes zone_drifting=no "
     "flush_all_on_reload=yes"},
    {"firewalld 2.3, the older property first",
     "{'IPv6_rpfilter': <'yes'>, 'IPv6_rpfilter2': <'loose-forward'>, 'StrictForwardPorts': "
     "<'yes'>}",
     "options ipv6_rpfilter=loose-forward strict_forward_ports=yes"},
    {"firewalld 2.3, the older property last",
     "{'IPv6_rpfilter2': <'loose'>, 'IPv6_rpfilter': <'no'>}", "options ipv6_rpfilter=loose"},
    {"with nothing", "{}", "options"},
    {"a wrong type behind a right one", "{'FirewallBackend': <'nftables'>, 'RFC3964_IPv4': <true>}",
     "!firewalld gives \"RFC3964_IPv4\" of its configuration the type b where s is expected"},
};

static void test_options(void **state)
{
    const DecodeCase *test = *state;
    g_autoptr(GVariant) properties = parse("a{sv}", test->settings);
    g_autoptr(GError) error = NULL;
    g_autoptr(Firewalld) firewalld = firewalld_new();
    g_autoptr(GString) description = g_string_new(NULL);
    bool decoded = firewalld_decode_options(properties, &firewalld->options, &error);
    if (decoded)
        describe_options(description, &firewalld->options);
    assert_described(test, description, error);
}

typedef struct {
    const char *name;
    const char *answer;
    const char *zone;
    const char *conflict;
} BindingCase;

#define SENTENCE "public work  (ERROR: interface 'e' is in 2 zone XML files, can be only in one)"

static const BindingCase bindings[] = {
    {"bound", "public", "public", NULL},
    {"bound to a zone of a folder", "containers/pods", "containers/pods", NULL},
    {"bound nowhere", "", NULL, NULL},
    {"bound twice", SENTENCE, NULL, SENTENCE},
};

static void test_binding(void **state)
{
    const BindingCase *test = *state;
    g_autoptr(PermanentBinding) binding = firewalld_decode_permanent_binding("e", test->answer);
    assert_string_equal(binding->interface, "e");
    assert_int_equal(g_strcmp0(binding->zone, test->zone), 0);
    assert_int_equal(g_strcmp0(binding->conflict, test->conflict), 0);
}

int main(void)
{
    return RUN_CASES(test_zone, zones) + RUN_CASES(test_zone_tuple, zone_tuples) +
           RUN_CASES(test_active_zones, active_zones) + RUN_CASES(test_policy, policies) +
           RUN_CASES(test_service, services) + RUN_CASES(test_service_tuple, service_tuples) +
           RUN_CASES(test_ipset, ipsets) + RUN_CASES(test_identity, identities) +
           RUN_CASES(test_options, options) + RUN_CASES(test_binding, bindings);
}
