/* SPDX-License-Identifier: GPL-2.0-or-later */
/* No false alarm, no false calm: hosts as people have them, and what is wrong with each. An error
 * stands exactly where packets fail. */
#include "model/diagnosis/diagnosis.h"

#include "hosts.h"

/* ---- hosts as people have them ---- */

typedef struct {
    const char *name;
    const char *file;   /* of the snapshot */
    const char *change; /* to it, see sketch.h; NULL: none */
    const char *findings;
} HostCase;

static const HostCase hosts[] = {
    {"the incident", "incident", NULL, "error uplink-unbound enp2s0\n"},
    {"the incident, cured", "incident-cured", NULL, ""},
    {"laptop on NetworkManager", "laptop", NULL, ""},
    {"server with one NIC, nothing bound", "hosts/server-nothing-bound", NULL,
     "warning uplink-unbound ens3\n"},
    {"the same, bound", "hosts/server-nothing-bound", "bind public ens3", ""},
    {"the same, bound in a zone that refuses", "hosts/server-nothing-bound",
     "zone block target %%REJECT%%\nbind block ens3", "info uplink-in-rejecting-zone ens3\n"},
    {"dual-homed server", "hosts/server-dual-homed", NULL, ""},
    {"dual-homed server with a third NIC that nothing binds", "hosts/server-dual-homed",
     "link eno3 physical addr 10.98.0.12/24", "warning uplink-unbound eno3\n"},

    /* Docker accepts what its bridges send by its zone, and binds no uplink. */
    {"Docker's policy and firewalld refuse a second bridge", "rulesets/docker", NULL,
     "error uplink-unbound enp2s0\nerror refused-elsewhere enp2s0\n"},
    {"kube-proxy beside it, whose node port Docker's policy refuses, too",
     "rulesets/docker-kube-proxy", NULL,
     "error uplink-unbound enp2s0\nerror refused-elsewhere enp2s0\n"
     "error refused-elsewhere enp2s0\n"},
    {"Docker with its zone and policy", "hosts/docker", NULL, "info uplink-unbound ens18\n"},
    {"Docker with its zone and policy, uplink bound", "hosts/docker", "bind public ens18", ""},
    {"Docker with its zone, uplink bound to drop", "hosts/docker",
     "zone drop target DROP\nbind drop ens18", ""},
    {"Docker on firewalld 0.9", "hosts/docker-0.9", NULL, "info uplink-unbound ens18\n"},
    {"Docker on firewalld 0.9, uplink bound to drop, whose half refuses no more",
     "hosts/docker-0.9", "zone drop target DROP forward no\nbind drop ens18", ""},
    {"Docker on firewalld 2.4", "hosts/docker-2.4", NULL, "info uplink-unbound ens18\n"},
    {"Docker whose zone is gone, with br_netfilter", "hosts/docker-without-its-zone", NULL,
     "error uplink-unbound ens18\nerror forward-blocked br-6f2a41d0c9b3\n"},
    {"the same without br_netfilter", "hosts/docker-without-its-zone", "host bridge4 ? bridge6 ?",
     "error uplink-unbound ens18\n"},
    {"the same, uplink bound", "hosts/docker-without-its-zone",
     "host bridge4 ? bridge6 ?\nbind public ens18", ""},

    {"podman: its networks are sources of trusted", "hosts/podman", NULL, ""},
    {"podman by netavark's own zone and policy", "hosts/podman-firewalld-driver", NULL,
     "info uplink-unbound enp1s0\n"},

    {"libvirt with NAT", "hosts/libvirt-nat", NULL, ""},
    {"libvirt routed, with br_netfilter", "hosts/libvirt-routed", NULL,
     "info uplink-unbound eno1\n"},

    /* Pods reach one another on other hosts by flannel.1, and on this one across cni0. */
    {"k3s, nothing bound", "hosts/k3s-unbound", NULL,
     "error uplink-unbound eth0\nerror forward-blocked cni0\nerror forward-blocked flannel.1\n"},
    {"k3s, nothing bound, no br_netfilter", "hosts/k3s-unbound", "host bridge4 ? bridge6 ?",
     "error uplink-unbound eth0\nerror forward-blocked flannel.1\n"},
    {"k3s, the uplink bound alone", "hosts/k3s-uplink-bound", NULL,
     "error forward-blocked cni0\nerror forward-blocked flannel.1\n"},
    {"k3s, the uplink and the tunnel bound, not the bridge", "hosts/k3s-uplink-bound",
     "host bridge4 no bridge6 no\nbind public flannel.1", "error forward-blocked flannel.1\n"},
    {"k3s, all bound", "hosts/k3s-all-bound", NULL, ""},
    {"k3s, cni0 and flannel.1 in trusted", "k3s-trusted", NULL, "info uplink-unbound eth0\n"},
    {"k3s, the networks in trusted", "hosts/k3s-trusted-sources", NULL,
     "info uplink-unbound eth0\n"},
    {"k3s, the networks in the zone of the uplink", "hosts/k3s-uplink-bound",
     "change public sources 10.42.0.0/16", ""},

    {"Calico, cali+ in trusted", "hosts/calico-wildcard", NULL, "info uplink-unbound ens5\n"},
    {"Calico, nothing bound", "hosts/calico-unbound", NULL, "error uplink-unbound ens5\n"},
    {"Calico, the uplink bound", "hosts/calico-unbound", "bind public ens5", ""},
    /* Which addresses are behind veths without any is not in a snapshot. */
    {"Calico, the network in trusted", "hosts/calico-trusted-source", NULL,
     "warning uplink-unbound ens5\ninfo verdict-unknown ens5\n"},
    {"Calico, the network in trusted, the uplink bound", "hosts/calico-trusted-source",
     "bind public ens5", ""},

    {"WireGuard gateway, one zone", "hosts/wireguard-gateway-one-zone", NULL, ""},
    {"WireGuard gateway, two zones and a policy", "hosts/wireguard-gateway-policy", NULL, ""},
    {"WireGuard gateway, two zones and none", "hosts/wireguard-gateway-without-policy", NULL,
     "error forward-blocked ens3\n"},
    {"WireGuard gateway whose tunnel is trusted", "hosts/wireguard-gateway-without-policy",
     "change internal target ACCEPT", ""},
    {"WireGuard client", "hosts/wireguard-client", NULL, "warning uplink-unbound wg0\n"},

    {"router with two LANs and policies", "hosts/router-two-lans", NULL, ""},
    {"bond, VLANs, machines on one of them", "hosts/bond-vlan-trunk", NULL,
     "info need-refused br20\n"},
    {"the same with br_netfilter", "hosts/bond-vlan-trunk", "host bridge4 yes",
     "info need-refused br20\n"},
    {"the same with br_netfilter, the bridge in a zone without forward", "hosts/bond-vlan-trunk",
     "host bridge4 yes\nchange internal forward no", "error forward-blocked br20\n"},
    {"machines on a bridge without address, with br_netfilter", "hosts/server-nothing-bound",
     "host bridge4 yes\nbind public ens3\nlink br0 bridge\nlink eno9 physical in br0\n"
     "link vnet0 tun in br0",
     "error forward-blocked br0\n"},
    {"VRF for management", "hosts/vrf-management", NULL, ""},
    {"VRF for management, its uplink unbound: nothing is forwarded there", "hosts/vrf-management",
     "change work interfaces eth9\nlink eth9 dummy\npermanent eth9 work",
     "warning uplink-unbound eth0\nwarning permanent-not-active eth0\n"},
    {"multipath, one of two bound", "hosts/multipath", NULL, "error uplink-unbound ens1f1\n"},
    {"multipath, both bound", "hosts/multipath", "bind public ens1f1", ""},
    {"IPv6 only", "hosts/ipv6-only-uplink", NULL, "error uplink-unbound eth0\n"},
    {"IPv6 only, bound", "hosts/ipv6-only-uplink", "bind public eth0", ""},

    {"default zone drop", "hosts/default-zone-drop", NULL, "error uplink-unbound eth0\n"},
    {"default zone drop, the uplink bound to it", "hosts/default-zone-drop", "bind drop eth0", ""},
    {"panic mode", "incident-cured", "firewalld 1.3.3 public panic yes", "error panic-mode -\n"},
    {"panic mode, and what will be wrong when it ends", "incident",
     "firewalld 1.3.3 public panic yes", "error panic-mode -\nerror uplink-unbound enp2s0\n"},
    {"panic mode that could not be read", "incident-cured", "firewalld 1.3.3 public panic ?",
     "info verdict-unknown -\n"},
    {"not root", "hosts/not-root", NULL,
     "warning uplink-unbound enp2s0\ninfo verdict-unknown enp2s0\n"},
    {"not root, bound", "hosts/not-root", "bind public enp2s0", "info verdict-unknown enp2s0\n"},
    {"not root, with pods that br_netfilter shows", "hosts/not-root",
     "bind public enp2s0\nlink veth9 veth in cni0",
     "info verdict-unknown cni0\ninfo verdict-unknown enp2s0\n"},

    /* The generations. */
    {"0.9", "hosts/incident-0.9", NULL, "error uplink-unbound enp2s0\n"},
    {"0.9, bound: forward is off", "hosts/incident-0.9", "bind public enp2s0",
     "error forward-blocked enp2s0\n"},
    {"0.9, bound, forward on", "hosts/incident-0.9",
     "change public forward yes\nbind public enp2s0", ""},
    {"0.9, bound to a zone that masquerades", "hosts/incident-0.9",
     "zone external forward no masquerade yes\nbind external enp2s0", ""},
    {"1.3, bound to a zone that masquerades: that opens nothing", "incident",
     "zone external masquerade yes\nbind external enp2s0", "error forward-blocked enp2s0\n"},
    {"the uplink in trusted cures nothing", "incident",
     "zone trusted target ACCEPT\nbind trusted enp2s0", "error forward-blocked enp2s0\n"},
    {"the uplink in block", "incident", "zone block target %%REJECT%%\nbind block enp2s0",
     "error uplink-in-rejecting-zone enp2s0\n"},
    {"a zone without forward", "incident", "change public forward no\nbind public enp2s0",
     "error forward-blocked enp2s0\n"},
    {"1.3, a policy from the default zone: its catch-all is no member", "incident",
     "policy out ingress public egress ANY target ACCEPT", "error uplink-unbound enp2s0\n"},
    {"1.3, a policy between zones, the downstream a catch-all", "incident",
     "zone wan interfaces enp2s0\npolicy out ingress public egress wan target ACCEPT",
     "error forward-blocked enp2s0\nwarning runtime-only-binding enp2s0\n"},
    {"1.3, a policy between zones, both bound", "incident",
     "bind public cni0\nzone wan interfaces enp2s0\npermanent cni0 public\n"
     "policy out ingress public egress wan target ACCEPT",
     "warning runtime-only-binding enp2s0\n"},
    {"1.3, a policy from anywhere to anywhere", "incident",
     "policy out ingress ANY egress ANY target ACCEPT", "info uplink-unbound enp2s0\n"},
    {"2.4", "hosts/incident-2.4", NULL, "error uplink-unbound enp2s0\n"},
    {"2.4, bound", "hosts/incident-2.4", "bind public enp2s0", ""},
    {"2.4, a policy between two catch-alls is lost", "hosts/incident-2.4",
     "policy out ingress ANY egress ANY target ACCEPT", "error uplink-unbound enp2s0\n"},
    {"2.4, a policy from the default zone: its catch-all is a member", "hosts/incident-2.4",
     "zone wan\nbind wan enp2s0\n"
     "policy out ingress public egress wan target ACCEPT",
     ""},
    {"2.5, a policy that is disabled", "hosts/incident-2.5",
     "policy out ingress ANY egress ANY target ACCEPT disabled", "error uplink-unbound enp2s0\n"},
    {"2.5", "hosts/incident-2.5", NULL, "error uplink-unbound enp2s0\n"},
    {"2.5, a policy between two catch-alls", "hosts/incident-2.5",
     "policy out ingress ANY egress ANY target ACCEPT", "info uplink-unbound enp2s0\n"},
    {"a version that could not be read: all agree", "incident", "firewalld - public",
     "error uplink-unbound enp2s0\n"},
    {"a version that could not be read: they do not agree", "incident",
     "firewalld - public\npolicy out ingress ANY egress ANY target ACCEPT",
     "warning uplink-unbound enp2s0\ninfo verdict-unknown enp2s0\n"},
};

