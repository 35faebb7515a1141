/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One run of a transaction: what act/transaction.c and act/rollback.c share. */
#pragma once

#include "act/transaction.h"

typedef struct {
    const Transaction *transaction;
    const Plan *plan;
    GPtrArray *actions; /* Action (of the plan): the part to do */
    TransactionResult *result;
} Run;

/* Makes one change: ACTION, or what undoes it. */
bool run_make_change(const Run *run, const Action *action,
                     GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Reads the host again, with everything about the interfaces of the plan, and waits for a firewalld that
 * is away for at most the timeout of a call. */
Snapshot *run_observe(const Run *run, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Whether an action of RUN that reloads firewalld was tried. */
bool run_tried_reload(const Run *run);

/* Undoes in reverse order what was done, and UNCERTAIN (NULL: none), which may have been, until what is
 * read back shows it. What is not seen to be undone is in the result's LEFT, last action first. */
void run_roll_back(const Run *run, const Action *uncertain);
