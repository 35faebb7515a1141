/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The directory of what nicfix keeps between two runs: the record and the lock.
 *
 * Rules: nobody else may have written what is believed, and nothing in there may stop a reader. */
#pragma once

#include <glib.h>
#include <stdbool.h>

/* The path of NAME in $STATE_DIRECTORY where it is set (systemd.exec(5)), else where it was built for
 * (transfer full). */
char *state_path(const char *name);

/* Makes the directory where it is missing; false with errno. */
bool state_make_directory(void) G_GNUC_WARN_UNUSED_RESULT;

/* Opens the file PATH with FLAGS of open(2), and never waits: not for the writer of a FIFO either. A
 * file that another user owns or may write, or that is no regular file, is refused with EBADMSG.
 * Returns the descriptor, which programs that are started do not inherit, or -1 with errno. */
int state_open(const char *path, int flags) G_GNUC_WARN_UNUSED_RESULT;

/* Sets *ERROR for what could not be done (VERB: "write the record of the change to") with PATH because of
 * NUMBER, an errno: NICFIX_ERROR_NOT_AUTHORISED where root could do it, NICFIX_ERROR_BAD_INPUT for what
 * state_open() refuses, else NICFIX_ERROR_REFUSED. */
void state_set_error(GError **error, int number, const char *verb, const char *path);
