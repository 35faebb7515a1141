/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Elements against flows, one function an element. The facts are firewalld's nftables backend's
 * (firewall/core/nftables.py, 1.3.3), tested with packets. */
#include "model/firewalld/match.h"

#include "model/foreach.h"
#include "model/firewalld/icmp-type.h"
#include "model/host/release.h"

#include <string.h>

Match match_not(Match match)
{
    return (Match)(MATCH_YES - match);
}

Match match_and(Match a, Match b)
{
    return MIN(a, b);
}

Match match_or(Match a, Match b)
{
    return MAX(a, b);
}

/* ---- interfaces ---- */

bool interface_is_wildcard(const char *pattern)
{
    return name_is_wildcard(pattern, strlen(pattern));
}

bool interface_is_catch_all(const char *pattern)
{
    return g_str_equal(pattern, "+") || g_str_equal(pattern, "*");
}

Match match_interface(const char *pattern, const char *name)
{
    gsize length = strlen(pattern);
    bool matches = name_is_wildcard(pattern, length) ? strncmp(pattern, name, length - 1) == 0
                                                     : strcmp(pattern, name) == 0;
    return matches ? MATCH_YES : MATCH_NO;
}

bool zone_takes_interface(const Zone *zone, const char *name)
{
    NameWalk walk = zone_interfaces_for(zone, name);
    for (const char *interface = name_walk_next(&walk); interface != NULL;
         interface = name_walk_next(&walk)) {
        if (match_interface(interface, name) != MATCH_NO)
            return true;
    }
    return false;
}

/* ---- addresses ---- */

static Match match_prefix(const Flow *flow, const FlowAddress *address, const IpPrefix *prefix)
{
    if (prefix->address.family != flow->family)
        return MATCH_NO;
    if (prefix->length == 0)
        return MATCH_YES;
    switch (address->kind) {
    case FLOW_ADDRESS_ELSEWHERE:
        return MATCH_NO;
    case FLOW_ADDRESS_ANY:
        return MATCH_MAYBE;
    case FLOW_ADDRESS_PREFIX:
        break;
    }
    Match match = ip_prefix_covers(prefix, &address->prefix);
    bool single_host = prefix->length == ip_address_bits(prefix->address.family);
    return match == MATCH_MAYBE && flow->typical && single_host ? MATCH_NO : match;
}

/* Whether the packet has a MAC address at END, *MAC, NULL where it is not known. Forwarded and incoming packets
 * carry the link header of the ingress frame only: none matches as a destination, unless a bridge switches the
 * frame from port to port. */
static bool may_have_mac(const Flow *flow, FlowEnd end, const char **mac)
{
    *mac = end == FLOW_SOURCE ? flow->from_mac : NULL;
    if (flow->direction == FLOW_OUTPUT || flow->typical)
        return false;
    return end == FLOW_SOURCE || (flow->in != NULL && g_strcmp0(flow->in, flow->out) == 0);
}

static Match match_mac(const Flow *flow, FlowEnd end, const char *mac)
{
    const char *own;
    if (!may_have_mac(flow, end, &own))
        return MATCH_NO;
    if (own == NULL)
        return MATCH_MAYBE;
    return g_ascii_strcasecmp(own, mac) == 0 ? MATCH_YES : MATCH_NO;
}

static Match match_entries(const Flow *flow, FlowEnd end, const AddressSet *entries)
{
    const FlowAddress *address = end == FLOW_SOURCE ? &flow->from : &flow->to;
    Match all = address_set_covers_family(entries, flow->family);
    switch (address->kind) {
    case FLOW_ADDRESS_ELSEWHERE:
        return all == MATCH_YES ? MATCH_YES : MATCH_NO;
    case FLOW_ADDRESS_ANY:
        return all;
    case FLOW_ADDRESS_PREFIX:
        break;
    }
    return address->prefix.address.family == flow->family
               ? address_set_covers(entries, &address->prefix, flow->typical)
               : MATCH_NO;
}

/* Sets of one plain dimension are evaluated; of others (hash:ip,port, hash:net,iface, ...) nothing
 * is known but that they may match. */
