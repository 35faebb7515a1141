/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Nodes in clusters, and edges between them (https://graphviz.org/doc/info/lang.html). */
#include "report/dot-report.h"

#include "model/firewalld/dispatch.h"
#include "model/foreach.h"
#include "model/needs/needs.h"
#include "report/escape.h"
#include "report/json-parts.h"
#include "report/judgement-text.h"
#include "report/reason.h"

#include <linux/if.h>
#include <string.h>

enum { MAX_ALIKE = 4 }; /* more links that look alike are one node */
enum { MAX_PORTS = 3 }; /* more published ports of one way are a number */

#define OUTSIDE "outside" /* the node of other networks: no link's, whose nodes are numbered */

/* What one node stands for. */
typedef struct {
    const Link *link;
    guint others; /* further links that are alike */
    ZoneMatch match;
    Role role;
} Node;

typedef struct {
    const Snapshot *snapshot;
    const Topology *topology;
    CoverageMap *map;
    GArray *nodes;       /* Node, in the order of their links */
    GHashTable *numbers; /* Link to the number of its node plus 1 */
    GHashTable *counts;  /* of links that are alike: their look to Alike */
    GString *text;
} Picture;

/* Appends TEXT to what is between quotes, with nothing in it that Graphviz or a terminal would take for
 * more than text. Labels resolve "&lt;" and its like as HTML does. */
static void append_text(GString *label, const char *text)
{
    g_autofree char *shown = escape_for_terminal(text);
    for (const char *p = shown; *p != '\0'; p++) {
        if (*p == '"' || *p == '\\')
            g_string_append_c(label, '\\');
        if (*p == '&')
            g_string_append(label, "&amp;");
        else
            g_string_append_c(label, *p);
    }
}

/* The NULL-terminated LINES between quotes, parted by Graphviz's own \n (transfer
 * full). */
static char *quoted_lines(const char *const *lines)
{
    GString *result = g_string_new("\"");
    for (const char *const *line = lines; *line != NULL; line++) {
        g_string_append(result, line != lines ? "\\n" : "");
        append_text(result, *line);
    }
    g_string_append_c(result, '"');
    return g_string_free(result, FALSE);
}

static char *quoted(const char *text)
{
    return quoted_lines((const char *[]){text, NULL});
}

/* ---- what is shown ---- */

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

/* The link that LINK is made on, as a VLAN is; NULL where it has none here. That of a veth is its peer. */
static const Link *lower_of(const Picture *picture, const Link *link)
{
    return link->lower != 0 && !link_is_kind(link, "veth")
               ? snapshot_link_by_index(picture->snapshot, link->lower)
               : NULL;
}

/* All that is shown of LINK but its name: links of one look may be one node (transfer full). */
static char *look_of(const Picture *picture, const Node *node)
{
    GString *look = g_string_new(NULL);
    const Link *lower = lower_of(picture, node->link);
    g_string_append_printf(look, "%d %d %s %s %d %s", node->role, lower != NULL ? lower->index : 0,
                           node->link->kind != NULL ? node->link->kind : "-",
                           node->match.zone != NULL ? node->match.zone->name : "-", node->match.by,
                           link_state_word(node->link));
    const GPtrArray *uplinks = topology_uplinks(picture->topology);
    for (guint i = 0; node->role == ROLE_DOWNSTREAM && i < uplinks->len; i++) {
        WayCoverage way = coverage_of(picture->map, node->link, g_ptr_array_index(uplinks, i));
        g_string_append_printf(look, " %d", way.coverage);
    }
    return g_string_free(look, FALSE);
}

/* Links of one look: the nodes they have, and the last of those. */
typedef struct {
    guint count;
    guint last;
} Alike;

static void add_link(Picture *picture, const Link *link)
{
    Node node = {
        .link = link,
        .match = dispatch_interface(picture->snapshot, link->name),
        .role = topology_role(picture->topology, link),
    };
    if (node.role == ROLE_LOOPBACK || node.role == ROLE_PORT)
        return;
    g_autofree char *look = look_of(picture, &node);
    Alike *alike = g_hash_table_lookup(picture->counts, look);
    if (alike == NULL) {
        alike = g_new0(Alike, 1);
        g_hash_table_insert(picture->counts, g_steal_pointer(&look), alike);
    }
    if (alike->count++ < MAX_ALIKE || node.role == ROLE_UPLINK) {
        alike->last = picture->nodes->len;
        g_array_append_val(picture->nodes, node);
    } else {
        g_array_index(picture->nodes, Node, alike->last).others++;
    }
    g_hash_table_insert(picture->numbers, (gpointer)link, GUINT_TO_POINTER(alike->last + 1));
}

/* Puts the number of the node that stands for LINK to *NUMBER; false where none does. */
static bool find_node(const Picture *picture, const Link *link, guint *number)
{
    guint found = GPOINTER_TO_UINT(g_hash_table_lookup(picture->numbers, link));
    *number = found - 1;
    return found != 0;
}

/* ---- nodes ---- */

static guint count_ports(const Snapshot *snapshot, const Link *master)
{
    static const char *const kinds[] = {"bridge", "bond", "team", "vrf", NULL};
    guint count = 0;
    if (master->kind == NULL || !g_strv_contains(kinds, master->kind))
        return 0;
    PTR_ARRAY_FOREACH (const Link, link, snapshot->links)
        count += link->master == master->index;
    return count;
}

/* "bridge, 2 ports", "vlan on eth0", "physical" (transfer full). */
static char *kind_text(const Picture *picture, const Link *link)
{
    const char *kind = link->kind != NULL ? link->kind : "link";
    guint ports = count_ports(picture->snapshot, link);
    const Link *lower = lower_of(picture, link);
    if (ports > 0)
        return g_strdup_printf("%s, %u port%s", kind, ports, ports == 1 ? "" : "s");
    return lower != NULL ? g_strdup_printf("%s on %s", kind, lower->name) : g_strdup(kind);
}

static char *label_of(const Picture *picture, const Node *node)
{
    const Link *link = node->link;
    g_autofree char *name = node->others > 0
                                ? g_strdup_printf("%s and %u more", link->name, node->others)
                                : g_strdup(link->name);
    g_autofree char *kind = kind_text(picture, link);
    return quoted_lines((const char *[]){name, role_word(node->role), kind, NULL});
}

static void append_node(Picture *picture, guint index)
{
    const Node *node = &g_array_index(picture->nodes, Node, index);
    g_autofree char *label = label_of(picture, node);
    g_string_append_printf(picture->text, "    n%u [label=%s, style=\"%s\"%s];\n", index, label,
                           zone_match_is_binding(&node->match) ? "rounded,filled"
                                                               : "rounded,filled,dashed",
                           node->role == ROLE_UPLINK ? ", penwidth=2" : "");
}

/* Appends the nodes that ZONE filters, those that it binds or the others, in a box with TITLE, or in
 * none where that is NULL. */
static void append_box(Picture *picture, const Zone *zone, bool binds, const char *title)
{
    bool is_open = false;
    for (guint i = 0; i < picture->nodes->len; i++) {
        const Node *node = &g_array_index(picture->nodes, Node, i);
        if (node->match.zone != zone || zone_match_is_binding(&node->match) != binds)
            continue;
        if (title != NULL && !is_open) {
            g_autofree char *label = quoted(title);
            g_string_append_printf(picture->text,
                                   "  subgraph cluster_%u {\n    label=%s;\n    style=\"%s\";\n"
                                   "    color=\"#8c959f\";\n",
                                   i, label, binds ? "rounded" : "rounded,dashed");
            is_open = true;
        }
        append_node(picture, i);
    }
    g_string_append(picture->text, is_open ? "  }\n" : "");
}

/* What a zone binds, and in a box of its own what the default zone takes because no zone binds it. */
static void append_zone(Picture *picture, const Zone *zone)
{
    g_autofree char *bound = g_strdup_printf("zone %s", zone->name);
    g_autofree char *caught =
        g_strdup_printf("in no zone: caught by the default zone (%s)", zone->name);
    append_box(picture, zone, true, bound);
    append_box(picture, zone, false, caught);
}

/* ---- edges ---- */

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
    return quoted_lines((const char *const *)all);
}

