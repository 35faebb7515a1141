/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shared parts of JSON documents: see json-parts.h. */
#include "report/json-parts.h"

#include "model/error.h"
#include "model/foreach.h"
#include "report/finding-evidence.h"
#include "report/finding-text.h"

static char *address_text(const FlowAddress *address)
{
    return address->kind == FLOW_ADDRESS_PREFIX ? ip_address_to_string(&address->prefix.address)
                                                : NULL;
}

json_t *json_flow(const Flow *flow)
{
    g_autofree char *from = address_text(&flow->from);
    g_autofree char *to = address_text(&flow->to);
    json_t *object = json_object();
    json_object_set_new(object, "direction", json_text(flow_direction_word(flow->direction)));
    json_object_set_new(object, "in", json_text(flow->in));
    json_object_set_new(object, "out", json_text(flow->out));
    json_object_set_new(object, "from", json_text(from));
    json_object_set_new(object, "to", json_text(to));
    json_object_set_new(object, "protocol", json_text(protocol_word(flow->protocol)));
    json_object_set_new(object, "port", flow->port != 0 ? json_integer(flow->port) : json_null());
    return object;
}

json_t *json_fix(const Fix *fix)
{
    if (fix == NULL)
        return json_null();
    json_t *commands = json_array();
    PTR_ARRAY_FOREACH (char *, command, fix->firewall_cmd)
        json_array_append_new(commands, json_strv(command));
    json_t *object = json_object();
    json_object_set_new(object, "command", json_strv(fix->command));
    json_object_set_new(object, "firewall_cmd", commands);
    return object;
}

json_t *json_finding_of(FindingId id, Severity severity, const char *interface, const char *zone,
                        const char *message, char *const *evidence, const Fix *fix)
{
    json_t *object = json_object();
    json_object_set_new(object, "id", json_text(finding_word(id)));
    json_object_set_new(object, "severity", json_text(severity_word(severity)));
    json_object_set_new(object, "interface", json_text(interface));
    json_object_set_new(object, "zone", json_text(zone));
    json_object_set_new(object, "message", json_text(message));
    json_object_set_new(object, "evidence", json_strv(evidence));
    json_object_set_new(object, "fix", json_fix(fix));
    return object;
}

/* Where several needs are in one finding, the first stands for them. */
static json_t *json_need(const Finding *finding)
{
    if (finding->needs->len == 0)
        return json_null();
    const Need *need = g_ptr_array_index(finding->needs, 0);
    json_t *object = json_object();
    json_object_set_new(object, "kind", json_text(need_kind_word(need->kind)));
    json_object_set_new(object, "certainty", json_text(need_certainty_word(finding->certainty)));
    json_object_set_new(object, "reason", json_text(need_reason_word(need->reason)));
    json_object_set_new(object, "from", json_text(need->in != NULL ? need->in->name : NULL));
    json_object_set_new(object, "to", json_text(need->out != NULL ? need->out->name : NULL));
    json_object_set_new(object, "service", json_text(need->service));
    return object;
}

json_t *json_roles(const Topology *topology, const Link *link)
{
    json_t *roles = json_array();
    Role first = topology_role(topology, link);
    json_array_append_new(roles, json_text(role_word(first)));
    if (first != ROLE_DOWNSTREAM && topology_is_downstream(topology, link))
        json_array_append_new(roles, json_text(role_word(ROLE_DOWNSTREAM)));
    return roles;
}

json_t *json_finding(const Finding *finding)
{
    g_autofree char *message = finding_message(finding);
    g_auto(GStrv) evidence = finding_evidence(finding);
    json_t *object = json_finding_of(finding->id, finding->severity, finding->interface,
                                     finding->zone, message, evidence, finding->fix);
    json_object_set_new(object, "need", json_need(finding));
    return object;
}

json_t *json_counts(guint errors, guint warnings)
{
    json_t *object = json_object();
    json_object_set_new(object, "errors", json_integer(errors));
    json_object_set_new(object, "warnings", json_integer(warnings));
    return object;
}

json_t *json_error(const GError *error)
{
    if (error == NULL)
        return json_null();
    json_t *object = json_object();
    json_object_set_new(object, "code", json_text(nicfix_error_word(error)));
    json_object_set_new(object, "message", json_text(error->message));
    json_object_set_new(object, "hint", json_text(nicfix_error_hint(error)));
    return object;
}

json_t *json_unread(const Snapshot *snapshot)
{
    json_t *array = json_array();
    PTR_ARRAY_FOREACH (const Unread, unread, snapshot->unread) {
        json_t *object = json_object();
        json_object_set_new(object, "what", json_text(unread->what));
        json_object_set_new(object, "where", json_text(unread->where));
        json_object_set_new(object, "reason", json_text(unread->reason));
        json_array_append_new(array, object);
    }
    return array;
}