static Match match_ipset(const Firewalld *firewalld, const Flow *flow, FlowEnd end,
                         const char *name)
{
    const Ipset *ipset = firewalld_ipset(firewalld, name);
    if (ipset == NULL || !ipset->entries_read ||
        (ipset->type != NULL && strchr(ipset->type, ',') != NULL))
        return MATCH_MAYBE;
    const AddressSet *entries = ipset_addresses(ipset);
    Match match = address_set_has_unknown(entries) ? MATCH_MAYBE : MATCH_NO;
    const char *mac;
    if (may_have_mac(flow, end, &mac))
        match = match_or(match, address_set_has_mac(entries, mac));
    return match_or(match, match_entries(flow, end, entries));
}

Match match_address(const Firewalld *firewalld, const Flow *flow, FlowEnd end,
                    const AddressSpec *spec)
{
    switch (spec->kind) {
    case ADDRESS_SPEC_PREFIX:
        return match_prefix(flow, end == FLOW_SOURCE ? &flow->from : &flow->to, &spec->prefix);
    case ADDRESS_SPEC_MAC:
        return match_mac(flow, end, spec->name);
    case ADDRESS_SPEC_IPSET:
        return match_ipset(firewalld, flow, end, spec->name);
    case ADDRESS_SPEC_UNKNOWN:
        break;
    }
    return MATCH_MAYBE;
}

/* ---- protocols and ports ---- */

Match match_protocol(const Flow *flow, const char *protocol)
{
    /* Names as in /etc/protocols, which firewalld accepts, and their numbers. */
    static const struct {
        const char *name;
        const char *number;
        Protocol protocol;
    } protocols[] = {
        {"tcp", "6", PROTOCOL_TCP},           {"udp", "17", PROTOCOL_UDP},
        {"sctp", "132", PROTOCOL_SCTP},       {"dccp", "33", PROTOCOL_DCCP},
        {"icmp", "1", PROTOCOL_ICMP},         {"icmpv6", "58", PROTOCOL_ICMPV6},
        {"ipv6-icmp", "58", PROTOCOL_ICMPV6},
    };
    for (guint i = 0; i < G_N_ELEMENTS(protocols); i++) {
        if (g_ascii_strcasecmp(protocol, protocols[i].name) != 0 &&
            !g_str_equal(protocol, protocols[i].number))
            continue;
        if (flow->protocol == PROTOCOL_ANY)
            return MATCH_MAYBE;
        return flow->protocol == protocols[i].protocol ? MATCH_YES : MATCH_NO;
    }
    return flow->protocol == PROTOCOL_ANY ? MATCH_MAYBE : MATCH_NO;
}

Match match_port(const Flow *flow, FlowEnd end, const PortRange *range)
{
    Match protocol = match_protocol(flow, range->protocol);
    bool every_port = range->last == 0;
    if (every_port || protocol == MATCH_NO)
        return protocol;
    guint16 port = end == FLOW_SOURCE ? flow->source_port : flow->port;
    if (port == 0)
        return range->first <= 1 && range->last == G_MAXUINT16 ? protocol : MATCH_MAYBE;
    return range->first <= port && port <= range->last ? protocol : MATCH_NO;
}

/* Messages of one code only: address masks (RFC 950) and neighbour discovery (RFC 4861, of which
 * Linux drops any other). */
static bool has_one_code(Family family, int type)
{
    return family == FAMILY_IPV4 ? type == 17 || type == 18 : type >= 133 && type <= 137;
}

