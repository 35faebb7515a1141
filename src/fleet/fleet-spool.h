/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Texts that are written later and in another order: in memory while they are few, then in a file without a
 * name in the folder for temporary files ($TMPDIR). */
#pragma once

#include <glib.h>
#include <stdbool.h>

typedef struct FleetSpool FleetSpool;

/* Where a text is: bytes. */
typedef struct {
    gsize start;
    gsize length;
} FleetPlace;

/* Up to LIMIT bytes stay in memory. */
FleetSpool *fleet_spool_new(gsize limit);
void fleet_spool_free(FleetSpool *spool);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(FleetSpool, fleet_spool_free)

/* Keeps TEXT. Where no file can be written, all that is kept from now on stays in memory. */
FleetPlace fleet_spool_add(FleetSpool *spool, const char *text);

/* The text at PLACE (transfer full); NULL with NICFIX_ERROR_OUTPUT where the file cannot be read. */
char *fleet_spool_get(const FleetSpool *spool, FleetPlace place, GError **error);

/* How many bytes it has in memory. */
gsize fleet_spool_held(const FleetSpool *spool);
