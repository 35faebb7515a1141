/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What could not be read, in text for people. */
#pragma once

#include "model/host/snapshot.h"
#include "report/output.h"

/* Appends a line that says to run COMMAND as root where SNAPSHOT was taken without the right to read
 * all of the host, and an empty line; nothing otherwise. */
void unread_text_append_advice(GString *text, const Snapshot *snapshot, const char *command);

/* Appends a line for each reason why something in SNAPSHOT is unread; nothing where there is none. */
void unread_text_append(GString *text, const Snapshot *snapshot, const TextStyle *style);
