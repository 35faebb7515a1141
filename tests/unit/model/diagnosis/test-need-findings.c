/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Hosts of public reports, healthy and broken: what is found of the needs that are not met, and that
 * nothing is found twice. */
#include "model/diagnosis/diagnosis.h"

#include "hosts.h"

/* A home router: a bridge of cards inside, a card outside. */
#define ROUTER                                                                                     \
    "link wan0 physical addr 198.51.100.2/24\nlink br0 bridge addr 192.168.1.1/24\n"               \
    "link lan0 physical in br0\nlink lan1 physical in br0\n"                                       \
    "route 0.0.0.0/0 dev wan0 via 198.51.100.1\nzone public\nzone internal\n"                      \
    "zone drop target DROP\nzone external masquerade yes\nbind internal br0\n"
#define CALICO                                                                                     \
    "link eth0 physical addr 192.0.2.10/24\nlink cali1 veth\nlink cali2 veth\n"                    \
    "route 0.0.0.0/0 dev eth0 via 192.0.2.1\nnet 10.244.1.5/32 dev cali1\n"                        \
    "net 10.244.1.6/32 dev cali2\nzone public\nzone trusted target ACCEPT\n"
#define LXD                                                                                        \
    "link eth0 physical addr 192.0.2.10/24\nlink lxdbr0 bridge addr 10.77.0.1/24\n"                \
    "route 0.0.0.0/0 dev eth0 via 192.0.2.1\nzone public\nzone trusted target ACCEPT\n"            \
    "bind public eth0\nsocket udp 0.0.0.0 67 on lxdbr0\nsocket udp 10.77.0.1 53\n"                 \
    "socket tcp 10.77.0.1 53\n"
#define SITES                                                                                      \
    "link wan0 physical addr 198.51.100.2/24\nlink lan0 physical addr 192.168.1.1/24\n"            \
    "link wg0 wireguard addr 10.8.0.1/24\nroute 0.0.0.0/0 dev wan0\nnet 192.168.2.0/24 dev wg0\n"  \
    "zone external masquerade yes\nzone internal\nzone public\nbind external wan0\n"               \
    "bind internal lan0\npolicy out ingress internal egress external target ACCEPT\n"
#define DOCKER                                                                                     \
    "link eth0 physical addr 192.0.2.10/24\nlink stor0 physical addr 10.9.0.10/24\n"               \
    "link docker0 bridge addr 172.17.0.1/16\nroute 0.0.0.0/0 dev eth0 via 192.0.2.1\n"             \
    "zone public\nzone work\nzone docker target ACCEPT\nbind docker docker0\nbind public eth0\n"   \
    "bind work stor0\n"
#define VPN                                                                                        \
    "link eth0 physical addr 192.0.2.10/24\nlink docker0 bridge addr 172.17.0.1/16\n"              \
    "link tun0 tun addr 10.9.8.2/24\nroute 0.0.0.0/0 dev eth0 via 192.0.2.1\n"                     \
    "net 10.20.0.0/16 dev tun0\nzone public\nzone docker target ACCEPT\nbind public eth0\n"
#define SERVER                                                                                     \
    "host forwarding4 no\nlink eth0 physical addr 192.0.2.10/24\n"                                 \
    "route 0.0.0.0/0 dev eth0 via 192.0.2.1\nzone public\nzone drop target DROP\n"

typedef struct {
    const char *name;
    const char *host;
    const char *downstream; /* declared; NULL: none */
    const char *findings;   /* severity, id, links, kind of need; links that are both */
} HostCase;

