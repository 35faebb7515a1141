/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From the kernel's settings and rules to findings: see kernel-findings.h. */
#include "model/diagnosis/kernel-findings.h"

#include "model/firewalld/dispatch.h"
#include "model/foreach.h"
#include "model/needs/host-flows.h"

/* ---- what a reload does to others ---- */

static void add_flushed(Finding *finding, const Snapshot *snapshot)
{
    g_autoptr(GPtrArray) flushed = reload_flushed_rules(snapshot);
    PTR_ARRAY_FOREACH (const FlushedRules, rules, flushed)
        finding_add_evidence(finding, (Evidence){.kind = EVIDENCE_FLUSHED, .flushed = *rules});
}

static void find_flushed(GPtrArray *findings, const Snapshot *snapshot)
{
    Finding *finding = finding_new(FINDING_RELOAD_HARMS, SEVERITY_WARNING, NULL, NULL);
    add_flushed(finding, snapshot);
    if (finding->evidence->len > 0)
        g_ptr_array_add(findings, finding);
    else
        finding_free(finding);
}

/* ---- the kernel's rules against the configuration ---- */

typedef struct {
    CoverageMap *coverage;
    guint left; /* flows that may still be judged */
} HostFlows;

static void compare_flow(G_GNUC_UNUSED ServiceKind kind, G_GNUC_UNUSED const char *name,
                         const Flow *flow, gpointer user)
{
    HostFlows *flows = user;
    if (flows->left == 0)
        return;
    flows->left--;
    /* From anywhere: that the host has a way back there is taken for granted. */
    Flow answered = *flow;
    answered.reverse_path = REVERSE_PATH_SAME_LINK;
    coverage_compare(flows->coverage, &answered);
}

/* What comes in by one link of each zone. */
static void compare_host_flows(const Snapshot *snapshot, CoverageMap *coverage)
{
    enum { FLOWS_OF_A_ZONE = 64 };
    g_autoptr(GHashTable) zones = g_hash_table_new(g_direct_hash, g_direct_equal);
    PTR_ARRAY_FOREACH (const Link, link, snapshot->links) {
        const Zone *zone = dispatch_interface(snapshot, link->name).zone;
        bool is_seen = link_seen_by_firewall(snapshot, link) == link && !link_is_loopback(link);
        if (zone == NULL || !is_seen || !link_is_up(link) ||
            !g_hash_table_add(zones, (gpointer)zone))
            continue;
        HostFlows flows = {coverage, FLOWS_OF_A_ZONE};
        host_flows_foreach(snapshot, link->name, compare_flow, &flows);
    }
}

/* What goes between two networks, by address where the links have some. */
static void compare_forwarded(CoverageMap *coverage, const Link *in, const Link *out)
{
    Flow flow = coverage_usual_flow(FAMILY_IPV4, in->name, out->name);
    flow.reverse_path = REVERSE_PATH_SAME_LINK;
    PTR_ARRAY_FOREACH (const LinkAddress, address, out->addresses) {
        if (address->prefix.address.family == FAMILY_IPV4)
            flow.to = (FlowAddress){FLOW_ADDRESS_PREFIX, address->prefix};
    }
    coverage_compare(coverage, &flow);
}

/* How many zones may filter a link. */
static guint count_zones_of_links(const Firewalld *firewalld)
{
    guint count = 0;
    PTR_ARRAY_FOREACH (const Zone, zone, firewalld->zones)
        count += zone->interfaces[0] != NULL || g_strcmp0(zone->name, firewalld->default_zone) == 0;
    return count;
}

/* The links that zones filter: all of them, or of each zone the first two (Link; transfer container). */
static GPtrArray *links_of_zones(const Snapshot *snapshot, bool all)
{
    g_autoptr(GHashTable) once = g_hash_table_new(g_direct_hash, g_direct_equal);
    g_autoptr(GHashTable) twice = g_hash_table_new(g_direct_hash, g_direct_equal);
    guint zones = count_zones_of_links(snapshot->firewalld);
    GPtrArray *links = g_ptr_array_new();
    PTR_ARRAY_FOREACH (Link, link, snapshot->links) {
        if (!all && g_hash_table_size(twice) == zones)
            break;
        if (link_is_loopback(link) || !link_is_up(link) ||
            link_seen_by_firewall(snapshot, link) != link)
            continue;
        const Zone *zone = dispatch_interface(snapshot, link->name).zone;
        if (zone != NULL && (all || g_hash_table_add(once, (gpointer)zone) ||
                             g_hash_table_add(twice, (gpointer)zone)))
            g_ptr_array_add(links, link);
    }
    return links;
}

