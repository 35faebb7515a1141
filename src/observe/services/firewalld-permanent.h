/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The reader of firewalld's permanent configuration: what the next reload or restart would load.
 * It needs the polkit action "config". */
#pragma once

#include "bus/call-batch.h"

typedef struct PermanentReader PermanentReader;

/* Reads into the permanent side of SNAPSHOT, which must outlive the reader (transfer full). */
PermanentReader *permanent_reader_new(Snapshot *snapshot);
void permanent_reader_free(PermanentReader *reader);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PermanentReader, permanent_reader_free)

/* Adds the call that has firewalld check its permanent configuration, which the readers' calls contain. */
void permanent_add_check(Snapshot *snapshot, CallBatch *batch);

/* Adds the calls of each batch; none when everything has been read. Fails as items_add_calls(). */
bool permanent_add_calls(PermanentReader *reader, CallBatch *batch,
                         GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Moves what was read into the snapshot, or nothing where the zones could not be read. */
void permanent_reader_finish(PermanentReader *reader);
