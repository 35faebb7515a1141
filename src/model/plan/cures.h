/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Cures of what does not pass: all that could be done, and the one that is best. A cure lets through
 * every flow it is sought for, breaks nothing that passes, and does no harm (harms.h). Of those, one
 * that gives an interface back to the zone that it is known to belong to wins; else the one that opens
 * least beyond what is needed, then closes least, then does least. */
#pragma once

#include "model/plan/plan.h"

/* What a cure is sought for. */
typedef struct {
    const Snapshot *snapshot;
    const Declared *declared;
    const Diagnosis *diagnosis; /* of SNAPSHOT, with DECLARED */
    const Finding *finding;     /* of DIAGNOSIS; NULL: FLOWS alone */
    const GArray *flows;        /* Flow: those that have to pass */
    bool whatever_else; /* that firewalld accepts them is enough: what other programs refuse is a
                                   finding of its own */
} CureGoal;

typedef struct {
    GPtrArray *actions; /* Action */
    char **command;     /* of nicfix, where options say it all; NULL: only a finding leads there */
    bool restores;      /* gives an interface back to the zone that it belongs to */
    guint64 opened;     /* as exposure_opened() and exposure_closed(), once judged */
    guint64 closed;
} Cure;

void cure_free(Cure *cure);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Cure, cure_free)

/* All that might cure GOAL, none twice (Cure; transfer full). */
GPtrArray *cure_candidates(const CureGoal *goal);

/* Whether CURE lets pass what GOAL says and is free of harm, as far as that can be told without a
 * diagnosis; fills in what it opens and closes. */
bool cure_is_promising(const CureGoal *goal, const ExposureBase *base, const GArray *needed,
                       Cure *cure);

/* Whether it is one by the diagnosis afterwards, too. */
bool cure_holds(const CureGoal *goal, const Cure *cure);

/* The order of cures: negative where A is better than B. */
int cure_compare(const Cure *a, const Cure *b);

/* The best cure of GOAL, or NULL (transfer full). BASE and NEEDED are of the goal's snapshot. */
Cure *cure_find(const CureGoal *goal, const ExposureBase *base, const GArray *needed);
