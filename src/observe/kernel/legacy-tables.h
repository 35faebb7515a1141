/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tables of iptables' own kernel modules: whether they have rules. What the rules are is not read. */
#pragma once

#include "model/host/snapshot.h"

/* Adds to SNAPSHOT the tables of ip_tables and ip6_tables of this network namespace. Nothing is loaded
 * into the kernel by this. Without CAP_NET_ADMIN, or where the list of tables cannot be read, it is not
 * known which chains have rules. */
void legacy_tables_observe(Snapshot *snapshot);

enum { LEGACY_HOOKS = 5 }; /* NF_INET_NUMHOOKS, without ingress */

/* What the kernel tells about a table: where the chain of each hook begins in its blob of rules, and
 * where its policy, which is its last rule, is (struct ipt_getinfo, struct ip6t_getinfo). */
typedef struct {
    guint32 valid_hooks; /* 1 << NF_INET_* */
    guint32 entries[LEGACY_HOOKS];
    guint32 policies[LEGACY_HOOKS];
} LegacyLayout;

/* The built-in chains of a table that have rules or a policy other than ACCEPT, by the SIZE bytes of
 * its BLOB, rules of FAMILY. Returns NULL where the blob is malformed (transfer full). */
char **legacy_chains(const LegacyLayout *layout, Family family, const guint8 *blob, gsize size);
