/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Asking the service instead of the host: what a user who is not root may not read or change, it may on his behalf.
 * What is printed, and the exit status, are the same. */
#pragma once

#include "commands/command.h"

/* Whether the service is to be asked: by a user who is not root, or with --via-service; not with --direct, and not
 * for a snapshot. */
bool via_service_is_wanted(const Context *context);

typedef enum {
    VIA_NOBODY, /* there is no service, and nobody insists on it: nothing was asked */
    VIA_DONE,
    VIA_ASKS,   /* the plan was written, and is to be asked for */
    VIA_FAILED, /* with an error */
} ViaResult;

/* Reads the host by the service into *SNAPSHOT (transfer full). */
ViaResult via_service_snapshot(const Context *context, Snapshot **snapshot,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Calls METHOD, one of those for the command line, with FIRST, its request (floating; consumed), and writes what
 * the service's nicfix prints. ASKS: the user is to be asked before anything is changed. *SHOWN (NULL: nothing
 * is shown) is the SHA-256 of what was written, for the call that follows (transfer full); given, it
 * must be that of the plan that is carried out. */
ViaResult via_service_change(const Context *context, const char *method, GVariant *first, bool asks,
                             char **shown, GError **error) G_GNUC_WARN_UNUSED_RESULT;
