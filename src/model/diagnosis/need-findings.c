/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From needs to findings: one for each kind, and each pair of links, or of links that are filtered
 * alike. */
#include "model/diagnosis/need-findings.h"

#include "model/foreach.h"
#include "model/host/owner.h"

typedef struct {
    const Snapshot *snapshot;
    CoverageMap *coverage;
    GPtrArray *findings;
    GHashTable *faulty; /* names of links that an error is about already */
    GHashTable *known;  /* a text that tells one from the others, to the Finding */
} NeedSurvey;

static const char *name_of(const Link *link)
{
    return link != NULL ? link->name : NULL;
}

static bool is_kept_apart(const Need *need, const PathStage *stage)
{
    return nft_keeps_apart(stage->table, stage->chain, need->in->name) ||
           (need->out != NULL && nft_keeps_apart(stage->table, stage->chain, need->out->name));
}

/* ---- which finding ---- */

/* Of what is only possible there is one note for all that would leave by one link. */
static const char *subject_of(const Need *need)
{
    bool joined = need->certainty == NEED_POSSIBLE && need->out != NULL;
    return joined ? NULL : need->in->name;
}

static Finding *finding_of(const NeedSurvey *survey, const Need *need, FindingId id,
                           const PathStage *stage)
{
    const char *subject = subject_of(need);
    g_autofree char *key =
        g_strdup_printf("%d/%d/%s/%s/%p/%p", (int)id, (int)need->kind,
                        subject != NULL ? subject : "/", need->out != NULL ? need->out->name : "/",
                        stage != NULL ? (const void *)stage->chain : NULL,
                        stage != NULL ? (const void *)stage->rule : NULL);
    Finding *finding = g_hash_table_lookup(survey->known, key);
    if (finding != NULL)
        return finding;
    const Zone *zone = need->way.judgement->firewalld->ingress.zone;
    finding = finding_new(id, SEVERITY_INFO, need->in->name, zone != NULL ? zone->name : NULL);
    finding->need = need->kind;
    finding->certainty = need->certainty;
    finding->peer = g_strdup(name_of(need->out));
    finding->way = need->out != NULL ? WAY_OUT : WAY_NONE;
    finding->stage = stage;
    g_hash_table_insert(survey->known, g_strdup(key), finding);
    g_ptr_array_add(survey->findings, finding);
    return finding;
}

/* All needs of a finding are of the same links, unless they are joined: then each is of others. */
static void add_links(GPtrArray *links, const Need *need)
{
    if (links->len == 0 || subject_of(need) == NULL)
        g_ptr_array_extend(links, need->alike, NULL, NULL);
}

/* Why it is a need, and how its flow fares. */
static void add_need(const NeedSurvey *survey, Finding *finding, const Need *need)
{
    if (finding->needs->len < FINDING_FLOWS) {
        finding_add_evidence(finding, (Evidence){.kind = EVIDENCE_NEED, .need = need});
        finding_add_evidence(
            finding, (Evidence){.kind = EVIDENCE_FLOW,
                                .way = need->way,
                                .judgement = coverage_judgement(survey->coverage, &need->way)});
    }
    finding->certainty = MAX(finding->certainty, need->certainty);
    g_ptr_array_add(finding->needs, (gpointer)need);
}

/* ---- one need ---- */

/* What is only possible is not worth a note where the cure of an error decides about it, too. */
static bool is_overshadowed(const NeedSurvey *survey, const Need *need)
{
    const char *out = name_of(need->out);
    return need->certainty == NEED_POSSIBLE &&
           (g_hash_table_contains(survey->faulty, need->in->name) ||
            (out != NULL && g_hash_table_contains(survey->faulty, out)));
}

static void note_refused(const NeedSurvey *survey, const Need *need)
{
    if (is_overshadowed(survey, need))
        return;
    Finding *finding = finding_of(survey, need, FINDING_NEED_REFUSED, NULL);
    add_need(survey, finding, need);
    add_links(finding->refused, need);
    finding->outcomes |= need->way.judgement->possible;
    if (need->certainty == NEED_POSSIBLE)
        return;
    finding->severity = SEVERITY_ERROR;
    g_hash_table_add(survey->faulty, need->in->name);
}

/* By another program's rules, or by the kernel's routing. Of forwarding that is off there is another
 * finding. */
static void note_elsewhere(const NeedSurvey *survey, const Need *need, const PathStage *stage)
{
    if (need->certainty == NEED_POSSIBLE || stage->loss == LOSS_NOT_FORWARDED)
        return;
    Finding *finding = finding_of(survey, need, FINDING_REFUSED_ELSEWHERE, stage);
    add_need(survey, finding, need);
    add_links(finding->refused, need);
    finding->outcomes |= need->way.judgement->possible;
    finding->severity = SEVERITY_ERROR;
}

static void note_unknown(const NeedSurvey *survey, const Need *need)
{
    if (need->certainty == NEED_POSSIBLE)
        return;
    Finding *finding = finding_of(survey, need, FINDING_VERDICT_UNKNOWN, NULL);
    add_need(survey, finding, need);
    add_links(finding->open, need);
}

static void survey_need(const NeedSurvey *survey, const Need *need)
{
    const WayCoverage *way = &need->way;
    if (way->coverage == COVERAGE_OPEN) {
        note_unknown(survey, need);
        return;
    }
    if (way->coverage != COVERAGE_REFUSED && way->coverage != COVERAGE_ELSEWHERE)
        return;
    bool by_others = !judgement_is_firewallds(way->judgement);
    const PathStage *stage = by_others ? judgement_decision(way->judgement) : NULL;
    if (stage != NULL && is_kept_apart(need, stage))
        return;
    if (stage != NULL)
        note_elsewhere(survey, need, stage);
    if (way->coverage == COVERAGE_REFUSED)
        note_refused(survey, need);
}

void need_findings_add(GPtrArray *findings, const Snapshot *snapshot, const GPtrArray *needs,
                       CoverageMap *coverage)
{
    g_autoptr(GHashTable) known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GHashTable) faulty = g_hash_table_new(g_str_hash, g_str_equal);
    PTR_ARRAY_FOREACH (const Finding, finding, findings) {
        if (finding->severity == SEVERITY_ERROR && finding->interface != NULL)
            g_hash_table_add(faulty, finding->interface);
    }
    const NeedSurvey survey = {snapshot, coverage, findings, faulty, known};
    PTR_ARRAY_FOREACH (const Need, need, needs)
        survey_need(&survey, need);
}
