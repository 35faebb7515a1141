/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The tables that say which member of the document is which field of the snapshot. Writing and
 * reading both follow them. */
#include "documents/snapshot-json.h"

#include "documents/snapshot-members.h"

#define HINT "make a snapshot with: nicfix snapshot > FILE"

/* ---- links and their addresses ---- */

static const Member link_forwarding_members[] = {
    FIELD_MEMBER("ipv4", Link, forwarding_ipv4, Tristate, &member_tristate),
    FIELD_MEMBER("ipv6", Link, forwarding_ipv6, Tristate, &member_tristate),
    MEMBERS_END,
};
static const Member link_bridge_netfilter_members[] = {
    FIELD_MEMBER("iptables", Link, bridge_call_iptables, Tristate, &member_tristate),
    FIELD_MEMBER("ip6tables", Link, bridge_call_ip6tables, Tristate, &member_tristate),
    MEMBERS_END,
};
static const Member link_members[] = {
    MEMBER_IFINDEX(Link, index),
    MEMBER_NAME(Link, name),
    MEMBER_NAMES(Link, altnames),
    MEMBER_TEXT(Link, kind),
    MEMBER_TEXT(Link, port_kind),
    MEMBER_TEXT(Link, parent_device),
    MEMBER_TEXT(Link, parent_bus),
    MEMBER_TEXT(Link, mac),
    MEMBER_TEXT(Link, permanent_mac),
    MEMBER_UINT32(Link, mtu),
    MEMBER_UINT32(Link, flags),
    MEMBER_OPERSTATE(Link, operstate),
    MEMBER_TRISTATE(Link, carrier),
    MEMBER_OPTIONAL_IFINDEX(Link, master),
    MEMBER_OPTIONAL_IFINDEX(Link, lower),
    MEMBER_OPTIONAL_UINT32(Link, vrf_table),
    MEMBER_GROUP("forwarding", link_forwarding_members),
    MEMBER_GROUP("bridge_netfilter", link_bridge_netfilter_members),
    MEMBERS_END,
};

/* In the document, the addresses of all links are one list. */
typedef struct {
    int link;
    LinkAddress address;
} AddressRow;

static const Member link_address_members[] = {
    MEMBER_PREFIX("address", LinkAddress, prefix),
    MEMBER_UINT8(LinkAddress, scope),
    MEMBER_UINT32(LinkAddress, flags),
    MEMBERS_END,
};
static const Member address_members[] = {
    MEMBER_IFINDEX(AddressRow, link),
    MEMBER_SPLICE(AddressRow, address, link_address_members),
    MEMBERS_END,
};

static JsonNode *write_links(G_GNUC_UNUSED const Member *member, gconstpointer object)
{
    const Snapshot *snapshot = object;
    JsonArray *array = json_array_sized_new(snapshot->links->len);
    for (guint i = 0; i < snapshot->links->len; i++) {
        const Link *link = g_ptr_array_index(snapshot->links, i);
        json_array_add_element(array, members_to_node(link_members, link));
    }
    return json_array_node(array);
}

static bool read_links(G_GNUC_UNUSED const Member *member, JsonNode *node, gpointer object,
                       const JsonPlace *place, GError **error)
{
    JsonArray *array = json_place_array(place, node, error);
    if (array == NULL)
        return false;
    for (guint i = 0; i < json_array_get_length(array); i++) {
        JsonPlace below = {.parent = place, .index = i};
        g_autoptr(Link) link = link_new();
        if (!members_read(link_members, json_array_get_element(array, i), link, &below, error))
            return false;
        if (snapshot_link_by_index(object, link->index) != NULL)
            return json_place_fault(&(JsonPlace){.parent = &below, .name = "index"}, error,
                                    "a link before it has the index %d as well", link->index);
        snapshot_add_link(object, g_steal_pointer(&link));
    }
    return true;
}

static JsonNode *write_addresses(G_GNUC_UNUSED const Member *member, gconstpointer object)
{
    const Snapshot *snapshot = object;
    JsonArray *array = json_array_new();
    for (guint i = 0; i < snapshot->links->len; i++) {
        const Link *link = g_ptr_array_index(snapshot->links, i);
        for (guint j = 0; j < link->addresses->len; j++) {
            const LinkAddress *address = g_ptr_array_index(link->addresses, j);
            AddressRow row = {.link = link->index, .address = *address};
            json_array_add_element(array, members_to_node(address_members, &row));
        }
    }
    return json_array_node(array);
}

