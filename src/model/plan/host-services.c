/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Verdicts on packets to the host, service by service: see host-services.h. */
#include "model/plan/host-services.h"

#include "model/firewalld/verdict.h"
#include "model/foreach.h"

typedef struct {
    const Snapshot *before;
    const Snapshot *after;
    const char *interface;
    GHashTable *seen; /* names, each with its kind as its first letter */
    GPtrArray *opens;
    GPtrArray *closes;
} Comparison;

void service_change_free(ServiceChange *change)
{
    if (change == NULL)
        return;
    g_free(change->interface);
    g_free(change->name);
    g_free(change);
}

/* MATCH_MAYBE where that cannot be told. */
static Match is_accepted(const Snapshot *snapshot, const Flow *flow)
{
    g_autoptr(Verdict) verdict = verdict_of(snapshot, flow);
    return verdict_accepts(verdict) ? MATCH_YES : verdict_refuses(verdict) ? MATCH_NO : MATCH_MAYBE;
}

static Flow flow_to_host(const Comparison *comparison, Family family, Protocol protocol,
                         guint16 port)
{
    Flow flow = flow_new(FLOW_INPUT, family);
    flow.in = comparison->interface;
    flow.typical = true;
    flow.from.kind = FLOW_ADDRESS_ELSEWHERE;
    flow.protocol = protocol;
    flow.port = port;
    return flow;
}

static void compare(Comparison *comparison, ServiceKind kind, const char *name, const Flow *flow)
{
    Match before = is_accepted(comparison->before, flow);
    Match after = is_accepted(comparison->after, flow);
    bool changes = before != MATCH_MAYBE && after != MATCH_MAYBE && before != after;
    if (!changes || !g_hash_table_add(comparison->seen, g_strdup_printf("%d%s", kind, name)))
        return;
    ServiceChange *change = g_new0(ServiceChange, 1);
    change->interface = g_strdup(comparison->interface);
    change->kind = kind;
    change->name = g_strdup(name);
    g_ptr_array_add(after == MATCH_YES ? comparison->opens : comparison->closes, change);
}

/* ---- ports ---- */

static void compare_port(Comparison *comparison, const PortRange *range)
{
    g_autofree char *name = port_range_text(range);
    Protocol protocol = protocol_from_word(range->protocol, FAMILY_IPV4);
    Flow flow = flow_to_host(comparison, FAMILY_IPV4, protocol, range->first);
    if (protocol != PROTOCOL_ANY && range->first != 0)
        compare(comparison, SERVICE_PORT, name, &flow);
}

/* ---- services ---- */

/* A service with destinations applies only to them (mdns, dhcpv6-client). */
static void compare_service_port(Comparison *comparison, const char *name, const Service *service,
                                 const PortRange *range, Family family)
{
    const AddressSpec *destination =
        family == FAMILY_IPV4 ? service->destination_ipv4 : service->destination_ipv6;
    bool has_destinations = service->destination_ipv4 != NULL || service->destination_ipv6 != NULL;
    Protocol protocol = protocol_from_word(range->protocol, family);
    if (protocol == PROTOCOL_ANY || range->first == 0 || (has_destinations && destination == NULL))
        return;
    Flow flow = flow_to_host(comparison, family, protocol, range->first);
    if (destination != NULL && destination->kind == ADDRESS_SPEC_PREFIX)
        flow.to = (FlowAddress){.kind = FLOW_ADDRESS_PREFIX, .prefix = destination->prefix};
    compare(comparison, SERVICE_NAMED, name, &flow);
}

/* NAME is the service that a zone names; SERVICE itself, or one that it includes. */
static void compare_service(Comparison *comparison, const char *name, const Service *service,
                            GHashTable *visited)
{
    if (service == NULL || !g_hash_table_add(visited, (gpointer)service))
        return;
    PTR_ARRAY_FOREACH (const PortRange, range, service->ports) {
        compare_service_port(comparison, name, service, range, FAMILY_IPV4);
        compare_service_port(comparison, name, service, range, FAMILY_IPV6);
    }
    STRV_FOREACH (include, service->includes)
        compare_service(comparison, name,
                        firewalld_service(comparison->before->firewalld, *include), visited);
}

static void compare_service_by_name(Comparison *comparison, const char *name)
{
    g_autoptr(GHashTable) visited = g_hash_table_new(g_direct_hash, g_direct_equal);
    compare_service(comparison, name, firewalld_service(comparison->before->firewalld, name),
                    visited);
}

/* ---- all that may be named ---- */

static void compare_filter(Comparison *comparison, const Filter *filter)
{
    STRV_FOREACH (service, filter->services)
        compare_service_by_name(comparison, *service);
    PTR_ARRAY_FOREACH (const PortRange, range, filter->ports)
        compare_port(comparison, range);
    PTR_ARRAY_FOREACH (const RichRule, rule, filter->rich_rules) {
        if (rule->understood && rule->element == RICH_ELEMENT_SERVICE)
            compare_service_by_name(comparison, rule->name);
        else if (rule->understood && rule->element == RICH_ELEMENT_PORT)
            compare_port(comparison, rule->port);
    }
}

static void compare_zone(Comparison *comparison, const Snapshot *snapshot)
{
    const Zone *zone = dispatch_interface(snapshot, comparison->interface).zone;
    if (zone != NULL && zone->settings_read)
        compare_filter(comparison, &zone->filter);
}

void host_services_compare(const Snapshot *before, const Snapshot *after, const char *interface,
                           GPtrArray *opens, GPtrArray *closes)
{
    enum { UNLIKELY_PORT = 4 }; /* unassigned in IANA's registry of service names */
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    Comparison comparison = {before, after, interface, seen, opens, closes};
    compare_zone(&comparison, before);
    compare_zone(&comparison, after);
    PTR_ARRAY_FOREACH (const Policy, policy, before->firewalld->policies) {
        if (g_strv_contains((const char *const *)policy->egress_zones, "HOST"))
            compare_filter(&comparison, &policy->filter);
    }
    Flow echo = flow_to_host(&comparison, FAMILY_IPV4, PROTOCOL_ICMP, 0);
    echo.icmp_type = 8;
    echo.icmp_code = 0;
    compare(&comparison, SERVICE_ICMP, "", &echo);
    Flow other = flow_to_host(&comparison, FAMILY_IPV4, PROTOCOL_TCP, UNLIKELY_PORT);
    compare(&comparison, SERVICE_OTHER_PORTS, "", &other);
}
