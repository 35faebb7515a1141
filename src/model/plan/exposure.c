/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Each link stands for one or two ends: its own networks, and for an uplink all others. Ends that
 * firewalld cannot tell apart, before and after, are one class; see exposure.h. */
#include "model/plan/exposure.h"

#include "model/firewalld/dispatch.h"
#include "model/firewalld/input-alike.h"
#include "model/foreach.h"
#include "model/kernel/judgement.h"
#include "model/needs/flow-classes.h"

#include <linux/rtnetlink.h>

/* Where flows come from or go to. */
typedef struct {
    const Link *link;
    const char *name; /* as netfilter's input sees the link */
    Family family;
    FlowAddress address;
    bool is_outside;
    bool is_uplinks;   /* it leads to other networks, by its link */
    bool is_uplink;    /* likewise, or it is the network of a network card */
    const char *class; /* of flow_classes_find() */
} FlowPlace;

/* Ends that are filtered alike; the first stands for all. */
typedef struct {
    const FlowPlace *end;
    const FlowPlace *second; /* on another link than END; NULL: there is none */
    GHashTable *names;       /* of all links of the class */
    bool touched;            /* an action is about it */
} PlaceClass;

struct ExposureBase {
    const Snapshot *snapshot;
    const Topology *topology;
    FlowClasses *classes;
    GArray *ends; /* FlowPlace */
};

/* ---- values ---- */

static void change_free(gpointer data)
{
    ExposureChange *change = data;
    g_free(change->interface);
    g_free(change->to);
    g_free(change->name);
    g_free(change);
}

static Exposure *exposure_new(void)
{
    Exposure *exposure = g_new0(Exposure, 1);
    exposure->opens = g_ptr_array_new_with_free_func(change_free);
    exposure->closes = g_ptr_array_new_with_free_func(change_free);
    exposure->translates = g_ptr_array_new_with_free_func(change_free);
    exposure->silences = g_ptr_array_new_with_free_func(change_free);
    exposure->uncertain = g_ptr_array_new_with_free_func(change_free);
    return exposure;
}

void exposure_free(Exposure *exposure)
{
    if (exposure == NULL)
        return;
    g_ptr_array_unref(exposure->opens);
    g_ptr_array_unref(exposure->closes);
    g_ptr_array_unref(exposure->translates);
    g_ptr_array_unref(exposure->silences);
    g_ptr_array_unref(exposure->uncertain);
    g_free(exposure);
}

static guint64 weight_of(const ExposureChange *change)
{
    enum { ALL_PORTS = 100, OUTSIDE = 1000 };
    if (change->is_transit)
        return 1;
    bool all_ports = change->to != NULL || change->kind == SERVICE_OTHER_PORTS;
    return (all_ports ? ALL_PORTS : 1u) * (change->is_outside ? OUTSIDE : 1u);
}

static guint64 weight_of_all(const GPtrArray *changes)
{
    guint64 weight = 0;
    PTR_ARRAY_FOREACH (const ExposureChange, change, changes)
        weight += weight_of(change);
    return weight;
}

guint64 exposure_opened(const Exposure *exposure)
{
    return weight_of_all(exposure->opens) + weight_of_all(exposure->uncertain);
}

guint64 exposure_closed(const Exposure *exposure)
{
    return weight_of_all(exposure->closes);
}

/* ---- the ends of a host ---- */

static Flow flow_from(const FlowPlace *end)
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
    const Flow flow = flow_from(&end);
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
    const Flow flow = flow_from(end);
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
    const Flow flow = flow_from(end);
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

