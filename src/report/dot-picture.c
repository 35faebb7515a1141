/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/dot-picture.h"

#include "model/foreach.h"
#include "report/escape.h"

#include <string.h>

enum { MAX_ALIKE = 4 }; /* more links that look alike are one node */

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

char *picture_quote_lines(const char *const *lines)
{
    GString *result = g_string_new("\"");
    for (const char *const *line = lines; *line != NULL; line++) {
        g_string_append(result, line != lines ? "\\n" : "");
        append_text(result, *line);
    }
    g_string_append_c(result, '"');
    return g_string_free(result, FALSE);
}

char *picture_quote(const char *text)
{
    return picture_quote_lines((const char *[]){text, NULL});
}

const Link *picture_lower_of(const Picture *picture, const Link *link)
{
    return link->lower != 0 && !link_is_kind(link, "veth")
               ? snapshot_link_by_index(picture->snapshot, link->lower)
               : NULL;
}

/* All that is shown of LINK but its name: links of one look may be one node (transfer full). */
static char *look_of(const Picture *picture, const Node *node)
{
    GString *look = g_string_new(NULL);
    const Link *lower = picture_lower_of(picture, node->link);
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

void picture_add_link(Picture *picture, const Link *link)
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

bool picture_find_node(const Picture *picture, const Link *link, guint *number)
{
    guint found = GPOINTER_TO_UINT(g_hash_table_lookup(picture->numbers, link));
    *number = found - 1;
    return found != 0;
}
