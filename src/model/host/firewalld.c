/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Making, copying, looking up in and freeing what firewalld holds. */
#include "model/host/firewalld.h"

#include "model/foreach.h"
#include "model/nearest.h"
#include "model/words.h"

static void filter_init(Filter *filter)
{
    filter->services = g_new0(char *, 1);
    filter->ports = g_ptr_array_new_with_free_func((GDestroyNotify)port_range_free);
    filter->source_ports = g_ptr_array_new_with_free_func((GDestroyNotify)port_range_free);
    filter->protocols = g_new0(char *, 1);
    filter->icmp_blocks = g_new0(char *, 1);
    filter->forward_ports = g_ptr_array_new_with_free_func((GDestroyNotify)forward_port_free);
    filter->rich_rules = g_ptr_array_new_with_free_func((GDestroyNotify)rich_rule_free);
}

static void filter_clear(Filter *filter)
{
    g_strfreev(filter->services);
    g_ptr_array_unref(filter->ports);
    g_ptr_array_unref(filter->source_ports);
    g_strfreev(filter->protocols);
    g_strfreev(filter->icmp_blocks);
    g_ptr_array_unref(filter->forward_ports);
    g_ptr_array_unref(filter->rich_rules);
    g_clear_pointer(&filter->index, filter_index_unref);
}

/* The lists of a filter are shared: zone_own_ports() is called before one is changed. */
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
    if (filter->index != NULL)
        copy.index = g_rc_box_acquire(filter->index);
    return copy;
}

Zone *zone_new(const char *name)
{
    Zone *zone = g_new0(Zone, 1);
    zone->name = g_strdup(name);
    zone->interfaces = g_new0(char *, 1);
    zone->sources = g_ptr_array_new_with_free_func((GDestroyNotify)address_spec_free);
    filter_init(&zone->filter);
    return zone;
}

static Zone *zone_copy(const Zone *zone)
{
    Zone *copy = g_memdup2(zone, sizeof *zone);
    copy->name = g_strdup(zone->name);
    copy->interfaces = g_strdupv(zone->interfaces);
    copy->interface_index = NULL;
    copy->sources = g_ptr_array_ref(zone->sources);
    copy->filter = filter_copy(&zone->filter);
    return copy;
}

void zone_set_interfaces(Zone *zone, char **names)
{
    if (names != zone->interfaces)
        g_strfreev(zone->interfaces);
    zone->interfaces = names;
    g_clear_pointer(&zone->interface_index, name_index_free);
}

void zone_add_interface(Zone *zone, const char *name)
{
    guint count = g_strv_length(zone->interfaces);
    char **names = g_renew(char *, g_steal_pointer(&zone->interfaces), count + 2);
    names[count] = g_strdup(name);
    names[count + 1] = NULL;
    zone_set_interfaces(zone, names);
}

void zone_remove_interface(Zone *zone, const char *name)
{
    char **kept = zone->interfaces;
    STRV_FOREACH (item, zone->interfaces) {
        if (g_str_equal(*item, name))
            g_free(*item);
        else
            *kept++ = *item;
    }
    *kept = NULL;
    zone_set_interfaces(zone, zone->interfaces);
}

/* What is kept of a constant zone is no part of its value. */
NameWalk zone_interfaces_for(const Zone *zone, const char *name)
{
    return name_walk(&((Zone *)zone)->interface_index, zone->interfaces, name);
}

bool zone_lists_interface(const Zone *zone, const char *name)
{
    NameWalk walk = zone_interfaces_for(zone, name);
    for (const char *item = name_walk_next(&walk); item != NULL; item = name_walk_next(&walk)) {
        if (g_str_equal(item, name))
            return true;
    }
    return false;
}

void zone_own_sources(Zone *zone)
{
    GPtrArray *own = g_ptr_array_new_with_free_func((GDestroyNotify)address_spec_free);
    PTR_ARRAY_FOREACH (const AddressSpec, source, zone->sources)
        g_ptr_array_add(own, address_spec_parse(source->text));
    g_ptr_array_unref(zone->sources);
    zone->sources = own;
}

static GPtrArray *ports_copy(const GPtrArray *ports)
{
    GPtrArray *own = g_ptr_array_new_with_free_func((GDestroyNotify)port_range_free);
    PTR_ARRAY_FOREACH (const PortRange, port, ports) {
        PortRange *copy = g_memdup2(port, sizeof *port);
        copy->protocol = g_strdup(port->protocol);
        g_ptr_array_add(own, copy);
    }
    return own;
}

