/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The roles of links, host by host, and which ways there are between them. */
#include "model/host/topology.h"

#include "model/host/outside-routes.h"

#include "sketch.h"

#define LO       "link lo loopback addr 127.0.0.1/8\n"
#define ETH0     "link eth0 physical addr 192.168.1.10/24\n"
#define DEFAULT  "route 0.0.0.0/0 dev eth0 via 192.168.1.1\n"
#define DEFAULT6 "route ::/0 dev eth0 via fe80::1\n"
/* What every kernel starts with. */
#define RULES4 "rule 4 table 255\nrule 4 table 254\nrule 4 table 253\n"
#define RULES6 "rule 6 table 255\nrule 6 table 254\n"

/* ---- roles ---- */

typedef struct {
    const char *name;
    const char *host;
    const char *roles; /* of all links in order */
    const char *named; /* --uplink, or NULL */
} RoleCase;

static const RoleCase roles[] = {
    {"a server with one NIC", LO ETH0 DEFAULT, "lo loopback, eth0 uplink"},
    {"a NIC without an address is nothing", LO "link eth0 physical\n", "lo loopback, eth0 other"},
    {"a NIC with a link-local address is nothing", "link eth0 physical addr-link 169.254.3.4/16\n",
     "eth0 other"},
    {"a NIC that is down is nothing", "link eth0 physical down addr 192.168.1.10/24\n",
     "eth0 other"},
    {"hardware that is up with a global address is an uplink, default route or not", ETH0,
     "eth0 uplink"},
    {"so it is with a global IPv6 address", "link eth0 physical addr 2001:db8::10/64\n",
     "eth0 uplink"},
    {"an uplink without carrier is one still",
     "link eth0 physical carrier no addr 192.168.1.10/24\n" DEFAULT, "eth0 uplink"},
    {"dual-homed: both are uplinks", ETH0 "link eth1 physical addr 10.0.0.10/24\n" DEFAULT,
     "eth0 uplink, eth1 uplink"},
    {"a veth with the default route is an uplink", "link eth0 veth addr 10.0.0.2/24\n" DEFAULT,
     "eth0 uplink"},

    /* Where the default route is. */
    {"a default route without gateway", "link ppp0 ppp\nroute 0.0.0.0/0 dev ppp0\n", "ppp0 uplink"},
    {"IPv6 only, default by router advertisement", "link eth0 veth addr fe80::2/64\n" DEFAULT6,
     "eth0 uplink"},
    {"multipath: each nexthop",
     "link a veth\nlink b veth\nlink c veth\nroute 0.0.0.0/0 dev a via 10.0.0.1 dev b\n",
     "a uplink, b uplink, c downstream"},
    {"a nexthop object", "link a veth\nroute 0.0.0.0/0 dev a nhid 7\n", "a uplink"},
    {"the halves of a default",
     "link tun0 tun\nlink a veth\n"
     "route 0.0.0.0/1 dev tun0\nroute 128.0.0.0/1 dev a\n",
     "tun0 uplink, a uplink"},
    {"one half of a default", "link tun0 tun\nroute 0.0.0.0/1 dev tun0\n", "tun0 downstream"},
    {"the same half twice",
     "link tun0 tun\nlink a veth\nroute 128.0.0.0/1 dev tun0\n"
     "route 128.0.0.0/1 dev a\n",
     "tun0 downstream, a downstream"},
    {"halves in different tables",
     "link tun0 tun\nroute 0.0.0.0/1 dev tun0 table 7\nroute 128.0.0.0/1 dev tun0\n" RULES4
     "rule 4 table 7\n",
     "tun0 downstream"},
    {"halves of different families",
     "link tun0 tun\nroute 0.0.0.0/1 dev tun0\nroute 8000::/1 dev tun0\n", "tun0 downstream"},
    {"the halves of IPv6", "link tun0 tun\nroute ::/1 dev tun0\nroute 8000::/1 dev tun0\n",
     "tun0 uplink"},
    {"all of global unicast", "link a veth\nroute 2000::/3 dev a\n", "a uplink"},
    {"global unicast in halves", "link a veth\nroute 2000::/4 dev a\nroute 3000::/4 dev a\n",
     "a uplink"},
    {"half of global unicast", "link a veth\nroute 2000::/4 dev a\n", "a downstream"},
    {"another eighth of IPv6", "link a veth\nroute 6000::/3 dev a\n", "a downstream"},
    {"routes that are no halves, in a snapshot from a file", /* UBSan looks at their shifts */
     "link a veth\nroute 10.0.0.0/24 dev a\nroute 2001:db8::/64 dev a\n"
     "route 192.0.2.1/32 dev a\n",
     "a downstream"},
    {"sixteenths of IPv6 elsewhere", "link a veth\nroute 6000::/4 dev a\nroute 7000::/4 dev a\n",
     "a downstream"},
    {"sixteenths of IPv4", "link a veth\nroute 32.0.0.0/4 dev a\nroute 48.0.0.0/4 dev a\n",
     "a downstream"},
    {"a quarter of IPv6", "link a veth\nroute 2000::/2 dev a\n", "a downstream"},
    {"a route of length 3 of IPv4", "link a veth\nroute 32.0.0.0/3 dev a\n", "a downstream"},
    {"a wide route into a VRF device", "link red vrf table 10\nroute 0.0.0.0/0 dev red\n",
     "red other"},
    {"a default route by the loopback", LO "route ::/0 dev lo\n", "lo loopback"},

    /* Tables that a rule can reach. */
    {"no rules: the tables main and default",
     "link a veth\nlink b veth\n"
     "route 0.0.0.0/0 dev a table 254\n"
     "route 0.0.0.0/0 dev b table 253\n",
     "a uplink, b uplink"},
    {"no rules: another table", "link a veth\nroute 0.0.0.0/0 dev a table 100\n", "a downstream"},
    {"a rule to another table",
     "link a veth\nroute 0.0.0.0/0 dev a table 100\n" RULES4 "rule 4 table 100\n", "a uplink"},
    {"a table of a big number",
     "link a veth\nroute 0.0.0.0/0 dev a table 4294967295\nrule 4 table 4294967295\n", "a uplink"},
    {"no rule to the table", "link a veth\nroute 0.0.0.0/0 dev a table 100\n" RULES4,
     "a downstream"},
    {"no rule to main", "link a veth\nroute 0.0.0.0/0 dev a\nrule 4 table 255\n", "a downstream"},
    {"a rule of the other family",
     "link a veth\nroute ::/0 dev a table 100\n" RULES6 "rule 4 table 100\n", "a downstream"},
    {"rules of the other family alone", "link a veth\nroute ::/0 dev a\n" RULES4, "a uplink"},
    {"a rule that prohibits",
     "link a veth\nroute 0.0.0.0/0 dev a table 100\n"
     "rule 4 action 8 table 100\n",
     "a downstream"},
    {"an inverted rule (wg-quick)",
     "link wg0 wireguard addr 10.9.0.2/32\nroute 0.0.0.0/0 dev wg0 table 51820\n" RULES4
     "rule 4 not table 51820\n",
     "wg0 uplink"},
    {"suppress_prefixlength 0 passes over a default",
     "link a veth\nroute 0.0.0.0/0 dev a\nrule 4 table 254 suppress 0\n", "a downstream"},
    {"suppress_prefixlength 0 lets the halves pass",
     "link a veth\nroute 0.0.0.0/1 dev a\nroute 128.0.0.0/1 dev a\nrule 4 table 254 suppress 0\n",
     "a uplink"},
    {"suppress_prefixlength 1 does not",
     "link a veth\nroute 0.0.0.0/1 dev a\nroute 128.0.0.0/1 dev a\nrule 4 table 254 suppress 1\n",
     "a downstream"},
    {"suppress_prefixlength beside a plain rule",
     "link a veth\nroute 0.0.0.0/0 dev a\nrule 4 table 254 suppress 0\nrule 4 table 254\n",
     "a uplink"},
    {"suppress_prefixlength after a plain rule",
     "link a veth\nroute 0.0.0.0/0 dev a\nrule 4 table 254\nrule 4 table 254 suppress 0\n",
     "a uplink"},
    {"the table of a VRF, by l3mdev",
     "link red vrf table 10\nlink a veth in red\nroute 0.0.0.0/0 dev a table 10\n" RULES4
     "rule 4 l3mdev\n",
     "red other, a uplink"},
    {"the table of a VRF, without l3mdev",
     "link red vrf table 10\nlink a veth in red\nroute 0.0.0.0/0 dev a table 10\n" RULES4,
     "red other, a downstream"},
    {"the table of a VRF, by two rules of which one passes over a default",
     "link red vrf table 10\nlink a veth in red\nroute 0.0.0.0/0 dev a table 10\n" RULES4
     "rule 4 l3mdev\nrule 4 l3mdev suppress 0\n",
     "red other, a uplink"},
    {"l3mdev leads to no other table",
     "link red vrf table 10\nlink a veth\n"
     "route 0.0.0.0/0 dev a table 11\n" RULES4 "rule 4 l3mdev\n",
     "red other, a downstream"},

    /* What stands on hardware. */
    {"a bridge on a NIC, and the NIC",
     "link br0 bridge addr 10.0.0.2/24\nlink eth0 physical in br0\nlink tap0 tun in br0\n",
     "br0 uplink, eth0 port, tap0 port"},
    {"a port is no uplink even with an address and the default route",
     "link br0 bridge\nlink eth0 physical in br0 addr 10.0.0.2/24\n" DEFAULT,
     "br0 other, eth0 port"},
    {"a bond",
     "link bond0 bond addr 10.0.0.2/24\nlink eth0 physical in bond0\n"
     "link eth1 physical in bond0\n",
     "bond0 uplink, eth0 port, eth1 port"},
    {"a team, told by the kind of its ports",
     "link team0 team addr 10.0.0.2/24\nlink eth0 physical in team0 port-kind team\n",
     "team0 uplink, eth0 port"},
    {"VLANs on a bond, a bridge on one of them",
     "link bond0 bond\nlink eth0 physical in bond0\nlink bond0.10 vlan on bond0 addr 10.0.10.2/24\n"
     "link br20 bridge addr 10.0.20.2/24\nlink bond0.20 vlan on bond0 in br20\n",
     "bond0 other, eth0 port, bond0.10 uplink, br20 uplink, bond0.20 port"},
    {"a VLAN on a NIC", "link eth0 physical\nlink eth0.7 vlan on eth0 addr 10.0.7.2/24\n",
     "eth0 other, eth0.7 uplink"},
    {"a VLAN on a bridge of pods",
     "link br0 bridge\nlink v0 veth in br0\nlink br0.7 vlan on br0 addr 10.0.7.1/24\n",
     "br0 other, v0 port, br0.7 downstream"},
    {"InfiniBand has hardware and a kind", "link ib0 ipoib parent 0000:81:00.0 addr 10.1.0.2/24\n",
     "ib0 uplink"},
    {"a modem with hardware and no address", "link wwan0 wwan parent 0000:02:00.0\n",
     "wwan0 other"},
    {"a kernel that tells of no hardware", "link eth0 - addr 10.0.0.2/24\nlink v0 veth\n",
     "eth0 uplink, v0 downstream"},
    {"no kind beside hardware that is told", "link x - addr 10.0.0.2/24\n" ETH0,
     "x other, eth0 uplink"},
    {"hardware that an old snapshot calls physical, and names no device of",
     "link eth0 physical parent - addr 10.0.0.2/24\nlink x - addr 10.1.0.2/24\n",
     "eth0 uplink, x other"},
    {"hardware in a master of no kind", "link x -\nlink eth0 physical in x addr 10.0.0.2/24\n",
     "x other, eth0 uplink"},
    {"hardware in a master that is not there", "link eth0 physical in @9 addr 10.0.0.2/24\n",
     "eth0 uplink"},
    {"more layers than the kernel allows are not followed",
     "link b0 bridge addr 10.0.0.1/24\nlink b1 bridge in b0\nlink b2 bridge in b1\n"
     "link b3 bridge in b2\nlink b4 bridge in b3\nlink b5 bridge in b4\nlink b6 bridge in b5\n"
     "link b7 bridge in b6\nlink b8 bridge in b7\nlink b9 bridge in b8\n"
     "link eth0 physical in b9\n",
     "b0 downstream, b1 port, b2 port, b3 port, b4 port, b5 port, b6 port, b7 port, b8 port, b9 "
     "port, eth0 port"},
    {"a route by a link that is not there", "link a veth\nroute 0.0.0.0/0 dev @9 dev a\n",
     "a uplink"},
    {"a member of a VRF is no port",
     "link red vrf table 10\nlink eth0 physical in red port-kind vrf addr 10.0.0.2/24\n",
     "red other, eth0 uplink"},
    {"a port of Open vSwitch",
     "link ovs-system openvswitch down\nlink eth0 physical in ovs-system port-kind openvswitch\n"
     "link br-ex openvswitch addr 10.0.0.2/24\nroute 0.0.0.0/0 dev br-ex\n",
     "ovs-system other, eth0 port, br-ex uplink"},
    {"a port of Open vSwitch is neither an uplink nor a downstream, whatever it holds",
     "host forwarding4 yes\nlink ovs-system openvswitch down\n"
     "link vnet7 tun in ovs-system port-kind openvswitch addr 10.0.0.2/24\n"
     "link vnet8 tun in ovs-system addr 10.0.1.2/24\nroute 0.0.0.0/0 dev vnet7\n",
     "ovs-system other, vnet7 port, vnet8 port"},

    /* Whose traffic is forwarded. */
    {"bridges of containers and machines",
     "link cni0 bridge addr 10.244.2.1/24\nlink v0 veth in cni0\n"
     "link docker0 bridge carrier no addr 172.17.0.1/16\nlink virbr0 bridge addr "
     "192.168.122.1/24\n",
     "cni0 downstream, v0 port, docker0 downstream, virbr0 downstream"},
    {"a bridge without an address", "link br0 bridge\n", "br0 other"},
    {"a bridge that is down", "link br0 bridge down addr 10.0.0.1/24\n", "br0 other"},
    {"Calico's veths have no address", "link cali0123456789a veth\n", "cali0123456789a downstream"},
    {"tunnels",
     "link flannel.1 vxlan addr 10.244.2.0/32\nlink wg0 wireguard addr 10.8.0.1/24\n"
     "link tun0 tun\nlink xfrm0 xfrm\nlink gre1 gre\nlink vxlan7 vxlan\n",
     "flannel.1 downstream, wg0 downstream, tun0 downstream, xfrm0 downstream, gre1 downstream, "
     "vxlan7 other"},
    {"a macvlan with an address", ETH0 "link mac0 macvlan on eth0 addr 192.168.1.11/24\n",
     "eth0 uplink, mac0 downstream"},
    {"a macvlan with the default route",
     "link eth0 physical\nlink mac0 macvlan on eth0 addr 10.0.0.2/24\nroute 0.0.0.0/0 dev mac0\n",
     "eth0 other, mac0 uplink"},
    {"dummies carry no traffic of others",
     "link kube-ipvs0 dummy addr 10.96.0.1/32\nlink ifb0 ifb addr 10.0.0.1/24\n",
     "kube-ipvs0 other, ifb0 other"},
    {"forwarding off", "host forwarding4 no\nlink cni0 bridge addr 10.244.2.1/24\nlink v0 veth\n",
     "cni0 other, v0 other"},
    {"forwarding of IPv6 alone",
     "host forwarding4 no forwarding6 yes\nlink cni0 bridge addr fd00::1/64\n", "cni0 downstream"},
    {"forwarding off for one link",
     "link a bridge forwarding no addr 10.0.0.1/24\nlink b bridge addr 10.0.1.1/24\n",
     "a other, b downstream"},
    {"forwarding on for one link",
     "host forwarding4 no\nlink a bridge forwarding yes addr 10.0.0.1/24\n"
     "link b bridge addr 10.0.1.1/24\n",
     "a downstream, b other"},
    {"forwarding not told is taken to be on",
     "host forwarding4 ? forwarding6 ?\nlink a bridge addr 10.0.0.1/24\n", "a downstream"},

    /* --uplink */
    {"a bridge that is named", "link br0 bridge addr 10.0.0.1/24\n", "br0 uplink", "br0"},
    {"an alternative name", "link br0 bridge alt lan,inside addr 10.0.0.1/24\n", "br0 uplink",
     "inside"},
    {"a port that is named stays one", "link br0 bridge\nlink eth0 physical in br0\n",
     "br0 other, eth0 port", "eth0"},
    {"the loopback that is named stays it", LO, "lo loopback", "lo"},
    {"a name that nothing has", ETH0, "eth0 uplink", "eth9"},
};

