/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Nodes in clusters, and edges between them (https://graphviz.org/doc/info/lang.html). */
#include "report/dot-report.h"

#include "model/firewalld/dispatch.h"
#include "report/escape.h"
#include "report/json-parts.h"
#include "report/reason.h"

#include <linux/if.h>
#include <string.h>

enum { MAX_ALIKE = 4 }; /* more links that look alike are one node */

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
    GArray *nodes; /* Node, in the order of their links */
    GHashTable
        *counts; /* of links that are alike: their look to the index of the last node, and how
                           many there are */
    GString *text;
} Picture;

/* TEXT between quotes, with nothing in it that Graphviz or a terminal would take for more than text
 * (transfer full). Labels resolve "&lt;" and its like as HTML does. */
static char *quoted(const char *text)
{
    g_autofree char *shown = escape_for_terminal(text);
    GString *result = g_string_new("\"");
    for (const char *p = shown; *p != '\0'; p++) {
        if (*p == '"' || *p == '\\')
            g_string_append_c(result, '\\');
        if (*p == '&')
            g_string_append(result, "&amp;");
        else
            g_string_append_c(result, *p);
    }
    g_string_append_c(result, '"');
    return g_string_free(result, FALSE);
}

/* ---- what is shown ---- */

static const char *color_of(Coverage coverage)
{
    switch (coverage) {
    case COVERAGE_ACCEPTED:
        return "#1a7f37";
    case COVERAGE_REFUSED:
        return "#cf222e";
    case COVERAGE_OPEN:
    case COVERAGE_IDLE:
        break;
    }
    return "#6e7781";
}

static WayCoverage way_of(const Picture *picture, const Link *downstream, const Link *uplink)
{
    return coverage_of(picture->map, downstream, uplink);
}

