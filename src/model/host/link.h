/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One link as rtnetlink(7) describes it, and what follows from that alone. topology.h has
 * what depends on other links or on the host. */
#pragma once

#include "model/host/address.h"
#include "model/host/tristate.h"

typedef struct {
    IpPrefix prefix; /* the address with its network's length */
    guint8 scope;    /* RT_SCOPE_UNIVERSE is 0, RT_SCOPE_LINK is 253 */
    guint32 flags;   /* IFA_F_* */
} LinkAddress;

/* What may take packets before netfilter sees them, or after it has accepted them. */
typedef struct {
    bool xdp;        /* an XDP program */
    bool tc_ingress; /* a filter of a qdisc of kind ingress or clsact */
    bool tc_egress;  /* the same on the way out, of clsact */
} LinkPrograms;

typedef struct {
    int index;
    char *name;
    char **altnames;
    char *kind;          /* "physical", "loopback", IFLA_INFO_KIND, or NULL where unknown */
    char *port_kind;     /* IFLA_INFO_SLAVE_KIND: what its master is, NULL without one */
    char *parent_device; /* IFLA_PARENT_DEV_NAME, such as "0000:00:03.0", or NULL */
    char *parent_bus;    /* IFLA_PARENT_DEV_BUS_NAME, such as "pci", or NULL */
    char *mac;           /* NULL where the link has none */
    char *permanent_mac; /* NULL where the link has none */
    guint32 mtu;
    guint32 flags;    /* IFF_* */
    guint8 operstate; /* IF_OPER_*, RFC 2863 */
    Tristate carrier;
    int master;        /* ifindex, 0 without */
    int lower;         /* IFLA_LINK: ifindex, 0 without or where it lives in another namespace */
    guint32 vrf_table; /* of kind "vrf", else 0 */
    Tristate forwarding_ipv4;       /* net.ipv4.conf.LINK.forwarding */
    Tristate forwarding_ipv6;       /* net.ipv6.conf.LINK.forwarding */
    int rp_filter;                  /* net.ipv4.conf.LINK.rp_filter */
    Tristate skip_linkdown_ipv4;    /* net.ipv4.conf.LINK.ignore_routes_with_linkdown */
    Tristate skip_linkdown_ipv6;    /* net.ipv6.conf.LINK.ignore_routes_with_linkdown */
    LinkPrograms programs;          /* that see its packets, and may drop or redirect them */
    Tristate bridge_call_iptables;  /* of kind "bridge": its own nf_call_iptables */
    Tristate bridge_call_ip6tables; /* of kind "bridge": its own nf_call_ip6tables */
    Tristate hairpin;  /* of a bridge's port: it sends frames back where they came from */
    Tristate isolated; /* of a bridge's port: what other isolated ports take never leaves by it */
    GPtrArray *addresses; /* LinkAddress */
} Link;

Link *link_new(void);
void link_free(Link *link);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Link, link_free)

bool link_is_up(const Link *link);
bool link_is_loopback(const Link *link);

/* Whether LINK is of KIND, or of one of the NULL-terminated KINDS. */
bool link_is_kind(const Link *link, const char *kind);
bool link_is_any_kind(const Link *link, const char *const *kinds);

/* Whether LINK is a tunnel that may take the network of a bridge to other hosts: flannel and its like
 * give it an address in that network, and what is behind both is one network, whose hosts expect to
 * reach one another. */
bool link_is_overlay(const Link *link);

/* Whether ADDRESS is a global one of FAMILY: only its network is used from other networks. */
bool link_address_is_global(const LinkAddress *address, Family family);

/* Whether LINK has a global address of FAMILY, or of either family. */
bool link_has_network(const Link *link, Family family);
bool link_is_numbered(const Link *link);

/* The first global address of FAMILY that LINK has, NULL: it has none (transfer none). */
const LinkAddress *link_first_address(const Link *link, Family family);

/* Whether some address of LINK lies in NETWORK. */
bool link_has_address_in(const Link *link, const IpPrefix *network);

/* Whether ADDRESS is one of LINK's own. */
bool link_owns_address(const Link *link, const IpAddress *address);

/* Whether NAME is one that VPN clients and tunnels give to links which come and go. */
bool link_name_is_of_tunnel(const char *name);

/* Whether firewalld can keep TEXT, such as the name of a link, in its files. They are XML 1.0, which
 * has no way to write most control characters (section 2.2), and firewalld 1.3.3 writes them all the
 * same: it cannot read that file again. A link's name with a "/" is one that is not UTF-8, as
 * attribute_text() of observe/kernel/attributes.h escapes it. */
bool text_fits_xml(const char *text);
bool link_name_fits_firewalld(const char *name);

/* The state in JSON and text: "up", "down" or "no-carrier" (static). */
const char *link_state_word(const Link *link);
