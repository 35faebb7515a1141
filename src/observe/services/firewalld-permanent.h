/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The reader of firewalld's permanent configuration: what the next reload or restart would load.
 * It needs the polkit action "config". */
#pragma once

#include "observe/services/round.h"

typedef struct PermanentReader PermanentReader;

/* Reads into the permanent side of SNAPSHOT, which must outlive the reader (transfer full). */
PermanentReader *permanent_reader_new(Snapshot *snapshot);
void permanent_reader_free(PermanentReader *reader);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PermanentReader, permanent_reader_free)

/* Every round; asks nothing when all is read. */
void permanent_ask(PermanentReader *reader, Round *round);

/* Hands what was read over to the snapshot, unless the zones could not be read: then nothing is. */
void permanent_reader_finish(PermanentReader *reader);
