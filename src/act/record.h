/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The record of the last change of this host, for `nicfix undo` and `nicfix confirm`: a file that only
 * its owner can read, written before the first action.
 *
 * Rules: hold the lock (act/lock.h) while reading and writing it. */
#pragma once

#include "model/host/declared.h"
#include "model/plan/action.h"

typedef enum {
    RECORD_BEGUN,   /* it may have been done in part: its end is not known */
    RECORD_DONE,    /* all of it was done */
    RECORD_PENDING, /* the running firewall was changed; the rest waits for confirmation */
} RecordState;

typedef struct {
    char *id; /* eight hexadecimal digits */
    RecordState state;
    gint64 deadline; /* of RECORD_PENDING: microseconds of CLOCK_BOOTTIME */
    bool confirming; /* of RECORD_PENDING: the rest was begun, too */
    char *boot_id;   /* of the boot that DEADLINE belongs to */
    char *user;      /* who made it, as the journal names him; NULL: an earlier release made it */
    char **uplinks;  /* of --uplink when the change was made */
    char **downstreams; /* of --downstream */
    Declared declared;  /* both of these */
    GPtrArray *actions; /* Action, in the order they are to be done */
} Record;

/* A record of ACTIONS (Action, copied) with an id of its own, RECORD_BEGUN; it is not written yet. */
Record *record_new(const GPtrArray *actions, const Declared *declared);
void record_free(Record *record);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Record, record_free)

/* Makes RECORD wait for confirmation, for SECONDS from now. */
void record_set_pending(Record *record, guint seconds);

/* Whether RECORD (NULL: none) waits for confirmation. A change of the running firewall ends with the
 * boot it was made in. */
bool record_is_pending(const Record *record);

/* Whether RECORD (NULL: none) is of a change that may have been done in part, and that nobody has ended. */
bool record_is_cut_off(const Record *record);

/* Seconds left to confirm a pending RECORD, rounded up; 0 where the time has passed. */
guint record_seconds_left(const Record *record);

/* The file, in the directory of act/state.h (transfer full). */
char *record_path(void);

/* Writes RECORD in place of the one before; it is on the disk when this returns. Fails with
 * NICFIX_ERROR_NOT_AUTHORISED where root could do it, else with NICFIX_ERROR_REFUSED. */
bool record_save(const Record *record, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The text of the file (transfer full), and never waits for it; NULL without an error where there is none. Fails with
 * NICFIX_ERROR_NOT_AUTHORISED where root could read it, NICFIX_ERROR_BAD_INPUT for a file that nicfix did not
 * write, else with NICFIX_ERROR_REFUSED. */
char *record_text(GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The record that TEXT is (transfer full); NULL for what nicfix did not write. */
Record *record_from_text(const char *text);

/* Reads the record into *RECORD (transfer full), NULL where there is none. Fails as record_text() does. */
bool record_load(Record **record, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Removes the record; none is there afterwards, unless the file system refuses. */
void record_remove(void);
