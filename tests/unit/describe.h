/* SPDX-License-Identifier: GPL-2.0-or-later */
/* firewalld's side of the model as one line of text, so that a test compares all of it at once.
 * What is empty, unknown or off is left out. */
#pragma once

#include "model/host/snapshot.h"

static inline void describe_text(GString *out, const char *key, const char *text)
{
    if (text != NULL)
        g_string_append_printf(out, " %s=%s", key, text);
}

static inline void describe_strings(GString *out, const char *key, char *const *strings)
{
    g_autofree char *joined = g_strjoinv(",", (char **)strings);
    if (*strings != NULL)
        g_string_append_printf(out, " %s=%s", key, joined);
}

static inline void describe_tristate(GString *out, const char *key, Tristate value)
{
    if (value != TRISTATE_UNKNOWN)
        g_string_append_printf(out, " %s=%s", key, value == TRISTATE_YES ? "yes" : "no");
}

static inline void describe_number(GString *out, const char *key, int number)
{
    if (number != 0)
        g_string_append_printf(out, " %s=%d", key, number);
}

static inline char *describe_port(const PortRange *range)
{
    g_autofree char *port = port_range_port_text(range);
    return g_strdup_printf("%s/%s", port, range->protocol);
}

static inline void describe_ports(GString *out, const char *key, const GPtrArray *ports)
{
    for (guint i = 0; i < ports->len; i++) {
        g_autofree char *port = describe_port(g_ptr_array_index(ports, i));
        g_string_append_printf(out, " %s=%s", key, port);
    }
}

static inline void describe_filter(GString *out, const Filter *filter)
{
    describe_strings(out, "services", filter->services);
    describe_ports(out, "port", filter->ports);
    describe_ports(out, "source-port", filter->source_ports);
    describe_strings(out, "protocols", filter->protocols);
    describe_strings(out, "icmp-blocks", filter->icmp_blocks);
    if (filter->icmp_block_inversion)
        g_string_append(out, " inverted");
    describe_tristate(out, "masquerade", filter->masquerade);
    for (guint i = 0; i < filter->forward_ports->len; i++) {
        const ForwardPort *forward = g_ptr_array_index(filter->forward_ports, i);
        g_autofree char *port = describe_port(forward->port);
        g_string_append_printf(out, " forward-port=%s>%s@%s", port,
                               forward->to_port == NULL ? "-" : forward->to_port,
                               forward->to_address == NULL ? "-" : forward->to_address);
    }
    for (guint i = 0; i < filter->rich_rules->len; i++) {
        const RichRule *rule = g_ptr_array_index(filter->rich_rules, i);
        g_string_append_printf(out, " %s=\"%s\"", rule->understood ? "rule" : "unknown-rule",
                               rule->text);
    }
}

static inline void describe_zone(GString *out, const Zone *zone)
{
    g_string_append_printf(out, "zone %s%s", zone->name, zone->settings_read ? "" : " unread");
    describe_text(out, "target", target_word(zone->target));
    describe_tristate(out, "forward", zone->forward);
    describe_strings(out, "interfaces", zone->interfaces);
    for (guint i = 0; i < zone->sources->len; i++) {
        const AddressSpec *source = g_ptr_array_index(zone->sources, i);
        g_string_append_printf(out, " source=%s", source->text);
    }
    describe_number(out, "ingress-priority", zone->ingress_priority);
    describe_number(out, "egress-priority", zone->egress_priority);
    describe_filter(out, &zone->filter);
}

static inline void describe_policy(GString *out, const Policy *policy)
{
    g_string_append_printf(out, "policy %s%s%s", policy->name,
                           policy->settings_read ? "" : " unread",
                           policy->disabled ? " disabled" : "");
    describe_text(out, "target", target_word(policy->target));
    describe_number(out, "priority", policy->priority);
    describe_strings(out, "ingress", policy->ingress_zones);
    describe_strings(out, "egress", policy->egress_zones);
    describe_filter(out, &policy->filter);
}

static inline void describe_service(GString *out, const Service *service)
{
    g_string_append_printf(out, "service %s", service->name);
    describe_ports(out, "port", service->ports);
    describe_ports(out, "source-port", service->source_ports);
    describe_strings(out, "protocols", service->protocols);
    describe_strings(out, "includes", service->includes);
    if (service->destination_ipv4 != NULL)
        describe_text(out, "ipv4", service->destination_ipv4->text);
    if (service->destination_ipv6 != NULL)
        describe_text(out, "ipv6", service->destination_ipv6->text);
}

