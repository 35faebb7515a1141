/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The reader of NetworkManager: which profile runs on the links that matter, and which zone it
 * names. It asks in rounds beside the reader of firewalld, and none of its failures is the
 * observation's: they are noted. */
#pragma once

#include "observe/services/interests.h"
#include "observe/services/round.h"

typedef struct NetworkManagerReader NetworkManagerReader;

/* Reads into SNAPSHOT, which must outlive the reader (transfer full). */
NetworkManagerReader *networkmanager_reader_new(Snapshot *snapshot);
void networkmanager_reader_free(NetworkManagerReader *reader);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(NetworkManagerReader, networkmanager_reader_free)

/* The first round: whether it runs. */
void networkmanager_ask_first(NetworkManagerReader *reader, Round *round);

/* Every further round; asks nothing when all is read, or when it does not run. */
void networkmanager_ask_more(NetworkManagerReader *reader, const Interests *interests,
                             Round *round);

/* The zones that profiles name, as far as they were read by now (char *; transfer container). */
GPtrArray *networkmanager_zones(const NetworkManagerReader *reader);

/* Puts the devices of which everything was read into the snapshot. */
void networkmanager_reader_finish(NetworkManagerReader *reader);
