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

/* Where a profile is, of which an action changes the zone. */
typedef enum {
    PROFILE_AS_BEFORE,
    PROFILE_CHANGED, /* as the action leads to */
    PROFILE_OTHER,   /* another program has changed it since */
    PROFILE_GONE,    /* it was deleted: nothing of the action is left */
    PROFILE_UNREAD,
} ProfileState;

/* Reads the profile of ACTION, of SCOPE_NETWORKMANAGER, whether a device uses it or not. */
ProfileState networkmanager_profile_state(Bus *bus, const Action *action);