static bool read_addresses(G_GNUC_UNUSED const Member *member, JsonNode *node, gpointer object,
                           const JsonPlace *place, GError **error)
{
    JsonArray *array = json_place_array(place, node, error);
    if (array == NULL)
        return false;
    for (guint i = 0; i < json_array_get_length(array); i++) {
        JsonPlace below = {.parent = place, .index = i};
        AddressRow row = {0};
        if (!members_read(address_members, json_array_get_element(array, i), &row, &below, error))
            return false;
        const Link *link = snapshot_link_by_index(object, row.link);
        if (link == NULL)
            return json_place_fault(&(JsonPlace){.parent = &below, .name = "link"}, error,
                                    "no link has the index %d", row.link);
        g_ptr_array_add(link->addresses, g_memdup2(&row.address, sizeof row.address));
    }
    return true;
}

static const MemberType links_type = {write_links, read_links};
static const MemberType addresses_type = {write_addresses, read_addresses};

/* ---- routes and rules ---- */

static const Member nexthop_members[] = {
    MEMBER_OPTIONAL_IFINDEX(Nexthop, oif),
    MEMBER_OPTIONAL_ADDRESS(Nexthop, gateway, has_gateway),
    MEMBER_UINT32(Nexthop, weight),
    MEMBER_UINT32(Nexthop, flags),
    MEMBERS_END,
};

static JsonNode *write_nexthops(G_GNUC_UNUSED const Member *member, gconstpointer object)
{
    const Route *route = object;
    JsonArray *array = json_array_sized_new(route->nexthops->len);
    for (guint i = 0; i < route->nexthops->len; i++) {
        const Nexthop *nexthop = &g_array_index(route->nexthops, Nexthop, i);
        json_array_add_element(array, members_to_node(nexthop_members, nexthop));
    }
    return json_array_node(array);
}

static bool read_nexthops(G_GNUC_UNUSED const Member *member, JsonNode *node, gpointer object,
                          const JsonPlace *place, GError **error)
{
    Route *route = object;
    JsonArray *array = json_place_array(place, node, error);
    if (array == NULL)
        return false;
    for (guint i = 0; i < json_array_get_length(array); i++) {
        JsonPlace below = {.parent = place, .index = i};
        Nexthop nexthop = {0};
        if (!members_read(nexthop_members, json_array_get_element(array, i), &nexthop, &below,
                          error))
            return false;
        g_array_append_val(route->nexthops, nexthop);
    }
    return true;
}

static const MemberType nexthops_type = {write_nexthops, read_nexthops};

static const Member route_members[] = {
    MEMBER_PREFIX("destination", Route, destination),
    MEMBER_UINT32(Route, table),
    MEMBER_UINT8(Route, protocol),
    MEMBER_UINT32(Route, metric),
    MEMBER_OPTIONAL_UINT32(Route, nexthop_id),
    {.name = "nexthops", .type = &nexthops_type},
    MEMBERS_END,
};

static gpointer make_route(void)
{
    return route_new();
}

static const ElementType route_list = {route_members, make_route};

static const Member rule_members[] = {
    MEMBER_FAMILY(Rule, family),
    MEMBER_UINT32(Rule, priority),
    MEMBER_UINT8(Rule, action),
    MEMBER_OPTIONAL_UINT32(Rule, table),
    MEMBER_BOOL(Rule, l3mdev),
    MEMBER_BOOL(Rule, inverted),
    MEMBER_TEXT(Rule, iif),
    MEMBER_TEXT(Rule, oif),
    MEMBER_OPTIONAL_PREFIX(Rule, source, has_source),
    MEMBER_OPTIONAL_PREFIX(Rule, destination, has_destination),
    MEMBER_UINT32(Rule, mark),
    MEMBER_UINT32(Rule, mark_mask),
    MEMBER_SUPPRESSION(Rule, suppress_prefix_length),
    MEMBERS_END,
};

static gpointer make_rule(void)
{
    return rule_new();
}

static const ElementType rule_list = {rule_members, make_rule};

/* ---- firewalld ---- */

static const Member filter_members[] = {
    MEMBER_NAMES(Filter, services),
    MEMBER_PORTS(Filter, ports, &port_list),
    MEMBER_PORTS(Filter, source_ports, &port_list),
    MEMBER_NAMES(Filter, protocols),
    MEMBER_NAMES(Filter, icmp_blocks),
    MEMBER_BOOL(Filter, icmp_block_inversion),
    MEMBER_TRISTATE(Filter, masquerade),
    MEMBER_PORTS(Filter, forward_ports, &forward_port_list),
    MEMBER_RICH_RULES(Filter, rich_rules),
    MEMBERS_END,
};

static const Member zone_members[] = {
    MEMBER_NAME(Zone, name),
    MEMBER_BOOL(Zone, settings_read),
    MEMBER_TARGET(Zone, target),
    MEMBER_TRISTATE(Zone, forward),
    MEMBER_NAMES(Zone, interfaces),
    MEMBER_SOURCES(Zone, sources),
    MEMBER_INT(Zone, ingress_priority),
    MEMBER_INT(Zone, egress_priority),
    MEMBER_SPLICE(Zone, filter, filter_members),
    MEMBERS_END,
};

