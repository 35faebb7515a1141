/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What `nicfix report --format json` writes: nicfix.report/1. */
#pragma once

#include "fleet/fleet-report.h"
#include "report/output.h"

/* The views of a report that is to be written indented, and in one line. */
extern const FleetView fleet_json_view;
extern const FleetView fleet_json_line_view;

/* Writes REPORT, which is finished and has the view that OUTPUT asks for, host by host. Fails where the spool
 * cannot be read; a part is then written. */
bool fleet_json_write(const FleetReport *report, Output *output,
                      GError **error) G_GNUC_WARN_UNUSED_RESULT;
