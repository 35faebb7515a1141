/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A note on the disk that nicfix switched firewalld's LogDenied from off to all. It is held by a lock of its
 * process: a note that nobody holds was left by one that was killed. */
#pragma once

#include <glib.h>
#include <stdbool.h>

typedef struct LoggingNote LoggingNote;

/* Writes and holds the note; it is on the disk when this returns. Fails with NICFIX_ERROR_NOT_AUTHORISED, or
 * with NICFIX_ERROR_REFUSED where another process holds it (transfer full). */
LoggingNote *logging_note_begin(GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Lets go of the note, which stays on the disk unless logging_note_remove() was called. */
void logging_note_free(LoggingNote *note);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LoggingNote, logging_note_free)

/* Removes the note from the disk: LogDenied is off again. */
void logging_note_remove(void);

/* Whether a process that was killed has left a note; false also where it may not be read. */
bool logging_note_is_left(void);