static void test_host(void **state)
{
    const HostCase *test = *state;
    g_autoptr(Snapshot) snapshot = host_read(test->file);
    if (test->change != NULL)
        sketch_add(snapshot, test->change);
    g_autoptr(Diagnosis) diagnosis = diagnose(snapshot, NULL);
    g_autofree char *findings = findings_text(diagnosis);
    assert_string_equal(findings, test->findings);
}

/* ---- what each finding rests on, in the least of hosts ---- */

#define NODE                                                                                       \
    "link eth0 physical addr 192.0.2.10/24\nlink pods bridge addr 10.1.0.1/24\n"                   \
    "route 0.0.0.0/0 dev eth0 via 192.0.2.1\n"
#define PUBLIC "zone public services ssh\n"

typedef struct {
    const char *name;
    const char *host;
    const char *findings;
    const char *named; /* --uplink, or NULL */
} FindingCase;

static const FindingCase findings[] = {
    {"no uplink", "link pods bridge addr 10.1.0.1/24\n", ""},
    {"a named uplink", "link pods bridge addr 10.1.0.1/24\nlink wan bridge addr 10.2.0.1/24\n",
     "error uplink-unbound wan\n", "wan"},
    {"no default zone that could be read", "firewalld 1.3.3 -\n" NODE,
     "warning uplink-unbound eth0\ninfo verdict-unknown eth0\n"},

    /* What the kernel does not forward. */
    {"replies come in where nothing is forwarded",
     "link eth0 physical addr 192.0.2.10/24 forwarding no\nlink pods bridge addr 10.1.0.1/24\n"
     "route 0.0.0.0/0 dev eth0 via 192.0.2.1\nbind public eth0\nbind public pods\n",
     "warning forwarding-off eth0\n"},
    {"no downstream sends there",
     "link eth0 physical addr 192.0.2.10/24 forwarding no\n"
     "route 0.0.0.0/0 dev eth0 via 192.0.2.1\nbind public eth0\n",
     ""},
    {"a bridge with a container that leads nowhere",
     "host forwarding4 no\nlink eth0 physical addr 192.0.2.10/24\n"
     "link pods bridge addr 10.1.0.1/24\nlink veth0 veth in pods\nbind public eth0\n",
     "info forwarding-off pods\n"},
    {"the same without a container, or with hardware only",
     "host forwarding4 no\nlink eth0 physical addr 192.0.2.10/24\n"
     "link pods bridge addr 10.1.0.1/24\nlink veth0 veth down in pods\nbind public eth0\n"
     "link eth1 dummy in pods\n",
     ""},
    {"IPv6 of containers that leads nowhere",
     "host forwarding6 no\n" NODE "bind public eth0\nbind public pods\n"
     "link more bridge addr fd00::1/64\nlink veth0 veth in more\n",
     "info forwarding-off more\n"},

    /* Who sends what, and where to. */
    {"IPv4 behind an uplink of IPv6: nothing is forwarded",
     "host forwarding6 yes\nlink eth0 physical addr 2001:db8::5/64\n"
     "link pods bridge addr 10.1.0.1/24\nroute ::/0 dev eth0 via fe80::1\n",
     "warning uplink-unbound eth0\n"},
    {"IPv6 that is not forwarded", NODE "bind trusted pods\nlink more bridge addr fd00::1/64\n",
     "info uplink-unbound eth0\n"},
    {"IPv6 that is forwarded",
     "host forwarding6 yes\n" NODE "route ::/0 dev eth0 via fe80::1\nbind trusted pods\n"
     "link more bridge addr fd00::1/64\n",
     "error uplink-unbound eth0\n"},
    {"one of two networks is trusted",
     NODE "change trusted sources 10.1.0.0/24\n"
          "link more bridge addr 10.1.1.1/24\n",
     "error uplink-unbound eth0\n"},
    {"half of a network is trusted", NODE "change trusted sources 10.1.0.0/25\n",
     "warning uplink-unbound eth0\ninfo verdict-unknown eth0\n"},
    {"a single host is trusted: the others are not", NODE "change trusted sources 10.1.0.9\n",
     "error uplink-unbound eth0\n"},
    {"each container is trusted by itself",
     NODE "link v1 veth in pods port-kind bridge\nlink v2 veth in pods port-kind bridge\n"
          "change trusted sources 10.1.0.9,10.1.0.8\n",
     "info uplink-unbound eth0\n"},
    {"a container is not trusted",
     NODE "link v1 veth in pods port-kind bridge\nlink v2 veth in pods port-kind bridge\n"
          "change trusted sources 10.1.0.9,10.2.0.8\n",
     "error uplink-unbound eth0\n"},
    {"a second address whose network is not trusted",
     "link eth0 physical addr 192.0.2.10/24\nlink pods bridge addr 10.1.0.1/24,10.7.0.1/24\n"
     "change trusted sources 10.1.0.0/24\n",
     "error uplink-unbound eth0\n"},
    {"a macvlan for the host itself",
     "link eth0 physical addr 192.0.2.10/24\n"
     "link mac0 macvlan on eth0 addr 192.0.2.11/32\n",
     "warning uplink-unbound eth0\n"},
    {"another VRF",
     NODE "link red vrf table 9\nlink eth1 physical in red addr 10.9.0.2/24\n"
          "bind public eth0\nbind public eth1\nchange public forward yes\n",
     ""},
    {"in a VRF it is the VRF that comes in",
     "link red vrf table 9\nlink eth0 physical in red addr 10.9.0.2/24\n"
     "link pods bridge in red addr 10.1.0.1/24\nbind trusted red\n",
     "info uplink-unbound eth0\n"},
    {"in a VRF the bridge itself is never seen",
     "link red vrf table 9\nlink eth0 physical in red addr 10.9.0.2/24\n"
     "link pods bridge in red addr 10.1.0.1/24\nbind trusted pods\n",
     "error uplink-unbound eth0\n"},
    {"bound to a zone that could not be read, and nothing forwarded",
     "link eth0 physical addr 192.0.2.10/24\nzone mine unread\nbind mine eth0\n",
     "info verdict-unknown eth0\n"},
    {"not bound, and the default zone could not be read",
     "firewalld 1.3.3 mine\n" NODE "zone mine unread\n",
     "warning uplink-unbound eth0\ninfo verdict-unknown eth0\n"},
};

