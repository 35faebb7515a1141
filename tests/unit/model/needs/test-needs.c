/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What hosts are there to let through, why it is thought so, and how it fares. */
#include "model/needs/needs.h"

#include "hosts.h"
#include "rules.h"

/* A router: its own network on a bridge of hardware, the Internet on a card. */
#define ROUTER                                                                                     \
    "link wan0 physical addr 198.51.100.2/24\nlink lan0 physical addr 192.168.1.1/24\n"            \
    "route 0.0.0.0/0 dev wan0 via 198.51.100.1\nzone public\nzone internal\n"                      \
    "zone external masquerade yes\n"
/* Docker has turned forwarding on; the second card leads to storage. */
#define DOCKER                                                                                     \
    "link eth0 physical addr 192.0.2.10/24\nlink stor0 physical addr 10.9.0.10/24\n"               \
    "link docker0 bridge addr 172.17.0.1/16\nroute 0.0.0.0/0 dev eth0 via 192.0.2.1\n"             \
    "zone public\nzone docker target ACCEPT\nbind docker docker0\nbind public eth0\n"              \
    "bind public stor0\n"
#define LIBVIRT                                                                                    \
    "link eth0 physical addr 192.0.2.10/24\nlink virbr0 bridge addr 192.168.122.1/24\n"            \
    "route 0.0.0.0/0 dev eth0 via 192.0.2.1\nzone public\nbind public eth0\n"                      \
    "socket udp 0.0.0.0 67 on virbr0\nsocket udp 192.168.122.1 53\nsocket tcp 192.168.122.1 53\n"

#define CALICO                                                                                     \
    "link eth0 physical addr 192.0.2.10/24\nlink cali1 veth\nlink cali2 veth\nlink cali3 veth\n"   \
    "route 0.0.0.0/0 dev eth0 via 192.0.2.1\nnet 10.244.1.5/32 dev cali1\n"                        \
    "net 10.244.1.6/32 dev cali2\nnet 10.244.1.7/32 dev cali3\nzone public\n"                      \
    "zone trusted target ACCEPT\nbind public eth0\n"
#define BIRD "net 10.244.2.0/26 dev eth0 via 192.0.2.11 proto 12\n"
#define SITES                                                                                      \
    "link wan0 physical addr 198.51.100.2/24\nlink lan0 physical addr 192.168.1.1/24\n"            \
    "link wg0 wireguard addr 10.8.0.1/24\nroute 0.0.0.0/0 dev wan0\nnet 192.168.2.0/24 dev wg0\n"  \
    "net 10.8.0.9/32 dev wg0\nzone public\nzone internal\nzone trusted target ACCEPT\n"            \
    "bind public wan0\nbind internal lan0\nbind public wg0\n"
#define FLANNEL                                                                                    \
    "link eth0 physical addr 192.0.2.10/24\nlink cni0 bridge addr 10.244.0.1/24\n"                 \
    "route 0.0.0.0/0 dev eth0 via 192.0.2.1\nzone public\nbind public eth0\n"

typedef struct {
    const char *name;
    const char *host;
    const char *downstream; /* declared; NULL: none */
    const char *needs;      /* a line each: certainty, kind, reason, links, service, coverage */
} NeedCase;

