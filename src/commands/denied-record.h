/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Having firewalld log denials for a while. */
#pragma once

#include "commands/command.h"

/* Switches log-denied on for SECONDS, reports denials as they come, and restores the old value however
 * it ends. Refuses where the reloads this needs would lose anything, unless FORCE. */
bool denied_record(const Context *context, guint seconds, bool force,
                   GError **error) G_GNUC_WARN_UNUSED_RESULT;
