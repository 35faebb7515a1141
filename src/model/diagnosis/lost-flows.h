/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What passes by one diagnosis of a host and is refused by another: findings say what is refused, and not
 * what else would be under the same finding. */
#pragma once

#include "model/diagnosis/diagnosis.h"

/* Points into both diagnoses. */
typedef struct {
    NeedKind kind;
    const char *in;      /* NULL: this host sends it */
    const char *out;     /* NULL: it is for this host */
    const char *service; /* as in Need */
} LostFlow;

/* Whether something that BEFORE finds to pass is refused by AFTER; *LOST is set to the first. What only
 * one of them knows does not count. */
bool diagnosis_find_lost(const Diagnosis *before, const Diagnosis *after, LostFlow *lost);