static const NeedCase cases[] = {
    {"one card", "link eth0 physical addr 192.0.2.1/24\nroute 0.0.0.0/0 dev eth0\nzone public",
     NULL, ""},
    {"a router that masquerades", ROUTER "bind external wan0\nbind internal lan0", NULL,
     "evident lan-to-wan zone-translates lan0>wan0 refused\n"},
    {"by a rich rule",
     ROUTER
     "bind public wan0\nbind internal lan0\nchange public rich 'rule family=ipv4 masquerade'",
     NULL, "evident lan-to-wan zone-translates lan0>wan0 refused\n"},
    {"a router whose forwarding is off",
     "host forwarding4 no\n" ROUTER "bind external wan0\nbind internal lan0", NULL, ""},
    {"two cards that forward, and nothing else", ROUTER "bind public wan0\nbind internal lan0",
     NULL, "possible lan-to-wan forwarding lan0>wan0 refused\n"},
    {"the user says so", ROUTER "bind public wan0\nbind internal lan0", "lan0",
     "declared lan-to-wan declared lan0>wan0 refused\n"},
    {"a policy that accepts",
     ROUTER "bind public wan0\nbind internal lan0\n"
            "policy out ingress internal egress public target ACCEPT",
     NULL, "evident lan-to-wan policy lan0>wan0 accepted\n"},
    {"a policy that accepts, and is disabled",
     ROUTER "bind public wan0\nbind internal lan0\n"
            "policy out ingress internal egress public target ACCEPT disabled",
     NULL, "possible lan-to-wan forwarding lan0>wan0 refused\n"},
    {"a policy that refuses on purpose",
     ROUTER "bind external wan0\nbind internal lan0\n"
            "policy out ingress internal egress external target REJECT",
     NULL, ""},
    {"a policy that masquerades",
     ROUTER "bind public wan0\nbind internal lan0\n"
            "policy out ingress internal egress ANY masquerade yes",
     NULL, "evident lan-to-wan policy-translates lan0>wan0 refused\n"},
    {"the network a source of the zone that the policy names",
     ROUTER "bind public wan0\nchange internal sources 192.168.1.0/24\n"
            "policy out ingress internal egress public target ACCEPT",
     NULL, "evident lan-to-wan policy lan0>wan0 accepted\n"},
    {"it serves addresses there",
     ROUTER "bind public wan0\nbind internal lan0\nsocket udp 0.0.0.0 67 on lan0", NULL,
     "evident lan-to-wan served lan0>wan0 refused\n"
     "evident host-service listened lan0> dhcp refused\n"},
    {"a client for addresses is no server",
     ROUTER "bind public wan0\nbind internal lan0\nsocket udp 192.168.1.1 68 on lan0", NULL,
     "possible lan-to-wan forwarding lan0>wan0 refused\n"},

    {"a rich rule that masquerades nothing",
     ROUTER "bind public wan0\nbind internal lan0\nchange public rich 'rule service name=ssh "
            "accept' rich 'rule nonsense'",
     NULL, "possible lan-to-wan forwarding lan0>wan0 refused\n"},
    {"a policy that drops on purpose",
     ROUTER "bind external wan0\nbind internal lan0\n"
            "policy out ingress internal egress external target DROP",
     NULL, ""},
    {"policies that masquerade other ways",
     ROUTER "bind public wan0\nbind internal lan0\n"
            "policy a ingress external egress public masquerade yes\n"
            "policy b ingress internal egress external masquerade yes\n"
            "policy c ingress ANY egress ANY\n"
            "policy d ingress ANY egress ANY masquerade yes disabled",
     NULL, "possible lan-to-wan forwarding lan0>wan0 refused\n"},
    {"a router of IPv6 alone",
     "host forwarding4 no forwarding6 yes\nlink wan0 physical addr fd00:2::2/64\n"
     "link lan0 physical addr fd00:1::1/64\nroute ::/0 dev wan0 via fe80::1\nzone public\n"
     "zone internal\nbind public wan0\nbind internal lan0",
     NULL, "possible lan-to-wan forwarding lan0>wan0 refused\n"},
    {"no zone filters the way out", ROUTER "firewalld 1.3.3 -", NULL,
     "possible lan-to-wan forwarding lan0>wan0 open\n"},

    {"Docker, and a card for storage", DOCKER, NULL,
     "possible lan-to-wan forwarding stor0>eth0 accepted\n"},
    {"something for containers only", DOCKER "socket tcp 172.17.0.1 5432\nsocket tcp 0.0.0.0 22",
     NULL,
     "possible lan-to-wan forwarding stor0>eth0 accepted\n"
     "evident host-service listened docker0> 5432/tcp accepted\n"},
    {"ntpd binds each address of the host",
     DOCKER "socket udp 192.0.2.10 123\nsocket udp 10.9.0.10 123\nsocket udp 172.17.0.1 123", NULL,
     "possible lan-to-wan forwarding stor0>eth0 accepted\n"},

    {"a web server on the address of each network is for none in particular",
     DOCKER "link br-0a1b2c3d4e5f bridge addr 172.18.0.1/16\nsocket tcp 172.18.0.1 443\n"
            "socket tcp 172.17.0.1 443\nsocket udp 172.18.0.1 53",
     NULL,
     "possible lan-to-wan forwarding stor0>eth0 accepted\n"
     "evident host-service listened br-0a1b2c3d4e5f> dns refused\n"},
    {"libvirt's network in no zone", LIBVIRT, NULL,
     "evident host-service listened virbr0> dhcp refused\n"
     "evident host-service listened virbr0> dns refused\n"
     "evident host-service listened virbr0> dns refused\n"},
    {"in its zone", LIBVIRT "zone libvirt target ACCEPT services dhcp,dns\nbind libvirt virbr0",
     NULL,
     "evident host-service listened virbr0> dhcp accepted\n"
     "evident host-service listened virbr0> dns accepted\n"
     "evident host-service listened virbr0> dns accepted\n"},
    {"its network a source of trusted: who has no address yet is not in it",
     LIBVIRT "zone trusted target ACCEPT sources 192.168.122.0/24", NULL,
     "evident host-service listened virbr0> dhcp refused\n"
     "evident host-service listened virbr0> dns accepted\n"
     "evident host-service listened virbr0> dns accepted\n"},
    {"named beside it binds each address", LIBVIRT "socket udp 192.0.2.10 53", NULL,
     "evident host-service listened virbr0> dhcp refused\n"
     "evident host-service listened virbr0> dns refused\n"
     "evident host-service listened virbr0> dns refused\n"},
    {"IPv6", LIBVIRT "host forwarding6 yes\nsocket udp :: 547 on virbr0", NULL,
     "evident host-service listened virbr0> dhcp refused\n"
     "evident host-service listened virbr0> dns refused\n"
     "evident host-service listened virbr0> dns refused\n"
     "evident host-service listened virbr0> dhcpv6 refused\n"},
    {"bound to the link, for both families",
     LIBVIRT "zone libvirt interfaces virbr0\nsocket tcp :: 8080 on virbr0\n"
             "socket tcp :: 9090 on virbr0 only6",
     NULL,
     "evident host-service listened virbr0> dhcp refused\n"
     "evident host-service listened virbr0> dns refused\n"
     "evident host-service listened virbr0> dns refused\n"
     "evident host-service listened virbr0> 8080/tcp refused\n"},
    {"a service on an address of IPv6",
     LIBVIRT "host forwarding6 yes\nlink virbr1 bridge addr fd00:5::1/64\n"
             "socket tcp fd00:5::1 8443\nsocket udp fd00:5::1 40000",
     NULL,
     "evident host-service listened virbr0> dhcp refused\n"
     "evident host-service listened virbr0> dns refused\n"
     "evident host-service listened virbr0> dns refused\n"
     "evident host-service listened virbr1> 8443/tcp refused\n"},
    {"of IPv6 alone, where the link has none",
     LIBVIRT "socket tcp :: 9090 on virbr0 only6\nsocket tcp 192.168.122.1 67", NULL,
     "evident host-service listened virbr0> dhcp refused\n"
     "evident host-service listened virbr0> dns refused\n"
     "evident host-service listened virbr0> dns refused\n"
     "evident host-service listened virbr0> 67/tcp refused\n"},
    {"names for all addresses, on a bridge that nobody is known to have made",
     LIBVIRT "link br7 bridge addr 10.7.0.1/24\nsocket udp 192.0.2.10 53\nsocket udp 10.7.0.1 53",
     NULL,
     "evident host-service listened virbr0> dhcp refused\n"
     "evident host-service listened virbr0> dns refused\n"
     "evident host-service listened virbr0> dns refused\n"},
    {"clients for addresses, and servers of nobody's network",
     LIBVIRT "link bare bridge\nsocket udp 0.0.0.0 68 on virbr0\nsocket udp :: 546 on virbr0\n"
             "socket tcp 0.0.0.0 8080 on bare\nsocket tcp 0.0.0.0 8081 on eth0",
     NULL,
     "evident host-service listened virbr0> dhcp refused\n"
     "evident host-service listened virbr0> dns refused\n"
     "evident host-service listened virbr0> dns refused\n"},
    {"names on all addresses are none that Docker serves",
     DOCKER "socket udp 192.0.2.10 53\nsocket udp 172.17.0.1 53", NULL,
     "possible lan-to-wan forwarding stor0>eth0 accepted\n"},
    {"DHCPv6 that waits on an address",
     LIBVIRT "host forwarding6 yes\nlink virbr1 bridge addr fd00:5::1/64\n"
             "socket udp fd00:5::1 547",
     NULL,
     "evident host-service listened virbr0> dhcp refused\n"
     "evident host-service listened virbr0> dns refused\n"
     "evident host-service listened virbr0> dns refused\n"
     "evident host-service listened virbr1> dhcpv6 refused\n"},
    {"bound to the link, on an address that is another's",
     LIBVIRT "socket tcp 10.99.0.1 8080 on virbr0", NULL,
     "evident host-service listened virbr0> dhcp refused\n"
     "evident host-service listened virbr0> dns refused\n"
     "evident host-service listened virbr0> dns refused\n"
     "evident host-service listened virbr0> 8080/tcp refused\n"},
    {"the link is down, and the socket bound to it",
     "link eth0 physical addr 192.0.2.10/24\nlink virbr0 bridge addr 192.168.122.1/24 down\n"
     "route 0.0.0.0/0 dev eth0 via 192.0.2.1\nzone public\nsocket udp 0.0.0.0 67 on virbr0",
     NULL, ""},
    {"the link is down",
     "link eth0 physical addr 192.0.2.10/24\nlink virbr0 bridge addr 192.168.122.1/24 down\n"
     "route 0.0.0.0/0 dev eth0 via 192.0.2.1\nzone public\nsocket udp 192.168.122.1 53",
     NULL, ""},
    {"names for a router's own network, which DHCP is served to",
     ROUTER "bind external wan0\nbind internal lan0\nsocket tcp 192.168.1.1 8080\n"
            "socket udp 198.51.100.2 123\nsocket udp 192.168.1.1 123\nsocket udp 198.51.100.2 67",
     NULL,
     "evident lan-to-wan zone-translates lan0>wan0 refused\n"
     "evident host-service listened lan0> 8080/tcp refused\n"},
    {"a socket on all addresses is for nobody in particular", LIBVIRT "socket udp 0.0.0.0 69", NULL,
     "evident host-service listened virbr0> dhcp refused\n"
     "evident host-service listened virbr0> dns refused\n"
     "evident host-service listened virbr0> dns refused\n"},

    {"Calico: pods reach one another through the host", CALICO, NULL,
     "evident pod-to-pod host-routes cali1>cali2 refused\n"},
    {"in trusted by their network", CALICO "change trusted sources 10.244.0.0/16", NULL,
     "evident pod-to-pod host-routes cali1>cali2 accepted\n"},
    {"bound by a wildcard", CALICO "change public interfaces eth0,cali+", NULL,
     "evident pod-to-pod host-routes cali1>cali2 accepted\n"},
    {"one of three bound: all ways between the two groups", CALICO "bind public cali2", NULL,
     "evident pod-to-pod host-routes cali1>cali3 refused\n"
     "evident pod-to-pod host-routes cali1>cali2 accepted\n"
     "evident pod-to-pod host-routes cali2>cali1 refused\n"},
    {"forwarding is off", CALICO "host forwarding4 no", NULL, ""},
    {"pods that are down, and pods of netkit",
     CALICO "link cali4 veth down\nnet 10.244.1.8/32 dev cali4\nlink n1 netkit\n"
            "net 10.244.1.9/32 dev n1\nbind public n1",
     NULL,
     "evident pod-to-pod host-routes cali1>cali2 refused\n"
     "evident pod-to-pod host-routes cali1>n1 accepted\n"
     "evident pod-to-pod host-routes n1>cali1 refused\n"},
    {"pods of other nodes, by bird", CALICO BIRD, NULL,
     "evident pod-to-pod host-routes cali1>cali2 refused\n"
     "evident node-to-pod routed eth0>cali1 refused\n"
     "possible node-to-pod routed eth0>cali1 refused\n"},
    {"in trusted by their network, without the nodes'",
     CALICO BIRD "change trusted sources 10.244.0.0/16", NULL,
     "evident pod-to-pod host-routes cali1>cali2 accepted\n"
     "evident node-to-pod routed eth0>cali1 accepted\n"
     "possible node-to-pod routed eth0>cali1 refused\n"},
    {"by a tunnel",
     CALICO "link tunl0 ipip addr 10.244.1.0/32\n"
            "net 10.244.2.0/26 dev tunl0 via 192.0.2.11 proto 12\n",
     NULL,
     "evident pod-to-pod host-routes cali1>cali2 refused\n"
     "evident node-to-pod routed tunl0>cali1 refused\n"
     "evident node-to-pod routed cali1>tunl0 refused\n"},
    {"a route by hand to somewhere else", CALICO "net 172.20.0.0/16 dev eth0 via 192.0.2.9 proto 4",
     NULL, "evident pod-to-pod host-routes cali1>cali2 refused\n"},
    {"a route by hand near the pods", CALICO "net 10.244.2.0/26 dev eth0 via 192.0.2.11 proto 4",
     NULL,
     "evident pod-to-pod host-routes cali1>cali2 refused\n"
     "evident node-to-pod routed eth0>cali1 refused\n"
     "possible node-to-pod routed eth0>cali1 refused\n"},
    {"a route near the pods to the network itself", CALICO "net 10.244.2.0/26 dev eth0 proto 4",
     NULL, "evident pod-to-pod host-routes cali1>cali2 refused\n"},
    {"a route that the router's advertisement brought, near the pods",
     CALICO "net 10.244.2.0/26 dev eth0 via 192.0.2.11 proto 9", NULL,
     "evident pod-to-pod host-routes cali1>cali2 refused\n"},
    {"pods of other nodes through an overlay",
     CALICO "link vxlan.calico vxlan addr 10.244.1.0/32\n"
            "net 10.244.2.0/26 dev vxlan.calico via 10.244.2.0 proto 80",
     NULL,
     "evident pod-to-pod host-routes cali1>cali2 refused\n"
     "evident node-to-pod routed vxlan.calico>cali1 refused\n"
     "evident node-to-pod routed cali1>vxlan.calico refused\n"},
    {"an uplink that is down",
     CALICO "link eth1 physical addr 192.0.3.10/24 down\n"
            "net 10.244.2.0/26 dev eth1 via 192.0.3.11 proto 12",
     NULL, "evident pod-to-pod host-routes cali1>cali2 refused\n"},
    {"pods of IPv6",
     CALICO "host forwarding4 no forwarding6 yes\nnet fd00:244::5/128 dev cali1\n"
            "net fd00:244::6/128 dev cali2\nnet fd00:244:0:1::/64 dev eth0 via fe80::11 proto 4\n"
            "net 10.244.2.0/26 dev eth0 via 192.0.2.11 proto 12",
     NULL,
     "evident pod-to-pod host-routes cali1>cali2 refused\n"
     "evident node-to-pod routed eth0>cali1 refused\n"},
    {"one pod",
     "link eth0 physical addr 192.0.2.10/24\nlink pod netkit\nlink away netkit down\n"
     "link other veth\nroute 0.0.0.0/0 dev eth0 via 192.0.2.1\nnet 10.244.1.5/32 dev pod\n"
     "net 10.244.1.6/32 dev away\nnet 10.9.0.0/24 dev other\nzone public\n" BIRD,
     NULL,
     "evident node-to-pod routed eth0>pod refused\n"
     "possible node-to-pod routed eth0>pod refused\n"},
    {"networks that are no neighbours of the bridge's",
     FLANNEL "host forwarding6 yes\nlink big bridge addr 10.77.0.1/16\nlink bare bridge\n"
             "net 10.78.0.0/16 dev eth0 via 192.0.2.11\nnet 10.244.1.0/25 dev eth0 via 192.0.2.11\n"
             "net 10.244.0.0/24 dev eth0 via 192.0.2.11\nnet fd00:7::/64 dev eth0 via fe80::11\n"
             "net 10.244.1.0/24 dev eth0",
     NULL, ""},
    {"a bridge that does not forward",
     "link eth0 physical addr 192.0.2.10/24\nlink cni0 bridge addr 10.244.0.1/24 forwarding no\n"
     "route 0.0.0.0/0 dev eth0 via 192.0.2.1\nzone public\n"
     "net 10.244.1.0/24 dev eth0 via 192.0.2.11",
     NULL, ""},
    {"flannel's host-gw", FLANNEL "net 10.244.1.0/24 dev eth0 via 192.0.2.11", NULL,
     "evident node-to-pod routed eth0>cni0 refused\n"},
    {"a route by hand beside a bridge", FLANNEL "net 10.99.1.0/24 dev eth0 via 192.0.2.11", NULL,
     ""},
    {"flannel's WireGuard",
     FLANNEL "link flannel-wg wireguard addr 10.244.0.0/32\nnet 10.244.0.0/16 dev flannel-wg", NULL,
     "evident site-to-site routed cni0>flannel-wg refused\n"
     "evident site-to-site routed flannel-wg>cni0 refused\n"},

    {"two sites", SITES, NULL,
     "possible lan-to-wan forwarding lan0>wan0 refused\n"
     "evident site-to-site routed lan0>wg0 refused\n"
     "evident site-to-site routed wg0>lan0 refused\n"},
    {"two sites in one zone", SITES "change public interfaces wan0\nbind internal wg0", NULL,
     "possible lan-to-wan forwarding lan0>wan0 refused\n"
     "evident site-to-site routed lan0>wg0 accepted\n"
     "evident site-to-site routed wg0>lan0 accepted\n"},
    {"a policy keeps the other site out",
     SITES "policy out ingress public egress internal target DROP", NULL,
     "possible lan-to-wan forwarding lan0>wan0 refused\n"
     "evident site-to-site routed lan0>wg0 refused\n"},
    {"beside containers, which need forwarding themselves",
     SITES "link docker0 bridge addr 172.17.0.1/16\nzone docker target ACCEPT interfaces docker0",
     NULL,
     "possible lan-to-wan forwarding lan0>wan0 refused\n"
     "possible site-to-site forwarding lan0>wg0 refused\n"
     "possible site-to-site forwarding wg0>lan0 refused\n"
     "evident site-to-site routed docker0>wg0 accepted\n"},
    {"a VPN for some networks, and containers",
     FLANNEL "link tun0 tun addr 10.9.8.2/24\nnet 10.20.0.0/16 dev tun0", NULL,
     "evident site-to-site routed cni0>tun0 refused\n"},
    {"a tunnel that is down",
     FLANNEL "link tun0 tun addr 10.9.8.2/24 down\nnet 10.20.0.0/16 dev tun0", NULL, ""},
    {"a tunnel without an address, and the user's word for the network",
     ROUTER "bind public wan0\nbind internal lan0\nlink wg0 wireguard\nnet 10.20.0.0/16 dev wg0",
     "lan0",
     "declared lan-to-wan declared lan0>wan0 refused\n"
     "declared site-to-site routed lan0>wg0 refused\n"
     "declared site-to-site routed wg0>lan0 refused\n"},
    {"pods and a VPN for some networks",
     CALICO "link tun0 tun addr 10.9.8.2/24\n"
            "net 10.20.0.0/16 dev tun0",
     NULL,
     "evident pod-to-pod host-routes cali1>cali2 refused\n"
     "evident site-to-site routed cali1>tun0 refused\n"},
    {"a VPN for networks of the other family",
     FLANNEL "host forwarding6 yes\nlink tun0 tun addr 10.9.8.2/24\nnet fd00:20::/64 dev tun0",
     NULL, ""},
    {"the worst of several sites",
     FLANNEL "link tun0 tun addr 10.9.8.2/24\nnet 10.20.0.0/16 dev tun0\n"
             "net 10.21.0.0/16 dev tun0\nnet 10.22.0.0/16 dev tun0\n"
             "change public forward yes interfaces eth0,cni0 sources 10.20.0.0/16",
     NULL, "evident site-to-site routed cni0>tun0 refused\n"},
    {"peers of a tunnel are no networks",
     FLANNEL "link wg0 wireguard addr 10.9.8.1/24\nnet 10.9.8.7/32 dev wg0", NULL, ""},
};