/* New connections between the networks of the zones. Releases that keep rules of a link that was moved at run
 * time keep those between it and each link of its old zone, which D-Bus does not show: there it is each link. */
static void compare_zones(const Snapshot *snapshot, CoverageMap *coverage)
{
    enum { MOST_FLOWS = 1024 };
    bool keeps_rules = release_has(snapshot->firewalld, RELEASE_KEEPS_RULES_OF_MOVED);
    g_autoptr(GPtrArray) links = links_of_zones(snapshot, keeps_rules);
    g_autoptr(GPtrArray) some = links_of_zones(snapshot, false);
    guint left = MOST_FLOWS;
    PTR_ARRAY_FOREACH (const Link, link, links) {
        for (guint i = 0; i < some->len && left > 0; i++, left--) {
            const Link *other = g_ptr_array_index(some, i);
            if (other == link)
                continue;
            compare_forwarded(coverage, link, other);
            if (keeps_rules)
                compare_forwarded(coverage, other, link);
        }
    }
}

static void add_tables(Finding *finding, const Snapshot *snapshot)
{
    if (snapshot->ruleset == NULL || snapshot->firewalld_predicted)
        return;
    finding->is_flushed = ruleset_table(snapshot->ruleset, NFT_FAMILY_INET, "firewalld") == NULL;
    if (finding->is_flushed)
        finding_add_evidence(finding, (Evidence){.kind = EVIDENCE_NO_TABLE});
    if (ruleset_table(snapshot->ruleset, NFT_FAMILY_INET, "firewalld_policy_drop") != NULL)
        finding_add_evidence(finding, (Evidence){.kind = EVIDENCE_POLICY_DROP});
}

/* With the iptables backend firewalld's rules are in the tables that all share. */
static void find_differences(GPtrArray *findings, const Snapshot *snapshot, CoverageMap *coverage)
{
    if (g_strcmp0(snapshot->firewalld->options.backend, "iptables") == 0)
        return;
    compare_host_flows(snapshot, coverage);
    compare_zones(snapshot, coverage);
    Finding *finding = finding_new(FINDING_RULES_DIFFER, SEVERITY_ERROR, NULL, NULL);
    add_tables(finding, snapshot);
    PTR_ARRAY_FOREACH (const Judgement, judgement, coverage_differing(coverage)) {
        finding->senders++;
        if (finding->senders <= FINDING_FLOWS)
            finding_add_evidence(finding,
                                 (Evidence){.kind = EVIDENCE_DIFFERENCE, .judgement = judgement});
    }
    if (finding->evidence->len == 0) {
        finding_free(finding);
        return;
    }
    add_flushed(finding, snapshot);
    g_ptr_array_add(findings, finding);
}

/* ---- forwarding ---- */

static void add_forwarding(GPtrArray *findings, Finding *finding, Family family, const char *link)
{
    finding_add_evidence(
        finding, (Evidence){.kind = EVIDENCE_FORWARDING, .subject = link, .family = family});
    g_ptr_array_add(findings, finding);
}

static void note_lost_replies(Finding *finding, const Snapshot *snapshot, const Topology *topology,
                              Link *from, const Link *uplink)
{
    if (topology_can_forward(topology, from, uplink) && link_has_network(from, FAMILY_IPV4) &&
        link_forwards(snapshot, from, FAMILY_IPV4) != TRISTATE_NO)
        g_ptr_array_add(finding->refused, from);
}

/* What the host forwards out through UPLINK is answered on it: there the kernel has to forward, too.
 * IPv6 knows one setting for all links (ip-sysctl, conf/all/forwarding). ROUTED are the
 * uplinks that are downstreams, too. */
