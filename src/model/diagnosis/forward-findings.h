/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Findings about what the host forwards: out by its uplinks, between the ports of its bridges, and
 * to the other hosts of an overlay network. */
#pragma once

#include "model/diagnosis/finding.h"
#include "model/host/topology.h"

/* Adds to FINDINGS (element type Finding) what is found of SNAPSHOT, and to REFUSALS what is refused
 * (Link to Refusal, both hash tables' elements being owned by the table). */
void forward_findings_add(GPtrArray *findings, GHashTable *refusals, const Snapshot *snapshot,
                          const Topology *topology);
