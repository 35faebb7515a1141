/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/plan/rebinding.h"

#include "model/firewalld/dispatch.h"
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

static Rebinding *find(GPtrArray *rebindings, const Action *action)
{
    PTR_ARRAY_FOREACH (Rebinding, rebinding, rebindings) {
        if (rebinding->scope == action->scope &&
            g_str_equal(rebinding->interface, action->interface))
            return rebinding;
    }
    Rebinding *added = g_new(Rebinding, 1);
    *added = (Rebinding){g_strdup(action->interface), action->scope, g_strdup(action->from), NULL};
    g_ptr_array_add(rebindings, added);
    return added;
}

static void add(GPtrArray *rebindings, const Action *action)
{
    Rebinding *rebinding = find(rebindings, action);
    if (rebinding->from == NULL)
        rebinding->from = g_strdup(action->from);
    if (action->op == ACTION_UNBIND)
        return;
    g_free(rebinding->to);
    rebinding->to = g_strdup(action->to);
}

/* The zone other than the one of REBINDING that binds its interface on the host of SNAPSHOT (transfer full). */
static char *other_zone(const Rebinding *rebinding, const Snapshot *snapshot)
{
    ZoneMatch match = dispatch_interface(snapshot, rebinding->interface);
    return zone_match_is_binding(&match) && g_strcmp0(match.zone->name, rebinding->to) != 0
               ? g_strdup(match.zone->name)
               : NULL;
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
    g_autoptr(Snapshot) later = snapshot_after_reload(snapshot, EVENT_REBOOT, NULL);
    if (later == NULL)
        return REBINDINGS_UNREAD;
    PTR_ARRAY_FOREACH (Rebinding, rebinding, rebindings) {
        if (rebinding->from == NULL)
            rebinding->from = other_zone(rebinding, snapshot);
        if (rebinding->from == NULL)
            rebinding->from = other_zone(rebinding, later);
    }
    return REBINDINGS_KNOWN;
}
