/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is different between two diagnoses of one host. */
#pragma once

#include "model/diagnosis/diagnosis.h"

typedef enum {
    CHANGE_APPEARED,
    CHANGE_CLEARED,
    CHANGE_SEVERITY, /* the same finding, worse or less bad */
} ChangeKind;

typedef struct {
    ChangeKind kind;
    const Finding *finding; /* as it is now, or as it was where it is gone (transfer none) */
} FindingChange;

/* What has changed from BEFORE (NULL: nothing was known) to AFTER, which both must outlive the result:
 * first what is gone, then what came, worst first (FindingChange; transfer full). */
GArray *diagnosis_changes(const Diagnosis *before, const Diagnosis *after);

/* "appeared", "cleared" or "changed" (static). */
const char *change_word(ChangeKind kind);
