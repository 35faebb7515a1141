/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What `nicfix report --format html` writes: one page that needs nothing else, and works without
 * its script. Its layout, look and script are the files in src/report/html. */
#pragma once

#include "fleet/fleet-report.h"

/* REPORT is finished (transfer full). */
char *fleet_html(const FleetReport *report);
