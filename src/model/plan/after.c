/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What firewalld loads, and what comes back by itself. The facts are read off Firewall.reload() of
 * firewalld 1.3.3 (firewall/core/fw.py) and held against real reloads and restarts in the lab. It
 * tells the permanent configuration from what it has read of the files, which it looks at again five
 * seconds after they changed (firewall/core/watcher.py); --set-default-zone, too, only writes one. */
#include "model/plan/after.h"

#include "model/plan/action.h"
#include "model/diagnosis/binding-findings.h"
#include "model/error.h"

static const char *const event_words[] = {
    [AFTER_RELOAD] = "reload",
    [AFTER_REBOOT] = "reboot",
};

const char *after_event_word(AfterEvent event)
{
    return event_words[event];
}

bool after_event_from_word(const char *word, AfterEvent *event)
{
    for (guint i = 0; i < G_N_ELEMENTS(event_words); i++) {
        if (g_strcmp0(word, event_words[i]) == 0) {
            *event = (AfterEvent)i;
            return true;
        }
    }
    return false;
}

/* Binds INTERFACE to ZONE as changeZoneOfInterface does: out of any other, and nowhere if there is
 * no such zone. */
static void bind_interface(Snapshot *snapshot, const char *interface, const char *zone)
{
    if (firewalld_zone(snapshot->firewalld, zone) == NULL)
        return;
    const char *from = binding_of_interface(snapshot, interface);
    g_autoptr(Action) action =
        action_new(from == NULL ? ACTION_BIND : ACTION_MOVE, SCOPE_RUNTIME, interface, from, zone);
    if (g_strcmp0(from, zone) != 0)
        action_predict(action, snapshot);
}

/* ---- what comes back ---- */

static void bind_all_of(Snapshot *after, const Zone *zone)
{
    for (char **interface = zone->interfaces; *interface != NULL; interface++)
        bind_interface(after, *interface, zone->name);
}

/* With FlushAllOnReload=no a reload keeps bindings, direct rules and the entries of sets. */
static void keep_running_state(Snapshot *after, const Snapshot *before, GPtrArray *assumes)
{
    const Firewalld *running = before->firewalld;
    for (guint i = 0; i < running->zones->len; i++)
        bind_all_of(after, g_ptr_array_index(running->zones, i));
    if (running->direct_rules != TRISTATE_NO)
        after->firewalld->direct_rules = running->direct_rules;
    g_ptr_array_unref(after->firewalld->ipsets);
    after->firewalld->ipsets = g_ptr_array_ref(running->ipsets);
    if (g_strcmp0(running->default_zone, after->firewalld->default_zone) != 0)
        g_ptr_array_add(assumes,
                        g_strdup_printf("what is bound to zone %s stays there, though the "
                                        "default zone becomes %s",
                                        running->default_zone, after->firewalld->default_zone));
}

/* Docker, podman and libvirt put their bridges back when they see firewalld come back. */
static void let_programs_bind(Snapshot *after, const Snapshot *before, GPtrArray *assumes)
{
    const GPtrArray *zones = before->firewalld->zones;
    for (guint i = 0; i < zones->len; i++) {
        const Zone *zone = g_ptr_array_index(zones, i);
        if (!zone_is_of_another_program(zone->name) || zone->interfaces[0] == NULL)
            continue;
        g_autofree char *names = g_strjoinv(", ", zone->interfaces);
        g_ptr_array_add(assumes,
                        g_strdup_printf("the program that keeps zone %s puts %s back there",
                                        zone->name, names));
        bind_all_of(after, zone);
    }
}

/* NetworkManager tells firewalld the zone of each active connection when firewalld starts, and
 * firewalld asks for them at a reload. */
static void let_networkmanager_bind(Snapshot *after, const Snapshot *before)
{
    const GPtrArray *devices = before->networkmanager->devices;
    for (guint i = 0; i < devices->len; i++) {
        const ManagedDevice *device = g_ptr_array_index(devices, i);
        const char *now = binding_of_interface(before, device->interface);
        bool shared = device->zone == NULL && now != NULL && zone_is_of_another_program(now);
        const char *zone = device->zone != NULL ? device->zone : after->firewalld->default_zone;
        if (device->managed && !shared)
            bind_interface(after, device->interface, zone);
    }
}

/* ---- the whole ---- */

static void load_permanent(Snapshot *after, const Snapshot *before, AfterEvent event)
{
    const Firewalld *running = before->firewalld;
    Firewalld *loaded = firewalld_copy(before->permanent->firewalld);
    loaded->version = g_strdup(running->version);
    loaded->state = g_strdup(running->state);
    loaded->policies_exist = running->policies_exist;
    loaded->panic = event == AFTER_RELOAD ? running->panic : TRISTATE_NO;
    firewalld_free(after->firewalld);
    after->firewalld = loaded;
}

Snapshot *snapshot_after(const Snapshot *snapshot, AfterEvent event, GPtrArray *assumes,
                         GError **error)
{
    if (snapshot->permanent->firewalld == NULL && snapshot->permanent->fault == NULL) {
        nicfix_error_set(error, NICFIX_ERROR_NOT_AUTHORISED,
                         "run as root; of a snapshot: make it as root",
                         "firewalld's permanent configuration was not read");
        return NULL;
    }
    Snapshot *after = snapshot_copy(snapshot);
    if (snapshot->permanent->fault != NULL)
        return after;
    load_permanent(after, snapshot, event);
    bool keeps = event == AFTER_RELOAD &&
                 g_strcmp0(snapshot->firewalld->options.flush_all_on_reload, "no") == 0;
    if (keeps)
        keep_running_state(after, snapshot, assumes);
    else
        let_programs_bind(after, snapshot, assumes);
    let_networkmanager_bind(after, snapshot);
    const char *default_zone = after->firewalld->default_zone;
    if (g_strcmp0(snapshot->firewalld->default_zone, default_zone) != 0)
        g_ptr_array_add(assumes,
                        g_strdup_printf("the default zone becomes %s (firewalld takes five "
                                        "seconds to notice a changed firewalld.conf)",
                                        default_zone));
    if (event == AFTER_REBOOT)
        g_ptr_array_add(assumes, g_strdup("links, addresses and routes are then as they are now"));
    return after;
}
