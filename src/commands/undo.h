/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Putting back what the last change of this host changed. */
#pragma once

#include "commands/command.h"

typedef struct {
    bool dry_run;
    bool force;              /* even where it locks the user out */
    bool no_report;          /* write nothing: somebody else tells how it ended */
    const char *unconfirmed; /* only if the last change is this one and still waits for its
                                confirmation; NULL: whatever it is */
} UndoRequest;

/* Undoes the last change as REQUEST says. That there is nothing (any more) to undo is fine; where all
 * of it is somebody else's by now, it fails with NICFIX_ERROR_REFUSED, and the record is removed. */
bool undo_last_change(const Context *context, const UndoRequest *request,
                      GError **error) G_GNUC_WARN_UNUSED_RESULT;