static const char *coverage_text(Coverage coverage)
{
    static const char *const words[] = {"idle", "accepted", "open", "elsewhere", "refused"};
    return words[coverage];
}

static char *needs_text(const GPtrArray *needs)
{
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < needs->len; i++) {
        const Need *need = g_ptr_array_index(needs, i);
        g_string_append_printf(
            text, "%s %s %s %s>%s%s%s %s\n", need_certainty_word(need->certainty),
            need_kind_word(need->kind), need_reason_word(need->reason),
            need->in != NULL ? need->in->name : "", need->out != NULL ? need->out->name : "",
            need->service != NULL ? " " : "", need->service != NULL ? need->service : "",
            coverage_text(need->way.coverage));
    }
    return g_string_free(text, FALSE);
}

static void test_needs(void **state)
{
    const NeedCase *test = *state;
    g_autoptr(Snapshot) snapshot = sketch(test->host);
    const char *const names[] = {test->downstream, NULL};
    const Declared declared = {.downstreams = names};
    g_autoptr(Topology) topology = topology_new(snapshot, &declared);
    g_autoptr(CoverageMap) map = coverage_map_new(snapshot, topology);
    g_autoptr(GPtrArray) needs = needs_of(snapshot, topology, map);
    g_autofree char *text = needs_text(needs);
    assert_string_equal(text, test->needs);
}

