/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What comes into question as a cure, and what does not, whatever becomes of it: each row asks for one
 * candidate among all. */
#include "model/plan/cures.h"

#include "model/foreach.h"

#include "flows.h"

/* What is done in the running firewall, and the policies; the command, where there is one. */
static char *cure_text(const Cure *cure)
{
    GString *text = g_string_new(cure->restores ? "back: " : "");
    gsize empty = text->len;
    PTR_ARRAY_FOREACH (const Action, action, cure->actions) {
        bool is_policy = action->op == ACTION_ADD_POLICY;
        if ((action->scope == SCOPE_RUNTIME) == is_policy)
            continue;
        const char *words[] = {action_op_word(action->op), action->interface, action->value,
                               action->from, action->to};
        g_string_append(text, text->len > empty ? ", " : "");
        for (gsize i = 0; i < G_N_ELEMENTS(words); i++) {
            if (words[i] != NULL)
                g_string_append_printf(text, "%s%s", i > 0 ? " " : "", words[i]);
        }
    }
    return g_string_free(text, FALSE);
}

typedef struct {
    const char *name;
    const char *host;
    const char *flows; /* flows.h, parted by ";" */
    const char *cure;  /* as cure_text() */
    bool offered;
} CandidateCase;

#define NODE                                                                                       \
    "link eth0 physical addr 10.1.0.9/24\nlink br0 bridge addr 192.168.1.1/24\n"                   \
    "link br1 bridge addr 192.168.2.1/24\nlink cali1 veth\nlink cali2 veth\n"                      \
    "route 0.0.0.0/0 dev eth0 via 10.1.0.1\nzone public services ssh\nzone work\n"                 \
    "zone trusted target ACCEPT\npermanent eth0 -\npermanent br0 -\npermanent br1 -\n"
#define OUT   "forward in br0 from 192.168.1.5 out eth0 tcp 443"
#define PODS  "forward in cali1 from 10.244.1.7 out cali2 to 10.244.1.8 tcp 80"
#define TO(x) "input in br0 from 192.168.1.5 to 192.168.1.1 " x

static const CandidateCase bindings[] = {
    {"where it comes in", NODE, OUT, "bind br0 work", false},
    {"in a zone that accepts everything", NODE, OUT, "bind br0 trusted", true},
    {"where it leaves", NODE, OUT, "bind eth0 public", true},
    {"both, in one zone", NODE, OUT, "bind eth0 public, bind br0 public", true},
    {"in again and out again", NODE "change trusted sources 192.168.9.0/24\n",
     OUT ";forward in eth0 out br0 tcp 80", "bind br0 public, bind eth0 public", true},
    {"a zone with forwarding off, and that", NODE "change public forward no\n", OUT,
     "bind eth0 public, enable-forward public", true},
    {"a link of a container's own is bound by no name", NODE, PODS, "bind cali2 trusted", false},
    {"but by a wildcard", NODE, PODS, "bind cali+ trusted", true},
    {"not where one is bound", NODE "change work interfaces cali+\n", PODS, "bind cali+ trusted",
     false},
    {"nor by that of other links", NODE, PODS, "bind veth+ trusted", false},
    {"together with what has no zone", NODE, "forward in cali1 from 10.244.1.7 out eth0 tcp 443",
     "bind cali+ public, bind eth0 public", true},
    {"and alone where that has one", NODE "bind work eth0\n",
     "forward in cali1 from 10.244.1.7 out eth0 tcp 443", "bind cali+ work", true},
    {"a zone of another program is none of ours", NODE "zone docker target ACCEPT\n", OUT,
     "bind br0 docker", false},
    {"a zone with sources", NODE "change work sources 10.9.0.0/16\n", OUT, "bind br0 work", true},
    {"the zone of another downstream", NODE "bind work br1\n", OUT, "bind br0 work", true},
    {"a link that is not there", NODE, "forward in nosuch out eth0 tcp 443", "bind nosuch public",
     false},
    {"what the host sends", NODE, "output out eth0 tcp 443", "bind eth0 public", true},
};