static const HostCase cases[] = {
    {"router: nothing lets the network out", ROUTER "bind external wan0", NULL,
     "error need-refused br0>wan0 lan-to-wan\nboth br0\n"},
    {"router: a policy does",
     ROUTER "bind external wan0\npolicy out ingress internal egress external target ACCEPT", NULL,
     "both br0\n"},
    {"router: the outside in drop, and a policy",
     ROUTER "change drop masquerade yes\nbind drop wan0\n"
            "policy out ingress internal egress drop target ACCEPT",
     NULL, "both br0\n"},
    {"router: the outside in no zone: one fault is told once",
     ROUTER "socket udp 0.0.0.0 67 on br0\nchange internal ports 67/udp", NULL,
     "error need-refused br0>wan0 lan-to-wan\nboth br0\n"},
    {"router: its replies come in where nothing is forwarded",
     ROUTER "bind external wan0\npolicy out ingress internal egress external target ACCEPT", "br0",
     "both br0\n"},
    {"the user says router, and nothing forwards",
     "host forwarding4 no\n" ROUTER "bind external wan0", "br0",
     "warning forwarding-off br0\nboth br0\n"},
    {"router with containers: their fault and the network's are two",
     ROUTER "bind external wan0\nlink docker0 bridge addr 172.17.0.1/16", NULL,
     "error forward-blocked br0\nerror forward-blocked wan0\n"
     "error need-refused br0>wan0 lan-to-wan\nboth br0\n"},

    {"Calico: pods cannot reach one another", CALICO "bind public eth0", NULL,
     "error need-refused cali1>cali2 pod-to-pod\n"},
    {"Calico: in trusted", CALICO "bind public eth0\nchange trusted sources 10.244.0.0/16", NULL,
     ""},
    {"Calico: by a wildcard", CALICO "bind public eth0\nchange public interfaces eth0,cali+", NULL,
     ""},
    {"Calico: other nodes in trusted, too",
     CALICO "bind public eth0\nnet 10.244.2.0/26 dev eth0 via 192.0.2.11 proto 12\n"
            "change trusted sources 10.244.0.0/16,192.0.2.0/24",
     NULL, ""},
    {"Calico: other nodes' pods are refused",
     CALICO
     "change public interfaces eth0\nzone work sources 10.244.2.0/24\npermanent eth0 public\n"
     "net 10.244.2.0/26 dev eth0 via 192.0.2.11 proto 12\n"
     "change trusted sources 10.244.1.0/24",
     NULL, "error need-refused eth0>cali1 node-to-pod\n"},

    {"LXD: no DHCP, no DNS", LXD, NULL, "error need-refused lxdbr0 host-service\n"},
    {"LXD: in trusted", LXD "bind trusted lxdbr0", NULL, ""},

    {"two sites: the tunnel is in no zone", SITES, NULL,
     "error forward-blocked wan0\nerror need-refused lan0>wg0 site-to-site\n"
     "error need-refused wg0>lan0 site-to-site\nboth lan0\n"},
    {"two sites: the tunnel is with the network", SITES "bind internal wg0", NULL, "both lan0\n"},

    {"Docker beside storage: no alarm", DOCKER, NULL, "info need-refused stor0>eth0 lan-to-wan\n"},
    {"Docker beside seven networks: one note",
     DOCKER "link s1 physical addr 10.9.1.10/24\nzone z1\nbind z1 s1\nlink s2 physical addr "
            "10.9.2.10/24\nzone z2\nbind z2 s2\nlink s3 physical addr 10.9.3.10/24\nzone z3\nbind "
            "z3 s3\nlink s4 physical addr 10.9.4.10/24\nzone z4\nbind z4 s4\nlink s5 physical addr "
            "10.9.5.10/24\nzone z5\nbind z5 s5\nlink s6 physical addr 10.9.6.10/24\nzone z6\nbind "
            "z6 s6\nlink s7 physical addr 10.9.7.10/24\nzone z7\nbind z7 s7\n",
     NULL, "info need-refused stor0>eth0 lan-to-wan\n"},
    {"Docker that cannot reach its storage: that error says enough",
     DOCKER "link x dummy\nchange docker interfaces x\nbind public docker0", NULL,
     "error forward-blocked stor0\n"},
    {"Docker beside storage whose zone was not read: no note",
     "link eth0 physical addr 192.0.2.10/24\nlink stor0 physical addr 10.9.0.10/24\n"
     "link docker0 bridge addr 172.17.0.1/16\nroute 0.0.0.0/0 dev eth0 via 192.0.2.1\n"
     "zone public\nzone hidden unread\nzone docker target ACCEPT\nbind docker docker0\n"
     "bind hidden stor0\nbind public eth0\n",
     NULL, ""},
    {"Docker beside storage: the user says that it routes", DOCKER, "stor0",
     "error need-refused stor0>eth0 lan-to-wan\nboth stor0\n"},
    {"a VPN for some networks", VPN "bind public docker0", NULL,
     "error need-refused docker0>tun0 site-to-site\n"},
    {"a VPN for some networks, and Docker's zone", VPN "bind docker docker0", NULL, ""},

    {"a server in drop on purpose", SERVER "bind drop eth0", NULL,
     "info uplink-in-rejecting-zone eth0\n"},
    {"pods in trusted, the card in drop on purpose",
     "host forwarding4 yes\nlink eth0 physical addr 192.0.2.10/24\n"
     "link cni0 bridge addr 10.42.0.1/24\nroute 0.0.0.0/0 dev eth0 via 192.0.2.1\nzone public\n"
     "zone drop target DROP\nzone trusted target ACCEPT sources 10.42.0.0/16\nbind drop eth0\n",
     NULL, ""},
    {"a tunnel that is not there now", SERVER "bind public eth0\nchange public interfaces eth0,wg0",
     NULL, "info stale-binding wg0\n"},
    {"containers that are sources one by one",
     "link eth0 physical addr 192.0.2.10/24\nlink cni-podman0 bridge addr 10.88.0.1/16\n"
     "link veth1 veth in cni-podman0\nlink veth2 veth in cni-podman0\n"
     "route 0.0.0.0/0 dev eth0 via 192.0.2.1\nzone public\nbind public eth0\nzone work\n"
     "bind work cni-podman0\nzone trusted target ACCEPT sources 10.88.0.2/32,10.88.0.3/32\n",
     NULL, ""},
};

