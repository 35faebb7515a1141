/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Logs in files: lines in a buffer of fixed size. */
#include "observe/log/kernel-source.h"

#include "model/error.h"
#include "observe/log/log-time.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    BUFFER_SIZE = 64 * 1024, /* a line of journalctl -o json takes a few thousand bytes */
    WATCHED = IN_MODIFY | IN_MOVE_SELF | IN_ATTRIB,
    LINE_START = 512,        /* where a line says who wrote it */
    POLL_INTERVAL_MS = 1000, /* for a file that was moved away and is not back yet */
};

/* What every line of netfilter has. */
#define MARK "OUT="

typedef struct {
    char *path; /* NULL: standard input */
    int fd;
    int notify; /* inotify(7); -1: not followed, or standard input */
    bool follow;
    bool has_ended; /* standard input has */
    bool in_long;   /* the rest of a line that is too long is skipped */
    LogClock clock; /* of this reading */
    gsize filled;   /* bytes in the buffer: the beginning of a line */
    char buffer[BUFFER_SIZE];
} LogFile;

/* ---- one line ---- */

/* MESSAGE is a string, or an array of bytes where it is not UTF-8 (journalctl(1), -o json). */
static GString *message_of(const json_t *entry)
{
    const json_t *value = json_object_get(entry, "MESSAGE");
    if (json_is_string(value))
        return g_string_new(json_string_value(value));
    if (!json_is_array(value))
        return NULL;
    GString *message = g_string_new(NULL);
    for (size_t i = 0; i < json_array_size(value); i++) {
        const json_t *byte = json_array_get(value, i);
        g_string_append_c(message, json_is_integer(byte) ? (char)json_integer_value(byte) : ' ');
    }
    return message;
}

/* ---- who wrote it ---- */

/* Whether the log tells that another program than the kernel wrote ENTRY (systemd.journal-fields(7)). */
static bool entry_is_of_another(const json_t *entry)
{
    const char *transport = json_string_value(json_object_get(entry, "_TRANSPORT"));
    const char *identifier = json_string_value(json_object_get(entry, "SYSLOG_IDENTIFIER"));
    return (transport != NULL && !g_str_equal(transport, "kernel")) ||
           (identifier != NULL && !g_str_equal(identifier, "kernel"));
}

/* The same of a line of syslog: behind the time and the host stands the program, "sshd[7]:" or "kernel:".
 * A line without a host, such as dmesg's, is the kernel's; its prefix may have a blank, which looks like a
 * host. TIME is what was found at its beginning. */
static bool line_is_of_another(const char *line, gsize length, const LogTime *time)
{
    static const char kernel[] = "kernel:";
    gsize start = time->text != NULL ? strlen(time->text) : 0;
    if (start == 0 || start > length || memcmp(line, time->text, start) != 0)
        return false;
    const char *host = line + start;
    const char *end = host + strnlen(host, MIN(length - start, (gsize)LINE_START));
    while (host < end && g_ascii_isspace(*host))
        host++;
    while (host < end && g_ascii_isspace(end[-1]))
        end--;
    const char *after_host = memchr(host, ' ', (gsize)(end - host));
    const char *program = after_host != NULL ? after_host + 1 : end;
    const char *after_program = memchr(program, ' ', (gsize)(end - program));
    if (after_program == NULL || after_host == host || after_host[-1] == ':' ||
        after_program == program || after_program[-1] != ':')
        return false;
    bool is_kernels = (gsize)(after_program - program) == strlen(kernel) &&
                      memcmp(program, kernel, strlen(kernel)) == 0;
    bool may_be_prefix =
        line[0] == '[' && end - after_program > 3 && memcmp(after_program + 1, "IN=", 3) == 0;
    return !is_kernels && !may_be_prefix;
}

static void take_text(LogFile *file, const char *line, gsize length, KernelSink *sink)
{
    g_auto(LogTime) time = {0};
    log_time_find(line, length, &file->clock, &time);
    if (line_is_of_another(line, length, &time))
        sink->foreign++;
    else
        kernel_sink_put(sink, line, length, &time);
}

/* Takes a line that has MARK in it. */
static void take_line(LogFile *file, const char *line, gsize length, KernelSink *sink)
{
    LogTime time = {0};
    if (line[0] != '{') {
        take_text(file, line, length, sink);
        return;
    }
    json_auto_t *entry = json_loadb(line, length, JSON_ALLOW_NUL, NULL);
    g_autoptr(GString) message = message_of(entry);
    if (message != NULL && entry_is_of_another(entry)) {
        sink->foreign++;
        return;
    }
    const char *usec = json_string_value(json_object_get(entry, "__REALTIME_TIMESTAMP"));
    time.usec = usec != NULL ? g_ascii_strtoll(usec, NULL, 10) : 0;
    if (message != NULL)
        kernel_sink_put(sink, message->str, message->len, &time);
}

/* ---- lines ---- */

/* Takes the lines between LINE and END that may be of netfilter. Most lines of a log are not: they are passed over
 * without looking where they begin and end. */
