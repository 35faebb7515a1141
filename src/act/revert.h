/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Seeing to it that a change is taken back in time unless somebody confirms it, whatever becomes of
 * the process, the terminal or the session that made it: a timer of systemd's where systemd runs
 * this host (it outlives the session even where logind kills what a session leaves), else a process
 * of its own. Either runs `nicfix undo --unconfirmed ID`. */
#pragma once

#include <glib.h>
#include <stdbool.h>

/* Arranges that the change ID is undone SECONDS from now. TIMEOUT_SECONDS is what each answer of a
 * service may take then. Fails with NICFIX_ERROR_REFUSED where neither way works. */
bool revert_arrange(const char *id, guint seconds, guint timeout_seconds,
                    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Lets go of what was arranged for ID, as it is no longer needed. Whatever still comes of it finds
 * that nothing is left to be undone. */
void revert_release(const char *id);
