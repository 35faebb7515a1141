/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether firewalld can still load what was written. On a full disk firewalld 1.3.3 fails to write a zone,
 * and leaves an empty file that it cannot load: its next start ends in the state FAILED. */
#pragma once

#include "bus/bus.h"
#include "model/plan/action.h"

/* Before a permanent change, or a reload: returns false with NICFIX_ERROR_REFUSED where firewalld could not load
 * what it has already, or with the error of the call where it does not say. */
bool permanent_check_before(Bus *bus, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Afterwards, where any of ACTIONS (Action) was written to it, or failed to be. Returns false with
 * NICFIX_ERROR_NOT_UNDONE where it is broken: the message begins with that of REASON, why the actions failed
 * (NULL: they did not), and the hint has commands that write it anew, and lead back. Where firewalld does not
 * say, nothing is known to be broken. */
bool permanent_check_after(Bus *bus, const GPtrArray *actions, const GError *reason,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;
