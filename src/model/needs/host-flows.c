/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From settings to flows, service by service: see host-flows.h. */
#include "model/needs/host-flows.h"

#include "model/firewalld/dispatch.h"
#include "model/foreach.h"

typedef struct {
    const Snapshot *snapshot;
    const char *interface;
    Family family; /* of FROM; all others come from elsewhere */
    FlowAddress from;
    HostFlowFunc function;
    gpointer user;
    GHashTable *named; /* the ports and services told of: many rules can name one */
} Walk;

static bool is_new(const Walk *walk, const char *name)
{
    return !g_hash_table_contains(walk->named, name) &&
           g_hash_table_add(walk->named, g_strdup(name));
}

static Flow flow_to_host(const Walk *walk, Family family, Protocol protocol, guint16 port)
{
    Flow flow = flow_new(FLOW_INPUT, family);
    flow.in = walk->interface;
    flow.typical = true;
    flow.from.kind = FLOW_ADDRESS_ELSEWHERE;
    if (family == walk->family)
        flow.from = walk->from;
    flow.protocol = protocol;
    flow.port = port;
    return flow;
}

static void tell(const Walk *walk, ServiceKind kind, const char *name, const Flow *flow)
{
    walk->function(kind, name, flow, walk->user);
}

/* ---- ports ---- */

/* 0 is no port of a flow. */
static guint16 first_port(const PortRange *range)
{
    return MAX(range->first, 1);
}

static void tell_port(const Walk *walk, const PortRange *range)
{
    g_autofree char *name = port_range_text(range);
    Protocol protocol = protocol_from_word(range->protocol, walk->family);
    Flow flow = flow_to_host(walk, walk->family, protocol, first_port(range));
    if (protocol != PROTOCOL_ANY && range->last != 0 && is_new(walk, name))
        tell(walk, SERVICE_PORT, name, &flow);
}

/* ---- services ---- */

/* A service with destinations applies only to them (mdns, dhcpv6-client). */
static void tell_service_port(const Walk *walk, const char *name, const Service *service,
                              const PortRange *range, Family family)
{
    const AddressSpec *destination =
        family == FAMILY_IPV4 ? service->destination_ipv4 : service->destination_ipv6;
    bool has_destinations = service->destination_ipv4 != NULL || service->destination_ipv6 != NULL;
    Protocol protocol = protocol_from_word(range->protocol, family);
    if (protocol == PROTOCOL_ANY || range->last == 0 || (has_destinations && destination == NULL))
        return;
    Flow flow = flow_to_host(walk, family, protocol, first_port(range));
    if (destination != NULL && destination->kind == ADDRESS_SPEC_PREFIX)
        flow.to = (FlowAddress){.kind = FLOW_ADDRESS_PREFIX, .prefix = destination->prefix};
    tell(walk, SERVICE_NAMED, name, &flow);
}

/* NAME is the service that a zone names; SERVICE itself, or one that it includes. */
static void tell_service(const Walk *walk, const char *name, const Service *service,
                         GHashTable *visited)
{
    if (service == NULL || !g_hash_table_add(visited, (gpointer)service))
        return;
    PTR_ARRAY_FOREACH (const PortRange, range, service->ports) {
        tell_service_port(walk, name, service, range, FAMILY_IPV4);
        tell_service_port(walk, name, service, range, FAMILY_IPV6);
    }
    STRV_FOREACH (include, service->includes)
        tell_service(walk, name, firewalld_service(walk->snapshot->firewalld, *include), visited);
}

static void tell_service_by_name(const Walk *walk, const char *name)
{
    /* One that is not known may be, once it is defined: see TOLD. */
    const Service *service = firewalld_service(walk->snapshot->firewalld, name);
    if (service == NULL || !is_new(walk, name))
        return;
    g_autoptr(GHashTable) visited = g_hash_table_new(g_direct_hash, g_direct_equal);
    tell_service(walk, name, service, visited);
}

/* ---- all that may be named ---- */

static void tell_filter(const Walk *walk, const Filter *filter)
{
    STRV_FOREACH (service, filter->services)
        tell_service_by_name(walk, *service);
    PTR_ARRAY_FOREACH (const PortRange, range, filter->ports)
        tell_port(walk, range);
    PTR_ARRAY_FOREACH (const RichRule, rule, filter->rich_rules) {
        if (rule->understood && rule->element == RICH_ELEMENT_SERVICE)
            tell_service_by_name(walk, rule->name);
        else if (rule->understood && rule->element == RICH_ELEMENT_PORT)
            tell_port(walk, rule->port);
    }
}

static void walk_all(const Walk *walk, const Zone *zone)
{
    /* The port is unassigned in IANA's registry of service names; RFC 792, RFC 4443. */
    enum { UNLIKELY_PORT = 4, ECHO_REQUEST_IPV4 = 8, ECHO_REQUEST_IPV6 = 128 };
    if (zone != NULL && zone->settings_read)
        tell_filter(walk, &zone->filter);
    PTR_ARRAY_FOREACH (const Policy, policy, walk->snapshot->firewalld->policies) {
        if (g_strv_contains((const char *const *)policy->egress_zones, "HOST"))
            tell_filter(walk, &policy->filter);
    }
    bool is_ipv6 = walk->family == FAMILY_IPV6;
    Flow echo = flow_to_host(walk, walk->family, is_ipv6 ? PROTOCOL_ICMPV6 : PROTOCOL_ICMP, 0);
    echo.icmp_type = is_ipv6 ? ECHO_REQUEST_IPV6 : ECHO_REQUEST_IPV4;
    echo.icmp_code = 0;
    tell(walk, SERVICE_ICMP, "", &echo);
    Flow other = flow_to_host(walk, walk->family, PROTOCOL_TCP, UNLIKELY_PORT);
    tell(walk, SERVICE_OTHER_PORTS, "", &other);
}

GHashTable *host_flows_told_new(void)
{
    return g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
}

void host_flows_foreach(const Snapshot *snapshot, const char *interface, HostFlowFunc function,
                        gpointer user)
{
    g_autoptr(GHashTable) named = host_flows_told_new();
    const Walk walk = {snapshot, interface, FAMILY_IPV4, {.kind = FLOW_ADDRESS_ELSEWHERE},
                       function, user,      named};
    walk_all(&walk, dispatch_interface(snapshot, interface).zone);
}

void host_flows_foreach_from(const Snapshot *snapshot, const char *interface, Family family,
                             const FlowAddress *from, GHashTable *told, HostFlowFunc function,
                             gpointer user)
{
    g_autoptr(GHashTable) named = told != NULL ? g_hash_table_ref(told) : host_flows_told_new();
    const Walk walk = {snapshot, interface, family, *from, function, user, named};
    Flow any = flow_to_host(&walk, family, PROTOCOL_ANY, 0);
    walk_all(&walk, dispatch_first(snapshot, &any, DISPATCH_INGRESS).zone);
}
