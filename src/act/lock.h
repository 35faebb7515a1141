/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The lock that lets one nicfix at a time change this host. It goes with the process that holds
 * it, however that ends. */
#pragma once

#include <glib.h>
#include <stdbool.h>

typedef struct Lock Lock;

/* Takes the lock, waiting for it at most TIMEOUT_MS milliseconds (transfer full). Fails with
 * NICFIX_ERROR_REFUSED where another process keeps it. */
Lock *lock_take(guint timeout_ms, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Gives it back. */
void lock_free(Lock *lock);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Lock, lock_free)