static char *describe_roles(const Topology *topology, const Snapshot *snapshot)
{
    g_autoptr(GString) text = g_string_new(NULL);
    for (guint i = 0; i < snapshot->links->len; i++) {
        const Link *link = g_ptr_array_index(snapshot->links, i);
        g_string_append_printf(text, "%s%s %s", i > 0 ? ", " : "", link->name,
                               role_word(topology_role(topology, link)));
    }
    return g_string_free(g_steal_pointer(&text), FALSE);
}

static bool is_listed(const GPtrArray *links, const Link *link)
{
    return g_ptr_array_find((GPtrArray *)links, link, NULL);
}

static void test_role(void **state)
{
    const RoleCase *test = *state;
    g_autoptr(Snapshot) snapshot = sketch(test->host);
    const char *named[] = {test->named, NULL};
    g_autoptr(Topology) topology = topology_new(snapshot, &(Declared){.uplinks = named});
    g_autofree char *found = describe_roles(topology, snapshot);
    assert_string_equal(found, test->roles);
    for (guint i = 0; i < snapshot->links->len; i++) {
        const Link *link = g_ptr_array_index(snapshot->links, i);
        Role role = topology_role(topology, link);
        assert_int_equal(is_listed(topology_uplinks(topology), link), role == ROLE_UPLINK);
        assert_int_equal(is_listed(topology_downstreams(topology), link), role == ROLE_DOWNSTREAM);
        assert_int_equal(topology_uplink_reason(topology, link) != NULL, role == ROLE_UPLINK);
    }
}