/* ---- ports that rules publish ---- */

typedef struct {
    const char *name; /* of the fixture */
    const char *needs;
} PublishedCase;

static const PublishedCase published[] = {
    {"rulesets/docker", "evident published-port published enp2s0> 8088/tcp accepted\n"},
    {"rulesets/docker-28", "evident published-port published enp2s0> 8088/tcp accepted\n"},
    {"rulesets/docker-kube-proxy",
     "evident published-port published enp2s0> 8088/tcp accepted\n"
     "evident published-port published enp2s0> 30080/tcp elsewhere\n"},
    {"rulesets/podman", "evident published-port published enp2s0> 8090/tcp accepted\n"
                        "evident published-port published enp2s0> 8091/tcp accepted\n"},
    {"rulesets/cni", "evident published-port published enp2s0> 8092/tcp accepted\n"
                     "evident published-port published enp2s0> 8093/udp accepted\n"},
    {"rulesets/kube-proxy-nftables",
     "evident published-port published enp2s0> 30080/tcp accepted\n"},
    {"rulesets/libvirt", ""},
    {"rulesets/ufw", ""},
};

static void test_published(void **state)
{
    const PublishedCase *test = *state;
    g_autoptr(Snapshot) snapshot = host_read(test->name);
    g_autoptr(Topology) topology = topology_new(snapshot, NULL);
    g_autoptr(CoverageMap) map = coverage_map_new(snapshot, topology);
    g_autoptr(GPtrArray) needs = needs_of(snapshot, topology, map);
    g_autofree char *text = needs_text(needs);
    assert_string_equal(text, test->needs);
}

