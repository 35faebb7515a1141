/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What `nicfix report --format json` writes: nicfix.report/1. */
#pragma once

#include "fleet/fleet-report.h"

#include <json-glib/json-glib.h>

/* REPORT is finished (transfer full). */
JsonNode *fleet_json(const FleetReport *report);
