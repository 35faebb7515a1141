/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Making, copying, looking up in and freeing the snapshot and its parts. */
#include "model/host/snapshot.h"

#include <string.h>

static char **empty_strv(void)
{
    return g_new0(char *, 1);
}

static GPtrArray *list_of(GDestroyNotify element_free)
{
    return g_ptr_array_new_with_free_func(element_free);
}

/* ---- links, routes, rules ---- */

Link *link_new(void)
{
    Link *link = g_new0(Link, 1);
    link->altnames = empty_strv();
    link->addresses = list_of(g_free);
    return link;
}

void link_free(Link *link)
{
    if (link == NULL)
        return;
    g_free(link->name);
    g_strfreev(link->altnames);
    g_free(link->kind);
    g_free(link->port_kind);
    g_free(link->parent_device);
    g_free(link->parent_bus);
    g_free(link->mac);
    g_free(link->permanent_mac);
    g_clear_pointer(&link->addresses, g_ptr_array_unref);
    g_free(link);
}

Route *route_new(void)
{
    Route *route = g_new0(Route, 1);
    route->nexthops = g_array_new(FALSE, TRUE, sizeof(Nexthop));
    return route;
}

void route_free(Route *route)
{
    if (route == NULL)
        return;
    g_clear_pointer(&route->nexthops, g_array_unref);
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

/* ---- firewalld ---- */

static void filter_init(Filter *filter)
{
    filter->services = empty_strv();
    filter->ports = list_of((GDestroyNotify)port_range_free);
    filter->source_ports = list_of((GDestroyNotify)port_range_free);
    filter->protocols = empty_strv();
    filter->icmp_blocks = empty_strv();
    filter->forward_ports = list_of((GDestroyNotify)forward_port_free);
    filter->rich_rules = list_of((GDestroyNotify)rich_rule_free);
}

static void filter_clear(Filter *filter)
{
    g_strfreev(filter->services);
    g_clear_pointer(&filter->ports, g_ptr_array_unref);
    g_clear_pointer(&filter->source_ports, g_ptr_array_unref);
    g_strfreev(filter->protocols);
    g_strfreev(filter->icmp_blocks);
    g_clear_pointer(&filter->forward_ports, g_ptr_array_unref);
    g_clear_pointer(&filter->rich_rules, g_ptr_array_unref);
}

/* The lists of a filter are shared: nothing changes them once they are read. */
static Filter filter_copy(const Filter *filter)
{
    Filter copy = *filter;
    copy.services = g_strdupv(filter->services);
    copy.ports = g_ptr_array_ref(filter->ports);
    copy.source_ports = g_ptr_array_ref(filter->source_ports);
    copy.protocols = g_strdupv(filter->protocols);
    copy.icmp_blocks = g_strdupv(filter->icmp_blocks);
    copy.forward_ports = g_ptr_array_ref(filter->forward_ports);
    copy.rich_rules = g_ptr_array_ref(filter->rich_rules);
    return copy;
}

Zone *zone_new(const char *name)
{
    Zone *zone = g_new0(Zone, 1);
    zone->name = g_strdup(name);
    zone->interfaces = empty_strv();
    zone->sources = list_of((GDestroyNotify)address_spec_free);
    filter_init(&zone->filter);
    return zone;
}

static Zone *zone_copy(const Zone *zone)
{
    Zone *copy = g_memdup2(zone, sizeof *zone);
    copy->name = g_strdup(zone->name);
    copy->interfaces = g_strdupv(zone->interfaces);
    copy->sources = g_ptr_array_ref(zone->sources);
    copy->filter = filter_copy(&zone->filter);
    return copy;
}

void zone_free(Zone *zone)
{
    if (zone == NULL)
        return;
    g_free(zone->name);
    g_strfreev(zone->interfaces);
    g_clear_pointer(&zone->sources, g_ptr_array_unref);
    filter_clear(&zone->filter);
    g_free(zone);
}

Policy *policy_new(const char *name)
{
    Policy *policy = g_new0(Policy, 1);
    policy->name = g_strdup(name);
    policy->ingress_zones = empty_strv();
    policy->egress_zones = empty_strv();
    filter_init(&policy->filter);
    return policy;
}

void policy_free(Policy *policy)
{
    if (policy == NULL)
        return;
    g_free(policy->name);
    g_strfreev(policy->ingress_zones);
    g_strfreev(policy->egress_zones);
    filter_clear(&policy->filter);
    g_free(policy);
}

Service *service_new(const char *name)
{
    Service *service = g_new0(Service, 1);
    service->name = g_strdup(name);
    service->ports = list_of((GDestroyNotify)port_range_free);
    service->source_ports = list_of((GDestroyNotify)port_range_free);
    service->protocols = empty_strv();
    service->includes = empty_strv();
    return service;
}

void service_free(Service *service)
{
    if (service == NULL)
        return;
    g_free(service->name);
    g_clear_pointer(&service->ports, g_ptr_array_unref);
    g_clear_pointer(&service->source_ports, g_ptr_array_unref);
    g_strfreev(service->protocols);
    g_strfreev(service->includes);
    address_spec_free(service->destination_ipv4);
    address_spec_free(service->destination_ipv6);
    g_free(service);
}

Ipset *ipset_new(const char *name)
{
    Ipset *ipset = g_new0(Ipset, 1);
    ipset->name = g_strdup(name);
    ipset->entries = empty_strv();
    return ipset;
}

void ipset_free(Ipset *ipset)
{
    if (ipset == NULL)
        return;
    g_free(ipset->name);
    g_free(ipset->type);
    g_strfreev(ipset->entries);
    g_free(ipset);
}

static FirewalldOptions options_copy(const FirewalldOptions *options)
{
    return (FirewalldOptions){
        .backend = g_strdup(options->backend),
        .ipv6_rpfilter = g_strdup(options->ipv6_rpfilter),
        .rfc3964_ipv4 = g_strdup(options->rfc3964_ipv4),
        .zone_drifting = g_strdup(options->zone_drifting),
        .strict_forward_ports = g_strdup(options->strict_forward_ports),
        .flush_all_on_reload = g_strdup(options->flush_all_on_reload),
    };
}

static void options_clear(FirewalldOptions *options)
{
    g_free(options->backend);
    g_free(options->ipv6_rpfilter);
    g_free(options->rfc3964_ipv4);
    g_free(options->zone_drifting);
    g_free(options->strict_forward_ports);
    g_free(options->flush_all_on_reload);
}

Firewalld *firewalld_new(void)
{
    Firewalld *firewalld = g_new0(Firewalld, 1);
    firewalld->zones = list_of((GDestroyNotify)zone_free);
    firewalld->policies = list_of((GDestroyNotify)policy_free);
    firewalld->services = list_of((GDestroyNotify)service_free);
    firewalld->ipsets = list_of((GDestroyNotify)ipset_free);
    return firewalld;
}

Firewalld *firewalld_copy(const Firewalld *firewalld)
{
    Firewalld *copy = g_memdup2(firewalld, sizeof *firewalld);
    copy->version = g_strdup(firewalld->version);
    copy->state = g_strdup(firewalld->state);
    copy->default_zone = g_strdup(firewalld->default_zone);
    copy->log_denied = g_strdup(firewalld->log_denied);
    copy->options = options_copy(&firewalld->options);
    copy->zones = list_of((GDestroyNotify)zone_free);
    for (guint i = 0; i < firewalld->zones->len; i++)
        g_ptr_array_add(copy->zones, zone_copy(g_ptr_array_index(firewalld->zones, i)));
    g_ptr_array_ref(copy->policies);
    g_ptr_array_ref(copy->services);
    g_ptr_array_ref(copy->ipsets);
    return copy;
}

void firewalld_free(Firewalld *firewalld)
{
    if (firewalld == NULL)
        return;
    g_free(firewalld->version);
    g_free(firewalld->state);
    g_free(firewalld->default_zone);
    g_free(firewalld->log_denied);
    options_clear(&firewalld->options);
    g_clear_pointer(&firewalld->zones, g_ptr_array_unref);
    g_clear_pointer(&firewalld->policies, g_ptr_array_unref);
    g_clear_pointer(&firewalld->services, g_ptr_array_unref);
    g_clear_pointer(&firewalld->ipsets, g_ptr_array_unref);
    g_free(firewalld);
}

/* Zones, policies, services and ipsets all begin with their name. */
static gpointer find_named(const GPtrArray *list, const char *name)
{
    for (guint i = 0; name != NULL && i < list->len; i++) {
        char *const *element = g_ptr_array_index(list, i);
        if (g_str_equal(*element, name))
            return (gpointer)element;
    }
    return NULL;
}

G_STATIC_ASSERT(G_STRUCT_OFFSET(Zone, name) == 0 && G_STRUCT_OFFSET(Policy, name) == 0 &&
                G_STRUCT_OFFSET(Service, name) == 0 && G_STRUCT_OFFSET(Ipset, name) == 0 &&
                G_STRUCT_OFFSET(PermanentBinding, interface) == 0 &&
                G_STRUCT_OFFSET(ManagedDevice, interface) == 0);

Zone *firewalld_zone(const Firewalld *firewalld, const char *name)
{
    return find_named(firewalld->zones, name);
}

Policy *firewalld_policy(const Firewalld *firewalld, const char *name)
{
    return find_named(firewalld->policies, name);
}

const Service *firewalld_service(const Firewalld *firewalld, const char *name)
{
    return find_named(firewalld->services, name);
}

const Ipset *firewalld_ipset(const Firewalld *firewalld, const char *name)
{
    return find_named(firewalld->ipsets, name);
}

bool firewalld_is_at_least(const Firewalld *firewalld, guint major, guint minor, guint patch)
{
    const guint wanted[3] = {major, minor, patch};
    const char *p = firewalld->version;
    if (p == NULL)
        return false;
    for (int i = 0; i < 3; i++) {
        char *end;
        guint64 part = g_ascii_strtoull(p, &end, 10);
        if (part != wanted[i])
            return part > wanted[i];
        p = *end == '.' ? end + 1 : "";
    }
    return true;
}

/* ---- the permanent configuration and NetworkManager ---- */

PermanentBinding *permanent_binding_new(const char *interface)
{
    PermanentBinding *binding = g_new0(PermanentBinding, 1);
    binding->interface = g_strdup(interface);
    return binding;
}

void permanent_binding_free(PermanentBinding *binding)
{
    if (binding == NULL)
        return;
    g_free(binding->interface);
    g_free(binding->zone);
    g_free(binding->conflict);
    g_free(binding);
}

static Permanent *permanent_new(void)
{
    Permanent *permanent = g_new0(Permanent, 1);
    permanent->bindings = list_of((GDestroyNotify)permanent_binding_free);
    return permanent;
}

static Permanent *permanent_copy(const Permanent *permanent)
{
    Permanent *copy = permanent_new();
    for (guint i = 0; i < permanent->bindings->len; i++) {
        const PermanentBinding *binding = g_ptr_array_index(permanent->bindings, i);
        PermanentBinding *binding_copy = permanent_binding_new(binding->interface);
        binding_copy->zone = g_strdup(binding->zone);
        binding_copy->conflict = g_strdup(binding->conflict);
        g_ptr_array_add(copy->bindings, binding_copy);
    }
    if (permanent->firewalld != NULL)
        copy->firewalld = firewalld_copy(permanent->firewalld);
    copy->fault = g_strdup(permanent->fault);
    return copy;
}

static void permanent_free(Permanent *permanent)
{
    g_clear_pointer(&permanent->bindings, g_ptr_array_unref);
    firewalld_free(permanent->firewalld);
    g_free(permanent->fault);
    g_free(permanent);
}

const PermanentBinding *permanent_binding(const Permanent *permanent, const char *interface)
{
    return find_named(permanent->bindings, interface);
}

ManagedDevice *managed_device_new(const char *interface)
{
    ManagedDevice *device = g_new0(ManagedDevice, 1);
    device->interface = g_strdup(interface);
    return device;
}

static ManagedDevice *managed_device_copy(const ManagedDevice *device)
{
    ManagedDevice *copy = g_memdup2(device, sizeof *device);
    copy->interface = g_strdup(device->interface);
    copy->profile = g_strdup(device->profile);
    copy->profile_uuid = g_strdup(device->profile_uuid);
    copy->zone = g_strdup(device->zone);
    return copy;
}

void managed_device_free(ManagedDevice *device)
{
    if (device == NULL)
        return;
    g_free(device->interface);
    g_free(device->profile);
    g_free(device->profile_uuid);
    g_free(device->zone);
    g_free(device);
}

static NetworkManager *networkmanager_new(void)
{
    NetworkManager *networkmanager = g_new0(NetworkManager, 1);
    networkmanager->devices = list_of((GDestroyNotify)managed_device_free);
    return networkmanager;
}

static NetworkManager *networkmanager_copy(const NetworkManager *networkmanager)
{
    NetworkManager *copy = networkmanager_new();
    copy->running = networkmanager->running;
    copy->version = g_strdup(networkmanager->version);
    for (guint i = 0; i < networkmanager->devices->len; i++)
        g_ptr_array_add(copy->devices,
                        managed_device_copy(g_ptr_array_index(networkmanager->devices, i)));
    return copy;
}

static void networkmanager_free(NetworkManager *networkmanager)
{
    g_free(networkmanager->version);
    g_clear_pointer(&networkmanager->devices, g_ptr_array_unref);
    g_free(networkmanager);
}

const ManagedDevice *networkmanager_device(const NetworkManager *networkmanager,
                                           const char *interface)
{
    return find_named(networkmanager->devices, interface);
}

/* ---- the whole ---- */

static void unread_free(Unread *unread)
{
    g_free(unread->what);
    g_free(unread->where);
    g_free(unread->reason);
    g_free(unread);
}

Snapshot *snapshot_new(void)
{
    Snapshot *snapshot = g_new0(Snapshot, 1);
    snapshot->links = list_of((GDestroyNotify)link_free);
    snapshot->routes = list_of((GDestroyNotify)route_free);
    snapshot->rules = list_of((GDestroyNotify)rule_free);
    snapshot->firewalld = firewalld_new();
    snapshot->permanent = permanent_new();
    snapshot->networkmanager = networkmanager_new();
    snapshot->unread = list_of((GDestroyNotify)unread_free);
    snapshot->links_by_name = g_hash_table_new(g_str_hash, g_str_equal);
    snapshot->links_by_index = g_hash_table_new(g_direct_hash, g_direct_equal);
    return snapshot;
}

Snapshot *snapshot_with_kernel(const Snapshot *services, const Snapshot *kernel)
{
    Snapshot *copy = g_memdup2(kernel, sizeof *kernel);
    copy->taken_at = g_strdup(kernel->taken_at);
    copy->host = g_strdup(kernel->host);
    g_ptr_array_ref(copy->links);
    g_ptr_array_ref(copy->routes);
    g_ptr_array_ref(copy->rules);
    copy->firewalld = firewalld_copy(services->firewalld);
    copy->permanent = permanent_copy(services->permanent);
    copy->networkmanager = networkmanager_copy(services->networkmanager);
    copy->unread = g_ptr_array_ref(services->unread);
    g_hash_table_ref(copy->links_by_name);
    g_hash_table_ref(copy->links_by_index);
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
    g_ptr_array_unref(snapshot->links);
    g_ptr_array_unref(snapshot->routes);
    g_ptr_array_unref(snapshot->rules);
    firewalld_free(snapshot->firewalld);
    permanent_free(snapshot->permanent);
    networkmanager_free(snapshot->networkmanager);
    g_ptr_array_unref(snapshot->unread);
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
    for (char **altname = link->altnames; *altname != NULL; altname++)
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

void snapshot_add_unread(Snapshot *snapshot, const char *what, const char *where,
                         const char *reason)
{
    for (guint i = 0; i < snapshot->unread->len; i++) {
        const Unread *known = g_ptr_array_index(snapshot->unread, i);
        if (g_str_equal(known->what, what) && g_str_equal(known->where, where))
            return;
    }
    Unread *unread = g_new0(Unread, 1);
    unread->what = g_strdup(what);
    unread->where = g_strdup(where);
    unread->reason = g_strdup(reason);
    g_ptr_array_add(snapshot->unread, unread);
}

/* ---- words ---- */

static const char *const target_words[] = {
    [TARGET_UNKNOWN] = NULL,    [TARGET_DEFAULT] = "default",   [TARGET_CONTINUE] = "CONTINUE",
    [TARGET_ACCEPT] = "ACCEPT", [TARGET_REJECT] = "%%REJECT%%", [TARGET_DROP] = "DROP",
};

const char *target_word(Target target)
{
    return target_words[target];
}

/* Zones say "%%REJECT%%", policies "REJECT"; the long form "{chain}_{zone}" is the old word for
 * "default" and is not accepted over D-Bus any more. */
Target target_from_word(const char *word)
{
    if (g_str_equal(word, "REJECT"))
        return TARGET_REJECT;
    for (guint i = 0; i < G_N_ELEMENTS(target_words); i++) {
        if (g_strcmp0(target_words[i], word) == 0)
            return (Target)i;
    }
    return TARGET_UNKNOWN;
}
