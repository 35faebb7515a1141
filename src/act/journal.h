/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The system's log of what nicfix changed: who, what, before and after. */
#pragma once

#include "model/plan/action.h"

/* Notes that ACTION was done, or undone as its state says: in the journal where there is one
 * (systemd.journal-fields(7)), else in the syslog. Never fails and never waits: a change that cannot be
 * logged is still a change. */
void journal_note(const Action *action);

/* Notes a failure that nobody is there to see: MESSAGE is one sentence. */
void journal_note_failure(const char *message);
