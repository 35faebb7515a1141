/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Packets on their path through recorded rulesets: what becomes of them, where that is decided, and
 * where they go. The rulesets are those of a lab (fixtures/rulesets): pods behind cni0 10.244.2.1/24
 * and a bridge docker0 172.17.0.1/16, an uplink enp2s0 192.168.150.130/24 that no zone binds. */
#include "model/kernel/path.h"

#include "flows.h"
#include "hosts.h"
#include "paths.h"

typedef struct {
    const char *name;
    const char *ruleset;
    const char *flow;
    const char *expected;
} PathCase;

#define OUTSIDE "192.168.150.131"
#define HOST    "192.168.150.130"

static const PathCase docker[] = {
    {"a second bridge meets Docker's policy", "docker",
     "forward in cni0 out enp2s0 from 10.244.2.2 to " OUTSIDE " tcp 8629",
     "drop in forward: ip filter FORWARD"},
    {"the same for a whole network", "docker",
     "forward in cni0 out enp2s0 from 10.244.2.0/24 to elsewhere tcp",
     "drop in forward: ip filter FORWARD"},
    {"a container passes Docker's own rules and meets firewalld", "docker",
     "forward in docker0 out enp2s0 from 172.17.0.2 to " OUTSIDE " tcp 443",
     "reject in forward: inet firewalld filter_FWD_public"},
    {"a published port is translated, and accepted for that", "docker",
     "input in enp2s0 from " OUTSIDE " to " HOST " tcp 8088",
     "accept, to 172.17.0.2 port 80 out docker0"},
    {"a port that is not published", "docker",
     "input in enp2s0 from " OUTSIDE " to " HOST " tcp 8089",
     "reject in input: inet firewalld filter_IN_public"},
    {"the port of the container itself", "docker",
     "forward in enp2s0 out docker0 from " OUTSIDE " to 172.17.0.2 tcp 80",
     "reject in forward: inet firewalld filter_FWD_public"},
    {"another port of the container", "docker",
     "forward in enp2s0 out docker0 from " OUTSIDE " to 172.17.0.2 tcp 81",
     "drop in forward: ip filter FORWARD"},
    {"an answer", "docker",
     "forward in enp2s0 out docker0 from " OUTSIDE " to 172.17.0.2 tcp 40000 established",
     "accept"},
    {"a published port from the host itself", "docker",
     "output out lo from " HOST " to " HOST " tcp 8088",
     "accept, to 172.17.0.2 port 80 out docker0"},
    {"a service of the host", "docker", "input in enp2s0 from " OUTSIDE " to " HOST " tcp 22",
     "accept"},
    {"a family that is not forwarded", "docker",
     "forward in cni0 out enp2s0 from fd00::2 to fd01::2 tcp 80", "drop by routing: not-forwarded"},
};

/* What the kernel answered about their route. */
static const PathCase refused[] = {
    {"no route", "docker", "forward in cni0 from 10.244.2.2 to 203.0.113.7 tcp 80 no-route",
     "reject by routing: no-route"},
    {"unreachable, though it forwards", "docker",
     "forward in cni0 from 10.244.2.2 to 203.0.113.7 tcp 80 unreachable",
     "reject by routing: unreachable"},
    {"prohibited", "docker", "forward in cni0 from 10.244.2.2 to 203.0.113.7 tcp 80 prohibited",
     "reject by routing: prohibited"},
    {"a blackhole", "docker", "forward in cni0 from 10.244.2.2 to 203.0.113.7 tcp 80 blackhole",
     "drop by routing: blackhole"},
    {"a martian", "docker", "forward in cni0 from 203.0.113.9 to 203.0.113.7 tcp 80 martian",
     "drop by routing: martian"},
    {"a route that the rules' translation makes needless", "docker-kube-proxy",
     "forward in docker0 from 172.17.0.2 to 10.96.0.10 tcp 80 no-route",
     "accept, to 10.244.2.2 port 8080 out cni0; accept, to 10.244.2.3 port 8080 out cni0"},
    {"this host has no route", "docker",
     "output from 192.168.150.130 to 203.0.113.7 tcp 80 no-route", "reject by routing: no-route"},
    {"of no connection", "docker", "input in enp2s0 from " OUTSIDE " to " HOST " tcp 22 invalid",
     "drop in input: inet firewalld filter_INPUT"},
    {"of no connection, to a published port: it is not translated", "docker",
     "input in enp2s0 from " OUTSIDE " to " HOST " tcp 8088 invalid",
     "drop in input: inet firewalld filter_INPUT"},
};

