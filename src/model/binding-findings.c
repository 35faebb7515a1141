/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The running firewall's bindings against the links, the permanent configuration and
 * NetworkManager: see binding-findings.h. */
#include "model/binding-findings.h"

#include "model/dispatch.h"

bool zone_is_of_another_program(const char *zone)
{
    /* Docker's own; podman's netavark; libvirt's networks; NetworkManager's shared mode. */
    static const char *const zones[] = {"docker",  "docker-forwarding", "netavark_zone",
                                        "libvirt", "libvirt-routed",    "nm-shared",
                                        NULL};
    return g_strv_contains(zones, zone);
}

/* ---- bindings of names that no link has ---- */

static const char *link_with_altname(const Snapshot *snapshot, const char *name)
{
    const Link *link = snapshot_link_by_name(snapshot, name);
    return link != NULL && !g_str_equal(link->name, name) ? link->name : NULL;
}

static Finding *find_stale_binding(const Snapshot *snapshot, const Zone *zone, const char *name)
{
    const Link *link = snapshot_link_by_name(snapshot, name);
    if (interface_is_wildcard(name) || (link != NULL && g_str_equal(link->name, name)))
        return NULL;
    const char *real_name = link_with_altname(snapshot, name);
    char *message =
        real_name != NULL
            ? g_strdup_printf("zone %s binds %s, which is only an alternative name of %s: "
                              "firewalld does not know those",
                              zone->name, name, real_name)
            : g_strdup_printf("zone %s binds %s, and no link has that name", zone->name, name);
    Finding *finding =
        finding_new(FINDING_STALE_BINDING, SEVERITY_WARNING, name, zone->name, message);
    finding_add_evidence(
        finding, g_strdup_printf("zone %s lists interface %s (getActiveZones)", zone->name, name));
    finding_add_evidence(
        finding, g_strdup_printf("firewall-cmd --zone=%s --remove-interface=%s (and the same with "
                                 "--permanent) removes it",
                                 zone->name, name));
    return finding;
}

static void find_stale_bindings(GPtrArray *findings, const Snapshot *snapshot)
{
    for (guint i = 0; i < snapshot->firewalld->zones->len; i++) {
        const Zone *zone = g_ptr_array_index(snapshot->firewalld->zones, i);
        for (char **name = zone->interfaces; *name != NULL; name++) {
            Finding *finding = find_stale_binding(snapshot, zone, *name);
            if (finding != NULL)
                g_ptr_array_add(findings, finding);
        }
    }
}

/* ---- the running binding of a link against what lasts ---- */

static Finding *find_zone_conflict(const PermanentBinding *permanent)
{
    Finding *finding = finding_new(
        FINDING_ZONE_CONFLICT, SEVERITY_ERROR, permanent->interface, NULL,
        g_strdup_printf("the permanent configuration binds %s in more than one zone: the next "
                        "reload will go wrong",
                        permanent->interface));
    finding_add_evidence(
        finding, g_strdup_printf("config.getZoneOfInterface answers \"%s\"", permanent->conflict));
    return finding;
}

static Finding *find_runtime_only(const char *name, const char *zone)
{
    Finding *finding = finding_new(
        FINDING_RUNTIME_ONLY_BINDING, SEVERITY_WARNING, name, zone,
        g_strdup_printf("%s is bound to zone %s in the running firewall only: the next reload or "
                        "restart of firewalld undoes it",
                        name, zone));
    finding_add_evidence(finding, g_strdup_printf("the permanent configuration binds %s to no zone "
                                                  "(config.getZoneOfInterface)",
                                                  name));
    return finding;
}

static Finding *find_not_active(const char *name, const char *running, const char *permanent)
{
    Finding *finding = finding_new(
        FINDING_PERMANENT_NOT_ACTIVE, SEVERITY_WARNING, name, permanent,
        running != NULL
            ? g_strdup_printf("the permanent configuration binds %s to zone %s, the running "
                              "firewall to zone %s",
                              name, permanent, running)
            : g_strdup_printf("the permanent configuration binds %s to zone %s, the running "
                              "firewall to none",
                              name, permanent));
    finding_add_evidence(finding,
                         g_strdup_printf("config.getZoneOfInterface answers \"%s\"", permanent));
    return finding;
}

/* NetworkManager binds its devices anew after each reload: for them its profile is what lasts, and
 * so it is for the zones that other programs keep. */
static bool is_kept_by_another_program(const Snapshot *snapshot, const char *name, const char *zone)
{
    const ManagedDevice *device = networkmanager_device(snapshot->networkmanager, name);
    return (device != NULL && device->managed) ||
           (zone != NULL && zone_is_of_another_program(zone));
}

static Finding *compare_with_permanent(const Snapshot *snapshot, const Link *link)
{
    const PermanentBinding *permanent = permanent_binding(snapshot->permanent, link->name);
    if (permanent == NULL)
        return NULL;
    if (permanent->conflict != NULL)
        return find_zone_conflict(permanent);
    ZoneMatch match = dispatch_interface(snapshot, link->name);
    const char *running = match.by == BOUND_BY_INTERFACE ? match.zone->name : NULL;
    if (is_kept_by_another_program(snapshot, link->name, running) ||
        g_strcmp0(running, permanent->zone) == 0)
        return NULL;
    return permanent->zone == NULL ? find_runtime_only(link->name, running)
                                   : find_not_active(link->name, running, permanent->zone);
}

/* A wildcard is a binding of its own in the permanent configuration, whatever links it matches. */
static void find_runtime_only_wildcards(GPtrArray *findings, const Snapshot *snapshot)
{
    for (guint i = 0; i < snapshot->firewalld->zones->len; i++) {
        const Zone *zone = g_ptr_array_index(snapshot->firewalld->zones, i);
        for (char **name = zone->interfaces; *name != NULL; name++) {
            const PermanentBinding *permanent = permanent_binding(snapshot->permanent, *name);
            if (interface_is_wildcard(*name) && permanent != NULL && permanent->zone == NULL &&
                permanent->conflict == NULL && !zone_is_of_another_program(zone->name))
                g_ptr_array_add(findings, find_runtime_only(*name, zone->name));
        }
    }
}

void binding_findings_add(GPtrArray *findings, const Snapshot *snapshot, const Topology *topology)
{
    find_stale_bindings(findings, snapshot);
    find_runtime_only_wildcards(findings, snapshot);
    for (guint i = 0; i < snapshot->links->len; i++) {
        const Link *link = g_ptr_array_index(snapshot->links, i);
        Role role = topology_role(topology, link);
        Finding *finding = role == ROLE_UPLINK || role == ROLE_DOWNSTREAM
                               ? compare_with_permanent(snapshot, link)
                               : NULL;
        if (finding != NULL)
            g_ptr_array_add(findings, finding);
    }
}
