/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What firewalld denied, for people and for programs. */
#pragma once

#include "model/denied/denials.h"
#include "report/output.h"

/* Where denials were read, and what is to know of that. */
typedef struct {
    const char *log;        /* "the journal", a file's name */
    const char *log_denied; /* firewalld's setting now, NULL: not known */
    guint64 left_off;       /* denials in no group */
    guint64 skipped;        /* lines that were too long */
    GPtrArray *notes;       /* char *: what else happened */
    bool recorded;          /* it was logged for this report */
} DeniedSource;

/* "new tcp connections to port 8629 from cni0 out through enp2s0, rejected by zone public": what GROUP
 * is (transfer full). */
char *denied_report_message(const DenialGroup *group);

/* One group with what it is due to, as a paragraph (transfer full). */
char *denied_report_group_text(const DenialGroup *group, const DenialCause *cause,
                               const TextStyle *style);

/* One line: that it has happened again (transfer full). */
char *denied_report_again_text(const DenialGroup *group, const TextStyle *style);

/* What stands behind all groups, COUNT of them: how they can be had, what is missing (transfer
 * full). */
char *denied_report_end_text(const DeniedSource *source, guint count, const TextStyle *style);

/* The document of GROUPS (DenialGroup), whose causes are CAUSES, in the same order (transfer full). */
json_t *denied_report_json(const DeniedSource *source, const GPtrArray *groups,
                           const DenialCause *causes);
