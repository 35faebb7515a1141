/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whose a table, chain, rule or link is: by the names that well-known programs give. */
#pragma once

#include "model/host/ruleset.h"

/* Whether TABLE is one of those that all users of iptables-nft share. */
bool nft_is_of_iptables(const NftTable *table);

/* Whether TABLE is firewalld's own, which it has with the nftables backend. */
bool nft_is_firewallds(const NftTable *table);

/* The program that a table or chain is known to belong to by its name ("firewalld", "Docker",
 * "kube-proxy", "libvirt", ...), else NULL: then it is known by its table only (static). */
const char *nft_owner(const NftTable *table, const NftChain *chain);

/* The same for what decided in CHAIN, to which BASE led: the policy of a chain that iptables programs
 * share belongs to the one of them that sets it, as Docker does for FORWARD and ufw for all. */
const char *nft_stage_owner(const NftTable *table, const NftChain *base, const NftChain *chain);

/* The same for a rule: by its chain, else by the chain it leads to, else by a link that it names. */
const char *nft_rule_owner(const NftTable *table, const NftChain *chain, const NftRule *rule);

/* The program that makes links with names such as NAME, or NULL (static). */
const char *link_maker(const char *name);

/* Whether TABLE's CHAIN is of the program that makes links with names such as LINK. Networks that their own
 * software keeps apart are refused by its rules: that is what they are for. */
bool nft_keeps_apart(const NftTable *table, const NftChain *chain, const char *link);
