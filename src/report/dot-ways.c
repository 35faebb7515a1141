/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The arrows of a picture. */
#include "report/dot-picture.h"

#include "model/foreach.h"
#include "model/needs/needs.h"
#include "report/judgement-text.h"
#include "report/reason.h"

#include <linux/if.h>

enum { MAX_PORTS = 3 }; /* more published ports of one way are a number */

typedef struct {
    const char *color;
    const char *style;
} EdgeLook;

/* What firewalld itself refuses is red, what others refuse orange: the cure is not firewalld's. */
static const EdgeLook edge_looks[] = {
    [COVERAGE_ACCEPTED] = {"#1a7f37", ""},
    [COVERAGE_ELSEWHERE] = {"#bc4c00", ", arrowhead=tee, penwidth=2"},
    [COVERAGE_REFUSED] = {"#cf222e", ", arrowhead=tee, penwidth=2"},
    [COVERAGE_OPEN] = {"#6e7781", ", style=dashed"},
    [COVERAGE_IDLE] = {"#6e7781", ""},
};

/* "refused by public", "refused by policy lockdown", "refused: panic mode" (transfer full). */
static char *refusal_text(const Judgement *judgement)
{
    const VerdictStep *step = judgement->firewalld->deciding;
    if (!judgement_is_firewallds(judgement)) {
        g_autofree char *owner = stage_owner_text(judgement_decision(judgement));
        return g_strdup_printf(
            "%s by %s", judgement->reply_path != NULL ? "answers refused" : "refused", owner);
    }
    if (!verdict_refuses(judgement->firewalld))
        return g_strdup("refused by firewalld's rules");
    if (step == NULL)
        return g_strdup("refused");
    if (step->policy != NULL)
        return g_strdup_printf("refused by policy %s", step->policy);
    if (step->zone != NULL)
        return g_strdup_printf("refused by %s", step->zone);
    g_autofree char *setting = setting_text(&step->setting);
    return g_strdup_printf("refused: %s", setting);
}

/* Whether something that is accepted leaves with another source address, or for another destination. */
static bool is_translated(const Judgement *judgement)
{
    for (guint i = 0; judgement->path != NULL && i < judgement->path->ways->len; i++) {
        const PathWay *way = g_ptr_array_index(judgement->path->ways, i);
        if (way->outcome == OUTCOME_ACCEPT && (way->masqueraded || way->translated))
            return true;
    }
    return false;
}

/* What becomes of WAY. WHAT goes there is said before it, where it is not NULL (transfer full). */
static char *way_label(const WayCoverage *way, const Judgement *judgement, const char *what)
{
    g_autoptr(GStrvBuilder) lines = g_strv_builder_new();
    if (what != NULL)
        g_strv_builder_add(lines, what);
    if (way->coverage == COVERAGE_ELSEWHERE)
        g_strv_builder_add(lines, "accepted by firewalld,");
    if (way->coverage == COVERAGE_OPEN) {
        g_strv_builder_add(lines, "not certain");
    } else if (way->coverage == COVERAGE_ACCEPTED) {
        bool masqueraded = what == NULL && is_translated(judgement);
        g_strv_builder_add(lines, masqueraded ? "accepted, masqueraded" : "accepted");
    } else {
        g_autofree char *refusal = refusal_text(judgement);
        g_strv_builder_add(lines, refusal);
        if (way->coverage == COVERAGE_REFUSED && !judgement_is_firewallds(judgement))
            g_strv_builder_add(lines, "and by firewalld");
    }
    g_auto(GStrv) all = g_strv_builder_end(lines);
    return picture_quote_lines((const char *const *)all);
}

/* What is translated on its way is a double line. WHAT as for way_label(): such a way leads inwards, and
 * does not say where its ends are placed. */
static void append_way(Picture *picture, guint from, guint to, const WayCoverage *way,
                       const char *what)
{
    const Judgement *judgement = coverage_judgement(picture->map, way);
    g_autofree char *reason = judgement_reason(judgement);
    g_autofree char *tooltip = picture_quote(reason);
    g_autofree char *label = way_label(way, judgement, what);
    const EdgeLook *look = &edge_looks[way->coverage];
    bool is_double = way->coverage == COVERAGE_ACCEPTED && is_translated(judgement);
    g_string_append_printf(picture->text,
                           "  n%u -> n%u [label=%s, tooltip=%s, color=\"%s%s%s\", "
                           "fontcolor=\"%s\"%s%s];\n",
                           from, to, label, tooltip, look->color, is_double ? ":white:" : "",
                           is_double ? look->color : "", look->color, look->style,
                           what != NULL ? ", constraint=false" : "");
}

static void append_ways_from(Picture *picture, guint from)
{
    const Node *node = &g_array_index(picture->nodes, Node, from);
    for (guint to = 0; node->role == ROLE_DOWNSTREAM && to < picture->nodes->len; to++) {
        const Node *uplink = &g_array_index(picture->nodes, Node, to);
        if (uplink->role != ROLE_UPLINK)
            continue;
        WayCoverage way = coverage_of(picture->map, node->link, uplink->link);
        if (way.coverage != COVERAGE_IDLE)
            append_way(picture, from, to, &way, NULL);
    }
}

static void append_way_through_overlay(Picture *picture, guint bridge, guint tunnel)
{
    const Link *lower = g_array_index(picture->nodes, Node, bridge).link;
    const Link *upper = g_array_index(picture->nodes, Node, tunnel).link;
    WayCoverage way = coverage_through_overlay(picture->map, lower, upper);
    if (way.coverage == COVERAGE_IDLE)
        return;
    bool inwards = g_str_equal(way.flow.in, upper->name);
    append_way(picture, inwards ? tunnel : bridge, inwards ? bridge : tunnel, &way, NULL);
}

