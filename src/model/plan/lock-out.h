/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether a change would lock out whoever makes it. */
#pragma once

#include "model/host/snapshot.h"
#include "model/host/flow.h"

#include <stdbool.h>

/* Compares what happens to SESSION, a flow to this host by which it is administrated, in BEFORE and
 * in AFTER. Fails with NICFIX_ERROR_REFUSED where a new connection of that kind is accepted before
 * and not surely accepted afterwards: the session itself may live on, since established connections
 * are accepted, but nobody could come back. */
bool lock_out_check(const Snapshot *before, const Snapshot *after, const Flow *session,
                    GError **error) G_GNUC_WARN_UNUSED_RESULT;
