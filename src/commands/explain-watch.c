/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "commands/explain-watch.h"

#include "model/error.h"

#include <string.h>

enum {
    TICK_MS = 100,
    QUIET_MS = 500, /* a packet that has not arrived by then is lost */
};

bool explain_watch_begin(ExplainWatch *watch, const Snapshot *snapshot, const Flow *flow,
                         GError **error)
{
    watch->reader = trace_reader_new(error);
    if (watch->reader == NULL)
        return false;
    if (snapshot->ruleset == NULL) {
        nicfix_error_set(error, NICFIX_ERROR_NETLINK, "nicfix check -v shows why",
                         "the kernel's rules could not be read, so a trace cannot be followed");
        return false;
    }
    watch->trace = packet_trace_start(flow, error);
    return watch->trace != NULL;
}

Traced *explain_watch_wait(ExplainWatch *watch, const Snapshot *snapshot, const Flow *flow,
                           guint seconds, GError **error)
{
    const char *table = packet_trace_table(watch->trace);
    bool known_too = flow->state != FLOW_NEW;
    gint64 end = g_get_monotonic_time() + seconds * G_TIME_SPAN_SECOND;
    gint64 last = 0;
    guint before = 0;
    g_autoptr(GPtrArray) messages =
        g_ptr_array_new_with_free_func((GDestroyNotify)trace_message_free);
    for (;;) {
        if (!trace_reader_wait(watch->reader, TICK_MS, messages, error))
            return NULL;
        gint64 now = g_get_monotonic_time();
        if (messages->len != before)
            last = now;
        g_autoptr(Traced) traced = NULL;
        if (messages->len != before || now >= end || now - last >= QUIET_MS * 1000)
            traced = traced_of(snapshot, messages, table, known_too);
        before = messages->len;
        bool is_over = traced != NULL &&
                       (traced->state == TRACED_REFUSED || traced->state == TRACED_PASSED ||
                        (traced->state == TRACED_UNFINISHED && now - last >= QUIET_MS * 1000));
        if (is_over || now >= end)
            return g_steal_pointer(&traced);
    }
}

void explain_watch_clear(ExplainWatch *watch)
{
    packet_trace_stop(watch->trace);
    trace_reader_free(watch->reader);
    memset(watch, 0, sizeof *watch);
}