static void test_nothing_named(G_GNUC_UNUSED void **state)
{
    g_autoptr(Snapshot) snapshot = sketch(ETH0);
    g_autoptr(Topology) topology = topology_new(snapshot, NULL);
    assert_int_equal(topology_uplinks(topology)->len, 1);
}

/* ---- declared downstreams ---- */

typedef struct {
    const char *name;
    const char *host;
    const char *named; /* --downstream */
    const char *roles;
    guint downstreams;
} DeclaredCase;

static const DeclaredCase declared[] = {
    {"an uplink is both", ETH0 DEFAULT, "eth0", "eth0 uplink", 1},
    {"a link that is nothing", "link eth0 physical\n", "eth0", "eth0 downstream", 1},
    {"one that is a downstream already", "link a veth\n", "a", "a downstream", 1},
    {"of a port, its master is meant", "link br0 bridge\nlink eth0 physical in br0\n", "eth0",
     "br0 downstream, eth0 port", 1},
    {"of a port of Open vSwitch nobody knows", "link eth0 physical in @9 port-kind openvswitch\n",
     "eth0", "eth0 port", 0},
    {"a name that nothing has", ETH0, "eth9", "eth0 uplink", 0},
};

static void test_declared(void **state)
{
    const DeclaredCase *test = *state;
    g_autoptr(Snapshot) snapshot = sketch(test->host);
    const char *named[] = {test->named, NULL};
    g_autoptr(Topology) topology = topology_new(snapshot, &(Declared){.downstreams = named});
    g_autofree char *found = describe_roles(topology, snapshot);
    assert_string_equal(found, test->roles);
    assert_int_equal(topology_count_downstreams(topology), test->downstreams);
    guint counted = 0;
    for (guint i = 0; i < snapshot->links->len; i++) {
        const Link *link = g_ptr_array_index(snapshot->links, i);
        bool is_named = topology_is_declared_downstream(topology, link);
        assert_true(topology_is_downstream(topology, link) || !is_named);
        counted += is_named;
    }
    assert_int_equal(counted, test->downstreams);
}

