/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A question about a flow in the user's words, and the flow it is on a given host: which hook it
 * passes, by which interfaces as netfilter names them, and where the kernel routes it. */
#pragma once

#include "model/host/flow.h"
#include "model/denied/logged-packet.h"
#include "model/host/snapshot.h"
#include "observe/kernel/route-lookup.h"

/* The words; NULL and negative numbers stand for what is not told. */
typedef struct {
    char *in;
    char *out;
    char *from;
    char *to;
    char *from_mac;
    char *protocol;
    char *state; /* "new" (the default) or "established" */
    int port;
    int source_port;
    int icmp_type;
    int icmp_code;
    bool for_this_host; /* TO is this host, as broadcasts and former addresses of it may be */
} FlowQuestion;

/* What it is on this host. The flow's names live as long as the snapshot does. */
typedef struct {
    Flow flow;
    bool routed; /* ROUTE is the kernel's answer */
    RouteAnswer route;
    char *master_of; /* the port that was named in place of its master; NULL: none was */
    char *from_mac;  /* of the flow */
} ResolvedFlow;

/* A question of which nothing is told. */
FlowQuestion flow_question_new(void);
void flow_question_clear(FlowQuestion *question);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(FlowQuestion, flow_question_clear)

/* The question that PACKET asks. */
FlowQuestion flow_question_from_packet(const LoggedPacket *packet);

/* The question that a line of the kernel log asks: NICFIX_ERROR_BAD_INPUT where it is none. */
bool flow_question_from_log(const char *line, FlowQuestion *question,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The question that a JSON object asks: members as in a report's "flow", and "from_mac",
 * "source_port", "icmp_type" and "state". */
bool flow_question_from_json(const char *line, FlowQuestion *question,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Resolves QUESTION on the host of SNAPSHOT. NETLINK asks that host's kernel for the route; NULL
 * where it cannot be asked, as for a snapshot from a file. Fails with NICFIX_ERROR_USAGE for words
 * that are missing or make no sense together, NICFIX_ERROR_NOT_FOUND for a link that does not
 * exist, and NICFIX_ERROR_REFUSED where the kernel routes it nowhere. */
bool flow_question_resolve(const FlowQuestion *question, const Snapshot *snapshot, Netlink *netlink,
                           ResolvedFlow *resolved, GError **error) G_GNUC_WARN_UNUSED_RESULT;

void resolved_flow_clear(ResolvedFlow *resolved);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ResolvedFlow, resolved_flow_clear)
