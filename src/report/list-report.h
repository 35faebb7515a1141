/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What `nicfix list` shows: every link and every zone. */
#pragma once

#include "model/host/topology.h"
#include "report/pending.h"

/* What is listed. */
typedef struct {
    const Snapshot *snapshot;
    const Topology *topology; /* of SNAPSHOT */
    const GPtrArray *links;   /* Link: those of SNAPSHOT that are shown */
    const GPtrArray *zones;   /* Zone: likewise */
    Pending pending;
} ListReport;

/* Whether a zone filters the link of ROLE for itself: not a port, of which the firewall sees the master. */
bool list_report_is_filtered(Role role);

/* Both render REPORT (transfer full). */
char *list_report_text(const ListReport *report, const TextStyle *style);
json_t *list_report_json(const ListReport *report);