/* ---- what other programs' rules show ---- */

#define ROUTED                                                                                     \
    ROUTER "bind public wan0\nbind internal lan0\nrule 4 table 254\nrule 6 table 254\n"            \
           "net 192.168.1.0/24 dev lan0 proto 2\nnet 198.51.100.0/24 dev wan0 proto 2\n"
#define NAT "table ip n\nchain p prerouting -100 nat\n"

static const NeedCase ruled[] = {
    {"another program masquerades the network",
     "table ip n\nchain p postrouting 100 nat\noif=wan0 masquerade\n", NULL,
     "evident lan-to-wan program-translates lan0>wan0 refused\n"},
    {"another program masquerades another one",
     "table ip n\nchain p postrouting 100 nat\noif=lan0 masquerade\n", NULL,
     "possible lan-to-wan forwarding lan0>wan0 refused\n"},
    {"a part of the network only",
     "table ip n\nchain p postrouting 100 nat\nsaddr=192.168.1.7 masquerade\n", NULL,
     "possible lan-to-wan forwarding lan0>wan0 refused\n"},
    {"what another program drops is not translated",
     "table ip n\nchain f forward 0\niif=lan0 drop\nchain p postrouting 100 nat\nmasquerade\n",
     NULL, "possible lan-to-wan forwarding lan0>wan0 refused\n"},
    {"a port", NAT "proto=6 dport=8080 dnat:192.168.1.7:80", NULL,
     "possible lan-to-wan forwarding lan0>wan0 refused\n"
     "evident published-port published wan0> 8080/tcp accepted\n"},
    {"a port twice",
     NAT "proto=6 dport=8080 dnat:192.168.1.7:80\nproto=6 dport=8080 "
         "dnat:192.168.1.8:80",
     NULL,
     "possible lan-to-wan forwarding lan0>wan0 refused\n"
     "evident published-port published wan0> 8080/tcp accepted\n"},
    {"the port of another protocol, and of one that has none",
     NAT "proto=132 dport=99 dnat:192.168.1.7\nproto=17 dport=99 dnat:192.168.1.7\n"
         "proto=47 dport=98 dnat:192.168.1.7\ndport=97 dnat:192.168.1.7\niif=wan0 "
         "proto=6 dnat:192.168.1.7",
     NULL,
     "possible lan-to-wan forwarding lan0>wan0 refused\n"
     "evident published-port published wan0> 99/sctp accepted\n"
     "evident published-port published wan0> 99/udp accepted\n"
     "evident published-port published wan0> 97/tcp accepted\n"
     "evident published-port published wan0> 97/udp accepted\n"
     "evident published-port published wan0> all/tcp accepted\n"},
    {"from a source port", NAT "proto=6 sport=8080 dnat:192.168.1.7", NULL,
     "possible lan-to-wan forwarding lan0>wan0 refused\n"
     "evident published-port published wan0> all/tcp accepted\n"},
    {"all but a port", NAT "proto=6 payload:2:2:2:r0 cmp:1:r0:p8080 dnat:192.168.1.7", NULL,
     "possible lan-to-wan forwarding lan0>wan0 refused\n"
     "evident published-port published wan0> 8079/tcp accepted\n"
     "evident published-port published wan0> 8081/tcp accepted\n"},
    {"everything", NAT "iif=wan0 dnat:192.168.1.7", NULL,
     "possible lan-to-wan forwarding lan0>wan0 refused\n"
     "evident published-port published wan0> all accepted\n"},
    {"a set of ports, a range among them",
     "table ip n\nset s 2 p80 p8000..p8100\nchain p prerouting -100 nat\n"
     "proto=6 payload:2:2:2:r0 lookup:s:r0 dnat:192.168.1.7",
     NULL,
     "possible lan-to-wan forwarding lan0>wan0 refused\n"
     "evident published-port published wan0> 80/tcp accepted\n"
     "evident published-port published wan0> 8000/tcp accepted\n"
     "evident published-port published wan0> 8100/tcp accepted\n"},
    {"a map of protocols and ports to chains, for this host and another",
     "table ip n\nset m 12 198.51.100.2+b6+p80=jump:web 203.0.113.9+b6+p81=jump:web\n"
     "chain p prerouting -100 nat\npayload:1:16:4:r0 meta:16:r1 payload:2:2:2:r2 "
     "vmap:m:r0:yes\nchain web\nproto=6 dnat:192.168.1.7:8080",
     NULL,
     "possible lan-to-wan forwarding lan0>wan0 refused\n"
     "evident published-port published wan0> 80/tcp accepted\n"},
    {"a port that is named on the way to the rule",
     NAT "proto=6 dport=8080 jump:a\nchain a\njump:b\nchain b\ndnat:192.168.1.7", NULL,
     "possible lan-to-wan forwarding lan0>wan0 refused\n"
     "evident published-port published wan0> 8080/tcp accepted\n"},
    {"chains that lead to one another",
     NAT "jump:a\nchain a\njump:b\nchain b\njump:a\nproto=6 dport=8080 dnat:192.168.1.7", NULL,
     "possible lan-to-wan forwarding lan0>wan0 open\n"
     "evident published-port published wan0> 8080/tcp open\n"},
    {"iptables' list of ports, and one that another program closes",
     NAT "proto=6 "
         "match:multiport:1:"
         "0x01035000901f9a1f00000000000000000000000000000000000000000000000000010000000000000000000"
         "000000000 dnat:192.168.1.7\n"
         "chain f forward 0\nproto=6 dport=8080 drop",
     NULL,
     "possible lan-to-wan forwarding lan0>wan0 refused\n"
     "evident published-port published wan0> 80/tcp accepted\n"
     "evident published-port published wan0> 8080/tcp elsewhere\n"
     "evident published-port published wan0> 8090/tcp accepted\n"},
    {"a port with a match that is not understood, closed by another program",
     NAT "proto=6 dport=8080 match:odd:0 dnat:192.168.1.7\nchain f forward 0\n"
         "daddr=192.168.1.7 drop",
     NULL,
     "possible lan-to-wan forwarding lan0>wan0 refused\n"
     "evident published-port published wan0> 8080/tcp elsewhere\n"},
    {"all ports, with a match that is not understood, closed by another program",
     NAT "proto=6 match:odd:0 dnat:192.168.1.7\nchain f forward 0\ndaddr=192.168.1.7 drop", NULL,
     "possible lan-to-wan forwarding lan0>wan0 refused\n"
     "evident published-port published wan0> all/tcp elsewhere\n"},
    {"what is sent to another address of this host",
     NAT "daddr=192.168.1.1 proto=6 dport=8080 dnat:192.168.1.7", NULL,
     "possible lan-to-wan forwarding lan0>wan0 refused\n"
     "evident published-port published wan0> 8080/tcp accepted\n"},
    {"what is sent to another host", NAT "daddr=203.0.113.9 proto=6 dport=8080 dnat:192.168.1.7",
     NULL, "possible lan-to-wan forwarding lan0>wan0 refused\n"},
    {"a rule for the other family",
     "table inet n\nchain p prerouting -100 nat\nmeta:15:r0 cmp:0:r0:b10 proto=6 dport=8080 "
     "dnat:192.168.1.7",
     NULL, "possible lan-to-wan forwarding lan0>wan0 refused\n"},
    {"what the uplink never sees", NAT "iif=lan0 proto=6 dport=8080 dnat:192.168.1.7", NULL,
     "possible lan-to-wan forwarding lan0>wan0 refused\n"},
    {"of both families",
     "table inet n\nchain p prerouting -100 nat\nproto=6 dport=8080 "
     "dnat:192.168.1.7",
     NULL,
     "possible lan-to-wan forwarding lan0>wan0 refused\n"
     "evident published-port published wan0> 8080/tcp accepted\n"},
    {"iptables' way of saying it",
     NAT "proto=6 match:tcp:0:0x0000ffff901f901f00000000 dnat:192.168.1.7", NULL,
     "possible lan-to-wan forwarding lan0>wan0 refused\n"
     "evident published-port published wan0> 8080/tcp accepted\n"},
    {"a range of ports", NAT "proto=6 match:tcp:0:0x0000ffff901f911f00000000 dnat:192.168.1.7",
     NULL,
     "possible lan-to-wan forwarding lan0>wan0 refused\n"
     "evident published-port published wan0> 8080/tcp accepted\n"
     "evident published-port published wan0> 8081/tcp accepted\n"},
    {"rules that say less than they should",
     NAT "cmp:0:r0:p8080 iif=x dnat:192.168.1.7\nproto=6 match:tcp:0 iif=x dnat:192.168.1.7\n"
         "proto=6 match:udp:0:0x00 iif=x dnat:192.168.1.7\nproto=6 match:mark:0:0x00 iif=x "
         "dnat:192.168.1.7\nproto=6 payload:2:2:2:r0 cmp:0:r1:p8080 iif=x dnat:192.168.1.7\n"
         "proto=6 payload:2:2:4:r0 cmp:0:r0:p8080 iif=x dnat:192.168.1.7\n"
         "proto=6 payload:2:2:2:r0 cmp:0:r0:b1 iif=x dnat:192.168.1.7\n"
         "proto=6 payload:1:2:2:r0 cmp:0:r0:p8080 iif=x dnat:192.168.1.7",
     NULL, "possible lan-to-wan forwarding lan0>wan0 refused\n"},
    {"rules that cannot be followed",
     NAT "proto=6 payload:2:2:2:r0 cmp:0:r0 dnat:192.168.1.7\n"
         "proto=6 payload:2:2:2:r0 range:0:r0:p8080:b1 dnat:192.168.1.7\n"
         "proto=6 payload:2:2:2:r0 lookup:gone:r0 dnat:192.168.1.7",
     NULL,
     "possible lan-to-wan forwarding lan0>wan0 refused\n"
     "evident published-port published wan0> all/tcp open\n"},
    {"a port that another program closes again",
     NAT "proto=6 dport=8080 dnat:192.168.1.7:80\nchain f forward 0\ndaddr=192.168.1.7 drop", NULL,
     "possible lan-to-wan forwarding lan0>wan0 refused\n"
     "evident published-port published wan0> 8080/tcp elsewhere\n"},
    {"a source that is translated is no port", NAT "proto=6 dport=8080 snat:192.168.1.7", NULL,
     "possible lan-to-wan forwarding lan0>wan0 refused\n"},
    {"from a port on, and up to another",
     NAT "proto=6 payload:2:2:2:r0 cmp:5:r0:p8000 cmp:3:r0:p8100 dnat:192.168.1.7", NULL,
     "possible lan-to-wan forwarding lan0>wan0 refused\n"
     "evident published-port published wan0> 8000/tcp accepted\n"
     "evident published-port published wan0> 8100/tcp accepted\n"},
    {"above a port, and below another",
     NAT "proto=6 payload:2:2:2:r0 cmp:4:r0:p8000 cmp:2:r0:p8100 dnat:192.168.1.7", NULL,
     "possible lan-to-wan forwarding lan0>wan0 refused\n"
     "evident published-port published wan0> 8001/tcp accepted\n"
     "evident published-port published wan0> 8099/tcp accepted\n"},
    {"a range in one expression",
     NAT "proto=6 payload:2:2:2:r0 range:0:r0:p8000:p8100 dnat:192.168.1.7", NULL,
     "possible lan-to-wan forwarding lan0>wan0 refused\n"
     "evident published-port published wan0> 8000/tcp accepted\n"
     "evident published-port published wan0> 8100/tcp accepted\n"},
    {"all but a range", NAT "proto=6 payload:2:2:2:r0 range:1:r0:p8000:p8100 dnat:192.168.1.7",
     NULL,
     "possible lan-to-wan forwarding lan0>wan0 refused\n"
     "evident published-port published wan0> 7999/tcp accepted\n"
     "evident published-port published wan0> 8101/tcp accepted\n"},
    {"all but the first port, and all but the last",
     NAT "proto=6 payload:2:2:2:r0 cmp:1:r0:p0 iif=wan0 dnat:192.168.1.7\n"
         "proto=17 payload:2:2:2:r0 cmp:1:r0:p65535 dnat:192.168.1.7",
     NULL,
     "possible lan-to-wan forwarding lan0>wan0 refused\n"
     "evident published-port published wan0> 1/tcp accepted\n"
     "evident published-port published wan0> 65534/udp accepted\n"},
    {"a set of this host's addresses",
     "table ip n\nset s 4 198.51.100.2 192.168.1.1\nchain p prerouting -100 nat\n"
     "payload:1:16:4:r0 lookup:s:r0 proto=6 dport=8080 dnat:192.168.1.7",
     NULL,
     "possible lan-to-wan forwarding lan0>wan0 refused\n"
     "evident published-port published wan0> 8080/tcp accepted\n"},
    {"a set of other hosts",
     "table ip n\nset s 4 203.0.113.9\nchain p prerouting -100 nat\n"
     "payload:1:16:4:r0 lookup:s:r0 proto=6 dport=8080 dnat:192.168.1.7",
     NULL, "possible lan-to-wan forwarding lan0>wan0 refused\n"},
    {"all but a set of other hosts",
     "table ip n\nset s 4 203.0.113.9\nchain p prerouting -100 nat\n"
     "payload:1:16:4:r0 lookup:s:r0:1 proto=6 dport=8080 dnat:192.168.1.7",
     NULL,
     "possible lan-to-wan forwarding lan0>wan0 refused\n"
     "evident published-port published wan0> 8080/tcp accepted\n"},
    {"chains that are not there",
     "table ip n\nset m 2 p80=jump:gone\nchain p prerouting -100 nat\n"
     "proto=6 payload:2:2:2:r0 vmap:m:r0:yes\njump:gone",
     NULL, "possible lan-to-wan forwarding lan0>wan0 refused\n"},
    {"iptables' way of saying it for UDP",
     NAT "proto=17 match:udp:0:0x0000ffff901f901f0000 dnat:192.168.1.7", NULL,
     "possible lan-to-wan forwarding lan0>wan0 refused\n"
     "evident published-port published wan0> 8080/udp accepted\n"},
    {"the family and the protocol in their own words",
     "table inet n\nchain p prerouting -100 nat\nmeta:15:r0 cmp:0:r0:b2 payload:1:9:1:r1 "
     "cmp:0:r1:b6 dport=8080 dnat:192.168.1.7",
     NULL,
     "possible lan-to-wan forwarding lan0>wan0 refused\n"
     "evident published-port published wan0> 8080/tcp accepted\n"},
    {"of IPv6, which this host has no address of",
     "table ip6 n\nchain p prerouting -100 nat\npayload:1:6:1:r0 cmp:0:r0:b6 payload:1:24:16:r4 "
     "cmp:0:r4:0xfd000000000000000000000000000009 dport=8080 nat:1:10\nproto=6 dport=8081 nat:1:10",
     NULL, "possible lan-to-wan forwarding lan0>wan0 refused\n"},
    {"the same port for one address and for all",
     NAT
     "daddr=192.168.1.1 proto=6 dport=8080 dnat:192.168.1.7\nproto=6 dport=8080 dnat:192.168.1.7\n"
     "daddr=192.168.1.1 proto=6 dport=8080 dnat:192.168.1.8",
     NULL,
     "possible lan-to-wan forwarding lan0>wan0 refused\n"
     "evident published-port published wan0> 8080/tcp accepted\n"
     "evident published-port published wan0> 8080/tcp accepted\n"},
    {"iptables' list of source ports",
     NAT "proto=6 "
         "match:multiport:1:"
         "0x00035000901f9a1f00000000000000000000000000000000000000000000000000010000000000000000000"
         "000000000 dnat:192.168.1.7",
     NULL,
     "possible lan-to-wan forwarding lan0>wan0 refused\n"
     "evident published-port published wan0> all/tcp accepted\n"},
    {"firewalld's own forward port is a setting",
     "table inet firewalld\nchain p prerouting -90 nat\nproto=6 dport=8080 dnat:192.168.1.7", NULL,
     "possible lan-to-wan forwarding lan0>wan0 refused\n"},
};