static inline void describe_ipset(GString *out, const Ipset *ipset)
{
    g_string_append_printf(out, "ipset %s%s", ipset->name, ipset->entries_read ? "" : " unread");
    describe_text(out, "type", ipset->type);
    describe_strings(out, "entries", ipset->entries);
}

static inline void describe_options(GString *out, const FirewalldOptions *options)
{
    g_string_append(out, "options");
    describe_text(out, "backend", options->backend);
    describe_text(out, "ipv6_rpfilter", options->ipv6_rpfilter);
    describe_text(out, "rfc3964_ipv4", options->rfc3964_ipv4);
    describe_text(out, "zone_drifting", options->zone_drifting);
    describe_text(out, "strict_forward_ports", options->strict_forward_ports);
    describe_text(out, "flush_all_on_reload", options->flush_all_on_reload);
}

static inline void describe_firewalld(GString *out, const Firewalld *firewalld)
{
    g_string_append(out, "firewalld");
    describe_text(out, "version", firewalld->version);
    describe_text(out, "state", firewalld->state);
    describe_text(out, "default", firewalld->default_zone);
    describe_tristate(out, "panic", firewalld->panic);
    describe_text(out, "log-denied", firewalld->log_denied);
    describe_tristate(out, "direct", firewalld->direct_rules);
    describe_tristate(out, "policies", firewalld->policies_exist);
}

/* Everything that firewalld and NetworkManager told, one thing a line. */
static inline void describe_side(GString *out, const Firewalld *firewalld)
{
    describe_firewalld(out, firewalld);
    g_string_append_c(out, '\n');
    describe_options(out, &firewalld->options);
    g_string_append_c(out, '\n');
    for (guint i = 0; i < firewalld->zones->len; i++) {
        describe_zone(out, g_ptr_array_index(firewalld->zones, i));
        g_string_append_c(out, '\n');
    }
    for (guint i = 0; i < firewalld->policies->len; i++) {
        describe_policy(out, g_ptr_array_index(firewalld->policies, i));
        g_string_append_c(out, '\n');
    }
    for (guint i = 0; i < firewalld->services->len; i++) {
        describe_service(out, g_ptr_array_index(firewalld->services, i));
        g_string_append_c(out, '\n');
    }
    for (guint i = 0; i < firewalld->ipsets->len; i++) {
        describe_ipset(out, g_ptr_array_index(firewalld->ipsets, i));
        g_string_append_c(out, '\n');
    }
}

static inline char *describe_services(const Snapshot *snapshot)
{
    GString *out = g_string_new(NULL);
    describe_side(out, snapshot->firewalld);
    for (guint i = 0; i < snapshot->permanent->bindings->len; i++) {
        const PermanentBinding *binding = g_ptr_array_index(snapshot->permanent->bindings, i);
        g_string_append_printf(out, "permanent %s", binding->interface);
        describe_text(out, "zone", binding->zone);
        describe_text(out, "conflict", binding->conflict);
        g_string_append_c(out, '\n');
    }
    g_string_append(out, "networkmanager");
    describe_tristate(out, "running", snapshot->networkmanager->running);
    describe_text(out, "version", snapshot->networkmanager->version);
    g_string_append_c(out, '\n');
    for (guint i = 0; i < snapshot->networkmanager->devices->len; i++) {
        const ManagedDevice *device = g_ptr_array_index(snapshot->networkmanager->devices, i);
        g_string_append_printf(out, "device %s%s%s", device->interface,
                               device->managed ? " managed" : "",
                               device->external ? " external" : "");
        describe_text(out, "profile", device->profile);
        describe_text(out, "uuid", device->profile_uuid);
        describe_text(out, "zone", device->zone);
        g_string_append_c(out, '\n');
    }
    for (guint i = 0; i < snapshot->unread->len; i++) {
        const Unread *unread = g_ptr_array_index(snapshot->unread, i);
        g_string_append_printf(out, "unread %s (%s): %s\n", unread->what, unread->where,
                               unread->reason);
    }
    return g_string_free(out, FALSE);
}
