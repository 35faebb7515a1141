/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Speaks the journal's own protocol (systemd's "Native Journal Protocol"). */
#include "report/journal-socket.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define JOURNAL_SOCKET "/run/systemd/journal/socket"

bool journal_socket_send(const char *path, int type, const char *data, gsize length)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    g_strlcpy(address.sun_path, path, sizeof address.sun_path);
    int fd = socket(AF_UNIX, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    bool sent = fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof address) == 0 &&
                send(fd, data, length, MSG_NOSIGNAL | MSG_DONTWAIT) == (ssize_t)length;
    int reason = errno;
    if (fd >= 0)
        close(fd);
    errno = reason;
    return sent;
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