Match match_icmp_type(const Firewalld *firewalld, const Flow *flow, const char *name)
{
    bool may_be_icmp = flow->protocol == PROTOCOL_ANY || flow->protocol == PROTOCOL_ICMP ||
                       flow->protocol == PROTOCOL_ICMPV6;
    if (!may_be_icmp)
        return MATCH_NO;
    IcmpType type;
    switch (icmp_type_find(firewalld, name, flow->family, &type)) {
    case ICMP_TYPE_OF_OTHER_FAMILY:
        return MATCH_NO;
    case ICMP_TYPE_UNKNOWN:
        return MATCH_MAYBE;
    case ICMP_TYPE_FOUND:
        break;
    }
    if (flow->protocol == PROTOCOL_ANY || flow->icmp_type < 0)
        return MATCH_MAYBE;
    if (flow->icmp_type != type.type)
        return MATCH_NO;
    if (type.code < 0 || type.code == flow->icmp_code)
        return MATCH_YES;
    if (flow->icmp_code >= 0)
        return MATCH_NO;
    return has_one_code(flow->family, type.type) ? MATCH_YES : MATCH_MAYBE;
}

/* ---- services ---- */

static Match match_ports(const Flow *flow, FlowEnd end, const GPtrArray *ranges)
{
    Match match = MATCH_NO;
    for (guint i = 0; i < ranges->len; i++)
        match = match_or(match, match_port(flow, end, g_ptr_array_index(ranges, i)));
    return match;
}

/* A service with destinations applies only to the families it names, and only inside them. */
static Match match_service_destination(const Firewalld *firewalld, const Flow *flow,
                                       const Service *service)
{
    if (service->destination_ipv4 == NULL && service->destination_ipv6 == NULL)
        return MATCH_YES;
    const AddressSpec *destination =
        flow->family == FAMILY_IPV4 ? service->destination_ipv4 : service->destination_ipv6;
    return destination == NULL ? MATCH_NO
                               : match_address(firewalld, flow, FLOW_DESTINATION, destination);
}

/* Includes are checked for themselves: the including service's destination does not bind them.
 * SEEN breaks circles; NULL: includes do not count. */
static Match match_service_once(const Firewalld *firewalld, const Flow *flow, const char *name,
                                GHashTable *seen)
{
    if (seen != NULL && !g_hash_table_add(seen, (gpointer)name))
        return MATCH_NO;
    const Service *service = firewalld_service(firewalld, name);
    if (service == NULL)
        return MATCH_MAYBE;
    Match match = match_ports(flow, FLOW_DESTINATION, service->ports);
    match = match_or(match, match_ports(flow, FLOW_SOURCE, service->source_ports));
    STRV_FOREACH (protocol, service->protocols)
        match = match_or(match, match_protocol(flow, *protocol));
    match = match_and(match, match_service_destination(firewalld, flow, service));
    for (char **include = service->includes; seen != NULL && *include != NULL; include++)
        match = match_or(match, match_service_once(firewalld, flow, *include, seen));
    return match;
}

Match match_service(const Firewalld *firewalld, const Flow *flow, const char *name,
                    ServiceExtent extent)
{
    g_autoptr(GHashTable) seen =
        extent == SERVICE_WITH_INCLUDES ? g_hash_table_new(g_str_hash, g_str_equal) : NULL;
    return match_service_once(firewalld, flow, name, seen);
}

/* ---- rich rules ---- */

/* nft compares an address of one kind of packet only: "NOT 10.0.0.0/8" matches no IPv6, "NOT ipset" of
 * addresses none of the other family. What the host sends has no link header yet, so that a MAC address
 * matches it neither as it stands nor inverted (measured with 0.9.11 to 2.5.0). */
static Match match_kind_of_address(const Firewalld *firewalld, const Flow *flow,
                                   const AddressSpec *spec)
{
    const Ipset *ipset =
        spec->kind == ADDRESS_SPEC_IPSET ? firewalld_ipset(firewalld, spec->name) : NULL;
    bool is_mac = spec->kind == ADDRESS_SPEC_MAC;
    if (ipset != NULL)
        is_mac = g_strcmp0(ipset->type, "hash:mac") == 0 ||
                 (ipset->entries[0] != NULL && mac_address_is_valid(ipset->entries[0]));
    if (is_mac)
        return flow->direction == FLOW_OUTPUT ? MATCH_NO : MATCH_YES;
    if (spec->kind == ADDRESS_SPEC_PREFIX)
        return spec->prefix.address.family == flow->family ? MATCH_YES : MATCH_NO;
    if (ipset == NULL || ipset->entries[0] == NULL)
        return MATCH_MAYBE;
    bool is_ipv6 = strchr(ipset->entries[0], ':') != NULL;
    return is_ipv6 == (flow->family == FAMILY_IPV6) ? MATCH_YES : MATCH_NO;
}

