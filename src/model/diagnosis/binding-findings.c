/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The running firewall's bindings against the links, the permanent configuration and
 * NetworkManager: see binding-findings.h. */
#include "model/diagnosis/binding-findings.h"

#include "model/firewalld/match.h"
#include "model/foreach.h"

bool zone_is_of_another_program(const char *zone)
{
    /* Docker's own; podman's netavark; libvirt's networks; NetworkManager's shared mode. */
    static const char *const zones[] = {"docker",         "netavark_zone", "libvirt",
                                        "libvirt-routed", "nm-shared",     NULL};
    return g_strv_contains(zones, zone);
}

/* ---- bindings of names that no link has ---- */

static void find_stale_binding(GPtrArray *findings, const Snapshot *snapshot, const Zone *zone,
                               const char *name)
{
    const Link *link = snapshot_link_by_name(snapshot, name);
    if (interface_is_wildcard(name) || (link != NULL && g_str_equal(link->name, name)))
        return;
    /* A link of a VPN, or of a profile, is there when it is wanted. */
    bool comes_and_goes = link == NULL && (link_name_is_of_tunnel(name) ||
                                           networkmanager_device(snapshot->networkmanager, name));
    Finding *finding = finding_new(
        FINDING_STALE_BINDING, comes_and_goes ? SEVERITY_INFO : SEVERITY_WARNING, name, zone->name);
    finding->altname = link;
    finding_add_evidence(
        finding, (Evidence){.kind = EVIDENCE_BINDING, .subject = name, .value = zone->name});
    g_ptr_array_add(findings, finding);
}

/* ---- the running bindings against what lasts ---- */

/* NetworkManager binds its devices again after each reload: its profile is what lasts for them, and where
 * that could not be read, what lasts is not known. The same goes for the zones that other programs
 * keep. */
static bool may_be_kept_by_another_program(const Snapshot *snapshot, const char *name,
                                           const char *zone)
{
    const ManagedDevice *device = networkmanager_device(snapshot->networkmanager, name);
    return (device != NULL && device->managed) ||
           (!interface_is_wildcard(name) &&
            !networkmanager_is_known(snapshot->networkmanager, name)) ||
           (zone != NULL && zone_is_of_another_program(zone));
}

/* ZONE is the one that binds the same name in the running firewall, or NULL. */
static Finding *compare_with_permanent(const Snapshot *snapshot, const Zone *zone,
                                       const PermanentBinding *permanent)
{
    const char *name = permanent->interface;
    if (permanent->conflict != NULL) {
        Finding *finding = finding_new(FINDING_ZONE_CONFLICT, SEVERITY_ERROR, name, NULL);
        finding_add_evidence(finding, (Evidence){.kind = EVIDENCE_ANSWER,
                                                 .subject = "config.getZoneOfInterface",
                                                 .value = permanent->conflict});
        return finding;
    }
    const char *running = zone != NULL ? zone->name : NULL;
    if (g_strcmp0(running, permanent->zone) == 0 ||
        may_be_kept_by_another_program(snapshot, name, running))
        return NULL;
    if (permanent->zone == NULL) {
        Finding *finding =
            finding_new(FINDING_RUNTIME_ONLY_BINDING, SEVERITY_WARNING, name, running);
        /* firewalld.conf(5): firewalld carries its bindings over a reload then. */
        finding->survives_reload =
            g_strcmp0(snapshot->firewalld->options.flush_all_on_reload, "no") == 0;
        finding_add_evidence(finding, (Evidence){.kind = EVIDENCE_PERMANENT_NONE, .subject = name});
        return finding;
    }
    Finding *finding =
        finding_new(FINDING_PERMANENT_NOT_ACTIVE, SEVERITY_WARNING, name, permanent->zone);
    finding->other_zone = g_strdup(running);
    finding_add_evidence(finding, (Evidence){.kind = EVIDENCE_ANSWER,
                                             .subject = "config.getZoneOfInterface",
                                             .value = permanent->zone});
    return finding;
}

/* ---- the running bindings against NetworkManager's profiles ---- */

/* NetworkManager 1.42 puts profiles of shared connections without a zone into its own, nm-shared.
 * It takes any zone's name; firewalld refuses one that it does not have, and the device ends up
 * unbound at its next activation. */
