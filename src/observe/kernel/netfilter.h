/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reading the kernel's nf_tables rules, as far as packets can reach them. */
#pragma once

#include "model/host/snapshot.h"

/* Sets the ruleset of SNAPSHOT to the rules of this network namespace: all tables and chains, the
 * rules of chains that a hook leads to, the sets that those rules look up. All of it is of one
 * generation: where the rules change meanwhile, they are read again a few times. What cannot be read
 * (it needs CAP_NET_ADMIN) is noted in SNAPSHOT as unread, and its ruleset stays NULL. */
void netfilter_observe(Snapshot *snapshot);

/* Whether the kernel has other rules now than RULESET, which was read; false where RULESET is NULL or
 * the kernel does not answer. */
bool netfilter_has_changed(const Ruleset *ruleset);
