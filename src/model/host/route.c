/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Routes and rules: see route.h. */
#include "model/host/route.h"

#include <linux/rtnetlink.h>

Route *route_new(void)
{
    Route *route = g_new0(Route, 1);
    route->type = RTN_UNICAST;
    route->nexthops = g_array_new(FALSE, TRUE, sizeof(Nexthop));
    return route;
}

void route_free(Route *route)
{
    if (route == NULL)
        return;
    g_array_unref(route->nexthops);
    g_free(route);
}

Rule *rule_new(void)
{
    Rule *rule = g_new0(Rule, 1);
    rule->suppress_prefix_length = -1;
    return rule;
}

void rule_free(Rule *rule)
{
    if (rule == NULL)
        return;
    g_free(rule->iif);
    g_free(rule->oif);
    g_free(rule);
}
