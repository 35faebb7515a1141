/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The calls that change firewalld: one action, one call. */
#pragma once

#include "bus/bus.h"
#include "model/plan/action.h"

#include <stdbool.h>

/* Does ACTION. On failure nothing was changed, except that after NICFIX_ERROR_TIMEOUT and
 * NICFIX_ERROR_NO_FIREWALLD it may have been. */
bool firewalld_change(Bus *bus, const Action *action, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Loads the configuration again where an earlier reload has failed, which leaves firewalld with its stock
 * configuration in force (state FAILED). */
bool firewalld_reload_if_failed(Bus *bus, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Whether ERROR of undoing a change says that there is nothing to undo: the change was not made. */
bool firewalld_change_was_not_made(const GError *error);

/* Sets LogDenied to VALUE ("off", "all", ...), which reloads firewalld, and reads it back. Waits for
 * a firewalld that is away as long as for the answer to a call. */
bool firewalld_set_log_denied(Bus *bus, const char *value,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;
