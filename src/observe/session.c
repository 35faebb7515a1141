/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Looking for SSH_CONNECTION, and for the connection itself, up the tree of processes. */
#include "observe/session.h"

#include "observe/kernel/tcp-table.h"

#include <string.h>
#include <unistd.h>

#define VARIABLE "SSH_CONNECTION="

enum { MAX_ANCESTORS = 64 };

bool remote_session_parse(const char *value, RemoteSession *session)
{
    g_auto(GStrv) words = g_strsplit(value, " ", -1);
    IpAddress client, server;
    guint64 port;
    if (g_strv_length(words) != 4 || !ip_address_parse(words[0], &client) ||
        !ip_address_parse(words[2], &server) || client.family != server.family ||
        !g_ascii_string_to_unsigned(words[3], 10, 1, G_MAXUINT16, &port, NULL))
        return false;
    *session = (RemoteSession){g_strdup(words[0]), g_strdup(words[2]), (int)port};
    return true;
}

void remote_session_clear(RemoteSession *session)
{
    g_free(session->client);
    g_free(session->server);
    memset(session, 0, sizeof *session);
}

/* proc(5): the variables a process started with, each ended by a NUL. */
static bool find_in_environment(int pid, RemoteSession *session)
{
    g_autofree char *path = g_strdup_printf("/proc/%d/environ", pid);
    g_autofree char *environment = NULL;
    gsize size;
    if (!g_file_get_contents(path, &environment, &size, NULL))
        return false;
    for (gsize i = 0; i < size; i += strlen(environment + i) + 1) {
        if (g_str_has_prefix(environment + i, VARIABLE))
            return remote_session_parse(environment + i + strlen(VARIABLE), session);
    }
    return false;
}

/* The parent of PID, 0 where there is none or it cannot be read. */
static int parent_of(int pid)
{
    g_autofree char *path = g_strdup_printf("/proc/%d/status", pid);
    g_autofree char *status = NULL;
    if (!g_file_get_contents(path, &status, NULL, NULL))
        return 0;
    const char *line = strstr(status, "\nPPid:");
    return line != NULL ? (int)g_ascii_strtoll(line + strlen("\nPPid:"), NULL, 10) : 0;
}

/* sshd, or whatever else let the user in, has the connection open. */
static bool find_in_sockets(int pid, RemoteSession *session)
{
    TcpSocket socket;
    if (!tcp_table_find_accepted(pid, &socket))
        return false;
    *session = (RemoteSession){ip_address_to_string(&socket.remote),
                               ip_address_to_string(&socket.local), socket.local_port};
    return true;
}

static bool find_in_ancestors(bool (*find)(int pid, RemoteSession *session), RemoteSession *session)
{
    int pid = getppid();
    for (int i = 0; i < MAX_ANCESTORS && pid > 0; i++) {
        if (find(pid, session))
            return true;
        pid = parent_of(pid);
    }
    return false;
}

bool remote_session_find(RemoteSession *session)
{
    const char *own = g_getenv("SSH_CONNECTION");
    if (own != NULL)
        return remote_session_parse(own, session);
    return find_in_ancestors(find_in_environment, session) ||
           find_in_ancestors(find_in_sockets, session);
}
