/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A nicfix of its own for each request: what goes wrong there is not the service's, and nothing of it is left in
 * memory. */
#pragma once

#include <gio/gio.h>
#include <stdbool.h>

typedef struct {
    int status;   /* of the exit; -1 where it was ended by a signal */
    int output;   /* what it printed, to be read from the beginning; ours to close */
    int messages; /* what it printed to standard error, likewise */
} WorkerResult;

/* Called once the worker has ended. RESULT is closed afterwards. */
typedef void (*WorkerDone)(const WorkerResult *result, gpointer user);

/* Runs this program with WORDS. USER_NAME is on whose behalf, for the journal; SESSION his remote session. DONE is
 * called with USER in the main loop. */
bool worker_start(char **words, const char *user_name, const char *session, WorkerDone done,
                  gpointer user, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The same for a command that goes on printing lines: the process (transfer full), whose standard output is a
 * pipe. */
GSubprocess *worker_stream(const char *const *words, const char *user_name,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* All that FD has (transfer full); NULL with an error. */
GBytes *worker_read(int fd, GError **error) G_GNUC_WARN_UNUSED_RESULT;
