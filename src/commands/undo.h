/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Undoing the last change of this host. */
#pragma once

#include "commands/command.h"

typedef struct {
    bool dry_run;
    bool force;              /* even where it locks the user out */
    bool no_report;          /* write nothing: the caller reports the outcome */
    const char *unconfirmed; /* only the change with this ID, and only while it waits for
                                confirmation; NULL: the last change, whatever it is */
} UndoRequest;

/* Undoes the last change as REQUEST says. Succeeds where nothing is left to undo. Fails with
 * NICFIX_ERROR_REFUSED, and forgets the change, where others have since changed all of it. */
bool undo_last_change(const Context *context, const UndoRequest *request,
                      GError **error) G_GNUC_WARN_UNUSED_RESULT;
