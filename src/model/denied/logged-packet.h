/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A packet as netfilter's LOG target wrote it to the kernel log, or as the kernel traced it. */
#pragma once

#include <glib.h>
#include <stdbool.h>

/* A field that the line does not have is NULL or negative. Texts are short words of printable ASCII
 * and otherwise unchecked. */
typedef struct {
    char *prefix; /* the word before the fields: "filter_FWD_public_REJECT", or NULL */
    char *in;     /* NULL if empty, too: this host sent it */
    char *out;    /* NULL if empty, too: it is for this host, unless UNROUTED */
    char *source;
    char *destination;
    char *source_mac; /* of the frame it came in */
    char *protocol;   /* in lower case: "tcp", "udp", "icmp", "icmpv6", or a number */
    int source_port;
    int destination_port;
    int icmp_type;
    int icmp_code;
    bool unrouted; /* it was not yet known where it goes */
} LoggedPacket;

/* The same packet (transfer full). */
LoggedPacket logged_packet_copy(const LoggedPacket *packet);

void logged_packet_clear(LoggedPacket *packet);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(LoggedPacket, logged_packet_clear)
