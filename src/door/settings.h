/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nicfix.conf: what the service may change at most, whatever polkit allows. */
#pragma once

#include <glib.h>
#include <stdbool.h>

typedef struct {
    char **zones; /* that an interface may be bound to; NULL: any */
    char **
        interfaces; /* names that may be touched, or patterns of them with "*" and "?"; NULL: any */
    char **uplinks; /* interfaces that are uplinks beside those that are seen to be; NULL: none */
} DoorSettings;

/* Reads the key file at PATH (glib's "Desktop Entry" syntax); all is allowed where there is none. Fails with
 * NICFIX_ERROR_BAD_INPUT, whose message has the line, for what cannot be parsed, an unknown group or key, and a
 * value that cannot be meant, or a file that others than this user may write; *SETTINGS is then empty. */
bool door_settings_read(const char *path, DoorSettings *settings,
                        GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Whether INTERFACE may be bound to ZONE (NULL: to none); else NICFIX_ERROR_NOT_AUTHORISED. */
bool door_settings_allow(const DoorSettings *settings, const char *interface, const char *zone,
                         GError **error) G_GNUC_WARN_UNUSED_RESULT;

void door_settings_clear(DoorSettings *settings);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(DoorSettings, door_settings_clear)
