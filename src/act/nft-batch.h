/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One batch of nf_tables messages that makes a table with chains and rules at once. The table belongs to
 * the socket that made it (NFT_TABLE_F_OWNER, Linux 5.12): the kernel removes it when that is closed,
 * however this program ends. */
#pragma once

#include <glib.h>
#include <libnftnl/chain.h>
#include <libnftnl/expr.h>
#include <libnftnl/rule.h>
#include <stdbool.h>

typedef struct NftBatch NftBatch;
typedef struct nftnl_rule RuleRequest;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RuleRequest, nftnl_rule_free)

/* A batch that makes the table NAME of FAMILY (NFPROTO_*) (transfer full). */
NftBatch *nft_batch_new(guint16 family, const char *name);
void nft_batch_free(NftBatch *batch);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(NftBatch, nft_batch_free)

/* Adds a base chain at HOOK (NF_INET_*) that accepts. */
void nft_batch_add_base_chain(NftBatch *batch, const char *name, guint32 hook, gint32 priority);

/* Adds a chain that rules jump to. */
void nft_batch_add_chain(NftBatch *batch, const char *name);

/* Adds a set of keys of KEY_LENGTH bytes that rules put there, with an expression for each; at most SIZE
 * of them, each for TIMEOUT_MS. */
void nft_batch_add_meter(NftBatch *batch, const char *name, guint32 key_length, guint32 size,
                         guint64 timeout_ms);

/* A rule for CHAIN without expressions (transfer full), and the end of making it. */
RuleRequest *nft_batch_new_rule(const NftBatch *batch, const char *chain);
void nft_batch_add_rule(NftBatch *batch, const RuleRequest *rule);

/* Makes it all through DESCRIPTOR, a NETLINK_NETFILTER socket. Fails with NICFIX_ERROR_NOT_AUTHORISED for
 * lack of CAP_NET_ADMIN, else with NICFIX_ERROR_NETLINK, and nothing is made then. */
bool nft_batch_send(NftBatch *batch, int descriptor, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Adds up the counters of the rules of the table NAME into *PACKETS. */
bool nft_count_packets(int descriptor, guint16 family, const char *name, guint64 *packets,
                       GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The error for NUMBER, an errno; returns false. */
bool nft_batch_fail(int number, GError **error);

/* ---- expressions of a rule; what is compared is in the first register ---- */

struct nftnl_expr *nft_rule_add(RuleRequest *rule, const char *name);
void nft_rule_add_comparison(RuleRequest *rule, guint32 operation, const void *data, guint32 size);
void nft_rule_add_mask(RuleRequest *rule, const void *mask, guint32 size);
void nft_rule_add_load(RuleRequest *rule, guint32 reg, guint32 base, guint32 offset, guint32 size);
void nft_rule_add_meta(RuleRequest *rule, guint32 reg, guint32 key);
void nft_rule_add_verdict(RuleRequest *rule, gint32 verdict, const char *chain);

/* Compares a field of the packet, or what META_KEY says of it, with DATA. */
void nft_rule_match_field(RuleRequest *rule, guint32 base, guint32 offset, const void *data,
                          guint32 size);
void nft_rule_match_meta(RuleRequest *rule, guint32 meta_key, const void *data, guint32 size);

/* Matches packets of connections that conntrack knows: established or related. */
void nft_rule_match_known(RuleRequest *rule);

/* At most RATE packets per second, and BURST at once. */
struct nftnl_expr *nft_limit_new(guint64 rate, guint32 burst);

/* Has the kernel trace the packet. */
void nft_rule_add_tracing(RuleRequest *rule);
