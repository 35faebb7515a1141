/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How classes of flows fare before and after: see exposure.h. */
#include "model/plan/exposure-places.h"

#include "model/firewalld/dispatch.h"
#include "model/firewalld/input-alike.h"
#include "model/foreach.h"
#include "model/kernel/judgement.h"

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
        Flow flow = flow_from_place(from);
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
    Flow flow = flow_from_place(from);
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
    g_autoptr(GPtrArray) classes = place_classes_of(base, after, actions);
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
