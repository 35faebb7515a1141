/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A change on trial: made in the running firewall, and undone after some time unless somebody confirms
 * that the host can still be reached. The permanent configuration is written only then, policies aside: a
 * reboot before that brings back the old state. Modelled on gNMI's commit confirmed. */
#pragma once

#include "commands/change.h"
#include "report/pending.h"

#define TRIAL_MAX_SECONDS 86400

/* Fails with NICFIX_ERROR_REFUSED where the change before, of the record BEFORE (NULL: none), is still
 * waiting for confirmation. */
bool trial_check_none(const Record *before, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What RECORD (NULL: none) has on trial, for a report; valid as long as RECORD. */
Pending trial_pending(const Record *record);

/* Whether PLAN changes anything in the running firewall: else there is nothing to try. */
bool trial_is_needed(const Plan *plan);

/* Whether all of ACTIONS (Action) is done at once and undone at the end: one is of a policy, which is
 * permanent before it is in force. Else only what changes the running firewall is tried. */
bool trial_is_of_all(const GPtrArray *actions);

/* Makes the part of PLAN that changes the running firewall, for SECONDS. On a terminal it waits for the
 * end: true where the change was confirmed, NICFIX_ERROR_UNDONE where it was not. Elsewhere it
 * returns at once. */
bool trial_run(Change *change, Plan *plan, guint seconds, GError **error) G_GNUC_WARN_UNUSED_RESULT;
