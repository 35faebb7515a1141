/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Uplinks first, in the order of their indices, then what was named, what zones bind, in the zones'
 * order, and the other downstreams. */
#include "observe/services/interests.h"

#include "model/firewalld/match.h"
#include "model/foreach.h"

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
    PTR_ARRAY_FOREACH (const Link, link, links)
        add(set, link->name);
}

static bool matches_any(const char *pattern, const GPtrArray *links)
{
    PTR_ARRAY_FOREACH (const Link, link, links) {
        if (match_interface(pattern, link->name) == MATCH_YES)
            return true;
    }
    return false;
}

static bool is_relevant(const Snapshot *snapshot, const Topology *topology, const char *binding)
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

GPtrArray *interests_bindings(const Interests *interests)
{
    const Snapshot *snapshot = interests->snapshot;
    g_autoptr(GHashTable) known = g_hash_table_new(g_str_hash, g_str_equal);
    NameSet set = {g_ptr_array_new(), known};
    add_links(&set, topology_uplinks(interests->topology));
    STRV_FOREACH (name, interests->named) {
        const Link *link = snapshot_link_by_name(snapshot, *name);
        add(&set, link != NULL ? link->name : *name);
    }
    PTR_ARRAY_FOREACH (const Zone, zone, snapshot->firewalld->zones) {
        STRV_FOREACH (binding, zone->interfaces) {
            if (is_relevant(snapshot, interests->topology, *binding))
                add(&set, *binding);
        }
    }
    if (interests->all_downstreams)
        add_links(&set, topology_downstreams(interests->topology));
    return set.names;
}

GPtrArray *interests_links(const Interests *interests)
{
    g_autoptr(GPtrArray) bindings = interests_bindings(interests);
    GPtrArray *links = g_ptr_array_new();
    PTR_ARRAY_FOREACH (char, name, bindings) {
        if (!interface_is_wildcard(name))
            g_ptr_array_add(links, name);
    }
    return links;
}
