/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The searches for needs, one for each kind or two, and what they share. Used by needs.c only. */
#pragma once

#include "model/needs/need.h"

typedef struct {
    const Snapshot *snapshot;
    const Topology *topology;
    CoverageMap *map;
    GPtrArray *needs;     /* Need: those found so far */
    GHashTable *networks; /* Link: uplinks whose own network this host evidently routes elsewhere */
    GHashTable *routes; /* index of a link to the GPtrArray of the routes (Route) to other networks
                             that lead through it, the wide ones aside */
    GHashTable *owners; /* IpAddress to the Link that has it: global addresses */
    GHashTable *pod_tunnels; /* Link: those that lead to the pods of other nodes */
    GHashTable *servers;     /* Link to the Socket that serves addresses on it (DHCP, DHCPv6) */
} NeedSearch;

/* The links of real hardware, and what stands on it: from their networks out through the uplink of a
 * default route. Fills SEARCH's networks. */
void need_search_lan(NeedSearch *search);

/* Pods with a link of their own each: among them, and from and to other nodes. */
void need_search_pods(NeedSearch *search);

/* Networks behind tunnels: must come after need_search_lan() and need_search_pods(). */
void need_search_sites(NeedSearch *search);

/* What listens on this host for a downstream: must come after need_search_lan(). */
void need_search_services(NeedSearch *search);

/* The link that netfilter sees for what reaches SOCKET: the one that it is bound to, or whose address it
 * waits on; NULL: any, or one that is not there (transfer none). */
const Link *need_socket_link(const NeedSearch *search, const Socket *socket);

/* What the kernel's rules translate to hosts behind this one. */
void need_search_published(NeedSearch *search);

/* Adds NEED (transfer full) from IN to OUT, which fares as WAY says, unless nothing goes that way. */
void need_search_add(NeedSearch *search, Need *need, const Link *in, const Link *out,
                     const WayCoverage *way);

/* The first network of LINK of either family, IPv4 before IPv6; NULL: it has none (transfer none). */
const IpPrefix *need_network_of(const Link *link);

/* The usual new connection from the hosts of FROM, which comes in on IN, to those of TO out through OUT. */
Flow need_flow(const NeedSearch *search, const Link *in, const IpPrefix *from, const Link *out,
               const IpPrefix *to);

/* Whether LINK is of a kind that leads to one other host, and to the networks behind it. */
bool need_is_tunnel(const Link *link);

/* Whether LINK belongs to a real network: an uplink for no other reason than that it is hardware with
 * an address, or because the user says that what comes in on it is forwarded. */
bool need_is_network_link(const NeedSearch *search, const Link *link);

/* Whether other networks are behind LINK: it is the uplink of a default route, or named by the user. */
bool need_leads_outside(const NeedSearch *search, const Link *link);

/* Whether the host is known to forward what comes in on LINK, of either family. */
bool need_link_forwards(const NeedSearch *search, const Link *link);

/* The policy in effect that accepts all from the zone of IN to that of OUT, naming both zones, or NULL;
 * *REFUSED says whether one refuses all of it: then it is not meant to pass (transfer none). */
const Policy *need_policy_between(const NeedSearch *search, const Link *in, const Link *out,
                                  bool *refused);
