/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Candidates that give an interface back to the zone it belongs to: the one of its old name, or the one
 * that its software keeps for it. */
#include "model/plan/candidates.h"

#include "model/diagnosis/binding-findings.h"
#include "model/firewalld/dispatch.h"
#include "model/foreach.h"

static bool is_name_of_link(const Snapshot *snapshot, const char *name)
{
    const Link *link = snapshot_link_by_name(snapshot, name);
    return link != NULL && g_str_equal(link->name, name);
}

static bool has_name(const Snapshot *snapshot, const Link *link, const char *name)
{
    if (g_strv_contains((const char *const *)link->altnames, name) &&
        !is_name_of_link(snapshot, name))
        return true;
    const Link *port = snapshot_link_by_name(snapshot, name);
    return port != NULL && g_str_equal(port->name, name) && port->master == link->index;
}

/* The zone that binds LINK by an alternative name, or by one of its ports: a link that was renamed, or
 * took over what its port was, keeps its zone. */
static const char *zone_of_old_name(const Snapshot *snapshot, const Link *link)
{
    PTR_ARRAY_FOREACH (const Zone, zone, snapshot->firewalld->zones) {
        STRV_FOREACH (interface, zone->interfaces) {
            if (!interface_is_wildcard(*interface) && has_name(snapshot, link, *interface))
                return zone->name;
        }
    }
    return NULL;
}

/* As kernel and systemd name network cards: eth0, enp2s0, eno1, ens3, wlan0, wlp3s0. */
static bool is_name_of_hardware(const char *name)
{
    return g_str_has_prefix(name, "eth") || g_str_has_prefix(name, "en") ||
           g_str_has_prefix(name, "wl");
}

/* Of names that no link has, the one that is bound, if there is just one; its zone. */
static const char *zone_of_only_stale_name(const Snapshot *snapshot)
{
    const char *found = NULL;
    guint count = 0;
    PTR_ARRAY_FOREACH (const Zone, zone, snapshot->firewalld->zones) {
        STRV_FOREACH (interface, zone->interfaces) {
            bool is_stale = !interface_is_wildcard(*interface) &&
                            snapshot_link_by_name(snapshot, *interface) == NULL &&
                            is_name_of_hardware(*interface);
            count += is_stale;
            found = is_stale ? zone->name : found;
        }
    }
    return count == 1 ? found : NULL;
}

/* A network card without a zone, the only one, and one name of a network card that is gone. */
static const char *zone_of_renamed(const Snapshot *snapshot, const Link *link)
{
    if (link->parent_device == NULL)
        return NULL;
    PTR_ARRAY_FOREACH (const Link, other, snapshot->links) {
        if (other != link && other->parent_device != NULL && link_has_no_zone(snapshot, other))
            return NULL;
    }
    return zone_of_only_stale_name(snapshot);
}

static void give_back_renamed(Candidates *candidates, const Link *link)
{
    const Snapshot *snapshot = candidates->goal->snapshot;
    if (!link_has_no_zone(snapshot, link))
        return;
    const char *zone = zone_of_old_name(snapshot, link);
    if (zone == NULL)
        zone = zone_of_renamed(snapshot, link);
    const char *interfaces[] = {link->name, NULL};
    if (zone != NULL)
        candidates_add_request(candidates, interfaces, zone, (PlanRequest){0}, true);
}

/* The programs themselves bind at run time only, and anew after each reload. */
static void give_back_to_owners(Candidates *candidates, const GPtrArray *links)
{
    const Snapshot *snapshot = candidates->goal->snapshot;
    GPtrArray *actions = actions_new();
    PTR_ARRAY_FOREACH (const Link, link, links) {
        const char *zone = zone_of_owner(snapshot->firewalld, link);
        if (zone == NULL || firewalld_zone(snapshot->firewalld, zone) == NULL ||
            g_strcmp0(binding_of_interface(snapshot, link->name), zone) == 0)
            continue;
        const char *from = binding_of_interface(snapshot, link->name);
        actions_add(actions, action_new(from != NULL ? ACTION_MOVE : ACTION_BIND, SCOPE_RUNTIME,
                                        link->name, from, zone));
    }
    candidates_add(candidates, actions, NULL, true);
}

void candidates_give_back(Candidates *candidates)
{
    if (candidates->subject != NULL)
        give_back_renamed(candidates, candidates->subject);
    PTR_ARRAY_FOREACH (const Link, in, candidates->ins)
        give_back_renamed(candidates, in);
    give_back_to_owners(candidates, candidates->ins);
}
