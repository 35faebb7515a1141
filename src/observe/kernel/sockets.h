/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The sockets of this host that wait for others, by sock_diag(7). */
#pragma once

#include "model/host/snapshot.h"

#include <linux/netlink.h>

/* Fills SNAPSHOT's sockets: TCP's that listen and UDP's that are unconnected, of IPv4 and IPv6, in the
 * network namespace of the caller. That needs no privilege. What the kernel refuses, or has no module
 * for (tcp_diag, udp_diag), is noted as unread. */
void sockets_observe(Snapshot *snapshot);

/* Reads one socket from the kernel's MESSAGE (SOCK_DIAG_BY_FAMILY). false where it is malformed, or
 * waits for nobody: it has no port. *SOCKET then is undefined. */
bool socket_from_message(const struct nlmsghdr *message, Protocol protocol, Socket *socket);
