/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Denials as they are read: counted, and reported as they come or all at the end. */
#pragma once

#include "commands/denied-host.h"
#include "observe/log/kernel-messages.h"
#include "report/denied-report.h"

typedef struct {
    Output *output;
    DeniedHost *host;
    KernelMessages *messages;
    Denials *denials;
    GHashTable *reported; /* DenialGroup to what was last reported of it */
    GPtrArray *notes;     /* char *: of the report */
    bool recorded;        /* logging was switched on for this */
} DeniedStream;

/* Reads denials from MESSAGES (taken) and explains them on HOST, which must outlive the stream. */
void denied_stream_begin(DeniedStream *stream, Output *output, DeniedHost *host,
                         KernelMessages *messages);

/* Reads all there is by now. */
bool denied_stream_read(DeniedStream *stream, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Reports each group that is new, or has grown and was last reported a second ago: by a paragraph, a
 * line, or a document. */
void denied_stream_report_news(DeniedStream *stream);

/* Writes the report: as text of what was not reported yet, as JSON of everything. */
void denied_stream_finish(DeniedStream *stream);

void denied_stream_clear(DeniedStream *stream);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(DeniedStream, denied_stream_clear)