static void test_ruled(void **state)
{
    const NeedCase *test = *state;
    g_autoptr(Snapshot) snapshot = sketch(ROUTED);
    snapshot->routes_complete = TRISTATE_YES;
    snapshot->firewalld_predicted = true;
    snapshot->ruleset = rules_parse(test->host);
    g_autoptr(Topology) topology = topology_new(snapshot, NULL);
    g_autoptr(CoverageMap) map = coverage_map_new(snapshot, topology);
    g_autoptr(GPtrArray) needs = needs_of(snapshot, topology, map);
    g_autofree char *text = needs_text(needs);
    assert_string_equal(text, test->needs);
}

/* ---- sites ---- */

static const NeedCase sites[] = {
    {"of the other family, too", SITES "net fd00:2::/64 dev wg0", NULL,
     "possible lan-to-wan forwarding lan0>wan0 refused\n"
     "evident site-to-site routed lan0>wg0 refused\n"
     "evident site-to-site routed wg0>lan0 refused\n"},
    {"of the other family alone",
     "link wan0 physical addr 198.51.100.2/24\nlink lan0 physical addr 192.168.1.1/24\n"
     "link wg0 wireguard addr 10.8.0.1/24\nroute 0.0.0.0/0 dev wan0\nnet fd00:2::/64 dev wg0\n"
     "zone public\nhost forwarding6 yes\n",
     NULL, "possible lan-to-wan forwarding lan0>wan0 refused\n"},
    {"a tunnel that does not forward",
     SITES "link wg1 wireguard addr 10.7.0.1/24 forwarding no\nnet 192.168.3.0/24 dev wg1", NULL,
     "possible lan-to-wan forwarding lan0>wan0 refused\n"
     "evident site-to-site routed lan0>wg0 refused\n"
     "evident site-to-site routed wg0>lan0 refused\n"},
    {"a policy that refuses one way on purpose",
     SITES "zone vpn\nchange public interfaces wan0\nbind vpn wg0\n"
           "policy no ingress internal egress vpn target DROP",
     NULL,
     "possible lan-to-wan forwarding lan0>wan0 refused\n"
     "evident site-to-site routed wg0>lan0 refused\n"},
    {"beside containers, where the network serves addresses",
     SITES "link docker0 bridge addr 172.17.0.1/16\nzone docker target ACCEPT\n"
           "bind docker docker0\nsocket udp 0.0.0.0 67 on lan0",
     NULL,
     "evident lan-to-wan served lan0>wan0 refused\n"
     "evident site-to-site routed lan0>wg0 refused\n"
     "evident site-to-site routed wg0>lan0 refused\n"
     "evident site-to-site routed docker0>wg0 accepted\n"
     "evident host-service listened lan0> dhcp refused\n"},
    {"beside containers, where nothing says that the network is routed",
     SITES "link docker0 bridge addr 172.17.0.1/16\nzone docker target ACCEPT\n"
           "bind docker docker0",
     NULL,
     "possible lan-to-wan forwarding lan0>wan0 refused\n"
     "possible site-to-site forwarding lan0>wg0 refused\n"
     "possible site-to-site forwarding wg0>lan0 refused\n"
     "evident site-to-site routed docker0>wg0 accepted\n"},
    {"networks behind a bridge, and an overlay",
     FLANNEL "link tun0 tun addr 10.9.8.2/24\nnet 10.20.0.0/16 dev tun0\n"
             "net 10.30.0.0/16 dev cni0 via 10.244.0.9\nlink flannel.1 vxlan addr 10.244.0.0/32",
     NULL, "evident site-to-site routed cni0>tun0 refused\n"},
};

