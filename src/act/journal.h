/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The system's log of what nicfix changed: who, what, before and after. */
#pragma once

#include "model/plan/action.h"

/* Notes that ACTION was done, or undone as its state says: in the journal where there is one
 * (systemd.journal-fields(7)), else in the syslog. Never fails and never waits: a change that cannot be
 * logged is still a change. */
void journal_note(const Action *action);

/* Who is behind this process, as the journal names him: the caller of sudo or of the service, else its user (transfer
 * full). */
char *journal_user(void);

/* The name of the user UID, "uid N" where /etc/passwd has none (transfer full). */
char *journal_user_name(guint uid);

/* Notes that the service was asked by the user USER, UID, to run nicfix with WORDS (NULL-terminated), and how
 * that ended: with the exit STATUS, -1 by a signal. */
void journal_note_request(const char *user, guint uid, const char *const *words, int status);

/* Notes a failure that nobody is there to see: MESSAGE is one sentence. */
void journal_note_failure(const char *message);