static gpointer make_zone(void)
{
    return zone_new(NULL);
}

static const ElementType zone_list = {zone_members, make_zone};

static const Member policy_members[] = {
    MEMBER_NAME(Policy, name),
    MEMBER_BOOL(Policy, settings_read),
    MEMBER_BOOL(Policy, disabled),
    MEMBER_TARGET(Policy, target),
    MEMBER_INT(Policy, priority),
    MEMBER_NAMES(Policy, ingress_zones),
    MEMBER_NAMES(Policy, egress_zones),
    MEMBER_SPLICE(Policy, filter, filter_members),
    MEMBERS_END,
};

static gpointer make_policy(void)
{
    return policy_new(NULL);
}

static const ElementType policy_list = {policy_members, make_policy};

static const Member service_members[] = {
    MEMBER_NAME(Service, name),
    MEMBER_PORTS(Service, ports, &port_list),
    MEMBER_PORTS(Service, source_ports, &port_list),
    MEMBER_NAMES(Service, protocols),
    MEMBER_NAMES(Service, includes),
    MEMBER_DESTINATION(Service, destination_ipv4),
    MEMBER_DESTINATION(Service, destination_ipv6),
    MEMBERS_END,
};

static gpointer make_service(void)
{
    return service_new(NULL);
}

static const ElementType service_list = {service_members, make_service};

static const Member ipset_members[] = {
    MEMBER_NAME(Ipset, name),
    MEMBER_TEXT(Ipset, type),
    MEMBER_BOOL(Ipset, entries_read),
    MEMBER_NAMES(Ipset, entries),
    MEMBERS_END,
};

static gpointer make_ipset(void)
{
    return ipset_new(NULL);
}

static const ElementType ipset_list = {ipset_members, make_ipset};

static const Member option_members[] = {
    MEMBER_TEXT(FirewalldOptions, backend),
    MEMBER_TEXT(FirewalldOptions, ipv6_rpfilter),
    MEMBER_TEXT(FirewalldOptions, rfc3964_ipv4),
    MEMBER_TEXT(FirewalldOptions, zone_drifting),
    MEMBER_TEXT(FirewalldOptions, strict_forward_ports),
    MEMBER_TEXT(FirewalldOptions, flush_all_on_reload),
    MEMBERS_END,
};

static const Member firewalld_members[] = {
    MEMBER_TEXT(Firewalld, version),
    MEMBER_TEXT(Firewalld, state),
    MEMBER_TEXT(Firewalld, default_zone),
    MEMBER_TRISTATE(Firewalld, panic),
    MEMBER_TEXT(Firewalld, log_denied),
    MEMBER_TRISTATE(Firewalld, direct_rules),
    MEMBER_TRISTATE(Firewalld, policies_exist),
    MEMBER_STRUCT(Firewalld, options, option_members),
    MEMBER_LIST(Firewalld, zones, &zone_list),
    MEMBER_LIST(Firewalld, policies, &policy_list),
    MEMBER_LIST(Firewalld, services, &service_list),
    MEMBER_LIST(Firewalld, ipsets, &ipset_list),
    MEMBERS_END,
};

/* ---- the permanent configuration and NetworkManager ---- */

static const Member binding_members[] = {
    MEMBER_NAME(PermanentBinding, interface),
    MEMBER_TEXT(PermanentBinding, zone),
    MEMBER_TEXT(PermanentBinding, conflict),
    MEMBERS_END,
};

static gpointer make_binding(void)
{
    return permanent_binding_new(NULL);
}

static const ElementType binding_list = {binding_members, make_binding};

/* What firewalld would load, or null. */
static JsonNode *write_loadable(G_GNUC_UNUSED const Member *member, gconstpointer object)
{
    const Permanent *permanent = object;
    return permanent->firewalld != NULL ? members_to_node(firewalld_members, permanent->firewalld)
                                        : json_node_new(JSON_NODE_NULL);
}

static bool read_loadable(G_GNUC_UNUSED const Member *member, JsonNode *node, gpointer object,
                          const JsonPlace *place, GError **error)
{
    Permanent *permanent = object;
    if (JSON_NODE_HOLDS_NULL(node))
        return true;
    permanent->firewalld = firewalld_new();
    return members_read(firewalld_members, node, permanent->firewalld, place, error);
}

static const MemberType loadable_type = {write_loadable, read_loadable};

static const Member permanent_members[] = {
    MEMBER_LIST(Permanent, bindings, &binding_list),
    {.name = "firewalld", .type = &loadable_type},
    MEMBER_TEXT(Permanent, fault),
    MEMBERS_END,
};