/* ---- programs ---- */

typedef struct {
    const char *name;
    const char *host;
    const char *programs; /* of the first link */
} ProgramCase;

static const ProgramCase programs[] = {
    {"none", "link eth0 physical\n", ""},
    {"its own", "link eth0 physical programs xdp\n", " xdp"},
    {"each of them", "link eth0 physical programs tc-ingress,tc-egress\n", " tc-ingress tc-egress"},
    {"of the link it stands on", "link v7 vlan on @2\nlink eth0 physical programs xdp\n", " xdp"},
    {"of its ports",
     "link br0 bridge\nlink v0 veth in br0 programs tc-ingress\nlink v1 veth in br0\n",
     " tc-ingress"},
    {"of what its port stands on",
     "link br0 bridge\nlink b7 vlan in br0 on @3\nlink bond0 bond\n"
     "link eth0 physical in bond0 programs tc-egress\n",
     " tc-egress"},
    {"not of what stands on it", "link eth0 physical\nlink v7 vlan on eth0 programs xdp\n", ""},
    {"not of its bridge", "link v0 veth in @2\nlink br0 bridge programs xdp\n", ""},
    {"not of another", "link eth0 physical\nlink eth1 physical programs xdp\n", ""},
    {"links that stand on each other", "link a vlan on @2\nlink b vlan on @1 programs xdp\n",
     " xdp"},
};

