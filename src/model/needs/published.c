/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Ports that rules of other programs translate to hosts behind this one. A rule only tells which port may
 * be meant: the packet's own path shows whether it is. firewalld's own forward ports are settings, not
 * needs. */
#include "model/needs/search.h"

#include "model/foreach.h"
#include "model/host/owner.h"

#include <linux/netfilter/nf_tables.h>
#include <netinet/in.h>
#include <string.h>

enum { PORTS_MAX = 32, UPLINKS_MAX = 2 };

typedef struct {
    Family family;
    Protocol protocol;
    guint16 port;
    const NftTable *table;
} PublishedPort;

/* ---- one rule ---- */

static bool is_data(const Expression *expression, gsize size)
{
    return expression->data != NULL && g_bytes_get_size(expression->data) >= size;
}

static Protocol protocol_of_number(guint8 number)
{
    return number == IPPROTO_TCP    ? PROTOCOL_TCP
           : number == IPPROTO_UDP  ? PROTOCOL_UDP
           : number == IPPROTO_SCTP ? PROTOCOL_SCTP
                                    : PROTOCOL_ANY;
}

/* What a comparison with BEFORE, the expression that loads what is compared, says of the port. */
static void read_comparison(const Expression *before, const Expression *compare,
                            PublishedPort *port)
{
    if (before == NULL || compare->operation != NFT_CMP_EQ ||
        before->destination != compare->source)
        return;
    if (before->kind == EXPRESSION_META && before->key == NFT_META_L4PROTO && is_data(compare, 1))
        port->protocol = protocol_of_number(*(const guint8 *)g_bytes_get_data(compare->data, NULL));
    if (before->kind == EXPRESSION_PAYLOAD && before->key == NFT_PAYLOAD_TRANSPORT_HEADER &&
        before->offset == 2 && before->length == 2 && is_data(compare, 2)) {
        const guint8 *bytes = g_bytes_get_data(compare->data, NULL);
        port->port = (guint16)(bytes[0] << 8 | bytes[1]);
    }
}

/* struct xt_tcp and xt_udp begin with the first and last source and destination port. */
static void read_match(const Expression *match, PublishedPort *port)
{
    guint16 ports[4];
    bool is_transport = g_strcmp0(match->name, "tcp") == 0 || g_strcmp0(match->name, "udp") == 0;
    if (!is_transport || !is_data(match, sizeof ports))
        return;
    memcpy(ports, g_bytes_get_data(match->data, NULL), sizeof ports);
    if (ports[2] == ports[3])
        port->port = ports[2];
}

static bool translates(const Expression *expression)
{
    return (expression->kind == EXPRESSION_NAT && expression->key == NFT_NAT_DNAT) ||
           (expression->kind == EXPRESSION_TARGET && g_strcmp0(expression->name, "DNAT") == 0);
}

/* Whether RULE translates one port, or leads to where node ports are translated. */
static bool read_rule(const NftChain *chain, const NftRule *rule, PublishedPort *port)
{
    bool is_meant = g_str_equal(chain->name, "KUBE-NODEPORTS");
    const Expression *before = NULL;
    PTR_ARRAY_FOREACH (const Expression, expression, rule->expressions) {
        if (expression->kind == EXPRESSION_CMP)
            read_comparison(before, expression, port);
        if (expression->kind == EXPRESSION_MATCH)
            read_match(expression, port);
        is_meant = is_meant || translates(expression);
        before = expression;
    }
    return is_meant && port->port != 0 && port->protocol != PROTOCOL_ANY;
}

/* ---- all rules ---- */

static void add_port(GArray *ports, const PublishedPort *port)
{
    ARRAY_FOREACH (const PublishedPort, known, ports) {
        if (known->family == port->family && known->protocol == port->protocol &&
            known->port == port->port)
            return;
    }
    g_array_append_val(ports, *port);
}

static void read_table(const NftTable *table, Family family, GArray *ports)
{
    PTR_ARRAY_FOREACH (const NftChain, chain, table->chains) {
        PTR_ARRAY_FOREACH (const NftRule, rule, chain->rules) {
            PublishedPort port = {.family = family, .table = table};
            if (ports->len >= PORTS_MAX)
                return;
            if (read_rule(chain, rule, &port))
                add_port(ports, &port);
        }
    }
}

/* PublishedPort, transfer full. */
static GArray *find_ports(const Ruleset *ruleset)
{
    GArray *ports = g_array_new(FALSE, FALSE, sizeof(PublishedPort));
    PTR_ARRAY_FOREACH (const NftTable, table, ruleset->tables) {
        if (nft_is_firewallds(table))
            continue;
        if (table->family == NFT_FAMILY_IPV4 || table->family == NFT_FAMILY_INET)
            read_table(table, FAMILY_IPV4, ports);
        if (table->family == NFT_FAMILY_IPV6 || table->family == NFT_FAMILY_INET)
            read_table(table, FAMILY_IPV6, ports);
    }
    return ports;
}

/* ---- what becomes of them ---- */

static bool is_translated(const WayCoverage *way)
{
    const Path *path = way->judgement->path;
    for (guint i = 0; path != NULL && i < path->ways->len; i++) {
        if (((const PathWay *)g_ptr_array_index(path->ways, i))->translated)
            return true;
    }
    return false;
}

static void search_port(NeedSearch *search, const Link *uplink, const PublishedPort *port)
{
    const LinkAddress *own = link_first_address(uplink, port->family);
    if (own == NULL)
        return;
    Flow flow = flow_new(FLOW_INPUT, port->family);
    flow.in = uplink->name;
    flow.from.kind = FLOW_ADDRESS_ELSEWHERE;
    flow.to = flow_address(&own->prefix.address);
    flow.protocol = port->protocol;
    flow.port = port->port;
    flow.typical = true;
    flow.reverse_path = REVERSE_PATH_SAME_LINK;
    WayCoverage way = coverage_of_usual_flow(search->map, &flow);
    if (!is_translated(&way))
        return;
    /* firewalld has no say but where its own rules refuse it. */
    if (way.coverage == COVERAGE_REFUSED && !judgement_is_firewallds(way.judgement))
        way.coverage = COVERAGE_ELSEWHERE;
    Need *need =
        need_new(NEED_PUBLISHED_PORT, NEED_EVIDENT, NEED_BECAUSE_PUBLISHED, port->table->name);
    need->service = g_strdup_printf("%u/%s", port->port, protocol_word(port->protocol));
    need_search_add(search, need, uplink, NULL, &way);
}

void need_search_published(NeedSearch *search)
{
    if (search->snapshot->ruleset == NULL)
        return;
    g_autoptr(GArray) ports = find_ports(search->snapshot->ruleset);
    guint uplinks = 0;
    PTR_ARRAY_FOREACH (const Link, uplink, topology_uplinks(search->topology)) {
        if (!need_leads_outside(search, uplink) || uplinks++ >= UPLINKS_MAX)
            continue;
        ARRAY_FOREACH (const PublishedPort, port, ports)
            search_port(search, uplink, port);
    }
}
