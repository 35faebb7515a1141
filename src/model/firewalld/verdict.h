/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What firewalld lets the kernel do with a flow, and why. A verdict is a set: where the flow or
 * the configuration leaves something open, every outcome that is possible is in it, and only a set
 * of one is an answer. */
#pragma once

#include "model/firewalld/dispatch.h"

typedef enum {
    OUTCOME_ACCEPT = 1 << 0,
    OUTCOME_REJECT = 1 << 1,
    OUTCOME_DROP = 1 << 2,
} Outcome;

#define OUTCOME_ANY (OUTCOME_ACCEPT | OUTCOME_REJECT | OUTCOME_DROP)

/* The stages of a packet's way, in the order it meets them. */
typedef enum {
    STAGE_PANIC,
    STAGE_REVERSE_PATH,
    STAGE_ESTABLISHED,
    STAGE_FORWARD_PORT,
    STAGE_LOOPBACK,
    STAGE_RFC3964,
    STAGE_INGRESS_ZONE,
    STAGE_EGRESS_ZONE,
    STAGE_POLICY,
    STAGE_FORWARD,
    STAGE_RICH_RULE,
    STAGE_ICMP_BLOCK,
    STAGE_SERVICE,
    STAGE_PORT,
    STAGE_PROTOCOL,
    STAGE_MASQUERADE,
    STAGE_ICMP,
    STAGE_TARGET,
    STAGE_END, /* the end of the hook, where nothing before it decided */
} Stage;

typedef struct {
    Stage stage;
    const char *zone;   /* NULL: no zone's setting */
    const char *policy; /* NULL: no policy's setting */
    char *setting;      /* what was consulted, in firewalld's words */
    Match match;        /* MATCH_NO: it does not apply, and the packet goes on */
    Outcome outcome;    /* of anything but MATCH_NO; 0: it only chooses a zone */
} VerdictStep;

typedef struct {
    guint possible;              /* Outcomes, or-ed: never 0 */
    GPtrArray *steps;            /* VerdictStep */
    char *reason;                /* one sentence: what decided, or what is open */
    const VerdictStep *deciding; /* the step that decided; NULL where several outcomes are left */
    ZoneMatch ingress;           /* of a flow that comes in */
    ZoneMatch egress;            /* of a flow that goes out, as firewalld's interfaces bind it */
    GPtrArray *assumptions;      /* codes (static strings) of what an answer takes for granted */
} Verdict;

/* The verdict on FLOW as things stand in SNAPSHOT, which must outlive it. */
Verdict *verdict_of(const Snapshot *snapshot, const Flow *flow);
void verdict_free(Verdict *verdict);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Verdict, verdict_free)

/* "accept", "reject" or "drop" where that is the only possible outcome, else "unknown". */
const char *verdict_word(const Verdict *verdict);

/* Whether FLOW is surely accepted, and whether it surely is not. */
bool verdict_accepts(const Verdict *verdict);
bool verdict_refuses(const Verdict *verdict);

const char *outcome_word(Outcome outcome);
const char *stage_word(Stage stage);
/* What a step said, in one word: "continue", "accept", "maybe-accept", ... (static). */
const char *step_result_word(const VerdictStep *step);