static void test_programs(void **state)
{
    const ProgramCase *test = *state;
    g_autoptr(Snapshot) snapshot = sketch(test->host);
    LinkPrograms found = link_programs(snapshot, g_ptr_array_index(snapshot->links, 0));
    g_autofree char *text =
        g_strconcat(found.xdp ? " xdp" : "", found.tc_ingress ? " tc-ingress" : "",
                    found.tc_egress ? " tc-egress" : "", NULL);
    assert_string_equal(text, test->programs);
}

/* ---- ways ---- */

#define TWO_VRFS                                                                                   \
    "link red vrf table 10\nlink blue vrf table 20\n"                                              \
    "link up-red veth in red addr 10.0.0.2/24\nlink up-blue veth in blue addr 10.0.0.2/24\n"       \
    "link up veth addr 10.0.0.2/24\nlink pods-red bridge in red addr 10.1.0.1/24\n"                \
    "link pods bridge addr 10.2.0.1/24\n" RULES4 "rule 4 l3mdev\n"                                 \
    "route 0.0.0.0/0 dev up-red table 10\nroute 0.0.0.0/0 dev up-blue table 20\n"                  \
    "route 0.0.0.0/0 dev up\n"

typedef struct {
    const char *name;
    const char *host;
    const char *from;
    const char *to;
    bool leads;
} WayCase;

