/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the kernel's rules and settings add to the findings: rules that are not firewalld's configuration,
 * rules of others that refuse or that a reload would flush, forwarding that is off. */
#include "model/diagnosis/diagnosis.h"

#include "hosts.h"
#include "rules.h"

typedef struct {
    const char *name;
    const char *host;
    const char *rules; /* rules.h; NULL: they were not read */
    const char *downstream;
    const char *findings; /* "SEVERITY ID LINK>PEER REFUSED..", a line each */
} KernelCase;

static char *all_text(const Diagnosis *diagnosis)
{
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < diagnosis->findings->len; i++) {
        const Finding *finding = g_ptr_array_index(diagnosis->findings, i);
        g_string_append_printf(
            text, "%s %s %s%s%s", severity_word(finding->severity), finding_word(finding->id),
            finding->interface != NULL ? finding->interface : "-", finding->peer != NULL ? ">" : "",
            finding->peer != NULL ? finding->peer : "");
        for (guint j = 0; j < finding->refused->len; j++)
            g_string_append_printf(text, " %s",
                                   ((const Link *)g_ptr_array_index(finding->refused, j))->name);
        g_string_append(text, "\n");
    }
    return g_string_free(text, FALSE);
}

static char *findings_of(const KernelCase *test, bool predicted)
{
    g_autoptr(Snapshot) snapshot = sketch(test->host);
    snapshot->routes_complete = TRISTATE_YES;
    snapshot->firewalld_predicted = predicted;
    snapshot->ruleset = test->rules != NULL ? rules_parse(test->rules) : NULL;
    const char *const names[] = {test->downstream, NULL};
    g_autoptr(Diagnosis) diagnosis = diagnose(snapshot, &(Declared){.downstreams = names});
    return all_text(diagnosis);
}

/* ---- other programs' rules, firewalld's share being as it is configured ---- */

#define NODE                                                                                       \
    "link eth0 physical addr 192.0.2.10/24\nlink cni0 bridge addr 10.244.2.1/24\n"                 \
    "link docker0 bridge addr 172.17.0.1/16\nroute 0.0.0.0/0 dev eth0 via 192.0.2.1\n"             \
    "rule 4 table 254\nnet 192.0.2.0/24 dev eth0 proto 2\nnet 10.244.2.0/24 dev cni0 proto 2\n"    \
    "net 172.17.0.0/16 dev docker0 proto 2\nzone public\nzone work\nzone docker target ACCEPT\n"   \
    "bind docker docker0\n"
#define GOOD NODE "bind public eth0\n"
#define DROP "table ip mine\nchain f forward 0\n"
#define DOCKER_RULES                                                                               \
    "table ip filter\nchain FORWARD forward 0\niif=docker0 jump:DOCKER-ISOLATION-STAGE-1\n"        \
    "chain DOCKER-ISOLATION-STAGE-1\n"

static const KernelCase elsewhere[] = {
    {"nothing refuses", GOOD, DROP "iif=x drop", NULL, ""},
    {"a rule of a foreign table", GOOD, DROP "iif=cni0 drop", NULL,
     "error refused-elsewhere eth0 cni0\n"},
    {"one rule that refuses two networks is one fault", GOOD, DROP "oif=eth0 drop", NULL,
     "error refused-elsewhere eth0 cni0 docker0\n"},
    {"two rules are two", GOOD, DROP "iif=cni0 drop\niif=docker0 drop", NULL,
     "error refused-elsewhere eth0 cni0\nerror refused-elsewhere eth0 docker0\n"},
    {"two ways out, of which another fault is known",
     NODE "link eth1 physical addr 198.51.100.10/24\nnet 198.51.100.0/24 dev eth1 proto 2\n"
          "route 0.0.0.0/0 dev eth1 via 198.51.100.1 metric 9\nbind public eth1\n",
     DROP "iif=cni0 oif=eth0 drop\niif=cni0 oif=eth1 drop", NULL,
     "error uplink-unbound eth0 cni0\nerror refused-elsewhere eth0 cni0\n"
     "error refused-elsewhere eth1 cni0\n"},
    {"more networks than are shown",
     GOOD "link a bridge addr 10.1.1.1/24\nlink b bridge addr 10.1.2.1/24\n"
          "link c bridge addr 10.1.3.1/24\nlink d bridge addr 10.1.4.1/24\n"
          "link e bridge addr 10.1.5.1/24\n",
     DROP "oif=eth0 drop", NULL, "error refused-elsewhere eth0 cni0 docker0 a b c d e\n"},
    {"a network that Docker keeps apart", GOOD, DOCKER_RULES "drop", NULL, ""},
    {"that Docker keeps apart, where firewalld would refuse it, too",
     NODE "bind public eth0\nchange docker target default\n", DOCKER_RULES "drop", NULL, ""},
    {"a rule of Docker's about another's network", GOOD,
     "table ip filter\nchain FORWARD forward 0\niif=cni0 jump:DOCKER-ISOLATION-STAGE-1\n"
     "chain DOCKER-ISOLATION-STAGE-1\ndrop",
     NULL, "error refused-elsewhere eth0 cni0\n"},
    {"both refuse", NODE, DROP "iif=cni0 drop", NULL,
     "error uplink-unbound eth0 cni0\nerror refused-elsewhere eth0 cni0\n"},
};

