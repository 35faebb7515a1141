/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Denials in groups: by what denied them, by their way and by where they were to go. However long
 * the log, the memory they take is bounded. */
#pragma once

#include "model/denied/denial.h"
#include "model/diagnosis/diagnosis.h"
#include "model/diagnosis/finding.h"
#include "model/host/flow.h"
#include "model/firewalld/verdict.h"

/* When a line was written. */
typedef struct {
    gint64 usec; /* since the epoch; 0: not understood */
    char *text;  /* as the line has it; NULL: it has none */
} LogTime;

void log_time_clear(LogTime *time);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(LogTime, log_time_clear)

typedef struct {
    const char *key; /* what makes it a group of its own */
    Denial denial;
    LoggedPacket packet; /* the last one */
    bool any_port;       /* there are so many ports that they are counted together */
    guint64 count;
    LogTime first;
    LogTime last;
    GPtrArray *sources; /* char *: addresses, in the order they came; not all if there are many */
    bool more_sources;
} DenialGroup;

typedef struct Denials Denials;

Denials *denials_new(void);
void denials_free(Denials *denials);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Denials, denials_free)

/* Counts PACKET, logged at TIME. Returns its group, which lives as long as DENIALS; NULL where
 * firewalld did not deny it, or there are too many groups already. */
DenialGroup *denials_add(Denials *denials, const LoggedPacket *packet, const LogTime *time);

/* The groups, those with most packets first (DenialGroup; transfer container). */
GPtrArray *denials_sorted(const Denials *denials);

/* How many denials are in no group, since there are too many of those. */
guint64 denials_left_off(const Denials *denials);

/* ---- what they are due to ---- */

/* What becomes of the flow of a group as things are now. */
typedef struct {
    Verdict *verdict;       /* NULL: it cannot be said */
    char *unknown;          /* then why */
    const Finding *finding; /* the one it belongs to (of the diagnosis), NULL: none */
    Fix *fix;               /* NULL: nicfix offers none */
} DenialCause;

/* Says it of FLOW, which is that of a group. UPLINKS as for topology_new(). */
DenialCause denial_cause_of(const Snapshot *snapshot, const Diagnosis *diagnosis, const Flow *flow,
                            const char *const *uplinks);
void denial_cause_clear(DenialCause *cause);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(DenialCause, denial_cause_clear)
