/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/denied/logged-packet.h"

#include <string.h>

LoggedPacket logged_packet_copy(const LoggedPacket *packet)
{
    LoggedPacket copy = *packet;
    copy.prefix = g_strdup(packet->prefix);
    copy.in = g_strdup(packet->in);
    copy.out = g_strdup(packet->out);
    copy.source = g_strdup(packet->source);
    copy.destination = g_strdup(packet->destination);
    copy.source_mac = g_strdup(packet->source_mac);
    copy.protocol = g_strdup(packet->protocol);
    return copy;
}

void logged_packet_clear(LoggedPacket *packet)
{
    g_free(packet->prefix);
    g_free(packet->in);
    g_free(packet->out);
    g_free(packet->source);
    g_free(packet->destination);
    g_free(packet->source_mac);
    g_free(packet->protocol);
    memset(packet, 0, sizeof *packet);
}
