/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The ends of a host and their classes: see exposure-places.h. */
#include "model/plan/exposure-places.h"

#include "model/firewalld/dispatch.h"
#include "model/foreach.h"

#include <linux/rtnetlink.h>

/* ---- the ends of a host ---- */

Flow flow_from_place(const FlowPlace *end)
{
    Flow flow = flow_new(FLOW_INPUT, end->family);
    flow.in = end->name;
    flow.from = end->address;
    flow.typical = true;
    flow.protocol = PROTOCOL_TCP;
    return flow;
}

static void add_place(ExposureBase *base, FlowPlace end)
{
    end.name = link_ingress_name(base->snapshot, end.link);
    end.is_uplink = topology_is_uplink(base->topology, end.link);
    const Flow flow = flow_from_place(&end);
    end.class = flow_classes_find(base->classes, &flow);
    g_array_append_val(base->ends, end);
}

static bool is_place(const Topology *topology, const Link *link)
{
    Role role = topology_role(topology, link);
    return role != ROLE_PORT && role != ROLE_LOOPBACK && link_is_up(link);
}

static void add_places_of(ExposureBase *base, const Topology *topology, const Link *link)
{
    static const Family families[] = {FAMILY_IPV4, FAMILY_IPV6};
    const FlowAddress elsewhere = {.kind = FLOW_ADDRESS_ELSEWHERE};
    const UplinkReason *uplink = topology_uplink_reason(topology, link);
    bool leads_out = uplink != NULL && uplink->kind != UPLINK_IS_HARDWARE;
    if (!is_place(topology, link))
        return;
    for (guint i = 0; i < G_N_ELEMENTS(families); i++) {
        PTR_ARRAY_FOREACH (const LinkAddress, address, link->addresses) {
            if (link_address_is_global(address, families[i]))
                add_place(base, (FlowPlace){.link = link,
                                            .family = families[i],
                                            .address = {FLOW_ADDRESS_PREFIX, address->prefix},
                                            .is_uplinks = leads_out});
        }
        bool has_family = link_has_network(link, families[i]) ||
                          (families[i] == FAMILY_IPV4 && !link_is_numbered(link));
        if (has_family && (leads_out || !link_is_numbered(link)))
            add_place(base, (FlowPlace){.link = link,
                                        .family = families[i],
                                        .address = elsewhere,
                                        .is_outside = leads_out,
                                        .is_uplinks = leads_out});
    }
}

/* Hosts and networks that are routed to through a link are behind it, whatever addresses it has itself: pods
 * of Calico, and what is behind a tunnel. */
static void add_places_of_route(ExposureBase *base, const Topology *topology, const Route *route)
{
    if (route->type != RTN_UNICAST)
        return;
    ARRAY_FOREACH (const Nexthop, nexthop, route->nexthops) {
        const Link *link = snapshot_link_by_index(base->snapshot, nexthop->oif);
        if (link == NULL || !is_place(topology, link))
            continue;
        const UplinkReason *uplink = topology_uplink_reason(topology, link);
        add_place(base,
                  (FlowPlace){.link = link,
                              .family = route->destination.address.family,
                              .address = {FLOW_ADDRESS_PREFIX, route->destination},
                              .is_uplinks = uplink != NULL && uplink->kind != UPLINK_IS_HARDWARE});
    }
}

ExposureBase *exposure_base_new(const Snapshot *snapshot, const Topology *topology)
{
    /* What firewalld filters alike: other programs' rules are asked about what differs. */
    Snapshot firewalld_alone = *snapshot;
    firewalld_alone.ruleset = NULL;
    ExposureBase *base = g_new0(ExposureBase, 1);
    base->snapshot = snapshot;
    base->topology = topology;
    base->classes = flow_classes_new(&firewalld_alone);
    base->ends = g_array_new(FALSE, FALSE, sizeof(FlowPlace));
    PTR_ARRAY_FOREACH (const Link, link, snapshot->links)
        add_places_of(base, topology, link);
    PTR_ARRAY_FOREACH (const Route, route, snapshot->narrow_routes)
        add_places_of_route(base, topology, route);
    return base;
}

void exposure_base_free(ExposureBase *base)
{
    if (base == NULL)
        return;
    g_array_unref(base->ends);
    flow_classes_free(base->classes);
    g_free(base);
}

static void describe_place(GString *text, const FlowPlace *end)
{
    g_string_append_printf(text, "%p%d%d%d", (gconstpointer)end->class, end->is_outside,
                           end->is_uplinks, end->is_uplink);
}

void exposure_base_describe_places(const ExposureBase *base,
                                   void (*tell)(const Link *link, const char *place, gpointer user),
                                   gpointer user)
{
    g_autoptr(GString) text = g_string_new(NULL);
    ARRAY_FOREACH (const FlowPlace, end, base->ends) {
        g_string_truncate(text, 0);
        describe_place(text, end);
        tell(end->link, text->str, user);
    }
}

/* ---- what the actions touch ---- */

static bool is_member(const Snapshot *snapshot, const char *zone_name, const FlowPlace *end)
{
    const Zone *zone = firewalld_zone(snapshot->firewalld, zone_name);
    if (zone == NULL)
        return false;
    const Flow flow = flow_from_place(end);
    if (dispatch_first(snapshot, &flow, DISPATCH_INGRESS).zone == zone)
        return true;
    if (zone_takes_interface(zone, end->link->name))
        return true;
    PTR_ARRAY_FOREACH (const AddressSpec, source, zone->sources) {
        if (match_address(snapshot->firewalld, &flow, FLOW_SOURCE, source) != MATCH_NO)
            return true;
    }
    return false;
}

