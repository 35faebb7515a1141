/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From coverage to findings: see forward-findings.h. */
#include "model/diagnosis/forward-findings.h"

#include "model/foreach.h"
#include "model/host/owner.h"

#include <linux/if.h>

typedef struct {
    const Snapshot *snapshot;
    const Topology *topology;
    CoverageMap *coverage;
    GPtrArray *findings;
    GHashTable *refusals;
    GHashTable *sites;  /* a text of two links: what goes between them is a need of its own */
    GHashTable *needed; /* Link that a need leaves by to its worst Coverage */
} Survey;

static const char *name_of(const ZoneMatch *match)
{
    return match->zone != NULL ? match->zone->name : NULL;
}

void refusal_free(Refusal *refusal)
{
    if (refusal == NULL)
        return;
    g_ptr_array_unref(refusal->links);
    g_ptr_array_unref(refusal->zones);
    g_free(refusal);
}

static void note_refusal(const Survey *survey, const Link *at, const Link *from,
                         const WayCoverage *way)
{
    Refusal *refusal = g_hash_table_lookup(survey->refusals, at);
    if (refusal == NULL) {
        refusal = g_new0(Refusal, 1);
        refusal->links = g_ptr_array_new();
        refusal->zones = g_ptr_array_new_with_free_func(g_free);
        g_hash_table_insert(survey->refusals, (gpointer)at, refusal);
    }
    const char *zone = name_of(&way->judgement->firewalld->ingress);
    g_ptr_array_add(refusal->links, (gpointer)from);
    if (zone != NULL && !g_ptr_array_find_with_equal_func(refusal->zones, zone, g_str_equal, NULL))
        g_ptr_array_add(refusal->zones, g_strdup(zone));
}

static void add_flow(const Survey *survey, Finding *finding, const WayCoverage *way)
{
    finding_add_evidence(finding,
                         (Evidence){.kind = EVIDENCE_FLOW,
                                    .way = *way,
                                    .judgement = coverage_judgement(survey->coverage, way)});
}

/* ---- what other programs refuse ---- */

/* A network that its own software keeps apart, where firewalld would refuse it, too: as an internal one of
 * Docker's. */
static bool is_left_alone(const Link *downstream, const WayCoverage *way)
{
    if (way->coverage != COVERAGE_REFUSED || judgement_is_firewallds(way->judgement))
        return false;
    const PathStage *stage = judgement_decision(way->judgement);
    return stage != NULL && nft_keeps_apart(stage->table, stage->chain, downstream->name);
}

static Finding *finding_elsewhere(const Survey *survey, const Link *uplink, const PathStage *stage)
{
    PTR_ARRAY_FOREACH (Finding, finding, survey->findings) {
        if (finding->id == FINDING_REFUSED_ELSEWHERE &&
            g_str_equal(finding->interface, uplink->name) &&
            finding->stage->chain == stage->chain && finding->stage->rule == stage->rule &&
            finding->stage->loss == stage->loss)
            return finding;
    }
    Finding *finding = finding_new(FINDING_REFUSED_ELSEWHERE, SEVERITY_ERROR, uplink->name, NULL);
    finding->way = WAY_OUT;
    finding->stage = stage;
    g_ptr_array_add(survey->findings, finding);
    return finding;
}

static void note_elsewhere(const Survey *survey, const Link *uplink, const Link *downstream,
                           const WayCoverage *way)
{
    const PathStage *stage = judgement_decision(way->judgement);
    /* Of forwarding that is off there is another finding. */
    if (stage == NULL || stage->loss == LOSS_NOT_FORWARDED ||
        nft_keeps_apart(stage->table, stage->chain, downstream->name))
        return;
    Finding *finding = finding_elsewhere(survey, uplink, stage);
    if (finding->refused->len < FINDING_FLOWS)
        add_flow(survey, finding, way);
    g_ptr_array_add(finding->refused, (gpointer)downstream);
    finding->outcomes |= way->judgement->possible;
}

/* ---- one uplink ---- */

static bool is_unbound(const ZoneMatch *match)
{
    return match->by == BOUND_BY_CATCH_ALL || match->by == BOUND_BY_NOTHING;
}

/* A text for two links, whatever they are called (transfer full). */
static char *pair_text(const Link *in, const Link *out)
{
    return g_strdup_printf("%d/%d", in->index, out->index);
}

/* What comes from the networks behind a tunnel is judged more closely elsewhere. */
static bool is_between_sites(const Survey *survey, const Link *in, const Link *out)
{
    if (g_hash_table_size(survey->sites) == 0)
        return false;
    g_autofree char *text = pair_text(in, out);
    return g_hash_table_contains(survey->sites, text);
}

