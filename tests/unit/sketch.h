/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Hosts in a few lines of text, for tests that need only a feature or two of one:
 *
 *   link NAME KIND [down] [in MASTER] [on LOWER] [table N] [addr P,P..] [alt N,N..] [forwarding no]
 *                  [port-kind K] [parent D] [mac M] [carrier no] [forwarding6 yes]
 *                  [skip-linkdown yes] [hairpin yes|no|?] [isolated yes] [bridge4 yes] [bridge6 yes] [addr-link P]
 *                  [addr-noroute P] [addr-secondary P] [programs xdp,tc-ingress,tc-egress]
 *   route PREFIX [dev NAME [via G] [dead|linkdown]].. [table N] [metric N] [nhid N] [type N] [tos N]
 *         [from P] [src A]
 *   net PREFIX [dev NAME] [via G] [proto N] [type N]   (a route that is not wide)
 *   socket tcp|udp ADDRESS PORT [on NAME] [only6]
 *   rule 4|6 [table N] [l3mdev] [action N] [goto N] [suppress N] [not] [priority N] [from P] [to P]
 *        [iif N] [oif N] [mark N] [tos N] [protocol N] [sport N[-N]] [dport N[-N]] [user]
 *   host forwarding4 yes|no|? forwarding6 .. bridge4 .. bridge6 ..
 *   legacy 4|6 TABLE|- [CHAIN,CHAIN..]     (of ip_tables; no chains: not known)
 *   firewalld VERSION DEFAULT-ZONE [panic yes|?] [direct yes|?] [policies ?]
 *   zone NAME [target T] [forward yes|no|?] [interfaces I,I..] [sources S,S..] [services S,S..]
 *             [ports P,P..] [source-ports P,P..] [protocols P,P..] [icmp-blocks T,T..] [inversion]
 *             [forward-port PORT:PROTOCOL:TO-PORT:TO-ADDRESS].. [rich RULE].. [masquerade yes]
 *             [ingress-priority N] [egress-priority N] [unread]
 *   change NAME ...                          (a zone that is there; words as for zone)
 *   bind ZONE INTERFACE                      (in the running firewall and permanently)
 *   policy NAME [ingress Z,Z..] [egress Z,Z..] [priority N] [target T] [services S,S..] [ports P,P..]
 *   service NAME [ports P,P..] [includes S,S..] [destination4 A] [destination6 A]
 *   ipset NAME TYPE|- [ENTRY,ENTRY..]        (no entries: they could not be read)
 *   option NAME VALUE|-                      (of firewalld.conf)
 *   permanent INTERFACE ZONE|-|!WORDS        (! a conflict, in firewalld's own words)
 *   manager INTERFACE ZONE|- [uuid U] [external]
 *   lasting WORDS                            (of what firewalld would load, as WORDS say)
 *   fault WORDS                              (what firewalld says of its permanent configuration)
 *
 * Links are indexed from 1 in the order they are given and are up unless they say "down"; kinds
 * "physical" and "loopback" mean what they say, "-" is none. A link can be @INDEX instead of a name. Words are split as a shell does. */
#pragma once

#include "model/host/snapshot.h"

#include "cases.h"

#include <linux/fib_rules.h>
#include <linux/if.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <string.h>

/* ---- values ---- */

static inline IpPrefix sketch_prefix(const char *text)
{
    IpPrefix prefix;
    if (!ip_prefix_parse(text, &prefix))
        g_error("no prefix: %s", text);
    return prefix;
}

static inline guint sketch_number(const char *text)
{
    guint64 number;
    if (!g_ascii_string_to_unsigned(text, 10, 0, G_MAXUINT32, &number, NULL))
        g_error("no number: %s", text);
    return (guint)number;
}

static inline Tristate sketch_tristate(const char *text)
{
    if (!strchr("yn?", *text))
        g_error("neither yes, no nor ?: %s", text);
    return *text == 'y' ? TRISTATE_YES : *text == 'n' ? TRISTATE_NO : TRISTATE_UNKNOWN;
}

static inline void sketch_list(char ***list, const char *words)
{
    g_strfreev(*list);
    *list = g_strsplit(words, ",", -1);
}

static inline char *sketch_name_or_null(const char *word)
{
    return g_str_equal(word, "-") ? NULL : g_strdup(word);
}

static inline int sketch_index(const Snapshot *snapshot, const char *name)
{
    const Link *link = snapshot_link_by_name(snapshot, name);
    if (link == NULL && *name == '@')
        return (int)sketch_number(name + 1);
    if (link == NULL)
        g_error("no link: %s", name);
    return link->index;
}

/* ---- the words of a line ---- */

/* Moves to the next word, which has to be there. */
static inline const char *sketch_value(char ***word)
{
    (*word)++;
    if (**word == NULL)
        g_error("%s: a value is missing", (*word)[-1]);
    return **word;
}

static inline void sketch_unknown(const char *word)
{
    g_error("unknown word: %s", word);
}

/* ---- the kernel's side ---- */

static inline void sketch_addresses(Link *link, const char *words, guint8 scope, guint32 flags)
{
    g_auto(GStrv) texts = g_strsplit(words, ",", -1);
    for (char **text = texts; *text != NULL; text++) {
        LinkAddress address = {.prefix = sketch_prefix(*text), .scope = scope, .flags = flags};
        if (g_str_has_prefix(*text, "fe80:"))
            address.scope = RT_SCOPE_LINK;
        g_ptr_array_add(link->addresses, g_memdup2(&address, sizeof address));
    }
}

static inline void sketch_programs(Link *link, const char *words)
{
    g_auto(GStrv) names = g_strsplit(words, ",", -1);
    for (char **name = names; *name != NULL; name++) {
        if (g_str_equal(*name, "xdp"))
            link->programs.xdp = true;
        else if (g_str_equal(*name, "tc-ingress"))
            link->programs.tc_ingress = true;
        else if (g_str_equal(*name, "tc-egress"))
            link->programs.tc_egress = true;
        else
            sketch_unknown(*name);
    }
}

static inline void sketch_parent(Link *link, const char *word)
{
    g_free(link->parent_device);
    link->parent_device = sketch_name_or_null(word);
}

static inline void sketch_link_word(Snapshot *snapshot, Link *link, char ***word)
{
    const char *key = **word;
    if (g_str_equal(key, "down"))
        link->flags &= ~(guint32)IFF_UP;
    else if (g_str_equal(key, "in"))
        link->master = sketch_index(snapshot, sketch_value(word));
    else if (g_str_equal(key, "on"))
        link->lower = sketch_index(snapshot, sketch_value(word));
    else if (g_str_equal(key, "table"))
        link->vrf_table = sketch_number(sketch_value(word));
    else if (g_str_equal(key, "addr"))
        sketch_addresses(link, sketch_value(word), RT_SCOPE_UNIVERSE, 0);
    else if (g_str_equal(key, "addr-link"))
        sketch_addresses(link, sketch_value(word), RT_SCOPE_LINK, 0);
    else if (g_str_equal(key, "addr-secondary"))
        sketch_addresses(link, sketch_value(word), RT_SCOPE_UNIVERSE, IFA_F_SECONDARY);
    else if (g_str_equal(key, "addr-noroute"))
        sketch_addresses(link, sketch_value(word), RT_SCOPE_UNIVERSE, IFA_F_NOPREFIXROUTE);
    else if (g_str_equal(key, "programs"))
        sketch_programs(link, sketch_value(word));
    else if (g_str_equal(key, "alt"))
        sketch_list(&link->altnames, sketch_value(word));
    else if (g_str_equal(key, "forwarding"))
        link->forwarding_ipv4 = sketch_tristate(sketch_value(word));
    else if (g_str_equal(key, "port-kind"))
        link->port_kind = g_strdup(sketch_value(word));
    else if (g_str_equal(key, "mac"))
        link->mac = g_strdup(sketch_value(word));
    else if (g_str_equal(key, "parent"))
        sketch_parent(link, sketch_value(word));
    else if (g_str_equal(key, "bridge6"))
        link->bridge_call_ip6tables = sketch_tristate(sketch_value(word));
    else if (g_str_equal(key, "bridge4"))
        link->bridge_call_iptables = sketch_tristate(sketch_value(word));
    else if (g_str_equal(key, "forwarding6"))
        link->forwarding_ipv6 = sketch_tristate(sketch_value(word));
    else if (g_str_equal(key, "skip-linkdown"))
        link->skip_linkdown_ipv4 = link->skip_linkdown_ipv6 = sketch_tristate(sketch_value(word));
    else if (g_str_equal(key, "hairpin"))
        link->hairpin = sketch_tristate(sketch_value(word));
    else if (g_str_equal(key, "isolated"))
        link->isolated = sketch_tristate(sketch_value(word));
    else if (g_str_equal(key, "carrier"))
        link->carrier = sketch_tristate(sketch_value(word));
    else
        sketch_unknown(key);
}

static inline void sketch_link(Snapshot *snapshot, char **word)
{
    Link *link = link_new();
    link->index = (int)snapshot->links->len + 1;
    link->name = g_strdup(sketch_value(&word));
    link->kind = sketch_name_or_null(sketch_value(&word));
    link->flags = IFF_UP;
    link->carrier = TRISTATE_YES;
    if (g_strcmp0(link->kind, "loopback") == 0)
        link->flags |= IFF_LOOPBACK;
    if (g_strcmp0(link->kind, "physical") == 0)
        link->parent_device = g_strdup("0000:00:03.0");
    for (word++; *word != NULL; word++)
        sketch_link_word(snapshot, link, &word);
    snapshot_add_link(snapshot, link);
}

static inline void sketch_route(Snapshot *snapshot, char **word)
{
    Route *route = route_new();
    route->destination = sketch_prefix(sketch_value(&word));
    route->table = RT_TABLE_MAIN;
    for (word++; *word != NULL; word++) {
        const char *key = *word;
        if (g_str_equal(key, "dev")) {
            Nexthop nexthop = {.oif = sketch_index(snapshot, sketch_value(&word)), .weight = 1};
            g_array_append_val(route->nexthops, nexthop);
        } else if (g_str_equal(key, "via")) {
            Nexthop *last = &g_array_index(route->nexthops, Nexthop, route->nexthops->len - 1);
            last->has_gateway = ip_address_parse(sketch_value(&word), &last->gateway);
        } else if (g_str_equal(key, "table")) {
            route->table = sketch_number(sketch_value(&word));
        } else if (g_str_equal(key, "metric")) {
            route->metric = sketch_number(sketch_value(&word));
        } else if (g_str_equal(key, "nhid")) {
            route->nexthop_id = sketch_number(sketch_value(&word));
        } else if (g_str_equal(key, "type")) {
            route->type = (guint8)sketch_number(sketch_value(&word));
        } else if (g_str_equal(key, "tos")) {
            route->tos = (guint8)sketch_number(sketch_value(&word));
        } else if (g_str_equal(key, "from")) {
            route->has_source = ip_prefix_parse(sketch_value(&word), &route->source);
        } else if (g_str_equal(key, "src")) {
            route->has_preferred_source =
                ip_address_parse(sketch_value(&word), &route->preferred_source);
        } else if (g_str_equal(key, "dead")) {
            g_array_index(route->nexthops, Nexthop, route->nexthops->len - 1).flags = RTNH_F_DEAD;
        } else if (g_str_equal(key, "linkdown")) {
            g_array_index(route->nexthops, Nexthop, route->nexthops->len - 1).flags =
                RTNH_F_LINKDOWN;
        } else {
            sketch_unknown(key);
        }
    }
    g_ptr_array_add(snapshot->routes, route);
}

static inline void sketch_net(Snapshot *snapshot, char **word)
{
    Route *route = route_new();
    route->destination = sketch_prefix(sketch_value(&word));
    route->table = RT_TABLE_MAIN;
    route->type = RTN_UNICAST;
    route->protocol = RTPROT_BOOT;
    Nexthop nexthop = {.weight = 1};
    for (word++; *word != NULL; word++) {
        const char *key = *word;
        if (g_str_equal(key, "dev"))
            nexthop.oif = sketch_index(snapshot, sketch_value(&word));
        else if (g_str_equal(key, "via"))
            nexthop.has_gateway = ip_address_parse(sketch_value(&word), &nexthop.gateway);
        else if (g_str_equal(key, "proto"))
            route->protocol = (guint8)sketch_number(sketch_value(&word));
        else if (g_str_equal(key, "type"))
            route->type = (guint8)sketch_number(sketch_value(&word));
        else
            sketch_unknown(key);
    }
    g_array_append_val(route->nexthops, nexthop);
    g_ptr_array_add(snapshot->narrow_routes, route);
}

static inline void sketch_socket(Snapshot *snapshot, char **word)
{
    Socket *socket = g_new0(Socket, 1);
    socket->protocol = protocol_from_word(sketch_value(&word), FAMILY_IPV4);
    socket->address = sketch_prefix(sketch_value(&word)).address;
    socket->port = sketch_number(sketch_value(&word));
    for (word++; *word != NULL; word++) {
        const char *key = *word;
        if (g_str_equal(key, "on"))
            socket->interface = sketch_index(snapshot, sketch_value(&word));
        else if (g_str_equal(key, "only6"))
            socket->only_ipv6 = true;
        else
            sketch_unknown(key);
    }
    g_ptr_array_add(snapshot->sockets, socket);
}

static inline RulePorts sketch_rule_ports(const char *word)
{
    g_auto(GStrv) ends = g_strsplit(word, "-", 2);
    guint first = sketch_number(ends[0]);
    return (RulePorts){first, ends[1] != NULL ? sketch_number(ends[1]) : first};
}

/* What a packet must be for the rule; false where KEY is no such word. */
static inline bool sketch_rule_selector(Rule *rule, const char *key, char ***word)
{
    if (g_str_equal(key, "from"))
        rule->has_source = ip_prefix_parse(sketch_value(word), &rule->source);
    else if (g_str_equal(key, "to"))
        rule->has_destination = ip_prefix_parse(sketch_value(word), &rule->destination);
    else if (g_str_equal(key, "iif"))
        rule->iif = g_strdup(sketch_value(word));
    else if (g_str_equal(key, "oif"))
        rule->oif = g_strdup(sketch_value(word));
    else if (g_str_equal(key, "mark"))
        rule->mark = rule->mark_mask = sketch_number(sketch_value(word));
    else if (g_str_equal(key, "tos"))
        rule->tos = (guint8)sketch_number(sketch_value(word));
    else if (g_str_equal(key, "protocol"))
        rule->ip_protocol = (guint8)sketch_number(sketch_value(word));
    else if (g_str_equal(key, "sport"))
        rule->source_ports = sketch_rule_ports(sketch_value(word));
    else if (g_str_equal(key, "dport"))
        rule->destination_ports = sketch_rule_ports(sketch_value(word));
    else if (g_str_equal(key, "user"))
        rule->other_selector = true;
    else
        return false;
    return true;
}

static inline void sketch_rule(Snapshot *snapshot, char **word)
{
    Rule *rule = rule_new();
    rule->family = g_str_equal(sketch_value(&word), "6") ? FAMILY_IPV6 : FAMILY_IPV4;
    rule->action = FR_ACT_TO_TBL;
    for (word++; *word != NULL; word++) {
        const char *key = *word;
        if (g_str_equal(key, "table"))
            rule->table = sketch_number(sketch_value(&word));
        else if (g_str_equal(key, "action"))
            rule->action = (guint8)sketch_number(sketch_value(&word));
        else if (g_str_equal(key, "suppress"))
            rule->suppress_prefix_length = (int)sketch_number(sketch_value(&word));
        else if (g_str_equal(key, "l3mdev"))
            rule->l3mdev = true;
        else if (g_str_equal(key, "not"))
            rule->inverted = true;
        else if (g_str_equal(key, "priority"))
            rule->priority = sketch_number(sketch_value(&word));
        else if (g_str_equal(key, "goto"))
            rule->target = sketch_number(sketch_value(&word));
        else if (!sketch_rule_selector(rule, key, &word))
            sketch_unknown(key);
    }
    g_ptr_array_add(snapshot->rules, rule);
}

static inline void sketch_host(Snapshot *snapshot, char **word)
{
    for (word++; *word != NULL; word++) {
        const char *key = *word;
        Tristate *place = g_str_equal(key, "forwarding4")   ? &snapshot->forwarding_ipv4
                          : g_str_equal(key, "forwarding6") ? &snapshot->forwarding_ipv6
                          : g_str_equal(key, "bridge4")     ? &snapshot->bridge_call_iptables
                          : g_str_equal(key, "bridge6")     ? &snapshot->bridge_call_ip6tables
                                                            : NULL;
        if (place == NULL)
            sketch_unknown(key);
        *place = sketch_tristate(sketch_value(&word));
    }
}

static inline void sketch_legacy(Snapshot *snapshot, char **word)
{
    LegacyTable *table = legacy_table_new();
    table->family = g_str_equal(sketch_value(&word), "6") ? FAMILY_IPV6 : FAMILY_IPV4;
    table->name = sketch_name_or_null(sketch_value(&word));
    if (word[1] != NULL)
        sketch_list(&table->chains, word[1]);
    g_ptr_array_add(snapshot->legacy_tables, table);
}

/* ---- firewalld's side ---- */

static inline void sketch_ports(GPtrArray *ports, const char *words)
{
    g_auto(GStrv) texts = g_strsplit(words, ",", -1);
    for (char **text = texts; *text != NULL; text++) {
        g_auto(GStrv) parts = g_strsplit(*text, "/", 2);
        PortRange *range = port_range_parse(parts[0], parts[1]);
        if (range == NULL)
            g_error("no port: %s", *text);
        g_ptr_array_add(ports, range);
    }
}

static inline void sketch_firewalld(Snapshot *snapshot, char **word)
{
    Firewalld *firewalld = snapshot->firewalld;
    g_free(firewalld->version);
    g_free(firewalld->default_zone);
    firewalld->version = sketch_name_or_null(sketch_value(&word));
    firewalld->default_zone = sketch_name_or_null(sketch_value(&word));
    for (word++; *word != NULL; word++) {
        const char *key = *word;
        if (g_str_equal(key, "panic"))
            firewalld->panic = sketch_tristate(sketch_value(&word));
        else if (g_str_equal(key, "direct"))
            firewalld->direct_rules = sketch_tristate(sketch_value(&word));
        else if (g_str_equal(key, "policies"))
            firewalld->policies_exist = sketch_tristate(sketch_value(&word));
        else if (g_str_equal(key, "flush"))
            firewalld->options.flush_all_on_reload = g_strdup(sketch_value(&word));
        else
            sketch_unknown(key);
    }
}

/* PORT:PROTOCOL:TO-PORT:TO-ADDRESS, as firewall-cmd orders them; what is left out is empty. */
static inline void sketch_forward_port(GPtrArray *forward_ports, const char *text)
{
    g_auto(GStrv) parts = g_strsplit(text, ":", 4);
    ForwardPort *forward_port =
        g_strv_length(parts) == 4 ? forward_port_new(parts[0], parts[1], parts[2], parts[3]) : NULL;
    if (forward_port == NULL)
        g_error("no forward port: %s", text);
    g_ptr_array_add(forward_ports, forward_port);
}

static inline bool sketch_filter_word(Filter *filter, char ***word)
{
    const char *key = **word;
    if (g_str_equal(key, "source-ports"))
        sketch_ports(filter->source_ports, sketch_value(word));
    else if (g_str_equal(key, "protocols"))
        sketch_list(&filter->protocols, sketch_value(word));
    else if (g_str_equal(key, "icmp-blocks"))
        sketch_list(&filter->icmp_blocks, sketch_value(word));
    else if (g_str_equal(key, "inversion"))
        filter->icmp_block_inversion = true;
    else if (g_str_equal(key, "forward-port"))
        sketch_forward_port(filter->forward_ports, sketch_value(word));
    else if (g_str_equal(key, "services"))
        sketch_list(&filter->services, sketch_value(word));
    else if (g_str_equal(key, "ports"))
        sketch_ports(filter->ports, sketch_value(word));
    else if (g_str_equal(key, "rich"))
        g_ptr_array_add(filter->rich_rules, rich_rule_parse(sketch_value(word)));
    else if (g_str_equal(key, "masquerade"))
        filter->masquerade = sketch_tristate(sketch_value(word));
    else
        return false;
    return true;
}

static inline void sketch_zone_word(Zone *zone, char ***word)
{
    const char *key = **word;
    if (g_str_equal(key, "target"))
        zone->target = target_from_word(sketch_value(word));
    else if (g_str_equal(key, "forward"))
        zone->forward = sketch_tristate(sketch_value(word));
    else if (g_str_equal(key, "interfaces"))
        sketch_list(&zone->interfaces, sketch_value(word));
    else if (g_str_equal(key, "ingress-priority"))
        zone->ingress_priority = atoi(sketch_value(word));
    else if (g_str_equal(key, "egress-priority"))
        zone->egress_priority = atoi(sketch_value(word));
    else if (g_str_equal(key, "sources")) {
        g_auto(GStrv) texts = g_strsplit(sketch_value(word), ",", -1);
        for (char **text = texts; *text != NULL; text++)
            g_ptr_array_add(zone->sources, address_spec_parse(*text));
    } else if (!sketch_filter_word(&zone->filter, word))
        sketch_unknown(key);
}

/* A zone is as firewalld 1.0 and later make one: target default, forward on. */
static inline void sketch_zone(Snapshot *snapshot, char **word)
{
    Zone *zone = zone_new(sketch_value(&word));
    zone->settings_read = true;
    zone->target = TARGET_DEFAULT;
    zone->forward = TRISTATE_YES;
    zone->filter.masquerade = TRISTATE_NO;
    for (word++; *word != NULL; word++) {
        if (!g_str_equal(*word, "unread")) {
            sketch_zone_word(zone, &word);
            continue;
        }
        zone->settings_read = false;
        zone->target = TARGET_UNKNOWN;
        zone->forward = TRISTATE_UNKNOWN;
        zone->filter.masquerade = TRISTATE_UNKNOWN;
    }
    g_ptr_array_add(snapshot->firewalld->zones, zone);
}

static inline Zone *sketch_known_zone(const Snapshot *snapshot, const char *name)
{
    Zone *zone = firewalld_zone(snapshot->firewalld, name);
    if (zone == NULL)
        g_error("no zone: %s", name);
    return zone;
}

static inline void sketch_change(Snapshot *snapshot, char **word)
{
    Zone *zone = sketch_known_zone(snapshot, sketch_value(&word));
    for (word++; *word != NULL; word++)
        sketch_zone_word(zone, &word);
}

static inline void sketch_bind(Snapshot *snapshot, char **word)
{
    Zone *zone = sketch_known_zone(snapshot, sketch_value(&word));
    const char *name = sketch_value(&word);
    g_autofree char *names = g_strjoinv(",", zone->interfaces);
    g_autofree char *all = g_strjoin(*names != '\0' ? "," : "", names, name, NULL);
    sketch_list(&zone->interfaces, all);
    PermanentBinding *binding = (PermanentBinding *)permanent_binding(snapshot->permanent, name);
    if (binding == NULL) {
        binding = permanent_binding_new(name);
        g_ptr_array_add(snapshot->permanent->bindings, binding);
    }
    g_free(binding->zone);
    binding->zone = g_strdup(zone->name);
}

static inline void sketch_policy_word(Policy *policy, char ***word)
{
    const char *key = **word;
    if (g_str_equal(key, "ingress"))
        sketch_list(&policy->ingress_zones, sketch_value(word));
    else if (g_str_equal(key, "egress"))
        sketch_list(&policy->egress_zones, sketch_value(word));
    else if (g_str_equal(key, "disabled"))
        policy->disabled = true;
    else if (g_str_equal(key, "unread"))
        policy->settings_read = false;
    else if (g_str_equal(key, "priority"))
        policy->priority = atoi(sketch_value(word));
    else if (g_str_equal(key, "target"))
        policy->target = target_from_word(sketch_value(word));
    else if (!sketch_filter_word(&policy->filter, word))
        sketch_unknown(key);
}

static inline void sketch_policy(Snapshot *snapshot, char **word)
{
    Policy *policy = policy_new(sketch_value(&word));
    policy->settings_read = true;
    policy->priority = -1;
    policy->target = TARGET_CONTINUE;
    for (word++; *word != NULL; word++)
        sketch_policy_word(policy, &word);
    g_ptr_array_add(snapshot->firewalld->policies, policy);
}

static inline void sketch_service(Snapshot *snapshot, char **word)
{
    Service *service = service_new(sketch_value(&word));
    for (word++; *word != NULL; word++) {
        const char *key = *word;
        if (g_str_equal(key, "ports"))
            sketch_ports(service->ports, sketch_value(&word));
        else if (g_str_equal(key, "source-ports"))
            sketch_ports(service->source_ports, sketch_value(&word));
        else if (g_str_equal(key, "protocols"))
            sketch_list(&service->protocols, sketch_value(&word));
        else if (g_str_equal(key, "includes"))
            sketch_list(&service->includes, sketch_value(&word));
        else if (g_str_equal(key, "destination4"))
            service->destination_ipv4 = address_spec_parse(sketch_value(&word));
        else if (g_str_equal(key, "destination6"))
            service->destination_ipv6 = address_spec_parse(sketch_value(&word));
        else
            sketch_unknown(key);
    }
    g_ptr_array_add(snapshot->firewalld->services, service);
}

static inline void sketch_ipset(Snapshot *snapshot, char **word)
{
    Ipset *ipset = ipset_new(sketch_value(&word));
    ipset->type = sketch_name_or_null(sketch_value(&word));
    for (word++; *word != NULL; word++) {
        ipset->entries_read = true;
        sketch_list(&ipset->entries, *word);
    }
    g_ptr_array_add(snapshot->firewalld->ipsets, ipset);
}

static inline void sketch_option(Snapshot *snapshot, char **word)
{
    FirewalldOptions *options = &snapshot->firewalld->options;
    const struct {
        const char *name;
        char **value;
    } known[] = {
        {"FirewallBackend", &options->backend},
        {"IPv6_rpfilter", &options->ipv6_rpfilter},
        {"RFC3964_IPv4", &options->rfc3964_ipv4},
        {"AllowZoneDrifting", &options->zone_drifting},
        {"StrictForwardPorts", &options->strict_forward_ports},
    };
    const char *name = sketch_value(&word);
    for (gsize i = 0; i < G_N_ELEMENTS(known); i++) {
        if (g_str_equal(name, known[i].name)) {
            g_free(*known[i].value);
            *known[i].value = sketch_name_or_null(sketch_value(&word));
            return;
        }
    }
    sketch_unknown(name);
}

static inline void sketch_permanent(Snapshot *snapshot, char **word)
{
    PermanentBinding *binding = permanent_binding_new(sketch_value(&word));
    const char *zone = sketch_value(&word);
    if (*zone == '!')
        binding->conflict = g_strdup(zone + 1);
    else
        binding->zone = sketch_name_or_null(zone);
    g_ptr_array_add(snapshot->permanent->bindings, binding);
}

static inline void sketch_manager(Snapshot *snapshot, char **word)
{
    ManagedDevice *device = managed_device_new(sketch_value(&word));
    device->zone = sketch_name_or_null(sketch_value(&word));
    device->managed = true;
    device->profile = g_strdup("Wired connection 1");
    for (word++; *word != NULL; word++) {
        const char *key = *word;
        if (g_str_equal(key, "uuid")) {
            device->profile_uuid = g_strdup(sketch_value(&word));
        } else if (g_str_equal(key, "external")) {
            device->external = true;
            device->managed = false;
        } else {
            sketch_unknown(key);
        }
    }
    snapshot->networkmanager->running = TRISTATE_YES;
    g_ptr_array_add(snapshot->networkmanager->devices, device);
}

/* ---- what lasts ---- */

static inline void sketch_fault(Snapshot *snapshot, char **word)
{
    snapshot->permanent->fault = g_strdup(sketch_value(&word));
}

static inline void sketch_words(Snapshot *snapshot, char **words);

/* The words are taken as if they were of the running side. */
static inline void sketch_lasting(Snapshot *snapshot, char **word)
{
    Firewalld *running = snapshot->firewalld;
    if (snapshot->permanent->firewalld == NULL) {
        snapshot->permanent->firewalld = firewalld_new();
        snapshot->permanent->firewalld->default_zone = g_strdup(running->default_zone);
        snapshot->permanent->firewalld->direct_rules = TRISTATE_NO;
        snapshot->permanent->firewalld->options.backend = g_strdup("nftables");
    }
    snapshot->firewalld = snapshot->permanent->firewalld;
    sketch_words(snapshot, word + 1);
    snapshot->firewalld = running;
}

/* ---- the whole ---- */

static inline void sketch_words(Snapshot *snapshot, char **words)
{
    static const struct {
        const char *word;
        void (*take)(Snapshot *snapshot, char **word);
    } kinds[] = {
        {"link", sketch_link},
        {"route", sketch_route},
        {"rule", sketch_rule},
        {"host", sketch_host},
        {"firewalld", sketch_firewalld},
        {"zone", sketch_zone},
        {"policy", sketch_policy},
        {"service", sketch_service},
        {"permanent", sketch_permanent},
        {"manager", sketch_manager},
        {"change", sketch_change},
        {"bind", sketch_bind},
        {"ipset", sketch_ipset},
        {"option", sketch_option},
        {"lasting", sketch_lasting},
        {"fault", sketch_fault},
        {"net", sketch_net},
        {"socket", sketch_socket},
        {"legacy", sketch_legacy},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++) {
        if (g_str_equal(words[0], kinds[i].word)) {
            kinds[i].take(snapshot, words);
            return;
        }
    }
    sketch_unknown(words[0]);
}

static inline void sketch_line(Snapshot *snapshot, const char *line)
{
    g_auto(GStrv) words = NULL;
    if (g_shell_parse_argv(line, NULL, &words, NULL)) /* else it is empty */
        sketch_words(snapshot, words);
}

/* Adds the lines of TEXT to SNAPSHOT. */
static inline void sketch_add(Snapshot *snapshot, const char *text)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (char **line = lines; *line != NULL; line++)
        sketch_line(snapshot, *line);
}

/* The host of TEXT (transfer full): it forwards IPv4 and has the default rules, unless TEXT says
 * more of either, and firewalld 1.3.3 with the default zone public. */
static inline Snapshot *sketch(const char *text)
{
    Snapshot *snapshot = snapshot_new();
    snapshot->taken_at = g_strdup("2024-04-07T08:45:19+00:00");
    snapshot->host = g_strdup("worker");
    snapshot->firewalld->state = g_strdup("RUNNING");
    snapshot->firewalld->panic = TRISTATE_NO;
    snapshot->firewalld->direct_rules = TRISTATE_NO;
    snapshot->firewalld->policies_exist = TRISTATE_YES;
    snapshot->firewalld->options.backend = g_strdup("nftables");
    snapshot->networkmanager->running = TRISTATE_NO;
    sketch_add(snapshot, "host forwarding4 yes forwarding6 no\nfirewalld 1.3.3 public");
    sketch_add(snapshot, text);
    return snapshot;
}