static bool is_of_source(const Snapshot *snapshot, const char *source, const FlowPlace *end)
{
    g_autoptr(AddressSpec) spec = address_spec_parse(source);
    const Flow flow = flow_from_place(end);
    return match_address(snapshot->firewalld, &flow, FLOW_SOURCE, spec) != MATCH_NO;
}

/* Whether ACTION, of a zone or of a wildcard, can change how what comes from or goes to END fares. */
static bool touches(const Action *action, const Snapshot *after, const FlowPlace *end)
{
    if (action->interface != NULL)
        return match_interface(action->interface, end->link->name) != MATCH_NO ||
               match_interface(action->interface, end->name) != MATCH_NO;
    switch (action->op) {
    case ACTION_ADD_SOURCE:
    case ACTION_REMOVE_SOURCE:
        return is_of_source(after, action->value, end);
    case ACTION_ADD_POLICY:
    case ACTION_REMOVE_POLICY:
        return is_member(after, action->from, end) || is_member(after, action->to, end);
    case ACTION_BIND:
    case ACTION_UNBIND:
    case ACTION_MOVE:
    case ACTION_ENABLE_FORWARD:
    case ACTION_DISABLE_FORWARD:
    case ACTION_ADD_SERVICE:
    case ACTION_REMOVE_SERVICE:
    case ACTION_ADD_PORT:
    case ACTION_REMOVE_PORT:
        break;
    }
    return is_member(after, action->to, end);
}

/* What is done, by what it can change: links to which the same is done stay alike. */
typedef struct {
    GHashTable *of_link; /* a link's name to what is done to it alone, as text */
    GPtrArray *of_many;  /* Action: of zones and of wildcards */
} ActionIndex;

static void free_text(gpointer text)
{
    g_string_free(text, TRUE);
}

static void index_action(ActionIndex *index, Action *action)
{
    if (action->interface == NULL || interface_is_wildcard(action->interface)) {
        g_ptr_array_add(index->of_many, action);
        return;
    }
    GString *done = g_hash_table_lookup(index->of_link, action->interface);
    if (done == NULL) {
        done = g_string_new(NULL);
        g_hash_table_insert(index->of_link, action->interface, done);
    }
    g_string_append_printf(done, "-%d,%d,%s>%s", (int)action->op, (int)action->scope,
                           action->from != NULL ? action->from : "",
                           action->to != NULL ? action->to : "");
}

static ActionIndex action_index_new(const GPtrArray *actions)
{
    ActionIndex index = {g_hash_table_new_full(g_str_hash, g_str_equal, NULL, free_text),
                         g_ptr_array_new()};
    PTR_ARRAY_FOREACH (Action, action, actions) {
        if (action->scope != SCOPE_NETWORKMANAGER)
            index_action(&index, action);
    }
    return index;
}

static void action_index_clear(ActionIndex *index)
{
    g_hash_table_unref(index->of_link);
    g_ptr_array_unref(index->of_many);
}

static void class_free(gpointer data)
{
    PlaceClass *class = data;
    g_hash_table_unref(class->names);
    g_free(class);
}

/* What an end is put into a class by: its class before, and what is done to it (transfer full). */
static char *key_of(const FlowPlace *end, const Snapshot *after, const ActionIndex *index,
                    bool *touched)
{
    GString *key = g_string_new(NULL);
    describe_place(key, end);
    gsize untouched = key->len;
    const char *const names[] = {end->link->name, end->name};
    guint different = g_str_equal(names[0], names[1]) ? 1 : 2;
    for (guint i = 0; i < different; i++) {
        const GString *done = g_hash_table_lookup(index->of_link, names[i]);
        if (done != NULL)
            g_string_append_printf(key, "/%u%s", i, done->str);
    }
    PTR_ARRAY_FOREACH (const Action, action, index->of_many) {
        if (touches(action, after, end))
            g_string_append_printf(key, "-%u", action_index);
    }
    *touched = key->len > untouched;
    return g_string_free(key, FALSE);
}

GPtrArray *place_classes_of(const ExposureBase *base, const Snapshot *after,
                            const GPtrArray *actions)
{
    GPtrArray *classes = g_ptr_array_new_with_free_func(class_free);
    g_autoptr(GHashTable) known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    ActionIndex index = action_index_new(actions);
    ARRAY_FOREACH (const FlowPlace, end, base->ends) {
        bool touched;
        g_autofree char *key = key_of(end, after, &index, &touched);
        PlaceClass *class = g_hash_table_lookup(known, key);
        if (class == NULL) {
            class = g_new0(PlaceClass, 1);
            class->end = end;
            class->names = g_hash_table_new(g_str_hash, g_str_equal);
            class->touched = touched;
            g_hash_table_insert(known, g_steal_pointer(&key), class);
            g_ptr_array_add(classes, class);
        }
        if (class->second == NULL && end->link != class->end->link)
            class->second = end;
        g_hash_table_add(class->names, (gpointer)end->link->name);
        g_hash_table_add(class->names, (gpointer)end->name);
    }
    action_index_clear(&index);
    return classes;
}
