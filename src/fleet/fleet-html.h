/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What `nicfix report --format html` writes: one page that needs nothing else, and works without
 * its script. Its layout, look and script are the files in src/report/html. */
#pragma once

#include "fleet/fleet-report.h"
#include "report/output.h"

/* The view of a report that is to be written as a page. */
extern const FleetView fleet_html_view;

/* Writes REPORT, which is finished and has this view, host by host. Fails where the spool cannot be read; a
 * part is then written. */
bool fleet_html_write(const FleetReport *report, Output *output,
                      GError **error) G_GNUC_WARN_UNUSED_RESULT;
