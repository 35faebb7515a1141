/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The host as firewalld's next start or reload leaves it: what lasts in place of what is in force. */
#pragma once

#include "model/host/snapshot.h"

typedef enum {
    EVENT_RELOAD, /* firewall-cmd --reload, or --complete-reload */
    EVENT_REBOOT, /* or a restart of firewalld: the same for the firewall */
    EVENT_UNKNOWN,
} ReloadEvent;

/* What a prediction takes for granted. The comments name the members of ReloadAssumption that are
 * set. */
typedef enum {
    ASSUMES_BINDINGS_KEPT,    /* zone: no longer the default one; other: that becomes it */
    ASSUMES_PROGRAM_BINDS,    /* zone, interfaces: the zone's program puts them back */
    ASSUMES_NEW_DEFAULT_ZONE, /* zone */
    ASSUMES_SAME_NETWORK,     /* links, addresses, routes, other programs' rules */
} ReloadAssumptionCode;

/* Points at the snapshots it is about. */
typedef struct {
    ReloadAssumptionCode code;
    const char *zone;
    const char *other;
    char *const *interfaces;
} ReloadAssumption;

/* Whether a reload keeps bindings, direct rules and the entries of sets: FlushAllOnReload=no in
 * firewalld.conf(5). */
bool firewalld_keeps_state_on_reload(const Firewalld *firewalld);

/* An array of ReloadAssumption. */
GPtrArray *reload_assumptions_new(void);

/* SNAPSHOT as it would be after EVENT (transfer full). What is taken for granted is appended to
 * ASSUMPTIONS (ReloadAssumption), unless that is NULL. Where firewalld could not load its permanent
 * configuration, the result is SNAPSHOT as it is, whose diagnosis has that as a finding. NULL where
 * the permanent configuration was not read. */
Snapshot *snapshot_after_reload(const Snapshot *snapshot, ReloadEvent event,
                                GPtrArray *assumptions) G_GNUC_WARN_UNUSED_RESULT;

/* "reload" or "reboot", and back: EVENT_UNKNOWN for any other word. */
const char *reload_event_word(ReloadEvent event);
ReloadEvent reload_event_from_word(const char *word);
