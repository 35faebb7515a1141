/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The text of a sosreport, which anybody may have written: every reader takes it or refuses it, and what
 * they make of it is a snapshot that can be written and read again. */
#include "documents/snapshot-json.h"
#include "sosreport/firewalld-text.h"
#include "sosreport/links-text.h"
#include "sosreport/routes-text.h"
#include "sosreport/sysctl-text.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

static void take_list(GPtrArray **list, GPtrArray *read)
{
    if (read == NULL)
        return;
    g_ptr_array_unref(*list);
    *list = read;
}

static void read_all(char *const *lines, Snapshot *snapshot)
{
    Firewalld *firewalld = snapshot->firewalld;
    g_autoptr(GError) refused = NULL;
    g_autoptr(GHashTable) tables = table_names_from_text(lines);
    g_assert(links_from_text(lines, "fuzz", snapshot, &refused) == (refused == NULL));
    routes_from_text(lines, tables, snapshot);
    rules_from_text(lines, tables, FAMILY_IPV4, snapshot);
    sysctl_from_text(lines, snapshot);
    firewalld_conf_from_text(lines, firewalld);
    take_list(&firewalld->zones, zones_from_text(lines, "fuzz", NULL));
    take_list(&firewalld->policies, policies_from_text(lines, "fuzz", NULL));
    firewalld_names_from_ruleset(lines, firewalld, true);
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
    g_autofree char *text = g_utf8_make_valid((const char *)data, (gssize)size);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    g_autoptr(Snapshot) snapshot = snapshot_new();
    snapshot->host = g_strdup("fuzz");
    snapshot->taken_at = g_strdup("fuzz");
    read_all(lines, snapshot);
    json_auto_t *document = snapshot_to_json(snapshot);
    g_autofree char *written = json_document_text(document, false);
    g_autoptr(GError) error = NULL;
    g_autoptr(Snapshot) again = snapshot_from_json(written, strlen(written), "fuzz", &error);
    if (again == NULL)
        g_error("%s", error->message);
    return 0;
}
