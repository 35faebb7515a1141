/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Messages of nf_tables turned into values of the model: libnftnl takes them apart, and here its
 * objects become tables, chains, rules and sets. Pure: nothing is asked here. */
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
bool netfilter_add_set(const struct nlmsghdr *message, NftTable *table, GError **error);

/* Adds the elements of the message, which may be one of several, to SET. Call nft_set_finish() after
 * the last one. */
bool netfilter_add_elements(const struct nlmsghdr *message, NftSet *set, GError **error);

/* The intervals of a set that is no concatenation come as starts and ends: makes elements with both
 * of them. To be called once, after the last message of SET and before nft_set_finish(). */
void netfilter_join_intervals(NftSet *set);
