/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Making flows, and the words for their parts. */
#include "model/host/flow.h"

Flow flow_new(FlowDirection direction, Family family)
{
    return (Flow){
        .direction = direction,
        .state = FLOW_NEW,
        .family = family,
        .icmp_type = -1,
        .icmp_code = -1,
    };
}

FlowAddress flow_address(const IpAddress *address)
{
    return (FlowAddress){
        .kind = FLOW_ADDRESS_PREFIX,
        .prefix = {.address = *address, .length = ip_address_bits(address->family)},
    };
}

const char *flow_direction_word(FlowDirection direction)
{
    static const char *const words[] = {
        [FLOW_FORWARD] = "forward",
        [FLOW_INPUT] = "input",
        [FLOW_OUTPUT] = "output",
    };
    return words[direction];
}

static const char *const protocol_words[] = {
    [PROTOCOL_ANY] = NULL,      [PROTOCOL_TCP] = "tcp",   [PROTOCOL_UDP] = "udp",
    [PROTOCOL_SCTP] = "sctp",   [PROTOCOL_DCCP] = "dccp", [PROTOCOL_ICMP] = "icmp",
    [PROTOCOL_ICMPV6] = "icmp",
};

const char *protocol_word(Protocol protocol)
{
    return protocol_words[protocol];
}

Protocol protocol_from_word(const char *word, Family family)
{
    for (guint i = 0; i < G_N_ELEMENTS(protocol_words); i++) {
        if (g_strcmp0(protocol_words[i], word) == 0)
            return i == PROTOCOL_ICMP && family == FAMILY_IPV6 ? PROTOCOL_ICMPV6 : (Protocol)i;
    }
    return PROTOCOL_ANY;
}
