/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A snapshot in which every field has a value of its own, for tests of what becomes of each. */
#pragma once

#include "documents/snapshot-json.h"

#include "cases.h"

static void set_list(char ***list, const char *words)
{
    g_strfreev(*list);
    *list = g_strsplit(words, " ", -1);
}

static IpPrefix prefix_of(const char *text)
{
    IpPrefix prefix;
    assert_true(ip_prefix_parse(text, &prefix));
    return prefix;
}

static void add_address(Link *link, const char *prefix, guint8 scope, guint32 flags)
{
    LinkAddress address = {.prefix = prefix_of(prefix), .scope = scope, .flags = flags};
    g_ptr_array_add(link->addresses, g_memdup2(&address, sizeof address));
}

static void add_links(Snapshot *snapshot)
{
    Link *full = link_new();
    full->index = G_MAXINT;
    full->name = g_strdup("vrf-\"\\\x1b\x1f\xe2\x80\xae\xf0\x9f\x94\xa5");
    set_list(&full->altnames, "one two");
    full->kind = g_strdup("vrf");
    full->port_kind = g_strdup("bond");
    full->parent_device = g_strdup("0000:02:00.0");
    full->parent_bus = g_strdup("pci");
    full->mac = g_strdup("52:54:00:a1:b2:c3");
    full->permanent_mac = g_strdup("52:54:00:a1:b2:c4");
    full->mtu = G_MAXUINT32;
    full->flags = 0x80000001;
    full->operstate = 6;
    full->carrier = TRISTATE_YES;
    full->master = 7;
    full->lower = 8;
    full->vrf_table = 1001;
    full->rp_filter = 2;
    full->forwarding_ipv4 = TRISTATE_YES;
    full->forwarding_ipv6 = TRISTATE_NO;
    full->skip_linkdown_ipv4 = TRISTATE_YES;
    full->skip_linkdown_ipv6 = TRISTATE_NO;
    full->programs = (LinkPrograms){.xdp = true, .tc_egress = true};
    full->bridge_call_iptables = TRISTATE_NO;
    full->bridge_call_ip6tables = TRISTATE_YES;
    full->hairpin = TRISTATE_YES;
    full->isolated = TRISTATE_NO;
    add_address(full, "10.244.2.1/24", 0, 0x80);
    add_address(full, "fe80::1/64", 253, 0xffffffff);
    snapshot_add_link(snapshot, full);

    /* The least that a link can be, but for an operational state that is not known yet. */
    Link *bare = link_new();
    bare->index = 1;
    bare->name = g_strdup("lo");
    bare->operstate = 200;
    bare->carrier = TRISTATE_NO;
    add_address(bare, "127.0.0.1/8", 254, 0);
    snapshot_add_link(snapshot, bare);
}

static void add_routes(Snapshot *snapshot)
{
    Route *route = route_new();
    route->destination = prefix_of("128.0.0.0/1");
    route->has_source = true;
    route->source = prefix_of("2001:db8:5::/64");
    route->tos = 16;
    route->has_preferred_source = true;
    route->preferred_source = prefix_of("192.0.2.7").address;
    route->table = G_MAXUINT32;
    route->protocol = 255;
    route->metric = 1024;
    route->nexthop_id = 42;
    const Nexthop via = {.oif = 3,
                         .has_gateway = true,
                         .gateway = prefix_of("fe80::2").address,
                         .weight = 256,
                         .flags = 0x14};
    const Nexthop direct = {.oif = 0, .weight = 1};
    g_array_append_val(route->nexthops, via);
    g_array_append_val(route->nexthops, direct);
    g_ptr_array_add(snapshot->routes, route);
    Route *bare = route_new();
    bare->destination = prefix_of("::/0");
    g_ptr_array_add(snapshot->routes, bare);
    Route *narrow = route_new();
    narrow->destination = prefix_of("10.9.0.0/16");
    narrow->type = 7;
    g_ptr_array_add(snapshot->narrow_routes, narrow);
    snapshot->routes_complete = TRISTATE_NO;
}

