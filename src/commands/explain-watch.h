/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nicfix explain --watch: what the kernel does to a real packet of the flow. */
#pragma once

#include "act/packet-trace.h"
#include "observe/kernel/trace.h"

typedef struct {
    PacketTrace *trace;
    TraceReader *reader;
} ExplainWatch;

/* Begins to trace packets of FLOW on the host that SNAPSHOT was just read from. */
bool explain_watch_begin(ExplainWatch *watch, const Snapshot *snapshot, const Flow *flow,
                         GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Waits until a packet has come to an end, at most SECONDS (transfer full). */
Traced *explain_watch_wait(ExplainWatch *watch, const Snapshot *snapshot, const Flow *flow,
                           guint seconds, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Ends it, also where it has not begun. */
void explain_watch_clear(ExplainWatch *watch);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ExplainWatch, explain_watch_clear)