static void test_finding(void **state)
{
    const FindingCase *test = *state;
    g_autoptr(Snapshot) snapshot = sketch(PUBLIC "zone trusted target ACCEPT\n");
    sketch_add(snapshot, test->host);
    const char *named[] = {test->named, NULL};
    g_autoptr(Diagnosis) diagnosis = diagnose(snapshot, &(Declared){.uplinks = named});
    g_autofree char *found = findings_text(diagnosis);
    assert_string_equal(found, test->findings);
}

/* ---- the whole ---- */

static void test_worst_first_and_counted(G_GNUC_UNUSED void **state)
{
    g_autoptr(Snapshot) snapshot = sketch(PUBLIC NODE "link eth1 physical addr 198.51.100.2/24\n"
                                                      "change public interfaces none\n"
                                                      "firewalld 1.3.3 public panic yes\n");
    g_autoptr(Diagnosis) diagnosis = diagnose(snapshot, NULL);
    g_autofree char *found = findings_text(diagnosis);
    assert_string_equal(found, "error panic-mode -\nerror uplink-unbound eth0\n"
                               "error uplink-unbound eth1\nwarning stale-binding none\n");
    assert_int_equal(diagnosis->errors, 3);
    assert_int_equal(diagnosis->warnings, 1);
    assert_int_equal(diagnosis->infos, 0);
}

