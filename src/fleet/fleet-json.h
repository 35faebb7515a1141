/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What `nicfix report --format json` writes: nicfix.report/1. */
#pragma once

#include "fleet/fleet-report.h"

#include <jansson.h>

/* REPORT is finished (transfer full). */
json_t *fleet_json(const FleetReport *report);
