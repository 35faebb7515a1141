/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The snapshot: everything that was read from a host, as one plain value. It holds what was read
 * and what could not be read, and judges nothing. Read from the machine or from a file, it is the
 * same value.
 *
 * Rules: strings are valid UTF-8 and never empty where NULL is allowed; lists are never NULL;
 * a Snapshot owns all that is in it. Links, routes and rules are shared between a snapshot and
 * its copies and do not change once they are added. */
#pragma once

#include "model/host/firewalld.h"
#include "model/host/link.h"
#include "model/host/networkmanager.h"
#include "model/host/route.h"
#include "model/host/ruleset.h"
#include "model/host/socket.h"

/* Something that could not be read, and what it was read for. */
typedef struct {
    char *what;   /* in the user's words: "settings of zone public" */
    char *where;  /* the method, file or message that refused */
    char *reason; /* why, in one sentence */
} Unread;

/* A table of iptables' own kernel modules (ip_tables, ip6_tables), which are beside nf_tables: the
 * ruleset does not hold them, and their rules are not read. */
typedef struct {
    Family family;
    char *name;    /* NULL: which tables there are could not be read */
    char **chains; /* the built-in chains that have rules, or a policy other than ACCEPT; NULL: not
                      known */
} LegacyTable;

typedef struct OwnAddresses OwnAddresses;

typedef struct {
    char *taken_at; /* ISO 8601 with the offset from UTC */
    char *host;
    GPtrArray *links;         /* Link, in the order of their indices */
    GPtrArray *routes;        /* Route: the wide ones, which lead to other networks */
    GPtrArray *narrow_routes; /* Route: all others that were kept */
    GPtrArray *rules;         /* Rule */
    Tristate routes_complete; /* whether these are all routes, those of table "local" aside */
    int rp_filter;            /* net.ipv4.conf.all.rp_filter */
    Ruleset *ruleset;         /* NULL: the kernel's nf_tables rules could not be read */
    GPtrArray *legacy_tables; /* LegacyTable */
    GPtrArray *sockets;       /* Socket: those that wait for others */
    bool firewalld_predicted; /* FIREWALLD is what it would be: RULESET has other rules of it */
    Tristate forwarding_ipv4; /* net.ipv4.conf.all.forwarding */
    Tristate forwarding_ipv6; /* net.ipv6.conf.all.forwarding */
    Tristate
        bridge_call_iptables; /* net.bridge.bridge-nf-call-iptables; UNKNOWN: no br_netfilter */
    Tristate bridge_call_ip6tables;
    Firewalld *firewalld;
    Permanent *permanent;
    NetworkManager *networkmanager;
    GPtrArray *unread;           /* Unread */
    GHashTable *links_by_name;   /* to Link; names and alternative names */
    GHashTable *links_by_index;  /* to Link */
    OwnAddresses *own_addresses; /* of LINKS: see own-addresses.h */
} Snapshot;

LegacyTable *legacy_table_new(void);
void legacy_table_free(LegacyTable *table);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LegacyTable, legacy_table_free)

Snapshot *snapshot_new(void);
void snapshot_free(Snapshot *snapshot);

/* A copy in which all but the kernel's side can be changed; that is shared. */
Snapshot *snapshot_copy(const Snapshot *snapshot);

/* Takes RULESET (transfer full; NULL: it is not known) in place of the one that SNAPSHOT has. */
void snapshot_replace_ruleset(Snapshot *snapshot, Ruleset *ruleset);

/* The kernel's side of KERNEL with all the rest of SERVICES (transfer full). */
Snapshot *snapshot_with_kernel(const Snapshot *services, const Snapshot *kernel);

/* Takes LINK (transfer full). A second link of the same index replaces nothing: the first stays. */
void snapshot_add_link(Snapshot *snapshot, Link *link);

/* Both return NULL where there is no such link; by name also finds alternative names. */
const Link *snapshot_link_by_name(const Snapshot *snapshot, const char *name);
const Link *snapshot_link_by_index(const Snapshot *snapshot, int index);

/* The name of a link that somebody may have meant by NAME, which no link has (transfer none); NULL where none is
 * like it. */
const char *snapshot_nearest_link(const Snapshot *snapshot, const char *name);

/* Notes that something could not be read; the same thing is noted once. */
void snapshot_add_unread(Snapshot *snapshot, const char *what, const char *where,
                         const char *reason);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Snapshot, snapshot_free)
