/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What could not be read, told to people. */
#pragma once

#include "model/host/snapshot.h"
#include "report/output.h"

/* Appends a line for each thing that SNAPSHOT notes as unread; nothing where there is none. */
void unread_text_append(GString *text, const Snapshot *snapshot, const TextStyle *style);
