/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the commands that change this host share: one at a time, signals held, no lock-out, and a
 * plan that is carried out and told of. */
#pragma once

#include "act/lock.h"
#include "act/record.h"
#include "act/transaction.h"
#include "commands/command.h"
#include "report/apply-report.h"

typedef enum {
    CHANGE_PREVIEW, /* nothing will be changed: no lock is needed */
    CHANGE_FOR_REAL,
} ChangeMode;

typedef struct {
    const Context *context;
    ChangeMode mode;
    ObserveOptions scope;
    const char *const *uplinks; /* those that the diagnosis counts as uplinks, too */
    Lock *lock;
    Bus *bus;
    Snapshot *snapshot; /* of before */
} Change;

/* Holds signals and takes the lock, if MODE is for real. */
bool change_begin(Change *change, const Context *context, ChangeMode mode,
                  GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Reads the host as SCOPE says, which must outlive CHANGE. */
bool change_observe(Change *change, const ObserveOptions *scope,
                    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Writes PLAN as text. */
void change_show_plan(const Change *change, const Plan *plan);

/* Refuses a plan after which the user of a remote session could not come back. */
bool change_check_way_back(const Change *change, const Plan *plan,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Carries PLAN out, or shows it for a preview, and writes how that ended: text, and the document,
 * which is of WHOLE, of which PLAN is the first part (or all, where they are the same). PENDING is
 * the record of a change that waits for its confirmation, NULL for any other. Returns false with an
 * error where it failed, and sets *AS_BEFORE to whether nothing was left changed. */
bool change_carry_out(const Change *change, Plan *plan, Plan *whole, const Record *pending,
                      bool *as_before, GError **error) G_GNUC_WARN_UNUSED_RESULT;

void change_clear(Change *change);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Change, change_clear)

/* The names of the interfaces that ACTIONS (Action) bind, so that all that is to know of them is
 * observed (transfer full). */
char **change_interfaces(const GPtrArray *actions);

/* Whether more than the bindings of the permanent configuration has to be observed for ACTIONS. */
bool change_needs_permanent(const GPtrArray *actions);
