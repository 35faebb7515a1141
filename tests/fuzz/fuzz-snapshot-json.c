/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A file that anybody may have written is read: it is refused with an error, or becomes a snapshot
 * that is written and read again as the same. */
#include "documents/snapshot-json.h"
#include "model/kernel/path.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

static char *to_text(const Snapshot *snapshot)
{
    json_auto_t *document = snapshot_to_json(snapshot);
    return json_document_text(document, false);
}

/* Its rules can be asked of a packet, whatever they are. */
static void ask(const Snapshot *snapshot)
{
    Flow flow = flow_new(FLOW_FORWARD, FAMILY_IPV4);
    flow.in = "cni0";
    flow.protocol = PROTOCOL_TCP;
    flow.port = 80;
    g_autoptr(Path) path = path_of(snapshot, &flow, PATH_ALL_TABLES);
    g_assert(path->possible != 0);
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Snapshot) snapshot =
        snapshot_from_json((const char *)data, size, "snapshot fuzz", &error);
    g_assert((snapshot == NULL) == (error != NULL));
    if (snapshot == NULL) {
        g_assert(g_utf8_validate(error->message, -1, NULL));
        return 0;
    }
    if (snapshot->ruleset != NULL)
        ask(snapshot);
    g_autofree char *text = to_text(snapshot);
    g_autoptr(Snapshot) again = snapshot_from_json(text, strlen(text), "snapshot again", NULL);
    g_assert(again != NULL);
    g_autofree char *text_again = to_text(again);
    g_assert(g_str_equal(text, text_again));
    return 0;
}
