/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The way of one flow through firewalld's rules while it is followed: the steps that were met and
 * the outcomes that are still possible. Used by the parts of the verdict only. */
#pragma once

#include "model/firewalld/verdict.h"

typedef struct {
    const Snapshot *snapshot;
    const Flow *flow;
    Generation generation;
    const GArray *ingress; /* ZoneMatch: dispatch() to the first of the zones that take it in */
    Verdict *verdict;
    Match untranslated;   /* whether a forward port that changes nothing has ended nat */
    bool nat_in_disorder; /* rules of nat may stand where they do not belong */
    bool decided; /* every packet of the flow has met its outcome: nothing further is consulted */
} Trace;

/* Whose setting a step is. */
typedef struct {
    const char *zone;
    const char *policy;
} Owner;

#define NOBODY ((Owner){NULL, NULL})

/* A rule that is met: MATCH says whether it applies, OUTCOME what it does then. */
void trace_rule(Trace *trace, Stage stage, Owner owner, Match match, Outcome outcome,
                Setting setting);

/* The same for a rule among others whose order firewalld does not reveal: it decides nothing for
 * itself. Follow with trace_unordered_end(). */
void trace_unordered(Trace *trace, Stage stage, Owner owner, Match match, Outcome outcome,
                     Setting setting, Match *best);
void trace_unordered_end(Trace *trace, Match best);

/* Anything may happen here: SETTING is not modelled, or could not be read. */
void trace_unknown(Trace *trace, Stage stage, Owner owner, Setting setting);

/* What TARGET does to what reaches it; OTHERWISE where it names no outcome. */
Outcome target_outcome(Target target, Outcome otherwise);
