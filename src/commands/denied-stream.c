/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "commands/denied-stream.h"

#include "model/foreach.h"
#include "observe/log/kernel-log.h"

#include <string.h>

/* What was last reported of a group. */
typedef struct {
    guint64 count;
    gint64 when; /* monotonic, microseconds */
} Reported;

void denied_stream_begin(DeniedStream *stream, Output *output, DeniedHost *host,
                         KernelMessages *messages)
{
    *stream = (DeniedStream){
        .output = output,
        .host = host,
        .messages = messages,
        .denials = denials_new(),
        .reported = g_hash_table_new_full(g_direct_hash, g_direct_equal, NULL, g_free),
        .notes = g_ptr_array_new_with_free_func(g_free),
    };
}

static void count_denial(const char *message, gsize length, const LogTime *time, gpointer user)
{
    DeniedStream *stream = user;
    g_auto(LoggedPacket) packet = {0};
    if (kernel_log_parse(message, length, &packet))
        denials_add(stream->denials, &packet, time);
}

bool denied_stream_read(DeniedStream *stream, GError **error)
{
    return kernel_messages_read(stream->messages, count_denial, stream, error);
}

static DeniedSource source_of(const DeniedStream *stream)
{
    const Snapshot *snapshot = stream->host->snapshot;
    return (DeniedSource){
        .log = kernel_messages_name(stream->messages),
        .log_denied = snapshot != NULL ? snapshot->firewalld->log_denied : NULL,
        .left_off = denials_left_off(stream->denials),
        .skipped = kernel_messages_skipped(stream->messages),
        .notes = stream->notes,
        .recorded = stream->recorded,
    };
}

/* ---- as they come ---- */

static void report_cause(DeniedStream *stream, DenialGroup *group)
{
    denied_host_refresh(stream->host);
    g_auto(DenialCause) cause = denied_host_cause(stream->host, group);
    DeniedSource source = source_of(stream);
    g_autoptr(GPtrArray) groups = g_ptr_array_new();
    g_ptr_array_add(groups, group);
    output_text(stream->output, denied_report_group_text(group, &cause, &stream->output->style));
    if (stream->output->format == FORMAT_JSON_LINES)
        output_json(stream->output, denied_report_json(&source, groups, &cause));
}

static void report_group(DeniedStream *stream, DenialGroup *group)
{
    const Reported *last = g_hash_table_lookup(stream->reported, group);
    gint64 now = g_get_monotonic_time();
    if (last != NULL && (last->count == group->count || now - last->when < G_TIME_SPAN_SECOND))
        return;
    if (last == NULL || stream->output->format == FORMAT_JSON_LINES)
        report_cause(stream, group);
    else
        output_text(stream->output, denied_report_again_text(group, &stream->output->style));
    Reported *fresh = g_new(Reported, 1);
    *fresh = (Reported){group->count, now};
    g_hash_table_insert(stream->reported, group, fresh);
}

void denied_stream_report_news(DeniedStream *stream)
{
    g_autoptr(GPtrArray) groups = denials_sorted(stream->denials);
    PTR_ARRAY_FOREACH (DenialGroup, group, groups)
        report_group(stream, group);
    fflush(stream->output->stream);
}

/* ---- all at the end ---- */

void denied_stream_finish(DeniedStream *stream)
{
    g_autoptr(GPtrArray) groups = denials_sorted(stream->denials);
    g_autofree DenialCause *causes = g_new0(DenialCause, groups->len + 1);
    const TextStyle *style = &stream->output->style;
    DeniedSource source = source_of(stream);
    for (guint i = 0; i < groups->len; i++) {
        DenialGroup *group = g_ptr_array_index(groups, i);
        causes[i] = denied_host_cause(stream->host, group);
        if (!g_hash_table_contains(stream->reported, group))
            output_text(stream->output, denied_report_group_text(group, &causes[i], style));
    }
    output_text(stream->output, denied_report_end_text(&source, groups->len, style));
    output_json(stream->output, denied_report_json(&source, groups, causes));
    for (guint i = 0; i < groups->len; i++)
        denial_cause_clear(&causes[i]);
}

void denied_stream_clear(DeniedStream *stream)
{
    g_clear_pointer(&stream->reported, g_hash_table_unref);
    denials_free(stream->denials);
    kernel_messages_free(stream->messages);
    g_clear_pointer(&stream->notes, g_ptr_array_unref);
    memset(stream, 0, sizeof *stream);
}
