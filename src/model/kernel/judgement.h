/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What happens to a packet on this host, as far as it can be told: by the kernel's own rules where
 * they were read, else by the model of firewalld alone. Everything that says whether a flow passes
 * asks here; what a change of firewalld's configuration would do is asked here too, on a snapshot
 * whose firewalld is predicted: then the model stands in for firewalld's table, and the other tables
 * are as the kernel has them. */
#pragma once

#include "model/firewalld/verdict.h"
#include "model/kernel/path.h"

typedef enum {
    JUDGED_BY_KERNEL,
    JUDGED_BY_MODEL,     /* the kernel's rules were not read, or only firewalld was asked about */
    JUDGED_BY_PREDICTION /* firewalld by the model, all other tables by the kernel's rules */
} JudgedBy;

typedef enum {
    JUDGE_PACKET,         /* all that can be told */
    JUDGE_FIREWALLD_ONLY, /* what firewalld's configuration says, whatever the kernel has */
} JudgementScope;

typedef struct {
    Flow flow;      /* as asked; its strings are the caller's */
    guint possible; /* Outcomes, or-ed: never 0 */
    JudgedBy by;
    Verdict *firewalld; /* firewalld's share by the model; its steps give the reason in its words */
    Path *path;         /* NULL: JUDGED_BY_MODEL */
    Flow reply;         /* the answer, where it is certainly refused, and its path; else NULL */
    Path *reply_path;
    const LegacyTable *legacy; /* one whose rules the packet may meet and that was not judged; NULL:
                                  none */
} Judgement;

/* The judgement on FLOW, and on the connection that it begins, as things stand in SNAPSHOT. Both the snapshot and the names in FLOW must
 * outlive it (transfer full). */
Judgement *judgement_of(const Snapshot *snapshot, const Flow *flow, JudgementScope scope);
void judgement_free(Judgement *judgement);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Judgement, judgement_free)

/* Whether the flow is certainly accepted, and whether it certainly is not. */
bool judgement_accepts(const Judgement *judgement);
bool judgement_refuses(const Judgement *judgement);

/* Whether firewalld's own table decided: its words are the reason. Otherwise the stage that decided is
 * judgement_decision()'s: another program's, or the kernel's routing (transfer none; NULL where it is
 * accepted or nothing can be said). */
bool judgement_is_firewallds(const Judgement *judgement);
const PathStage *judgement_decision(const Judgement *judgement);

/* Whether the kernel's rules and the model of firewalld's configuration differ on firewalld's own
 * share: where both are certain, and not the same. */
bool judgement_rules_differ(const Snapshot *snapshot, const Flow *flow);