static Finding *compare_with_profile(const Firewalld *firewalld, const Zone *zone,
                                     const ManagedDevice *device)
{
    const char *running = zone != NULL ? zone->name : NULL;
    const char *lasting = device->zone != NULL ? device->zone : firewalld->default_zone;
    bool shared = device->zone == NULL && running != NULL && zone_is_of_another_program(running);
    if (!device->managed || lasting == NULL || shared)
        return NULL;
    bool is_missing = firewalld_zone(firewalld, lasting) == NULL;
    if (!is_missing && g_strcmp0(running, lasting) == 0)
        return NULL;
    Finding *finding =
        finding_new(FINDING_MANAGER_ZONE_MISMATCH, SEVERITY_WARNING, device->interface, running);
    finding->other_zone = g_strdup(lasting);
    finding->is_missing = is_missing;
    finding_add_evidence(
        finding,
        (Evidence){.kind = EVIDENCE_PROFILE, .subject = device->profile, .value = device->zone});
    if (is_missing)
        finding_add_evidence(finding,
                             (Evidence){.kind = EVIDENCE_NO_SUCH_ZONE, .subject = lasting});
    return finding;
}

/* ---- zone files against NetworkManager's profiles ---- */

/* Measured with firewalld 1.3.3 and NetworkManager 1.42: at the activation of the profile, after a reload
 * and after a restart of firewalld the interface is in the zone of the profile, or in the default zone
 * where that has none, whatever zone file binds it. */
static Finding *compare_zone_file(const Snapshot *snapshot, const Zone *zone,
                                  const ManagedDevice *device)
{
    const PermanentBinding *file = permanent_binding(snapshot->permanent, device->interface);
    const Firewalld *firewalld = snapshot->firewalld;
    const char *winner = device->zone != NULL ? device->zone : firewalld->default_zone;
    const char *running = zone != NULL ? zone->name : NULL;
    bool shared = device->zone == NULL && running != NULL && zone_is_of_another_program(running);
    if (!device->managed || shared || file == NULL || file->zone == NULL ||
        file->conflict != NULL || winner == NULL || g_str_equal(file->zone, winner) ||
        firewalld_zone(firewalld, winner) == NULL)
        return NULL;
    Finding *finding = finding_new(FINDING_PROFILE_OVERRIDES_ZONE, SEVERITY_WARNING,
                                   device->interface, file->zone);
    finding->other_zone = g_strdup(winner);
    finding_add_evidence(finding, (Evidence){.kind = EVIDENCE_ANSWER,
                                             .subject = "config.getZoneOfInterface",
                                             .value = file->zone});
    finding_add_evidence(
        finding,
        (Evidence){.kind = EVIDENCE_PROFILE, .subject = device->profile, .value = device->zone});
    return finding;
}

/* ---- the whole ---- */

static void add_found(GPtrArray *findings, Finding *finding)
{
    if (finding != NULL)
        g_ptr_array_add(findings, finding);
}

void binding_findings_add(GPtrArray *findings, const Snapshot *snapshot)
{
    /* A host may have thousands of bindings. */
    g_autoptr(GHashTable) running = g_hash_table_new(g_str_hash, g_str_equal);
    PTR_ARRAY_FOREACH (Zone, zone, snapshot->firewalld->zones) {
        STRV_FOREACH (name, zone->interfaces) {
            g_hash_table_insert(running, *name, zone);
            find_stale_binding(findings, snapshot, zone, *name);
        }
    }
    /* firewalld 1.3.3 refuses to reload a configuration that fails its own check; started on one, it
     * ends in state FAILED. */
    if (snapshot->permanent->fault != NULL) {
        Finding *finding = finding_new(FINDING_ZONE_CONFLICT, SEVERITY_ERROR, NULL, NULL);
        finding_add_evidence(finding, (Evidence){.kind = EVIDENCE_ANSWER,
                                                 .subject = "checkPermanentConfig",
                                                 .value = snapshot->permanent->fault});
        g_ptr_array_add(findings, finding);
    }
    PTR_ARRAY_FOREACH (const PermanentBinding, permanent, snapshot->permanent->bindings) {
        const Zone *zone = g_hash_table_lookup(running, permanent->interface);
        add_found(findings, compare_with_permanent(snapshot, zone, permanent));
    }
    PTR_ARRAY_FOREACH (const ManagedDevice, device, snapshot->networkmanager->devices) {
        const Zone *zone = g_hash_table_lookup(running, device->interface);
        add_found(findings, compare_with_profile(snapshot->firewalld, zone, device));
        add_found(findings, compare_zone_file(snapshot, zone, device));
    }
}
