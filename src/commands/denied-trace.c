/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "commands/denied-trace.h"

#include "model/error.h"
#include "model/foreach.h"
#include "observe/kernel/legacy-tables.h"
#include "observe/kernel/netfilter.h"

#include <net/if.h>
#include <string.h>

/* Reads the kernel's rules, in place of what was read before. */
static void read_rules(DeniedTrace *trace)
{
    snapshot_free(trace->rules);
    trace->rules = snapshot_new();
    netfilter_observe(trace->rules);
}

bool denied_trace_begin(DeniedTrace *trace, GError **error)
{
    trace->reader = trace_reader_new(error);
    if (trace->reader == NULL)
        return false;
    trace->trace = packet_trace_start_new(error);
    if (trace->trace == NULL)
        return false;
    trace->traced = traced_denials_new(packet_trace_table(trace->trace));
    read_rules(trace);
    return true;
}

/* ---- what comes ---- */

/* The name of the interface INDEX; NULL for none (transfer full). */
static char *name_of(int index)
{
    char name[IF_NAMESIZE];
    if (index == 0)
        return NULL;
    return if_indextoname((unsigned)index, name) != NULL
               ? g_utf8_make_valid(name, -1)
               : g_strdup_printf("interface %d", index); /* it is gone */
}

static void add_denial(DeniedStream *stream, TracedDenial *denied)
{
    g_auto(LogTime) now = {.usec = g_get_real_time()};
    denied->packet.in = name_of(denied->iif);
    denied->packet.out = name_of(denied->oif);
    denials_add_denial(stream->denials, &denied->packet, &denied->denial, &now);
}

bool denied_trace_read(DeniedTrace *trace, DeniedStream *stream, guint timeout_ms, GError **error)
{
    g_autoptr(GPtrArray) messages =
        g_ptr_array_new_with_free_func((GDestroyNotify)trace_message_free);
    if (!trace_reader_wait(trace->reader, timeout_ms, messages, error))
        return false;
    if (messages->len == 0)
        return true;
    /* Handles are numbered anew where a table is made anew: these messages are of the old rules or of the
     * new ones. */
    bool changed = netfilter_has_changed(trace->rules->ruleset);
    PTR_ARRAY_FOREACH (const TraceMessage, message, messages) {
        g_auto(TracedDenial) denied = {0};
        if (traced_denials_take(trace->traced, message, changed ? NULL : trace->rules->ruleset,
                                &denied))
            add_denial(stream, &denied);
    }
    if (changed || trace->rules->ruleset == NULL)
        read_rules(trace);
    return true;
}

/* ---- what does not ---- */

static bool has_legacy_rules(void)
{
    g_autoptr(Snapshot) legacy = snapshot_new();
    legacy_tables_observe(legacy);
    PTR_ARRAY_FOREACH (const LegacyTable, table, legacy->legacy_tables) {
        if (table->chains == NULL || table->chains[0] != NULL)
            return true;
    }
    return false;
}

void denied_trace_add_notes(const DeniedTrace *trace, GPtrArray *notes)
{
    guint64 passed_over = 0;
    g_autoptr(GError) reason = NULL;
    if (!packet_trace_passed_over(trace->trace, &passed_over, &reason))
        g_ptr_array_add(notes, g_strdup_printf("how many packets were not traced is not known: %s",
                                               reason->message));
    if (passed_over > 0)
        g_ptr_array_add(
            notes,
            g_strdup_printf("%" G_GUINT64_FORMAT
                            " packets of new connections were not traced, so there may be more "
                            "denials: at most %d a second are, and only a few of one kind",
                            passed_over, PACKET_TRACE_IN_ALL));
    if (trace_reader_has_lost(trace->reader) || traced_denials_lost(trace->traced) > 0)
        g_ptr_array_add(notes, g_strdup("messages of the kernel's trace were lost, so there may be "
                                        "more denials"));
    if (has_legacy_rules())
        g_ptr_array_add(notes, g_strdup("what rules of iptables-legacy drop is not traced"));
}

void denied_trace_clear(DeniedTrace *trace)
{
    packet_trace_stop(trace->trace);
    trace_reader_free(trace->reader);
    traced_denials_free(trace->traced);
    snapshot_free(trace->rules);
    memset(trace, 0, sizeof *trace);
}
