/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the parts of a picture share: the nodes that stand for links, and text in Graphviz's language. */
#pragma once

#include "model/firewalld/dispatch.h"
#include "model/needs/coverage.h"

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

/* Makes LINK a node of PICTURE, or one of those that an earlier node stands for. */
void picture_add_link(Picture *picture, const Link *link);

/* Puts the number of the node that stands for LINK to *NUMBER; false where none does. */
bool picture_find_node(const Picture *picture, const Link *link, guint *number);

/* The link that LINK is made on, as a VLAN is; NULL where it has none here. That of a veth is its peer. */
const Link *picture_lower_of(const Picture *picture, const Link *link);

/* The NULL-terminated LINES between quotes, parted by Graphviz's own \n (transfer full). */
char *picture_quote_lines(const char *const *lines);
char *picture_quote(const char *text);

/* Appends what becomes of the traffic that the host forwards: an arrow for each way. */
void picture_append_ways(Picture *picture);