/* Only while firewalld still logs all denials. */
static void test_logging_that_was_left(G_GNUC_UNUSED void **state)
{
    g_autoptr(Snapshot) snapshot = sketch(PUBLIC NODE);
    g_autoptr(Diagnosis) diagnosis = diagnose(snapshot, NULL);
    diagnosis_add_left_logging(diagnosis, snapshot);
    assert_int_equal(diagnosis->warnings, 0);
    g_free(snapshot->firewalld->log_denied);
    snapshot->firewalld->log_denied = g_strdup("all");
    diagnosis_add_left_logging(diagnosis, snapshot);
    g_autofree char *found = findings_text(diagnosis);
    assert_string_equal(found, "error uplink-unbound eth0\nwarning logging-left -\n");
    assert_int_equal(diagnosis->warnings, 1);
}

/* At either end, or of no interface at all; counted and known as if there were no others. */
static void test_findings_about_some_interfaces(G_GNUC_UNUSED void **state)
{
    g_autoptr(Snapshot) snapshot = sketch(
        PUBLIC NODE "link eth1 physical addr 198.51.100.2/24\nchange public interfaces none\n"
                    "firewalld 1.3.3 public panic yes\n");
    g_autoptr(Diagnosis) diagnosis = diagnose(snapshot, NULL);
    guint all = diagnosis->findings->len;
    const char *const names[] = {"eth1", NULL};
    diagnosis_narrow(diagnosis, names);
    g_autofree char *found = findings_text(diagnosis);
    assert_string_equal(found, "error panic-mode -\nerror uplink-unbound eth1\n");
    assert_true(all > 2);
    assert_int_equal(diagnosis->errors, 2);
    assert_int_equal(diagnosis->warnings, 0);
    const Finding other = {.id = FINDING_UPLINK_UNBOUND, .interface = (char *)"eth0"};
    assert_null(diagnosis_find(diagnosis, &other));
    assert_non_null(diagnosis_find(diagnosis, g_ptr_array_index(diagnosis->findings, 1)));
}

