/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Packets through the recorded rules of real software, without firewalld's own table: what each does,
 * where that is decided, and where packets go. Recorded by tests/lab/test_software_*.py, which hold
 * the same against real packets. */
#include "model/kernel/path.h"

#include "ruleset-cases.h"

#define IN      "input in enp2s0 from " OUTSIDE " to " HOST " "
#define POD_OUT "forward in cni0 out enp2s0 from 10.244.2.2 to " OUTSIDE " "

static const RulesetCase docker_28[] = {
    {"a published port", "docker-28", IN "tcp 8088", "accept, to 172.17.0.2 port 80 out docker0"},
    {"a port that is not published", "docker-28", IN "tcp 8089", "accept"},
    {"the container itself, from outside", "docker-28",
     "forward in enp2s0 out docker0 from " OUTSIDE " to 172.17.0.2 tcp 80",
     "drop in prerouting: ip raw PREROUTING"},
    {"the container, from another bridge", "docker-28",
     "forward in cni0 out docker0 from 10.244.2.2 to 172.17.0.2 tcp 80",
     "drop in prerouting: ip raw PREROUTING"},
    {"another host of its network", "docker-28",
     "forward in enp2s0 out docker0 from " OUTSIDE " to 172.17.0.3 tcp 80",
     "drop in forward: ip filter DOCKER"},
    {"the container's way out", "docker-28",
     "forward in docker0 out enp2s0 from 172.17.0.2 to " OUTSIDE " tcp 443", "accept"},
    {"a second bridge meets the policy", "docker-28", POD_OUT "tcp 443",
     "drop in forward: ip filter FORWARD"},
    {"what answers the container", "docker-28",
     "forward in enp2s0 out docker0 from " OUTSIDE " to 172.17.0.3 tcp 40000 established",
     "accept"},
};

static const RulesetCase podman[] = {
    {"netavark's published port", "podman", IN "tcp 8090",
     "accept, to 10.88.0.2 port 80 out podman0"},
    {"CNI's published port", "podman", IN "tcp 8091",
     "accept, to 10.90.0.2 port 80 out cni-podman1"},
    {"a port that is not published", "podman", IN "tcp 8092", "accept"},
    {"networks that netavark isolates", "podman",
     "forward in podman1 out podman2 from 10.91.0.2 to 10.92.0.2 tcp 80",
     "drop in forward: ip filter NETAVARK_ISOLATION_2"},
    {"a container to its own published port, without hairpin mode", "podman",
     "input in podman0 from 10.88.0.2 to 10.88.0.1 tcp 8090", "drop by routing: hairpin"},
    {"CNI's bridge is in hairpin mode", "podman",
     "input in cni-podman1 from 10.90.0.2 to 10.90.0.1 tcp 8091",
     "accept, to 10.90.0.2 port 80 out cni-podman1"},
};

static const RulesetCase cni[] = {
    {"portmap", "cni", IN "tcp 8092", "accept, to 10.85.0.2 port 80 out cni1"},
    {"portmap by UDP", "cni", IN "udp 8093", "accept, to 10.85.0.2 port 9999 out cni1"},
    {"the same number by another protocol", "cni", IN "tcp 8093", "accept"},
    {"the container to its own published port", "cni",
     "input in cni1 from 10.85.0.2 to 10.85.0.1 tcp 8092", "drop by routing: hairpin"},
    {"another container to it", "cni", "input in cni2 from 10.86.0.2 to 10.86.0.1 tcp 8092",
     "accept, to 10.85.0.2 port 80 out cni1"},
    {"the way out", "cni", "forward in cni2 out enp2s0 from 10.86.0.2 to elsewhere tcp 443",
     "accept"},
};