static void take_lines(LogFile *file, const char *line, const char *end, KernelSink *sink)
{
    const char *mark;
    while ((mark = memmem(line, (gsize)(end - line), MARK, strlen(MARK))) != NULL) {
        const char *before = memrchr(line, '\n', (gsize)(mark - line));
        const char *after = memchr(mark, '\n', (gsize)(end - mark));
        line = before != NULL ? before + 1 : line;
        take_line(file, line, (gsize)((after != NULL ? after : end) - line), sink);
        line = after != NULL ? after + 1 : end;
    }
}

/* Takes the complete lines of the buffer and moves the rest to its beginning. */
static void take_buffer(LogFile *file, KernelSink *sink)
{
    const char *line = file->buffer;
    const char *filled = line + file->filled;
    const char *last = memrchr(line, '\n', file->filled);
    if (last != NULL && file->in_long) {
        line = (const char *)memchr(line, '\n', file->filled) + 1;
        file->in_long = false;
    }
    if (last != NULL) {
        take_lines(file, line, last + 1, sink);
        line = last + 1;
    }
    gsize left = (gsize)(filled - line);
    if (left == BUFFER_SIZE || file->in_long) {
        sink->skipped += !file->in_long;
        file->in_long = true;
        left = 0;
    }
    memmove(file->buffer, line, left);
    file->filled = left;
}

static void take_last_line(LogFile *file, KernelSink *sink)
{
    take_lines(file, file->buffer, file->buffer + file->filled, sink);
    file->filled = 0;
}

/* Reads until the end, or until there is nothing to read right now. */
static bool read_to_end(LogFile *file, KernelSink *sink, GError **error)
{
    for (;;) {
        ssize_t length = read(file->fd, file->buffer + file->filled, BUFFER_SIZE - file->filled);
        if (length > 0) {
            file->filled += (gsize)length;
            take_buffer(file, sink);
            if (file->path == NULL && file->follow)
                return true; /* more may take its time */
        } else if (length == 0) {
            file->has_ended = file->path == NULL;
            return true;
        } else if (errno != EINTR) {
            nicfix_error_set(error, NICFIX_ERROR_BAD_INPUT, NULL, "%s cannot be read: %s",
                             file->path != NULL ? file->path : "standard input", g_strerror(errno));
            return false;
        }
    }
}

/* A rotated log is another file of the same name, or the same file truncated. */
static bool was_rotated(const LogFile *file)
{
    struct stat there, here;
    if (file->path == NULL || stat(file->path, &there) != 0 || fstat(file->fd, &here) != 0)
        return false;
    return there.st_ino != here.st_ino || there.st_dev != here.st_dev ||
           there.st_size < lseek(file->fd, 0, SEEK_CUR);
}

static bool read_all(LogFile *file, KernelSink *sink, GError **error)
{
    if (!read_to_end(file, sink, error))
        return false;
    if (file->follow && was_rotated(file)) {
        take_last_line(file, sink);
        int fd = open(file->path, O_RDONLY | O_CLOEXEC);
        if (fd >= 0) {
            close(file->fd);
            file->fd = fd;
            inotify_add_watch(file->notify, file->path, WATCHED);
        }
        if (!read_to_end(file, sink, error))
            return false;
    }
    if (!file->follow || file->has_ended)
        take_last_line(file, sink);
    return true;
}

static bool read_file(gpointer state, KernelSink *sink, GError **error)
{
    LogFile *file = state;
    log_clock_start(&file->clock, g_get_real_time());
    bool complete = read_all(file, sink, error);
    log_clock_clear(&file->clock);
    return complete;
}

static bool wait_for_lines(gpointer state, guint timeout_ms)
{
    LogFile *file = state;
    if (file->path == NULL) {
        if (!file->has_ended)
            kernel_source_poll(STDIN_FILENO, timeout_ms);
        return !file->has_ended;
    }
    char events[4096];
    kernel_source_poll(file->notify, MIN(timeout_ms, (guint)POLL_INTERVAL_MS));
    while (read(file->notify, events, sizeof events) > 0)
        continue;
    return true;
}

/* ---- opening and closing ---- */

static void close_file(gpointer state)
{
    LogFile *file = state;
    if (file->path != NULL)
        close(file->fd);
    if (file->notify >= 0)
        close(file->notify);
    g_free(file->path);
    g_free(file);
}

static const KernelSourceKind kind = {
    .name = "file",
    .read = read_file,
    .wait = wait_for_lines,
    .free = close_file,
};

KernelSource kernel_source_file(const char *path, bool follow, GError **error)
{
    bool is_stdin = g_str_equal(path, "-");
    int fd = is_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        nicfix_error_set(error, NICFIX_ERROR_NOT_FOUND, NULL, "--file: %s cannot be read: %s", path,
                         g_strerror(errno));
        return (KernelSource){&kind, NULL};
    }
    LogFile *file = g_new0(LogFile, 1);
    file->path = is_stdin ? NULL : g_strdup(path);
    file->fd = fd;
    file->follow = follow;
    file->notify = follow && !is_stdin ? inotify_init1(IN_CLOEXEC | IN_NONBLOCK) : -1;
    if (file->notify >= 0)
        inotify_add_watch(file->notify, path, WATCHED);
    return (KernelSource){&kind, file};
}
