/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Messages of nf_tables turned into values of the model: libnftnl takes them apart, and here its
 * objects become tables, chains and rules. Pure: nothing is asked here. */
#pragma once

#include "model/host/ruleset.h"

struct nlmsghdr;

/* Each reads one message of its kind and adds what it tells to RULESET or to TABLE; a rule of a chain
 * that is not there, and a chain of a table that is not, are left out. Returns false with
 * NICFIX_ERROR_NETLINK, and nothing added, where the message is malformed. An expression that is not
 * known is kept by its name. */
bool netfilter_add_table(const struct nlmsghdr *message, Ruleset *ruleset, GError **error);
bool netfilter_add_chain(const struct nlmsghdr *message, Ruleset *ruleset, GError **error);
bool netfilter_add_rule(const struct nlmsghdr *message, NftTable *table, GError **error);
