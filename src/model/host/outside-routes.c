/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Routes against rules: see outside-routes.h. Everything is looked up in hash tables that are filled
 * once, which keeps the cost linear with thousands of routing tables or VRFs. */
#include "model/host/outside-routes.h"

#include "model/foreach.h"

#include <linux/fib_rules.h>
#include <linux/rtnetlink.h>

enum { NEVER = G_MAXINT };

/* What the rules of one family let through: of each table the shortest prefix. */
typedef struct {
    bool any;
    GHashTable *tables; /* by number: the shortest prefix, plus 1 */
    int vrfs;           /* the same for the tables of VRFs, NEVER where no rule leads there */
} FamilyRules;

struct OutsideRoutes {
    const Snapshot *snapshot;
    FamilyRules rules[N_FAMILIES];
    GHashTable *vrfs;   /* Link, by the number of its table */
    GHashTable *halves; /* keys of the halves there are */
};

/* ---- rules ---- */

/* fib_rule_suppress(): a rule passes over routes of this length or shorter. wg-quick relies on it
 * to keep main's default route out of the way. */
static int shortest_prefix(const Rule *rule)
{
    return rule->suppress_prefix_length + 1;
}

static void add_table(FamilyRules *rules, guint32 table, int shortest)
{
    gpointer key = GUINT_TO_POINTER(table);
    int known = GPOINTER_TO_INT(g_hash_table_lookup(rules->tables, key));
    if (known == 0 || shortest + 1 < known)
        g_hash_table_insert(rules->tables, key, GINT_TO_POINTER(shortest + 1));
}

static void add_rule(OutsideRoutes *routes, const Rule *rule)
{
    FamilyRules *rules = &routes->rules[family_index(rule->family)];
    rules->any = true;
    if (rule->action != FR_ACT_TO_TBL)
        return;
    if (rule->l3mdev)
        rules->vrfs = MIN(rules->vrfs, shortest_prefix(rule));
    else
        add_table(rules, rule->table, shortest_prefix(rule));
}

/* ---- routes that cover others in halves ---- */

/* The leading bits of 2000::/3, which is all of today's global IPv6 unicast (RFC 4291, section
 * 2.4): some providers route just that. */
static bool is_in_global_unicast(const IpPrefix *destination)
{
    return destination->address.family == FAMILY_IPV6 &&
           (destination->address.bytes[0] & 0xe0) == 0x20;
}

/* Halves of a default route, and those of 2000::/3: VPN clients cover what is there without
 * replacing it by 0.0.0.0/1 and 128.0.0.0/1, or by 2000::/4 and 3000::/4. */
static bool may_be_half(const IpPrefix *destination)
{
    return destination->length == 1 ||
           (destination->length == 4 && is_in_global_unicast(destination));
}

/* Table, family, length (1 or 4) and leading bits of a half, in one number; FLIP 1 makes it that of
 * the other half. */
static gint64 half_key(const Route *route, int flip)
{
    const IpPrefix *destination = &route->destination;
    int bits = (destination->address.bytes[0] >> (8 - destination->length)) ^ flip;
    return ((gint64)route->table << 16) | (family_index(destination->address.family) << 12) |
           (destination->length << 8) | bits;
}

static bool has_other_half(const OutsideRoutes *routes, const Route *route)
{
    if (!may_be_half(&route->destination))
        return false;
    gint64 key = half_key(route, 1);
    return g_hash_table_contains(routes->halves, &key);
}

/* ---- the whole ---- */

OutsideRoutes *outside_routes_new(const Snapshot *snapshot)
{
    OutsideRoutes *routes = g_new0(OutsideRoutes, 1);
    routes->snapshot = snapshot;
    routes->vrfs = g_hash_table_new(g_direct_hash, g_direct_equal);
    routes->halves = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    for (guint i = 0; i < N_FAMILIES; i++) {
        routes->rules[i].tables = g_hash_table_new(g_direct_hash, g_direct_equal);
        routes->rules[i].vrfs = NEVER;
    }
    PTR_ARRAY_FOREACH (const Rule, rule, snapshot->rules)
        add_rule(routes, rule);
    PTR_ARRAY_FOREACH (const Route, route, snapshot->routes) {
        if (!may_be_half(&route->destination))
            continue;
        gint64 key = half_key(route, 0);
        g_hash_table_add(routes->halves, g_memdup2(&key, sizeof key));
    }
    PTR_ARRAY_FOREACH (const Link, link, snapshot->links) {
        if (link->vrf_table != 0)
            g_hash_table_insert(routes->vrfs, GUINT_TO_POINTER(link->vrf_table), (gpointer)link);
    }
    return routes;
}

void outside_routes_free(OutsideRoutes *routes)
{
    if (routes == NULL)
        return;
    for (guint i = 0; i < N_FAMILIES; i++)
        g_hash_table_unref(routes->rules[i].tables);
    g_hash_table_unref(routes->vrfs);
    g_hash_table_unref(routes->halves);
    g_free(routes);
}

bool outside_routes_is_wide(const OutsideRoutes *routes, const Route *route)
{
    const IpPrefix *destination = &route->destination;
    bool is_global_unicast = destination->length == 3 && is_in_global_unicast(destination);
    return destination->length == 0 || is_global_unicast || has_other_half(routes, route);
}

static const FamilyRules *rules_of(const OutsideRoutes *routes, const Route *route)
{
    return &routes->rules[family_index(route->destination.address.family)];
}

bool outside_routes_serves_all(const OutsideRoutes *routes, const Route *route)
{
    const FamilyRules *rules = rules_of(routes, route);
    if (!rules->any)
        return route->table == RT_TABLE_MAIN || route->table == RT_TABLE_DEFAULT;
    int shortest =
        GPOINTER_TO_INT(g_hash_table_lookup(rules->tables, GUINT_TO_POINTER(route->table)));
    return shortest != 0 && shortest - 1 <= (int)route->destination.length;
}

const Link *outside_routes_vrf(const OutsideRoutes *routes, const Route *route)
{
    bool led = rules_of(routes, route)->vrfs <= (int)route->destination.length;
    return led ? g_hash_table_lookup(routes->vrfs, GUINT_TO_POINTER(route->table)) : NULL;
}
