/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The reader of NetworkManager: which profile is active on the links that matter, and which zone it
 * names. It reads in batches beside the reader of firewalld. None of its failures ends the
 * observation: they are recorded as unread. */
#pragma once

#include "bus/call-batch.h"
#include "observe/services/interests.h"

typedef struct NetworkManagerReader NetworkManagerReader;

/* Reads into SNAPSHOT, which must outlive the reader (transfer full). */
NetworkManagerReader *networkmanager_reader_new(Snapshot *snapshot);
void networkmanager_reader_free(NetworkManagerReader *reader);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(NetworkManagerReader, networkmanager_reader_free)

/* Adds the call of the first batch: whether it is running. */
void networkmanager_add_first_calls(NetworkManagerReader *reader, CallBatch *batch);

/* Adds the calls of each further batch; none when everything has been read, or it is not running. */
void networkmanager_add_calls(NetworkManagerReader *reader, const Interests *interests,
                              CallBatch *batch);

/* The zones named by the profiles read until now (element type utf8, transfer container). */
GPtrArray *networkmanager_zones(const NetworkManagerReader *reader);

/* Moves the devices that were read completely into the snapshot. */
void networkmanager_reader_finish(NetworkManagerReader *reader);
