/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What was denied, for people and for programs. */
#pragma once

#include "model/denied/denials.h"
#include "report/output.h"

/* Where denials were read, and what the reader should know about that. */
typedef struct {
    const char *log;        /* "the journal", a file's name */
    const char *log_denied; /* firewalld's setting now; NULL: not known */
    guint64 left_off;       /* denials in no group */
    guint64 skipped;        /* lines that were too long */
    GPtrArray *notes;       /* char *: what else happened */
    bool recorded;          /* they were recorded for this report */
    bool traced;            /* of all tables, and not of firewalld's alone */
} DeniedSource;

/* A group and its cause, as a paragraph (transfer full). */
char *denied_report_group_text(const DenialGroup *group, const DenialCause *cause,
                               const TextStyle *style);

/* One line for a group that was reported before and has grown (transfer full). */
char *denied_report_again_text(const DenialGroup *group, const TextStyle *style);

/* What follows the groups, COUNT of them: what is missing and how to get it (transfer full). */
char *denied_report_end_text(const DeniedSource *source, guint count, const TextStyle *style);

/* The document of GROUPS (DenialGroup), whose causes are CAUSES, in the same order (transfer full). */
json_t *denied_report_json(const DeniedSource *source, const GPtrArray *groups,
                           const DenialCause *causes);
