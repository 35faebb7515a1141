/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Denials as they are read: counted, explained on the host as it is now, and reported as they come or
 * all at the end. */
#pragma once

#include "commands/command.h"
#include "model/denied/denials.h"
#include "observe/kernel/netlink.h"
#include "observe/log/kernel-messages.h"

typedef struct {
    const Context *context;
    KernelMessages *messages; /* NULL: the kernel traces them */
    Denials *denials;
    GHashTable *reported; /* DenialGroup to what was last reported of it */
    GPtrArray *notes;     /* char *: of the report */
    bool recorded;        /* they were recorded for this report */

    Snapshot *snapshot; /* NULL: the host cannot be read */
    char *unknown;      /* then why */
    Diagnosis *diagnosis;
    FlowFixes *fixes;
    Netlink *netlink; /* NULL: the snapshot is not of this machine */
    gint64 looked_at; /* monotonic, microseconds */
} DeniedStream;

/* Reads denials from MESSAGES (taken), or from the kernel's trace where that is NULL. */
void denied_stream_begin(DeniedStream *stream, const Context *context, KernelMessages *messages);

/* Reads the host that denials are explained on, or notes why it cannot be read. Fails only where the
 * file of --snapshot cannot be read. */
bool denied_stream_look(DeniedStream *stream, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Reads all there is by now. */
bool denied_stream_read(DeniedStream *stream, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Reports each group that is new, or has grown and was last reported a second ago: by a paragraph, a
 * line, or a document. */
void denied_stream_report_news(DeniedStream *stream);

/* Writes the report: as text of what was not reported yet, as JSON of everything. */
void denied_stream_finish(DeniedStream *stream);

void denied_stream_clear(DeniedStream *stream);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(DeniedStream, denied_stream_clear)

/* Records denials for SECONDS and reports them as they come: as the kernel traces them, or where it cannot,
 * by firewalld's log-denied, which is switched on for that and gets its old value back however this ends. The
 * reloads which that needs are refused where they would lose anything, unless FORCE. */
bool denied_record(const Context *context, guint seconds, bool force,
                   GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Switches off the logging that one of these left on when it was killed (act/logging-note.h), with the same
 * care for what the reload would lose. */
bool denied_undo_logging(const Context *context, bool dry_run, bool force,
                         GError **error) G_GNUC_WARN_UNUSED_RESULT;
