/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What firewalld loads, and what comes back by itself. The facts come from Firewall.reload() of
 * firewalld 1.3.3 (firewall/core/fw.py) and are compared with real reloads and restarts in the lab.
 * firewalld reports as permanent what it has read of its files, which it checks for changes every five
 * seconds (firewall/core/watcher.py); --set-default-zone, too, only writes a file. */
#include "model/plan/reload.h"

#include "model/diagnosis/binding-findings.h"
#include "model/foreach.h"
#include "model/host/reload-flush.h"
#include "model/plan/action.h"
#include "model/words.h"

static const char *const event_words[] = {
    [EVENT_RELOAD] = "reload",
    [EVENT_REBOOT] = "reboot",
};

DEFINE_WORDS(reload_event, ReloadEvent, event_words, EVENT_UNKNOWN)

bool firewalld_keeps_state_on_reload(const Firewalld *firewalld)
{
    return g_strcmp0(firewalld->options.flush_all_on_reload, "no") == 0;
}

GPtrArray *reload_assumptions_new(void)
{
    return g_ptr_array_new_with_free_func(g_free);
}

static void assume(GPtrArray *assumptions, ReloadAssumption assumption)
{
    if (assumptions != NULL)
        g_ptr_array_add(assumptions, g_memdup2(&assumption, sizeof assumption));
}

/* Binds INTERFACE to ZONE as changeZoneOfInterface does: out of any other, and nowhere if there is
 * no such zone. */
static void bind_interface(Snapshot *snapshot, const char *interface, const char *zone)
{
    const char *from = binding_of_interface(snapshot, interface);
    if (firewalld_zone(snapshot->firewalld, zone) == NULL || g_strcmp0(from, zone) == 0)
        return;
    g_autoptr(Action) action =
        action_new(from == NULL ? ACTION_BIND : ACTION_MOVE, SCOPE_RUNTIME, interface, from, zone);
    action_predict(action, snapshot);
}

static void bind_all_of(Snapshot *after, const Zone *zone)
{
    STRV_FOREACH (interface, zone->interfaces)
        bind_interface(after, *interface, zone->name);
}

/* With FlushAllOnReload=no a reload keeps bindings, direct rules and the entries of sets. */
static void keep_running_state(Snapshot *after, const Snapshot *before, GPtrArray *assumptions)
{
    const Firewalld *running = before->firewalld;
    PTR_ARRAY_FOREACH (const Zone, zone, running->zones)
        bind_all_of(after, zone);
    if (running->direct_rules != TRISTATE_NO)
        after->firewalld->direct_rules = running->direct_rules;
    g_ptr_array_unref(after->firewalld->ipsets);
    after->firewalld->ipsets = g_ptr_array_ref(running->ipsets);
    if (g_strcmp0(running->default_zone, after->firewalld->default_zone) != 0)
        assume(assumptions, (ReloadAssumption){ASSUMES_BINDINGS_KEPT, .zone = running->default_zone,
                                               .other = after->firewalld->default_zone});
}

/* Docker, podman and libvirt put their bridges back when they see firewalld come back. */
static void let_programs_bind(Snapshot *after, const Snapshot *before, GPtrArray *assumptions)
{
    PTR_ARRAY_FOREACH (const Zone, zone, before->firewalld->zones) {
        if (!zone_is_of_another_program(zone->name) || zone->interfaces[0] == NULL)
            continue;
        assume(assumptions, (ReloadAssumption){ASSUMES_PROGRAM_BINDS, .zone = zone->name,
                                               .interfaces = zone->interfaces});
        bind_all_of(after, zone);
    }
}

/* NetworkManager tells firewalld the zone of each active connection when firewalld starts, and
 * firewalld asks for them at a reload. */
static void let_networkmanager_bind(Snapshot *after, const Snapshot *before)
{
    PTR_ARRAY_FOREACH (const ManagedDevice, device, before->networkmanager->devices) {
        const char *now = binding_of_interface(before, device->interface);
        bool shared = device->zone == NULL && now != NULL && zone_is_of_another_program(now);
        const char *zone = device->zone != NULL ? device->zone : after->firewalld->default_zone;
        if (device->managed && !shared)
            bind_interface(after, device->interface, zone);
    }
}

static void load_permanent(Snapshot *after, const Snapshot *before, ReloadEvent event)
{
    const Firewalld *running = before->firewalld;
    Firewalld *loaded = firewalld_copy(before->permanent->firewalld);
    g_free(loaded->version);
    g_free(loaded->state);
    loaded->version = g_strdup(running->version);
    loaded->state = g_strdup(running->state);
    loaded->policies_exist = running->policies_exist;
    loaded->panic = event == EVENT_RELOAD ? running->panic : TRISTATE_NO;
    firewalld_free(after->firewalld);
    after->firewalld = loaded;
}

Snapshot *snapshot_after_reload(const Snapshot *snapshot, ReloadEvent event, GPtrArray *assumptions)
{
    if (snapshot->permanent->fault != NULL)
        return snapshot_copy(snapshot);
    if (snapshot->permanent->firewalld == NULL)
        return NULL;
    Snapshot *after = snapshot_copy(snapshot);
    after->firewalld_predicted = true;
    if (event == EVENT_RELOAD)
        snapshot_replace_ruleset(after, reload_ruleset(snapshot));
    load_permanent(after, snapshot, event);
    if (event == EVENT_RELOAD && firewalld_keeps_state_on_reload(snapshot->firewalld))
        keep_running_state(after, snapshot, assumptions);
    else
        let_programs_bind(after, snapshot, assumptions);
    let_networkmanager_bind(after, snapshot);
    const char *default_zone = after->firewalld->default_zone;
    if (g_strcmp0(snapshot->firewalld->default_zone, default_zone) != 0)
        assume(assumptions, (ReloadAssumption){ASSUMES_NEW_DEFAULT_ZONE, .zone = default_zone});
    if (event == EVENT_REBOOT)
        assume(assumptions, (ReloadAssumption){ASSUMES_SAME_NETWORK});
    return after;
}
