/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A file that anybody may have written is read: it is refused with an error, or becomes a snapshot
 * that is written and read again as the same. */
#include "documents/snapshot-json.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

static char *to_text(const Snapshot *snapshot)
{
    json_auto_t *document = snapshot_to_json(snapshot);
    return json_document_text(document, false);
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
    g_autofree char *text = to_text(snapshot);
    g_autoptr(Snapshot) again = snapshot_from_json(text, strlen(text), "snapshot again", NULL);
    g_assert(again != NULL);
    g_autofree char *text_again = to_text(again);
    g_assert(g_str_equal(text, text_again));
    return 0;
}
