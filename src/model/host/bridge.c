/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Bridges: see bridge.h. */
#include "model/host/bridge.h"

#include "model/foreach.h"

bool bridge_shows_frames(const Snapshot *snapshot, const Link *bridge, Family family)
{
    if (family == FAMILY_IPV4)
        return snapshot->bridge_call_iptables == TRISTATE_YES ||
               bridge->bridge_call_iptables == TRISTATE_YES;
    return snapshot->bridge_call_ip6tables == TRISTATE_YES ||
           bridge->bridge_call_ip6tables == TRISTATE_YES;
}

static bool may_be_in(const IpPrefix *network, const FlowAddress *address)
{
    if (address->kind == FLOW_ADDRESS_PREFIX)
        return ip_prefix_covers(network, &address->prefix) != MATCH_NO;
    return address->kind == FLOW_ADDRESS_ANY;
}

bool bridge_switches(const Link *bridge, const FlowAddress *from, const FlowAddress *to)
{
    bool any = false;
    PTR_ARRAY_FOREACH (const LinkAddress, own, bridge->addresses) {
        if (may_be_in(&own->prefix, from) && may_be_in(&own->prefix, to))
            return true;
        any = any || link_address_is_global(own, own->prefix.address.family);
    }
    return !any;
}

Match bridge_returns_frames(const Snapshot *snapshot, const Link *bridge)
{
    bool yes = false;
    bool no = false;
    PTR_ARRAY_FOREACH (const Link, port, snapshot->links) {
        if (port->master != bridge->index)
            continue;
        bool isolated = port->isolated == TRISTATE_YES; /* from the others, and itself */
        yes = yes || (port->hairpin != TRISTATE_NO && !isolated);
        no = no || port->hairpin != TRISTATE_YES || isolated;
    }
    return yes == no ? MATCH_MAYBE : yes ? MATCH_YES : MATCH_NO;
}

Match bridge_isolates(const Snapshot *snapshot, const Link *bridge)
{
    guint isolated = 0;
    guint others = 0;
    PTR_ARRAY_FOREACH (const Link, port, snapshot->links) {
        if (port->master != bridge->index)
            continue;
        isolated += port->isolated == TRISTATE_YES;
        others += port->isolated != TRISTATE_YES;
    }
    return isolated < 2 ? MATCH_NO : others > 0 ? MATCH_MAYBE : MATCH_YES;
}

Match bridge_hosts_share_port(const Snapshot *snapshot, const Link *bridge)
{
    guint ports = 0;
    guint shared = 0;
    PTR_ARRAY_FOREACH (const Link, port, snapshot->links) {
        if (port->master != bridge->index)
            continue;
        ports++;
        shared += port->hairpin != TRISTATE_YES && !link_is_kind(port, "veth");
    }
    return shared == 0 ? MATCH_NO : ports == 1 ? MATCH_YES : MATCH_MAYBE;
}
