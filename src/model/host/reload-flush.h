/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a reload of firewalld does to the rules of other programs. Releases before 2.0 flush the tables
 * that the users of iptables-nft share, at each reload; later ones do where there are direct rules
 * (https://github.com/firewalld/firewalld/issues/863; measured with 1.3.3 and 2.3.1). Gone then are all
 * rules of these tables and all chains but the hooks' own, whose policies stay (measured with 1.3.3,
 * --reload and --complete-reload). Tables of other names stay as they are. */
#pragma once

#include "model/host/snapshot.h"

/* Rules of one program in one table. */
typedef struct {
    const NftTable *table;
    const char *owner; /* NULL: not known (static) */
    guint rules;
} FlushedRules;

/* Whether a reload of FIREWALLD flushes other programs' rules. */
Tristate reload_flushes(const Firewalld *firewalld);

/* The rules that a reload takes out of the kernel, and that their program does not put back by itself
 * (FlushedRules, transfer full; they point into SNAPSHOT). Empty also where that is not known. */
GPtrArray *reload_flushed_rules(const Snapshot *snapshot);

/* SNAPSHOT's ruleset as a reload leaves it, once programs that watch for it have put theirs back
 * (transfer full); NULL where the rules were not read. */
Ruleset *reload_ruleset(const Snapshot *snapshot);
