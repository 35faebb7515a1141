/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The snapshot: everything that was read from a host, as one plain value. It holds what was read
 * and what could not be read, and judges nothing. Read from the machine or from a file, it is the
 * same value.
 *
 * Rules: strings are valid UTF-8 and never empty where NULL is allowed; lists are never NULL;
 * a Snapshot owns all that is in it. Links, routes and rules are shared between a snapshot and
 * its copies and do not change once they are added. */
#pragma once

#include "model/host/address.h"
#include "model/host/rich-rule.h"

/* A fact that may not have been readable. */
typedef enum {
    TRISTATE_UNKNOWN,
    TRISTATE_NO,
    TRISTATE_YES,
} Tristate;

/* ---- the kernel's side: rtnetlink(7) ---- */

typedef struct {
    IpPrefix prefix; /* the address with its network's length */
    guint8 scope;    /* RT_SCOPE_UNIVERSE is 0, RT_SCOPE_LINK is 253 */
    guint32 flags;   /* IFA_F_* */
} LinkAddress;

typedef struct {
    int index;
    char *name;
    char **altnames;
    char *kind;          /* "physical", "loopback", IFLA_INFO_KIND, or NULL where neither is told */
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
    Tristate bridge_call_iptables;  /* of kind "bridge": its own nf_call_iptables */
    Tristate bridge_call_ip6tables; /* of kind "bridge": its own nf_call_ip6tables */
    GPtrArray *addresses;           /* LinkAddress */
} Link;

typedef struct {
    int oif; /* ifindex */
    bool has_gateway;
    IpAddress gateway; /* may be of the other family (RTA_VIA) */
    guint32 weight;    /* 1 for a route with a single nexthop */
    guint32 flags;     /* RTNH_F_* */
} Nexthop;

/* A unicast route wide enough to lead to other networks: a default route, 2000::/3, or half of one. */
typedef struct {
    IpPrefix destination;
    guint32 table;
    guint8 protocol;    /* RTPROT_*: kernel, boot, static, ra, dhcp ... */
    guint32 metric;     /* RTA_PRIORITY, 0 where there is none */
    guint32 nexthop_id; /* the nexthop object it uses, 0 without; its nexthops are filled in */
    GArray *nexthops;   /* Nexthop */
} Route;

/* A routing policy rule, ip-rule(8). */
typedef struct {
    Family family;
    guint32 priority;
    guint8 action; /* FR_ACT_*: 1 is "to table" */
    guint32 table; /* 0 where the action names none, as for l3mdev */
    bool l3mdev;   /* the table is the VRF's own */
    bool inverted;
    char *iif; /* NULL: any */
    char *oif; /* NULL: any */
    bool has_source;
    IpPrefix source;
    bool has_destination;
    IpPrefix destination;
    guint32 mark;
    guint32 mark_mask;
    int suppress_prefix_length; /* -1: none */
} Rule;

/* ---- firewalld's side ---- */

typedef enum {
    TARGET_UNKNOWN, /* could not be read */
    TARGET_DEFAULT,
    TARGET_CONTINUE, /* policies only */
    TARGET_ACCEPT,
    TARGET_REJECT,
    TARGET_DROP,
} Target;

/* What zones and policies have in common: what they accept and refuse. */
typedef struct {
    char **services;
    GPtrArray *ports;        /* PortRange */
    GPtrArray *source_ports; /* PortRange */
    char **protocols;
    char **icmp_blocks;
    bool icmp_block_inversion;
    Tristate masquerade;
    GPtrArray *forward_ports; /* ForwardPort */
    GPtrArray *rich_rules;    /* RichRule */
} Filter;

typedef struct {
    char *name;
    bool settings_read; /* false: only what getActiveZones tells (interfaces, sources) is known */
    Target target;
    Tristate forward;
    char **interfaces;
    GPtrArray *sources; /* AddressSpec */
    int ingress_priority;
    int egress_priority;
    Filter filter;
} Zone;

typedef struct {
    char *name;
    bool settings_read; /* false: nothing but the name is known */
    bool disabled;
    Target target;
    int priority;
    char **ingress_zones;
    char **egress_zones;
    Filter filter;
} Policy;

typedef struct {
    char *name;
    GPtrArray *ports;        /* PortRange */
    GPtrArray *source_ports; /* PortRange */
    char **protocols;
    char **includes;
    AddressSpec *destination_ipv4; /* NULL: none */
    AddressSpec *destination_ipv6;
} Service;

typedef struct {
    char *name;
    char *type;        /* "hash:ip", ... or NULL where it was not read */
    bool entries_read; /* false: which addresses it holds is not known */
    char **entries;
} Ipset;

/* firewalld.conf, as the D-Bus properties of its "config" object give it; NULL: not read. */
typedef struct {
    char *backend;              /* FirewallBackend */
    char *ipv6_rpfilter;        /* IPv6_rpfilter2 where there is one, else IPv6_rpfilter */
    char *rfc3964_ipv4;         /* RFC3964_IPv4 */
    char *zone_drifting;        /* AllowZoneDrifting */
    char *strict_forward_ports; /* StrictForwardPorts */
    char *flush_all_on_reload;  /* FlushAllOnReload */
} FirewalldOptions;

typedef struct {
    char *version; /* NULL: could not be read */
    char *state;   /* "RUNNING", "FAILED", ...; NULL: could not be read */
    char *default_zone;
    Tristate panic;
    char *log_denied;        /* NULL: could not be read */
    Tristate direct_rules;   /* whether there are any */
    Tristate policies_exist; /* whether this firewalld has policies at all (0.9 and later) */
    FirewalldOptions options;
    GPtrArray *zones;    /* Zone: the active ones, the default one, and those that NetworkManager's
                            profiles name and firewalld has, at least */
    GPtrArray *policies; /* Policy: the active ones at least */
    GPtrArray *services; /* Service: those that a zone or policy above names, with their includes */
    GPtrArray *ipsets;   /* Ipset: those that are named above */
} Firewalld;

