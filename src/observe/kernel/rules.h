/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Routing policy rules, ip-rule(8): which tables packets are looked up in. */
#pragma once

#include "model/host/snapshot.h"
#include "observe/kernel/netlink.h"

/* Fills RULES (element type Rule, empty) with the rules of FAMILY (AF_*) in the kernel's order, which
 * is the order they are tried in. A kernel without policy routing, or without IPv6, has none. Errors as
 * of netlink_list(); RULES may then hold a part. */
bool rules_observe(Netlink *netlink, guint8 family, GPtrArray *rules,
                   GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Reads an RTM_NEWRULE message of IPv4 or IPv6. Returns NULL with NICFIX_ERROR_NETLINK where it is
 * malformed (transfer full). */
Rule *rule_from_message(const struct nlmsghdr *message, GError **error) G_GNUC_WARN_UNUSED_RESULT;
