/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What `nicfix list` shows: every link and every zone. */
#pragma once

#include "model/host/topology.h"
#include "report/output.h"

/* Both render SNAPSHOT with the roles of TOPOLOGY (transfer full). */
char *list_report_text(const Snapshot *snapshot, const Topology *topology, const TextStyle *style);
json_t *list_report_json(const Snapshot *snapshot, const Topology *topology);
