/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether a flow matches one element of firewalld's configuration. MATCH_MAYBE where the flow
 * leaves it open, or where the element cannot be evaluated. */
#pragma once

#include "model/host/flow.h"
#include "model/host/snapshot.h"

typedef enum {
    FLOW_SOURCE,
    FLOW_DESTINATION,
} FlowEnd;

Match match_not(Match match);
Match match_and(Match a, Match b);
Match match_or(Match a, Match b);

/* NAME against an interface of a zone: a name, or a prefix that ends in "+" or "*". */
Match match_interface(const char *pattern, const char *name);
bool interface_is_wildcard(const char *pattern);
/* Whether the pattern is only its wildcard, which matches every interface. */
bool interface_is_catch_all(const char *pattern);

/* Whether one of the interfaces of ZONE, or of its wildcards, matches the link NAME. */
bool zone_takes_interface(const Zone *zone, const char *name);

Match match_address(const Firewalld *firewalld, const Flow *flow, FlowEnd end,
                    const AddressSpec *spec);
Match match_port(const Flow *flow, FlowEnd end, const PortRange *range);
Match match_protocol(const Flow *flow, const char *protocol);
Match match_icmp_type(const Firewalld *firewalld, const Flow *flow, const char *name);

/* Whether the services that a service includes count as well. */
typedef enum {
    SERVICE_WITH_INCLUDES,
    SERVICE_ALONE,
} ServiceExtent;

Match match_service(const Firewalld *firewalld, const Flow *flow, const char *name,
                    ServiceExtent extent);

/* Whether the rule's family, ends and element match; its action is not looked at. */
Match match_rich_rule(const Firewalld *firewalld, const Flow *flow, const RichRule *rule);

/* The same without its element: for forward ports, whose element is matched by match_forward_port. */
Match match_rich_rule_ends(const Firewalld *firewalld, const Flow *flow, const RichRule *rule);

/* Whether FORWARD_PORT's rule matches, and, where it does, whether the flow's destination is another one
 * afterwards. */
Match match_forward_port(const Flow *flow, const ForwardPort *forward_port);
Match match_translation(const Flow *flow, const ForwardPort *forward_port);
