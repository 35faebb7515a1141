/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Nodes in clusters, and edges between them (https://graphviz.org/doc/info/lang.html). */
#include "report/dot-report.h"

#include "model/firewalld/dispatch.h"
#include "model/foreach.h"
#include "report/escape.h"
#include "report/json-parts.h"
#include "report/judgement-text.h"
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
    GArray *nodes;      /* Node, in the order of their links */
    GHashTable *counts; /* of links that are alike: their look to Alike */
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

typedef struct {
    const char *color;
    const char *style;
} EdgeLook;

static const EdgeLook edge_looks[] = {
    [COVERAGE_ACCEPTED] = {"#1a7f37", ""},
    [COVERAGE_ELSEWHERE] = {"#cf222e", ", arrowhead=tee, penwidth=2"},
    [COVERAGE_REFUSED] = {"#cf222e", ", arrowhead=tee, penwidth=2"},
    [COVERAGE_OPEN] = {"#6e7781", ", style=dashed"},
    [COVERAGE_IDLE] = {"#6e7781", ""},
};

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

/* Lines, each ended by Graphviz's own \n (transfer full). */
static char *label_of(const Picture *picture, const Node *node)
{
    const Link *link = node->link;
    g_autofree char *name = node->others > 0
                                ? g_strdup_printf("%s and %u more", link->name, node->others)
                                : g_strdup(link->name);
    const char *kind = link->kind != NULL ? link->kind : "link";
    guint ports = count_ports(picture->snapshot, link);
    g_autofree char *what = ports > 0 ? g_strdup_printf("%s of %u", kind, ports) : g_strdup(kind);
    g_autofree char *name_quoted = quoted(name);
    g_autofree char *what_quoted = quoted(what);
    /* Without the inner quotes, so that both are one string. */
    name_quoted[strlen(name_quoted) - 1] = '\0';
    return g_strdup_printf("%s\\n%s, %s\\n%s", name_quoted, role_word(node->role),
                           zone_match_is_binding(&node->match) ? "bound" : "not bound",
                           what_quoted + 1);
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

/* Appends the nodes of ZONE, and before the first of them HEAD; false where there are none. */
static bool append_nodes_in(Picture *picture, const Zone *zone, const char *head)
{
    bool has_nodes = false;
    for (guint i = 0; i < picture->nodes->len; i++) {
        if (g_array_index(picture->nodes, Node, i).match.zone != zone)
            continue;
        g_string_append(picture->text, has_nodes ? "" : head);
        append_node(picture, i);
        has_nodes = true;
    }
    return has_nodes;
}

/* A zone with the links that it filters, whether it binds them or takes what no zone binds. */
static void append_zone(Picture *picture, guint number, const Zone *zone)
{
    bool is_default = g_strcmp0(zone->name, picture->snapshot->firewalld->default_zone) == 0;
    g_autofree char *name =
        g_strdup_printf("zone %s%s", zone->name, is_default ? " (default)" : "");
    g_autofree char *label = quoted(name);
    g_autofree char *head = g_strdup_printf("  subgraph cluster_%u {\n    label=%s;\n"
                                            "    style=rounded;\n    color=\"#8c959f\";\n",
                                            number, label);
    if (append_nodes_in(picture, zone, head))
        g_string_append(picture->text, "  }\n");
}

/* ---- edges ---- */

/* "refused by public", "refused by policy lockdown", "refused: panic mode" (transfer full). */
static char *refusal_text(const Judgement *judgement)
{
    const VerdictStep *step = judgement->firewalld->deciding;
    if (!judgement_is_firewallds(judgement)) {
        g_autofree char *owner = stage_owner_text(judgement_decision(judgement));
        return g_strdup_printf("refused by %s", owner);
    }
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
    const Judgement *judgement = coverage_judgement(picture->map, way);
    g_autofree char *reason = judgement_reason(judgement);
    g_autofree char *tooltip = quoted(reason);
    g_autofree char *words = way->coverage == COVERAGE_ACCEPTED ? g_strdup("accepted")
                             : way->coverage == COVERAGE_OPEN   ? g_strdup("not certain")
                                                                : refusal_text(judgement);
    g_autofree char *label = quoted(words);
    const EdgeLook *look = &edge_looks[way->coverage];
    g_string_append_printf(picture->text,
                           "  n%u -> n%u [label=%s, tooltip=%s, color=\"%s\", "
                           "fontcolor=\"%s\"%s];\n",
                           from, to, label, tooltip, look->color, look->color, look->style);
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
            append_way(picture, from, to, &way);
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
    append_way(picture, inwards ? tunnel : bridge, inwards ? bridge : tunnel, &way);
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
        append_way(picture, bridge, bridge, &way);
    for (guint i = 0; node->role == ROLE_DOWNSTREAM && i < picture->nodes->len; i++) {
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
    PTR_ARRAY_FOREACH (const Link, link, snapshot->links)
        add_link(&picture, link);
    g_string_append(picture.text,
                    "digraph nicfix {\n  rankdir=LR;\n  bgcolor=white;\n"
                    "  graph [fontname=\"sans-serif\", nodesep=0.4, ranksep=1.2];\n"
                    "  node [fontname=\"sans-serif\", shape=box, style=\"rounded,filled\", "
                    "fillcolor=\"#f6f8fa\"];\n  edge [fontname=\"sans-serif\"];\n");
    PTR_ARRAY_FOREACH (const Zone, zone, snapshot->firewalld->zones)
        append_zone(&picture, zone_index, zone);
    append_nodes_in(&picture, NULL, "");
    for (guint i = 0; i < nodes->len; i++) {
        append_ways_from(&picture, i);
        append_ways_inside(&picture, i);
    }
    append_ways_out(&picture);
    g_string_append(picture.text, "}\n");
    return g_string_free(picture.text, FALSE);
}
