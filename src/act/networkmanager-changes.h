/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The change of the zone that a NetworkManager profile names. */
#pragma once

#include "bus/bus.h"
#include "model/plan/action.h"

#include <stdbool.h>

/* Does ACTION, of SCOPE_NETWORKMANAGER: the profile is read, compared with what the action starts
 * from, and saved with the one setting changed; all others, secrets included, stay. NetworkManager
 * binds an active device at once. Fails with NICFIX_ERROR_REFUSED where somebody else changed the zone meanwhile. */
bool networkmanager_change(Bus *bus, const Action *action,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;
