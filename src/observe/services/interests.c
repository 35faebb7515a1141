/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Uplinks first, in the order of their indices, then what was named, what zones bind, in the zones'
 * order, and the other downstreams. */
#include "observe/services/interests.h"

#include "model/firewalld/match.h"

typedef struct {
    GPtrArray *names;
    GHashTable *known;
} NameSet;

static void add(NameSet *set, const char *name)
{
    if (g_hash_table_add(set->known, (gpointer)name))
        g_ptr_array_add(set->names, (gpointer)name);
}

static void add_links(NameSet *set, const GPtrArray *links)
{
    for (guint i = 0; i < links->len; i++) {
        const Link *link = g_ptr_array_index(links, i);
        add(set, link->name);
    }
}

static void add_named(NameSet *set, const Interests *interests)
{
    for (const char *const *name = interests->named; name != NULL && *name != NULL; name++) {
        const Link *link = snapshot_link_by_name(interests->snapshot, *name);
        add(set, link != NULL ? link->name : *name);
    }
}

static bool matches_any(const char *pattern, const GPtrArray *links)
{
    for (guint i = 0; i < links->len; i++) {
        const Link *link = g_ptr_array_index(links, i);
        if (match_interface(pattern, link->name) == MATCH_YES)
            return true;
    }
    return false;
}

static bool is_concerned(const Snapshot *snapshot, const Topology *topology, const char *binding)
{
    if (interface_is_wildcard(binding))
        return matches_any(binding, topology_uplinks(topology)) ||
               matches_any(binding, topology_downstreams(topology));
    const Link *link = snapshot_link_by_name(snapshot, binding);
    if (link == NULL || !g_str_equal(link->name, binding))
        return false;
    Role role = topology_role(topology, link);
    return role == ROLE_UPLINK || role == ROLE_DOWNSTREAM;
}

static void add_bound(NameSet *set, const Interests *interests)
{
    const GPtrArray *zones = interests->snapshot->firewalld->zones;
    for (guint i = 0; i < zones->len; i++) {
        const Zone *zone = g_ptr_array_index(zones, i);
        for (char **binding = zone->interfaces; *binding != NULL; binding++) {
            if (is_concerned(interests->snapshot, interests->topology, *binding))
                add(set, *binding);
        }
    }
}

GPtrArray *interests_bindings(const Interests *interests)
{
    g_autoptr(GHashTable) known = g_hash_table_new(g_str_hash, g_str_equal);
    NameSet set = {g_ptr_array_new(), known};
    add_links(&set, topology_uplinks(interests->topology));
    add_named(&set, interests);
    add_bound(&set, interests);
    if (interests->all_downstreams)
        add_links(&set, topology_downstreams(interests->topology));
    return set.names;
}

GPtrArray *interests_links(const Interests *interests)
{
    g_autoptr(GPtrArray) bindings = interests_bindings(interests);
    GPtrArray *links = g_ptr_array_new();
    for (guint i = 0; i < bindings->len; i++) {
        const char *name = g_ptr_array_index(bindings, i);
        if (!interface_is_wildcard(name))
            g_ptr_array_add(links, (gpointer)name);
    }
    return links;
}
