/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The answer to an accepted packet: a connection works only where that passes, too. A policy that drops,
 * such as Docker's of FORWARD, stops answers as well, unless a rule accepts what is established. */
#pragma once

#include "model/kernel/path.h"

/* Sets *REPLY to the answer to the packet of FLOW that took WAY, as netfilter sees it after conntrack:
 * with the addresses that the packet had at the end of its way. It is taken to come back the way it
 * went. False where there is no answer, or that cannot be told. The strings of REPLY are those of FLOW
 * and of the snapshot. */
bool reply_of(const Flow *flow, const PathWay *way, Flow *reply);

/* Whether the answer certainly does not pass, where PATH is the answer's: by what runs after
 * conntrack, before which its addresses are not known. */
bool reply_is_lost(const Path *path);