static const PathCase kubernetes[] = {
    {"a service of two pods: either of them", "docker-kube-proxy",
     "forward in docker0 out enp2s0 from 172.17.0.2 to 10.96.0.10 tcp 80",
     "accept, to 10.244.2.2 port 8080 out cni0; accept, to 10.244.2.3 port 8080 out cni0"},
    {"a node port", "docker-kube-proxy", "input in enp2s0 from " OUTSIDE " to " HOST " tcp 30080",
     "drop in forward: ip filter FORWARD"},
    {"a service without endpoints", "docker-kube-proxy",
     "forward in cni0 out enp2s0 from 10.244.2.2 to 10.96.0.99 tcp 80",
     "reject in forward: ip filter KUBE-SERVICES"},
    {"what is no service", "docker-kube-proxy",
     "forward in cni0 out enp2s0 from 10.244.2.2 to " OUTSIDE " tcp 80",
     "drop in forward: ip filter FORWARD"},
};

#define IN "input in enp2s0 from "

static const PathCase lockdown[] = {
    {"a verdict map that jumps, and a set that returns", "lockdown",
     IN "192.168.150.5 to " HOST " tcp 22", "accept"},
    {"a verdict map that jumps, and a rule that rejects", "lockdown",
     IN OUTSIDE " to " HOST " tcp 22", "reject in input: inet lockdown ssh"},
    {"the first address of an interval", "lockdown", IN "192.168.150.0 to " HOST " tcp 22",
     "accept"},
    {"the last address of an interval", "lockdown", IN "192.168.150.63 to " HOST " tcp 22",
     "accept"},
    {"behind the interval", "lockdown", IN "192.168.150.64 to " HOST " tcp 22",
     "reject in input: inet lockdown ssh"},
    {"a single address between intervals", "lockdown", IN "203.0.113.7 to " HOST " tcp 22",
     "accept"},
    {"a network that the interval does not hold whole", "lockdown",
     IN "192.168.150.0/24 to " HOST " tcp 22",
     "accept; drop in prerouting: ip translate pre2; reject in input: inet lockdown ssh"},
    {"a network inside the interval", "lockdown", IN "192.168.150.32/27 to " HOST " tcp 22",
     "accept"},
    {"a verdict map that drops", "lockdown", IN OUTSIDE " to " HOST " tcp 23",
     "drop in input: inet lockdown input"},
    {"accepted by one table is not accepted by the next", "lockdown",
     IN OUTSIDE " to " HOST " tcp 25", "reject in input: inet firewalld filter_IN_public"},
    {"what the host sends to itself comes in again", "lockdown",
     "output out lo from 192.168.150.202 to " HOST " tcp 25",
     "drop in prerouting: ip translate pre2"},
    {"what the host sends to itself, by its loopback link", "lockdown",
     "output out lo from " HOST " to " HOST " tcp 23", "accept"},
    {"and is not translated again", "lockdown", "output out lo from " HOST " to " HOST " tcp 2222",
     "accept"},
    {"a range of ports, inside", "lockdown", IN OUTSIDE " to " HOST " tcp 7009",
     "drop in input: inet lockdown input"},
    {"a range of ports, outside", "lockdown", IN OUTSIDE " to " HOST " tcp 7010",
     "reject in input: inet firewalld filter_IN_public"},
    {"a mark that an earlier rule has set", "lockdown", IN "192.168.150.200 to " HOST " icmp 8",
     "drop in input: inet lockdown input"},
    {"the mark without the address", "lockdown", IN OUTSIDE " to " HOST " icmp 8", "accept"},
    {"the address without the mark", "lockdown", IN "192.168.150.200 to " HOST " tcp 25",
     "reject in input: inet firewalld filter_IN_public"},
    {"masked bits of an address, and a port that is not in the set", "lockdown",
     IN "192.168.150.201 to " HOST " udp 99", "drop in input: inet lockdown input"},
    {"a port that is in the set", "lockdown", IN "192.168.150.205 to " HOST " udp 53",
     "reject in input: inet firewalld filter_IN_public"},
    {"other bits", "lockdown", IN "192.168.150.206 to " HOST " udp 99",
     "reject in input: inet firewalld filter_IN_public"},
    {"a limit may match and may not", "lockdown", IN OUTSIDE " to " HOST " tcp 4444",
     "drop in input: inet lockdown bad; reject in input: inet firewalld filter_IN_public"},
    {"dropped before anything else", "lockdown", IN "192.168.150.202 to " HOST " tcp 22",
     "drop in prerouting: ip translate pre2"},
    {"what is not tracked is never new", "lockdown", IN "192.168.150.201 to " HOST " tcp 2222",
     "reject in input: inet firewalld filter_IN_public"},
    {"translated to a pod", "lockdown", IN OUTSIDE " to " HOST " tcp 2222",
     "accept, to 10.244.2.2 port 22 out cni0"},
    {"redirected to the host", "lockdown", IN OUTSIDE " to " HOST " tcp 2223",
     "reject in input: inet lockdown ssh"},
    {"translated by a map", "lockdown", IN OUTSIDE " to " HOST " tcp 9002",
     "accept, to 10.244.2.3 port 9002 out cni0"},
    {"not in the map", "lockdown", IN OUTSIDE " to " HOST " tcp 9003",
     "reject in input: inet firewalld filter_IN_public"},
    {"a concatenation with intervals, both fields inside", "lockdown",
     "forward in cni0 out enp2s0 from 10.244.2.2 to " OUTSIDE " tcp 6005",
     "drop in forward: inet lockdown forward"},
    {"a concatenation, the port outside", "lockdown",
     "forward in cni0 out enp2s0 from 10.244.2.2 to " OUTSIDE " tcp 6011",
     "reject in forward: inet firewalld filter_FWD_public"},
    {"a concatenation, the address outside", "lockdown",
     "forward in cni0 out enp2s0 from 10.244.2.2 to 192.168.150.132 tcp 6005",
     "reject in forward: inet firewalld filter_FWD_public"},
    {"a concatenation with a network as address", "lockdown",
     "forward in enp2s0 out cni0 from " OUTSIDE " to 10.244.2.7 tcp 5432",
     "drop in forward: inet lockdown forward"},
};

static void test_path(void **state)
{
    const PathCase *row = *state;
    g_autofree char *file = g_strconcat("rulesets/", row->ruleset, NULL);
    g_autoptr(Snapshot) snapshot = host_read(file);
    g_auto(GStrv) words = g_strsplit(row->flow, " ", -1);
    Flow flow = flow_parse(words);
    flow.reverse_path = REVERSE_PATH_SAME_LINK;
    g_autoptr(Path) path = path_of(snapshot, &flow, PATH_ALL_TABLES);
    g_autofree char *found = path_text(path);
    assert_string_equal(found, row->expected);
    assert_false(path->broken);
    assert_false(path->exhausted);
}

int main(void)
{
    return RUN_CASES(test_path, docker) + RUN_CASES(test_path, refused) +
           RUN_CASES(test_path, kubernetes) + RUN_CASES(test_path, lockdown);
}
