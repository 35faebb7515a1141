/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is wrong with a host, as far as its firewall and its links go: findings, worst first. */
#pragma once

#include "model/diagnosis/expectation-findings.h"
#include "model/diagnosis/finding.h"
#include "model/diagnosis/forward-findings.h"
#include "model/host/topology.h"
#include "model/needs/needs.h"

typedef struct {
    Topology *topology;
    Snapshot *calm;        /* the snapshot without panic mode, which COVERAGE is of */
    CoverageMap *coverage; /* owns the verdicts that findings name */
    GPtrArray *needs;      /* Need: see needs_of() */
    GArray *expectations;  /* ExpectationResult, in the order in which they were declared */
    GPtrArray *findings;   /* Finding, worst first */
    GHashTable
        *known; /* the first of FINDINGS of those that are the same: there may be thousands */
    GHashTable *refusals; /* Link to Refusal: what the findings about forwarding rest on */
    guint errors;
    guint warnings;
    guint infos;
    char **about; /* of diagnosis_narrow(); NULL: the whole host */
} Diagnosis;

/* Diagnoses SNAPSHOT, which must outlive the result. DECLARED as for topology_new(). Fixes are
 * not looked for: fixes_suggest() adds them. */
Diagnosis *diagnose(const Snapshot *snapshot, const Declared *declared);
void diagnosis_free(Diagnosis *diagnosis);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Diagnosis, diagnosis_free)

/* Adds that nicfix itself, killed, left firewalld logging all denials, where SNAPSHOT says that it still
 * does. */
void diagnosis_add_left_logging(Diagnosis *diagnosis, const Snapshot *snapshot);

/* Keeps only the findings about one of INTERFACES, at either end, or about no interface at all. For a report: plans
 * need all findings. */
void diagnosis_narrow(Diagnosis *diagnosis, const char *const *interfaces);

/* The finding that is about the same thing as FINDING, or NULL (transfer none). */
const Finding *diagnosis_find(const Diagnosis *diagnosis, const Finding *finding);

/* The first finding of AFTER, at least of FLOOR, that BEFORE does not have or not as severe; NULL
 * where there is none (transfer none). */
const Finding *diagnosis_first_worse(const Diagnosis *before, const Diagnosis *after,
                                     Severity floor);

/* Whether a finding of at least SEVERITY is there. */
bool diagnosis_has(const Diagnosis *diagnosis, Severity severity);

/* What is refused on its way out by LINK, or NULL where nothing is (transfer none). */
const Refusal *diagnosis_refusal(const Diagnosis *diagnosis, const Link *link);

/* ---- what is different between two diagnoses of one host ---- */

typedef enum {
    CHANGE_APPEARED,
    CHANGE_CLEARED,
    CHANGE_SEVERITY, /* the same finding, worse or less bad */
} ChangeKind;

typedef struct {
    ChangeKind kind;
    const Finding *finding; /* as it is now, or as it was where it is gone (transfer none) */
} FindingChange;

/* What has changed from BEFORE (NULL: nothing was known) to AFTER, which both must outlive the result:
 * first what is gone, then what came, worst first (FindingChange; transfer full). */
GArray *diagnosis_changes(const Diagnosis *before, const Diagnosis *after);

/* "appeared", "cleared" or "changed" (static). */
const char *change_word(ChangeKind kind);
