/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A picture of a host for Graphviz: its links in the zones that filter them, and what becomes of
 * what the host forwards. */
#pragma once

#include "model/needs/coverage.h"

/* SNAPSHOT with the roles of TOPOLOGY and the coverage in MAP, in Graphviz's language (transfer
 * full). Links that are alike in all that is shown are one node from a certain number on. */
char *dot_report(const Snapshot *snapshot, const Topology *topology, CoverageMap *map);
