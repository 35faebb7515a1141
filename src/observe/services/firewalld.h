/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The reader of firewalld. It reads in batches of calls: first what is independent of anything else,
 * then everything that a reply names (zones, policies, their services, the services these include,
 * sets) or that a link makes interesting, until nothing is left. */
#pragma once

#include "bus/call-batch.h"
#include "observe/services/interests.h"

typedef enum {
    OBSERVE_ACTIVE_ZONES, /* zones with an interface or source, and the default zone */
    OBSERVE_ZONE_NAMES,   /* those, and the names of all others */
    OBSERVE_ALL_ZONES,
} ObserveScope;

typedef struct FirewalldReader FirewalldReader;

/* Reads into SNAPSHOT, which must outlive the reader (transfer full). SETTINGS_MAY_BE_OLD: what is in a zone is
 * taken from the list of active zones, and not from its settings. */
FirewalldReader *firewalld_reader_new(Snapshot *snapshot, ObserveScope scope,
                                      bool settings_may_be_old);
void firewalld_reader_free(FirewalldReader *reader);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(FirewalldReader, firewalld_reader_free)

/* Adds the calls of the first batch. Those whose replies MAY_BE_KNOWN are left to the next one, since which
 * are is not known yet. */
void firewalld_add_first_calls(FirewalldReader *reader, bool may_be_known, CallBatch *batch);

/* Has the zone NAME read as well, if it exists; where even that cannot be read, the snapshot gets it
 * as a zone whose settings are unread. */
void firewalld_want_zone(FirewalldReader *reader, const char *name);

/* Adds the calls of each further batch; none when everything has been read. Fails as
 * items_add_calls(). */
bool firewalld_add_calls(FirewalldReader *reader, const Interests *interests, CallBatch *batch,
                         GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Sorts zones, policies, services and sets by name. Returns false with the error that getActiveZones was
 * refused with, where the settings of the zones do not say what they bind either: without that, nothing
 * can be judged. */
bool firewalld_reader_finish(FirewalldReader *reader, GError **error) G_GNUC_WARN_UNUSED_RESULT;
