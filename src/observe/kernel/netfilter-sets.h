/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sets and their elements of the kernel's messages, as netfilter-decode.h has the rest of a table. */
#pragma once

#include "model/host/ruleset.h"

struct nlmsghdr;

/* Adds the set of MESSAGE, still empty, to TABLE. Returns false with NICFIX_ERROR_NETLINK, and nothing
 * added, where the message is malformed. */
bool netfilter_add_set(const struct nlmsghdr *message, NftTable *table, GError **error);

/* Adds the elements of MESSAGE, which may be one of several, to SET. Call nft_set_finish() after
 * the last one. Returns false with NICFIX_ERROR_NETLINK where the message is malformed. */
bool netfilter_add_elements(const struct nlmsghdr *message, NftSet *set, GError **error);

/* The intervals of a set that is no concatenation come as starts and ends: makes elements with both
 * of them. To be called once, after the last message of SET and before nft_set_finish(). */
void netfilter_join_intervals(NftSet *set);
