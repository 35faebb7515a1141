/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The way back to where a packet says it comes from: by it the kernel tells a false source. Worked out as
 * routing is. */
#pragma once

#include "model/kernel/routing.h"

/* Where the way back to the source of PACKET leads, as rp_filter looks it up: what the packet is on its
 * way in counts for the rules. */
Routing reverse_path_routing(const Snapshot *snapshot, const RoutingQuestion *packet);

/* Whether the way back to the source of PACKET leaves by its link IN, as rp_filter and the expression
 * fib ask: for IPv4 whether the route to it uses that link (fib_info_nh_uses_dev()), for IPv6 whether
 * the nexthop that is chosen does (nft_fib6_eval()). */
ReversePath reverse_path_of(const Snapshot *snapshot, const RoutingQuestion *packet);