typedef struct {
    const char *name;
    const char *host;
    Severity severity;
    bool has;
} HasCase;

static const HasCase thresholds[] = {
    {"nothing", NODE "bind public eth0\n", SEVERITY_INFO, false},
    {"an info is one", NODE "bind trusted pods\n", SEVERITY_INFO, true},
    {"an info is no warning", NODE "bind trusted pods\n", SEVERITY_WARNING, false},
    {"a warning is one", NODE "bind public eth0\nbind public none\n", SEVERITY_WARNING, true},
    {"a warning is at least an info", NODE "bind public eth0\nbind public none\n", SEVERITY_INFO,
     true},
    {"a warning is no error", NODE "bind public eth0\nbind public none\n", SEVERITY_ERROR, false},
    {"an error is one", NODE, SEVERITY_ERROR, true},
    {"an error is at least a warning", NODE, SEVERITY_WARNING, true},
};

static void test_has(void **state)
{
    const HasCase *test = *state;
    g_autoptr(Snapshot) snapshot = sketch(PUBLIC "zone trusted target ACCEPT\n");
    sketch_add(snapshot, test->host);
    g_autoptr(Diagnosis) diagnosis = diagnose(snapshot, NULL);
    assert_int_equal(diagnosis_has(diagnosis, test->severity), test->has);
}