static const RulesetCase libvirt[] = {
    {"a machine to the outside", "libvirt",
     "forward in virbr0 out enp2s0 from 192.168.122.2 to elsewhere tcp 443", "accept"},
    {"from the outside to a machine", "libvirt",
     "forward in enp2s0 out virbr0 from " OUTSIDE " to 192.168.122.2 tcp 22",
     "reject in forward: ip filter LIBVIRT_FWI"},
    {"an answer", "libvirt",
     "forward in enp2s0 out virbr0 from " OUTSIDE " to 192.168.122.2 tcp 40000 established",
     "accept"},
    {"from one machine to another", "libvirt",
     "forward in virbr0 out virbr0 from 192.168.122.2 to 192.168.122.3 tcp 22", "accept"},
    {"to a network that is routed", "libvirt",
     "forward in enp2s0 out virbr1 from " OUTSIDE " to 192.168.123.2 tcp 22", "accept"},
    {"from one network to the other", "libvirt",
     "forward in virbr0 out virbr1 from 192.168.122.2 to 192.168.123.2 tcp 22", "accept"},
    {"a false source", "libvirt", "forward in virbr0 out enp2s0 from 10.9.9.9 to elsewhere tcp 443",
     "reject in forward: ip filter LIBVIRT_FWO"},
};

static const RulesetCase ufw[] = {
    {"what is routed", "ufw", POD_OUT "tcp 443", "drop in forward: ip filter FORWARD"},
    {"a ping that is routed", "ufw", POD_OUT "icmp 8", "accept"},
    {"a port that is allowed", "ufw", IN "tcp 22", "accept"},
    {"a port that is not", "ufw", IN "tcp 80", "drop in input: ip filter INPUT"},
    {"what the host sends", "ufw", "output out enp2s0 from " HOST " to " OUTSIDE " tcp 443",
     "accept"},
    {"an answer", "ufw", POD_OUT "tcp 443 established", "accept"},
};

static const RulesetCase kubernetes[] = {
    {"a service of two pods", "kube-proxy-nftables",
     "forward in enp2s0 out enp2s0 from " OUTSIDE " to 10.96.0.10 tcp 80",
     "accept, to 10.244.2.2 port 80 out cni0; accept, to 10.85.0.2 port 80 out cni1"},
    {"a service with client affinity", "kube-proxy-nftables",
     "forward in cni0 out enp2s0 from 10.244.2.2 to 10.96.0.11 tcp 80",
     "accept, to 10.244.2.2 port 80 out cni0"},
    {"a service without endpoints", "kube-proxy-nftables",
     "forward in cni0 out enp2s0 from 10.244.2.2 to 10.96.0.99 tcp 80",
     "reject in forward: ip kube-proxy reject-chain"},
    {"a port that the service does not have", "kube-proxy-nftables",
     "forward in cni0 out enp2s0 from 10.244.2.2 to 10.96.0.10 tcp 81",
     "reject in forward: ip kube-proxy cluster-ips-check"},
    {"an address that no service has", "kube-proxy-nftables",
     "forward in cni0 out enp2s0 from 10.244.2.2 to 10.96.7.7 tcp 80",
     "drop in forward: ip kube-proxy cluster-ips-check"},
    {"a node port", "kube-proxy-nftables", IN "tcp 30080",
     "accept, to 10.244.2.2 port 80 out cni0; accept, to 10.85.0.2 port 80 out cni1"},
    {"a node port without endpoints", "kube-proxy-nftables", IN "tcp 30099",
     "drop in prerouting: ip kube-proxy nodeport-endpoints-check"},
    {"from the host", "kube-proxy-nftables", "output out enp2s0 from " HOST " to 10.96.0.10 tcp 80",
     "accept, to 10.244.2.2 port 80 out cni0; accept, to 10.85.0.2 port 80 out cni1"},
};

