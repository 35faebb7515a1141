/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What nicfix's own files on this host say beside what is observed: the last change, a recording that was killed,
 * and expectations. A user who is not root may not read them all, and gets them from the service with the
 * snapshot. */
#pragma once

#include "act/record.h"
#include "commands/command.h"
#include "observe/kernel/netlink.h"

#include <jansson.h>

/* Where the service's snapshot has them. */
#define HOST_NOTES_MEMBER "host_notes"

/* These files for another nicfix (transfer full). What cannot be read is left out. */
json_t *host_notes_to_json(void);

/* From now on NOTES of the service (NULL: it has sent none), not this host's files, are what OPTIONS lead to. */
void host_notes_keep(GlobalOptions *options, json_t *notes);

/* The record of the last change, as far as this user may know it (transfer full); NULL where there is none, and for
 * a snapshot, of which nothing is known. */
Record *host_notes_record(const GlobalOptions *options);

/* Whether a recording that was killed may have left firewalld's logging on; false for a snapshot. */
bool host_notes_logging_is_left(const GlobalOptions *options);

/* Adds the expectations of this host's directory to READ (Expectation), as expectation_file_read() does. */
bool host_notes_read_expectations(const GlobalOptions *options, const Snapshot *snapshot,
                                  Netlink *netlink, GPtrArray *read,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;
