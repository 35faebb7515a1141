/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Comparing a link with what it was. */
#include "model/plan/link-loss.h"

#include <linux/if_addr.h>
#include <net/if.h>

static bool has_address(const Link *link, const LinkAddress *wanted)
{
    for (guint i = 0; i < link->addresses->len; i++) {
        const LinkAddress *address = g_ptr_array_index(link->addresses, i);
        if (ip_address_equal(&address->prefix.address, &wanted->prefix.address))
            return true;
    }
    return false;
}

static char *lost_address(const Link *before, const Link *after)
{
    for (guint i = 0; i < before->addresses->len; i++) {
        const LinkAddress *address = g_ptr_array_index(before->addresses, i);
        if ((address->flags & IFA_F_TEMPORARY) != 0 || has_address(after, address))
            continue;
        g_autofree char *text = ip_prefix_to_string(&address->prefix);
        return g_strdup_printf("%s has lost its address %s", before->name, text);
    }
    return NULL;
}

/* Whether ROUTE leads out by the link of INDEX. */
static bool route_uses(const Route *route, int index)
{
    for (guint i = 0; i < route->nexthops->len; i++) {
        if (g_array_index(route->nexthops, Nexthop, i).oif == index)
            return true;
    }
    return false;
}

static bool is_same_prefix(const IpPrefix *a, const IpPrefix *b)
{
    return a->length == b->length && ip_address_equal(&a->address, &b->address);
}

static bool has_route(const Snapshot *snapshot, const Route *wanted, int index)
{
    for (guint i = 0; i < snapshot->routes->len; i++) {
        const Route *route = g_ptr_array_index(snapshot->routes, i);
        if (route->table == wanted->table && route_uses(route, index) &&
            is_same_prefix(&route->destination, &wanted->destination))
            return true;
    }
    return false;
}

static char *lost_route(const Snapshot *before, const Snapshot *after, const Link *link)
{
    for (guint i = 0; i < before->routes->len; i++) {
        const Route *route = g_ptr_array_index(before->routes, i);
        if (!route_uses(route, link->index) || has_route(after, route, link->index))
            continue;
        g_autofree char *text = ip_prefix_to_string(&route->destination);
        return g_strdup_printf("the route to %s by %s is gone", text, link->name);
    }
    return NULL;
}

char *link_loss(const Snapshot *before, const Snapshot *after, const char *name)
{
    const Link *old = snapshot_link_by_name(before, name);
    const Link *new = snapshot_link_by_name(after, name);
    if (old == NULL)
        return NULL;
    if (new == NULL)
        return g_strdup_printf("%s is gone", name);
    if (new->index != old->index)
        return g_strdup_printf("%s is another link than before", name);
    if ((old->flags & IFF_UP) != 0 && (new->flags &IFF_UP) == 0)
        return g_strdup_printf("%s is down", name);
    char *address = lost_address(old, new);
    return address != NULL ? address : lost_route(before, after, old);
}
