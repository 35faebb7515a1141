/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/diagnosis/changes.h"

#include "model/foreach.h"
#include "model/words.h"

static void add_change(GArray *changes, ChangeKind kind, const Finding *finding)
{
    const FindingChange change = {kind, finding};
    g_array_append_val(changes, change);
}

GArray *diagnosis_changes(const Diagnosis *before, const Diagnosis *after)
{
    GArray *changes = g_array_new(FALSE, FALSE, sizeof(FindingChange));
    for (guint i = 0; before != NULL && i < before->findings->len; i++) {
        const Finding *finding = g_ptr_array_index(before->findings, i);
        if (diagnosis_find(after, finding) == NULL)
            add_change(changes, CHANGE_CLEARED, finding);
    }
    PTR_ARRAY_FOREACH (const Finding, finding, after->findings) {
        const Finding *known = before != NULL ? diagnosis_find(before, finding) : NULL;
        if (known == NULL)
            add_change(changes, CHANGE_APPEARED, finding);
        else if (known->severity != finding->severity)
            add_change(changes, CHANGE_SEVERITY, finding);
    }
    return changes;
}

static const char *const change_words[] = {
    [CHANGE_APPEARED] = "appeared",
    [CHANGE_CLEARED] = "cleared",
    [CHANGE_SEVERITY] = "changed",
};
DEFINE_WORD(change, ChangeKind, change_words)