static Match match_rich_end(const Firewalld *firewalld, const Flow *flow, FlowEnd end,
                            const AddressSpec *spec, bool inverted)
{
    if (spec == NULL)
        return MATCH_YES;
    Match match = match_address(firewalld, flow, end, spec);
    return inverted ? match_and(match_not(match), match_kind_of_address(firewalld, flow, spec))
                    : match;
}

Match match_rich_rule_ends(const Firewalld *firewalld, const Flow *flow, const RichRule *rule)
{
    if (rule->has_family && rule->family != flow->family)
        return MATCH_NO;
    return match_and(
        match_rich_end(firewalld, flow, FLOW_SOURCE, rule->source, rule->source_inverted),
        match_rich_end(firewalld, flow, FLOW_DESTINATION, rule->destination,
                       rule->destination_inverted));
}

static Match match_rich_element(const Firewalld *firewalld, const Flow *flow, const RichRule *rule)
{
    switch (rule->element) {
    case RICH_ELEMENT_NONE:
        return MATCH_YES;
    case RICH_ELEMENT_SERVICE:
        return match_service(firewalld, flow, rule->name,
                             release_has(firewalld, RELEASE_INCLUDES_IN_RICH_RULES)
                                 ? SERVICE_WITH_INCLUDES
                                 : SERVICE_ALONE);
    case RICH_ELEMENT_PORT:
        return match_port(flow, FLOW_DESTINATION, rule->port);
    case RICH_ELEMENT_SOURCE_PORT:
        return match_port(flow, FLOW_SOURCE, rule->port);
    case RICH_ELEMENT_PROTOCOL:
        return match_protocol(flow, rule->name);
    case RICH_ELEMENT_ICMP_BLOCK:
    case RICH_ELEMENT_ICMP_TYPE:
        return match_icmp_type(firewalld, flow, rule->name);
    case RICH_ELEMENT_MASQUERADE:
    case RICH_ELEMENT_FORWARD_PORT:
    case RICH_ELEMENT_TCP_MSS_CLAMP:
        break;
    }
    return MATCH_NO; /* these rewrite packets: they accept and refuse nothing */
}

Match match_rich_rule(const Firewalld *firewalld, const Flow *flow, const RichRule *rule)
{
    if (!rule->understood)
        return MATCH_MAYBE;
    return match_and(match_rich_rule_ends(firewalld, flow, rule),
                     match_rich_element(firewalld, flow, rule));
}

static Match match_kept_address(const Flow *flow, const ForwardPort *forward_port)
{
    IpPrefix target;
    if (forward_port->to_address == NULL) /* to this host, where an input flow goes already */
        return flow->direction == FLOW_INPUT ? MATCH_MAYBE : MATCH_NO;
    return ip_prefix_parse(forward_port->to_address, &target)
               ? match_prefix(flow, &flow->to, &target)
               : MATCH_MAYBE;
}

static Match match_kept_port(const Flow *flow, const ForwardPort *forward_port)
{
    if (forward_port->to_port == NULL)
        return MATCH_YES;
    g_autoptr(PortRange) range =
        port_range_parse(forward_port->to_port, forward_port->port->protocol);
    if (range == NULL)
        return MATCH_MAYBE;
    Match match = match_port(flow, FLOW_DESTINATION, range);
    return range->first == range->last ? match : match_and(match, MATCH_MAYBE);
}

/* A translation that changes nothing does not mark the connection as translated, and does not
 * accept it (measured with 1.3.3 on Linux 6.18). */
Match match_translation(const Flow *flow, const ForwardPort *forward_port)
{
    return match_not(
        match_and(match_kept_address(flow, forward_port), match_kept_port(flow, forward_port)));
}

Match match_forward_port(const Flow *flow, const ForwardPort *forward_port)
{
    return match_port(flow, FLOW_DESTINATION, forward_port->port);
}
