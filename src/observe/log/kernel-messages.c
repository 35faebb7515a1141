/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Choosing the source, and what all sources share. */
#include "observe/log/kernel-messages.h"

#include "observe/log/kernel-source.h"

#include <poll.h>

struct KernelMessages {
    KernelSource source;
    KernelSink sink;
    char *name;
};

static KernelMessages *messages_new(KernelSource source, const char *name, gint64 since)
{
    if (source.state == NULL)
        return NULL;
    KernelMessages *messages = g_new0(KernelMessages, 1);
    messages->source = source;
    messages->sink.since = since;
    messages->name = g_strdup(name);
    return messages;
}

KernelMessages *kernel_messages_open(gint64 since, GError **error)
{
    KernelSource source = kernel_source_journal(since);
    if (source.state == NULL)
        source = kernel_source_kmsg(since, error);
    return messages_new(source, source.kind->name, since);
}

KernelMessages *kernel_messages_open_file(const char *path, gint64 since, bool follow,
                                          GError **error)
{
    const char *name = g_str_equal(path, "-") ? "standard input" : path;
    return messages_new(kernel_source_file(path, follow, error), name, since);
}

void kernel_messages_free(KernelMessages *messages)
{
    if (messages == NULL)
        return;
    messages->source.kind->free(messages->source.state);
    g_free(messages->name);
    g_free(messages);
}

const char *kernel_messages_name(const KernelMessages *messages)
{
    return messages->name;
}

bool kernel_messages_read(KernelMessages *messages, KernelMessageTake take, gpointer user,
                          GError **error)
{
    messages->sink.take = take;
    messages->sink.user = user;
    return messages->source.kind->read(messages->source.state, &messages->sink, error);
}

bool kernel_messages_wait(KernelMessages *messages, guint timeout_ms)
{
    return messages->source.kind->wait(messages->source.state, timeout_ms);
}

guint64 kernel_messages_skipped(const KernelMessages *messages)
{
    return messages->sink.skipped;
}

guint64 kernel_messages_foreign(const KernelMessages *messages)
{
    return messages->sink.foreign;
}

/* ---- for the sources ---- */

void kernel_sink_put(KernelSink *sink, const char *message, gsize length, const LogTime *time)
{
    bool is_old = time->usec != 0 && time->usec < sink->since;
    if (!is_old || sink->since == KERNEL_MESSAGES_NEW)
        sink->take(message, length, time, sink->user);
}

void kernel_source_poll(int fd, guint timeout_ms)
{
    struct pollfd one = {.fd = fd, .events = POLLIN};
    poll(&one, 1, (int)timeout_ms);
}