static void add_rules(Snapshot *snapshot)
{
    Rule *rule = rule_new();
    rule->family = FAMILY_IPV6;
    rule->priority = 32765;
    rule->action = 1;
    rule->table = 51820;
    rule->l3mdev = true;
    rule->inverted = true;
    rule->iif = g_strdup("cni0");
    rule->oif = g_strdup("wg0");
    rule->has_source = true;
    rule->source = prefix_of("2001:db8::/32");
    rule->has_destination = true;
    rule->destination = prefix_of("2001:db8:1::/48");
    rule->mark = 0xca6c;
    rule->mark_mask = G_MAXUINT32;
    rule->target = 40000;
    rule->tos = 8;
    rule->ip_protocol = 17;
    rule->source_ports = (RulePorts){1, 1024};
    rule->destination_ports = (RulePorts){53, 65535};
    rule->other_selector = true;
    rule->suppress_prefix_length = 0;
    g_ptr_array_add(snapshot->rules, rule);
    Rule *bare = rule_new();
    bare->family = FAMILY_IPV4;
    g_ptr_array_add(snapshot->rules, bare);
}

static void fill_filter(Filter *filter)
{
    set_list(&filter->services, "ssh http");
    g_ptr_array_add(filter->ports, port_range_parse("80", "tcp"));
    g_ptr_array_add(filter->ports, port_range_parse("8000-8500", "udp"));
    g_ptr_array_add(filter->source_ports, port_range_parse("67", "udp"));
    set_list(&filter->protocols, "gre");
    set_list(&filter->icmp_blocks, "echo-request redirect");
    filter->icmp_block_inversion = true;
    filter->masquerade = TRISTATE_YES;
    g_ptr_array_add(filter->forward_ports, forward_port_new("80", "tcp", "8080", "10.0.0.2"));
    g_ptr_array_add(filter->forward_ports, forward_port_new("81-82", "udp", NULL, NULL));
    g_ptr_array_add(
        filter->rich_rules,
        rich_rule_parse("rule family=\"ipv4\" source NOT address=\"10.0.0.0/8\" "
                        "port port=\"80\" protocol=\"tcp\" accept limit value=\"1/m\""));
    g_ptr_array_add(filter->rich_rules, rich_rule_parse("rule frobnicate"));
}

static void add_zones(Firewalld *firewalld)
{
    Zone *zone = zone_new("public");
    zone->settings_read = true;
    zone->target = TARGET_REJECT;
    zone->forward = TRISTATE_YES;
    set_list(&zone->interfaces, "enp2s0 cali+");
    g_ptr_array_add(zone->sources, address_spec_parse("10.0.0.0/8"));
    g_ptr_array_add(zone->sources, address_spec_parse("52:54:00:A1:B2:C3"));
    g_ptr_array_add(zone->sources, address_spec_parse("ipset:friends"));
    zone->ingress_priority = -5;
    zone->egress_priority = 32767;
    fill_filter(&zone->filter);
    g_ptr_array_add(firewalld->zones, zone);
    g_ptr_array_add(firewalld->zones, zone_new("bare"));
    Policy *policy = policy_new("pods-out");
    policy->settings_read = true;
    policy->disabled = true;
    policy->target = TARGET_CONTINUE;
    policy->priority = -15000;
    set_list(&policy->ingress_zones, "ANY");
    set_list(&policy->egress_zones, "HOST public");
    fill_filter(&policy->filter);
    g_ptr_array_add(firewalld->policies, policy);
}