static const CandidateCase returns[] = {
    {"by its alternative name",
     NODE "link enp3s0 physical alt old3 addr 10.3.0.9/24\nchange work interfaces old3\n"
          "permanent enp3s0 -\n",
     "input in enp3s0 tcp 80", "back: bind enp3s0 work", true},
    {"not where another link has that name now",
     NODE "link enp3s0 physical alt old3 addr 10.3.0.9/24\nlink old3 dummy\n"
          "change work interfaces old3\npermanent enp3s0 -\n",
     "input in enp3s0 tcp 80", "back: bind enp3s0 work", false},
    {"not where it has a zone",
     NODE "link enp3s0 physical alt old3 addr 10.3.0.9/24\nchange work interfaces old3\n"
          "bind trusted enp3s0\n",
     "input in enp3s0 tcp 80", "back: bind enp3s0 work", false},
    {"a bridge that took over what its port was",
     NODE "link old3 physical in br0\nchange work interfaces old3\n", TO("tcp 80"),
     "back: bind br0 work", true},
    {"another bridge's port", NODE "link old3 physical in br1\nchange work interfaces old3\n",
     TO("tcp 80"), "back: bind br0 work", false},
    {"a wildcard is no old name", NODE "change work interfaces br+x\n", TO("tcp 80"),
     "back: bind br0 work", false},
    {"the only card without a zone, and the only name of one that is gone",
     NODE "change work interfaces eth7\n", "input in eth0 tcp 80", "back: bind eth0 work", true},
    {"names of hardware are of all kinds", NODE "change work interfaces wlan0\n",
     "input in eth0 tcp 80", "back: bind eth0 work", true},
    {"by its place", NODE "change work interfaces enp7s0\n", "input in eth0 tcp 80",
     "back: bind eth0 work", true},
    {"two names that are gone", NODE "change work interfaces eth7,eth8\n", "input in eth0 tcp 80",
     "back: bind eth0 work", false},
    {"two cards without a zone",
     NODE "link eth1 physical addr 10.3.0.9/24\nchange work interfaces eth7\n",
     "input in eth0 tcp 80", "back: bind eth0 work", false},
    {"the other card has one",
     NODE "link eth1 physical addr 10.3.0.9/24\nchange work interfaces eth7,eth1\n",
     "input in eth0 tcp 80", "back: bind eth0 work", true},
    {"a name that is no card's", NODE "change work interfaces tap7\n", "input in eth0 tcp 80",
     "back: bind eth0 work", false},
    {"names that match no link are no names", NODE "change work interfaces eth7,eth8+\n",
     "input in eth0 tcp 80", "back: bind eth0 work", true},
    {"a bridge is no card", NODE "change work interfaces eth7\n", TO("tcp 80"),
     "back: bind br0 work", false},
    {"libvirt's", NODE "link virbr0 bridge addr 10.4.0.1/24\nzone libvirt target ACCEPT\n",
     "input in virbr0 tcp 80", "back: bind virbr0 libvirt", true},
    {"podman's, out of where it is",
     NODE "link podman0 bridge addr 10.4.0.1/24\nzone netavark_zone target ACCEPT\n"
          "bind work podman0\n",
     "input in podman0 tcp 80", "back: move podman0 work netavark_zone", true},
    {"it is there already",
     NODE "link podman0 bridge addr 10.4.0.1/24\nzone netavark_zone target ACCEPT\n"
          "bind netavark_zone podman0\n",
     "input in podman0 tcp 80", "back: bind podman0 netavark_zone", false},
    {"the software is not there", NODE "link virbr0 bridge addr 10.4.0.1/24\n",
     "input in virbr0 tcp 80", "back: bind virbr0 libvirt", false},
    {"Docker makes its zone itself", NODE "link docker0 bridge addr 10.4.0.1/24\n",
     "input in docker0 tcp 80", "back: bind docker0 docker", false},
    {"Docker's gateway of a swarm",
     NODE "link docker_gwbridge bridge addr 10.4.0.1/24\nzone docker target ACCEPT\n",
     "input in docker_gwbridge tcp 80", "back: bind docker_gwbridge docker", true},
    {"a bridge whose name only begins like Docker's",
     NODE "link br-01234567 bridge addr 10.4.0.1/24\nzone docker target ACCEPT\n",
     "input in br-01234567 tcp 80", "back: bind br-01234567 docker", false},
    {"a bridge whose name is as long as Docker's",
     NODE "link br-my-own-netw bridge addr 10.4.0.1/24\nzone docker target ACCEPT\n",
     "input in br-my-own-netw tcp 80", "back: bind br-my-own-netw docker", false},
};