/* ---- limits ---- */

/* As many lines of FORMAT, which takes a number, as COUNT. */
static void add_many(Snapshot *snapshot, const char *format, guint count)
{
    for (guint i = 0; i < count; i++) {
        g_auto(GStrv) parts = g_strsplit(format, "#", -1);
        g_autofree char *number = g_strdup_printf("%u", i + 1);
        g_autofree char *line = g_strjoinv(number, parts);
        sketch_add(snapshot, line);
    }
}

static guint count_needs(const Snapshot *snapshot, NeedKind kind)
{
    g_autoptr(Topology) topology = topology_new(snapshot, NULL);
    g_autoptr(CoverageMap) map = coverage_map_new(snapshot, topology);
    g_autoptr(GPtrArray) needs = needs_of(snapshot, topology, map);
    guint count = 0;
    for (guint i = 0; i < needs->len; i++)
        count += ((const Need *)g_ptr_array_index(needs, i))->kind == kind;
    return count;
}

/* A host may have any number of everything; what is one of hundreds tells nothing new. */
static void test_limits(G_GNUC_UNUSED void **state)
{
    g_autoptr(Snapshot) sockets = sketch(LIBVIRT);
    add_many(sockets, "socket tcp 192.168.122.1 #", 200);
    assert_int_equal(count_needs(sockets, NEED_HOST_SERVICE), 24);
    g_autoptr(Snapshot) tunnels = sketch(FLANNEL);
    add_many(tunnels, "link tun# tun addr 10.9.#.1/24\nnet 10.20.#.0/24 dev tun#", 100);
    assert_int_equal(count_needs(tunnels, NEED_SITE_TO_SITE), 64);
    g_autoptr(Snapshot) networks = sketch(FLANNEL "link tun1 tun addr 10.9.8.2/24\n");
    add_many(networks, "net 10.20.#.0/24 dev tun1", 100);
    assert_int_equal(count_needs(networks, NEED_SITE_TO_SITE), 1);
    g_autoptr(Snapshot) bridges = sketch(FLANNEL);
    add_many(bridges, "link b# bridge addr 10.77.#.1/24", 90);
    sketch_add(bridges, "net 10.77.200.0/24 dev eth0 via 192.0.2.11");
    assert_int_equal(count_needs(bridges, NEED_NODE_TO_POD), 63); /* cni0 is the first of 64 */
    g_autoptr(Snapshot) ports = sketch(ROUTED);
    GString *rules = g_string_new(NAT);
    for (guint i = 1; i <= 300; i++)
        g_string_append_printf(rules, "proto=6 dport=%u dnat:192.168.1.7\n", i);
    ports->ruleset = rules_parse(rules->str);
    g_string_free(rules, TRUE);
    assert_int_equal(count_needs(ports, NEED_PUBLISHED_PORT), 256);
}

int main(void)
{
    const struct CMUnitTest limits[] = {cmocka_unit_test(test_limits)};
    return RUN_CASES(test_needs, cases) + RUN_CASES(test_needs, sites) +
           RUN_CASES(test_published, published) + RUN_CASES(test_ruled, ruled) +
           cmocka_run_group_tests_name("limits", limits, NULL, NULL);
}
