/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What `nicfix report` shows as text: the hosts, worst first, and how many have each finding. */
#pragma once

#include "fleet/fleet-report.h"
#include "report/output.h"

/* REPORT is finished (transfer full). */
char *fleet_text(const FleetReport *report, const TextStyle *style);

/* Parts that the page has, too. */

/* What to know about the counts of HOST: that a change left them, or that they are predicted; NULL:
 * nothing (transfer full). */
char *fleet_text_remark(const FleetHost *host);

/* One line, with no newline (transfer full). */
char *fleet_text_summary(const FleetReport *report);
