/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Findings about what the host forwards: out through its uplinks, between the ports of its bridges,
 * and to the other hosts of an overlay network. */
#pragma once

#include "model/diagnosis/finding.h"
#include "model/host/topology.h"

/* What is refused on its way out by one link: the plan chooses by it. */
typedef struct {
    GPtrArray *links; /* Link (transfer none): those it comes from */
    GPtrArray *zones; /* char *: those that refuse it, no name twice */
} Refusal;

void refusal_free(Refusal *refusal);

/* Adds the findings about SNAPSHOT to FINDINGS (Finding), and what is refused to REFUSALS (Link to
 * Refusal); both own their elements. Findings name links of SNAPSHOT and verdicts of COVERAGE. NEEDS
 * (Need) are what else leaves by its uplinks: of that there are other findings. */
void forward_findings_add(GPtrArray *findings, GHashTable *refusals, const Snapshot *snapshot,
                          const Topology *topology, CoverageMap *coverage, const GPtrArray *needs);
