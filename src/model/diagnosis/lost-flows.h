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

/* How sure it has to be that something is lost. */
typedef enum {
    LOST_SURELY, /* it passed before, and is refused afterwards */
    LOST_MAYBE,  /* or that cannot be told of one of the two */
} LostCertainty;

/* Whether something that BEFORE finds to pass is refused by AFTER, as surely as CERTAINTY says; *LOST is
 * set to the first. What only one of them knows does not count. */
bool diagnosis_find_lost(const Diagnosis *before, const Diagnosis *after, LostCertainty certainty,
                         LostFlow *lost);