static const CandidateCase sources[] = {
    {"the network that sends", NODE, OUT, "add-source 192.168.1.0/24 trusted", true},
    {"the network that receives", NODE, "forward in eth0 out br0 tcp 80",
     "add-source 192.168.1.0/24 trusted", true},
    {"both", NODE, "forward in br0 from 192.168.1.5 out br1 to 192.168.2.5 tcp 80",
     "add-source 192.168.1.0/24 trusted, add-source 192.168.2.0/24 trusted", true},
    {"not what is outside", NODE "bind public eth0\n", "forward in eth0 out br0 tcp 80",
     "add-source 10.1.0.0/24 trusted", false},
    {"not twice", NODE "change work sources 192.168.1.0/24\n", OUT,
     "add-source 192.168.1.0/24 trusted", false},
    {"not where it would not last", NODE "lasting zone public services ssh\nlasting zone work\n",
     OUT, "add-source 192.168.1.0/24 trusted", false},
    {"where it would",
     NODE "lasting zone public services ssh\nlasting zone trusted target ACCEPT\n", OUT,
     "add-source 192.168.1.0/24 trusted", true},
    {"not of a family that is not forwarded",
     NODE "link br2 bridge addr fd00:2::1/64,192.168.3.1/24\n",
     "forward in br2 from 192.168.3.5 out eth0 tcp 80",
     "add-source fd00:2::/64 trusted, add-source 192.168.3.0/24 trusted", false},
    {"a pod's own address comes and goes", NODE, PODS, "add-source 10.244.1.7/32 trusted", false},
    {"but its block stays", NODE "net 10.244.1.0/26 type 6\n", PODS,
     "add-source 10.244.1.0/26 trusted", true},
    {"a block of others", NODE "net 10.244.9.0/26 type 6\nnet 10.244.1.0/26 type 1\n", PODS,
     "add-source 10.244.9.0/26 trusted", false},
    {"a pod network that the flow says", NODE,
     "forward in cali1 from 10.244.0.0/16 out eth0 tcp 80", "add-source 10.244.0.0/16 trusted",
     true},
    {"from anywhere is no network", NODE, "forward in cali1 from elsewhere out eth0 tcp 80",
     "add-source 0.0.0.0/0 trusted", false},
    {"nor is all of IPv4", NODE, "forward in cali1 from 0.0.0.0/0 out eth0 tcp 80",
     "add-source 0.0.0.0/0 trusted", false},
    {"more networks than anybody would paste",
     NODE "link b bridge addr 10.8.0.1/24,10.8.1.1/24,10.8.2.1/24,10.8.3.1/24,10.8.4.1/24,"
          "10.8.5.1/24,10.8.6.1/24,10.8.7.1/24,10.8.8.1/24\n",
     "forward in b from 10.8.0.5 out eth0 tcp 80",
     "add-source 10.8.0.0/24 trusted, add-source 10.8.1.0/24 trusted, add-source 10.8.2.0/24 "
     "trusted, add-source 10.8.3.0/24 trusted, add-source 10.8.4.0/24 trusted, add-source "
     "10.8.5.0/24 trusted, add-source 10.8.6.0/24 trusted, add-source 10.8.7.0/24 trusted, "
     "add-source 10.8.8.0/24 trusted",
     false},
};

