/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What an action does to a snapshot, and whether a snapshot is what it starts from or leads to. The
 * lists of a snapshot are shared with its copies: what is changed is copied first. */
#include "model/plan/action.h"

#include "model/foreach.h"
#include "model/plan/reload.h"

/* What there is of SCOPE's firewall; NULL where it was not read. */
static Firewalld *side_of(const Action *action, const Snapshot *snapshot)
{
    return action->scope == SCOPE_RUNTIME ? snapshot->firewalld : snapshot->permanent->firewalld;
}

/* The zone NAME of the firewall that ACTION changes; NULL where it is not in SNAPSHOT. */
static Zone *zone_of(const Action *action, const Snapshot *snapshot, const char *name)
{
    const Firewalld *side = side_of(action, snapshot);
    return side != NULL ? firewalld_zone(side, name) : NULL;
}

const char *binding_of_interface(const Snapshot *snapshot, const char *name)
{
    PTR_ARRAY_FOREACH (const Zone, zone, snapshot->firewalld->zones) {
        if (zone_lists_interface(zone, name))
            return zone->name;
    }
    return NULL;
}

/* ---- lists ---- */

static void add_name(char ***list, const char *name)
{
    guint count = g_strv_length(*list);
    *list = g_renew(char *, *list, count + 2);
    (*list)[count] = g_strdup(name);
    (*list)[count + 1] = NULL;
}

static void remove_name(char **list, const char *name)
{
    char **kept = list;
    for (char **item = list; *item != NULL; item++) {
        if (g_str_equal(*item, name))
            g_free(*item);
        else
            *kept++ = *item;
    }
    *kept = NULL;
}

static bool has_name(char *const *list, const char *name)
{
    return g_strv_contains((const char *const *)list, name);
}

static bool has_source(const GPtrArray *sources, const char *text)
{
    PTR_ARRAY_FOREACH (const AddressSpec, source, sources) {
        if (g_str_equal(source->text, text))
            return true;
    }
    return false;
}

static void add_source(Zone *zone, const char *text)
{
    zone_own_sources(zone);
    g_ptr_array_add(zone->sources, address_spec_parse(text));
}

static void remove_source(Zone *zone, const char *text)
{
    zone_own_sources(zone);
    for (guint i = zone->sources->len; i > 0; i--) {
        const AddressSpec *source = g_ptr_array_index(zone->sources, i - 1);
        if (g_str_equal(source->text, text))
            g_ptr_array_remove_index(zone->sources, i - 1);
    }
}

static bool has_port(const GPtrArray *ports, const char *text)
{
    PTR_ARRAY_FOREACH (const PortRange, port, ports) {
        g_autofree char *other = port_range_text(port);
        if (g_str_equal(other, text))
            return true;
    }
    return false;
}

/* What is no port is not added: firewalld would refuse it. */
static void add_port(Zone *zone, const char *text)
{
    g_auto(GStrv) parts = g_strsplit(text, "/", 2);
    PortRange *port = parts[1] != NULL ? port_range_parse(parts[0], parts[1]) : NULL;
    if (port == NULL)
        return;
    zone_own_ports(zone);
    g_ptr_array_add(zone->filter.ports, port);
}

static void remove_port(Zone *zone, const char *text)
{
    zone_own_ports(zone);
    for (guint i = zone->filter.ports->len; i > 0; i--) {
        g_autofree char *other = port_range_text(g_ptr_array_index(zone->filter.ports, i - 1));
        if (g_str_equal(other, text))
            g_ptr_array_remove_index(zone->filter.ports, i - 1);
    }
}

/* ---- services ---- */

/* Only services that are in use are read. Of those that firewalld brings along, these are added to
 * zones: their ports as in /usr/lib/firewalld/services, the same from 0.9 to 2.5. */
static void define_service(Firewalld *side, const char *name)
{
    static const struct {
        const char *name;
        const char *port;
        const char *protocols[3];
    } known[] = {
        {"dhcp", "67", {"udp"}}, {"dhcpv6", "547", {"udp"}}, {"dns", "53", {"tcp", "udp"}}};
    for (gsize i = 0; i < G_N_ELEMENTS(known); i++) {
        if (!g_str_equal(known[i].name, name) || firewalld_service(side, name) != NULL)
            continue;
        Service *service = service_new(name);
        for (const char *const *protocol = known[i].protocols; *protocol != NULL; protocol++)
            g_ptr_array_add(service->ports, port_range_parse(known[i].port, *protocol));
        firewalld_own_services(side);
        g_ptr_array_add(side->services, service);
    }
}

/* ---- policies ---- */

static bool is_policy_in_force(const Policy *policy, const Action *action)
{
    return policy != NULL && policy->settings_read && !policy->disabled &&
           policy->target == TARGET_ACCEPT && has_name(policy->ingress_zones, action->from) &&
           has_name(policy->egress_zones, action->to);
}

