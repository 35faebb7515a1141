/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "commands/denied-stream.h"

#include "model/foreach.h"
#include "observe/flow-question.h"
#include "observe/log/kernel-log.h"
#include "report/denied-report.h"

#include <string.h>

enum { FRESH_SECONDS = 5 };

/* What was last reported of a group. */
typedef struct {
    guint64 count;
    gint64 when; /* monotonic, microseconds */
} Reported;

void denied_stream_begin(DeniedStream *stream, const Context *context, KernelMessages *messages)
{
    *stream = (DeniedStream){
        .context = context,
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

/* ---- the host ---- */

static void forget_host(DeniedStream *stream)
{
    g_clear_pointer(&stream->fixes, flow_fixes_free);
    g_clear_pointer(&stream->diagnosis, diagnosis_free);
    g_clear_pointer(&stream->snapshot, snapshot_free);
    g_clear_pointer(&stream->unknown, g_free);
    g_clear_pointer(&stream->netlink, netlink_free);
}

bool denied_stream_look(DeniedStream *stream, GError **error)
{
    const Context *context = stream->context;
    bool is_live = context->options->snapshot == NULL;
    ObserveOptions scope = context_observe_options(context, OBSERVE_ACTIVE_ZONES);
    g_autoptr(GError) reason = NULL;
    forget_host(stream);
    stream->looked_at = g_get_monotonic_time();
    stream->snapshot = context_snapshot(context, &scope, NULL, &reason);
    if (stream->snapshot != NULL) {
        stream->diagnosis = diagnose(stream->snapshot, context_declared(context));
        stream->fixes = flow_fixes_new(stream->snapshot, context_declared(context));
        if (is_live)
            stream->netlink = netlink_new(NETLINK_ROUTE, &reason);
    }
    if (reason == NULL)
        return true;
    stream->unknown = g_strdup(reason->message);
    if (!is_live)
        g_propagate_error(error, g_steal_pointer(&reason));
    return is_live;
}

/* What causes GROUP; valid until the host is read again. The packets of a group differ only in what is
 * not part of its key: the last one stands for all. */
static DenialCause cause_of(const DeniedStream *stream, const DenialGroup *group)
{
    g_auto(ResolvedFlow) resolved = {0};
    g_autoptr(GError) reason = NULL;
    const char *unknown = stream->unknown;
    if (stream->snapshot != NULL) {
        g_auto(FlowQuestion) question = flow_question_from_packet(&group->packet);
        if (flow_question_resolve(&question, stream->snapshot, stream->netlink, &resolved, &reason))
            return denial_cause_of(stream->snapshot, stream->diagnosis, &resolved.flow,
                                   stream->fixes);
        unknown = reason->message;
    }
    return (DenialCause){.unknown = g_strdup(unknown)};
}

static DeniedSource source_of(const DeniedStream *stream)
{
    const Snapshot *snapshot = stream->snapshot;
    return (DeniedSource){
        .log = stream->messages != NULL ? kernel_messages_name(stream->messages)
                                        : "the kernel's trace",
        .log_denied = snapshot != NULL ? snapshot->firewalld->log_denied : NULL,
        .left_off = denials_left_off(stream->denials),
        .skipped = stream->messages != NULL ? kernel_messages_skipped(stream->messages) : 0,
        .notes = stream->notes,
        .recorded = stream->recorded,
        .traced = stream->messages == NULL,
    };
}

/* ---- as they come ---- */

/* Reads the host again where the last reading is more than a few seconds old. */
static void report_cause(DeniedStream *stream, DenialGroup *group)
{
    Output *output = stream->context->output;
    gint64 age = g_get_monotonic_time() - stream->looked_at;
    if (stream->context->options->snapshot == NULL && age > FRESH_SECONDS * G_TIME_SPAN_SECOND &&
        !denied_stream_look(stream, NULL))
        g_assert_not_reached(); /* fails only for a file */
    g_auto(DenialCause) cause = cause_of(stream, group);
    output_text(output, denied_report_group_text(group, &cause, &output->style));
    if (output->format == FORMAT_JSON_LINES) {
        DeniedSource source = source_of(stream);
        g_autoptr(GPtrArray) groups = g_ptr_array_new();
        g_ptr_array_add(groups, group);
        output_json(output, denied_report_json(&source, groups, &cause));
    }
}

void denied_stream_report_news(DeniedStream *stream)
{
    Output *output = stream->context->output;
    g_autoptr(GPtrArray) groups = denials_sorted(stream->denials);
    PTR_ARRAY_FOREACH (DenialGroup, group, groups) {
        const Reported *last = g_hash_table_lookup(stream->reported, group);
        gint64 now = g_get_monotonic_time();
        if (last != NULL && (last->count == group->count || now - last->when < G_TIME_SPAN_SECOND))
            continue;
        if (last == NULL || output->format == FORMAT_JSON_LINES)
            report_cause(stream, group);
        else
            output_text(output, denied_report_again_text(group, &output->style));
        const Reported fresh = {group->count, now};
        g_hash_table_insert(stream->reported, group, g_memdup2(&fresh, sizeof fresh));
    }
    fflush(output->stream);
}

/* ---- all at the end ---- */

static void note_foreign(const DeniedStream *stream)
{
    guint64 foreign = stream->messages != NULL ? kernel_messages_foreign(stream->messages) : 0;
    if (foreign > 0)
        g_ptr_array_add(stream->notes, g_strdup_printf("left out: %" G_GUINT64_FORMAT
                                                       " line%s that another program "
                                                       "than the kernel wrote",
                                                       foreign, foreign == 1 ? "" : "s"));
}

void denied_stream_finish(DeniedStream *stream)
{
    note_foreign(stream);
    Output *output = stream->context->output;
    g_autoptr(GPtrArray) groups = denials_sorted(stream->denials);
    g_autofree DenialCause *causes = g_new0(DenialCause, groups->len + 1);
    DeniedSource source = source_of(stream);
    PTR_ARRAY_FOREACH (DenialGroup, group, groups) {
        DenialCause *cause = &causes[group_index];
        *cause = cause_of(stream, group);
        if (!g_hash_table_contains(stream->reported, group))
            output_text(output, denied_report_group_text(group, cause, &output->style));
    }
    output_text(output, denied_report_end_text(&source, groups->len, &output->style));
    output_json(output, denied_report_json(&source, groups, causes));
    for (guint i = 0; i < groups->len; i++)
        denial_cause_clear(&causes[i]);
}

void denied_stream_clear(DeniedStream *stream)
{
    forget_host(stream);
    g_clear_pointer(&stream->reported, g_hash_table_unref);
    denials_free(stream->denials);
    kernel_messages_free(stream->messages);
    g_clear_pointer(&stream->notes, g_ptr_array_unref);
    memset(stream, 0, sizeof *stream);
}
