/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What `nicfix check` shows: findings, worst first, and a summary. */
#pragma once

#include "model/diagnosis.h"
#include "report/output.h"

/* Both render DIAGNOSIS of SNAPSHOT (transfer full). */
char *check_report_text(const Snapshot *snapshot, const Diagnosis *diagnosis,
                        const TextStyle *style);
JsonNode *check_report_json(const Snapshot *snapshot, const Diagnosis *diagnosis);

/* The summary alone: one line (transfer full). */
char *check_report_summary(const Diagnosis *diagnosis);
