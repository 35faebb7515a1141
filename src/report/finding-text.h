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

/* Why a link is an uplink: "default route via 10.0.0.1 in table main" (transfer full). */
char *uplink_reason_text(const UplinkReason *reason);

/* A sentence for each Evidence of FINDING, and one for each command (transfer full). */
char **finding_evidence(const Finding *finding);

/* The commands to run by hand that nicfix offers no fix for (char **, an argument vector each;
 * transfer full). */
GPtrArray *finding_commands(const Finding *finding);