static void test_the_same_thing_is_found_whatever_its_severity(G_GNUC_UNUSED void **state)
{
    g_autoptr(Snapshot) snapshot = sketch(PUBLIC NODE);
    g_autoptr(Diagnosis) diagnosis = diagnose(snapshot, NULL);
    g_autoptr(Finding) same = finding_new(FINDING_UPLINK_UNBOUND, SEVERITY_INFO, "eth0", NULL);
    g_autoptr(Finding) other = finding_new(FINDING_UPLINK_UNBOUND, SEVERITY_ERROR, "eth1", NULL);
    assert_ptr_equal(diagnosis_find(diagnosis, same), g_ptr_array_index(diagnosis->findings, 0));
    assert_null(diagnosis_find(diagnosis, other));
}

static void test_what_is_refused_is_kept(G_GNUC_UNUSED void **state)
{
    g_autoptr(Snapshot) snapshot =
        sketch(PUBLIC NODE "zone work\nlink more bridge addr 10.2.0.1/24\nbind work more\n"
                           "link ok bridge addr 10.3.0.1/24\nzone trusted target ACCEPT\n"
                           "bind trusted ok\n");
    g_autoptr(Diagnosis) diagnosis = diagnose(snapshot, NULL);
    const Refusal *refusal = diagnosis_refusal(diagnosis, snapshot_link_by_name(snapshot, "eth0"));
    assert_int_equal(refusal->links->len, 2);
    assert_ptr_equal(g_ptr_array_index(refusal->links, 1), snapshot_link_by_name(snapshot, "more"));
    assert_int_equal(refusal->zones->len, 2);
    assert_string_equal(g_ptr_array_index(refusal->zones, 0), "public");
    assert_string_equal(g_ptr_array_index(refusal->zones, 1), "work");
    assert_null(diagnosis_refusal(diagnosis, snapshot_link_by_name(snapshot, "pods")));
}

