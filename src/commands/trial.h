/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A change on trial: made in the running firewall, and undone in time unless somebody confirms that
 * the host can still be reached. What survives a reboot is written only then, so a reboot before
 * that is the old state. Modelled on gNMI's commit confirmed. */
#pragma once

#include "commands/change.h"

#define TRIAL_MAX_SECONDS 86400

/* Whether no other change waits for its confirmation by the record BEFORE (NULL: there is none);
 * else NICFIX_ERROR_REFUSED, which names it. */
bool trial_check_none(const Record *before, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Whether PLAN changes anything in the running firewall, so that there is something to try. */
bool trial_is_needed(const Plan *plan);

/* Makes the part of PLAN that is at run time, for SECONDS. On a terminal it stays until the end is
 * known: true where the change was confirmed, NICFIX_ERROR_UNDONE where it was not. Elsewhere it
 * returns at once. */
bool trial_run(Change *change, Plan *plan, guint seconds, GError **error) G_GNUC_WARN_UNUSED_RESULT;
