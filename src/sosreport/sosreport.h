/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A sosreport as a snapshot: what support has of a host that it cannot reach. */
#pragma once

#include "model/host/snapshot.h"

/* What a snapshot was made from. */
typedef enum {
    SOSREPORT_SNAPSHOT, /* of nicfix itself, which its plugin of sos has put there: complete */
    SOSREPORT_TEXT,     /* the output of commands: what it does not have is unread */
} SosreportSource;

/* The snapshot that the sosreport at PATH, a folder or an archive, holds (transfer full). Fails with
 * NICFIX_ERROR_NOT_FOUND or NICFIX_ERROR_BAD_INPUT where its links or firewalld's zones cannot be read, and
 * with NICFIX_ERROR_NOT_RUNNING where firewalld did not run. */
Snapshot *sosreport_read(const char *path, SosreportSource *source,
                         GError **error) G_GNUC_WARN_UNUSED_RESULT;