#define ROUTER                                                                                     \
    "link wan0 physical addr 198.51.100.2/24\nlink lan0 physical addr 192.168.1.1/24\n"            \
    "route 0.0.0.0/0 dev wan0 via 198.51.100.1\nrule 4 table 254\n"                                \
    "net 192.168.1.0/24 dev lan0 proto 2\nnet 198.51.100.0/24 dev wan0 proto 2\nzone public\n"     \
    "zone internal\nzone external masquerade yes\nbind internal lan0\n"                            \
    "policy out ingress internal egress external target ACCEPT\n"
#define TUNNEL                                                                                     \
    "link virbr0 bridge addr 192.168.122.1/24\nlink tun0 tun addr 10.9.8.2/24\n"                   \
    "net 10.20.0.0/16 dev tun0\nnet 192.168.122.0/24 dev virbr0 proto 2\nzone public\n"            \
    "zone trusted target ACCEPT\nrule 4 table 254\nbind trusted virbr0\n"

static const KernelCase needs[] = {
    {"a network that is routed", ROUTER "bind external wan0\n", DROP "iif=lan0 drop", NULL,
     "error refused-elsewhere lan0>wan0 lan0\n"},
    {"that is refused by both",
     ROUTER "bind external wan0\nchange internal forward no\n"
            "firewalld 2.5.0 public\npolicy no ingress internal egress "
            "external target DROP priority -9\n",
     DROP "iif=lan0 drop", NULL,
     "error need-refused lan0>wan0 lan0\nerror refused-elsewhere lan0>wan0 lan0\n"},
    {"that may only be meant",
     "zone public\nzone work\nbind work lan0\nbind public wan0\n"
     "link wan0 physical addr 198.51.100.2/24\nlink lan0 physical addr 192.168.1.1/24\n"
     "route 0.0.0.0/0 dev wan0 via 198.51.100.1\nrule 4 table 254\n",
     DROP "iif=lan0 drop", NULL, "info need-refused lan0>wan0 lan0\n"},
    {"virtual machines that libvirt keeps apart from a tunnel", TUNNEL,
     "table ip filter\nchain FORWARD forward 0\niif=virbr0 jump:LIBVIRT_FWO\nchain LIBVIRT_FWO\n"
     "drop",
     NULL, ""},
    {"a service of the host that Docker's rule refuses to LXD",
     "link eth0 physical addr 192.0.2.10/24\nlink lxdbr0 bridge addr 10.77.0.1/24\n"
     "route 0.0.0.0/0 dev eth0 via 192.0.2.1\nrule 4 table 254\nzone public\n"
     "zone trusted target ACCEPT\nbind public eth0\nbind trusted lxdbr0\n"
     "socket tcp 10.77.0.1 53\n",
     "table ip filter\nchain INPUT input 0\niif=lxdbr0 jump:DOCKER-ISOLATION-STAGE-1\n"
     "chain DOCKER-ISOLATION-STAGE-1\ndrop",
     NULL, "error refused-elsewhere lxdbr0 lxdbr0\nwarning reload-harms -\n"},
    {"that somebody else keeps apart", TUNNEL, DROP "iif=virbr0 drop", NULL,
     "error refused-elsewhere virbr0>tun0 virbr0\n"},
};

static void test_elsewhere(void **state)
{
    g_autofree char *text = findings_of(*state, true);
    assert_string_equal(text, ((const KernelCase *)*state)->findings);
}

/* ---- firewalld's own rules ---- */

#define SERVER                                                                                     \
    "host forwarding4 no\nlink eth0 physical addr 192.0.2.10/24\nlink lo loopback\n"               \
    "route 0.0.0.0/0 dev eth0 via 192.0.2.1\nrule 4 table 254\nzone public services ssh\n"         \
    "service ssh ports 22/tcp\nbind public eth0\n"
/* Accepts ssh and ping, as public does. */
#define TABLE                                                                                      \
    "table inet firewalld\nchain filter_INPUT input 10\nstate=6 accept\niif=lo accept\n"           \
    "proto=6 dport=22 accept\nproto=1 accept\n"

