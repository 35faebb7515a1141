/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Making flows, and the words for their parts. */
#include "model/host/flow.h"

#include "model/words.h"

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

static const char *const direction_words[] = {
    [FLOW_FORWARD] = "forward",
    [FLOW_INPUT] = "input",
    [FLOW_OUTPUT] = "output",
};

static const char *const protocol_words[] = {
    [PROTOCOL_ANY] = NULL,      [PROTOCOL_TCP] = "tcp",   [PROTOCOL_UDP] = "udp",
    [PROTOCOL_SCTP] = "sctp",   [PROTOCOL_DCCP] = "dccp", [PROTOCOL_ICMP] = "icmp",
    [PROTOCOL_ICMPV6] = "icmp",
};

DEFINE_WORD(flow_direction, FlowDirection, direction_words)
DEFINE_WORD(protocol, Protocol, protocol_words)
static DEFINE_FROM_WORD(ipv4_protocol, Protocol, protocol_words, PROTOCOL_ANY)

Protocol protocol_from_word(const char *word, Family family)
{
    Protocol protocol = ipv4_protocol_from_word(word);
    return protocol == PROTOCOL_ICMP && family == FAMILY_IPV6 ? PROTOCOL_ICMPV6 : protocol;
}