/* As firewalld makes one: priority -1, measured with firewall-cmd --new-policy of 1.3.3. */
static Policy *policy_as_made(const char *name)
{
    Policy *policy = policy_new(name);
    policy->settings_read = true;
    policy->target = TARGET_ACCEPT;
    policy->priority = -1;
    policy->filter.masquerade = TRISTATE_NO;
    return policy;
}

/* One of that name is left alone, unless it was taken back by leaving it without zones. */
static void add_policy(Firewalld *side, const Action *action)
{
    firewalld_own_policies(side);
    Policy *policy = firewalld_policy(side, action->value);
    if (policy == NULL) {
        policy = policy_as_made(action->value);
        g_ptr_array_add(side->policies, policy);
    } else if (action->scope == SCOPE_PERMANENT || policy->ingress_zones[0] != NULL ||
               policy->egress_zones[0] != NULL) {
        return;
    }
    add_name(&policy->ingress_zones, action->from);
    add_name(&policy->egress_zones, action->to);
}

static void remove_policy(Firewalld *side, const Action *action)
{
    firewalld_own_policies(side);
    Policy *policy = firewalld_policy(side, action->value);
    if (policy != NULL && action->scope == SCOPE_PERMANENT) {
        g_ptr_array_remove(side->policies, policy);
    } else if (policy != NULL) {
        remove_name(policy->ingress_zones, action->from);
        remove_name(policy->egress_zones, action->to);
    }
}

/* A reload brings what the permanent configuration has. Where that was not read, it is taken to be
 * like the running one, the policy aside. */
static void predict_reload(const Action *action, Snapshot *snapshot)
{
    Snapshot *after = snapshot_after_reload(snapshot, EVENT_RELOAD, NULL);
    if (after == NULL) {
        add_policy(snapshot->firewalld, action);
        return;
    }
    const Snapshot before = *snapshot;
    *snapshot = *after;
    *after = before;
    snapshot_free(after);
}

static void predict_policy(const Action *action, Snapshot *snapshot)
{
    Firewalld *side = side_of(action, snapshot);
    if (action->op == ACTION_REMOVE_POLICY && side != NULL)
        remove_policy(side, action);
    else if (action_reloads(action))
        predict_reload(action, snapshot);
    else if (side != NULL)
        add_policy(side, action);
}

/* ---- bindings ---- */

/* Takes NAME out of FROM and puts it into TO; either may be NULL. */
static void rebind(const char *name, Zone *from, Zone *to)
{
    if (from != NULL)
        zone_remove_interface(from, name);
    if (to != NULL)
        zone_add_interface(to, name);
}

static void predict_permanent_binding(const Action *action, Snapshot *snapshot)
{
    PermanentBinding *binding =
        (PermanentBinding *)permanent_binding(snapshot->permanent, action->interface);
    if (binding == NULL) {
        binding = permanent_binding_new(action->interface);
        g_ptr_array_add(snapshot->permanent->bindings, binding);
    }
    g_free(binding->zone);
    binding->zone = g_strdup(action->to);
}

static void predict_binding(const Action *action, Snapshot *snapshot)
{
    if (action->scope == SCOPE_NETWORKMANAGER) {
        ManagedDevice *device =
            (ManagedDevice *)networkmanager_device(snapshot->networkmanager, action->interface);
        if (device != NULL) {
            g_free(device->zone);
            device->zone = g_strdup(action->to);
        }
        return;
    }
    rebind(action->interface, zone_of(action, snapshot, action->from),
           zone_of(action, snapshot, action->to));
    if (action->scope == SCOPE_PERMANENT)
        predict_permanent_binding(action, snapshot);
}

/* ---- the effect ---- */

static void predict_zone(const Action *action, Zone *zone)
{
    switch (action->op) {
    case ACTION_ENABLE_FORWARD:
        zone->forward = TRISTATE_YES;
        break;
    case ACTION_DISABLE_FORWARD:
        zone->forward = TRISTATE_NO;
        break;
    case ACTION_ADD_SOURCE:
        add_source(zone, action->value);
        break;
    case ACTION_REMOVE_SOURCE:
        remove_source(zone, action->value);
        break;
    case ACTION_ADD_SERVICE:
        add_name(&zone->filter.services, action->value);
        break;
    case ACTION_REMOVE_SERVICE:
        remove_name(zone->filter.services, action->value);
        break;
    case ACTION_ADD_PORT:
        add_port(zone, action->value);
        break;
    case ACTION_REMOVE_PORT:
        remove_port(zone, action->value);
        break;
    case ACTION_BIND:
    case ACTION_UNBIND:
    case ACTION_MOVE:
    case ACTION_ADD_POLICY:
    case ACTION_REMOVE_POLICY:
        break; /* not a setting of one zone */
    }
}

void action_predict(const Action *action, Snapshot *snapshot)
{
    if (action->interface != NULL) {
        predict_binding(action, snapshot);
    } else if (action_is_of_policy(action)) {
        predict_policy(action, snapshot);
    } else {
        Zone *zone = zone_of(action, snapshot, action->to);
        if (zone != NULL)
            predict_zone(action, zone);
        if (zone != NULL && action->op == ACTION_ADD_SERVICE)
            define_service(side_of(action, snapshot), action->value);
    }
}

