/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sockets of this host that wait for others: those of TCP that listen, and those of UDP that are bound
 * to a port and connected to nobody. */
#pragma once

#include "model/host/flow.h"

typedef struct {
    Protocol protocol; /* PROTOCOL_TCP or PROTOCOL_UDP */
    IpAddress address; /* where it waits; all zero: on all addresses of its family */
    guint32 port;
    int interface;  /* ifindex of the link that it is bound to (SO_BINDTODEVICE), 0: any */
    bool only_ipv6; /* on "::", and not for IPv4 as well */
} Socket;

/* Whether SOCKET waits on all addresses. */
bool socket_is_anywhere(const Socket *socket);