/* All that is shown of LINK but its name: links of one look may be one node (transfer full). */
static char *look_of(const Picture *picture, const Node *node)
{
    GString *look = g_string_new(NULL);
    g_string_append_printf(look, "%d %s %s %d %s", node->role,
                           node->link->kind != NULL ? node->link->kind : "-",
                           node->match.zone != NULL ? node->match.zone->name : "-", node->match.by,
                           link_state_word(node->link));
    const GPtrArray *uplinks = topology_uplinks(picture->topology);
    for (guint i = 0; node->role == ROLE_DOWNSTREAM && i < uplinks->len; i++) {
        WayCoverage way = way_of(picture, node->link, g_ptr_array_index(uplinks, i));
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
}

/* ---- nodes ---- */

static guint count_ports(const Snapshot *snapshot, const Link *master)
{
    guint count = 0;
    for (guint i = 0; i < snapshot->links->len; i++) {
        const Link *link = g_ptr_array_index(snapshot->links, i);
        count += link->master == master->index;
    }
    return count;
}

static bool has_ports(const Link *link)
{
    static const char *const kinds[] = {"bridge", "bond", "team", "vrf", NULL};
    return link->kind != NULL && g_strv_contains(kinds, link->kind);
}

/* Lines, each ended by Graphviz's own \n (transfer full). */
static char *label_of(const Picture *picture, const Node *node)
{
    const Link *link = node->link;
    g_autofree char *name = node->others > 0
                                ? g_strdup_printf("%s and %u more", link->name, node->others)
                                : g_strdup(link->name);
    g_autofree char *kind = g_strdup(link->kind != NULL ? link->kind : "link");
    guint ports = has_ports(link) ? count_ports(picture->snapshot, link) : 0;
    g_autofree char *what = ports > 0 ? g_strdup_printf("%s of %u", kind, ports) : g_strdup(kind);
    g_autofree char *name_quoted = quoted(name);
    g_autofree char *what_quoted = quoted(what);
    /* Without the inner quotes, so that both are one string. */
    name_quoted[strlen(name_quoted) - 1] = '\0';
    return g_strdup_printf(
        "%s\\n%s, %s\\n%s", name_quoted, role_word(node->role),
        node->match.by == BOUND_BY_INTERFACE || node->match.by == BOUND_BY_WILDCARD ? "bound"
                                                                                    : "not bound",
        what_quoted + 1);
}

static void append_node(Picture *picture, guint index)
{
    const Node *node = &g_array_index(picture->nodes, Node, index);
    g_autofree char *label = label_of(picture, node);
    bool is_bound = node->match.by == BOUND_BY_INTERFACE || node->match.by == BOUND_BY_WILDCARD;
    g_string_append_printf(picture->text, "    n%u [label=%s, style=\"%s\"%s];\n", index, label,
                           is_bound ? "rounded,filled" : "rounded,filled,dashed",
                           node->role == ROLE_UPLINK ? ", penwidth=2" : "");
}

static bool is_in(const Node *node, const Zone *zone)
{
    return node->match.zone == zone;
}

static bool any_in(const Picture *picture, const Zone *zone)
{
    for (guint i = 0; i < picture->nodes->len; i++) {
        if (is_in(&g_array_index(picture->nodes, Node, i), zone))
            return true;
    }
    return false;
}

static void append_nodes_in(Picture *picture, const Zone *zone)
{
    for (guint i = 0; i < picture->nodes->len; i++) {
        if (is_in(&g_array_index(picture->nodes, Node, i), zone))
            append_node(picture, i);
    }
}

/* A zone with the links that it filters, whether it binds them or takes what no zone binds. */
static void append_zone(Picture *picture, guint number, const Zone *zone)
{
    if (!any_in(picture, zone))
        return;
    bool is_default = g_strcmp0(zone->name, picture->snapshot->firewalld->default_zone) == 0;
    g_autofree char *name =
        g_strdup_printf("zone %s%s", zone->name, is_default ? " (default)" : "");
    g_autofree char *label = quoted(name);
    g_string_append_printf(picture->text,
                           "  subgraph cluster_%u {\n    label=%s;\n    style=rounded;\n    "
                           "color=\"#8c959f\";\n",
                           number, label);
    append_nodes_in(picture, zone);
    g_string_append(picture->text, "  }\n");
}

/* ---- edges ---- */

/* "refused by public", "refused by policy lockdown", "refused: panic mode" (transfer full). */
static char *refusal_text(const VerdictStep *step)
{
    if (step == NULL)
        return g_strdup("refused");
    if (step->policy != NULL)
        return g_strdup_printf("refused by policy %s", step->policy);
    if (step->zone != NULL)
        return g_strdup_printf("refused by %s", step->zone);
    g_autofree char *setting = setting_text(&step->setting);
    return g_strdup_printf("refused: %s", setting);
}

static void append_way(Picture *picture, guint from, guint to, const WayCoverage *way)
{
    const Verdict *verdict = coverage_verdict(picture->map, way);
    g_autofree char *reason = reason_of(verdict);
    g_autofree char *tooltip = quoted(reason);
    g_autofree char *words = way->coverage == COVERAGE_ACCEPTED ? g_strdup("accepted")
                             : way->coverage == COVERAGE_OPEN   ? g_strdup("not certain")
                                                                : refusal_text(verdict->deciding);
    g_autofree char *label = quoted(words);
    const char *color = color_of(way->coverage);
    g_string_append_printf(picture->text,
                           "  n%u -> n%u [label=%s, tooltip=%s, color=\"%s\", "
                           "fontcolor=\"%s\"%s];\n",
                           from, to, label, tooltip, color, color,
                           way->coverage == COVERAGE_OPEN      ? ", style=dashed"
                           : way->coverage == COVERAGE_REFUSED ? ", arrowhead=tee, penwidth=2"
                                                               : "");
}

static void append_ways_from(Picture *picture, guint from)
{
    const Node *node = &g_array_index(picture->nodes, Node, from);
    for (guint to = 0; node->role == ROLE_DOWNSTREAM && to < picture->nodes->len; to++) {
        const Node *uplink = &g_array_index(picture->nodes, Node, to);
        if (uplink->role != ROLE_UPLINK)
            continue;
        WayCoverage way = way_of(picture, node->link, uplink->link);
        if (way.coverage != COVERAGE_IDLE)
            append_way(picture, from, to, &way);
    }
}

static bool is_bridge_at_work(const Node *node)
{
    return g_strcmp0(node->link->kind, "bridge") == 0 && (node->link->flags & IFF_UP) != 0;
}

static void append_way_among_ports(Picture *picture, guint bridge)
{
    const Node *node = &g_array_index(picture->nodes, Node, bridge);
    WayCoverage way = coverage_within_bridge(picture->map, node->link);
    if (way.coverage != COVERAGE_IDLE)
        append_way(picture, bridge, bridge, &way);
}

static void append_way_through_overlay(Picture *picture, guint bridge, guint tunnel)
{
    const Link *lower = g_array_index(picture->nodes, Node, bridge).link;
    const Link *upper = g_array_index(picture->nodes, Node, tunnel).link;
    WayCoverage way = coverage_through_overlay(picture->map, lower, upper);
    if (way.coverage == COVERAGE_IDLE)
        return;
    bool inwards = g_str_equal(way.flow.in, upper->name);
    append_way(picture, inwards ? tunnel : bridge, inwards ? bridge : tunnel, &way);
}

/* Ways that lead to no other network: among the ports of a bridge, and to the rest of its network on
 * other hosts. */
static void append_ways_inside(Picture *picture, guint bridge)
{
    append_way_among_ports(picture, bridge);
    if (g_array_index(picture->nodes, Node, bridge).role != ROLE_DOWNSTREAM)
        return;
    for (guint i = 0; i < picture->nodes->len; i++) {
        const Node *tunnel = &g_array_index(picture->nodes, Node, i);
        if (tunnel->role == ROLE_DOWNSTREAM && link_is_overlay(tunnel->link))
            append_way_through_overlay(picture, bridge, i);
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
    Picture picture = {snapshot, topology, map, nodes, counts, g_string_new(NULL)};
    for (guint i = 0; i < snapshot->links->len; i++)
        add_link(&picture, g_ptr_array_index(snapshot->links, i));
    g_string_append(picture.text,
                    "digraph nicfix {\n  rankdir=LR;\n  bgcolor=white;\n"
                    "  graph [fontname=\"sans-serif\", nodesep=0.4, ranksep=1.2];\n"
                    "  node [fontname=\"sans-serif\", shape=box, style=\"rounded,filled\", "
                    "fillcolor=\"#f6f8fa\"];\n  edge [fontname=\"sans-serif\"];\n");
    for (guint i = 0; i < snapshot->firewalld->zones->len; i++)
        append_zone(&picture, i, g_ptr_array_index(snapshot->firewalld->zones, i));
    append_nodes_in(&picture, NULL);
    for (guint i = 0; i < nodes->len; i++) {
        append_ways_from(&picture, i);
        if (is_bridge_at_work(&g_array_index(nodes, Node, i)))
            append_ways_inside(&picture, i);
    }
    append_ways_out(&picture);
    g_string_append(picture.text, "}\n");
    return g_string_free(picture.text, FALSE);
}
