/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The reader of firewalld. It asks in rounds: first what stands for itself, then for everything
 * that was named in an answer (zones, policies, their services, the services these include, sets)
 * or that a link makes interesting, until nothing is left to ask. */
#pragma once

#include "observe/services/interests.h"
#include "observe/services/round.h"

typedef enum {
    OBSERVE_ACTIVE_ZONES, /* zones that something is bound to, and the default zone */
    OBSERVE_ALL_ZONES,
} ObserveScope;

typedef struct FirewalldReader FirewalldReader;

/* Reads into SNAPSHOT, which must outlive the reader (transfer full). */
FirewalldReader *firewalld_reader_new(Snapshot *snapshot, ObserveScope scope);
void firewalld_reader_free(FirewalldReader *reader);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(FirewalldReader, firewalld_reader_free)

/* The first round. */
void firewalld_ask_first(FirewalldReader *reader, Round *round);

/* Has the zone NAME read as well, if there is one; where its very existence cannot be read it is in the
 * snapshot as one that could not be read. */
void firewalld_want_zone(FirewalldReader *reader, const char *name);

/* Every further round; asks nothing when all is read. */
void firewalld_ask_more(FirewalldReader *reader, const Interests *interests, Round *round);

/* Puts zones, policies, services and sets in the order of their names. */
void firewalld_reader_finish(FirewalldReader *reader);
