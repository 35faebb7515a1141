/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reading everything about this host that nicfix judges by, at once, into one snapshot. */
#pragma once

#include "bus/bus.h"
#include "model/host/snapshot.h"
#include "observe/services/firewalld.h"

typedef struct {
    guint timeout_ms; /* for each call to a service, and for firewalld to finish starting */
    ObserveScope scope;
    const char *const *uplinks;  /* names of links that count as uplinks; NULL: none */
    const char *const *bindings; /* names of links whose permanent bindings are read besides those
                                    of uplinks and of what is bound; NULL: none */
    bool downstream_bindings;    /* the permanent bindings of all downstreams, too */
    bool permanent;              /* the whole permanent configuration, too */
    GCancellable *cancellable;   /* NULL: none; cancelling gives G_IO_ERROR_CANCELLED */
} ObserveOptions;

/* Reads this host: rtnetlink, then firewalld and NetworkManager by BUS. What could not be read but
 * leaves the rest meaningful is noted in the snapshot as unread. Returns NULL (transfer full) with
 * NICFIX_ERROR_NO_BUS, NO_FIREWALLD, NOT_RUNNING (still starting, or its configuration is broken),
 * TIMEOUT, BAD_REPLY, NOT_AUTHORISED (where firewalld tells this caller nothing) or NETLINK. */
Snapshot *observe(Bus *bus, const ObserveOptions *options,
                  GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Reads the kernel's side anew and keeps what the services said in BEFORE, which OPTIONS observed
 * (transfer full). *SUFFICES is whether the services would be asked the same questions now: else all
 * has to be observed. Fails with NICFIX_ERROR_NETLINK and _TIMEOUT. */
Snapshot *observe_kernel(const Snapshot *before, const ObserveOptions *options, bool *suffices,
                         GError **error) G_GNUC_WARN_UNUSED_RESULT;
