/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Carrying out a plan: compare, change, observe, compare; on any surprise undo in reverse order
 * what was done, and observe that. Nothing else in nicfix changes bindings or zones. */
#pragma once

#include "act/lock.h"
#include "model/plan/plan.h"
#include "observe/observe.h"

typedef enum {
    TRANSACTION_WHOLE,
    TRANSACTION_RUNTIME, /* only the plan's actions on the running firewall: the rest stays planned */
} TransactionPart;

typedef enum {
    TRANSACTION_UNDOES, /* what was done is undone, in reverse order */
    TRANSACTION_STOPS,  /* what was done stays: the plan takes back a trial, and is made again */
} TransactionFailure;

typedef struct {
    Bus *bus;
    const ObserveOptions *options; /* as the plan's snapshot was read */
    TransactionPart part;
    TransactionFailure on_failure;
    const Lock *lock; /* given up on where another process takes it; NULL: not looked at */
} Transaction;

/* Hold signals (act/interruption.h) and take the lock (act/lock.h) before making the plan: then only
 * changes by other programs can come between. */
typedef struct {
    bool changed;       /* something differs now from before */
    bool verified;      /* what was observed afterwards is what was predicted */
    bool rolled_back;   /* something was done, and all of it undone */
    Snapshot *observed; /* afterwards; NULL where it was not read */
    Snapshot
        *after_reboot; /* plan_predict_reboot() of OBSERVED, for a plan of permanent changes only */
    Diagnosis *after;  /* of AFTER_REBOOT, else of OBSERVED; NULL where that was not read */
    GPtrArray *left; /* Action (of the plan): done and not seen to be undone; of TRANSACTION_STOPS:
                          not seen to be done */
} TransactionResult;

/* Carries out PLAN and fills *RESULT, on success and failure alike; the actions' states are kept up
 * to date. Fails with
 *   NICFIX_ERROR_REFUSED       the world is no longer what the plan was made from, or the permanent
 *                              configuration is broken: nothing was changed;
 *   the first call's own error where it failed and certainly changed nothing;
 *   NICFIX_ERROR_UNDONE        something failed later, and everything was put back, which was read back;
 *   NICFIX_ERROR_NOT_UNDONE    the same, but what is in RESULT->left was not seen to be put back, or for
 *                              TRANSACTION_STOPS to be done; or firewalld could not load its permanent
 *                              configuration any more. */
bool transaction_run(const Transaction *transaction, Plan *plan, TransactionResult *result,
                     GError **error) G_GNUC_WARN_UNUSED_RESULT;

void transaction_result_clear(TransactionResult *result);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(TransactionResult, transaction_result_clear)
