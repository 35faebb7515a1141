/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The host as it will be: what lasts in place of what is in force now. */
#pragma once

#include "model/host/snapshot.h"

typedef enum {
    AFTER_RELOAD, /* firewall-cmd --reload, or --complete-reload */
    AFTER_REBOOT, /* or a restart of firewalld: the same for the firewall */
} AfterEvent;

/* SNAPSHOT as it would be after EVENT (transfer full). What is taken for granted is appended to
 * ASSUMES (char *, one sentence each). Where firewalld could not load its permanent configuration,
 * the result is SNAPSHOT as it is, whose diagnosis has that as a finding. Fails with
 * NICFIX_ERROR_NOT_AUTHORISED where the permanent configuration was not read. */
Snapshot *snapshot_after(const Snapshot *snapshot, AfterEvent event, GPtrArray *assumes,
                         GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* "reload" or "reboot"; and back, false for another word. */
const char *after_event_word(AfterEvent event);
bool after_event_from_word(const char *word, AfterEvent *event);
