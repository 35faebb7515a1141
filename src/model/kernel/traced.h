/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A packet's way as the kernel itself traced it (nftrace), in the same stages as a path that was worked
 * out: from its messages, and the ruleset that they name. */
#pragma once

#include "model/kernel/path.h"

/* Chains of the table that makes the kernel trace, by what a message from them says. */
#define TRACE_CHAIN_BEGIN_IN  "begin-in"  /* prerouting, before all others: traces the flow */
#define TRACE_CHAIN_BEGIN_OUT "begin-out" /* output, likewise */
#define TRACE_CHAIN_KNOWN_IN                                                                       \
    "known-in" /* prerouting, behind conntrack: has a rule for what is of a known
                                             connection */
#define TRACE_CHAIN_KNOWN_OUT "known-out" /* output, likewise */
#define TRACE_CHAIN_END_IN    "end-in"    /* input, behind all others: the packet has arrived */
#define TRACE_CHAIN_END_OUT   "end-out"   /* postrouting, likewise: the packet leaves */

/* One message (NFT_MSG_TRACE). */
typedef struct {
    guint32 id; /* the same for all messages of a packet on one interface */
    NftFamily family;
    char *table;
    char *chain;
    guint64 rule;   /* the handle; 0: none */
    bool is_rule;   /* a rule matched; else the end of a chain: its policy, or a return */
    bool is_policy; /* the policy of a base chain */
    gint32 verdict; /* NF_ACCEPT, NF_DROP, NFT_CONTINUE, NFT_JUMP, ... */
    int oif;        /* 0: not told */
    int iif;        /* likewise */

    /* Only the first message of a base chain has the packet's headers. */
    bool has_destination;
    IpAddress destination;
    IpAddress source;
    int protocol; /* IPPROTO_*; -1: an extension header of IPv6 hides it */
    guint16 port; /* 0: not told */
    guint16 source_port;
    int icmp_type; /* -1: none */
    int icmp_code;
    guint64 headers; /* a digest of the packet's headers; 0: not told */
} TraceMessage;

TraceMessage *trace_message_new(void);
void trace_message_free(TraceMessage *message);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TraceMessage, trace_message_free)

/* The hook at which the base chain BASE of TABLE runs. */
PathHook path_hook_of_chain(const NftTable *table, const NftChain *base);

/* The rule of CHAIN with HANDLE, or NULL (transfer none). */
const NftRule *nft_chain_rule(const NftChain *chain, guint64 handle);

/* Whether RULE answers what it refuses; to the kernel it drops the packet then. */
bool nft_rule_rejects(const NftRule *rule);

typedef enum {
    TRACED_NOTHING,    /* no packet of the flow came */
    TRACED_KNOWN,      /* only packets of connections that were known already came */
    TRACED_UNFINISHED, /* a packet came, and neither arrived nor was refused by a rule (yet) */
    TRACED_REFUSED,
    TRACED_PASSED,
} TracedState;

typedef struct {
    TracedState state;
    PathWay way; /* not of TRACED_NOTHING and _KNOWN; LOSS_ROUTE_UNKNOWN where it is unfinished */
    bool rules_new; /* it met a rule or chain that the ruleset does not have: they changed */
} Traced;

/* The first packet in MESSAGES (TraceMessage) that came to an end, else the last that did not. TABLE is
 * the name of the table that traces; KNOWN_TOO counts packets of known connections. SNAPSHOT outlives the
 * result (transfer full). */
Traced *traced_of(const Snapshot *snapshot, const GPtrArray *messages, const char *table,
                  bool known_too);
void traced_free(Traced *traced);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Traced, traced_free)