static const Member device_members[] = {
    MEMBER_NAME(ManagedDevice, interface),
    MEMBER_BOOL(ManagedDevice, managed),
    MEMBER_BOOL(ManagedDevice, external),
    MEMBER_TEXT(ManagedDevice, profile),
    MEMBER_TEXT(ManagedDevice, profile_uuid),
    MEMBER_TEXT(ManagedDevice, zone),
    MEMBERS_END,
};

static gpointer make_device(void)
{
    return managed_device_new(NULL);
}

static const ElementType device_list = {device_members, make_device};

static const Member networkmanager_members[] = {
    MEMBER_TRISTATE(NetworkManager, running),
    MEMBER_TEXT(NetworkManager, version),
    MEMBER_LIST(NetworkManager, devices, &device_list),
    MEMBERS_END,
};

/* ---- the whole ---- */

static const Member unread_members[] = {
    MEMBER_NAME(Unread, what),
    MEMBER_NAME(Unread, where),
    MEMBER_NAME(Unread, reason),
    MEMBERS_END,
};

static gpointer make_unread(void)
{
    return g_new0(Unread, 1);
}

static const ElementType unread_list = {unread_members, make_unread};

static const Member forwarding_members[] = {
    FIELD_MEMBER("ipv4", Snapshot, forwarding_ipv4, Tristate, &member_tristate),
    FIELD_MEMBER("ipv6", Snapshot, forwarding_ipv6, Tristate, &member_tristate),
    MEMBERS_END,
};
static const Member bridge_netfilter_members[] = {
    FIELD_MEMBER("iptables", Snapshot, bridge_call_iptables, Tristate, &member_tristate),
    FIELD_MEMBER("ip6tables", Snapshot, bridge_call_ip6tables, Tristate, &member_tristate),
    MEMBERS_END,
};

/* Links come before addresses, which are put with their links as they are read. */
static const Member snapshot_members[] = {
    MEMBER_TEXT(Snapshot, taken_at),
    MEMBER_TEXT(Snapshot, host),
    {.name = "links", .type = &links_type},
    {.name = "addresses", .type = &addresses_type},
    MEMBER_LIST(Snapshot, routes, &route_list),
    MEMBER_LIST(Snapshot, rules, &rule_list),
    MEMBER_GROUP("forwarding", forwarding_members),
    MEMBER_GROUP("bridge_netfilter", bridge_netfilter_members),
    MEMBER_POINTER(Snapshot, firewalld, firewalld_members),
    MEMBER_POINTER(Snapshot, permanent, permanent_members),
    MEMBER_POINTER(Snapshot, networkmanager, networkmanager_members),
    MEMBER_LIST(Snapshot, unread, &unread_list),
    MEMBERS_END,
};

JsonNode *snapshot_to_json(const Snapshot *snapshot)
{
    JsonObject *document = json_object_new();
    json_object_set_string_member(document, "schema", SNAPSHOT_SCHEMA);
    members_write(snapshot_members, snapshot, document);
    JsonNode *node = json_node_new(JSON_NODE_OBJECT);
    json_node_take_object(node, document);
    return node;
}

Snapshot *snapshot_from_root(JsonNode *root, const JsonPlace *place, GError **error)
{
    g_autoptr(Snapshot) snapshot = snapshot_new();
    g_autofree char *schema = document_schema(root, place, error);
    if (schema == NULL)
        return NULL;
    if (!g_str_equal(schema, SNAPSHOT_SCHEMA)) {
        const JsonPlace below = {.parent = place, .name = "schema"};
        json_place_fault(&below, error, "expected %s, found %s", SNAPSHOT_SCHEMA, schema);
        return NULL;
    }
    if (!members_read(snapshot_members, root, snapshot, place, error))
        return NULL;
    return g_steal_pointer(&snapshot);
}

Snapshot *snapshot_from_json(const char *data, gsize size, const char *name, GError **error)
{
    const JsonPlace place = {.name = name, .hint = HINT};
    g_autoptr(JsonParser) parser = document_parse(data, size, &place, error);
    if (parser == NULL)
        return NULL;
    return snapshot_from_root(json_parser_get_root(parser), &place, error);
}

Snapshot *snapshot_read_file(const char *path, GError **error)
{
    g_autofree char *name = g_str_equal(path, "-") ? g_strdup("snapshot on standard input")
                                                   : g_strdup_printf("snapshot %s", path);
    const JsonPlace place = {.name = name, .hint = HINT};
    g_autoptr(JsonParser) parser = document_read_file(path, &place, error);
    if (parser == NULL)
        return NULL;
    return snapshot_from_root(json_parser_get_root(parser), &place, error);
}