/* The classes of both sides (PlaceClass; transfer full). */
static GPtrArray *classes_of(const ExposureBase *base, const Snapshot *after,
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

/* ---- comparing ---- */

typedef struct {
    const ExposureBase *base;
    const Snapshot *after;
    const GArray *needed;
    Exposure *exposure;
    GHashTable *seen;  /* what was noted, as text, to its ExposureChange */
    bool may_be_alike; /* input_is_comparable() */
    const PlaceClass *from;
    const FlowPlace *end; /* where it goes, unless it is for this host */
} Comparison;

/* MATCH_MAYBE where that cannot be told. */
static Match is_accepted(const Snapshot *snapshot, const Flow *flow)
{
    g_autoptr(Verdict) verdict = verdict_of(snapshot, flow);
    return verdict_accepts(verdict) ? MATCH_YES : verdict_refuses(verdict) ? MATCH_NO : MATCH_MAYBE;
}

/* What other programs or the kernel refuse neither passes now nor is opened. */
static bool is_refused_elsewhere(const Snapshot *snapshot, const Flow *flow)
{
    g_autoptr(Judgement) judgement = judgement_of(snapshot, flow, JUDGE_PACKET);
    return judgement_refuses(judgement) && verdict_accepts(judgement->firewalld);
}

static bool is_needed(const Comparison *comparison, const PlaceClass *from, const PlaceClass *to,
                      const Flow *flow)
{
    for (guint i = 0; comparison->needed != NULL && i < comparison->needed->len; i++) {
        const Flow *need = &g_array_index(comparison->needed, Flow, i);
        bool same_way = need->direction == flow->direction && need->in != NULL &&
                        g_hash_table_contains(from->names, need->in);
        bool same_end = to != NULL
                            ? need->out != NULL && g_hash_table_contains(to->names, need->out)
                            : need->protocol == flow->protocol && need->port == flow->port;
        if (same_way && same_end)
            return true;
    }
    return false;
}

/* Adds a change to LIST, once for each interface, end and service. */
static ExposureChange *note(Comparison *comparison, GPtrArray *list, const PlaceClass *to,
                            ServiceKind kind, const char *name)
{
    const FlowPlace *from = comparison->from->end;
    const char *out = to != NULL ? comparison->end->link->name : NULL;
    g_autofree char *key = g_strdup_printf("%p/%s/%s/%d/%s", (gpointer)list, from->name,
                                           out != NULL ? out : "", (int)kind, name);
    ExposureChange *change = g_hash_table_lookup(comparison->seen, key);
    if (change == NULL) {
        change = g_new0(ExposureChange, 1);
        change->interface = g_strdup(from->name);
        change->to = g_strdup(out);
        change->kind = kind;
        change->name = g_strdup(name);
        change->alike = g_hash_table_size(comparison->from->names) - 1;
        bool is_among = to != NULL && g_hash_table_contains(to->names, from->link->name);
        if (to != NULL && comparison->end->link != from->link)
            change->to_alike = g_hash_table_size(to->names) - 1 - (is_among && change->alike == 0);
        g_ptr_array_add(list, change);
        g_hash_table_insert(comparison->seen, g_steal_pointer(&key), change);
    }
    change->is_outside |= from->is_outside;
    change->is_transit = from->is_uplinks && to != NULL && to->end->is_uplinks;
    return change;
}

/* Compares how FLOW, to TO (NULL: this host), fares before and after. Returns whether it passes
 * afterwards. */
static bool compare(Comparison *comparison, const PlaceClass *to, ServiceKind kind,
                    const char *name, const Flow *flow)
{
    Match before = is_accepted(comparison->base->snapshot, flow);
    Match after = is_accepted(comparison->after, flow);
    if (before == MATCH_MAYBE && after == MATCH_YES &&
        !is_needed(comparison, comparison->from, to, flow))
        note(comparison, comparison->exposure->uncertain, to, kind, name);
    if (before == after || before == MATCH_MAYBE || after == MATCH_MAYBE)
        return after == MATCH_YES;
    bool opens = after == MATCH_YES;
    const Snapshot *accepting = opens ? comparison->after : comparison->base->snapshot;
    if (is_refused_elsewhere(accepting, flow))
        return false;
    if (!opens || !is_needed(comparison, comparison->from, to, flow))
        note(comparison, opens ? comparison->exposure->opens : comparison->exposure->closes, to,
             kind, name);
    return opens;
}

/* ---- the host's own services ---- */

static void compare_service(ServiceKind kind, const char *name, const Flow *flow, gpointer user)
{
    compare(user, NULL, kind, name, flow);
}

static void compare_services(Comparison *comparison)
{
    const FlowPlace *from = comparison->from->end;
    /* What both name is compared once: an action defines services, and changes none. */
    g_autoptr(GHashTable) told = host_flows_told_new();
    host_flows_foreach_from(comparison->base->snapshot, from->name, from->family, &from->address,
                            told, compare_service, comparison);
    host_flows_foreach_from(comparison->after, from->name, from->family, &from->address, told,
                            compare_service, comparison);
}

/* ---- what listens ---- */

/* Whether somebody who sends to END's link reaches SOCKET. Ports that the kernel picks for clients of
 * UDP are not served (ip-sysctl: ip_local_port_range). */
static bool is_served(const Socket *socket, const FlowPlace *end)
{
    enum { FIRST_PICKED_PORT = 32768 };
    bool serves_family =
        socket->address.family == end->family ||
        (socket_is_anywhere(socket) && !socket->only_ipv6 && socket->address.family == FAMILY_IPV6);
    bool is_picked = socket->protocol == PROTOCOL_UDP && socket->port >= FIRST_PICKED_PORT;
    if (!serves_family || is_picked ||
        (socket->interface != 0 && socket->interface != end->link->index))
        return false;
    const IpPrefix alone = {socket->address, ip_address_bits(socket->address.family)};
    return socket_is_anywhere(socket) || link_has_address_in(end->link, &alone);
}

static void compare_sockets(Comparison *comparison)
{
    const FlowPlace *from = comparison->from->end;
    PTR_ARRAY_FOREACH (const Socket, socket, comparison->after->sockets) {
        if (!is_served(socket, from))
            continue;
        Flow flow = flow_from(from);
        flow.protocol = socket->protocol;
        flow.port = (guint16)socket->port;
        if (is_accepted(comparison->base->snapshot, &flow) != MATCH_YES ||
            is_accepted(comparison->after, &flow) != MATCH_NO)
            continue;
        g_autofree char *name =
            g_strdup_printf("%u/%s", socket->port, protocol_word(socket->protocol));
        note(comparison, comparison->exposure->silences, NULL, SERVICE_PORT, name);
    }
}

/* ---- from network to network ---- */

static bool names(char *const *zones, const Zone *zone)
{
    return g_strv_contains((const char *const *)zones, "ANY") ||
           (zone != NULL && g_strv_contains((const char *const *)zones, zone->name));
}

/* Whether firewalld masquerades what goes out through TO: its zone does, or a policy for both. */
static bool is_masqueraded(const Snapshot *snapshot, const Flow *flow)
{
    const Zone *in = dispatch_first(snapshot, flow, DISPATCH_INGRESS).zone;
    const Zone *out = dispatch_interface(snapshot, flow->out).zone;
    if (out != NULL && out->filter.masquerade == TRISTATE_YES)
        return true;
    PTR_ARRAY_FOREACH (const Policy, policy, snapshot->firewalld->policies) {
        if (policy->settings_read && !policy->disabled &&
            policy->filter.masquerade == TRISTATE_YES && names(policy->ingress_zones, in) &&
            names(policy->egress_zones, out))
            return true;
    }
    return false;
}

static void compare_translation(Comparison *comparison, const PlaceClass *to, const Flow *flow)
{
    bool before = is_masqueraded(comparison->base->snapshot, flow);
    bool after = is_masqueraded(comparison->after, flow);
    if (before == after)
        return;
    ExposureChange *change =
        note(comparison, comparison->exposure->translates, to, SERVICE_OTHER_PORTS, "");
    change->starts = after;
}

/* Where in TO what comes from FROM may go: to another link, or back out through an uplink, to other
 * networks; NULL: nowhere. */
static const FlowPlace *end_for(const FlowPlace *from, const PlaceClass *to)
{
    bool turns_back = from->is_outside && to->end->is_outside;
    return from->link != to->end->link || turns_back ? to->end : to->second;
}

static void compare_network(Comparison *comparison, const PlaceClass *to)
{
    const FlowPlace *from = comparison->from->end;
    const FlowPlace *end = end_for(from, to);
    if (end == NULL || from->family != end->family ||
        link_forwards(comparison->after, from->link, from->family) == TRISTATE_NO)
        return;
    comparison->end = end;
    Flow flow = flow_from(from);
    flow.direction = FLOW_FORWARD;
    flow.out = end->link->name;
    flow.to = end->address;
    if (compare(comparison, to, SERVICE_OTHER_PORTS, "", &flow) && from->family == FAMILY_IPV4)
        compare_translation(comparison, to, &flow);
}

/* ---- the whole ---- */

/* Whether ACTIONS change nothing but bindings and what zones forward within themselves. */
static bool only_rebind(const GPtrArray *actions)
{
    PTR_ARRAY_FOREACH (const Action, action, actions) {
        bool forwards = action->op == ACTION_ENABLE_FORWARD || action->op == ACTION_DISABLE_FORWARD;
        if (action->interface == NULL && !forwards)
            return false;
    }
    return true;
}

static void compare_host(Comparison *comparison)
{
    const FlowPlace *from = comparison->from->end;
    if (comparison->may_be_alike &&
        input_is_alike(comparison->base->snapshot, comparison->after, from->name))
        return;
    compare_services(comparison);
    compare_sockets(comparison);
}

Exposure *exposure_of(const ExposureBase *base, const Snapshot *after, const GPtrArray *actions,
                      const GArray *needed)
{
    g_autoptr(GPtrArray) classes = classes_of(base, after, actions);
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    Exposure *exposure = exposure_new();
    bool may_be_alike = only_rebind(actions) && input_is_comparable(base->snapshot, after);
    Comparison comparison = {base, after, needed, exposure, seen, may_be_alike, NULL, NULL};
    PTR_ARRAY_FOREACH (const PlaceClass, from, classes) {
        comparison.from = from;
        if (from->touched)
            compare_host(&comparison);
        PTR_ARRAY_FOREACH (const PlaceClass, to, classes) {
            if (from->touched || to->touched)
                compare_network(&comparison, to);
        }
    }
    return exposure;
}
