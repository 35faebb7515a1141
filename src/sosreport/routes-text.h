/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Routes and routing rules as ip(8) prints them: "ip route show table all", "ip -4 rule". */
#pragma once

#include "model/host/snapshot.h"

/* The numbers of routing tables by their names, from the lines of iproute2's rt_tables(5) (transfer full).
 * NULL LINES: only the names that the kernel has. */
GHashTable *table_names_from_text(char *const *lines);

/* Adds to SNAPSHOT, whose links are there, the routes that LINES describe. Returns how many lines could not be
 * understood. */
guint routes_from_text(char *const *lines, GHashTable *tables, Snapshot *snapshot);

/* The same for the rules of FAMILY. What a rule looks at that is not understood makes it one whose match is
 * not known. */
guint rules_from_text(char *const *lines, GHashTable *tables, Family family, Snapshot *snapshot);