/* What is translated on its way is a double line. WHAT as for way_label(): such a way leads inwards, and
 * does not say where its ends are placed. */
static void append_way(Picture *picture, guint from, guint to, const WayCoverage *way,
                       const char *what)
{
    const Judgement *judgement = coverage_judgement(picture->map, way);
    g_autofree char *reason = judgement_reason(judgement);
    g_autofree char *tooltip = quoted(reason);
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
    if (!find_node(picture, in, &like.from) || !find_node(picture, translated_to(way), &like.to))
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

/* Ties what is made on another link to that: no way of packets, whose edges are arrows. */
static void append_lower_links(Picture *picture)
{
    for (guint i = 0; i < picture->nodes->len; i++) {
        const Link *lower = lower_of(picture, g_array_index(picture->nodes, Node, i).link);
        guint to;
        if (lower != NULL && find_node(picture, lower, &to))
            g_string_append_printf(picture->text,
                                   "  n%u -> n%u [dir=none, style=dotted, color=\"#8c959f\"];\n", i,
                                   to);
    }
}

static void append_ways_out(Picture *picture)
{
    if (topology_uplinks(picture->topology)->len == 0)
        return;
    g_string_append(picture->text,
                    "  " OUTSIDE " [label=\"other networks\", shape=plaintext, style=\"\"];\n");
    for (guint i = 0; i < picture->nodes->len; i++) {
        if (g_array_index(picture->nodes, Node, i).role == ROLE_UPLINK)
            g_string_append_printf(picture->text, "  n%u -> " OUTSIDE " [color=\"#8c959f\"];\n", i);
    }
}

/* ---- the whole ---- */

char *dot_report(const Snapshot *snapshot, const Topology *topology, CoverageMap *map)
{
    g_autoptr(GArray) nodes = g_array_new(FALSE, FALSE, sizeof(Node));
    g_autoptr(GHashTable) counts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    g_autoptr(GHashTable) numbers = g_hash_table_new(g_direct_hash, g_direct_equal);
    Picture picture = {snapshot, topology, map, nodes, numbers, counts, g_string_new(NULL)};
    PTR_ARRAY_FOREACH (const Link, link, snapshot->links)
        add_link(&picture, link);
    g_string_append(picture.text,
                    "digraph nicfix {\n  rankdir=LR;\n  bgcolor=white;\n"
                    "  graph [fontname=\"sans-serif\", nodesep=0.4, ranksep=1.2];\n"
                    "  node [fontname=\"sans-serif\", shape=box, style=\"rounded,filled\", "
                    "fillcolor=\"#f6f8fa\"];\n  edge [fontname=\"sans-serif\"];\n");
    PTR_ARRAY_FOREACH (const Zone, zone, snapshot->firewalld->zones)
        append_zone(&picture, zone);
    append_box(&picture, NULL, false, NULL);
    for (guint i = 0; i < nodes->len; i++) {
        append_ways_from(&picture, i);
        append_ways_inside(&picture, i);
    }
    append_translated_ports(&picture);
    append_lower_links(&picture);
    append_ways_out(&picture);
    g_string_append(picture.text, "}\n");
    return g_string_free(picture.text, FALSE);
}
