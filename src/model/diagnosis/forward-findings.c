/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From coverage to findings: see forward-findings.h. */
#include "model/diagnosis/forward-findings.h"

#include "model/needs/coverage.h"
#include "model/firewalld/reason.h"
#include "model/diagnosis/refusal.h"

#include <linux/if.h>

enum { MAX_NAMED = 6 }; /* a sentence names so many links and counts the others */

typedef struct {
    const Snapshot *snapshot;
    const Topology *topology;
    CoverageMap *map;
    GPtrArray *findings;
    GHashTable *refusals;
} Survey;

/* What the downstreams' flows out by one uplink meet. */
typedef struct {
    const Link *uplink;
    ZoneMatch zone;      /* what filters the uplink */
    guint senders;       /* how many downstreams have a way out by it */
    GPtrArray *refused;  /* Link */
    GPtrArray *open;     /* Link */
    GPtrArray *evidence; /* char *: why, for the first few of them */
} UplinkCoverage;

static void uplink_coverage_clear(UplinkCoverage *uplink)
{
    g_ptr_array_unref(uplink->refused);
    g_ptr_array_unref(uplink->open);
    g_ptr_array_unref(uplink->evidence);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(UplinkCoverage, uplink_coverage_clear)

static void note_refusal(const Survey *survey, const Link *at, const Link *from, const char *zone)
{
    Refusal *refusal = g_hash_table_lookup(survey->refusals, at);
    if (refusal == NULL) {
        refusal = refusal_new();
        g_hash_table_insert(survey->refusals, (gpointer)at, refusal);
    }
    refusal_add(refusal, from, zone);
}

/* "a new connection from cni0 out by enp2s0 is refused: zone public ..." */
static char *describe_way(const Survey *survey, const WayCoverage *way)
{
    g_autofree char *reason = coverage_reason(survey->map, way);
    return g_strdup_printf("a new connection from %s out by %s %s: %s", way->flow.in, way->flow.out,
                           way->coverage == COVERAGE_REFUSED ? "is refused" : "may be refused",
                           reason);
}

static void cover(const Survey *survey, UplinkCoverage *uplink, Link *downstream)
{
    WayCoverage way = coverage_of(survey->map, downstream, uplink->uplink);
    uplink->senders += way.coverage != COVERAGE_IDLE;
    if (way.coverage == COVERAGE_IDLE || way.coverage == COVERAGE_ACCEPTED)
        return;
    bool refused = way.coverage == COVERAGE_REFUSED;
    g_ptr_array_add(refused ? uplink->refused : uplink->open, downstream);
    if (refused)
        note_refusal(survey, uplink->uplink, downstream, way.zone);
    if (uplink->evidence->len < MAX_NAMED)
        g_ptr_array_add(uplink->evidence, describe_way(survey, &way));
}

static UplinkCoverage cover_uplink(const Survey *survey, const Link *link)
{
    const GPtrArray *downstreams = topology_downstreams(survey->topology);
    UplinkCoverage uplink = {
        .uplink = link,
        .zone = dispatch_interface(survey->snapshot, link->name),
        .refused = g_ptr_array_new(),
        .open = g_ptr_array_new(),
        .evidence = g_ptr_array_new_with_free_func(g_free),
    };
    for (guint i = 0; i < downstreams->len; i++)
        cover(survey, &uplink, g_ptr_array_index(downstreams, i));
    return uplink;
}

/* "cni0", "cni0 and docker0", "a, b, c, d, e, f and 94 more". */
static char *name_links(const GPtrArray *links)
{
    g_autoptr(GString) text = g_string_new(NULL);
    guint named = MIN(links->len, (guint)MAX_NAMED);
    for (guint i = 0; i < named; i++) {
        const Link *link = g_ptr_array_index(links, i);
        bool last = i + 1 == links->len;
        g_string_append_printf(text, "%s%s", i == 0 ? "" : last ? " and " : ", ", link->name);
    }
    if (links->len > named)
        g_string_append_printf(text, " and %u more", links->len - named);
    return g_string_free(g_steal_pointer(&text), FALSE);
}

static bool target_refuses(const ZoneMatch *match)
{
    return match->zone != NULL &&
           (match->zone->target == TARGET_DROP || match->zone->target == TARGET_REJECT);
}

static const char *name_of(const ZoneMatch *match)
{
    return match->zone != NULL ? match->zone->name : NULL;
}

/* ---- one uplink ---- */

static void add_evidence(Finding *finding, const UplinkCoverage *uplink, const Topology *topology)
{
    finding_add_evidence(finding,
                         g_strdup_printf("%s is an uplink: %s", uplink->uplink->name,
                                         topology_uplink_reason(topology, uplink->uplink)));
    g_autofree char *zone = reason_for_zone(&uplink->zone, uplink->uplink->name);
    finding_add_evidence(finding, g_strdup_printf("%s filters %s", zone, uplink->uplink->name));
    for (guint i = 0; i < uplink->evidence->len; i++)
        finding_add_evidence(finding, g_strdup(g_ptr_array_index(uplink->evidence, i)));
}

static Severity severity_of_unbound(const UplinkCoverage *uplink)
{
    if (uplink->refused->len > 0)
        return SEVERITY_ERROR;
    /* What could not be told is no reason for calm. */
    bool calm = uplink->senders > 0 && uplink->open->len == 0;
    return calm ? SEVERITY_INFO : SEVERITY_WARNING;
}

static char *message_of_unbound(const UplinkCoverage *uplink)
{
    const char *name = uplink->uplink->name;
    const char *zone = name_of(&uplink->zone);
    g_autofree char *refused = name_links(uplink->refused);
    if (uplink->refused->len > 0)
        return g_strdup_printf("no zone binds %s, and new connections from %s out by it are "
                               "refused",
                               name, refused);
    if (uplink->senders == 0)
        return g_strdup_printf("no zone binds %s: only the catch-all of the default zone %s "
                               "filters it, and nothing could be forwarded out by it",
                               name, zone != NULL ? zone : "?");
    if (uplink->open->len > 0)
        return g_strdup_printf("no zone binds %s, and whether what is forwarded out by it passes "
                               "could not be told",
                               name);
    return g_strdup_printf("no zone binds %s, yet all that is forwarded out by it is accepted by "
                           "other means",
                           name);
}

static Finding *diagnose_unbound(const UplinkCoverage *uplink)
{
    return finding_new(FINDING_UPLINK_UNBOUND, severity_of_unbound(uplink), uplink->uplink->name,
                       name_of(&uplink->zone), message_of_unbound(uplink));
}

static Finding *diagnose_bound(const UplinkCoverage *uplink)
{
    const char *name = uplink->uplink->name;
    const char *zone = name_of(&uplink->zone);
    if (uplink->refused->len > 0) {
        g_autofree char *refused = name_links(uplink->refused);
        FindingId id = target_refuses(&uplink->zone) ? FINDING_UPLINK_IN_REJECTING_ZONE
                                                     : FINDING_FORWARD_BLOCKED;
        return finding_new(id, SEVERITY_ERROR, name, zone,
                           g_strdup_printf("%s is bound to zone %s, yet new connections from %s "
                                           "out by it are refused",
                                           name, zone, refused));
    }
    if (uplink->senders == 0 && target_refuses(&uplink->zone))
        return finding_new(FINDING_UPLINK_IN_REJECTING_ZONE, SEVERITY_ERROR, name, zone,
                           g_strdup_printf("%s is bound to zone %s, whose target is %s", name, zone,
                                           target_word(uplink->zone.zone->target)));
    return NULL;
}

static bool is_unbound(const UplinkCoverage *uplink)
{
    return uplink->zone.by == BOUND_BY_CATCH_ALL || uplink->zone.by == BOUND_BY_NOTHING;
}

static Finding *diagnose_open(const UplinkCoverage *uplink)
{
    const char *name = uplink->uplink->name;
    const char *zone = name_of(&uplink->zone);
    bool target_unread =
        uplink->senders == 0 && !is_unbound(uplink) && uplink->zone.zone->target == TARGET_UNKNOWN;
    if (target_unread)
        return finding_new(
            FINDING_VERDICT_UNKNOWN, SEVERITY_INFO, name, zone,
            g_strdup_printf("whether zone %s accepts %s could not be read", zone, name));
    if (uplink->open->len == 0)
        return NULL;
    g_autofree char *open = name_links(uplink->open);
    return finding_new(FINDING_VERDICT_UNKNOWN, SEVERITY_INFO, name, zone,
                       g_strdup_printf("whether new connections from %s out by %s are accepted "
                                       "depends on the flow or on what could not be read",
                                       open, name));
}

static void survey_uplink(const Survey *survey, const Link *link)
{
    g_auto(UplinkCoverage) uplink = cover_uplink(survey, link);
    Finding *findings[] = {
        is_unbound(&uplink) ? diagnose_unbound(&uplink) : diagnose_bound(&uplink),
        diagnose_open(&uplink),
    };
    for (guint i = 0; i < G_N_ELEMENTS(findings); i++) {
        if (findings[i] == NULL)
            continue;
        add_evidence(findings[i], &uplink, survey->topology);
        g_ptr_array_add(survey->findings, findings[i]);
    }
}

/* ---- bridges whose ports cannot reach one another ---- */

static Finding *diagnose_bridge(const Survey *survey, const Link *bridge, Coverage coverage)
{
    ZoneMatch zone = dispatch_interface(survey->snapshot, bridge->name);
    if (coverage == COVERAGE_REFUSED)
        return finding_new(
            FINDING_FORWARD_BLOCKED, SEVERITY_ERROR, bridge->name, name_of(&zone),
            g_strdup_printf("what the ports of bridge %s send one another is refused: br_netfilter "
                            "shows it to the firewall as coming in and going out by %s",
                            bridge->name, bridge->name));
    return finding_new(
        FINDING_VERDICT_UNKNOWN, SEVERITY_INFO, bridge->name, name_of(&zone),
        g_strdup_printf("whether what the ports of bridge %s send one another is accepted depends "
                        "on the flow or on what could not be read",
                        bridge->name));
}

static void survey_bridge(const Survey *survey, const Link *link)
{
    if (g_strcmp0(link->kind, "bridge") != 0 || (link->flags & IFF_UP) == 0)
        return;
    WayCoverage way = coverage_within_bridge(survey->map, link);
    if (way.coverage != COVERAGE_REFUSED && way.coverage != COVERAGE_OPEN)
        return;
    Finding *finding = diagnose_bridge(survey, link, way.coverage);
    finding_add_evidence(finding, g_strdup("net.bridge.bridge-nf-call-iptables or -ip6tables, or "
                                           "the bridge's own nf_call_iptables, is on"));
    finding_add_evidence(finding, describe_way(survey, &way));
    g_ptr_array_add(survey->findings, finding);
}

/* ---- overlays: networks that go on on other hosts ---- */

static void survey_overlay(const Survey *survey, const Link *bridge, const Link *tunnel)
{
    WayCoverage way = coverage_through_overlay(survey->map, bridge, tunnel);
    if (way.coverage != COVERAGE_REFUSED)
        return;
    ZoneMatch zone = dispatch_interface(survey->snapshot, tunnel->name);
    Finding *finding = finding_new(
        FINDING_FORWARD_BLOCKED, SEVERITY_ERROR, tunnel->name, name_of(&zone),
        g_strdup_printf("%s leads to the rest of the network of %s on other hosts, and new "
                        "connections from %s out by %s are refused",
                        tunnel->name, bridge->name, way.flow.in, way.flow.out));
    finding_add_evidence(finding, g_strdup_printf("%s has an address in the network of %s",
                                                  tunnel->name, bridge->name));
    finding_add_evidence(finding, describe_way(survey, &way));
    g_ptr_array_add(survey->findings, finding);
    note_refusal(survey, tunnel, bridge, way.zone);
}

static void survey_overlays(const Survey *survey)
{
    const GPtrArray *downstreams = topology_downstreams(survey->topology);
    for (guint i = 0; i < downstreams->len; i++) {
        const Link *tunnel = g_ptr_array_index(downstreams, i);
        for (guint j = 0; link_is_overlay(tunnel) && j < downstreams->len; j++) {
            const Link *bridge = g_ptr_array_index(downstreams, j);
            if (g_strcmp0(bridge->kind, "bridge") == 0)
                survey_overlay(survey, bridge, tunnel);
        }
    }
}

/* ---- the whole ---- */

void forward_findings_add(GPtrArray *findings, GHashTable *refusals, const Snapshot *snapshot,
                          const Topology *topology)
{
    g_autoptr(CoverageMap) map = coverage_map_new(snapshot, topology);
    const Survey survey = {snapshot, topology, map, findings, refusals};
    const GPtrArray *uplinks = topology_uplinks(topology);
    for (guint i = 0; i < uplinks->len; i++)
        survey_uplink(&survey, g_ptr_array_index(uplinks, i));
    for (guint i = 0; i < snapshot->links->len; i++)
        survey_bridge(&survey, g_ptr_array_index(snapshot->links, i));
    survey_overlays(&survey);
}
