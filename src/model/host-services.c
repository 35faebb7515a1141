/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Verdicts on packets to the host, service by service: see host-services.h. */
#include "model/host-services.h"

#include "model/verdict.h"

typedef struct {
    const Snapshot *before;
    const Snapshot *after;
    const char *interface;
    GHashTable *seen; /* services by text */
    GPtrArray *opens;
    GPtrArray *closes;
} Comparison;

void service_change_free(ServiceChange *change)
{
    if (change == NULL)
        return;
    g_free(change->interface);
    g_free(change->service);
    g_free(change);
}

static bool is_accepted(const Snapshot *snapshot, const Flow *flow)
{
    g_autoptr(Verdict) verdict = verdict_of(snapshot, flow);
    return verdict_accepts(verdict);
}

static Flow flow_to_host(const Comparison *comparison, Protocol protocol, guint16 port)
{
    Flow flow = flow_new(FLOW_INPUT, FAMILY_IPV4);
    flow.in = comparison->interface;
    flow.typical = true;
    flow.from.kind = FLOW_ADDRESS_ELSEWHERE;
    flow.protocol = protocol;
    flow.port = port;
    return flow;
}

static void compare(Comparison *comparison, const char *service, const Flow *flow)
{
    bool before = is_accepted(comparison->before, flow);
    bool after = is_accepted(comparison->after, flow);
    if (before == after || !g_hash_table_add(comparison->seen, g_strdup(service)))
        return;
    ServiceChange *change = g_new0(ServiceChange, 1);
    change->interface = g_strdup(comparison->interface);
    change->service = g_strdup(service);
    g_ptr_array_add(after ? comparison->opens : comparison->closes, change);
}

static void compare_port(Comparison *comparison, const char *service, const PortRange *range)
{
    Protocol protocol = protocol_from_word(range->protocol, FAMILY_IPV4);
    Flow flow = flow_to_host(comparison, protocol, range->first);
    if (protocol != PROTOCOL_ANY && range->first != 0)
        compare(comparison, service, &flow);
}

static void compare_ports(Comparison *comparison, const GPtrArray *ports)
{
    for (guint i = 0; i < ports->len; i++) {
        const PortRange *range = g_ptr_array_index(ports, i);
        g_autofree char *port = port_range_port_text(range);
        g_autofree char *text = g_strdup_printf("port %s/%s", port, range->protocol);
        compare_port(comparison, text, range);
    }
}

static void compare_services(Comparison *comparison, char *const *names)
{
    for (; *names != NULL; names++) {
        const Service *service = firewalld_service(comparison->before->firewalld, *names);
        for (guint i = 0; service != NULL && i < service->ports->len; i++)
            compare_port(comparison, *names, g_ptr_array_index(service->ports, i));
    }
}

static void compare_zone(Comparison *comparison, const Snapshot *snapshot)
{
    const Zone *zone = dispatch_interface(snapshot, comparison->interface).zone;
    if (zone == NULL || !zone->settings_read)
        return;
    compare_services(comparison, zone->filter.services);
    compare_ports(comparison, zone->filter.ports);
}

void host_services_compare(const Snapshot *before, const Snapshot *after, const char *interface,
                           GPtrArray *opens, GPtrArray *closes)
{
    enum { UNLIKELY_PORT = 4 }; /* unassigned in IANA's registry of service names */
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    Comparison comparison = {before, after, interface, seen, opens, closes};
    compare_zone(&comparison, before);
    compare_zone(&comparison, after);

    Flow echo = flow_to_host(&comparison, PROTOCOL_ICMP, 0);
    echo.icmp_type = 8;
    echo.icmp_code = 0;
    compare(&comparison, "icmp", &echo);
    Flow other = flow_to_host(&comparison, PROTOCOL_TCP, UNLIKELY_PORT);
    compare(&comparison, "any other port", &other);
}
