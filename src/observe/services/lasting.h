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

/* Sets the states that KNOWN is answered in. That of the kernel's rules in SNAPSHOT is not known where they were
 * not read, or where firewalld has rules outside nf_tables or of another network, or may have. REPLIES_HOLD: those that are known hold
 * in it, too. That of the files that firewalld loads
 * (their names, sizes, inodes and times) is not where firewalld may see other files than this process, or
 * where one has changed so lately that a further change may not show. */
void lasting_set_rules_state(const Lasting *lasting, Bus *bus, const Snapshot *snapshot,
                             bool replies_hold, KnownReplies *known);
void lasting_set_files_state(const Lasting *lasting, Bus *bus, KnownReplies *known);
