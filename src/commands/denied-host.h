/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The host that denials are explained on, as it is now. */
#pragma once

#include "commands/command.h"
#include "model/denied/denials.h"
#include "observe/kernel/netlink.h"

typedef struct {
    const Context *context;
    Snapshot *snapshot; /* NULL: it cannot be read */
    char *unknown;      /* then why */
    Diagnosis *diagnosis;
    Netlink *netlink; /* NULL: the snapshot is not of this machine */
    gint64 looked_at; /* monotonic, microseconds */
} DeniedHost;

/* Reads the host, or notes why it cannot be read. Fails only where the file of --snapshot cannot be
 * read. */
bool denied_host_look(DeniedHost *host, const Context *context,
                      GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Reads it again where the last reading is more than a few seconds old. */
void denied_host_refresh(DeniedHost *host);

/* What causes GROUP on HOST; the result is valid until HOST is read again. */
DenialCause denied_host_cause(const DeniedHost *host, const DenialGroup *group);

void denied_host_clear(DeniedHost *host);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(DeniedHost, denied_host_clear)
