/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Candidates that change a setting of a zone: a service or a port of the host, its forwarding. */
#include "model/plan/candidates.h"

#include "model/firewalld/dispatch.h"
#include "model/foreach.h"

bool candidates_add_setting(const Candidates *candidates, GPtrArray *actions, ActionOp op,
                            const char *zone, const char *value)
{
    const Snapshot *snapshot = candidates->goal->snapshot;
    for (ActionScope scope = SCOPE_RUNTIME; scope <= SCOPE_PERMANENT; scope++) {
        const Firewalld *side =
            scope == SCOPE_RUNTIME ? snapshot->firewalld : snapshot->permanent->firewalld;
        if (side != NULL && firewalld_zone(side, zone) == NULL)
            return false;
        Action *action = action_new_for_zone(op, scope, zone, value);
        if (side == NULL || !action_is_done(action, snapshot))
            actions_add(actions, action);
        else
            action_free(action);
    }
    return true;
}

static bool is_service_for(const Service *service, const Flow *flow)
{
    if (service->destination_ipv4 != NULL || service->destination_ipv6 != NULL ||
        service->includes[0] != NULL || service->source_ports->len > 0 ||
        service->protocols[0] != NULL)
        return false;
    bool found = false;
    PTR_ARRAY_FOREACH (const PortRange, port, service->ports) {
        if (port->first != flow->port || port->last != flow->port)
            return false;
        found = found || match_port(flow, FLOW_DESTINATION, port) == MATCH_YES;
    }
    return found;
}

/* The service that has this port and no other, by those that are read and firewalld's own. */
static const char *service_for(const Firewalld *firewalld, const Flow *flow)
{
    enum { DHCP = 67, DHCPV6 = 547, DNS = 53 };
    const char *known = flow->protocol == PROTOCOL_UDP && flow->port == DHCP     ? "dhcp"
                        : flow->protocol == PROTOCOL_UDP && flow->port == DHCPV6 ? "dhcpv6"
                        : flow->port == DNS                                      ? "dns"
                                                                                 : NULL;
    const Service *defined = known != NULL ? firewalld_service(firewalld, known) : NULL;
    if (known != NULL && (defined == NULL || is_service_for(defined, flow)))
        return known;
    PTR_ARRAY_FOREACH (const Service, service, firewalld->services) {
        if (is_service_for(service, flow))
            return service->name;
    }
    return NULL;
}

static bool add_service(const Candidates *candidates, GPtrArray *actions, const Flow *flow)
{
    const Firewalld *firewalld = candidates->goal->snapshot->firewalld;
    const Zone *zone = dispatch_first(candidates->goal->snapshot, flow, DISPATCH_INGRESS).zone;
    bool has_port =
        flow->port != 0 && (flow->protocol == PROTOCOL_TCP || flow->protocol == PROTOCOL_UDP);
    if (zone == NULL || !zone->settings_read || !has_port)
        return false;
    const char *service = service_for(firewalld, flow);
    if (service != NULL)
        return candidates_add_setting(candidates, actions, ACTION_ADD_SERVICE, zone->name, service);
    g_autofree char *port = g_strdup_printf("%u/%s", flow->port, protocol_word(flow->protocol));
    return candidates_add_setting(candidates, actions, ACTION_ADD_PORT, zone->name, port);
}

void candidates_add_services(Candidates *candidates)
{
    GPtrArray *actions = actions_new();
    ARRAY_FOREACH (const Flow, flow, candidates->goal->flows) {
        if (flow->direction != FLOW_INPUT || !add_service(candidates, actions, flow)) {
            g_ptr_array_unref(actions);
            return;
        }
    }
    candidates_add(candidates, actions, NULL, false);
}

/* ---- forwarding of a zone ---- */

/* What comes in and what goes out are of one zone, whose forwarding is off. */
void candidates_add_forwarding(Candidates *candidates)
{
    const Snapshot *snapshot = candidates->goal->snapshot;
    GPtrArray *actions = actions_new();
    ARRAY_FOREACH (const Flow, flow, candidates->goal->flows) {
        const Zone *zone = dispatch_first(snapshot, flow, DISPATCH_INGRESS).zone;
        if (flow->direction == FLOW_FORWARD && zone != NULL && zone->forward == TRISTATE_NO)
            candidates_add_setting(candidates, actions, ACTION_ENABLE_FORWARD, zone->name, NULL);
    }
    candidates_add(candidates, actions, NULL, false);
}