void zone_own_ports(Zone *zone)
{
    GPtrArray *own = ports_copy(zone->filter.ports);
    g_ptr_array_unref(zone->filter.ports);
    zone->filter.ports = own;
    g_clear_pointer(&zone->filter.index, filter_index_unref);
}

void zone_free(Zone *zone)
{
    if (zone == NULL)
        return;
    g_free(zone->name);
    name_index_free(zone->interface_index);
    g_strfreev(zone->interfaces);
    g_ptr_array_unref(zone->sources);
    filter_clear(&zone->filter);
    g_free(zone);
}

Policy *policy_new(const char *name)
{
    Policy *policy = g_new0(Policy, 1);
    policy->name = g_strdup(name);
    policy->ingress_zones = g_new0(char *, 1);
    policy->egress_zones = g_new0(char *, 1);
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

static Policy *policy_copy(const Policy *policy)
{
    Policy *copy = g_memdup2(policy, sizeof *policy);
    copy->name = g_strdup(policy->name);
    copy->ingress_zones = g_strdupv(policy->ingress_zones);
    copy->egress_zones = g_strdupv(policy->egress_zones);
    copy->filter = filter_copy(&policy->filter);
    return copy;
}

void firewalld_own_policies(Firewalld *firewalld)
{
    GPtrArray *own = g_ptr_array_new_with_free_func((GDestroyNotify)policy_free);
    PTR_ARRAY_FOREACH (const Policy, policy, firewalld->policies)
        g_ptr_array_add(own, policy_copy(policy));
    g_ptr_array_unref(firewalld->policies);
    firewalld->policies = own;
}

Service *service_new(const char *name)
{
    Service *service = g_new0(Service, 1);
    service->name = g_strdup(name);
    service->ports = g_ptr_array_new_with_free_func((GDestroyNotify)port_range_free);
    service->source_ports = g_ptr_array_new_with_free_func((GDestroyNotify)port_range_free);
    service->protocols = g_new0(char *, 1);
    service->includes = g_new0(char *, 1);
    return service;
}

void service_free(Service *service)
{
    if (service == NULL)
        return;
    g_free(service->name);
    g_ptr_array_unref(service->ports);
    g_ptr_array_unref(service->source_ports);
    g_strfreev(service->protocols);
    g_strfreev(service->includes);
    address_spec_free(service->destination_ipv4);
    address_spec_free(service->destination_ipv6);
    g_free(service);
}

static Service *service_copy(const Service *service)
{
    const AddressSpec *ipv4 = service->destination_ipv4;
    const AddressSpec *ipv6 = service->destination_ipv6;
    Service *copy = g_memdup2(service, sizeof *service);
    copy->name = g_strdup(service->name);
    copy->ports = g_ptr_array_ref(service->ports);
    copy->source_ports = g_ptr_array_ref(service->source_ports);
    copy->protocols = g_strdupv(service->protocols);
    copy->includes = g_strdupv(service->includes);
    copy->destination_ipv4 = ipv4 != NULL ? address_spec_parse(ipv4->text) : NULL;
    copy->destination_ipv6 = ipv6 != NULL ? address_spec_parse(ipv6->text) : NULL;
    return copy;
}

void firewalld_own_services(Firewalld *firewalld)
{
    GPtrArray *own = g_ptr_array_new_with_free_func((GDestroyNotify)service_free);
    PTR_ARRAY_FOREACH (const Service, service, firewalld->services)
        g_ptr_array_add(own, service_copy(service));
    g_ptr_array_unref(firewalld->services);
    firewalld->services = own;
}

Ipset *ipset_new(const char *name)
{
    Ipset *ipset = g_new0(Ipset, 1);
    ipset->name = g_strdup(name);
    ipset->entries = g_new0(char *, 1);
    return ipset;
}

void ipset_free(Ipset *ipset)
{
    if (ipset == NULL)
        return;
    g_free(ipset->name);
    g_free(ipset->type);
    g_strfreev(ipset->entries);
    g_clear_pointer(&ipset->addresses, address_set_free);
    g_free(ipset);
}

const AddressSet *ipset_addresses(const Ipset *ipset)
{
    if (ipset->addresses == NULL)
        ((Ipset *)ipset)->addresses = address_set_new(ipset->entries);
    return ipset->addresses;
}

/* The options are strings and nothing else: they are copied and freed as an array. */
enum { N_OPTIONS = sizeof(FirewalldOptions) / sizeof(char *) };

static FirewalldOptions options_copy(const FirewalldOptions *options)
{
    FirewalldOptions copy;
    for (gsize i = 0; i < N_OPTIONS; i++)
        ((char **)&copy)[i] = g_strdup(((char *const *)options)[i]);
    return copy;
}

static void options_clear(FirewalldOptions *options)
{
    for (gsize i = 0; i < N_OPTIONS; i++)
        g_free(((char **)options)[i]);
}

Firewalld *firewalld_new(void)
{
    Firewalld *firewalld = g_new0(Firewalld, 1);
    firewalld->zones = g_ptr_array_new_with_free_func((GDestroyNotify)zone_free);
    firewalld->policies = g_ptr_array_new_with_free_func((GDestroyNotify)policy_free);
    firewalld->services = g_ptr_array_new_with_free_func((GDestroyNotify)service_free);
    firewalld->ipsets = g_ptr_array_new_with_free_func((GDestroyNotify)ipset_free);
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
    copy->zones = g_ptr_array_new_with_free_func((GDestroyNotify)zone_free);
    PTR_ARRAY_FOREACH (const Zone, zone, firewalld->zones)
        g_ptr_array_add(copy->zones, zone_copy(zone));
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
    g_ptr_array_unref(firewalld->zones);
    g_ptr_array_unref(firewalld->policies);
    g_ptr_array_unref(firewalld->services);
    g_ptr_array_unref(firewalld->ipsets);
    g_free(firewalld);
}

/* Zones, policies, services and ipsets all begin with their name. */
static gpointer find_named(const GPtrArray *list, const char *name)
{
    PTR_ARRAY_FOREACH (char *const, element, list) {
        if (g_strcmp0(*element, name) == 0)
            return (gpointer)element;
    }
    return NULL;
}

G_STATIC_ASSERT(G_STRUCT_OFFSET(Zone, name) == 0 && G_STRUCT_OFFSET(Policy, name) == 0 &&
                G_STRUCT_OFFSET(Service, name) == 0 && G_STRUCT_OFFSET(Ipset, name) == 0 &&
                G_STRUCT_OFFSET(PermanentBinding, interface) == 0);

Zone *firewalld_zone(const Firewalld *firewalld, const char *name)
{
    return find_named(firewalld->zones, name);
}

const char *firewalld_nearest_zone(const Firewalld *firewalld, const char *name)
{
    NearestWord nearest = nearest_word_to(name);
    PTR_ARRAY_FOREACH (const Zone, zone, firewalld->zones)
        nearest_word_offer(&nearest, zone->name);
    return nearest.nearest;
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

bool firewalld_options_are_known(const Firewalld *firewalld)
{
    return firewalld->options.backend != NULL;
}

bool firewalld_is_strict(const Firewalld *firewalld)
{
    return g_strcmp0(firewalld->options.strict_forward_ports, "yes") == 0;
}

/* ---- the permanent configuration ---- */

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

Permanent *permanent_new(void)
{
    Permanent *permanent = g_new0(Permanent, 1);
    permanent->bindings = g_ptr_array_new_with_free_func((GDestroyNotify)permanent_binding_free);
    return permanent;
}

Permanent *permanent_copy(const Permanent *permanent)
{
    Permanent *copy = permanent_new();
    PTR_ARRAY_FOREACH (const PermanentBinding, binding, permanent->bindings) {
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

void permanent_free(Permanent *permanent)
{
    name_index_free(permanent->index);
    g_ptr_array_unref(permanent->bindings);
    firewalld_free(permanent->firewalld);
    g_free(permanent->fault);
    g_free(permanent);
}

const PermanentBinding *permanent_binding(const Permanent *permanent, const char *interface)
{
    return name_index_find(&((Permanent *)permanent)->index, permanent->bindings, interface);
}

/* ---- words ---- */

static const char *const target_words[] = {
    [TARGET_UNKNOWN] = NULL,    [TARGET_DEFAULT] = "default",   [TARGET_CONTINUE] = "CONTINUE",
    [TARGET_ACCEPT] = "ACCEPT", [TARGET_REJECT] = "%%REJECT%%", [TARGET_DROP] = "DROP",
};

DEFINE_WORD(target, Target, target_words)
static DEFINE_FROM_WORD(zone_target, Target, target_words, TARGET_UNKNOWN)

/* Zones say "%%REJECT%%", policies "REJECT"; the long form "{chain}_{zone}" is the old word for
 * "default" and is not accepted over D-Bus any more. */
Target target_from_word(const char *word)
{
    return g_str_equal(word, "REJECT") ? TARGET_REJECT : zone_target_from_word(word);
}
