/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Chains are followed from the hooks to the rules that translate: what names the port may be the rule
 * itself or one on the way to it. See published-ports.h. */
#include "model/needs/published-ports.h"

#include "model/foreach.h"
#include "model/host/owner.h"

#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/xt_multiport.h>
#include <linux/netfilter/xt_tcpudp.h>
#include <linux/in.h>
#include <string.h>

enum {
    PORTS_MAX = 256,
    DEPTH_MAX = 16, /* NFT_JUMP_STACK_SIZE of linux/netfilter/nf_tables.h: no packet jumps deeper */
};

/* ---- what one rule names ---- */

typedef enum {
    LOADED_OTHER,
    LOADED_FAMILY,
    LOADED_PROTOCOL,
    LOADED_PORT,
    LOADED_DESTINATION,
} Loaded;

typedef struct {
    IpAddress to; /* of this host, where HAS_TO */
    bool has_to;
    bool names_port;
} Inherited; /* what the rules say on the way to a chain */

typedef struct {
    const NftTable *table;
    Family family;
    GHashTable *owners;
    Loaded loaded[REGISTERS_SIZE / 4]; /* what is in each register */
    GArray *ports;                     /* guint16 */
    GArray *protocols;                 /* Protocol */
    bool tests_port;
    bool is_for_others; /* no packet of this family to this host matches, or none that has ports */
    bool has_to;
    IpAddress to;
} Named;

static gsize address_size(Family family)
{
    return family == FAMILY_IPV6 ? 16 : 4;
}

static void name_port(Named *named, guint port)
{
    guint16 number = (guint16)port;
    named->tests_port = true;
    if (port > 0 && port <= G_MAXUINT16 && named->ports->len < PORTS_MAX)
        g_array_append_val(named->ports, number);
}

static void name_range(Named *named, guint first, guint last, bool inverted)
{
    if (first == 0 && last == G_MAXUINT16) /* how iptables writes that any will do */
        return;
    name_port(named, inverted ? first - 1 : first);
    if (inverted || last != first)
        name_port(named, inverted ? last + 1 : last);
}

static void name_protocol(Named *named, guint8 number)
{
    Protocol protocol = number == IPPROTO_TCP    ? PROTOCOL_TCP
                        : number == IPPROTO_UDP  ? PROTOCOL_UDP
                        : number == IPPROTO_SCTP ? PROTOCOL_SCTP
                                                 : PROTOCOL_ANY;
    if (protocol == PROTOCOL_ANY)
        named->is_for_others = true;
    else
        g_array_append_val(named->protocols, protocol);
}

static void name_family(Named *named, guint8 number)
{
    Family family = number == NFPROTO_IPV6 ? FAMILY_IPV6 : FAMILY_IPV4;
    named->is_for_others = named->is_for_others || family != named->family;
}

static void name_destination(Named *named, const guint8 *bytes)
{
    IpAddress to = {.family = named->family};
    memcpy(to.bytes, bytes, address_size(named->family));
    if (!g_hash_table_contains(named->owners, &to)) {
        named->is_for_others = true;
    } else if (!named->has_to) {
        named->to = to;
        named->has_to = true;
    }
}

static guint port_at(const guint8 *bytes)
{
    return (guint)(bytes[0] << 8 | bytes[1]);
}

/* That register AT is tested for values of SIZE bytes, from FIRST to LAST. */
static void name_values(Named *named, gint at, const guint8 *first, const guint8 *last, gsize size,
                        bool inverted)
{
    Loaded loaded = at >= 0 && at < REGISTERS_SIZE ? named->loaded[at / 4] : LOADED_OTHER;
    bool is_one = !inverted && size > 0 && memcmp(first, last, size) == 0;
    if (loaded == LOADED_PORT && size >= 2)
        name_range(named, port_at(first), port_at(last), inverted);
    else if (loaded == LOADED_PROTOCOL && is_one)
        name_protocol(named, *first);
    else if (loaded == LOADED_FAMILY && is_one)
        name_family(named, *first);
    else if (loaded == LOADED_DESTINATION && is_one && size >= address_size(named->family))
        name_destination(named, first);
}

/* ---- its expressions ---- */

