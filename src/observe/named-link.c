/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "observe/named-link.h"

#include "model/error.h"

const Link *named_link_find(const Snapshot *snapshot, const char *where, const char *name,
                            GError **error)
{
    const Link *link = snapshot_link_by_name(snapshot, name);
    if (link != NULL)
        return link;
    const char *nearest = snapshot_nearest_link(snapshot, name);
    g_autofree char *hint = g_strdup_printf(
        "%s%s%snicfix list shows all interfaces", nearest != NULL ? "did you mean " : "",
        nearest != NULL ? nearest : "", nearest != NULL ? "? " : "");
    nicfix_error_set(error, NICFIX_ERROR_NOT_FOUND, hint, "%s%sno interface is named '%s'",
                     where != NULL ? where : "", where != NULL ? ": " : "", name);
    return NULL;
}
