/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A flow: the first packet of a connection as netfilter sees it on one hook of this host. What is
 * not known about it may be anything, and a verdict on it covers every case. */
#pragma once

#include "model/host/address.h"

typedef enum {
    FLOW_FORWARD,
    FLOW_INPUT,
    FLOW_OUTPUT,
} FlowDirection;

typedef enum {
    FLOW_NEW,
    FLOW_ESTABLISHED, /* or related: a connection that was accepted before */
    FLOW_REPLY,       /* likewise, and the first answer of its far end */
    FLOW_INVALID,     /* of no connection that conntrack knows, and it begins none */
} FlowState;

typedef enum {
    FLOW_ADDRESS_ANY,       /* not known: it may be any address */
    FLOW_ADDRESS_PREFIX,    /* an address, or any of a network */
    FLOW_ADDRESS_ELSEWHERE, /* a host that no list names: only 0.0.0.0/0 or ::/0 covers it */
} FlowAddressKind;

typedef struct {
    FlowAddressKind kind;
    IpPrefix prefix; /* of FLOW_ADDRESS_PREFIX */
} FlowAddress;

/* Transport protocols that firewalld distinguishes by ports or types. */
typedef enum {
    PROTOCOL_ANY, /* not known */
    PROTOCOL_TCP,
    PROTOCOL_UDP,
    PROTOCOL_SCTP,
    PROTOCOL_DCCP,
    PROTOCOL_ICMP, /* of IPv4 */
    PROTOCOL_ICMPV6,
} Protocol;

/* Whether the route back to the packet's source leaves through the link it came in on. */
typedef enum {
    REVERSE_PATH_UNKNOWN,
    REVERSE_PATH_SAME_LINK,
    REVERSE_PATH_OTHER_LINK,
    REVERSE_PATH_NONE, /* there is no route to the source at all */
} ReversePath;

/* What the kernel answered where it was asked for the route of the packet and does not take it. */
typedef enum {
    ROUTE_REFUSAL_NONE, /* it takes it, or was not asked */
    ROUTE_REFUSAL_NO_ROUTE,
    ROUTE_REFUSAL_UNREACHABLE,
    ROUTE_REFUSAL_PROHIBITED,
    ROUTE_REFUSAL_BLACKHOLE,
    ROUTE_REFUSAL_MARTIAN, /* such a source does not come in there, whatever the routes */
} RouteRefusal;

typedef struct {
    FlowDirection direction;
    FlowState state;
    Family family;
    const char *in;  /* netfilter's iif; NULL for output */
    const char *out; /* netfilter's oif; NULL for input */
    FlowAddress from;
    FlowAddress to;
    const char *from_mac; /* NULL: not known */
    bool typical; /* stands for the usual host of its network: single hosts that some list names
                     (an address, a MAC) are not meant */
    Protocol protocol;
    guint16 port;        /* destination port, 0: not known */
    guint16 source_port; /* 0: not known */
    int icmp_type;       /* -1: not known */
    int icmp_code;       /* -1: not known */
    ReversePath reverse_path;
    RouteRefusal route_refusal; /* as long as its destination is not translated */
} Flow;

/* A flow of which only DIRECTION and FAMILY are known. */
Flow flow_new(FlowDirection direction, Family family);

FlowAddress flow_address(const IpAddress *address);

/* The word of a direction ("forward") and of a protocol ("tcp"; "icmp" for both families; NULL for
 * PROTOCOL_ANY), both static. */
const char *flow_direction_word(FlowDirection direction);
const char *protocol_word(Protocol protocol);

/* The protocol that WORD names to the user ("icmp" is ICMPv6 where FAMILY is IPv6); PROTOCOL_ANY
 * where it names none. */
Protocol protocol_from_word(const char *word, Family family);
