/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A question about a flow in the user's words, and the flow it means on a given host: which hook it
 * passes, which interfaces netfilter sees, and where the kernel routes it. */
#pragma once

#include "model/host/flow.h"
#include "model/denied/logged-packet.h"
#include "model/host/snapshot.h"
#include "observe/kernel/route-lookup.h"

/* What stands between source and destination; "to" stands for it as well. */
#define FLOW_ARROW "->"

/* The words; NULL and negative numbers: not given. */
typedef struct {
    char *in;
    char *out;
    char *from;
    char *to;
    char *from_mac;
    char *protocol;
    char *state;            /* "new" (the default), "established" or "invalid" */
    char *port_word;        /* the port as it was written, by number or service name: before PORT */
    char *source_port_word; /* likewise */
    int port;               /* without a protocol it is TCP's */
    int source_port;
    int icmp_type;
    int icmp_code;
    bool for_this_host; /* TO is this host, even if it is a broadcast or former address */
} FlowQuestion;

/* What it means on this host. The flow's names live as long as the snapshot does. */
typedef struct {
    Flow flow;
    bool routed; /* ROUTE is the kernel's answer */
    RouteAnswer route;
    char *master_of; /* the port that was named and whose master FLOW has; NULL: none */
    char *from_mac;  /* of the flow */
} ResolvedFlow;

/* A question without any words. */
FlowQuestion flow_question_new(void);
void flow_question_clear(FlowQuestion *question);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(FlowQuestion, flow_question_clear)

/* The question about the flow of PACKET. */
FlowQuestion flow_question_from_packet(const LoggedPacket *packet);

/* Reads a line of the kernel log. Returns false with NICFIX_ERROR_BAD_INPUT where it is not a line that
 * netfilter writes. */
bool flow_question_from_log(const char *line, FlowQuestion *question,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Reads a flow in the order in which people think of it, [IFACE] [SOURCE] -> DESTINATION[:PORT][/PROTOCOL],
 * from WORDS; a word may hold several parts. What QUESTION has already stays, and may not
 * be said twice. Returns false with NICFIX_ERROR_USAGE where WORDS are not a flow. */
bool flow_question_from_words(char *const *words, FlowQuestion *question,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Reads a JSON object with the members of a report's "flow", and "from_mac", "source_port", "icmp_type"
 * and "state". Returns false with NICFIX_ERROR_BAD_INPUT where LINE is not one. */
bool flow_question_from_json(const char *line, FlowQuestion *question,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Resolves QUESTION on the host of SNAPSHOT. NETLINK reaches that host's kernel, which knows the
 * route; NULL for a snapshot from a file, whose routes are looked up instead. Fails with NICFIX_ERROR_USAGE for words
 * that are missing or contradict each other, NICFIX_ERROR_NOT_FOUND for a link that does not exist or a
 * route that is not known, and
 * NICFIX_ERROR_REFUSED where the kernel does not route it. */
bool flow_question_resolve(const FlowQuestion *question, const Snapshot *snapshot, Netlink *netlink,
                           ResolvedFlow *resolved, GError **error) G_GNUC_WARN_UNUSED_RESULT;

void resolved_flow_clear(ResolvedFlow *resolved);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ResolvedFlow, resolved_flow_clear)
