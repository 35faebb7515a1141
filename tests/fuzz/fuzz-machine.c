/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any bytes become a ruleset, with what no kernel would accept in it, and a flow: its path is an answer
 * within the machine's bounds. */
#include "model/kernel/path.h"

#include "model/foreach.h"

#include <linux/fib_rules.h>
#include <linux/if.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/rtnetlink.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

typedef struct {
    const guint8 *data;
    gsize left;
} Input;

static guint8 next(Input *input)
{
    if (input->left == 0)
        return 0;
    input->left--;
    return *input->data++;
}

/* Small numbers mostly, and now and then any. */
static guint32 number(Input *input)
{
    guint8 first = next(input);
    if (first < 0xf0)
        return first;
    guint32 value = 0;
    for (guint i = 0; i < 4; i++)
        value = value << 8 | next(input);
    return value;
}

static GBytes *bytes(Input *input)
{
    guint8 length = next(input) % 72;
    guint8 buffer[72];
    if (length == 71)
        return NULL;
    for (guint i = 0; i < length; i++)
        buffer[i] = next(input);
    return g_bytes_new(buffer, length);
}

static GBytes *bytes_of_size(Input *input, gsize size)
{
    guint8 buffer[REGISTERS_SIZE];
    for (gsize i = 0; i < size; i++)
        buffer[i] = next(input);
    return g_bytes_new(buffer, size);
}

static char *name(Input *input)
{
    return g_strdup_printf("%u", next(input) % 8);
}

/* A match or target that there is, mostly. */
static char *extension_name(Input *input)
{
    static const char *const names[] = {
        "tcp",    "udp",      "icmp",     "icmp6",   "multiport", "state",      "conntrack",
        "mark",   "connmark", "mac",      "pkttype", "addrtype",  "physdev",    "comment",
        "REJECT", "MARK",     "CONNMARK", "CT",      "NOTRACK",   "MASQUERADE", "DNAT",
        "SNAT",   "NETMAP",   "REDIRECT", "LOG",     "x",
    };
    return g_strdup(names[next(input) % G_N_ELEMENTS(names)]);
}

static int register_number(Input *input)
{
    return (int)(next(input) % (REGISTERS_SIZE + 2)) - 1;
}

static Expression *expression(Input *input)
{
    Expression *made = expression_new(next(input) % (EXPRESSION_TARGET + 1));
    bool extension = made->kind == EXPRESSION_MATCH || made->kind == EXPRESSION_TARGET;
    made->name = next(input) % 16 == 0 ? NULL : extension ? extension_name(input) : name(input);
    made->destination = register_number(input);
    made->source = register_number(input);
    made->source_end = register_number(input);
    made->port = register_number(input);
    made->port_end = register_number(input);
    made->key = number(input);
    made->operation = number(input);
    made->offset = number(input);
    made->length = number(input);
    made->size = number(input);
    made->flags = number(input);
    made->modulus = number(input);
    made->revision = next(input) % 4;
    made->family = number(input);
    made->direction = next(input) % 3 - 1;
    made->verdict = (gint32)(next(input) % 10) - 5;
    made->verdict_map = next(input) % 2 != 0;
    made->conditional = next(input) % 2 != 0;
    made->data = bytes(input);
    made->data_end = bytes(input);
    return made;
}

static void add_chain(Input *input, NftTable *table)
{
    g_autofree char *chain_name = name(input);
    static const char *const types[] = {"filter", "nat", "route"};
    NftChain *chain = nft_chain_new(chain_name);
    chain->is_base = next(input) % 2 != 0;
    chain->type = g_strdup(types[next(input) % 3]);
    chain->hook = next(input) % 7;
    chain->priority = (int)next(input) * 4 - 400;
    chain->policy_drop = next(input) % 4 == 0;
    g_strfreev(chain->devices);
    chain->devices = g_strsplit(next(input) % 2 != 0 ? "eth0" : "", ",", -1);
    for (guint rules = next(input) % 12; rules > 0 && input->left > 0; rules--) {
        NftRule *rule = nft_rule_new(rules);
        for (guint count = next(input) % 6; count > 0; count--)
            g_ptr_array_add(rule->expressions, expression(input));
        g_ptr_array_add(chain->rules, rule);
    }
    nft_table_add_chain(table, chain);
}

/* Keys are of the set's length: readers of rulesets see to that. */
static void add_set(Input *input, NftTable *table)
{
    g_autofree char *set_name = name(input);
    NftSet *set = nft_set_new(set_name);
    set->key_length = next(input) % (REGISTERS_SIZE + 1);
    set->data_length = next(input) % (REGISTERS_SIZE + 1);
    for (guint fields = next(input) % 4; fields > 0; fields--) {
        guint32 length = next(input) % REGISTERS_SIZE + 1;
        g_array_append_val(set->fields, length);
    }
    for (guint count = next(input) % 80; count > 0 && input->left > 0; count--) {
        NftElement *element = nft_element_new();
        guint8 kind = next(input);
        if (kind % 8 != 0)
            element->key = bytes_of_size(input, set->key_length);
        if (kind % 8 != 0 && kind % 3 == 0)
            element->key_end = bytes_of_size(input, set->key_length);
        if (kind % 2 != 0)
            element->data = bytes(input);
        element->verdict = (int)(next(input) % 8) - 5;
        element->chain = name(input);
        g_ptr_array_add(set->elements, element);
    }
    nft_set_finish(set);
    nft_table_add_set(table, set);
}

