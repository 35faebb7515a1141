/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/diagnosis/changes.h"

static void add(GArray *changes, ChangeKind kind, const Finding *finding)
{
    const FindingChange change = {kind, finding};
    g_array_append_val(changes, change);
}

static void add_cleared(GArray *changes, const Diagnosis *before, const Diagnosis *after)
{
    for (guint i = 0; i < before->findings->len; i++) {
        const Finding *finding = g_ptr_array_index(before->findings, i);
        if (diagnosis_find(after, finding) == NULL)
            add(changes, CHANGE_CLEARED, finding);
    }
}

GArray *diagnosis_changes(const Diagnosis *before, const Diagnosis *after)
{
    GArray *changes = g_array_new(FALSE, FALSE, sizeof(FindingChange));
    if (before != NULL)
        add_cleared(changes, before, after);
    for (guint i = 0; i < after->findings->len; i++) {
        const Finding *finding = g_ptr_array_index(after->findings, i);
        const Finding *known = before != NULL ? diagnosis_find(before, finding) : NULL;
        if (known == NULL)
            add(changes, CHANGE_APPEARED, finding);
        else if (known->severity != finding->severity)
            add(changes, CHANGE_SEVERITY, finding);
    }
    return changes;
}

const char *change_word(ChangeKind kind)
{
    static const char *const words[] = {
        [CHANGE_APPEARED] = "appeared",
        [CHANGE_CLEARED] = "cleared",
        [CHANGE_SEVERITY] = "changed",
    };
    return words[kind];
}
