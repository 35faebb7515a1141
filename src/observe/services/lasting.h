/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which state firewalld's lasting answers (CallLasts) are given in: of which firewalld, of which rules, of
 * which files. */
#pragma once

#include "bus/call-batch.h"

typedef struct {
    char *owner; /* unique name of firewalld on the bus; NULL: not known */
    guint32 pid; /* of its process, as the bus sees it; 0: not known */
} Lasting;

void lasting_clear(Lasting *lasting);

/* Adds the calls that ask the bus for LASTING, which must live until BATCH is finished. What the bus does not
 * say is left not known. */
void lasting_add_calls(Lasting *lasting, CallBatch *batch);

/* The state of the kernel's rules in SNAPSHOT, as a text for known_replies_set_state(): NULL where they were
 * not read, or where firewalld has rules outside nf_tables or may have (transfer full). BUS_GUID as of
 * g_dbus_connection_get_guid(). */
char *lasting_rules_state(const Lasting *lasting, const char *bus_guid, const Snapshot *snapshot);

/* The state of the files that firewalld loads: names, sizes, inodes and times (transfer full). NULL where
 * firewalld may see other files than this process, or where one changed so lately that it may change again
 * without a new time. */
char *lasting_files_state(const Lasting *lasting, const char *bus_guid);
