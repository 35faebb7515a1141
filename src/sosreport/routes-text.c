/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The forms are those of iproute2's ip/iproute.c and ip/iprule.c. */
#include "sosreport/routes-text.h"

#include "model/foreach.h"
#include "sosreport/lines.h"

#include <linux/fib_rules.h>
#include <linux/rtnetlink.h>
#include <string.h>

/* ---- tables ---- */

GHashTable *table_names_from_text(char *const *lines)
{
    GHashTable *tables = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_hash_table_insert(tables, g_strdup("default"), GUINT_TO_POINTER(RT_TABLE_DEFAULT));
    g_hash_table_insert(tables, g_strdup("main"), GUINT_TO_POINTER(RT_TABLE_MAIN));
    g_hash_table_insert(tables, g_strdup("local"), GUINT_TO_POINTER(RT_TABLE_LOCAL));
    for (; lines != NULL && *lines != NULL; lines++) {
        g_auto(GStrv) words = line_words(*lines);
        guint64 number;
        if (words[0] != NULL && words[1] != NULL && number_parse(words[0], G_MAXUINT32, &number))
            g_hash_table_replace(tables, g_strdup(words[1]), GUINT_TO_POINTER((guint)number));
    }
    return tables;
}

static bool table_parse(GHashTable *tables, const char *word, guint32 *table)
{
    gpointer value;
    guint64 number;
    if (word == NULL)
        return false;
    if (g_hash_table_lookup_extended(tables, word, NULL, &value)) {
        *table = GPOINTER_TO_UINT(value);
        return true;
    }
    bool is_number = number_parse(word, G_MAXUINT32, &number);
    *table = is_number ? (guint32)number : *table;
    return is_number;
}

/* ---- routes ---- */

static bool is_ipv6(const char *line)
{
    /* iproute2 prints the preference of each route of IPv6, and says where a gateway is of another family. */
    bool has_colon = strchr(line, ':') != NULL && strstr(line, " inet6 ") == NULL;
    return has_colon || strstr(line, " pref ") != NULL;
}

static guint8 route_type(const char *word)
{
    static const char *const types[] = {
        [RTN_UNICAST] = "unicast",
        [RTN_LOCAL] = "local",
        [RTN_BROADCAST] = "broadcast",
        [RTN_ANYCAST] = "anycast",
        [RTN_MULTICAST] = "multicast",
        [RTN_BLACKHOLE] = "blackhole",
        [RTN_UNREACHABLE] = "unreachable",
        [RTN_PROHIBIT] = "prohibit",
        [RTN_THROW] = "throw",
    };
    for (guint i = 0; word != NULL && i < G_N_ELEMENTS(types); i++) {
        if (g_strcmp0(types[i], word) == 0)
            return (guint8)i;
    }
    return RTN_UNSPEC;
}

static guint8 protocol_of(const char *word)
{
    static const char *const names[] = {
        [RTPROT_REDIRECT] = "redirect", [RTPROT_KERNEL] = "kernel", [RTPROT_BOOT] = "boot",
        [RTPROT_STATIC] = "static",     [RTPROT_RA] = "ra",         [RTPROT_DHCP] = "dhcp",
        [RTPROT_ZEBRA] = "zebra",       [RTPROT_BIRD] = "bird",     [RTPROT_BGP] = "bgp",
        [RTPROT_OSPF] = "ospf",
    };
    guint64 number;
    for (guint i = 0; word != NULL && i < G_N_ELEMENTS(names); i++) {
        if (g_strcmp0(names[i], word) == 0)
            return (guint8)i;
    }
    /* What is printed without one was added by ip itself. */
    return number_parse(word, G_MAXUINT8, &number) ? (guint8)number : RTPROT_BOOT;
}

/* "default" and addresses without a length are those of FAMILY. */
static bool destination_parse(const char *word, Family family, IpPrefix *prefix)
{
    if (g_strcmp0(word, "default") == 0) {
        *prefix = (IpPrefix){.address.family = family};
        return true;
    }
    return word != NULL && ip_prefix_parse(word, prefix);
}

static guint32 nexthop_flags(char *const *words)
{
    return (words_have(words, "dead") ? RTNH_F_DEAD : 0) |
           (words_have(words, "linkdown") ? RTNH_F_LINKDOWN : 0) |
           (words_have(words, "onlink") ? RTNH_F_ONLINK : 0);
}

/* Adds the nexthop that WORDS name, if there is one. */
static bool add_nexthop(const Snapshot *snapshot, char *const *words, Route *route)
{
    Nexthop nexthop = {.weight = 1, .flags = nexthop_flags(words)};
    const char *device = word_after(words, "dev");
    const char *via = word_after(words, "via");
    guint64 weight;
    /* "via inet6 fe80::1": of the other family. */
    if (via != NULL && g_str_has_prefix(via, "inet"))
        via = word_after(words, via);
    nexthop.has_gateway = via != NULL;
    if (via != NULL && !ip_address_parse(via, &nexthop.gateway))
        return false;
    if (number_parse(word_after(words, "weight"), G_MAXUINT32, &weight))
        nexthop.weight = (guint32)weight;
    const Link *link = device != NULL ? snapshot_link_by_name(snapshot, device) : NULL;
    if (link != NULL) {
        nexthop.oif = link->index;
        g_array_append_val(route->nexthops, nexthop);
    }
    return device == NULL || link != NULL;
}

