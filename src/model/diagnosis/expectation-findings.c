/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A declared flow that fares otherwise is an error; one that cannot be told is a warning, since what
 * was asked for is not known to hold. */
#include "model/diagnosis/expectation-findings.h"

#include "model/foreach.h"

static Tristate is_met(const Expectation *expectation, const Judgement *judgement)
{
    if (judgement_accepts(judgement))
        return expectation->expected == EXPECT_ACCEPT ? TRISTATE_YES : TRISTATE_NO;
    if (judgement_refuses(judgement))
        return expectation->expected == EXPECT_REFUSE ? TRISTATE_YES : TRISTATE_NO;
    return TRISTATE_UNKNOWN;
}

/* What is to be refused is no need: nobody misses it. */
static const Need *add_need(GPtrArray *needs, const Snapshot *snapshot,
                            const Expectation *expectation, const WayCoverage *way)
{
    if (expectation->expected != EXPECT_ACCEPT)
        return NULL;
    const Flow *flow = &expectation->flow;
    g_autofree char *place = g_strdup_printf("%s:%u", expectation->file, expectation->line);
    Need *need = need_new(NEED_EXPECTATION, NEED_DECLARED, NEED_BECAUSE_DECLARED, place);
    need->in = flow->in != NULL ? snapshot_link_by_name(snapshot, flow->in) : NULL;
    need->out = flow->out != NULL ? snapshot_link_by_name(snapshot, flow->out) : NULL;
    if (need->in != NULL)
        g_ptr_array_add(need->alike, (gpointer)need->in);
    if (need->out != NULL)
        g_ptr_array_add(need->out_alike, (gpointer)need->out);
    need->way = *way;
    g_ptr_array_add(needs, need);
    return need;
}

static void add_finding(GPtrArray *findings, const ExpectationResult *result, const Need *need)
{
    const Expectation *expectation = result->expectation;
    const Judgement *judgement = result->judgement;
    const Flow *flow = &expectation->flow;
    bool is_certain = result->met == TRISTATE_NO;
    const Zone *zone = judgement != NULL ? judgement->firewalld->ingress.zone : NULL;
    Finding *finding =
        finding_new(is_certain ? FINDING_EXPECTATION_FAILED : FINDING_VERDICT_UNKNOWN,
                    is_certain ? SEVERITY_ERROR : SEVERITY_WARNING,
                    flow->in != NULL ? flow->in : flow->out, zone != NULL ? zone->name : NULL);
    finding->expectation = expectation;
    finding->need = NEED_EXPECTATION;
    finding->certainty = NEED_DECLARED;
    finding->outcomes = judgement != NULL ? judgement->possible : 0;
    if (flow->in != NULL)
        finding->peer = g_strdup(flow->out);
    if (need != NULL)
        g_ptr_array_add(finding->needs, (gpointer)need);
    finding_add_evidence(finding, (Evidence){.kind = EVIDENCE_EXPECTATION, .judgement = judgement});
    g_ptr_array_add(findings, finding);
}

void expectation_findings_add(GPtrArray *findings, GPtrArray *needs, GArray *results,
                              const Snapshot *snapshot, const GPtrArray *expectations,
                              CoverageMap *coverage)
{
    for (guint i = 0; expectations != NULL && i < expectations->len; i++) {
        const Expectation *expectation = g_ptr_array_index(expectations, i);
        ExpectationResult result = {expectation, NULL, TRISTATE_UNKNOWN};
        const Need *need = NULL;
        if (expectation->unresolved == NULL) {
            WayCoverage way = coverage_of_flow(coverage, &expectation->flow);
            result.judgement = way.judgement;
            result.met = is_met(expectation, way.judgement);
            need = add_need(needs, snapshot, expectation, &way);
        }
        if (result.met != TRISTATE_YES)
            add_finding(findings, &result, need);
        g_array_append_val(results, result);
    }
}
