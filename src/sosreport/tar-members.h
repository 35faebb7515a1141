/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The members of a tar archive, compressed or not, that say something of a host's network. */
#pragma once

#include <glib.h>

/* What one member is: bytes, or the name of the member that it is a symbolic link to. */
typedef struct {
    GBytes *bytes; /* NULL: a link, or too large */
    char *target;  /* NULL: no link */
} TarMember;

/* Reads the members that WANTED says yes to, by their names below the archive's only folder, into memory
 * (char * to TarMember, transfer full). Fails with NICFIX_ERROR_BAD_INPUT where PATH is not an archive,
 * is broken off, or holds more than fits. */
GHashTable *tar_members_read(const char *path, gboolean (*wanted)(const char *name),
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;