static Loaded payload_of(const Named *named, const Expression *load)
{
    bool v6 = named->family == FAMILY_IPV6;
    if (load->key == NFT_PAYLOAD_TRANSPORT_HEADER)
        return load->offset == 2 && load->length == 2 ? LOADED_PORT : LOADED_OTHER;
    if (load->key != NFT_PAYLOAD_NETWORK_HEADER)
        return LOADED_OTHER;
    if (load->length == 1 && load->offset == (v6 ? 6 : 9))
        return LOADED_PROTOCOL;
    bool is_destination =
        load->length == address_size(named->family) && load->offset == (v6 ? 24 : 16);
    return is_destination ? LOADED_DESTINATION : LOADED_OTHER;
}

static void read_load(Named *named, const Expression *expression)
{
    Loaded loaded = LOADED_OTHER;
    if (expression->kind == EXPRESSION_PAYLOAD)
        loaded = payload_of(named, expression);
    else if (expression->kind == EXPRESSION_META && expression->key == NFT_META_L4PROTO)
        loaded = LOADED_PROTOCOL;
    else if (expression->kind == EXPRESSION_META && expression->key == NFT_META_NFPROTO)
        loaded = LOADED_FAMILY;
    if (expression->destination >= 0 && expression->destination < REGISTERS_SIZE)
        named->loaded[expression->destination / 4] = loaded;
}

static void read_comparison(Named *named, const Expression *compare)
{
    gsize size = 0, end_size = 0;
    const guint8 *data = compare->data != NULL ? g_bytes_get_data(compare->data, &size) : NULL;
    const guint8 *end =
        compare->data_end != NULL ? g_bytes_get_data(compare->data_end, &end_size) : data;
    bool is_range = compare->kind == EXPRESSION_RANGE;
    if (data == NULL || size == 0 || (is_range && end_size < size))
        return;
    if (is_range || compare->operation == NFT_CMP_EQ || compare->operation == NFT_CMP_NEQ) {
        bool inverted = compare->operation == (is_range ? NFT_RANGE_NEQ : NFT_CMP_NEQ);
        name_values(named, compare->source, data, is_range ? end : data, size, inverted);
    } else if (compare->operation == NFT_CMP_LTE || compare->operation == NFT_CMP_GTE) {
        name_values(named, compare->source, data, data, size, false); /* one end of a range */
    } else {
        name_values(named, compare->source, data, data, size, true);
    }
}

/* A key is what a row of registers is compared with; each field of a concatenation begins a register. */
static void read_element(Named *named, const Expression *lookup, const NftElement *element)
{
    gsize size = 0, end_size = 0;
    const guint8 *key = g_bytes_get_data(element->key, &size);
    const guint8 *end =
        element->key_end != NULL ? g_bytes_get_data(element->key_end, &end_size) : key;
    bool inverted = (lookup->flags & NFT_LOOKUP_F_INV) != 0;
    if (element->key_end != NULL && end_size < size)
        return;
    for (gsize at = 0; at < size; at += 4) {
        gsize field = MIN(size - at, address_size(named->family));
        name_values(named, lookup->source + (gint)at, key + at, end + at, field, inverted);
    }
}

/* Of a set or map, only the elements that are for this host count. */
static void read_lookup(Named *named, const Expression *lookup)
{
    const NftSet *set = nft_table_set(named->table, lookup->name);
    bool any = set == NULL || set->elements->len == 0;
    for (guint i = 0; set != NULL && i < set->elements->len && !named->is_for_others; i++) {
        const NftElement *element = g_ptr_array_index(set->elements, i);
        guint ports = named->ports->len, protocols = named->protocols->len;
        if (element->key != NULL)
            read_element(named, lookup, element);
        any = any || !named->is_for_others;
        if (named->is_for_others) {
            g_array_set_size(named->ports, ports);
            g_array_set_size(named->protocols, protocols);
            named->is_for_others = false;
        }
    }
    named->is_for_others = named->is_for_others || !any;
}

static void read_multiport(Named *named, const struct xt_multiport_v1 *info)
{
    for (guint i = 0; i < MIN(info->count, XT_MULTI_PORTS); i++) {
        bool is_range = info->pflags[i] != 0 && i + 1 < XT_MULTI_PORTS;
        guint16 first = info->ports[i];
        name_range(named, first, is_range ? info->ports[++i] : first, info->invert != 0);
    }
}

