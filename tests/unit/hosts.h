/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The hosts of tests/unit/fixtures, as snapshots, and findings as text. */
#pragma once

#include "model/diagnosis/diagnosis.h"
#include "documents/snapshot-json.h"

#include "sketch.h"

/* The snapshot in fixtures/FILE.json (transfer full). */
static inline Snapshot *host_read(const char *file)
{
    g_autofree char *name = g_strdup_printf("%s.json", file);
    g_autofree char *path = g_build_filename(g_getenv("FIXTURES"), name, NULL);
    g_autoptr(GError) error = NULL;
    Snapshot *snapshot = snapshot_read_file(path, &error);
    if (snapshot == NULL)
        g_error("%s", error->message);
    return snapshot;
}

/* The findings of DIAGNOSIS in their order, a line each: "error uplink-unbound enp2s0" (transfer
 * full). */
static inline char *findings_text(const Diagnosis *diagnosis)
{
    g_autoptr(GString) text = g_string_new(NULL);
    for (guint i = 0; i < diagnosis->findings->len; i++) {
        const Finding *finding = g_ptr_array_index(diagnosis->findings, i);
        g_string_append_printf(text, "%s %s %s\n", severity_word(finding->severity),
                               finding_word(finding->id),
                               finding->interface != NULL ? finding->interface : "-");
    }
    return g_string_free(g_steal_pointer(&text), FALSE);
}
