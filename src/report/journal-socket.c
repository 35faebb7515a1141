/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Speaks the journal's own protocol (systemd's "Native Journal Protocol"), and that of sd_notify(3). */
#include "report/journal-socket.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define JOURNAL_SOCKET "/run/systemd/journal/socket"

/* A path that begins with @ is in the abstract namespace (unix(7)). FLAGS of socket(2), besides its type. */
static bool send_to(const char *path, int type, int flags, const char *data, gsize length)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    gsize path_length = g_strlcpy(address.sun_path, path, sizeof address.sun_path);
    socklen_t size = sizeof address;
    if (*path == '@') {
        address.sun_path[0] = '\0';
        size = (socklen_t)MIN(offsetof(struct sockaddr_un, sun_path) + path_length, sizeof address);
    }
    int fd = socket(AF_UNIX, type | flags | SOCK_CLOEXEC, 0);
    bool sent = fd >= 0 && connect(fd, (struct sockaddr *)&address, size) == 0 &&
                send(fd, data, length, MSG_NOSIGNAL) == (ssize_t)length;
    int reason = errno;
    if (fd >= 0)
        close(fd);
    errno = reason;
    return sent;
}

bool journal_socket_send(const char *path, int type, const char *data, gsize length)
{
    return send_to(path, type, SOCK_NONBLOCK, data, length);
}

void service_notify(const char *state)
{
    const char *path = g_getenv("NOTIFY_SOCKET");
    if (path != NULL && (*path == '/' || *path == '@'))
        send_to(path, SOCK_DGRAM, 0, state, strlen(state));
}

guint64 service_watchdog_usec(void)
{
    const char *text = g_getenv("WATCHDOG_USEC");
    const char *process = g_getenv("WATCHDOG_PID");
    guint64 usec = 0, pid = (guint64)getpid();
    bool is_valid =
        text != NULL && g_ascii_string_to_unsigned(text, 10, 0, G_MAXUINT64, &usec, NULL) &&
        (process == NULL || g_ascii_string_to_unsigned(process, 10, pid, pid, NULL, NULL));
    return is_valid ? usec : 0;
}

/* A value of several lines is preceded by its length, 64 bits in little endian. */
static void append_field(GString *entry, const char *name, const char *value)
{
    if (strchr(value, '\n') == NULL) {
        g_string_append_printf(entry, "%s=%s\n", name, value);
        return;
    }
    guint64 length = GUINT64_TO_LE(strlen(value));
    g_string_append_printf(entry, "%s\n", name);
    g_string_append_len(entry, (const char *)&length, sizeof length);
    g_string_append_printf(entry, "%s\n", value);
}

bool journal_send(const GLogField *fields, gsize count)
{
    g_autoptr(GString) entry = g_string_new(NULL);
    for (gsize i = 0; i < count; i++)
        append_field(entry, fields[i].key, fields[i].value);
    return journal_socket_send(JOURNAL_SOCKET, SOCK_DGRAM, entry->str, entry->len);
}