static char *all_text(const Diagnosis *diagnosis)
{
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < diagnosis->findings->len; i++) {
        const Finding *finding = g_ptr_array_index(diagnosis->findings, i);
        bool has_need = finding->needs->len > 0;
        g_string_append_printf(text, "%s %s %s%s%s%s%s\n", severity_word(finding->severity),
                               finding_word(finding->id), finding->interface,
                               finding->peer != NULL ? ">" : "",
                               finding->peer != NULL ? finding->peer : "", has_need ? " " : "",
                               has_need ? need_kind_word(finding->need) : "");
    }
    const GPtrArray *uplinks = topology_uplinks(diagnosis->topology);
    for (guint i = 0; i < uplinks->len; i++) {
        const Link *link = g_ptr_array_index(uplinks, i);
        if (topology_is_downstream(diagnosis->topology, link))
            g_string_append_printf(text, "both %s\n", link->name);
    }
    return g_string_free(text, FALSE);
}

static void test_host(void **state)
{
    const HostCase *test = *state;
    g_autoptr(Snapshot) snapshot = sketch(test->host);
    const char *const names[] = {test->downstream, NULL};
    g_autoptr(Diagnosis) diagnosis = diagnose(snapshot, &(Declared){.downstreams = names});
    g_autofree char *text = all_text(diagnosis);
    assert_string_equal(text, test->findings);
}

/* ---- many links ---- */

/* However many pods there are, one finding speaks of all. */
static void test_a_thousand_pods_are_one_finding(G_GNUC_UNUSED void **state)
{
    enum { PODS = 1000 };
    g_autoptr(Snapshot) snapshot = sketch(CALICO "bind public eth0");
    for (guint i = 0; i < PODS; i++) {
        g_autofree char *line = g_strdup_printf("link cali%x veth\nnet 10.245.%u.%u/32 dev cali%x",
                                                4096 + i, i / 250, i % 250, 4096 + i);
        sketch_add(snapshot, line);
    }
    g_autoptr(Diagnosis) diagnosis = diagnose(snapshot, NULL);
    assert_int_equal(diagnosis->findings->len, 1);
    const Finding *finding = g_ptr_array_index(diagnosis->findings, 0);
    assert_int_equal(finding->refused->len, PODS + 2);
    assert_int_equal(finding->needs->len, 1);
}

int main(void)
{
    const struct CMUnitTest many[] = {cmocka_unit_test(test_a_thousand_pods_are_one_finding)};
    return RUN_CASES(test_host, cases) + cmocka_run_group_tests(many, NULL, NULL);
}
