/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The file in which a check leaves for the next one what firewalld has answered, in the state directory.
 * Losing it costs time, nothing else: nothing here is an error. */
#pragma once

#include "bus/known-replies.h"

/* What an earlier check left, or nothing (transfer full). */
KnownReplies *known_file_load(void);

/* Leaves KNOWN, where it has grown and may be written. */
void known_file_save(const KnownReplies *known);
