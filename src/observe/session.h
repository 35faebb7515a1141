/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The remote session this process runs in: the connection that a change of the firewall must not
 * cut off. */
#pragma once

#include <glib.h>
#include <stdbool.h>

/* A TCP connection to this host, in words as sshd(8) gives them. */
typedef struct {
    char *client; /* address */
    char *server; /* address of this host */
    int port;     /* of the server */
} RemoteSession;

/* Finds the session by SSH_CONNECTION, of this process or (sudo removes it) of the nearest of its
 * ancestors that has it and may be read; else by a TCP connection that an ancestor accepted.
 * Returns false, and leaves SESSION alone, where there is neither. */
bool remote_session_find(RemoteSession *session);

/* Parses the value of SSH_CONNECTION: client address and port, server address and port. */
bool remote_session_parse(const char *value, RemoteSession *session);

void remote_session_clear(RemoteSession *session);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(RemoteSession, remote_session_clear)