/* The finding about UPLINK with what the downstreams' connections out through it meet: its id and
 * severity are still to be judged. */
static Finding *cover_uplink(const Survey *survey, const Link *uplink, const ZoneMatch *zone)
{
    Finding *finding =
        finding_new(FINDING_VERDICT_UNKNOWN, SEVERITY_INFO, uplink->name, name_of(zone));
    finding->way = WAY_OUT;
    finding_add_evidence(finding,
                         (Evidence){.kind = EVIDENCE_UPLINK,
                                    .subject = uplink->name,
                                    .uplink = topology_uplink_reason(survey->topology, uplink)});
    finding_add_evidence(
        finding, (Evidence){.kind = EVIDENCE_ZONE, .subject = uplink->name, .match = *zone});
    PTR_ARRAY_FOREACH (Link, downstream, topology_downstreams(survey->topology)) {
        if (is_between_sites(survey, downstream, uplink))
            continue;
        WayCoverage way = coverage_of(survey->coverage, downstream, uplink);
        if (is_left_alone(downstream, &way))
            continue;
        finding->senders += way.coverage != COVERAGE_IDLE;
        if (way.coverage == COVERAGE_ELSEWHERE ||
            (way.coverage == COVERAGE_REFUSED && !judgement_is_firewallds(way.judgement)))
            note_elsewhere(survey, uplink, downstream, &way);
        if (way.coverage != COVERAGE_OPEN && way.coverage != COVERAGE_REFUSED)
            continue;
        if (finding->refused->len + finding->open->len < FINDING_FLOWS)
            add_flow(survey, finding, &way);
        if (way.coverage == COVERAGE_OPEN) {
            g_ptr_array_add(finding->open, downstream);
            continue;
        }
        g_ptr_array_add(finding->refused, downstream);
        finding->outcomes |= way.judgement->possible;
        note_refusal(survey, uplink, downstream, &way);
    }
    return finding;
}

/* Judges FINDING by its facts: false where the uplink is as it should be. NEEDED is how all that fares
 * that is no downstream's: where it does not pass, another finding says so. A host that forwards nothing
 * is in a zone that refuses all on purpose. */
static bool judge_uplink(Finding *finding, const ZoneMatch *zone, Coverage needed)
{
    bool is_refused = finding->refused->len > 0;
    finding->severity = SEVERITY_ERROR;
    if (is_unbound(zone)) {
        finding->id = FINDING_UPLINK_UNBOUND;
        bool is_accepted = finding->senders > 0 && finding->open->len == 0;
        if (!is_refused)
            finding->severity = is_accepted ? SEVERITY_INFO : SEVERITY_WARNING;
        return is_refused || finding->senders > 0 || needed <= COVERAGE_ACCEPTED;
    }
    if (zone->zone->target == TARGET_DROP || zone->zone->target == TARGET_REJECT) {
        finding->id = FINDING_UPLINK_IN_REJECTING_ZONE;
        finding->target = zone->zone->target;
        if (!is_refused)
            finding->severity = SEVERITY_INFO;
        return is_refused || (finding->senders == 0 && needed == COVERAGE_IDLE);
    }
    finding->id = FINDING_FORWARD_BLOCKED;
    return is_refused;
}

/* What cannot be told is a finding of its own. */
static Finding *as_unknown(const Finding *finding)
{
    Finding *unknown =
        finding_new(FINDING_VERDICT_UNKNOWN, SEVERITY_INFO, finding->interface, finding->zone);
    unknown->way = WAY_OUT;
    g_ptr_array_extend(unknown->open, finding->open, NULL, NULL);
    PTR_ARRAY_FOREACH (const Evidence, evidence, finding->evidence)
        finding_add_evidence(unknown, *evidence);
    return unknown;
}

/* What else leaves by UPLINK; COVERAGE_IDLE where nothing is known to. */
static Coverage needed_coverage(const Survey *survey, const Link *uplink)
{
    return (Coverage)GPOINTER_TO_INT(g_hash_table_lookup(survey->needed, uplink));
}

static GHashTable *index_sites(const GPtrArray *needs)
{
    GHashTable *sites = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    PTR_ARRAY_FOREACH (const Need, need, needs) {
        if (need->kind == NEED_SITE_TO_SITE && need->certainty != NEED_POSSIBLE)
            g_hash_table_add(sites, pair_text(need->in, need->out));
    }
    return sites;
}