static const WayCase ways[] = {
    {"within no VRF", TWO_VRFS, "pods", "up", true},
    {"within a VRF", TWO_VRFS, "pods-red", "up-red", true},
    {"into a VRF", TWO_VRFS, "pods", "up-red", false},
    {"out of a VRF", TWO_VRFS, "pods-red", "up", false},
    {"into another VRF", TWO_VRFS, "pods-red", "up-blue", false},
    {"out of a VRF by a route that leaks", TWO_VRFS "route 0.0.0.0/0 dev up table 10\n", "pods-red",
     "up", true},
    {"into a VRF by a route that leaks", TWO_VRFS "route 0.0.0.0/0 dev up-red\n", "pods", "up-red",
     true},
    {"into a VRF's table by a rule of its own", TWO_VRFS "rule 4 table 10\n", "pods", "up-red",
     true},
    {"by hardware in a VRF",
     "link red vrf table 10\nlink eth0 physical in red addr 10.0.0.2/24\n"
     "link pods bridge addr 10.2.0.1/24\n",
     "pods", "eth0", false},
    {"from a macvlan into the network it is in",
     ETH0 "link mac0 macvlan on eth0 addr 192.168.1.11/24\n", "mac0", "eth0", false},
    {"from a macvlan into another network",
     ETH0 "link eth1 physical addr 10.0.0.2/24\nlink mac0 macvlan on eth0 addr 192.168.1.11/24\n",
     "mac0", "eth1", true},
    {"from a tunnel by the link it runs over",
     ETH0 "link flannel.1 vxlan on eth0 addr 10.244.2.0/32\n", "flannel.1", "eth0", true},
};