#define ROUTED NODE "bind work br0\nbind public eth0\n"
static const CandidateCase policies[] = {
    {"from zone to zone", ROUTED, OUT, "add-policy nicfix-work-publi work public", true},
    {"its name is taken", ROUTED "policy nicfix-work-publi\n", OUT,
     "add-policy nicfix-work-publ1 work public", true},
    {"its name is taken by one that is not in force",
     ROUTED "lasting zone public\nlasting zone work\nlasting policy nicfix-work-publi\n", OUT,
     "add-policy nicfix-work-publ1 work public", true},
    {"the next name is taken, too", ROUTED "policy nicfix-work-publi\npolicy nicfix-work-publ1\n",
     OUT, "add-policy nicfix-work-publ2 work public", true},
    {"one for all flows of a pair", ROUTED, OUT ";forward in br0 from 192.168.1.5 out eth0 udp 53",
     "add-policy nicfix-work-publi work public", true},
    {"one for each pair", ROUTED "bind trusted br1\n",
     OUT ";forward in eth0 out br1 tcp 80;forward in br0 from 192.168.1.5 out br1 tcp 80",
     "add-policy nicfix-work-publi work public, add-policy nicfix-publ-trust public trusted, "
     "add-policy nicfix-work-trust work trusted",
     true},
    {"not within a zone", NODE "bind work br0\nbind work eth0\n", OUT,
     "add-policy nicfix-work-work work work", false},
    {"not for another program's zone", ROUTED "zone docker\nbind docker br1\n",
     OUT ";forward in br1 from 192.168.2.5 out eth0 tcp 80",
     "add-policy nicfix-work-publi work public", false},
    {"nor to one", ROUTED "zone docker\nbind docker br1\n",
     "forward in br0 from 192.168.1.5 out br1 tcp 80", "add-policy nicfix-work-docke work docker",
     false},
    {"not where a flow is for the host", ROUTED, OUT ";" TO("tcp 80"),
     "add-policy nicfix-work-publi work public", false},
    {"not where nothing filters it", ROUTED "firewalld 1.3.3 -\n",
     OUT ";forward in br1 from 192.168.2.5 out eth0 tcp 80",
     "add-policy nicfix-work-publi work public", false},
    {"with what is in the default zone unbound", NODE "bind work br0\n", OUT,
     "bind eth0 public, add-policy nicfix-work-publi work public", true},
    {"and pods there by a wildcard", NODE "bind work br0\n",
     "forward in br0 from 192.168.1.5 out cali1 to 10.244.1.7 tcp 80",
     "bind cali+ public, add-policy nicfix-work-publi work public", true},
    {"from what is in the default zone unbound", NODE "bind work br0\n",
     "forward in eth0 out br0 tcp 80", "bind eth0 public, add-policy nicfix-publi-work public work",
     true},
};

