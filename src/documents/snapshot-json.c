/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The tables that say which member of the document is which field of the snapshot. Both writing and
 * reading follow them. */
#include "documents/snapshot-json.h"

#include "documents/ruleset-json.h"
#include "documents/snapshot-members.h"
#include "model/foreach.h"

#define HINT "make a snapshot with: nicfix snapshot > FILE"

/* ---- links and their addresses ---- */

static const Member link_forwarding_members[] = {
    TRISTATE_MEMBER("ipv4", Link, forwarding_ipv4),
    TRISTATE_MEMBER("ipv6", Link, forwarding_ipv6),
    MEMBERS_END,
};
static const Member link_bridge_netfilter_members[] = {
    TRISTATE_MEMBER("iptables", Link, bridge_call_iptables),
    TRISTATE_MEMBER("ip6tables", Link, bridge_call_ip6tables),
    MEMBERS_END,
};
static const Member link_skip_linkdown_members[] = {
    TRISTATE_MEMBER("ipv4", Link, skip_linkdown_ipv4),
    TRISTATE_MEMBER("ipv6", Link, skip_linkdown_ipv6),
    MEMBERS_END,
};
static const Member link_program_members[] = {
    MEMBER_BOOL(LinkPrograms, xdp),
    MEMBER_BOOL(LinkPrograms, tc_ingress),
    MEMBER_BOOL(LinkPrograms, tc_egress),
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
    MEMBER_INTEGER(Link, rp_filter, 0, 2, .optional = true),
    MEMBER_GROUP("forwarding", link_forwarding_members),
    MEMBER_GROUP("ignore_routes_with_linkdown", link_skip_linkdown_members, .optional = true),
    MEMBER_GROUP("bridge_netfilter", link_bridge_netfilter_members),
    MEMBER_STRUCT(Link, programs, link_program_members, .optional = true),
    FIELD_MEMBER("hairpin", Link, hairpin, Tristate, &member_tristate, .nullable = true,
                 .optional = true),
    FIELD_MEMBER("isolated", Link, isolated, Tristate, &member_tristate, .nullable = true,
                 .optional = true),
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

static json_t *write_links(G_GNUC_UNUSED const Member *member, gconstpointer object)
{
    const Snapshot *snapshot = object;
    json_t *array = json_array();
    PTR_ARRAY_FOREACH (const Link, link, snapshot->links)
        json_array_append_new(array, members_to_json(link_members, link));
    return array;
}

static bool read_link(json_t *value, gpointer snapshot, const JsonPlace *place, GError **error)
{
    g_autoptr(Link) link = link_new();
    if (!members_read(link_members, value, link, place, error))
        return false;
    if (snapshot_link_by_index(snapshot, link->index) != NULL)
        return json_place_fault(&(JsonPlace){.parent = place, .name = "index"}, error,
                                "an earlier link also has the index %d", link->index);
    snapshot_add_link(snapshot, g_steal_pointer(&link));
    return true;
}

static json_t *write_addresses(G_GNUC_UNUSED const Member *member, gconstpointer object)
{
    const Snapshot *snapshot = object;
    json_t *array = json_array();
    PTR_ARRAY_FOREACH (const Link, link, snapshot->links) {
        PTR_ARRAY_FOREACH (const LinkAddress, address, link->addresses) {
            const AddressRow row = {.link = link->index, .address = *address};
            json_array_append_new(array, members_to_json(address_members, &row));
        }
    }
    return array;
}

static bool read_address(json_t *value, gpointer snapshot, const JsonPlace *place, GError **error)
{
    AddressRow row = {0};
    if (!members_read(address_members, value, &row, place, error))
        return false;
    const Link *link = snapshot_link_by_index(snapshot, row.link);
    if (link == NULL)
        return json_place_fault(&(JsonPlace){.parent = place, .name = "link"}, error,
                                "no link has the index %d", row.link);
    g_ptr_array_add(link->addresses, g_memdup2(&row.address, sizeof row.address));
    return true;
}

static const MemberType links_type = {write_links, member_read_each};
static const MemberType addresses_type = {write_addresses, member_read_each};

/* ---- routes and rules ---- */

static const Member nexthop_members[] = {
    MEMBER_OPTIONAL_IFINDEX(Nexthop, oif),
    MEMBER_OPTIONAL_ADDRESS(Nexthop, gateway, has_gateway),
    MEMBER_UINT32(Nexthop, weight),
    MEMBER_UINT32(Nexthop, flags),
    MEMBERS_END,
};

static json_t *write_nexthops(G_GNUC_UNUSED const Member *member, gconstpointer object)
{
    const Route *route = object;
    json_t *array = json_array();
    ARRAY_FOREACH (const Nexthop, nexthop, route->nexthops)
        json_array_append_new(array, members_to_json(nexthop_members, nexthop));
    return array;
}

static bool read_nexthop(json_t *value, gpointer route, const JsonPlace *place, GError **error)
{
    Nexthop nexthop = {0};
    if (!members_read(nexthop_members, value, &nexthop, place, error))
        return false;
    g_array_append_val(((Route *)route)->nexthops, nexthop);
    return true;
}

static const MemberType nexthops_type = {write_nexthops, member_read_each};

static const Member route_members[] = {
    MEMBER_PREFIX("destination", Route, destination),
    MEMBER_OPTIONAL_PREFIX(Route, source, has_source, .optional = true),
    MEMBER_INTEGER(Route, tos, 0, G_MAXUINT8, .optional = true),
    MEMBER_UINT32(Route, table),
    MEMBER_INTEGER(Route, type, 1, G_MAXUINT8, .optional = true),
    MEMBER_UINT8(Route, protocol),
    MEMBER_UINT32(Route, metric),
    MEMBER_OPTIONAL_ADDRESS(Route, preferred_source, has_preferred_source, .optional = true),
    MEMBER_OPTIONAL_UINT32(Route, nexthop_id),
    {.name = "nexthops", .type = &nexthops_type, .reader = read_nexthop},
    MEMBERS_END,
};
DEFINE_LIST(route, route_members, route_new());

static const Member rule_ports_members[] = {
    MEMBER_INTEGER(RulePorts, first, 0, G_MAXUINT16),
    MEMBER_INTEGER(RulePorts, last, 0, G_MAXUINT16),
    MEMBERS_END,
};

static const Member rule_members[] = {
    MEMBER_FAMILY(Rule, family),
    MEMBER_UINT32(Rule, priority),
    MEMBER_UINT8(Rule, action),
    MEMBER_INTEGER(Rule, target, 0, G_MAXUINT32, .optional = true),
    MEMBER_OPTIONAL_UINT32(Rule, table),
    MEMBER_BOOL(Rule, l3mdev),
    MEMBER_BOOL(Rule, inverted),
    MEMBER_TEXT(Rule, iif),
    MEMBER_TEXT(Rule, oif),
    MEMBER_OPTIONAL_PREFIX(Rule, source, has_source),
    MEMBER_OPTIONAL_PREFIX(Rule, destination, has_destination),
    MEMBER_UINT32(Rule, mark),
    MEMBER_UINT32(Rule, mark_mask),
    MEMBER_INTEGER(Rule, tos, 0, G_MAXUINT8, .optional = true),
    MEMBER_INTEGER(Rule, ip_protocol, 0, G_MAXUINT8, .optional = true),
    MEMBER_STRUCT(Rule, source_ports, rule_ports_members, .optional = true),
    MEMBER_STRUCT(Rule, destination_ports, rule_ports_members, .optional = true),
    FIELD_MEMBER("other_selector", Rule, other_selector, bool, &member_bool, .optional = true),
    MEMBER_SUPPRESSION(Rule, suppress_prefix_length),
    MEMBERS_END,
};
DEFINE_LIST(rule, rule_members, rule_new());

/* ---- firewalld ---- */

static const Member filter_members[] = {
    MEMBER_NAMES(Filter, services),
    MEMBER_PORTS(Filter, ports, port_members),
    MEMBER_PORTS(Filter, source_ports, port_members),
    MEMBER_NAMES(Filter, protocols),
    MEMBER_NAMES(Filter, icmp_blocks),
    MEMBER_BOOL(Filter, icmp_block_inversion),
    MEMBER_TRISTATE(Filter, masquerade),
    MEMBER_PORTS(Filter, forward_ports, forward_port_members),
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
DEFINE_LIST(zone, zone_members, zone_new(NULL));

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
DEFINE_LIST(policy, policy_members, policy_new(NULL));

static const Member service_members[] = {
    MEMBER_NAME(Service, name),
    MEMBER_PORTS(Service, ports, port_members),
    MEMBER_PORTS(Service, source_ports, port_members),
    MEMBER_NAMES(Service, protocols),
    MEMBER_NAMES(Service, includes),
    MEMBER_DESTINATION(Service, destination_ipv4),
    MEMBER_DESTINATION(Service, destination_ipv6),
    MEMBERS_END,
};
DEFINE_LIST(service, service_members, service_new(NULL));

static const Member ipset_members[] = {
    MEMBER_NAME(Ipset, name),
    MEMBER_TEXT(Ipset, type),
    MEMBER_BOOL(Ipset, entries_read),
    MEMBER_NAMES(Ipset, entries),
    MEMBERS_END,
};
DEFINE_LIST(ipset, ipset_members, ipset_new(NULL));

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
DEFINE_LIST(binding, binding_members, permanent_binding_new(NULL));

/* What firewalld would load, or null. */
static json_t *write_loadable(const Member *member, gconstpointer object)
{
    const Firewalld *firewalld = *(Firewalld **)member_field(member, object);
    return firewalld != NULL ? members_to_json(firewalld_members, firewalld) : json_null();
}

static bool read_loadable(const Member *member, json_t *value, gpointer object,
                          const JsonPlace *place, GError **error)
{
    Firewalld **firewalld = member_field(member, object);
    *firewalld = firewalld_new();
    return members_read(firewalld_members, value, *firewalld, place, error);
}

static const MemberType loadable_type = {write_loadable, read_loadable};

static const Member permanent_members[] = {
    MEMBER_LIST(Permanent, bindings, &binding_list),
    FIELD_MEMBER("firewalld", Permanent, firewalld, Firewalld *, &loadable_type, .nullable = true),
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
DEFINE_LIST(device, device_members, managed_device_new(NULL));

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
DEFINE_LIST(unread, unread_members, g_new0(Unread, 1));

static const Member legacy_table_members[] = {
    MEMBER_FAMILY(LegacyTable, family),
    MEMBER_TEXT(LegacyTable, name),
    FIELD_MEMBER("chains", LegacyTable, chains, char **, &member_names, .nullable = true),
    MEMBERS_END,
};
DEFINE_LIST(legacy_table, legacy_table_members, legacy_table_new());

static const Member socket_members[] = {
    MEMBER_TRANSPORT(Socket, protocol),
    FIELD_MEMBER("address", Socket, address, IpAddress, &member_address),
    MEMBER_INTEGER(Socket, port, 1, G_MAXUINT16),
    MEMBER_OPTIONAL_IFINDEX(Socket, interface),
    MEMBER_BOOL(Socket, only_ipv6),
    MEMBERS_END,
};
DEFINE_LIST(socket, socket_members, g_new0(Socket, 1));

static const Member forwarding_members[] = {
    TRISTATE_MEMBER("ipv4", Snapshot, forwarding_ipv4),
    TRISTATE_MEMBER("ipv6", Snapshot, forwarding_ipv6),
    MEMBERS_END,
};
static const Member bridge_netfilter_members[] = {
    TRISTATE_MEMBER("iptables", Snapshot, bridge_call_iptables),
    TRISTATE_MEMBER("ip6tables", Snapshot, bridge_call_ip6tables),
    MEMBERS_END,
};

/* Links come before addresses, each of which is added to its link as it is read. */
static const Member snapshot_members[] = {
    MEMBER_TEXT(Snapshot, taken_at),
    MEMBER_TEXT(Snapshot, host),
    {.name = "links", .type = &links_type, .reader = read_link},
    {.name = "addresses", .type = &addresses_type, .reader = read_address},
    MEMBER_LIST(Snapshot, routes, &route_list),
    FIELD_MEMBER("narrow_routes", Snapshot, narrow_routes, GPtrArray *, &member_list,
                 .detail = &route_list, .optional = true),
    FIELD_MEMBER("routes_complete", Snapshot, routes_complete, Tristate, &member_tristate,
                 .nullable = true, .optional = true),
    MEMBER_LIST(Snapshot, rules, &rule_list),
    MEMBER_GROUP("forwarding", forwarding_members),
    MEMBER_GROUP("bridge_netfilter", bridge_netfilter_members),
    MEMBER_POINTER(Snapshot, firewalld, firewalld_members),
    MEMBER_POINTER(Snapshot, permanent, permanent_members),
    MEMBER_POINTER(Snapshot, networkmanager, networkmanager_members),
    MEMBER_LIST(Snapshot, unread, &unread_list),
    MEMBER_INTEGER(Snapshot, rp_filter, 0, 2, .optional = true),
    FIELD_MEMBER("legacy_tables", Snapshot, legacy_tables, GPtrArray *, &member_list,
                 .detail = &legacy_table_list, .optional = true),
    FIELD_MEMBER("sockets", Snapshot, sockets, GPtrArray *, &member_list, .detail = &socket_list,
                 .optional = true),
    FIELD_MEMBER("ruleset", Snapshot, ruleset, Ruleset *, &member_ruleset, .nullable = true,
                 .optional = true),
    MEMBERS_END,
};

json_t *snapshot_to_json(const Snapshot *snapshot)
{
    json_t *document = json_document("snapshot");
    members_write(snapshot_members, snapshot, document);
    return document;
}

Snapshot *snapshot_from_root(json_t *root, const JsonPlace *place, GError **error)
{
    g_autofree char *schema = document_schema(root, place, error);
    if (schema == NULL)
        return NULL;
    if (!g_str_equal(schema, SNAPSHOT_SCHEMA)) {
        const JsonPlace below = {.parent = place, .name = "schema"};
        json_place_fault(&below, error, "expected %s, found %s", SNAPSHOT_SCHEMA, schema);
        return NULL;
    }
    g_autoptr(Snapshot) snapshot = snapshot_new();
    if (!members_read(snapshot_members, root, snapshot, place, error))
        return NULL;
    return g_steal_pointer(&snapshot);
}

Snapshot *snapshot_from_json(const char *data, gsize size, const char *name, GError **error)
{
    const JsonPlace place = {.name = name, .hint = HINT};
    json_auto_t *root = document_parse(data, size, &place, error);
    return root != NULL ? snapshot_from_root(root, &place, error) : NULL;
}

Snapshot *snapshot_read_file(const char *path, GError **error)
{
    g_autofree char *name = g_str_equal(path, "-") ? g_strdup("snapshot on standard input")
                                                   : g_strdup_printf("snapshot %s", path);
    const JsonPlace place = {.name = name, .hint = HINT};
    json_auto_t *root = document_read_file(path, &place, error);
    return root != NULL ? snapshot_from_root(root, &place, error) : NULL;
}
