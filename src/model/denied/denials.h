/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Denials in groups: one for each rule, pair of links, protocol and port. However long the log, they
 * take a limited amount of memory. */
#pragma once

#include "model/denied/denial.h"
#include "model/diagnosis/diagnosis.h"
#include "model/diagnosis/finding.h"
#include "model/host/flow.h"
#include "model/firewalld/verdict.h"
#include "model/plan/flow-fixes.h"

/* When a line was written. */
typedef struct {
    gint64 usec; /* since the epoch; 0: could not be parsed */
    char *text;  /* as in the line; NULL: it has none */
} LogTime;

void log_time_clear(LogTime *time);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(LogTime, log_time_clear)

typedef struct {
    const char *key; /* what makes it a group of its own */
    Denial denial;
    LoggedPacket packet; /* the last one */
    bool any_port;       /* too many ports to count one by one */
    guint64 count;
    LogTime first;
    LogTime last;
    GPtrArray *sources; /* char *: addresses, in the order they came */
    bool more_sources;  /* SOURCES is not all */
} DenialGroup;

typedef struct Denials Denials;

Denials *denials_new(void);
void denials_free(Denials *denials);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Denials, denials_free)

/* Counts PACKET, logged at TIME. Returns its group, which lives as long as DENIALS; NULL where
 * firewalld did not deny it, or where there are too many groups. */
DenialGroup *denials_add(Denials *denials, const LoggedPacket *packet, const LogTime *time);

/* The same for a packet that DENIAL (cleared) denied. */
DenialGroup *denials_add_denial(Denials *denials, const LoggedPacket *packet, Denial *denial,
                                const LogTime *time);

/* The groups, the largest first (DenialGroup; transfer container). */
GPtrArray *denials_sorted(const Denials *denials);

/* How many denials are in no group because there are too many groups. */
guint64 denials_left_off(const Denials *denials);

/* ---- causes ---- */

/* What happens to the flow of a group now. */
typedef struct {
    Judgement *judgement;   /* NULL: not known */
    char *unknown;          /* why JUDGEMENT is not known */
    const Finding *finding; /* the finding that explains it (of the diagnosis), NULL: none */
    const Fix *fix;         /* of the fixes; NULL: nicfix offers none */
} DenialCause;

/* The cause of the denial of FLOW. DIAGNOSIS and FIXES are of SNAPSHOT and must outlive the result. */
DenialCause denial_cause_of(const Snapshot *snapshot, const Diagnosis *diagnosis, const Flow *flow,
                            FlowFixes *fixes);
void denial_cause_clear(DenialCause *cause);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(DenialCause, denial_cause_clear)
