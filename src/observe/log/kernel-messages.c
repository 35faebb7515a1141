/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Choosing the source, and what all sources share. */
#include "observe/log/kernel-messages.h"

#include "observe/log/kernel-source.h"

#include <poll.h>
#include <string.h>

struct KernelMessages {
    KernelSource source;
    char *name;
    gint64 since;
    bool is_file;
};

static KernelMessages *messages_new(const KernelSource *source, const char *name, gint64 since)
{
    KernelMessages *messages = g_new0(KernelMessages, 1);
    messages->source = *source;
    messages->name = g_strdup(name);
    messages->since = since;
    return messages;
}

KernelMessages *kernel_messages_open(gint64 since, GError **error)
{
    KernelSource source = kernel_source_journal(since);
    if (source.state == NULL)
        source = kernel_source_kmsg(since, error);
    return source.state != NULL ? messages_new(&source, source.kind->name, since) : NULL;
}

KernelMessages *kernel_messages_open_file(const char *path, gint64 since, bool follow,
                                          GError **error)
{
    KernelSource source = kernel_source_file(path, follow, error);
    if (source.state == NULL)
        return NULL;
    KernelMessages *messages =
        messages_new(&source, g_str_equal(path, "-") ? "standard input" : path, since);
    messages->is_file = true;
    return messages;
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
    const KernelSink sink = {take, user, messages->since};
    return messages->source.kind->read(messages->source.state, &sink, error);
}

bool kernel_messages_wait(KernelMessages *messages, guint timeout_ms)
{
    return messages->source.kind->wait(messages->source.state, timeout_ms);
}

guint64 kernel_messages_skipped(const KernelMessages *messages)
{
    return messages->is_file ? kernel_source_file_skipped(messages->source.state) : 0;
}

/* ---- for the sources ---- */

void kernel_sink_put(const KernelSink *sink, const char *message, gsize length, const LogTime *time)
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