/* The zone that refuses the second family is not that of the first network. */
static void test_the_zone_is_that_of_the_network_that_is_refused(G_GNUC_UNUSED void **state)
{
    g_autoptr(Snapshot) snapshot =
        sketch("host forwarding6 yes\nlink eth0 physical addr 192.0.2.10/24,2001:db8::5/64\n"
               "link pods bridge addr 10.1.0.1/24,fd00::1/64\n" PUBLIC
               "zone trusted target ACCEPT sources 10.1.0.0/24\n");
    g_autoptr(Diagnosis) diagnosis = diagnose(snapshot, NULL);
    const Refusal *refusal = diagnosis_refusal(diagnosis, snapshot_link_by_name(snapshot, "eth0"));
    assert_int_equal(refusal->zones->len, 1);
    assert_string_equal(g_ptr_array_index(refusal->zones, 0), "public");
}

static void test_a_finding_carries_what_it_rests_on(G_GNUC_UNUSED void **state)
{
    g_autoptr(Snapshot) snapshot = sketch(PUBLIC NODE);
    g_autoptr(Diagnosis) diagnosis = diagnose(snapshot, NULL);
    const Finding *finding = g_ptr_array_index(diagnosis->findings, 0);
    assert_string_equal(finding->zone, "public");
    assert_int_equal(finding->way, WAY_OUT);
    assert_int_equal(finding->senders, 1);
    assert_int_equal(finding->refused->len, 1);
    assert_ptr_equal(g_ptr_array_index(finding->refused, 0),
                     snapshot_link_by_name(snapshot, "pods"));
    assert_int_equal(finding->open->len, 0);
    assert_int_equal(finding->outcomes, OUTCOME_REJECT);
    assert_int_equal(finding->evidence->len, 3);
    assert_int_equal(finding_cause(finding)->judgement->firewalld->deciding->stage, STAGE_TARGET);
    assert_string_equal(finding_cause(finding)->judgement->firewalld->deciding->zone, "public");
    assert_null(finding->fix);
}

static void test_a_finding_rests_on_few_of_many_flows(G_GNUC_UNUSED void **state)
{
    g_autoptr(Snapshot) snapshot = sketch(PUBLIC NODE);
    for (int i = 0; i < 20; i++) {
        g_autofree char *link = g_strdup_printf("link br%d bridge addr 10.9.%d.1/24", i, i);
        sketch_add(snapshot, link);
    }
    g_autoptr(Diagnosis) diagnosis = diagnose(snapshot, NULL);
    const Finding *finding = g_ptr_array_index(diagnosis->findings, 0);
    assert_int_equal(finding->refused->len, 21);
    assert_int_equal(finding->evidence->len, 2 + 6);
}

