/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads everything that nicfix judges a host by into one snapshot. */
#pragma once

#include "bus/bus.h"
#include "model/host/snapshot.h"
#include "observe/services/firewalld.h"

typedef struct {
    ObserveScope scope;
    const Declared *declared; /* as for topology_new() */
    const char *const
        *zones; /* names of zones that are read even if nothing is in them; NULL: none */
    const char *const *bindings; /* names of links whose permanent bindings are read in addition to
                                    those of uplinks and bound links; NULL: none */
    bool downstream_bindings;    /* also the permanent bindings of all downstreams */
    bool permanent_fault;        /* also whether firewalld could load its permanent configuration */
    bool permanent;              /* also the whole permanent configuration, and that */
    KnownReplies *known; /* answers what it knows, and keeps what lasts; NULL: firewalld is asked
                                    for everything */
    bool
        known_settings_hold; /* all that has changed in firewalld since KNOWN was told is what is in
                                    zones, by the caller: their settings are the same */
    GCancellable *cancellable; /* NULL: none; cancelling gives G_IO_ERROR_CANCELLED */
} ObserveOptions;

/* Reads this host: the kernel, and firewalld and NetworkManager through BUS. What cannot be read but
 * leaves the rest meaningful is recorded in the snapshot as unread. Returns NULL (transfer full) with
 * an error of observe_services() or NICFIX_ERROR_NETLINK. */
Snapshot *observe(Bus *bus, const ObserveOptions *options,
                  GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Goes on with the look that gave FIRST, for more: neither the kernel nor firewalld is asked again for what FIRST
 * has. The known replies of OPTIONS are those of that look, which is the last one that had them. Where the rules
 * have changed since, and where something could not be read, everything is read, as by observe(). */
Snapshot *observe_more(Bus *bus, const ObserveOptions *options, const Snapshot *first,
                       GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Reads firewalld and NetworkManager into SNAPSHOT, whose kernel side is filled. Waits for a firewalld
 * that is starting as long as for the reply to a call. Fails with NICFIX_ERROR_NO_BUS, NO_FIREWALLD,
 * NOT_RUNNING (still starting, or its configuration is broken), TIMEOUT, BAD_REPLY or NOT_AUTHORISED
 * (where firewalld refuses this caller every call). */
bool observe_services(Bus *bus, const ObserveOptions *options, Snapshot *snapshot,
                      GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Reads the kernel's side again and keeps the services' side of BEFORE, which was observed with
 * OPTIONS (transfer full). *SUFFICES is false if the services would now be read for other names:
 * then everything has to be observed again. Fails with NICFIX_ERROR_NETLINK or _TIMEOUT. */
Snapshot *observe_kernel(const Snapshot *before, const ObserveOptions *options, bool *suffices,
                         GError **error) G_GNUC_WARN_UNUSED_RESULT;