static const KernelCase own[] = {
    {"as configured", SERVER, TABLE "reject:2:3", NULL, ""},
    {"a port more", SERVER, TABLE "proto=6 dport=4 accept\nreject:2:3", NULL,
     "error rules-differ -\n"},
    {"links that firewalld's rules never see",
     SERVER "zone work\nlink br0 bridge down\nlink v veth in br0\nbind work v\nbind work br0\n",
     TABLE "reject:2:3", NULL, ""},
    {"the same, on a release that keeps rules of what was moved",
     SERVER "firewalld 2.3.1 public\nzone work\nlink br0 bridge down\nlink v veth in br0\n"
            "bind work v\nbind work br0\n",
     TABLE "reject:2:3", NULL, ""},
    {"more differences than are shown",
     SERVER "change public ports 1/tcp,2/tcp,3/tcp,5/tcp,6/tcp,7/tcp,8/tcp,9/tcp\n",
     TABLE "reject:2:3", NULL, "error rules-differ -\n"},
    {"the table is gone", SERVER, "table inet other", NULL, "error rules-differ -\n"},
    {"what a failed reload leaves", SERVER,
     TABLE "reject:2:3\ntable inet firewalld_policy_drop\nchain f input 9", NULL,
     "error rules-differ -\n"},
    {"the iptables backend has no table", SERVER "option FirewallBackend iptables\n",
     "table inet other", NULL, ""},
    {"not read", SERVER, NULL, NULL, ""},
};

static void test_own(void **state)
{
    g_autofree char *text = findings_of(*state, false);
    assert_string_equal(text, ((const KernelCase *)*state)->findings);
}

/* ---- what a reload flushes ---- */

#define PODMAN "table ip nat\nchain NETAVARK-1D8721804F16F\ndaddr=10.88.0.2 accept\n"
static const KernelCase flushed[] = {
    {"rules that podman does not put back", SERVER, PODMAN, NULL, "warning reload-harms -\n"},
    {"a release that spares them", SERVER "firewalld 2.3.1 public\n", PODMAN, NULL, ""},
};

/* ---- forwarding ---- */

static const KernelCase forwarding[] = {
    {"replies come in where nothing is forwarded",
     "link eth0 physical addr 192.0.2.10/24 forwarding no\nlink cni0 bridge addr 10.244.2.1/24\n"
     "route 0.0.0.0/0 dev eth0 via 192.0.2.1\nzone public\nbind public eth0\n",
     NULL, NULL, "warning forwarding-off eth0 cni0\n"},
    {"a network that does not leave there",
     "link eth0 physical addr 192.0.2.10/24 forwarding no\nlink red vrf table 9\n"
     "link cni0 bridge in red addr 10.244.2.1/24\nroute 0.0.0.0/0 dev eth0 via 192.0.2.1\n"
     "rule 4 l3mdev\nrule 4 table 254\nzone public\nbind public eth0\n",
     NULL, NULL, ""},
    {"of IPv6 there are none to lose",
     "link eth0 physical addr 192.0.2.10/24 forwarding no\nlink cni0 bridge addr fd00:1::1/64\n"
     "route 0.0.0.0/0 dev eth0 via 192.0.2.1\nzone public\nbind public eth0\n",
     NULL, NULL, ""},
    {"a bridge with virtual machines, on a host that forwards nothing",
     "host forwarding4 no\nlink eth0 physical addr 192.0.2.10/24\n"
     "link br0 bridge addr 10.244.2.1/24,fd00:1::1/64\nlink vnet0 tun in br0\n"
     "route 0.0.0.0/0 dev eth0 via 192.0.2.1\nzone public\nbind public eth0\n",
     NULL, NULL, "info forwarding-off br0\ninfo forwarding-off br0\n"},
    {"a bridge that does not, on one that does",
     "link eth0 physical addr 192.0.2.10/24\nlink br0 bridge addr 10.244.2.1/24 forwarding no\n"
     "link vnet0 tun in br0\nroute 0.0.0.0/0 dev eth0 via 192.0.2.1\nzone public\n"
     "bind public eth0\n",
     NULL, NULL, "info forwarding-off br0\n"},
    {"a bridge whose machines are off",
     "host forwarding4 no\nlink eth0 physical addr 192.0.2.10/24\n"
     "link br0 bridge addr 10.244.2.1/24\nlink vnet0 tun in br0 down\nlink d dummy in br0\n"
     "route 0.0.0.0/0 dev eth0 via 192.0.2.1\nzone public\nbind public eth0\n",
     NULL, NULL, ""},
    {"the user says that it forwards, of both families",
     "host forwarding4 no\nlink eth0 physical addr 192.0.2.10/24\n"
     "link br0 bridge addr 10.244.2.1/24,fd00:1::1/64\n"
     "route 0.0.0.0/0 dev eth0 via 192.0.2.1\nzone public\nbind public eth0\n",
     NULL, "br0", "warning forwarding-off br0\ninfo forwarding-off br0\n"},
    {"of IPv6 alone",
     "host forwarding4 no\nlink eth0 physical addr 192.0.2.10/24\nlink br0 bridge addr "
     "fd00:1::1/64\nroute 0.0.0.0/0 dev eth0 via 192.0.2.1\nzone public\nbind public eth0\n",
     NULL, "br0", "warning forwarding-off br0\n"},
};

int main(void)
{
    return RUN_CASES(test_elsewhere, elsewhere) + RUN_CASES(test_elsewhere, needs) +
           RUN_CASES(test_own, own) + RUN_CASES(test_elsewhere, flushed) +
           RUN_CASES(test_own, forwarding);
}
