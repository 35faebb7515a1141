/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What firewalld was read to hold: zones, policies and what they name, running and permanent. */
#pragma once

#include "model/host/address-set.h"
#include "model/host/name-index.h"
#include "model/host/rich-rule.h"
#include "model/host/tristate.h"

typedef enum {
    TARGET_UNKNOWN, /* could not be read */
    TARGET_DEFAULT,
    TARGET_CONTINUE, /* policies only */
    TARGET_ACCEPT,
    TARGET_REJECT,
    TARGET_DROP,
} Target;

typedef struct FilterIndex FilterIndex;

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
    FilterIndex *index; /* of ports and rich_rules: see filter-index.h; NULL: none asked for yet */
} Filter;

void filter_index_unref(FilterIndex *index);

typedef struct {
    char *name;
    bool settings_read; /* false: only what getActiveZones returns (interfaces, sources) is known */
    Target target;
    Tristate forward;
    char **interfaces;
    NameIndex *interface_index; /* of INTERFACES; NULL: none asked for since they changed */
    GPtrArray *sources;         /* AddressSpec */
    int ingress_priority;
    int egress_priority;
    Filter filter;
} Zone;

typedef struct {
    char *name;
    bool settings_read; /* false: only the name is known */
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
    AddressSet *addresses; /* of the entries: see ipset_addresses(); NULL: not asked for yet */
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
    NameIndex *index;     /* of BINDINGS; NULL: none asked for yet */
    Firewalld *firewalld; /* what firewalld would load now; its version, state and panic are not
                             known. NULL: not asked for, or not readable */
    char *fault; /* why firewalld could not load it, in its own words; NULL: nothing known */
} Permanent;

Firewalld *firewalld_new(void);
void firewalld_free(Firewalld *firewalld);

/* A copy whose zones can be changed; what else it lists, and the lists of a zone's addresses, ports
 * and rules, are shared (transfer full). */
Firewalld *firewalld_copy(const Firewalld *firewalld);

/* Give what a copy shares a list of its own, before it is changed. */
void firewalld_own_policies(Firewalld *firewalld);
void firewalld_own_services(Firewalld *firewalld);

Zone *zone_new(const char *name);
void zone_free(Zone *zone);

/* Puts NAME behind the other interfaces of ZONE, and takes every one of that name out of it. */
void zone_add_interface(Zone *zone, const char *name);
void zone_remove_interface(Zone *zone, const char *name);

/* Takes NAMES (transfer full) for the interfaces of ZONE. */
void zone_set_interfaces(Zone *zone, char **names);

/* The interfaces of ZONE that match the link NAME or may do so, in ZONE's order, for name_walk_next(). */
NameWalk zone_interfaces_for(const Zone *zone, const char *name);

/* Whether NAME is listed in ZONE as it stands: that a wildcard matches it does not count. */
bool zone_lists_interface(const Zone *zone, const char *name);

/* As firewalld_own_policies(). */
void zone_own_sources(Zone *zone);
void zone_own_ports(Zone *zone);

Policy *policy_new(const char *name);
void policy_free(Policy *policy);
Service *service_new(const char *name);
void service_free(Service *service);
Ipset *ipset_new(const char *name);
void ipset_free(Ipset *ipset);

/* The entries, parsed when first asked for; they must not change any more (transfer none). */
const AddressSet *ipset_addresses(const Ipset *ipset);

/* All return NULL where there is none of that name (transfer none). */
Zone *firewalld_zone(const Firewalld *firewalld, const char *name);

/* The name of a zone that somebody may have meant by NAME, which no zone has (transfer none); NULL where none is
 * like it. */
const char *firewalld_nearest_zone(const Firewalld *firewalld, const char *name);
Policy *firewalld_policy(const Firewalld *firewalld, const char *name);
const Service *firewalld_service(const Firewalld *firewalld, const char *name);
const Ipset *firewalld_ipset(const Firewalld *firewalld, const char *name);

/* Whether firewalld.conf was read: every release since 0.6 has a FirewallBackend. */
bool firewalld_options_are_known(const Firewalld *firewalld);

/* StrictForwardPorts=yes (2.3 and later): connections that other programs translate are filtered like
 * all others; without it they are accepted. */
bool firewalld_is_strict(const Firewalld *firewalld);

Permanent *permanent_new(void);
Permanent *permanent_copy(const Permanent *permanent);
void permanent_free(Permanent *permanent);
PermanentBinding *permanent_binding_new(const char *interface);
void permanent_binding_free(PermanentBinding *binding);

/* What PERMANENT says of INTERFACE; NULL where nothing was read (transfer none). */
const PermanentBinding *permanent_binding(const Permanent *permanent, const char *interface);

/* firewalld's word for a target ("default", "%%REJECT%%", ...), NULL for TARGET_UNKNOWN; and back,
 * TARGET_UNKNOWN for any other word. */
const char *target_word(Target target);
Target target_from_word(const char *word);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Firewalld, firewalld_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Zone, zone_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Policy, policy_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Service, service_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Ipset, ipset_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PermanentBinding, permanent_binding_free)