static void test_way(void **state)
{
    const WayCase *test = *state;
    g_autoptr(Snapshot) snapshot = sketch(test->host);
    g_autoptr(Topology) topology = topology_new(snapshot, NULL);
    const Link *from = snapshot_link_by_name(snapshot, test->from);
    const Link *to = snapshot_link_by_name(snapshot, test->to);
    assert_int_equal(topology_role(topology, from), ROLE_DOWNSTREAM);
    assert_int_equal(topology_role(topology, to), ROLE_UPLINK);
    assert_int_equal(topology_can_forward(topology, from, to), test->leads);
}

static void test_freeing_nothing_is_fine(G_GNUC_UNUSED void **state)
{
    topology_free(NULL);
    outside_routes_free(NULL);
}

/* ---- names and switches ---- */

static void test_a_member_of_a_vrf_comes_in_by_the_vrf(G_GNUC_UNUSED void **state)
{
    g_autoptr(Snapshot) snapshot =
        sketch("link red vrf table 10\nlink br0 bridge\nlink a veth in red\nlink b veth in br0\n");
    assert_string_equal(link_ingress_name(snapshot, snapshot_link_by_name(snapshot, "a")), "red");
    assert_string_equal(link_ingress_name(snapshot, snapshot_link_by_name(snapshot, "b")), "b");
    assert_string_equal(link_ingress_name(snapshot, snapshot_link_by_name(snapshot, "br0")), "br0");
}

typedef struct {
    const char *name;
    const char *host;
    Family family;
    Tristate forwards;
} ForwardCase;

static const ForwardCase switches[] = {
    {"IPv4 by the link", "host forwarding4 no\nlink a veth forwarding yes\n", FAMILY_IPV4,
     TRISTATE_YES},
    {"IPv4 by the host where the link does not tell", "host forwarding4 yes\nlink a veth\n",
     FAMILY_IPV4, TRISTATE_YES},
    {"IPv6 has one switch", "host forwarding6 yes\nlink a veth forwarding no\n", FAMILY_IPV6,
     TRISTATE_YES},
    {"not known", "host forwarding6 ?\nlink a veth\n", FAMILY_IPV6, TRISTATE_UNKNOWN},
};

static void test_forwards(void **state)
{
    const ForwardCase *test = *state;
    g_autoptr(Snapshot) snapshot = sketch(test->host);
    assert_int_equal(link_forwards(snapshot, g_ptr_array_index(snapshot->links, 0), test->family),
                     test->forwards);
}

int main(void)
{
    const struct CMUnitTest others[] = {
        cmocka_unit_test(test_nothing_named),
        cmocka_unit_test(test_freeing_nothing_is_fine),
        cmocka_unit_test(test_a_member_of_a_vrf_comes_in_by_the_vrf),
    };
    return RUN_CASES(test_role, roles) + RUN_CASES(test_declared, declared) +
           RUN_CASES(test_programs, programs) + RUN_CASES(test_way, ways) +
           RUN_CASES(test_forwards, switches) + cmocka_run_group_tests(others, NULL, NULL);
}
