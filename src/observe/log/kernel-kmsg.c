/* SPDX-License-Identifier: GPL-2.0-or-later */
/* /dev/kmsg: one record a read, "PRIORITY,SEQUENCE,MICROSECONDS,FLAGS;MESSAGE" (Linux,
 * Documentation/ABI/testing/dev-kmsg). */
#include "observe/log/kernel-source.h"

#include "model/error.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum {
    MAX_RECORD = 8192, /* the kernel refuses to hand out more (CONSOLE_EXT_LOG_MAX) */
    FACILITY_SHIFT = 3,
};

/* Only messages of the kernel itself: facility 0, which nobody else can write. */
static void take_record(const char *record, gsize length, KernelSink *sink)
{
    unsigned priority;
    guint64 usec;
    const char *message = memchr(record, ';', length);
    if (message == NULL || sscanf(record, "%u,%*u,%" SCNu64, &priority, &usec) != 2 ||
        priority >> FACILITY_SHIFT != 0)
        return;
    message++;
    gsize rest = length - (gsize)(message - record);
    const char *end = memchr(message, '\n', rest);
    /* USEC counts from the start and, like CLOCK_MONOTONIC, not in suspend. */
    gint64 start = g_get_real_time() - g_get_monotonic_time();
    g_auto(LogTime) time = {.usec = start + (gint64)usec};
    kernel_sink_put(sink, message, end != NULL ? (gsize)(end - message) : rest, &time);
}

static bool read_records(gpointer state, KernelSink *sink, GError **error)
{
    const int *fd = state;
    char record[MAX_RECORD + 1];
    for (;;) {
        ssize_t length = read(*fd, record, MAX_RECORD);
        if (length >= 0) {
            record[length] = '\0';
            take_record(record, (gsize)length, sink);
        } else if (errno == EAGAIN) {
            return true;
        } else if (errno != EPIPE && errno != EINTR) { /* EPIPE: some were overwritten */
            nicfix_error_set(error, NICFIX_ERROR_BAD_INPUT, NULL, "/dev/kmsg: %s",
                             g_strerror(errno));
            return false;
        }
    }
}

static bool wait_for_records(gpointer state, guint timeout_ms)
{
    const int *fd = state;
    kernel_source_poll(*fd, timeout_ms);
    return true;
}

static void close_kmsg(gpointer state)
{
    int *fd = state;
    close(*fd);
    g_free(fd);
}

static const KernelSourceKind kind = {
    .name = "/dev/kmsg",
    .read = read_records,
    .wait = wait_for_records,
    .free = close_kmsg,
};

KernelSource kernel_source_kmsg(gint64 since, GError **error)
{
    int fd = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0) {
        bool exists = errno != ENOENT;
        nicfix_error_set(error, exists ? NICFIX_ERROR_NOT_AUTHORISED : NICFIX_ERROR_NOT_FOUND,
                         "run as root, or give the log with --file",
                         "the kernel log cannot be read: there is no readable journal, and "
                         "/dev/kmsg says: %s",
                         g_strerror(errno));
        return (KernelSource){&kind, NULL};
    }
    if (since == KERNEL_MESSAGES_NEW)
        lseek(fd, 0, SEEK_END);
    return (KernelSource){&kind, g_memdup2(&fd, sizeof fd)};
}