/* Ways that lead to no other network: among the ports of a bridge, and to the rest of its network on
 * other hosts. */
static void append_ways_inside(Picture *picture, guint bridge)
{
    const Node *node = &g_array_index(picture->nodes, Node, bridge);
    if (g_strcmp0(node->link->kind, "bridge") != 0 || (node->link->flags & IFF_UP) == 0)
        return;
    WayCoverage way = coverage_within_bridge(picture->map, node->link);
    if (way.coverage != COVERAGE_IDLE)
        append_way(picture, bridge, bridge, &way, NULL);
    for (guint i = 0; node->role == ROLE_DOWNSTREAM && i < picture->nodes->len; i++) {
        const Node *tunnel = &g_array_index(picture->nodes, Node, i);
        if (tunnel->role == ROLE_DOWNSTREAM && link_is_overlay(tunnel->link))
            append_way_through_overlay(picture, bridge, i);
    }
}

/* Where what is translated on WAY goes, NULL: to this host itself, or that is not known. */
static const Link *translated_to(const WayCoverage *way)
{
    const Path *path = way->judgement->path;
    for (guint i = 0; path != NULL && i < path->ways->len; i++) {
        const PathWay *one = g_ptr_array_index(path->ways, i);
        if (one->translated && one->out != NULL)
            return one->out;
    }
    return NULL;
}

/* One edge for the ports that go the same way and fare alike. */
typedef struct {
    guint from;
    guint to;
    const char *word; /* who translates: "published" by a program, "forwarded" by firewalld */
    WayCoverage way;
    GString *ports;
    guint count;
} PortsWay;

static void clear_ports(gpointer ports)
{
    g_string_free(((PortsWay *)ports)->ports, TRUE);
}

static PortsWay *find_ports(GArray *all, const PortsWay *like)
{
    ARRAY_FOREACH (PortsWay, ports, all) {
        if (ports->from == like->from && ports->to == like->to && ports->word == like->word &&
            ports->way.coverage == like->way.coverage)
            return ports;
    }
    PortsWay new = *like;
    new.ports = g_string_new(NULL);
    g_array_append_val(all, new);
    return &g_array_index(all, PortsWay, all->len - 1);
}

static void add_port(const Picture *picture, GArray *all, const Link *in, const WayCoverage *way,
                     const char *word, const char *port)
{
    PortsWay like = {.word = word, .way = *way};
    if (!picture_find_node(picture, in, &like.from) ||
        !picture_find_node(picture, translated_to(way), &like.to))
        return;
    PortsWay *ports = find_ports(all, &like);
    if (ports->count++ < MAX_PORTS)
        g_string_append_printf(ports->ports, "%s%s", ports->count > 1 ? ", " : "", port);
}

/* A port that firewalld forwards from UPLINK to another host. */
static void add_forward_port(const Picture *picture, GArray *all, const Link *uplink,
                             const ForwardPort *port)
{
    IpAddress to;
    const LinkAddress *own = port->to_address != NULL && ip_address_parse(port->to_address, &to)
                                 ? link_first_address(uplink, to.family)
                                 : NULL;
    if (own == NULL)
        return;
    Flow flow = flow_new(FLOW_INPUT, to.family);
    flow.in = uplink->name;
    flow.from.kind = FLOW_ADDRESS_ELSEWHERE;
    flow.to = flow_address(&own->prefix.address);
    flow.protocol = protocol_from_word(port->port->protocol, to.family);
    flow.port = port->port->first;
    flow.typical = true;
    flow.reverse_path = REVERSE_PATH_SAME_LINK;
    WayCoverage way = coverage_of_usual_flow(picture->map, &flow);
    g_autofree char *text = port_range_text(port->port);
    add_port(picture, all, uplink, &way, "forwarded", text);
}

static void add_forward_ports(const Picture *picture, GArray *all)
{
    ARRAY_FOREACH (const Node, node, picture->nodes) {
        if (node->role != ROLE_UPLINK || node->match.zone == NULL)
            continue;
        PTR_ARRAY_FOREACH (const ForwardPort, port, node->match.zone->filter.forward_ports)
            add_forward_port(picture, all, node->link, port);
    }
}

static void append_translated_ports(Picture *picture)
{
    g_autoptr(GArray) all = g_array_new(FALSE, FALSE, sizeof(PortsWay));
    g_array_set_clear_func(all, clear_ports);
    g_autoptr(GPtrArray) needs = needs_of(picture->snapshot, picture->topology, picture->map);
    PTR_ARRAY_FOREACH (const Need, need, needs) {
        if (need->kind == NEED_PUBLISHED_PORT)
            add_port(picture, all, need->in, &need->way, "published", need->service);
    }
    add_forward_ports(picture, all);
    ARRAY_FOREACH (const PortsWay, ports, all) {
        if (ports->count > MAX_PORTS)
            g_string_append_printf(ports->ports, " and %u more", ports->count - MAX_PORTS);
        g_autofree char *what = g_strdup_printf("%s port%s %s", ports->word,
                                                ports->count == 1 ? "" : "s", ports->ports->str);
        append_way(picture, ports->from, ports->to, &ports->way, what);
    }
}

void picture_append_ways(Picture *picture)
{
    for (guint i = 0; i < picture->nodes->len; i++) {
        append_ways_from(picture, i);
        append_ways_inside(picture, i);
    }
    append_translated_ports(picture);
}