/* What makes two findings one: whatever else they say, they are about the same. */
static void test_what_makes_findings_the_same(G_GNUC_UNUSED void **state)
{
    const Expectation expectation = {0};
    const struct {
        const char *interface;
        const char *peer;
        FindingId id;
        NeedKind need;
        const Expectation *expectation;
        bool same;
    } rows[] = {
        {"eth0", "eth1", FINDING_NEED_REFUSED, NEED_POD_TO_POD, NULL, true},
        {"eth0", "eth1", FINDING_REFUSED_ELSEWHERE, NEED_POD_TO_POD, NULL, false},
        {"eth0", "eth1", FINDING_NEED_REFUSED, NEED_LAN_TO_WAN, NULL, false},
        {"eth2", "eth1", FINDING_NEED_REFUSED, NEED_POD_TO_POD, NULL, false},
        {NULL, "eth1", FINDING_NEED_REFUSED, NEED_POD_TO_POD, NULL, false},
        {"eth0", "eth2", FINDING_NEED_REFUSED, NEED_POD_TO_POD, NULL, false},
        {"eth0", NULL, FINDING_NEED_REFUSED, NEED_POD_TO_POD, NULL, false},
        {"eth0", "eth1", FINDING_NEED_REFUSED, NEED_POD_TO_POD, &expectation, false},
    };
    g_autoptr(Finding) finding = finding_new(FINDING_NEED_REFUSED, SEVERITY_INFO, "eth0", "public");
    finding->peer = g_strdup("eth1");
    finding->need = NEED_POD_TO_POD;
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(Finding) other =
            finding_new(rows[i].id, SEVERITY_ERROR, rows[i].interface, "work");
        other->peer = g_strdup(rows[i].peer);
        other->need = rows[i].need;
        other->expectation = rows[i].expectation;
        assert_int_equal(finding_is_same(finding, other), rows[i].same);
    }
}

static void test_a_finding_without_a_flow_has_no_cause(G_GNUC_UNUSED void **state)
{
    g_autoptr(Snapshot) snapshot = sketch(PUBLIC "bind public gone\n");
    g_autoptr(Diagnosis) diagnosis = diagnose(snapshot, NULL);
    const Finding *finding = g_ptr_array_index(diagnosis->findings, 0);
    assert_int_equal(finding->id, FINDING_STALE_BINDING);
    assert_true(finding->evidence->len > 0);
    assert_null(finding_cause(finding));
}

/* The same fault is worse when it is an error now. */
static void test_worse(G_GNUC_UNUSED void **state)
{
    g_autoptr(Snapshot) idle = sketch(PUBLIC NODE "host forwarding4 no\n");
    g_autoptr(Snapshot) busy = sketch(PUBLIC NODE);
    g_autoptr(Snapshot) fine = sketch(PUBLIC NODE "bind public eth0\n");
    g_autoptr(Diagnosis) warning = diagnose(idle, NULL);
    g_autoptr(Diagnosis) error = diagnose(busy, NULL);
    g_autoptr(Diagnosis) none = diagnose(fine, NULL);
    const Finding *worse = g_ptr_array_index(error->findings, 0);
    assert_ptr_equal(diagnosis_first_worse(warning, error, SEVERITY_ERROR), worse);
    assert_ptr_equal(diagnosis_first_worse(none, error, SEVERITY_ERROR), worse);
    assert_null(diagnosis_first_worse(error, error, SEVERITY_ERROR));
    assert_null(diagnosis_first_worse(error, warning, SEVERITY_WARNING));
    assert_null(diagnosis_first_worse(none, warning, SEVERITY_ERROR));
    assert_null(diagnosis_first_worse(error, none, SEVERITY_WARNING));
}

static void test_freeing_nothing_is_fine(G_GNUC_UNUSED void **state)
{
    diagnosis_free(NULL);
    finding_free(NULL);
    fix_free(NULL);
    refusal_free(NULL);
}

int main(void)
{
    const struct CMUnitTest others[] = {
        cmocka_unit_test(test_worst_first_and_counted),
        cmocka_unit_test(test_what_makes_findings_the_same),
        cmocka_unit_test(test_a_finding_without_a_flow_has_no_cause),
        cmocka_unit_test(test_worse),
        cmocka_unit_test(test_freeing_nothing_is_fine),
        cmocka_unit_test(test_logging_that_was_left),
        cmocka_unit_test(test_findings_about_some_interfaces),
        cmocka_unit_test(test_the_same_thing_is_found_whatever_its_severity),
        cmocka_unit_test(test_what_is_refused_is_kept),
        cmocka_unit_test(test_the_zone_is_that_of_the_network_that_is_refused),
        cmocka_unit_test(test_a_finding_carries_what_it_rests_on),
        cmocka_unit_test(test_a_finding_rests_on_few_of_many_flows),
    };
    return RUN_CASES(test_host, hosts) + RUN_CASES(test_finding, findings) +
           RUN_CASES(test_has, thresholds) + cmocka_run_group_tests(others, NULL, NULL);
}