static bool read_numbers(char *const *words, GHashTable *tables, Route *route)
{
    guint64 number;
    const char *table = word_after(words, "table");
    const char *tos = word_after(words, "tos");
    route->table = RT_TABLE_MAIN;
    if (table != NULL && !table_parse(tables, table, &route->table))
        return false;
    route->protocol = protocol_of(word_after(words, "proto"));
    if (number_parse(word_after(words, "metric"), G_MAXUINT32, &number))
        route->metric = (guint32)number;
    if (number_parse(word_after(words, "nhid"), G_MAXUINT32, &number))
        route->nexthop_id = (guint32)number;
    if (number_parse(tos, G_MAXUINT8, &number))
        route->tos = (guint8)number;
    return tos == NULL || route->tos != 0;
}

static bool read_sources(char *const *words, Family family, Route *route)
{
    const char *from = word_after(words, "from");
    const char *preferred = word_after(words, "src");
    route->has_source = from != NULL;
    route->has_preferred_source = preferred != NULL;
    return (from == NULL || destination_parse(from, family, &route->source)) &&
           (preferred == NULL || ip_address_parse(preferred, &route->preferred_source));
}

/* "default via 192.0.2.1 dev eth0 proto dhcp metric 100" (transfer full) */
static Route *read_route(const char *line, GHashTable *tables, const Snapshot *snapshot)
{
    g_auto(GStrv) all = line_words(line);
    char **words = all;
    Family family = is_ipv6(line) ? FAMILY_IPV6 : FAMILY_IPV4;
    g_autoptr(Route) route = route_new();
    route->type = route_type(words[0]);
    if (route->type == RTN_UNSPEC)
        route->type = RTN_UNICAST;
    else
        words++;
    if (!destination_parse(words[0], family, &route->destination) ||
        !read_numbers(words, tables, route) || !read_sources(words, family, route) ||
        !add_nexthop(snapshot, words, route))
        return NULL;
    return g_steal_pointer(&route);
}

/* As the reader of the kernel's messages has it: observe/kernel/routes.c. */
static bool is_wide(const Route *route)
{
    const IpPrefix *to = &route->destination;
    bool is_ipv6 = to->address.family == FAMILY_IPV6;
    return route->type == RTN_UNICAST &&
           (to->length <= 1 || (is_ipv6 && (to->length == 3 || to->length == 4) &&
                                (to->address.bytes[0] & 0xe0) == 0x20));
}

static bool is_by_address(const Route *route)
{
    return route->table == RT_TABLE_LOCAL && route->protocol == RTPROT_KERNEL;
}

/* A further line of a multipath route. */
static bool read_further_nexthop(const char *line, const Snapshot *snapshot, Route *route)
{
    g_auto(GStrv) words = line_words(line);
    return route != NULL && g_strcmp0(words[0], "nexthop") == 0 &&
           add_nexthop(snapshot, words, route);
}

/* Takes ROUTE, and returns it where it is kept, NULL where it is not. */
static Route *keep_route(Route *route, Snapshot *snapshot)
{
    if (is_by_address(route)) {
        route_free(route);
        return NULL;
    }
    g_ptr_array_add(is_wide(route) ? snapshot->routes : snapshot->narrow_routes, route);
    return route;
}

guint routes_from_text(char *const *lines, GHashTable *tables, Snapshot *snapshot)
{
    guint unclear = 0;
    Route *last = NULL;
    STRV_FOREACH (line, lines) {
        if (**line == '\0')
            continue;
        if (**line == '\t') {
            unclear += read_further_nexthop(*line, snapshot, last) ? 0 : 1;
            continue;
        }
        Route *route = read_route(*line, tables, snapshot);
        last = route != NULL ? keep_route(route, snapshot) : NULL;
        unclear += route != NULL ? 0 : 1;
    }
    return unclear;
}

/* ---- rules ---- */

static bool read_mark(const char *word, Rule *rule)
{
    g_auto(GStrv) halves = g_strsplit(word, "/", 2);
    guint64 mark, mask = G_MAXUINT32;
    if (!number_parse(halves[0], G_MAXUINT32, &mark) ||
        (halves[1] != NULL && !number_parse(halves[1], G_MAXUINT32, &mask)))
        return false;
    rule->mark = (guint32)mark;
    rule->mark_mask = (guint32)mask;
    return true;
}

static bool read_ports(const char *word, RulePorts *ports)
{
    g_auto(GStrv) halves = g_strsplit(word, "-", 2);
    guint64 first, last;
    if (!number_parse(halves[0], G_MAXUINT16, &first))
        return false;
    last = first;
    if (halves[1] != NULL && !number_parse(halves[1], G_MAXUINT16, &last))
        return false;
    *ports = (RulePorts){(guint32)first, (guint32)last};
    return true;
}

