/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Why it is not known where the host is with an action. */
#pragma once

#include "model/plan/action.h"

/* Sets *ERROR for ACTION, which is not observable in SNAPSHOT, with the cause as far as SNAPSHOT tells:
 * NICFIX_ERROR_NOT_AUTHORISED only where root would be told more. */
void unread_set_error(const Action *action, const Snapshot *snapshot, GError **error);