static GHashTable *index_needs(const GPtrArray *needs)
{
    GHashTable *needed = g_hash_table_new(g_direct_hash, g_direct_equal);
    PTR_ARRAY_FOREACH (const Need, need, needs) {
        if (need->certainty == NEED_POSSIBLE || need->out == NULL)
            continue;
        gpointer out = (gpointer)need->out;
        int worst = GPOINTER_TO_INT(g_hash_table_lookup(needed, out));
        g_hash_table_insert(needed, out, GINT_TO_POINTER(MAX(worst, (int)need->way.coverage)));
    }
    return needed;
}

static void survey_uplink(const Survey *survey, const Link *uplink)
{
    const ZoneMatch zone = dispatch_interface(survey->snapshot, uplink->name);
    Finding *finding = cover_uplink(survey, uplink, &zone);
    bool is_unread =
        finding->senders == 0 && !is_unbound(&zone) && zone.zone->target == TARGET_UNKNOWN;
    Finding *unknown = is_unread || finding->open->len > 0 ? as_unknown(finding) : NULL;
    Coverage needed = needed_coverage(survey, uplink);
    if (finding->senders == 0 && needed == COVERAGE_ACCEPTED)
        finding->senders = 1;
    if (judge_uplink(finding, &zone, needed))
        g_ptr_array_add(survey->findings, finding);
    else
        finding_free(finding);
    if (unknown != NULL)
        g_ptr_array_add(survey->findings, unknown);
}

/* ---- bridges whose ports cannot reach one another ---- */

static void survey_bridge(const Survey *survey, const Link *bridge)
{
    if (g_strcmp0(bridge->kind, "bridge") != 0 || (bridge->flags & IFF_UP) == 0)
        return;
    WayCoverage way = coverage_within_bridge(survey->coverage, bridge);
    if (way.coverage != COVERAGE_REFUSED && way.coverage != COVERAGE_OPEN)
        return;
    bool is_refused = way.coverage == COVERAGE_REFUSED;
    const ZoneMatch zone = dispatch_interface(survey->snapshot, bridge->name);
    Finding *finding =
        finding_new(is_refused ? FINDING_FORWARD_BLOCKED : FINDING_VERDICT_UNKNOWN,
                    is_refused ? SEVERITY_ERROR : SEVERITY_INFO, bridge->name, name_of(&zone));
    finding->way = WAY_PORTS;
    finding->outcomes = way.judgement->possible;
    g_ptr_array_add(is_refused ? finding->refused : finding->open, (gpointer)bridge);
    finding_add_evidence(finding, (Evidence){.kind = EVIDENCE_BRIDGE_NETFILTER});
    add_flow(survey, finding, &way);
    g_ptr_array_add(survey->findings, finding);
}

/* ---- overlays: networks that continue on other hosts ---- */

static void survey_overlay(const Survey *survey, const Link *bridge, const Link *tunnel)
{
    WayCoverage way = coverage_through_overlay(survey->coverage, bridge, tunnel);
    if (way.coverage != COVERAGE_REFUSED)
        return;
    const ZoneMatch zone = dispatch_interface(survey->snapshot, tunnel->name);
    Finding *finding =
        finding_new(FINDING_FORWARD_BLOCKED, SEVERITY_ERROR, tunnel->name, name_of(&zone));
    finding->way = WAY_OVERLAY;
    finding->outcomes = way.judgement->possible;
    g_ptr_array_add(finding->refused, (gpointer)bridge);
    finding_add_evidence(
        finding,
        (Evidence){.kind = EVIDENCE_OVERLAY, .subject = tunnel->name, .value = bridge->name});
    add_flow(survey, finding, &way);
    g_ptr_array_add(survey->findings, finding);
    note_refusal(survey, tunnel, bridge, &way);
}

/* ---- the whole ---- */

void forward_findings_add(GPtrArray *findings, GHashTable *refusals, const Snapshot *snapshot,
                          const Topology *topology, CoverageMap *coverage, const GPtrArray *needs)
{
    g_autoptr(GHashTable) needed = index_needs(needs);
    g_autoptr(GHashTable) sites = index_sites(needs);
    const Survey survey = {snapshot, topology, coverage, findings, refusals, sites, needed};
    const GPtrArray *downstreams = topology_downstreams(topology);
    PTR_ARRAY_FOREACH (const Link, uplink, topology_uplinks(topology))
        survey_uplink(&survey, uplink);
    PTR_ARRAY_FOREACH (const Link, link, snapshot->links)
        survey_bridge(&survey, link);
    PTR_ARRAY_FOREACH (const Link, tunnel, downstreams) {
        if (!link_is_overlay(tunnel))
            continue;
        PTR_ARRAY_FOREACH (const Link, bridge, downstreams) {
            if (g_strcmp0(bridge->kind, "bridge") == 0)
                survey_overlay(&survey, bridge, tunnel);
        }
    }
}
