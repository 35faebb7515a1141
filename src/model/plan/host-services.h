/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which services of the host itself become reachable, or unreachable, by an interface when its
 * zone changes: the side effect of every binding. */
#pragma once

#include "model/host/snapshot.h"

typedef enum {
    SERVICE_NAMED, /* by firewalld: "ssh" */
    SERVICE_PORT,  /* "8080/tcp" */
    SERVICE_ICMP,
    SERVICE_OTHER_PORTS, /* those that nothing names */
} ServiceKind;

/* A service of the host, as seen from an interface. */
typedef struct {
    char *interface;
    ServiceKind kind;
    char *name; /* empty for the last two kinds */
} ServiceChange;

void service_change_free(ServiceChange *change);

/* Compares the verdicts on packets to the host that come in by INTERFACE before and after, and adds
 * what differs to OPENS and CLOSES (element type ServiceChange). Only what a zone of either side
 * or a policy names is looked at, ICMP echo, and one port that nothing names. */
void host_services_compare(const Snapshot *before, const Snapshot *after, const char *interface,
                           GPtrArray *opens, GPtrArray *closes);
