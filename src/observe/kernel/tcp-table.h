/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kernel's table of TCP sockets: which incoming connection a process has open. */
#pragma once

#include "model/host/address.h"

#include <stdint.h>

typedef enum {
    TCP_ESTABLISHED = 1, /* TCP_* of the kernel's net/tcp_states.h */
    TCP_LISTEN = 10,
} TcpState;

typedef struct {
    IpAddress local;
    IpAddress remote;
    guint16 local_port;
    unsigned state; /* TcpState, or another */
    guint64 inode;  /* what the links in /proc/PID/fd name */
} TcpSocket;

/* Parses LINE of /proc/net/tcp or tcp6 (proc(5)); returns false for the heading and for incomplete
 * lines. IPv4 addresses that a socket of IPv6 has are IPv4 addresses. */
bool tcp_socket_parse(const char *line, TcpSocket *socket);

/* Finds a connection of PID whose local port is listened on. Returns false, and leaves FOUND alone,
 * where there is none or it may not be read. */
bool tcp_table_find_accepted(int pid, TcpSocket *found);
