/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Making the kernel trace the packets of one flow: a table of our own that belongs to the socket that made
 * it (NFT_TABLE_F_OWNER, Linux 5.12), so that the kernel removes it when this program ends, however it
 * ends. It accepts everything and touches no table of others. */
#pragma once

#include "model/host/flow.h"

#include <stdbool.h>

typedef struct PacketTrace PacketTrace;

/* Lets the kernel trace a few packets per second that are like those of FLOW; the trace is read with
 * observe/kernel/trace. Needs CAP_NET_ADMIN: NICFIX_ERROR_NOT_AUTHORISED without it, else
 * NICFIX_ERROR_NETLINK (transfer full). */
PacketTrace *packet_trace_start(const Flow *flow, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* At most so many new packets per second are traced, of one way (an interface, a destination, a protocol
 * and a port) and in all. A packet takes about 30 messages of the kernel's. */
enum {
    PACKET_TRACE_PER_WAY = 5,
    PACKET_TRACE_IN_ALL = 100,
};

/* Lets the kernel trace what belongs to no known connection: the first packets of new ones, and those that
 * conntrack finds invalid or does not track. What is dropped before conntrack (priority -200 of
 * prerouting) is not seen. Fails as packet_trace_start() does (transfer full). */
PacketTrace *packet_trace_start_new(GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* How many packets packet_trace_start_new() has let pass untraced because of its limits. */
bool packet_trace_passed_over(const PacketTrace *trace, guint64 *packets,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Ends it, and removes the table. */
void packet_trace_stop(PacketTrace *trace);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PacketTrace, packet_trace_stop)

/* The name of the table (transfer none). */
const char *packet_trace_table(const PacketTrace *trace);
