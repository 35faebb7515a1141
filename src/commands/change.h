/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the commands that change this host share: one at a time, signals held, no lock-out, and a
 * plan that is carried out and reported. */
#pragma once

#include "act/lock.h"
#include "act/record.h"
#include "act/transaction.h"
#include "commands/command.h"
#include "report/apply-report.h"

typedef enum {
    CHANGE_PREVIEW, /* changes nothing and needs no lock */
    CHANGE_FOR_REAL,
    CHANGE_ENDS_TRIAL, /* for real, and nobody is there: a stopped nicfix is passed over */
} ChangeMode;

typedef struct {
    const Context *context;
    ChangeMode mode;
    ApplyPurpose purpose;
    ObserveOptions scope;
    GPtrArray *recorded; /* char * (of the record): the interfaces in SCOPE; NULL: none */
    Lock *lock;
    Bus *bus;
    KnownReplies *known; /* what firewalld has told so far; NULL: it is asked for everything */
    Snapshot *snapshot;  /* before the change */
    bool plan_is_shown;
    bool others_could_act; /* since the plan was made */
    char *authorised; /* what a caller of the service may rebind; NULL: nothing was asked for */
    bool takes_back_trial; /* on failure what was done stays done: the rest is tried again */
} Change;

/* Holds signals and takes the lock, if MODE is for real; for a caller of the service behalf_may_change() takes it. */
bool change_begin(Change *change, const Context *context, ChangeMode mode,
                  GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Reads the host as SCOPE says, which must outlive CHANGE; once more where it was read before. */
bool change_observe(Change *change, const ObserveOptions *scope,
                    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Reads the host as the change of RECORD was made: its interfaces, its uplinks. RECORD (NULL: none)
 * must outlive CHANGE. */
bool change_observe_recorded(Change *change, const Record *record,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Takes the lock, which change_begin() does for a change for real, again where it was given back. What is
 * written while it is held is kept until it is given back: nobody waits for a reader who does not read. */
bool change_lock(Change *change, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void change_unlock(Change *change);

/* Gives the lock back while a person is asked. What may change meanwhile without a trace in the kernel's rules is not
 * known any more, and the plan has to be made again. */
void change_let_others(Change *change);

/* Makes the plan of a change from what HOW says, for the host as it is now (transfer full); NULL with an error. */
typedef Plan *(*PlanMaker)(Change *change, gconstpointer how, GError **error);

/* PLAN (transfer full), or what MAKE makes of the host as it is now, where others could act since. Fails with
 * NICFIX_ERROR_REFUSED where that is not what was shown or authorised before. */
Plan *change_current_plan(Change *change, Plan *plan, PlanMaker make, gconstpointer how,
                          GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Sets NICFIX_ERROR_REFUSED: the host is not the one that a plan was made for, and nothing was changed. */
void change_set_outdated(GError **error);

/* PLAN as it is shown (transfer full). */
char *change_plan_text(const Change *change, const Plan *plan);

/* What tells the change on record from others (transfer full); NULL where there is none. */
char *change_on_record(void);

/* Whether that is still BEFORE; else NICFIX_ERROR_REFUSED: another nicfix made or ended a change meanwhile. */
bool change_check_record(const char *before, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Writes PLAN as text, once. */
void change_show_plan(Change *change, const Plan *plan);

/* Whether what was shown so far could be written: nobody may have to guess what is changed. The lock is
 * given back for it, and taken again. Fails with NICFIX_ERROR_OUTPUT where it could not be written,
 * NICFIX_ERROR_REFUSED where another nicfix made or ended a change meanwhile, and NICFIX_ERROR_UNDONE where
 * a signal arrived. To be called before change_carry_out() for real. */
bool change_check_shown(Change *change, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Shows PLAN and asks the user for it; others may change this host while he thinks. The lock is taken
 * again afterwards. Fails where he says no: see commands/consent.h. */
bool change_ask(Change *change, const Plan *plan, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Refuses a plan after which the user of a remote session could not come back. */
bool change_check_way_back(const Change *change, const Plan *plan,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Carries out PLAN, or shows what it would do for a preview, and reports the outcome as text and
 * document. PENDING, where not NULL, is the record of a change on trial: only what changes the
 * running firewall is done. Returns false with an error where it failed, and sets *AS_BEFORE to
 * whether nothing is left changed. */
bool change_carry_out(const Change *change, Plan *plan, const Record *pending, bool *as_before,
                      GError **error) G_GNUC_WARN_UNUSED_RESULT;

void change_clear(Change *change);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Change, change_clear)
