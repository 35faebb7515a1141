/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Carrying a plan out: compare, change, observe, compare; and undo in reverse order what was done
 * when anything is not as predicted. The only place of nicfix that changes anything. */
#pragma once

#include "bus/bus.h"
#include "model/plan/plan.h"

/* Reads the host anew, as the plan's snapshot was read (transfer full); NULL with an error. */
typedef Snapshot *(*TransactionObserve)(gpointer user, GError **error);

typedef struct {
    Bus *bus;
    TransactionObserve observe;
    gpointer user;
    const char *const *uplinks; /* as for topology_new() */
} Transaction;

/* Signals are to be held (act/interruption.h) and the lock to be taken (act/lock.h) before the plan
 * is made, so that nothing but others' changes comes between. */
typedef struct {
    bool changed;       /* something is different from before, now */
    bool verified;      /* what was observed afterwards is what was predicted */
    bool rolled_back;   /* something was done, and all of it undone */
    Snapshot *observed; /* afterwards; NULL where it was not read */
    Snapshot *foreseen; /* plan_foresee() of OBSERVED, for a plan of what lasts alone */
    Diagnosis *after;   /* of the one or the other; NULL where it was not read */
    GPtrArray *left;    /* Action (of the plan): what was done and could not be undone */
} TransactionResult;

/* Carries PLAN out and fills *RESULT, in success and failure alike; the actions' states are kept up
 * to date. Fails with
 *   NICFIX_ERROR_REFUSED       the world is no longer what the plan was made from, or the permanent
 *                              configuration is broken: nothing was changed;
 *   the first call's own error where it failed, and surely changed nothing;
 *   NICFIX_ERROR_UNDONE        something failed later, and all was put back;
 *   NICFIX_ERROR_NOT_UNDONE    the same, and what is in RESULT->left was not put back. */
bool transaction_run(const Transaction *transaction, Plan *plan, TransactionResult *result,
                     GError **error) G_GNUC_WARN_UNUSED_RESULT;

void transaction_result_clear(TransactionResult *result);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(TransactionResult, transaction_result_clear)
