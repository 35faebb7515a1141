/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Denials as the kernel traces them: of every table, without a change of firewalld, and gone with this
 * program. */
#pragma once

#include "act/packet-trace.h"
#include "commands/denied-stream.h"
#include "model/denied/traced-denials.h"
#include "observe/kernel/trace.h"

typedef struct {
    TraceReader *reader;
    PacketTrace *trace;
    TracedDenials *traced;
    Snapshot *rules; /* the kernel's rules, as they were read last */
} DeniedTrace;

/* Begins to trace. Fails with NICFIX_ERROR_NOT_AUTHORISED for lack of CAP_NET_ADMIN, else with
 * NICFIX_ERROR_NETLINK. */
bool denied_trace_begin(DeniedTrace *trace, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Waits at most TIMEOUT_MS for what is traced, and adds what was denied to the groups of STREAM. */
bool denied_trace_read(DeniedTrace *trace, DeniedStream *stream, guint timeout_ms,
                       GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Adds to NOTES what the trace does not show. */
void denied_trace_add_notes(const DeniedTrace *trace, GPtrArray *notes);

void denied_trace_clear(DeniedTrace *trace);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(DeniedTrace, denied_trace_clear)
