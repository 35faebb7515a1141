/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The sentences about findings. One table has a row for each id; README, the manual and the schemas
 * are tested against it. */
#pragma once

#include "model/diagnosis/finding.h"

/* What is written about all findings of one id (static strings). */
typedef struct {
    const char *severity; /* what decides its severity */
    const char *cause;    /* what it means, and how it comes about */
    const char *cure;     /* what to do */
} FindingEntry;

const FindingEntry *finding_entry(FindingId id);

/* What FINDING says, as one sentence without a period (transfer full). */
char *finding_message(const Finding *finding);