Snapshot *snapshot_after_actions(const Snapshot *snapshot, const GPtrArray *actions)
{
    Snapshot *after = snapshot_copy(snapshot);
    after->firewalld_predicted = true;
    PTR_ARRAY_FOREACH (const Action, action, actions)
        action_predict(action, after);
    return after;
}

/* ---- where a snapshot is ---- */

bool action_is_observable(const Action *action, const Snapshot *snapshot)
{
    if (action->scope == SCOPE_NETWORKMANAGER) {
        const ManagedDevice *device =
            networkmanager_device(snapshot->networkmanager, action->interface);
        return device != NULL && g_strcmp0(device->profile_uuid, action->profile) == 0;
    }
    if (action->scope == SCOPE_RUNTIME)
        return true;
    return action->interface == NULL
               ? snapshot->permanent->firewalld != NULL
               : permanent_binding(snapshot->permanent, action->interface) != NULL;
}

/* Whether ACTION's scope binds its interface to ZONE. */
static bool is_bound(const Action *action, const Snapshot *snapshot, const char *zone)
{
    const char *bound = NULL;
    if (action->scope == SCOPE_RUNTIME) {
        bound = binding_of_interface(snapshot, action->interface);
    } else if (action->scope == SCOPE_NETWORKMANAGER) {
        const ManagedDevice *device =
            networkmanager_device(snapshot->networkmanager, action->interface);
        bound = device != NULL ? device->zone : NULL;
    } else {
        const PermanentBinding *binding = permanent_binding(snapshot->permanent, action->interface);
        bound = binding != NULL ? binding->zone : NULL;
    }
    return g_strcmp0(bound, zone) == 0;
}

static Tristate tristate_of(bool is_so)
{
    return is_so ? TRISTATE_YES : TRISTATE_NO;
}

/* Whether ZONE has the setting that ACTION is about. */
static Tristate zone_has_setting(const Action *action, const Zone *zone)
{
    switch (action->op) {
    case ACTION_ENABLE_FORWARD:
    case ACTION_DISABLE_FORWARD:
        return zone->forward;
    case ACTION_ADD_SOURCE:
    case ACTION_REMOVE_SOURCE:
        return tristate_of(has_source(zone->sources, action->value));
    case ACTION_ADD_SERVICE:
    case ACTION_REMOVE_SERVICE:
        return zone->settings_read ? tristate_of(has_name(zone->filter.services, action->value))
                                   : TRISTATE_UNKNOWN;
    case ACTION_ADD_PORT:
    case ACTION_REMOVE_PORT:
        return zone->settings_read ? tristate_of(has_port(zone->filter.ports, action->value))
                                   : TRISTATE_UNKNOWN;
    case ACTION_BIND:
    case ACTION_UNBIND:
    case ACTION_MOVE:
    case ACTION_ADD_POLICY:
    case ACTION_REMOVE_POLICY:
        break;
    }
    return TRISTATE_UNKNOWN;
}

static bool adds(const Action *action)
{
    return action->op == ACTION_ENABLE_FORWARD || action->op == ACTION_ADD_SOURCE ||
           action->op == ACTION_ADD_SERVICE || action->op == ACTION_ADD_PORT ||
           action->op == ACTION_ADD_POLICY;
}

/* The name of a permanent policy must be free before; a running one only must not apply, since taking
 * back leaves it without zones. One that is there and is another is neither. */
static Tristate policy_state(const Action *action, const Snapshot *snapshot)
{
    const Firewalld *side = side_of(action, snapshot);
    if (side == NULL)
        return TRISTATE_UNKNOWN;
    const Policy *policy = firewalld_policy(side, action->value);
    if (is_policy_in_force(policy, action))
        return TRISTATE_YES;
    bool is_another = policy != NULL && (action->scope == SCOPE_PERMANENT ||
                                         has_name(policy->ingress_zones, action->from) ||
                                         has_name(policy->egress_zones, action->to));
    return is_another ? TRISTATE_UNKNOWN : TRISTATE_NO;
}

/* Whether what ACTION adds or removes is there. */
static Tristate setting_state(const Action *action, const Snapshot *snapshot)
{
    if (action_is_of_policy(action))
        return policy_state(action, snapshot);
    const Zone *zone = zone_of(action, snapshot, action->to);
    return zone != NULL ? zone_has_setting(action, zone) : TRISTATE_UNKNOWN;
}

bool action_precondition_holds(const Action *action, const Snapshot *snapshot)
{
    if (action->interface != NULL)
        return is_bound(action, snapshot, action->from);
    return setting_state(action, snapshot) == (adds(action) ? TRISTATE_NO : TRISTATE_YES);
}

bool action_is_done(const Action *action, const Snapshot *snapshot)
{
    if (action->interface != NULL)
        return is_bound(action, snapshot, action->to);
    return setting_state(action, snapshot) == (adds(action) ? TRISTATE_YES : TRISTATE_NO);
}