/* What the permanent configuration says of one interface. */
typedef struct {
    char *interface;
    char *zone;     /* NULL: no zone binds it */
    char *conflict; /* firewalld's own words where more than one zone binds it, else NULL */
} PermanentBinding;

typedef struct {
    GPtrArray *bindings;  /* PermanentBinding: of the uplinks and the bound links */
    Firewalld *firewalld; /* what firewalld would load now; its version, state and panic are not
                             known. NULL: not asked for, or not readable */
    char *fault; /* why firewalld could not load it, in its own words; NULL: nothing known */
} Permanent;

/* What NetworkManager says of one link. */
typedef struct {
    char *interface;
    bool managed;       /* it has an active profile that NetworkManager itself brought up */
    bool external;      /* "connected (externally)": the profile was made from what was found */
    char *profile;      /* the name of the active profile, or NULL */
    char *profile_uuid; /* or NULL */
    char *zone;         /* connection.zone; NULL: unset, which means the default zone */
} ManagedDevice;

typedef struct {
    Tristate running;
    char *version;
    GPtrArray *devices; /* ManagedDevice: the uplinks and the bound links */
} NetworkManager;

/* Something that could not be read, and what it would have told. */
typedef struct {
    char *what;   /* in the user's words: "settings of zone public" */
    char *where;  /* the method, file or message that refused */
    char *reason; /* why, in one sentence */
} Unread;

typedef struct {
    char *taken_at; /* ISO 8601 with the offset from UTC */
    char *host;
    GPtrArray *links;         /* Link, in the order of their indices */
    GPtrArray *routes;        /* Route */
    GPtrArray *rules;         /* Rule */
    Tristate forwarding_ipv4; /* net.ipv4.conf.all.forwarding */
    Tristate forwarding_ipv6; /* net.ipv6.conf.all.forwarding */
    Tristate
        bridge_call_iptables; /* net.bridge.bridge-nf-call-iptables; UNKNOWN: no br_netfilter */
    Tristate bridge_call_ip6tables;
    Firewalld *firewalld;
    Permanent *permanent;
    NetworkManager *networkmanager;
    GPtrArray *unread;          /* Unread */
    GHashTable *links_by_name;  /* to Link; names and alternative names */
    GHashTable *links_by_index; /* to Link */
} Snapshot;

Snapshot *snapshot_new(void);
void snapshot_free(Snapshot *snapshot);

/* A copy in which all but the kernel's side can be changed; that is shared. */
Snapshot *snapshot_copy(const Snapshot *snapshot);

/* The kernel's side of KERNEL with all the rest of SERVICES (transfer full). */
Snapshot *snapshot_with_kernel(const Snapshot *services, const Snapshot *kernel);

/* Takes LINK (transfer full). A second link of the same index replaces nothing: the first stays. */
void snapshot_add_link(Snapshot *snapshot, Link *link);

/* Both return NULL where there is no such link; by name also finds alternative names. */
const Link *snapshot_link_by_name(const Snapshot *snapshot, const char *name);
const Link *snapshot_link_by_index(const Snapshot *snapshot, int index);

/* Notes that something could not be read; the same thing is noted once. */
void snapshot_add_unread(Snapshot *snapshot, const char *what, const char *where,
                         const char *reason);

/* All return NULL where there is none of that name (transfer none). */
Zone *firewalld_zone(const Firewalld *firewalld, const char *name);
Policy *firewalld_policy(const Firewalld *firewalld, const char *name);
const Service *firewalld_service(const Firewalld *firewalld, const char *name);
const Ipset *firewalld_ipset(const Firewalld *firewalld, const char *name);
const PermanentBinding *permanent_binding(const Permanent *permanent, const char *interface);
const ManagedDevice *networkmanager_device(const NetworkManager *networkmanager,
                                           const char *interface);

/* Whether firewalld's version is known and at least MAJOR.MINOR.PATCH. */
bool firewalld_is_at_least(const Firewalld *firewalld, guint major, guint minor, guint patch);

Link *link_new(void);
void link_free(Link *link);
Route *route_new(void);
void route_free(Route *route);
Rule *rule_new(void);
void rule_free(Rule *rule);
Firewalld *firewalld_new(void);
void firewalld_free(Firewalld *firewalld);

/* A copy whose zones can be changed; what else it lists is shared (transfer full). */
Firewalld *firewalld_copy(const Firewalld *firewalld);
Zone *zone_new(const char *name);
void zone_free(Zone *zone);
Policy *policy_new(const char *name);
void policy_free(Policy *policy);
Service *service_new(const char *name);
void service_free(Service *service);
Ipset *ipset_new(const char *name);
void ipset_free(Ipset *ipset);
PermanentBinding *permanent_binding_new(const char *interface);
void permanent_binding_free(PermanentBinding *binding);
ManagedDevice *managed_device_new(const char *interface);
void managed_device_free(ManagedDevice *device);

/* firewalld's word for a target ("default", "%%REJECT%%", ...), NULL for TARGET_UNKNOWN; and back,
 * TARGET_UNKNOWN for a word that is none. */
const char *target_word(Target target);
Target target_from_word(const char *word);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Snapshot, snapshot_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Link, link_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Route, route_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Rule, rule_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Firewalld, firewalld_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Zone, zone_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Policy, policy_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Service, service_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Ipset, ipset_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PermanentBinding, permanent_binding_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ManagedDevice, managed_device_free)
