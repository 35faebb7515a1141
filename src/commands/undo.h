/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Undoing the last change of this host. */
#pragma once

#include "commands/change.h"

typedef struct {
    bool dry_run;
    bool force;              /* even where it locks the user out */
    bool no_report;          /* write nothing: the caller reports the outcome */
    const char *unconfirmed; /* only the change with this ID, and only while it waits for
                                confirmation; NULL: the last change, whatever it is */
} UndoRequest;

/* Undoes the last change as REQUEST says. Succeeds where nothing is left to undo. Fails with
 * NICFIX_ERROR_REFUSED, and forgets the change, where others have since changed all of it. A change that
 * waits for confirmation is not put back on failure, and goes on waiting: see TRANSACTION_STOPS. */
bool undo_last_change(const Context *context, const UndoRequest *request,
                      GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Adds to TRIED the actions of RECORD (Action, not owned) that were done: all, or what a trial tries first.
 * Those of a profile that is gone, or is not as we left it, are left out. Fails where one could not be
 * read. */
bool undo_find_tried(const Change *change, const Record *record, GPtrArray *tried,
                     GError **error) G_GNUC_WARN_UNUSED_RESULT;
