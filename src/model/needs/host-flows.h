/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The services of the host itself as flows: one of each class of packets that firewalld's settings for an
 * interface tell apart. */
#pragma once

#include "model/host/flow.h"
#include "model/host/snapshot.h"

typedef enum {
    SERVICE_NAMED, /* by firewalld: "ssh" */
    SERVICE_PORT,  /* "8080/tcp" */
    SERVICE_ICMP,
    SERVICE_OTHER_PORTS, /* those that nothing names */
} ServiceKind;

/* NAME is empty for the last two kinds. A service has as many flows as ports. */
typedef void (*HostFlowFunc)(ServiceKind kind, const char *name, const Flow *flow, gpointer user);

/* Calls FUNCTION for flows to the host that come in by INTERFACE: what the zone that filters it or a
 * policy names, ICMP echo, and one port that nothing names. */
void host_flows_foreach(const Snapshot *snapshot, const char *interface, HostFlowFunc function,
                        gpointer user);

/* The same for what comes from FROM, of FAMILY, by INTERFACE: the zone that filters that is asked. TOLD: a set of
 * the names of ports and services that are not to be told, to which those that are told are added, or NULL. */
void host_flows_foreach_from(const Snapshot *snapshot, const char *interface, Family family,
                             const FlowAddress *from, GHashTable *told, HostFlowFunc function,
                             gpointer user);

/* Such a set (transfer full). */
GHashTable *host_flows_told_new(void);
