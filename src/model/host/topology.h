/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The role of each link of a host: by which links packets leave for other networks, and whose
 * traffic the host forwards. Derived from links, addresses, routes and rules alone. */
#pragma once

#include "model/host/declared.h"
#include "model/host/snapshot.h"

typedef enum {
    ROLE_OTHER,      /* none of these: down, unused, or with no traffic of its own */
    ROLE_UPLINK,     /* packets leave through it for other networks */
    ROLE_DOWNSTREAM, /* the host forwards its traffic */
    ROLE_PORT,       /* of a bridge, bond, team or Open vSwitch: netfilter does not see it */
    ROLE_LOOPBACK,
} Role;

/* Why a link is an uplink. */
typedef struct {
    enum {
        UPLINK_NAMED,       /* by the user */
        UPLINK_BY_ROUTE,    /* ROUTE leads to other networks, by NEXTHOP */
        UPLINK_IS_HARDWARE, /* that is up and has a global address */
    } kind;
    const Route *route;
    const Nexthop *nexthop;
} UplinkReason;

typedef struct Topology Topology;

/* Works out the roles of all links of SNAPSHOT, which must outlive the result. DECLARED (NULL
 * for none) has names of links that count as uplinks or downstreams whatever is read; names that no
 * link has are ignored here. */
Topology *topology_new(const Snapshot *snapshot, const Declared *declared);
void topology_free(Topology *topology);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Topology, topology_free)

/* The first of LINK's roles: uplink, downstream, port, loopback, other. */
Role topology_role(const Topology *topology, const Link *link);

/* A link can be both: a router's link to its own network leads there for others, and what comes in
 * on it is forwarded. */
bool topology_is_uplink(const Topology *topology, const Link *link);
bool topology_is_downstream(const Topology *topology, const Link *link);

/* Whether the user says that what comes in on LINK is forwarded. */
bool topology_is_declared_downstream(const Topology *topology, const Link *link);

/* Counts LINK, an uplink, as a downstream, too: its role stays. */
void topology_add_downstream(Topology *topology, const Link *link);

/* Why LINK is an uplink, or NULL for a link that is none (transfer none). */
const UplinkReason *topology_uplink_reason(const Topology *topology, const Link *link);

/* Links in the order of their indices (element type Link, transfer none): all uplinks, and the
 * downstreams that are no uplinks. */
const GPtrArray *topology_uplinks(const Topology *topology);
const GPtrArray *topology_downstreams(const Topology *topology);

/* How many links are downstreams, uplinks among them. */
guint topology_count_downstreams(const Topology *topology);

/* Whether what comes in on LINK may leave through UPLINK, as far as VRFs and the layers of links go: into
 * another VRF only where a route leads there, and never back into the network it came from. */
bool topology_can_forward(const Topology *topology, const Link *link, const Link *uplink);

/* The link that netfilter sees for a packet by LINK: LINK itself, or the bridge, bond or team it is a
 * port of. NULL where that is unknown: for a port of Open vSwitch, whose flows (which are not read)
 * decide on which link a packet reaches the IP stack, if any. */
const Link *link_seen_by_firewall(const Snapshot *snapshot, const Link *link);

/* Whether this host forwards packets of FAMILY that come in on LINK. IPv4 has a switch for each
 * link, IPv6 one for all of them (ip-sysctl: conf/all/forwarding). */
Tristate link_forwards(const Snapshot *snapshot, const Link *link, Family family);

/* The programs that see the packets of LINK: its own, and those of all links below it. */
LinkPrograms link_programs(const Snapshot *snapshot, const Link *link);

/* The name netfilter's forward hook sees as the input interface of packets that come in on LINK:
 * that of the VRF device for a member of a VRF, else its own (transfer none). */
const char *link_ingress_name(const Snapshot *snapshot, const Link *link);

/* The role's word in JSON and text: "uplink", "downstream", "port", "loopback", "other". */
const char *role_word(Role role);
