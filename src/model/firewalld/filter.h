/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a zone or a policy itself accepts and refuses, phase by phase in the order of its chains
 * (pre, deny, allow, post: firewall/core/nftables.py). Used by the parts of the verdict only. */
#pragma once

#include "model/firewalld/trace.h"

typedef enum {
    FILTER_WHOLE,
    FILTER_ICMP_ONLY, /* the forwarding half of a zone of 0.9 holds only rules for ICMP */
} FilterScope;

void filter_pre(Trace *trace, Owner owner, const Filter *filter, FilterScope scope);
void filter_deny(Trace *trace, Owner owner, const Filter *filter, FilterScope scope);
void filter_allow(Trace *trace, Owner owner, const Filter *filter, FilterScope scope);
void filter_post(Trace *trace, Owner owner, const Filter *filter, FilterScope scope);

/* All four, one after the other. */
void filter_run(Trace *trace, Owner owner, const Filter *filter, FilterScope scope);

/* The general rule for ICMP at the end of a zone of TARGET, for packets to the host. */
void filter_icmp_tail(Trace *trace, Owner owner, const Filter *filter, Target target);

/* Before 1.0 masquerading also means to accept; the rule that accepts has a rich rule's addresses, and not
 * its family (measured with 0.9.11). */
void filter_masquerade(Trace *trace, Owner owner, const Filter *filter);
