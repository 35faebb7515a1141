/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Comparing a link with what it was. */
#include "model/plan/link-loss.h"

#include "model/foreach.h"

#include <linux/if_addr.h>
#include <net/if.h>

static bool has_address(const Link *link, const LinkAddress *wanted)
{
    PTR_ARRAY_FOREACH (const LinkAddress, address, link->addresses) {
        if (ip_address_equal(&address->prefix.address, &wanted->prefix.address))
            return true;
    }
    return false;
}

/* Whether ROUTE leads out through the link of INDEX. */
static bool route_uses(const Route *route, int index)
{
    ARRAY_FOREACH (const Nexthop, nexthop, route->nexthops) {
        if (nexthop->oif == index)
            return true;
    }
    return false;
}

static bool has_route(const Snapshot *snapshot, const Route *wanted, int index)
{
    const IpPrefix *to = &wanted->destination;
    PTR_ARRAY_FOREACH (const Route, route, snapshot->routes) {
        if (route->table == wanted->table && route_uses(route, index) &&
            route->destination.length == to->length &&
            ip_address_equal(&route->destination.address, &to->address))
            return true;
    }
    return false;
}

LinkLoss link_loss(const Snapshot *before, const Snapshot *after, const char *name)
{
    const Link *old = snapshot_link_by_name(before, name);
    const Link *new = snapshot_link_by_name(after, name);
    if (old == NULL)
        return (LinkLoss){LINK_LOST_NOTHING};
    if (new == NULL)
        return (LinkLoss){LINK_LOST_ITSELF};
    if (new->index != old->index)
        return (LinkLoss){LINK_REPLACED};
    if ((old->flags & IFF_UP) != 0 && (new->flags &IFF_UP) == 0)
        return (LinkLoss){LINK_LOST_UP};
    PTR_ARRAY_FOREACH (const LinkAddress, address, old->addresses) {
        if ((address->flags & IFA_F_TEMPORARY) == 0 && !has_address(new, address))
            return (LinkLoss){LINK_LOST_ADDRESS, address->prefix};
    }
    PTR_ARRAY_FOREACH (const Route, route, before->routes) {
        if (route_uses(route, old->index) && !has_route(after, route, old->index))
            return (LinkLoss){LINK_LOST_ROUTE, route->destination};
    }
    return (LinkLoss){LINK_LOST_NOTHING};
}