static void find_lost_replies(GPtrArray *findings, const Snapshot *snapshot,
                              const Topology *topology, const GPtrArray *routed, const Link *uplink)
{
    if (link_forwards(snapshot, uplink, FAMILY_IPV4) != TRISTATE_NO)
        return;
    Finding *finding = finding_new(FINDING_FORWARDING_OFF, SEVERITY_WARNING, uplink->name, NULL);
    finding->way = WAY_OUT;
    PTR_ARRAY_FOREACH (Link, downstream, topology_downstreams(topology)) {
        note_lost_replies(finding, snapshot, topology, downstream, uplink);
    }
    PTR_ARRAY_FOREACH (Link, link, routed) {
        if (link != uplink)
            note_lost_replies(finding, snapshot, topology, link, uplink);
    }
    if (finding->refused->len > 0)
        add_forwarding(findings, finding, FAMILY_IPV4, uplink->name);
    else
        finding_free(finding);
}

/* The bridges that containers or virtual machines are attached to (Link). */
static GHashTable *inhabited_bridges(const Snapshot *snapshot)
{
    static const char *const kinds[] = {"veth", "tun", "netkit", NULL};
    GHashTable *bridges = g_hash_table_new(g_direct_hash, g_direct_equal);
    PTR_ARRAY_FOREACH (const Link, link, snapshot->links) {
        const Link *master = snapshot_link_by_index(snapshot, link->master);
        if (master != NULL && link_is_kind(master, "bridge") && link_is_any_kind(link, kinds) &&
            link_is_up(link))
            g_hash_table_add(bridges, (gpointer)master);
    }
    return bridges;
}

static void find_not_forwarded(GPtrArray *findings, const Snapshot *snapshot, const Link *link,
                               Family family, Severity severity)
{
    if (!link_has_network(link, family) || link_forwards(snapshot, link, family) != TRISTATE_NO)
        return;
    Finding *finding = finding_new(FINDING_FORWARDING_OFF, severity, link->name, NULL);
    Tristate host = family == FAMILY_IPV6 ? snapshot->forwarding_ipv6 : snapshot->forwarding_ipv4;
    add_forwarding(findings, finding, family, host == TRISTATE_NO ? NULL : link->name);
}

/* The user says that the host forwards what comes in there; of two families it may be but the first. */
static void find_declared_not_forwarded(GPtrArray *findings, const Snapshot *snapshot,
                                        const Link *link)
{
    bool has_ipv4 = link_has_network(link, FAMILY_IPV4);
    find_not_forwarded(findings, snapshot, link, FAMILY_IPV4, SEVERITY_WARNING);
    find_not_forwarded(findings, snapshot, link, FAMILY_IPV6,
                       has_ipv4 ? SEVERITY_INFO : SEVERITY_WARNING);
}

static void find_forwarding(GPtrArray *findings, const Snapshot *snapshot, const Topology *topology)
{
    g_autoptr(GPtrArray) routed = g_ptr_array_new();
    PTR_ARRAY_FOREACH (Link, uplink, topology_uplinks(topology)) {
        if (topology_is_downstream(topology, uplink))
            g_ptr_array_add(routed, uplink);
    }
    PTR_ARRAY_FOREACH (const Link, uplink, topology_uplinks(topology))
        find_lost_replies(findings, snapshot, topology, routed, uplink);
    g_autoptr(GHashTable) bridges = inhabited_bridges(snapshot);
    PTR_ARRAY_FOREACH (const Link, link, snapshot->links) {
        if (topology_is_declared_downstream(topology, link)) {
            find_declared_not_forwarded(findings, snapshot, link);
            continue;
        }
        if (!g_hash_table_contains(bridges, link) || topology_role(topology, link) == ROLE_UPLINK)
            continue;
        find_not_forwarded(findings, snapshot, link, FAMILY_IPV4, SEVERITY_INFO);
        find_not_forwarded(findings, snapshot, link, FAMILY_IPV6, SEVERITY_INFO);
    }
}

/* ---- the whole ---- */

void kernel_findings_add(GPtrArray *findings, const Snapshot *snapshot, const Topology *topology,
                         CoverageMap *coverage)
{
    find_differences(findings, snapshot, coverage);
    find_forwarding(findings, snapshot, topology);
    find_flushed(findings, snapshot);
}