static Ruleset *ruleset(Input *input)
{
    static const NftFamily families[] = {NFT_FAMILY_INET, NFT_FAMILY_INET,   NFT_FAMILY_IPV4,
                                         NFT_FAMILY_IPV6, NFT_FAMILY_NETDEV, NFT_FAMILY_BRIDGE};
    Ruleset *made = ruleset_new();
    for (guint tables = next(input) % 3 + 1; tables > 0; tables--) {
        g_autofree char *table_name = name(input);
        NftTable *table = nft_table_new(families[next(input) % G_N_ELEMENTS(families)], table_name);
        table->handle = next(input);
        table->flags = next(input) % 8 == 0;
        for (guint sets = next(input) % 4; sets > 0; sets--)
            add_set(input, table);
        for (guint chains = next(input) % 6; chains > 0; chains--)
            add_chain(input, table);
        ruleset_add_table(made, table);
    }
    return made;
}

static void add_link(Snapshot *snapshot, int index, const char *link_name, const char *kind,
                     const char *address)
{
    Link *link = link_new();
    LinkAddress own = {0};
    link->index = index;
    link->name = g_strdup(link_name);
    link->kind = g_strdup(kind);
    link->flags = IFF_UP | (index == 1 ? IFF_LOOPBACK : 0);
    link->forwarding_ipv4 = TRISTATE_YES;
    link->forwarding_ipv6 = TRISTATE_YES;
    if (ip_prefix_parse(address, &own.prefix))
        g_ptr_array_add(link->addresses, g_memdup2(&own, sizeof own));
    snapshot_add_link(snapshot, link);
}

static Snapshot *host(Input *input)
{
    Snapshot *snapshot = snapshot_new();
    snapshot->routes_complete = TRISTATE_YES;
    snapshot->rp_filter = next(input) % 3;
    snapshot->forwarding_ipv4 = TRISTATE_YES;
    snapshot->forwarding_ipv6 = TRISTATE_YES;
    add_link(snapshot, 1, "lo", "loopback", "127.0.0.1/8");
    add_link(snapshot, 2, "eth0", "physical", "192.0.2.1/24");
    add_link(snapshot, 3, "br0", "bridge", "10.0.0.1/24");
    Rule *rule = rule_new();
    rule->family = FAMILY_IPV4;
    rule->action = FR_ACT_TO_TBL;
    rule->table = RT_TABLE_MAIN;
    rule->mark = next(input) % 2;
    rule->mark_mask = rule->mark;
    g_ptr_array_add(snapshot->rules, rule);
    Route *route = route_new();
    Nexthop nexthop = {.oif = 3, .weight = 1};
    g_assert(ip_prefix_parse("10.0.0.0/8", &route->destination));
    route->table = RT_TABLE_MAIN;
    g_array_append_val(route->nexthops, nexthop);
    g_ptr_array_add(snapshot->routes, route);
    snapshot->ruleset = ruleset(input);
    return snapshot;
}

static FlowAddress address(Input *input, Family family)
{
    FlowAddress made = {.kind = next(input) % 3, .prefix = {.address = {.family = family}}};
    static const guint8 known[][4] = {
        {10, 0, 0, 2}, {192, 0, 2, 1}, {192, 0, 2, 9}, {127, 0, 0, 1}};
    memcpy(made.prefix.address.bytes, known[next(input) % 4], 4);
    made.prefix.length = next(input) % (ip_address_bits(family) + 1);
    return made;
}

static Flow flow(Input *input)
{
    Family family = next(input) % 3 == 0 ? FAMILY_IPV6 : FAMILY_IPV4;
    static const char *const names[] = {"eth0", "br0", "lo", "nowhere", NULL};
    Flow made = flow_new(next(input) % 3, family);
    made.state = next(input) % 3;
    if (made.direction != FLOW_OUTPUT)
        made.in = names[next(input) % 5];
    if (made.direction != FLOW_INPUT)
        made.out = names[next(input) % 5];
    made.from = address(input, family);
    made.to = address(input, family);
    made.typical = next(input) % 2 != 0;
    made.protocol = next(input) % (PROTOCOL_ICMPV6 + 1);
    made.port = next(input);
    made.source_port = next(input);
    made.icmp_type = next(input) - 1;
    made.reverse_path = next(input) % 4;
    return made;
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
    Input input = {data, size};
    const Flow asked = flow(&input);
    g_autoptr(Snapshot) snapshot = host(&input);
    g_autoptr(Path) path = path_of(snapshot, &asked, PATH_ALL_TABLES);
    g_assert(path->possible != 0);
    g_assert(path->exhausted || path->ways->len > 0);
    g_assert(!path->exhausted || path->possible == OUTCOME_ANY);
    if (path->ways->len > 0)
        g_assert(path_worst(path) != NULL);
    return 0;
}
