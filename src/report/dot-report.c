/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Nodes in clusters, and edges between them (https://graphviz.org/doc/info/lang.html). */
#include "report/dot-report.h"

#include "model/foreach.h"
#include "report/dot-picture.h"

#define OUTSIDE "outside" /* the node of other networks: no link's, whose nodes are numbered */

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
    const Link *lower = picture_lower_of(picture, link);
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
    return picture_quote_lines((const char *[]){name, role_word(node->role), kind, NULL});
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
            g_autofree char *label = picture_quote(title);
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

/* ---- lines that are no ways ---- */

/* Ties what is made on another link to that: no way of packets, whose edges are arrows. */
static void append_lower_links(Picture *picture)
{
    for (guint i = 0; i < picture->nodes->len; i++) {
        const Link *lower = picture_lower_of(picture, g_array_index(picture->nodes, Node, i).link);
        guint to;
        if (lower != NULL && picture_find_node(picture, lower, &to))
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
        picture_add_link(&picture, link);
    g_string_append(picture.text,
                    "digraph nicfix {\n  rankdir=LR;\n  bgcolor=white;\n"
                    "  graph [fontname=\"sans-serif\", nodesep=0.4, ranksep=1.2];\n"
                    "  node [fontname=\"sans-serif\", shape=box, style=\"rounded,filled\", "
                    "fillcolor=\"#f6f8fa\"];\n  edge [fontname=\"sans-serif\"];\n");
    PTR_ARRAY_FOREACH (const Zone, zone, snapshot->firewalld->zones)
        append_zone(&picture, zone);
    append_box(&picture, NULL, false, NULL);
    picture_append_ways(&picture);
    append_lower_links(&picture);
    append_ways_out(&picture);
    g_string_append(picture.text, "}\n");
    return g_string_free(picture.text, FALSE);
}