/* These numbers do not change (IANA); the names are those of iproute2. */
static bool read_protocol(const char *word, guint8 *protocol)
{
    static const struct {
        const char *name;
        guint8 number;
    } known[] = {{"icmp", 1}, {"tcp", 6}, {"udp", 17}, {"ipv6-icmp", 58}, {"sctp", 132}};
    guint64 number;
    for (gsize i = 0; i < G_N_ELEMENTS(known); i++) {
        if (g_str_equal(known[i].name, word)) {
            *protocol = known[i].number;
            return true;
        }
    }
    if (!number_parse(word, G_MAXUINT8, &number))
        return false;
    *protocol = (guint8)number;
    return true;
}

static bool read_prefix(const char *word, bool *is_there, IpPrefix *prefix)
{
    *is_there = !g_str_equal(word, "all");
    return !*is_there || ip_prefix_parse(word, prefix);
}

static bool read_number(const char *word, guint64 max, guint32 *value)
{
    guint64 number;
    if (!number_parse(word, max, &number))
        return false;
    *value = (guint32)number;
    return true;
}

/* Reads the pair KEY and VALUE. */
static bool read_selector(const char *key, const char *value, GHashTable *tables, Rule *rule)
{
    guint32 number = 0;
    if (g_str_equal(key, "from"))
        return read_prefix(value, &rule->has_source, &rule->source);
    if (g_str_equal(key, "to"))
        return read_prefix(value, &rule->has_destination, &rule->destination);
    if (g_str_equal(key, "lookup")) {
        rule->l3mdev = g_str_equal(value, "[l3mdev-table]");
        return rule->l3mdev || table_parse(tables, value, &rule->table);
    }
    if (g_str_equal(key, "fwmark"))
        return read_mark(value, rule);
    if (g_str_equal(key, "sport"))
        return read_ports(value, &rule->source_ports);
    if (g_str_equal(key, "dport"))
        return read_ports(value, &rule->destination_ports);
    if (g_str_equal(key, "ipproto"))
        return read_protocol(value, &rule->ip_protocol);
    if (g_str_equal(key, "goto"))
        return read_number(value, G_MAXUINT32, &rule->target);
    if (g_str_equal(key, "iif") || g_str_equal(key, "oif")) {
        char **name = *key == 'i' ? &rule->iif : &rule->oif;
        g_free(*name);
        *name = g_strdup(value);
        return true;
    }
    bool is_tos = g_str_equal(key, "tos") && read_number(value, G_MAXUINT8, &number);
    bool suppresses = g_str_equal(key, "suppress_prefixlength") && read_number(value, 128, &number);
    if (is_tos)
        rule->tos = (guint8)number;
    if (suppresses)
        rule->suppress_prefix_length = (int)number;
    return is_tos || suppresses || g_str_equal(key, "proto");
}

/* Words that stand alone. */
static bool read_flag(const char *word, Rule *rule)
{
    static const struct {
        const char *word;
        guint8 action;
    } actions[] = {
        {"nop", FR_ACT_NOP},
        {"blackhole", FR_ACT_BLACKHOLE},
        {"unreachable", FR_ACT_UNREACHABLE},
        {"prohibit", FR_ACT_PROHIBIT},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(actions); i++) {
        if (g_str_equal(actions[i].word, word)) {
            rule->action = actions[i].action;
            return true;
        }
    }
    bool inverts = g_str_equal(word, "not");
    rule->inverted = rule->inverted || inverts;
    return inverts || g_str_equal(word, "[detached]") || g_str_equal(word, "[unresolved]");
}

static void read_selectors(char *const *words, GHashTable *tables, Rule *rule)
{
    while (*words != NULL) {
        if (read_flag(*words, rule)) {
            words++;
        } else if (words[1] != NULL && read_selector(*words, words[1], tables, rule)) {
            words += 2;
        } else {
            rule->other_selector = true;
            words++;
        }
    }
    if (rule->target != 0)
        rule->action = FR_ACT_GOTO;
}

guint rules_from_text(char *const *lines, GHashTable *tables, Family family, Snapshot *snapshot)
{
    guint unclear = 0;
    STRV_FOREACH (line, lines) {
        g_auto(GStrv) words = line_words(*line);
        guint64 priority;
        bool has_priority = words[0] != NULL && g_str_has_suffix(words[0], ":");
        if (has_priority)
            words[0][strlen(words[0]) - 1] = '\0';
        if (!has_priority || !number_parse(words[0], G_MAXUINT32, &priority)) {
            unclear += words[0] != NULL ? 1 : 0;
            continue;
        }
        Rule *rule = rule_new();
        rule->family = family;
        rule->priority = (guint32)priority;
        rule->action = FR_ACT_TO_TBL;
        read_selectors(words + 1, tables, rule);
        g_ptr_array_add(snapshot->rules, rule);
    }
    return unclear;
}
