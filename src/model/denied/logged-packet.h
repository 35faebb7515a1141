/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A packet as netfilter's LOG target wrote it to the kernel log. */
#pragma once

#include <glib.h>
#include <stdbool.h>

/* Texts are NULL and numbers are negative where the line has no such field; texts are not checked
 * beyond being short words of printable ASCII. */
typedef struct {
    char *prefix; /* the word before the fields: "filter_FWD_public_REJECT", or NULL */
    char *in;     /* NULL also where it is empty: the host itself sent it */
    char *out;    /* NULL also where it is empty: it is for the host itself */
    char *source;
    char *destination;
    char *source_mac; /* of the frame it came in with */
    char *protocol;   /* in lower case: "tcp", "udp", "icmp", "icmpv6", or a number */
    int source_port;
    int destination_port;
    int icmp_type;
    int icmp_code;
} LoggedPacket;

/* The same packet (transfer full). */
LoggedPacket logged_packet_copy(const LoggedPacket *packet);

void logged_packet_clear(LoggedPacket *packet);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(LoggedPacket, logged_packet_clear)
