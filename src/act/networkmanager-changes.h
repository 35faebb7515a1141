/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The change of the zone that a NetworkManager profile names. */
#pragma once

#include "bus/bus.h"
#include "model/plan/action.h"

#include <stdbool.h>

/* Does ACTION, of SCOPE_NETWORKMANAGER: reads the profile, compares it with what the action starts
 * from, and saves it with that one setting changed; all others stay, secrets included. NetworkManager
 * binds an active device at once. Fails with NICFIX_ERROR_REFUSED where
 * another program changed the zone meanwhile. */
bool networkmanager_change(Bus *bus, const Action *action,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;