static const CandidateCase settings[] = {
    {"a port", ROUTED, TO("tcp 8443"), "add-port 8443/tcp work", true},
    {"a service that has just this port", ROUTED "service own ports 8443/tcp\n", TO("tcp 8443"),
     "add-service own work", true},
    {"one of another protocol", ROUTED "service own ports 8443/udp\n", TO("tcp 8443"),
     "add-port 8443/tcp work", true},
    {"one with another port beside", ROUTED "service own ports 8443/tcp,8444/tcp\n", TO("tcp 8443"),
     "add-port 8443/tcp work", true},
    {"one with a range", ROUTED "service own ports 8443-8450/tcp\n", TO("tcp 8443"),
     "add-port 8443/tcp work", true},
    {"one without ports", ROUTED "service own\n", TO("tcp 8443"), "add-port 8443/tcp work", true},
    {"one that is for a destination only",
     ROUTED "service own ports 8443/tcp destination4 224.0.0.251\n", TO("tcp 8443"),
     "add-port 8443/tcp work", true},
    {"one that is for a destination of IPv6 only",
     ROUTED "service own ports 8443/tcp destination6 ff02::fb\n", TO("tcp 8443"),
     "add-port 8443/tcp work", true},
    {"one that includes others", ROUTED "service own ports 8443/tcp includes ssh\n", TO("tcp 8443"),
     "add-port 8443/tcp work", true},
    {"one with source ports", ROUTED "service own ports 8443/tcp source-ports 1/tcp\n",
     TO("tcp 8443"), "add-port 8443/tcp work", true},
    {"one with a protocol", ROUTED "service own ports 8443/tcp protocols gre\n", TO("tcp 8443"),
     "add-port 8443/tcp work", true},
    {"DHCP, of which nothing was read", ROUTED, TO("udp 67"), "add-service dhcp work", true},
    {"DHCPv6", ROUTED, TO("udp 547"), "add-service dhcpv6 work", true},
    {"names", ROUTED, TO("tcp 53"), "add-service dns work", true},
    {"DHCP as somebody else defines it", ROUTED "service dhcp ports 67/udp,68/udp\n", TO("udp 67"),
     "add-port 67/udp work", true},
    {"a port of TCP is no DHCP", ROUTED, TO("tcp 67"), "add-port 67/tcp work", true},
    {"any port", ROUTED, TO("tcp"), "add-port 0/tcp work", false},
    {"what has no ports", ROUTED, TO("icmp 8"), "add-port 0/icmp work", false},
    {"a zone that was not read", NODE "zone hidden unread\nbind hidden br0\n", TO("tcp 8443"),
     "add-port 8443/tcp hidden", false},
    {"not for what is forwarded, too", ROUTED, OUT ";" TO("tcp 8443"), "add-port 8443/tcp work",
     false},
    {"forwarding within the zone", ROUTED "change work forward no\nbind work br1\n",
     "forward in br0 from 192.168.1.5 out br1 tcp 80", "enable-forward work", true},
    {"it is on", ROUTED "bind work br1\n", "forward in br0 from 192.168.1.5 out br1 tcp 80",
     "enable-forward work", false},
};

static void test_candidate(void **state)
{
    const CandidateCase *test = *state;
    g_autoptr(Snapshot) snapshot = sketch(test->host);
    g_autoptr(Diagnosis) diagnosis = diagnose(snapshot, NULL);
    g_autoptr(GArray) flows = g_array_new(FALSE, FALSE, sizeof(Flow));
    g_auto(GStrv) texts = g_strsplit(test->flows, ";", -1);
    g_autoptr(GPtrArray) words = g_ptr_array_new_with_free_func((GDestroyNotify)g_strfreev);
    STRV_FOREACH (text, texts) {
        g_ptr_array_add(words, g_strsplit(*text, " ", -1));
        const Flow flow = flow_parse(g_ptr_array_index(words, words->len - 1));
        g_array_append_val(flows, flow);
    }
    const CureGoal goal = {snapshot, NULL, diagnosis, NULL, flows, false};
    g_autoptr(GPtrArray) cures = cure_candidates(&goal);
    g_autoptr(GString) all = g_string_new(NULL);
    bool found = false;
    PTR_ARRAY_FOREACH (const Cure, cure, cures) {
        g_autofree char *text = cure_text(cure);
        g_string_append_printf(all, "\n%s", text);
        found = found || g_str_equal(text, test->cure);
    }
    if (found != test->offered)
        fail_msg("%s %s:%s", test->cure, found ? "is among" : "is not among", all->str);
}

int main(void)
{
    return RUN_CASES(test_candidate, bindings) + RUN_CASES(test_candidate, returns) +
           RUN_CASES(test_candidate, sources) + RUN_CASES(test_candidate, policies) +
           RUN_CASES(test_candidate, settings);
}
