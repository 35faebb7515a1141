/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where the kernel routes a packet, as `ip route get` shows it: rules, tables, VRFs, multipath and marks
 * all count. */
#pragma once

#include "model/host/address.h"
#include "observe/kernel/netlink.h"

/* A packet. What is 0 or NULL is left open. */
typedef struct {
    IpAddress destination;
    const IpAddress *source; /* of the destination's family */
    int iif;                 /* ifindex it comes in on; 0: this host sends it itself */
    int oif;                 /* ifindex the sender has bound itself to */
    guint8 protocol;         /* IPPROTO_*; see route_lookup() */
    guint16 source_port;
    guint16 destination_port;
    guint32 mark;
} RouteQuestion;

typedef enum {
    ROUTE_FATE_FORWARDED,   /* it goes out through a link */
    ROUTE_FATE_LOCAL,       /* the destination is this host's */
    ROUTE_FATE_BROADCAST,   /* to all hosts of a link */
    ROUTE_FATE_MULTICAST,   /* to a group */
    ROUTE_FATE_NO_ROUTE,    /* no route, or (IPv4) a "throw" route and none after it */
    ROUTE_FATE_UNREACHABLE, /* an "unreachable" route, or the link it came in by forwards nothing */
    ROUTE_FATE_PROHIBITED,  /* a "prohibit" route */
    ROUTE_FATE_BLACKHOLE,   /* a "blackhole" route */
    ROUTE_FATE_INVALID,     /* the kernel drops such a packet, whatever the routes */
    ROUTE_FATE_NO_LINK,     /* the link it comes in on or goes out through is gone */
    ROUTE_FATE_OTHER,       /* some other answer: see the errno */
} RouteFate;

/* Where it goes. Only FORWARDED, LOCAL, BROADCAST and MULTICAST have more than a fate. */
typedef struct {
    RouteFate fate;
    int error; /* the kernel's errno, 0 where it answered with a route */
    int oif;   /* ifindex: the loopback link for what is local */
    bool has_gateway;
    IpAddress gateway; /* may be of the other family */
    bool has_source;
    IpAddress source; /* the one this host would choose for what it sends itself */
    guint32 table;    /* 0: unknown */
    bool has_prefix;
    IpPrefix prefix; /* of the route that matched; before Linux 4.13 the destination itself */
} RouteAnswer;

/* Looks QUESTION up. The kernel's refusal is an answer; returns false only with an error of
 * netlink_ask().
 *
 * For rules by protocol and port the kernel knows TCP, UDP, ICMP and ICMPv6, and it refuses requests
 * about others (rtm_getroute_parse_ip_proto() of Linux 4.18): these are looked up without a protocol.
 * An IPv4 packet that comes in needs a source: without one the kernel calls it martian (measured with
 * 6.18), and the answer is ROUTE_FATE_INVALID.
 *
 * The errno of IPv4 does not distinguish INVALID and BLACKHOLE (both are EINVAL, and a source that is not
 * this host's is EINVAL or ENETUNREACH by version): a packet that this host sends is looked up again
 * without the source; for one that comes in, EINVAL is INVALID, and route_fate_reason() also names the
 * blackhole. */
bool route_lookup(Netlink *netlink, const RouteQuestion *question, RouteAnswer *answer,
                  GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Returns what a fate means for the operator, such as "no route leads there" (static). */
const char *route_fate_reason(RouteFate fate);

/* Returns the request for QUESTION; FLAGS are RTM_F_* (transfer full). */
NetlinkRequest *route_question_request(const RouteQuestion *question, guint32 flags);

/* Reads the RTM_NEWROUTE message that answers one. Returns false with NICFIX_ERROR_NETLINK, and leaves
 * ANSWER alone, where it is malformed. */
bool route_answer_from_message(const struct nlmsghdr *message, RouteAnswer *answer,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The fate that an errno stands for in the kernel's answer to QUESTION. */
RouteFate route_fate_from_error(const RouteQuestion *question, int error);
