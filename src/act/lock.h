/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The lock that lets one nicfix at a time change this host: flock(2) on a file beside the record. It goes
 * with the process that holds it, however that ends.
 *
 * It guards the record, which is one for each state directory: two network namespaces that share a
 * state directory take turns, and two with a state directory each do not know of each other. Only the
 * directory's owner can open the file, so no other user can keep a change from being made or undone. */
#pragma once

#include <glib.h>
#include <stdbool.h>

typedef struct Lock Lock;

typedef enum {
    LOCK_WAITS,          /* for whoever holds it */
    LOCK_PASSES_STOPPED, /* a holder that was stopped (Ctrl-Z, SIGSTOP) loses it */
} LockRule;

/* Takes the lock, waiting for it at most TIMEOUT_MS milliseconds (transfer full). Where its file cannot be
 * opened, as by a user who is not root or on a full file system, there is no lock: the change is made
 * all the same, guarded by what is compared before each of its steps alone. Fails with
 * NICFIX_ERROR_REFUSED where another process keeps it or the file is somebody else's, and with
 * NICFIX_ERROR_UNDONE where a signal that is held back arrives (act/interruption.h). */
Lock *lock_take(LockRule rule, guint timeout_ms, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Whether another process has passed over LOCK (NULL: none), because this one was stopped. */
bool lock_is_lost(const Lock *lock);

/* Gives it back. */
void lock_free(Lock *lock);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Lock, lock_free)
