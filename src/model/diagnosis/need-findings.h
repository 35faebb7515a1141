/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Findings about needs that are not met. */
#pragma once

#include "model/diagnosis/finding.h"

/* Adds to FINDINGS (Finding) what becomes of NEEDS (Need), which outlive them, as do SNAPSHOT and
 * COVERAGE. */
void need_findings_add(GPtrArray *findings, const Snapshot *snapshot, const GPtrArray *needs,
                       CoverageMap *coverage);
