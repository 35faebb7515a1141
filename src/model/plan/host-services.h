/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which services of the host itself become reachable, or unreachable, by an interface when its
 * zone changes: the side effect of every binding. */
#pragma once

#include "model/needs/host-flows.h"

/* A service of the host, as seen from an interface. */
typedef struct {
    char *interface;
    ServiceKind kind;
    char *name; /* empty for the last two kinds */
} ServiceChange;

void service_change_free(ServiceChange *change);

/* Compares the verdicts on packets to the host that come in by INTERFACE before and after, and adds
 * what differs to OPENS and CLOSES (element type ServiceChange): of the flows that the settings of
 * either side tell apart, see host-flows.h. */
void host_services_compare(const Snapshot *before, const Snapshot *after, const char *interface,
                           GPtrArray *opens, GPtrArray *closes);
