/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The expectations that a command judges: those of --expect, and those that this host keeps. */
#pragma once

#include "commands/command.h"

/* Reads the expectations of FILES (NULL: none are named) for the host of SNAPSHOT, and where that is
 * this machine those of its directory before them, into the declarations of CONTEXT, which
 * keeps them. What the user may not read there is unread in SNAPSHOT. Errors as of
 * expectation_file_read(). */
bool context_read_expectations(const Context *context, char *const *files, Snapshot *snapshot,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;