static const RulesetCase by_hand[] = {
    {"a concatenation with intervals", "by-hand", POD_OUT "tcp 7105",
     "drop in forward: inet hand forward"},
    {"a mark from a map", "by-hand", POD_OUT "tcp 7110", "drop in forward: inet hand forward"},
    {"bits of a mark", "by-hand", POD_OUT "tcp 7111", "reject in forward: inet hand forward"},
    {"a mark of the connection", "by-hand", POD_OUT "tcp 7112",
     "drop in forward: inet hand forward"},
    {"a jump of a verdict map", "by-hand", POD_OUT "tcp 7121",
     "reject in forward: inet hand refuse"},
    {"a jump that returns", "by-hand", POD_OUT "tcp 7122", "drop in forward: inet hand forward"},
    {"a goto does not return", "by-hand", POD_OUT "tcp 7124", "accept"},
    {"what is not tracked", "by-hand", POD_OUT "tcp 7130", "drop in forward: inet hand forward"},
    {"before conntrack", "by-hand", POD_OUT "tcp 7131", "accept"},
    {"the way back", "by-hand", POD_OUT "tcp 7147", "accept"},
    {"the original destination", "by-hand", POD_OUT "tcp 7149",
     "drop in forward: inet hand forward"},
    {"one of three numbers", "by-hand", POD_OUT "tcp 7151", "drop in forward: inet hand forward"},
    {"a number that is never drawn", "by-hand", POD_OUT "tcp 7152", "accept"},
    {"the flags of TCP", "by-hand", POD_OUT "tcp 7157", "drop in forward: inet hand forward"},
    {"a wildcard", "by-hand", POD_OUT "tcp 7164", "drop in forward: inet hand forward"},
    {"a length that nobody knows", "by-hand", POD_OUT "tcp 7167",
     "accept; drop in forward: inet hand forward"},
    {"postrouting knows the way in", "by-hand", POD_OUT "tcp 7210",
     "drop in postrouting: inet hand late"},
    {"after the source was translated", "by-hand", POD_OUT "tcp 7213",
     "drop in postrouting: inet hand late"},
    {"translated to a port that is refused", "by-hand", IN "tcp 7203",
     "drop in forward: inet hand forward"},
    {"what was translated is told by its status", "by-hand", IN "tcp 7204",
     "drop in forward: inet hand forward"},
    {"a map of addresses and ports", "by-hand", IN "tcp 7201",
     "accept, to 10.244.2.2 port 80 out cni0"},
    {"redirected to the host", "by-hand", IN "tcp 7202",
     "accept, to 192.168.150.130 port 80 out -"},
    {"family netdev", "by-hand", IN "tcp 7230", "drop in ingress: netdev hand arrival"},
    {"family netdev, by UDP", "by-hand", IN "udp 7231", "drop in ingress: netdev hand arrival"},
    {"family bridge, before it is routed", "by-hand", POD_OUT "tcp 7240",
     "drop in bridge: bridge hand pre"},
    {"family bridge, from port to port", "by-hand",
     "forward in cni0 out cni0 from 10.244.2.2 to 10.244.2.3 tcp 7241",
     "drop in bridge: bridge hand forward"},
    {"the same port, but routed", "by-hand",
     "forward in enp2s0 out cni0 from " OUTSIDE " to 10.244.2.3 tcp 7241", "accept"},
    {"IPv6", "by-hand", "forward in cni0 out enp2s0 from fd00:1::2 to fd00:2::2 tcp 7145",
     "drop in forward: inet hand forward"},
    {"IPv6, a verdict map", "by-hand",
     "forward in cni0 out enp2s0 from fd00:1::2 to fd00:2::2 tcp 7121",
     "reject in forward: inet hand refuse"},
    {"a test of IPv4 for IPv6", "by-hand",
     "forward in cni0 out enp2s0 from fd00:1::2 to fd00:2::2 tcp 7140", "accept"},
    {"what the host sends is rejected", "by-hand",
     "output out enp2s0 from " HOST " to " OUTSIDE " tcp 7220",
     "reject in output: inet hand output"},
};

int main(void)
{
    return RUN_CASES(test_ruleset, docker_28) + RUN_CASES(test_ruleset, podman) +
           RUN_CASES(test_ruleset, cni) + RUN_CASES(test_ruleset, libvirt) +
           RUN_CASES(test_ruleset, ufw) + RUN_CASES(test_ruleset, kubernetes) +
           RUN_CASES(test_ruleset, by_hand);
}
