/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Everything a zone lists is indexed once: exact names and single hosts, of which there may be as many as
 * links, in tables; wildcards and networks, of which there are few, in lists. */
#include "model/needs/link-groups.h"

#include "model/firewalld/match.h"
#include "model/foreach.h"

typedef struct {
    const Firewalld *firewalld;
    GHashTable *names;    /* an interface to the number of the last zone that lists it, plus 1 */
    GHashTable *hosts;    /* IpAddress to the same */
    GPtrArray *wildcards; /* char: patterns */
    GPtrArray *networks;  /* AddressSpec: all other sources */
    GArray *of_wildcard;  /* guint: their zones */
    GArray *of_network;
} ZoneIndex;

static void add_source(ZoneIndex *index, AddressSpec *source, guint zone)
{
    bool is_host = source->kind == ADDRESS_SPEC_PREFIX &&
                   source->prefix.length == ip_address_bits(source->prefix.address.family);
    if (is_host) {
        g_hash_table_insert(index->hosts, &source->prefix.address, GUINT_TO_POINTER(zone + 1));
        return;
    }
    g_ptr_array_add(index->networks, source);
    g_array_append_val(index->of_network, zone);
}

static void add_interface(ZoneIndex *index, char *name, guint zone)
{
    if (!interface_is_wildcard(name)) {
        g_hash_table_insert(index->names, name, GUINT_TO_POINTER(zone + 1));
        return;
    }
    g_ptr_array_add(index->wildcards, name);
    g_array_append_val(index->of_wildcard, zone);
}

static ZoneIndex zone_index_new(const Firewalld *firewalld)
{
    ZoneIndex index = {
        .firewalld = firewalld,
        .names = g_hash_table_new(g_str_hash, g_str_equal),
        .hosts = g_hash_table_new(ip_address_hash, ip_address_same),
        .wildcards = g_ptr_array_new(),
        .networks = g_ptr_array_new(),
        .of_wildcard = g_array_new(FALSE, FALSE, sizeof(guint)),
        .of_network = g_array_new(FALSE, FALSE, sizeof(guint)),
    };
    PTR_ARRAY_FOREACH (const Zone, zone, firewalld->zones) {
        STRV_FOREACH (name, zone->interfaces)
            add_interface(&index, *name, zone_index);
        PTR_ARRAY_FOREACH (AddressSpec, source, zone->sources)
            add_source(&index, source, zone_index);
    }
    return index;
}

static void zone_index_clear(ZoneIndex *index)
{
    g_hash_table_unref(index->names);
    g_hash_table_unref(index->hosts);
    g_ptr_array_unref(index->wildcards);
    g_ptr_array_unref(index->networks);
    g_array_unref(index->of_wildcard);
    g_array_unref(index->of_network);
}

/* ---- what zones list of one link ---- */

static void describe_hosts(const ZoneIndex *index, const IpPrefix *hosts, GString *text)
{
    const IpAddress *address = &hosts->address;
    if (hosts->length == ip_address_bits(address->family))
        g_string_append_printf(text, "h%u,",
                               GPOINTER_TO_UINT(g_hash_table_lookup(index->hosts, address)));
    Flow flow = flow_new(FLOW_FORWARD, address->family);
    flow.typical = true;
    flow.from = (FlowAddress){.kind = FLOW_ADDRESS_PREFIX, .prefix = *hosts};
    PTR_ARRAY_FOREACH (const AddressSpec, network, index->networks) {
        Match match = match_address(index->firewalld, &flow, FLOW_SOURCE, network);
        if (match != MATCH_NO)
            g_string_append_printf(text, "s%u%c,",
                                   g_array_index(index->of_network, guint, network_index),
                                   match == MATCH_YES ? '!' : '?');
    }
}

/* Links of one text are in one group (transfer full). */
static char *describe(const ZoneIndex *index, const LinkEnd *end)
{
    GString *text = g_string_new(NULL);
    const char *name = end->link->name;
    g_string_append_printf(text, "%u,%u,", link_is_kind(end->link, "bridge"),
                           GPOINTER_TO_UINT(g_hash_table_lookup(index->names, name)));
    PTR_ARRAY_FOREACH (const char, pattern, index->wildcards) {
        if (match_interface(pattern, name) == MATCH_YES)
            g_string_append_printf(text, "w%u,",
                                   g_array_index(index->of_wildcard, guint, pattern_index));
    }
    if (end->hosts != NULL)
        describe_hosts(index, end->hosts, text);
    return g_string_free(text, FALSE);
}

/* ---- groups ---- */

static void link_group_free(gpointer data)
{
    LinkGroup *group = data;
    g_ptr_array_unref(group->links);
    g_array_unref(group->ends);
    g_free(group);
}

static LinkGroup *link_group_new(void)
{
    LinkGroup *group = g_new0(LinkGroup, 1);
    group->links = g_ptr_array_new();
    group->ends = g_array_new(FALSE, FALSE, sizeof(LinkEnd));
    return group;
}

GPtrArray *link_groups(const Firewalld *firewalld, const GArray *ends, guint most)
{
    ZoneIndex index = zone_index_new(firewalld);
    g_autoptr(GHashTable) known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    GPtrArray *groups = g_ptr_array_new_with_free_func(link_group_free);
    ARRAY_FOREACH (const LinkEnd, end, ends) {
        g_autofree char *text = describe(&index, end);
        LinkGroup *group = g_hash_table_lookup(known, text);
        if (group == NULL && groups->len >= most)
            continue;
        if (group == NULL) {
            group = link_group_new();
            g_ptr_array_add(groups, group);
            g_hash_table_insert(known, g_steal_pointer(&text), group);
        }
        g_ptr_array_add(group->links, (gpointer)end->link);
        if (group->ends->len < 2)
            g_array_append_val(group->ends, *end);
    }
    zone_index_clear(&index);
    return groups;
}