static void read_match(Named *named, const Expression *match)
{
    gsize size = 0;
    const void *data = match->data != NULL ? g_bytes_get_data(match->data, &size) : NULL;
    struct xt_multiport_v1 ports;
    struct xt_tcp tcp;
    struct xt_udp udp;
    if (g_strcmp0(match->name, "multiport") == 0 && size >= sizeof ports) {
        memcpy(&ports, data, sizeof ports);
        if (ports.flags != XT_MULTIPORT_SOURCE)
            read_multiport(named, &ports);
    } else if (g_strcmp0(match->name, "tcp") == 0 && size >= sizeof tcp) {
        memcpy(&tcp, data, sizeof tcp);
        name_range(named, tcp.dpts[0], tcp.dpts[1], (tcp.invflags & XT_TCP_INV_DSTPT) != 0);
    } else if (g_strcmp0(match->name, "udp") == 0 && size >= sizeof udp) {
        memcpy(&udp, data, sizeof udp);
        name_range(named, udp.dpts[0], udp.dpts[1], (udp.invflags & XT_UDP_INV_DSTPT) != 0);
    }
}

static void read_rule(Named *named, const Inherited *before, const NftRule *rule)
{
    memset(named->loaded, 0, sizeof named->loaded);
    g_array_set_size(named->ports, 0);
    g_array_set_size(named->protocols, 0);
    named->tests_port = before->names_port;
    named->has_to = before->has_to;
    named->to = before->to;
    named->is_for_others = false;
    PTR_ARRAY_FOREACH (const Expression, expression, rule->expressions) {
        if (expression->kind == EXPRESSION_CMP || expression->kind == EXPRESSION_RANGE)
            read_comparison(named, expression);
        else if (expression->kind == EXPRESSION_LOOKUP)
            read_lookup(named, expression);
        else if (expression->kind == EXPRESSION_MATCH)
            read_match(named, expression);
        else
            read_load(named, expression);
    }
}

/* ---- where it leads ---- */

typedef struct {
    Named named;
    GHashTable *leading;      /* NftChain to whether some rule that it leads to translates */
    GHashTable *walked;       /* NftChain: those that packets of any port get to */
    GHashTable *named_walked; /* those that packets of a named port do */
    GArray *ports;            /* PublishedPort */
} PortSearch;

static bool translates(const Expression *expression)
{
    return (expression->kind == EXPRESSION_NAT && expression->key == NFT_NAT_DNAT) ||
           (expression->kind == EXPRESSION_TARGET && g_strcmp0(expression->name, "DNAT") == 0);
}

/* The chains that EXPRESSION leads to are added to CHAINS. */
static void add_targets(const NftTable *table, const Expression *expression, GPtrArray *chains)
{
    const NftSet *map = expression->kind == EXPRESSION_LOOKUP && expression->verdict_map
                            ? nft_table_set(table, expression->name)
                            : NULL;
    for (guint i = 0; map != NULL && i < map->elements->len; i++) {
        const NftElement *element = g_ptr_array_index(map->elements, i);
        NftChain *chain = element->chain != NULL ? nft_table_chain(table, element->chain) : NULL;
        if (chain != NULL)
            g_ptr_array_add(chains, chain);
    }
    if (expression->kind == EXPRESSION_VERDICT && expression->name != NULL) {
        NftChain *chain = nft_table_chain(table, expression->name);
        if (chain != NULL)
            g_ptr_array_add(chains, chain);
    }
}

static bool chain_leads(PortSearch *search, const NftChain *chain, guint depth);

/* Whether RULE translates itself, or leads to a chain that does; TARGETS: those are added there. */
static bool rule_leads(PortSearch *search, const NftRule *rule, guint depth, GPtrArray *targets)
{
    bool leads = false;
    g_autoptr(GPtrArray) chains = g_ptr_array_new();
    PTR_ARRAY_FOREACH (const Expression, expression, rule->expressions) {
        leads = leads || translates(expression);
        add_targets(search->named.table, expression, chains);
    }
    PTR_ARRAY_FOREACH (NftChain, chain, chains) {
        if (!chain_leads(search, chain, depth))
            continue;
        leads = true;
        if (targets != NULL)
            g_ptr_array_add(targets, chain);
    }
    return leads;
}

static bool chain_leads(PortSearch *search, const NftChain *chain, guint depth)
{
    gpointer known;
    bool leads = false;
    if (g_hash_table_lookup_extended(search->leading, chain, NULL, &known))
        return GPOINTER_TO_INT(known) != 0;
    if (depth >= DEPTH_MAX)
        return false;
    g_hash_table_insert(search->leading, (gpointer)chain, GINT_TO_POINTER(false));
    for (guint i = 0; !leads && i < chain->rules->len; i++)
        leads = rule_leads(search, g_ptr_array_index(chain->rules, i), depth + 1, NULL);
    g_hash_table_insert(search->leading, (gpointer)chain, GINT_TO_POINTER(leads));
    return leads;
}

