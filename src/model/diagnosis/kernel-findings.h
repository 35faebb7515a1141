/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Findings about what is not firewalld's configuration: its rules in the kernel, other programs' rules,
 * and whether the kernel forwards at all. */
#pragma once

#include "model/diagnosis/finding.h"
#include "model/host/topology.h"

/* Adds the findings about SNAPSHOT to FINDINGS (Finding). They name links and rules of SNAPSHOT and
 * judgements of COVERAGE, which has judged already what the other findings are about. */
void kernel_findings_add(GPtrArray *findings, const Snapshot *snapshot, const Topology *topology,
                         CoverageMap *coverage);
