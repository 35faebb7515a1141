/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reading the kernel's trace of packets (nftrace). What is traced is up to act/packet-trace. */
#pragma once

#include "model/kernel/traced.h"

struct nlmsghdr;

typedef struct TraceReader TraceReader;

/* Listens to the traces of this network namespace. Fails with NICFIX_ERROR_NOT_AUTHORISED for lack of
 * CAP_NET_ADMIN, else with NICFIX_ERROR_NETLINK (transfer full). */
TraceReader *trace_reader_new(GError **error) G_GNUC_WARN_UNUSED_RESULT;
void trace_reader_free(TraceReader *reader);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TraceReader, trace_reader_free)

/* Waits at most TIMEOUT_MS for messages, and adds those that have come to MESSAGES (TraceMessage), which
 * does not grow beyond a few thousand. Messages may be lost where too many come. */
bool trace_reader_wait(TraceReader *reader, guint timeout_ms, GPtrArray *messages,
                       GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Whether messages were lost because too many came. */
bool trace_reader_has_lost(const TraceReader *reader);

/* Reads a message; NULL where it is malformed, or no trace (transfer full). */
TraceMessage *trace_message_read(const struct nlmsghdr *message);
