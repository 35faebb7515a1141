/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From what was read to needs: see needs.h. */
#include "model/needs/needs.h"

GPtrArray *needs_of(G_GNUC_UNUSED const Snapshot *snapshot, G_GNUC_UNUSED const Topology *topology,
                    G_GNUC_UNUSED CoverageMap *map)
{
    return g_ptr_array_new_with_free_func((GDestroyNotify)need_free);
}
