/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/plan/rebinding.h"

#include "model/firewalld/match.h"
#include "model/foreach.h"
#include "model/plan/reload.h"

static void rebinding_free(gpointer data)
{
    Rebinding *rebinding = data;
    g_free(rebinding->interface);
    g_free(rebinding->from);
    g_free(rebinding->to);
    g_free(rebinding);
}

GPtrArray *rebindings_new(void)
{
    return g_ptr_array_new_with_free_func(rebinding_free);
}

static bool is_rebinding(const Action *action)
{
    return action->op == ACTION_BIND || action->op == ACTION_UNBIND || action->op == ACTION_MOVE;
}

static Rebinding *find_or_add(GPtrArray *rebindings, const Action *action)
{
    PTR_ARRAY_FOREACH (Rebinding, rebinding, rebindings) {
        if (rebinding->scope == action->scope &&
            g_str_equal(rebinding->interface, action->interface))
            return rebinding;
    }
    Rebinding *added = g_new(Rebinding, 1);
    *added = (Rebinding){.interface = g_strdup(action->interface), .scope = action->scope};
    g_ptr_array_add(rebindings, added);
    return added;
}

static void add(GPtrArray *rebindings, const Action *action)
{
    Rebinding *rebinding = find_or_add(rebindings, action);
    if (rebinding->from == NULL)
        rebinding->from = g_strdup(action->from);
    if (action->op == ACTION_UNBIND)
        return;
    g_free(rebinding->to);
    rebinding->to = g_strdup(action->to);
}

/* The zone other than that of REBINDING that has its interface on the host of SNAPSHOT (transfer full); NULL: none.
 * Which of several zones wins is of no interest. */
static char *other_zone(const Rebinding *rebinding, const Snapshot *snapshot)
{
    PTR_ARRAY_FOREACH (const Zone, zone, snapshot->firewalld->zones) {
        if (zone_takes_interface(zone, rebinding->interface) &&
            g_strcmp0(zone->name, rebinding->to) != 0)
            return g_strdup(zone->name);
    }
    return NULL;
}

RebindingsResult rebindings_find(const GPtrArray *actions, const Snapshot *snapshot,
                                 GPtrArray *rebindings, const Action **culprit)
{
    PTR_ARRAY_FOREACH (const Action, action, actions) {
        *culprit = action;
        if (!is_rebinding(action))
            return REBINDINGS_AND_MORE;
        add(rebindings, action);
    }
    if (rebindings->len == 0)
        return REBINDINGS_KNOWN;
    bool is_readable = snapshot->permanent != NULL && snapshot->permanent->fault == NULL;
    g_autoptr(Snapshot) later =
        is_readable ? snapshot_after_reload(snapshot, EVENT_REBOOT, NULL) : NULL;
    if (later == NULL)
        return REBINDINGS_UNREAD;
    PTR_ARRAY_FOREACH (Rebinding, rebinding, rebindings) {
        bool is_of_now = rebinding->scope == SCOPE_RUNTIME;
        if (rebinding->from == NULL)
            rebinding->from = other_zone(rebinding, is_of_now ? snapshot : later);
        if (rebinding->from == NULL)
            rebinding->from = other_zone(rebinding, is_of_now ? later : snapshot);
    }
    return REBINDINGS_KNOWN;
}
