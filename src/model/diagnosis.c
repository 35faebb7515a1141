/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From a snapshot to findings about uplinks and what is forwarded; those about the bindings
 * themselves are made in binding-findings.c. */
#include "model/diagnosis.h"

#include "model/binding-findings.h"
#include "model/coverage.h"
#include "model/reason.h"

#include <linux/if.h>

enum { MAX_NAMED = 6 }; /* a sentence names so many links and counts the others */

/* What the downstreams' flows out by one uplink meet. */
typedef struct {
    const Snapshot *snapshot;
    const Link *uplink;
    ZoneMatch zone; /* what filters the uplink */
    guint downstreams;
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

static void cover(UplinkCoverage *uplink, Link *downstream)
{
    g_autofree char *reason = NULL;
    Coverage coverage = coverage_of(uplink->snapshot, downstream, uplink->uplink, &reason);
    if (coverage == COVERAGE_ACCEPTED)
        return;
    g_ptr_array_add(coverage == COVERAGE_REFUSED ? uplink->refused : uplink->open, downstream);
    if (uplink->evidence->len < MAX_NAMED)
        g_ptr_array_add(uplink->evidence,
                        g_strdup_printf("a new connection from %s out by %s: %s: %s",
                                        downstream->name, uplink->uplink->name,
                                        coverage == COVERAGE_REFUSED ? "refused" : "open", reason));
}

static UplinkCoverage cover_uplink(const Snapshot *snapshot, const Topology *topology,
                                   const Link *link)
{
    const GPtrArray *downstreams = topology_downstreams(topology);
    UplinkCoverage uplink = {
        .snapshot = snapshot,
        .uplink = link,
        .zone = dispatch_interface(snapshot, link->name),
        .downstreams = downstreams->len,
        .refused = g_ptr_array_new(),
        .open = g_ptr_array_new(),
        .evidence = g_ptr_array_new_with_free_func(g_free),
    };
    for (guint i = 0; i < downstreams->len; i++)
        cover(&uplink, g_ptr_array_index(downstreams, i));
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
    bool calm = uplink->downstreams > 0 && uplink->open->len == 0;
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
    if (uplink->downstreams == 0)
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
    g_autofree char *refused = name_links(uplink->refused);
    if (uplink->refused->len > 0) {
        FindingId id = target_refuses(&uplink->zone) ? FINDING_UPLINK_IN_REJECTING_ZONE
                                                     : FINDING_FORWARD_BLOCKED;
        return finding_new(id, SEVERITY_ERROR, name, zone,
                           g_strdup_printf("%s is bound to zone %s, yet new connections from %s "
                                           "out by it are refused",
                                           name, zone, refused));
    }
    if (uplink->downstreams == 0 && target_refuses(&uplink->zone))
        return finding_new(FINDING_UPLINK_IN_REJECTING_ZONE, SEVERITY_ERROR, name, zone,
                           g_strdup_printf("%s is bound to zone %s, whose target is %s", name, zone,
                                           target_word(uplink->zone.zone->target)));
    return NULL;
}

static Finding *diagnose_open(const UplinkCoverage *uplink)
{
    const char *name = uplink->uplink->name;
    bool target_unread = uplink->downstreams == 0 && uplink->zone.by != BOUND_BY_CATCH_ALL &&
                         (uplink->zone.zone == NULL || uplink->zone.zone->target == TARGET_UNKNOWN);
    if (target_unread)
        return finding_new(FINDING_VERDICT_UNKNOWN, SEVERITY_INFO, name, name_of(&uplink->zone),
                           g_strdup_printf("whether zone %s accepts %s could not be read",
                                           name_of(&uplink->zone), name));
    if (uplink->open->len == 0)
        return NULL;
    g_autofree char *open = name_links(uplink->open);
    return finding_new(FINDING_VERDICT_UNKNOWN, SEVERITY_INFO, name, name_of(&uplink->zone),
                       g_strdup_printf("whether new connections from %s out by %s are accepted "
                                       "depends on the flow or on what could not be read",
                                       open, name));
}

static void add_finding(Diagnosis *diagnosis, Finding *finding)
{
    if (finding != NULL)
        g_ptr_array_add(diagnosis->findings, finding);
}

static void diagnose_uplink(Diagnosis *diagnosis, const Snapshot *snapshot, const Link *link)
{
    g_auto(UplinkCoverage) uplink = cover_uplink(snapshot, diagnosis->topology, link);
    bool unbound = uplink.zone.by == BOUND_BY_CATCH_ALL || uplink.zone.by == BOUND_BY_NOTHING;
    Finding *findings[] = {
        unbound ? diagnose_unbound(&uplink) : diagnose_bound(&uplink),
        diagnose_open(&uplink),
    };
    for (guint i = 0; i < G_N_ELEMENTS(findings); i++) {
        if (findings[i] != NULL)
            add_evidence(findings[i], &uplink, diagnosis->topology);
        add_finding(diagnosis, findings[i]);
    }
}

/* ---- bridges whose ports cannot reach one another ---- */

static void diagnose_bridge(Diagnosis *diagnosis, const Snapshot *snapshot, const Link *link)
{
    if (g_strcmp0(link->kind, "bridge") != 0 || (link->flags & IFF_UP) == 0)
        return;
    g_autofree char *reason = NULL;
    if (coverage_within_bridge(snapshot, link, &reason) != COVERAGE_REFUSED)
        return;
    ZoneMatch zone = dispatch_interface(snapshot, link->name);
    Finding *finding = finding_new(
        FINDING_FORWARD_BLOCKED, SEVERITY_ERROR, link->name, name_of(&zone),
        g_strdup_printf("what the ports of bridge %s send one another is refused: br_netfilter "
                        "shows it to the firewall as coming in and going out by %s",
                        link->name, link->name));
    finding_add_evidence(finding, g_strdup("net.bridge.bridge-nf-call-iptables or the bridge's own "
                                           "nf_call_iptables is on"));
    finding_add_evidence(finding, g_strdup(reason));
    add_finding(diagnosis, finding);
}

/* ---- the whole ---- */

static void diagnose_panic(Diagnosis *diagnosis, const Snapshot *snapshot)
{
    if (snapshot->firewalld->panic != TRISTATE_YES)
        return;
    Finding *finding =
        finding_new(FINDING_PANIC_MODE, SEVERITY_ERROR, NULL, NULL,
                    g_strdup("firewalld is in panic mode and drops everything, established "
                             "connections too: firewall-cmd --panic-off ends it"));
    finding_add_evidence(finding, g_strdup("queryPanicMode answers yes"));
    add_finding(diagnosis, finding);
}

/* Panic mode is one finding; the others are about what will be when it has ended. */
static Snapshot *without_panic(const Snapshot *snapshot)
{
    Snapshot *calm = snapshot_copy(snapshot);
    calm->firewalld->panic = TRISTATE_NO;
    return calm;
}

static gint worst_first(gconstpointer a, gconstpointer b)
{
    const Finding *x = *(const Finding *const *)a;
    const Finding *y = *(const Finding *const *)b;
    if (x->severity != y->severity)
        return x->severity > y->severity ? -1 : 1;
    if (x->id != y->id)
        return x->id < y->id ? -1 : 1;
    return g_strcmp0(x->interface, y->interface);
}

static void count(Diagnosis *diagnosis)
{
    for (guint i = 0; i < diagnosis->findings->len; i++) {
        const Finding *finding = g_ptr_array_index(diagnosis->findings, i);
        diagnosis->errors += finding->severity == SEVERITY_ERROR;
        diagnosis->warnings += finding->severity == SEVERITY_WARNING;
        diagnosis->infos += finding->severity == SEVERITY_INFO;
    }
}

Diagnosis *diagnose(const Snapshot *snapshot, const char *const *named_uplinks)
{
    Diagnosis *diagnosis = g_new0(Diagnosis, 1);
    diagnosis->topology = topology_new(snapshot, named_uplinks);
    diagnosis->findings = g_ptr_array_new_with_free_func((GDestroyNotify)finding_free);
    diagnose_panic(diagnosis, snapshot);

    g_autoptr(Snapshot) calm = without_panic(snapshot);
    const GPtrArray *uplinks = topology_uplinks(diagnosis->topology);
    for (guint i = 0; i < uplinks->len; i++)
        diagnose_uplink(diagnosis, calm, g_ptr_array_index(uplinks, i));
    for (guint i = 0; i < snapshot->links->len; i++)
        diagnose_bridge(diagnosis, calm, g_ptr_array_index(snapshot->links, i));
    binding_findings_add(diagnosis->findings, snapshot, diagnosis->topology);

    g_ptr_array_sort(diagnosis->findings, worst_first);
    count(diagnosis);
    return diagnosis;
}

void diagnosis_free(Diagnosis *diagnosis)
{
    if (diagnosis == NULL)
        return;
    topology_free(diagnosis->topology);
    g_ptr_array_unref(diagnosis->findings);
    g_free(diagnosis);
}

const Finding *diagnosis_find(const Diagnosis *diagnosis, const Finding *finding)
{
    for (guint i = 0; i < diagnosis->findings->len; i++) {
        const Finding *other = g_ptr_array_index(diagnosis->findings, i);
        if (finding_is_same(other, finding))
            return other;
    }
    return NULL;
}

bool diagnosis_has(const Diagnosis *diagnosis, Severity severity)
{
    return diagnosis->errors > 0 || (severity <= SEVERITY_WARNING && diagnosis->warnings > 0) ||
           (severity <= SEVERITY_INFO && diagnosis->infos > 0);
}

char **diagnosis_refusing_zones(const Snapshot *snapshot, const Diagnosis *diagnosis,
                                const Link *uplink)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
    g_autoptr(GStrvBuilder) zones = g_strv_builder_new();
    const GPtrArray *downstreams = topology_downstreams(diagnosis->topology);
    for (guint i = 0; i < downstreams->len; i++) {
        const Link *downstream = g_ptr_array_index(downstreams, i);
        g_autofree char *reason = NULL;
        if (coverage_of(snapshot, downstream, uplink, &reason) != COVERAGE_REFUSED)
            continue;
        ZoneMatch ingress = coverage_ingress_zone(snapshot, downstream);
        if (ingress.zone != NULL && g_hash_table_add(seen, ingress.zone->name))
            g_strv_builder_add(zones, ingress.zone->name);
    }
    return g_strv_builder_end(zones);
}
