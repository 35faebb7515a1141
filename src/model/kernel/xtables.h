/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Matches and targets of xtables, which rules made with iptables-nft carry as the plain structs of
 * linux/netfilter/xt_*.h. Used by the machine only. */
#pragma once

#include "model/kernel/evaluate.h"

/* Whether the match EXPRESSION holds for PACKET; MAYBE for one that is not modelled. */
Match xtables_match(const Machine *machine, const Expression *expression, const Packet *packet);

/* What the target EXPRESSION does to PACKET, which it may change; STEP_HANDED for one that is not modelled. */
Step xtables_target(const Machine *machine, const Expression *expression, Packet *packet);
