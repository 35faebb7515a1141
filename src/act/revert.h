/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Arranges that a change is undone after some time unless somebody confirms it, whatever happens to the
 * process, terminal or session that made it. Where systemd runs this host it is a timer: it outlives the
 * session even where logind kills the session's processes, and a unit that nicfix runs in. Elsewhere it is
 * a process of its own, but not within a unit, with which it would end. Either runs
 * `nicfix undo --unconfirmed ID`. */
#pragma once

#include <glib.h>
#include <stdbool.h>

typedef enum {
    REVERT_BY_TIMER,
    REVERT_BY_PROCESS,
} RevertBy;

/* The command line by which PROGRAM undoes the change ID in SECONDS: a timer is started with them, a
 * process finds them in the record (transfer full). */
char **revert_command(RevertBy by, const char *program, const char *id, guint seconds,
                      guint timeout_seconds);

/* Arranges that the change ID is undone SECONDS from now, with TIMEOUT_SECONDS for each call; waits for
 * systemd no longer than that. Fails with NICFIX_ERROR_REFUSED where neither way works, and with
 * NICFIX_ERROR_UNDONE where a signal that is held back arrives first. */
bool revert_arrange(const char *id, guint seconds, guint timeout_seconds,
                    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Cancels what was arranged for ID. A process that runs all the same finds nothing left to undo. */
void revert_release(const char *id);
