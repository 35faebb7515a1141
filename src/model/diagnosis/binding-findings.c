/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The running firewall's bindings against the links, the permanent configuration and
 * NetworkManager: see binding-findings.h. */
#include "model/diagnosis/binding-findings.h"

#include "model/firewalld/match.h"

bool zone_is_of_another_program(const char *zone)
{
    /* Docker's own; podman's netavark; libvirt's networks; NetworkManager's shared mode. */
    static const char *const zones[] = {"docker",         "netavark_zone", "libvirt",
                                        "libvirt-routed", "nm-shared",     NULL};
    return g_strv_contains(zones, zone);
}

/* ---- bindings of names that no link has ---- */

static Finding *find_stale_binding(const Snapshot *snapshot, const Zone *zone, const char *name)
{
    const Link *link = snapshot_link_by_name(snapshot, name);
    if (interface_is_wildcard(name) || (link != NULL && g_str_equal(link->name, name)))
        return NULL;
    char *message =
        link != NULL
            ? g_strdup_printf("zone %s binds %s, which is only an alternative name of %s: "
                              "firewalld does not know those",
                              zone->name, name, link->name)
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

/* ---- the running bindings against what lasts ---- */

/* Both sides' bindings by name: a host may have thousands. */
typedef struct {
    const Snapshot *snapshot;
    GHashTable *running;   /* name to Zone */
    GHashTable *permanent; /* name to PermanentBinding */
} Bindings;

static void bindings_clear(Bindings *bindings)
{
    g_hash_table_unref(bindings->running);
    g_hash_table_unref(bindings->permanent);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Bindings, bindings_clear)

static Bindings bindings_of(const Snapshot *snapshot)
{
    Bindings bindings = {
        .snapshot = snapshot,
        .running = g_hash_table_new(g_str_hash, g_str_equal),
        .permanent = g_hash_table_new(g_str_hash, g_str_equal),
    };
    for (guint i = 0; i < snapshot->firewalld->zones->len; i++) {
        Zone *zone = g_ptr_array_index(snapshot->firewalld->zones, i);
        for (char **name = zone->interfaces; *name != NULL; name++)
            g_hash_table_insert(bindings.running, *name, zone);
    }
    for (guint i = 0; i < snapshot->permanent->bindings->len; i++) {
        PermanentBinding *binding = g_ptr_array_index(snapshot->permanent->bindings, i);
        g_hash_table_insert(bindings.permanent, binding->interface, binding);
    }
    return bindings;
}

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

/* firewalld 1.3.3 refuses to reload what its own check refuses, and where it is started on it, it
 * ends in state FAILED. */
static Finding *find_broken_configuration(const Permanent *permanent)
{
    Finding *finding =
        finding_new(FINDING_ZONE_CONFLICT, SEVERITY_ERROR, NULL, NULL,
                    g_strdup("the permanent configuration is broken: the next reload or restart of "
                             "firewalld will go wrong"));
    finding_add_evidence(finding,
                         g_strdup_printf("checkPermanentConfig answers \"%s\"", permanent->fault));
    return finding;
}

/* With FlushAllOnReload=no firewalld carries its bindings over a reload (firewalld.conf(5)). */
static const char *when_it_is_lost(const Firewalld *firewalld)
{
    return g_strcmp0(firewalld->options.flush_all_on_reload, "no") == 0
               ? "the next restart of firewalld"
               : "the next reload or restart of firewalld";
}

static Finding *find_runtime_only(const Firewalld *firewalld, const char *name, const char *zone)
{
    Finding *finding =
        finding_new(FINDING_RUNTIME_ONLY_BINDING, SEVERITY_WARNING, name, zone,
                    g_strdup_printf("%s is bound to zone %s in the running firewall only: %s "
                                    "undoes it",
                                    name, zone, when_it_is_lost(firewalld)));
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

/* NAME is that of a link, or a wildcard, which is a binding of its own. */
static Finding *compare_with_permanent(const Bindings *bindings, const char *name)
{
    const PermanentBinding *permanent = g_hash_table_lookup(bindings->permanent, name);
    if (permanent == NULL)
        return NULL;
    if (permanent->conflict != NULL)
        return find_zone_conflict(permanent);
    const Zone *zone = g_hash_table_lookup(bindings->running, name);
    const char *running = zone != NULL ? zone->name : NULL;
    if (g_strcmp0(running, permanent->zone) == 0 ||
        is_kept_by_another_program(bindings->snapshot, name, running))
        return NULL;
    return permanent->zone == NULL ? find_runtime_only(bindings->snapshot->firewalld, name, running)
                                   : find_not_active(name, running, permanent->zone);
}

/* ---- the running bindings against NetworkManager's profiles ---- */

static Finding *find_manager_mismatch(const ManagedDevice *device, const char *running,
                                      const char *lasting)
{
    g_autofree char *now =
        running != NULL ? g_strdup_printf("%s is bound to zone %s", device->interface, running)
                        : g_strdup_printf("no zone binds %s", device->interface);
    Finding *finding = finding_new(
        FINDING_MANAGER_ZONE_MISMATCH, SEVERITY_WARNING, device->interface, running,
        g_strdup_printf("%s, and NetworkManager's profile will put it in zone %s at its next "
                        "activation",
                        now, lasting));
    const char *profile = device->profile != NULL ? device->profile : "of the device";
    finding_add_evidence(
        finding,
        device->zone != NULL
            ? g_strdup_printf("connection.zone of the profile %s is %s", profile, device->zone)
            : g_strdup_printf("connection.zone of the profile %s is not set, "
                              "which means the default zone",
                              profile));
    return finding;
}

/* NetworkManager takes any name; firewalld refuses the one it does not know, and the device is
 * left unbound at its next activation (NetworkManager 1.42). */
static Finding *find_missing_zone(const ManagedDevice *device, const char *running)
{
    Finding *finding = finding_new(
        FINDING_MANAGER_ZONE_MISMATCH, SEVERITY_WARNING, device->interface, running,
        g_strdup_printf("NetworkManager's profile puts %s in zone %s, which firewalld does not "
                        "have: no zone will bind it",
                        device->interface, device->zone));
    finding_add_evidence(
        finding,
        g_strdup_printf("connection.zone of the profile %s is %s",
                        device->profile != NULL ? device->profile : "of the device", device->zone));
    finding_add_evidence(finding,
                         g_strdup_printf("firewalld has no zone %s (getZones)", device->zone));
    return finding;
}

/* Profiles of shared connections that name no zone get NetworkManager's own, nm-shared. */
static Finding *compare_with_profile(const Bindings *bindings, const ManagedDevice *device)
{
    const Zone *zone = g_hash_table_lookup(bindings->running, device->interface);
    const char *running = zone != NULL ? zone->name : NULL;
    const char *lasting =
        device->zone != NULL ? device->zone : bindings->snapshot->firewalld->default_zone;
    bool shared = device->zone == NULL && running != NULL && zone_is_of_another_program(running);
    if (!device->managed || lasting == NULL || shared)
        return NULL;
    if (firewalld_zone(bindings->snapshot->firewalld, lasting) == NULL)
        return find_missing_zone(device, running);
    if (g_strcmp0(running, lasting) == 0)
        return NULL;
    return find_manager_mismatch(device, running, lasting);
}

/* ---- the whole ---- */

static void add(GPtrArray *findings, Finding *finding)
{
    if (finding != NULL)
        g_ptr_array_add(findings, finding);
}

void binding_findings_add(GPtrArray *findings, const Snapshot *snapshot)
{
    g_auto(Bindings) bindings = bindings_of(snapshot);
    find_stale_bindings(findings, snapshot);
    if (snapshot->permanent->fault != NULL)
        add(findings, find_broken_configuration(snapshot->permanent));
    for (guint i = 0; i < snapshot->permanent->bindings->len; i++) {
        const PermanentBinding *permanent = g_ptr_array_index(snapshot->permanent->bindings, i);
        add(findings, compare_with_permanent(&bindings, permanent->interface));
    }
    for (guint i = 0; i < snapshot->networkmanager->devices->len; i++)
        add(findings, compare_with_profile(
                          &bindings, g_ptr_array_index(snapshot->networkmanager->devices, i)));
}
