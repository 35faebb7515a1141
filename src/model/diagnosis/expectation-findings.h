/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Findings about the flows that the user expects to be accepted or refused. */
#pragma once

#include "model/diagnosis/finding.h"
#include "model/needs/expectation.h"

/* How an expectation fares. */
typedef struct {
    const Expectation *expectation;
    const Judgement *judgement; /* of the coverage map; NULL: it is not resolved */
    Tristate met;               /* unknown: cannot be told, which is not met either */
} ExpectationResult;

/* Judges EXPECTATIONS (Expectation; NULL: none), which must outlive all else, on SNAPSHOT. Adds the
 * findings to FINDINGS (Finding), to NEEDS (Need) those that are to be accepted, and to RESULTS
 * (ExpectationResult) how each fares. */
void expectation_findings_add(GPtrArray *findings, GPtrArray *needs, GArray *results,
                              const Snapshot *snapshot, const GPtrArray *expectations,
                              CoverageMap *coverage);