/* ---- all rules ---- */

static void add_port(PortSearch *search, Protocol protocol, guint16 port)
{
    const Named *named = &search->named;
    PublishedPort found = {.family = named->family,
                           .protocol = protocol,
                           .port = port,
                           .to = named->to,
                           .has_to = named->has_to,
                           .table = named->table};
    ARRAY_FOREACH (const PublishedPort, known, search->ports) {
        if (known->family == found.family && known->protocol == protocol && known->port == port &&
            known->has_to == found.has_to &&
            (!found.has_to || ip_address_equal(&known->to, &found.to)))
            return;
    }
    if (search->ports->len < PORTS_MAX)
        g_array_append_val(search->ports, found);
}

/* A port of a protocol that this rule does not name may be one of TCP or UDP. */
static void add_ports_of_rule(PortSearch *search)
{
    static const Protocol usual[] = {PROTOCOL_TCP, PROTOCOL_UDP};
    const GArray *protocols = search->named.protocols;
    ARRAY_FOREACH (const guint16, port, search->named.ports) {
        ARRAY_FOREACH (const Protocol, protocol, protocols)
            add_port(search, *protocol, *port);
        for (guint i = 0; protocols->len == 0 && i < G_N_ELEMENTS(usual); i++)
            add_port(search, usual[i], *port);
    }
}

static void add_all_ports(PortSearch *search)
{
    ARRAY_FOREACH (const Protocol, protocol, search->named.protocols)
        add_port(search, *protocol, 0);
    if (search->named.protocols->len == 0)
        add_port(search, PROTOCOL_ANY, 0);
}

static void walk(PortSearch *search, const NftChain *chain, const Inherited *before, guint depth)
{
    const Named *named = &search->named;
    GHashTable *walked = before->names_port ? search->named_walked : search->walked;
    if (depth >= DEPTH_MAX || !g_hash_table_add(walked, (gpointer)chain))
        return;
    PTR_ARRAY_FOREACH (const NftRule, rule, chain->rules) {
        g_autoptr(GPtrArray) targets = g_ptr_array_new();
        if (!rule_leads(search, rule, 0, targets))
            continue;
        read_rule(&search->named, before, rule);
        if (named->is_for_others)
            continue;
        add_ports_of_rule(search);
        if (!named->tests_port && targets->len == 0)
            add_all_ports(search);
        Inherited next = {named->to, named->has_to, named->tests_port};
        PTR_ARRAY_FOREACH (const NftChain, target, targets)
            walk(search, target, &next, depth + 1);
    }
}

static void read_table(const NftTable *table, Family family, GHashTable *owners, GArray *ports)
{
    PortSearch search = {
        .named = {.table = table,
                  .family = family,
                  .owners = owners,
                  .ports = g_array_new(FALSE, FALSE, sizeof(guint16)),
                  .protocols = g_array_new(FALSE, FALSE, sizeof(Protocol))},
        .leading = g_hash_table_new(g_direct_hash, g_direct_equal),
        .walked = g_hash_table_new(g_direct_hash, g_direct_equal),
        .named_walked = g_hash_table_new(g_direct_hash, g_direct_equal),
        .ports = ports,
    };
    PTR_ARRAY_FOREACH (const NftChain, base, table->base_chains)
        walk(&search, base, &(Inherited){0}, 0);
    g_array_unref(search.named.ports);
    g_array_unref(search.named.protocols);
    g_hash_table_unref(search.leading);
    g_hash_table_unref(search.walked);
    g_hash_table_unref(search.named_walked);
}

GArray *published_ports_of(const Ruleset *ruleset, GHashTable *owners)
{
    GArray *ports = g_array_new(FALSE, FALSE, sizeof(PublishedPort));
    PTR_ARRAY_FOREACH (const NftTable, table, ruleset->tables) {
        if (nft_is_firewallds(table))
            continue;
        if (table->family == NFT_FAMILY_IPV4 || table->family == NFT_FAMILY_INET)
            read_table(table, FAMILY_IPV4, owners, ports);
        if (table->family == NFT_FAMILY_IPV6 || table->family == NFT_FAMILY_INET)
            read_table(table, FAMILY_IPV6, owners, ports);
    }
    return ports;
}
