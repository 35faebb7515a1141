/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Denials as they are read: counted, and told of as they come or all at the end. */
#pragma once

#include "commands/denied-host.h"
#include "observe/log/kernel-messages.h"
#include "report/denied-report.h"

typedef struct {
    Output *output;
    DeniedHost *host;
    KernelMessages *messages;
    Denials *denials;
    GHashTable *told; /* DenialGroup to what was told of it */
    GPtrArray *notes; /* char *: of the report */
    bool recorded;    /* firewalld was told to log for this */
} DeniedStream;

/* Counts what MESSAGES (taken) have, and judges it on HOST, which must outlive the stream. */
void denied_stream_begin(DeniedStream *stream, Output *output, DeniedHost *host,
                         KernelMessages *messages);

/* Reads all that is there by now. */
bool denied_stream_read(DeniedStream *stream, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Tells of groups that are new, and that have grown since more than a second: a paragraph, a line,
 * or a document each. */
void denied_stream_tell_news(DeniedStream *stream);

/* Writes the report: in text of what was not told of yet, in JSON of all. */
void denied_stream_finish(DeniedStream *stream);

void denied_stream_clear(DeniedStream *stream);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(DeniedStream, denied_stream_clear)
