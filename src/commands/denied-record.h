/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Having firewalld log what it denies, for a while. */
#pragma once

#include "commands/command.h"

/* Switches log-denied on for SECONDS, tells of denials as they come, and puts the old value back on
 * every way out. Refuses where the reloads that this takes would lose anything, unless FORCE. */
bool denied_record(const Context *context, guint seconds, bool force,
                   GError **error) G_GNUC_WARN_UNUSED_RESULT;