static void fill_firewalld(Firewalld *firewalld)
{
    firewalld->version = g_strdup("1.3.3");
    firewalld->state = g_strdup("RUNNING");
    firewalld->default_zone = g_strdup("public");
    firewalld->panic = TRISTATE_NO;
    firewalld->log_denied = g_strdup("off");
    firewalld->direct_rules = TRISTATE_YES;
    firewalld->policies_exist = TRISTATE_YES;
    firewalld->options.backend = g_strdup("nftables");
    firewalld->options.ipv6_rpfilter = g_strdup("loose");
    firewalld->options.rfc3964_ipv4 = g_strdup("yes");
    firewalld->options.zone_drifting = g_strdup("no");
    firewalld->options.strict_forward_ports = g_strdup("maybe");
    firewalld->options.flush_all_on_reload = g_strdup("never");
    add_zones(firewalld);
    Service *service = service_new("amanda");
    g_ptr_array_add(service->ports, port_range_parse("", "esp"));
    g_ptr_array_add(service->source_ports, port_range_parse("53", "udp"));
    set_list(&service->protocols, "ah");
    set_list(&service->includes, "ssh");
    service->destination_ipv4 = address_spec_parse("224.0.0.251");
    service->destination_ipv6 = address_spec_parse("ff02::fb");
    g_ptr_array_add(firewalld->services, service);
    Ipset *ipset = ipset_new("friends");
    ipset->type = g_strdup("hash:ip");
    ipset->entries_read = true;
    set_list(&ipset->entries, "10.8.0.1 10.8.0.2");
    g_ptr_array_add(firewalld->ipsets, ipset);
}

static void add_sockets(Snapshot *snapshot)
{
    Socket *bound = g_new0(Socket, 1);
    bound->protocol = PROTOCOL_UDP;
    bound->address = prefix_of("0.0.0.0").address;
    bound->port = 67;
    bound->interface = 7;
    g_ptr_array_add(snapshot->sockets, bound);
    Socket *only_ipv6 = g_new0(Socket, 1);
    only_ipv6->protocol = PROTOCOL_TCP;
    only_ipv6->address = prefix_of("2001:db8::1").address;
    only_ipv6->port = 65535;
    only_ipv6->only_ipv6 = true;
    g_ptr_array_add(snapshot->sockets, only_ipv6);
}

static void add_legacy_tables(Snapshot *snapshot)
{
    LegacyTable *table = legacy_table_new();
    table->family = FAMILY_IPV6;
    table->name = g_strdup("filter");
    table->chains = g_strsplit("INPUT FORWARD", " ", -1);
    g_ptr_array_add(snapshot->legacy_tables, table);
    LegacyTable *unread = legacy_table_new();
    unread->family = FAMILY_IPV4;
    g_ptr_array_add(snapshot->legacy_tables, unread);
}

static Snapshot *full_snapshot(void)
{
    Snapshot *snapshot = snapshot_new();
    snapshot->taken_at = g_strdup("2024-04-07T08:45:19+00:00");
    snapshot->host = g_strdup("worker");
    snapshot->rp_filter = 1;
    snapshot->forwarding_ipv4 = TRISTATE_YES;
    snapshot->forwarding_ipv6 = TRISTATE_NO;
    snapshot->bridge_call_iptables = TRISTATE_NO;
    snapshot->bridge_call_ip6tables = TRISTATE_YES;
    add_links(snapshot);
    add_routes(snapshot);
    add_rules(snapshot);
    add_legacy_tables(snapshot);
    add_sockets(snapshot);
    fill_firewalld(snapshot->firewalld);
    PermanentBinding *binding = permanent_binding_new("enp2s0");
    binding->zone = g_strdup("work");
    binding->conflict = g_strdup("public work  (ERROR: in 2 zones)");
    g_ptr_array_add(snapshot->permanent->bindings, binding);
    ManagedDevice *device = managed_device_new("wlp3s0");
    device->managed = true;
    device->external = true;
    device->profile = g_strdup("home");
    device->profile_uuid = g_strdup("5b0c9f3e-6a21-4c0e-9a77-2f1c1e6d8b42");
    device->zone = g_strdup("home");
    snapshot->networkmanager->running = TRISTATE_YES;
    snapshot->networkmanager->version = g_strdup("1.42.4");
    g_ptr_array_add(snapshot->networkmanager->devices, device);
    snapshot_add_unread(snapshot, "settings of zone work", "getZoneSettings2", "not authorised");
    return snapshot;
}

/* The document in one line, as it is printed. */
static char *to_text(const Snapshot *snapshot)
{
    json_auto_t *document = snapshot_to_json(snapshot);
    return json_document_text(document, false);
}
