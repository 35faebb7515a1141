/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which packets begin a connection: see tracking.h. */
#include "model/host/tracking.h"

#include <string.h>

Beginning icmp_beginning(Family family, int type)
{
    static const guint8 untracked[] = {130, 131, 132, 133, 134, 135, 136, 137, 143};
    static const guint8 begin_v6[] = {128, 139};
    static const guint8 begin_v4[] = {8, 13, 15, 17};
    bool v6 = family == FAMILY_IPV6;
    if (type < 0)
        return v6 ? BEGINS_MAYBE : BEGINS_CONNECTION;
    if (v6 && memchr(untracked, type, sizeof untracked) != NULL)
        return BEGINS_NOTHING_UNTRACKED;
    bool begins = v6 ? memchr(begin_v6, type, sizeof begin_v6) != NULL
                     : memchr(begin_v4, type, sizeof begin_v4) != NULL;
    return begins ? BEGINS_CONNECTION : BEGINS_NOTHING_INVALID;
}

bool flow_is_invalid(const Flow *flow)
{
    if (flow->state != FLOW_NEW)
        return flow->state == FLOW_INVALID;
    bool is_icmp = flow->protocol == PROTOCOL_ICMP || flow->protocol == PROTOCOL_ICMPV6;
    return is_icmp && icmp_beginning(flow->family, flow->icmp_type) == BEGINS_NOTHING_INVALID;
}
