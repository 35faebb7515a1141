/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Making, copying, looking up in and freeing the snapshot. */
#include "model/host/snapshot.h"

#include "model/foreach.h"
#include "model/host/own-addresses.h"
#include "model/nearest.h"

static void unread_free(Unread *unread)
{
    g_free(unread->what);
    g_free(unread->where);
    g_free(unread->reason);
    g_free(unread);
}

LegacyTable *legacy_table_new(void)
{
    return g_new0(LegacyTable, 1);
}

void legacy_table_free(LegacyTable *table)
{
    if (table == NULL)
        return;
    g_free(table->name);
    g_strfreev(table->chains);
    g_free(table);
}

Snapshot *snapshot_new(void)
{
    Snapshot *snapshot = g_new0(Snapshot, 1);
    snapshot->links = g_ptr_array_new_with_free_func((GDestroyNotify)link_free);
    snapshot->narrow_routes = g_ptr_array_new_with_free_func((GDestroyNotify)route_free);
    snapshot->routes = g_ptr_array_new_with_free_func((GDestroyNotify)route_free);
    snapshot->rules = g_ptr_array_new_with_free_func((GDestroyNotify)rule_free);
    snapshot->legacy_tables = g_ptr_array_new_with_free_func((GDestroyNotify)legacy_table_free);
    snapshot->sockets = g_ptr_array_new_with_free_func(g_free);
    snapshot->firewalld = firewalld_new();
    snapshot->permanent = permanent_new();
    snapshot->networkmanager = networkmanager_new();
    snapshot->unread = g_ptr_array_new_with_free_func((GDestroyNotify)unread_free);
    snapshot->links_by_name = g_hash_table_new(g_str_hash, g_str_equal);
    snapshot->links_by_index = g_hash_table_new(g_direct_hash, g_direct_equal);
    snapshot->own_addresses = own_addresses_new();
    return snapshot;
}

void snapshot_replace_ruleset(Snapshot *snapshot, Ruleset *ruleset)
{
    ruleset_unref(snapshot->ruleset);
    snapshot->ruleset = ruleset;
}

Snapshot *snapshot_with_kernel(const Snapshot *services, const Snapshot *kernel)
{
    Snapshot *copy = g_memdup2(kernel, sizeof *kernel);
    copy->taken_at = g_strdup(kernel->taken_at);
    copy->host = g_strdup(kernel->host);
    g_ptr_array_ref(copy->links);
    g_ptr_array_ref(copy->routes);
    g_ptr_array_ref(copy->narrow_routes);
    g_ptr_array_ref(copy->rules);
    g_ptr_array_ref(copy->legacy_tables);
    g_ptr_array_ref(copy->sockets);
    copy->firewalld = firewalld_copy(services->firewalld);
    copy->permanent = permanent_copy(services->permanent);
    copy->networkmanager = networkmanager_copy(services->networkmanager);
    copy->unread = g_ptr_array_ref(services->unread);
    ruleset_ref(copy->ruleset);
    g_hash_table_ref(copy->links_by_name);
    g_hash_table_ref(copy->links_by_index);
    own_addresses_ref(copy->own_addresses);
    return copy;
}

Snapshot *snapshot_copy(const Snapshot *snapshot)
{
    return snapshot_with_kernel(snapshot, snapshot);
}

void snapshot_free(Snapshot *snapshot)
{
    if (snapshot == NULL)
        return;
    g_free(snapshot->taken_at);
    g_free(snapshot->host);
    g_hash_table_unref(snapshot->links_by_name);
    g_hash_table_unref(snapshot->links_by_index);
    own_addresses_unref(snapshot->own_addresses);
    g_ptr_array_unref(snapshot->links);
    g_ptr_array_unref(snapshot->routes);
    g_ptr_array_unref(snapshot->narrow_routes);
    g_ptr_array_unref(snapshot->rules);
    g_ptr_array_unref(snapshot->legacy_tables);
    g_ptr_array_unref(snapshot->sockets);
    firewalld_free(snapshot->firewalld);
    permanent_free(snapshot->permanent);
    networkmanager_free(snapshot->networkmanager);
    g_ptr_array_unref(snapshot->unread);
    ruleset_unref(snapshot->ruleset);
    g_free(snapshot);
}

void snapshot_add_link(Snapshot *snapshot, Link *link)
{
    if (snapshot_link_by_index(snapshot, link->index) != NULL) {
        link_free(link);
        return;
    }
    g_hash_table_insert(snapshot->links_by_index, GINT_TO_POINTER(link->index), link);
    g_ptr_array_add(snapshot->links, link);
    g_hash_table_insert(snapshot->links_by_name, link->name, link);
    STRV_FOREACH (altname, link->altnames)
        g_hash_table_insert(snapshot->links_by_name, *altname, link);
}

const Link *snapshot_link_by_name(const Snapshot *snapshot, const char *name)
{
    return g_hash_table_lookup(snapshot->links_by_name, name);
}

const Link *snapshot_link_by_index(const Snapshot *snapshot, int index)
{
    return g_hash_table_lookup(snapshot->links_by_index, GINT_TO_POINTER(index));
}

const char *snapshot_nearest_link(const Snapshot *snapshot, const char *name)
{
    NearestWord nearest = nearest_word_to(name);
    PTR_ARRAY_FOREACH (const Link, link, snapshot->links)
        nearest_word_offer(&nearest, link->name);
    return nearest.nearest;
}

void snapshot_add_unread(Snapshot *snapshot, const char *what, const char *where,
                         const char *reason)
{
    PTR_ARRAY_FOREACH (const Unread, known, snapshot->unread) {
        if (g_str_equal(known->what, what) && g_str_equal(known->where, where))
            return;
    }
    Unread *unread = g_new0(Unread, 1);
    unread->what = g_strdup(what);
    unread->where = g_strdup(where);
    unread->reason = g_strdup(reason);
    g_ptr_array_add(snapshot->unread, unread);
}
