/* SPDX-License-Identifier: GPL-2.0-or-later */
/* All that might cure: each way of curing is tried on all flows of the goal at once, in each zone that
 * comes into question. The ways are in files of their own; nothing is judged here. */
#include "model/plan/candidates.h"

#include "model/diagnosis/binding-findings.h"
#include "model/firewalld/dispatch.h"
#include "model/foreach.h"

/* ---- lists of actions ---- */

GPtrArray *actions_new(void)
{
    return g_ptr_array_new_with_free_func((GDestroyNotify)action_free);
}

static gboolean is_same_action(gconstpointer a, gconstpointer b)
{
    g_autofree char *x = action_identity(a);
    g_autofree char *y = action_identity(b);
    return g_str_equal(x, y);
}

/* Takes ACTION. */
void actions_add(GPtrArray *actions, Action *action)
{
    if (g_ptr_array_find_with_equal_func(actions, action, is_same_action, NULL))
        action_free(action);
    else
        g_ptr_array_add(actions, action);
}

static char *text_of(const GPtrArray *actions)
{
    GString *text = g_string_new(NULL);
    PTR_ARRAY_FOREACH (const Action, action, actions) {
        g_autofree char *identity = action_identity(action);
        g_string_append_printf(text, "%s\n", identity);
    }
    return g_string_free(text, FALSE);
}

/* Takes ACTIONS and COMMAND. */
void candidates_add(Candidates *candidates, GPtrArray *actions, char **command, bool restores)
{
    if (actions->len == 0 || !g_hash_table_add(candidates->known, text_of(actions))) {
        g_ptr_array_unref(actions);
        g_strfreev(command);
        return;
    }
    Cure *cure = g_new0(Cure, 1);
    cure->actions = actions;
    cure->command = command;
    cure->restores = restores;
    g_ptr_array_add(candidates->cures, cure);
}

bool link_has_no_zone(const Snapshot *snapshot, const Link *link)
{
    ZoneMatch match = dispatch_interface(snapshot, link->name);
    return !zone_match_is_binding(&match);
}

/* ---- which zones ---- */

static void add_zone(Candidates *candidates, const Zone *zone)
{
    if (zone != NULL && candidates->zones->len < CANDIDATES_MAX_ZONES &&
        !zone_is_of_another_program(zone->name) &&
        !g_ptr_array_find(candidates->zones, zone->name, NULL))
        g_ptr_array_add(candidates->zones, zone->name);
}

static void add_link(GPtrArray *links, const Link *link)
{
    if (link != NULL && !g_ptr_array_find(links, link, NULL))
        g_ptr_array_add(links, (gpointer)link);
}

/* The zones of both sides of each flow; those that accept everything; those that have sources, as the
 * zone that filters other networks of the same kind has; and for the host's services those that other
 * downstreams are bound to. */
static void collect(Candidates *candidates)
{
    const Snapshot *snapshot = candidates->goal->snapshot;
    ARRAY_FOREACH (const Flow, flow, candidates->goal->flows) {
        if (flow->in != NULL) {
            add_link(candidates->ins, snapshot_link_by_name(snapshot, flow->in));
            add_zone(candidates, dispatch_first(snapshot, flow, DISPATCH_INGRESS).zone);
        }
        if (flow->out != NULL) {
            add_link(candidates->outs, snapshot_link_by_name(snapshot, flow->out));
            add_zone(candidates, dispatch_interface(snapshot, flow->out).zone);
        }
    }
    PTR_ARRAY_FOREACH (const Zone, zone, snapshot->firewalld->zones) {
        if (zone->target == TARGET_ACCEPT || zone->sources->len > 0)
            add_zone(candidates, zone);
    }
    PTR_ARRAY_FOREACH (const Link, link,
                       topology_downstreams(candidates->goal->diagnosis->topology))
        add_zone(candidates,
                 firewalld_zone(snapshot->firewalld, binding_of_interface(snapshot, link->name)));
}

/* ---- the whole ---- */

static const Link *subject_of(const CureGoal *goal)
{
    return goal->finding != NULL && goal->finding->interface != NULL
               ? snapshot_link_by_name(goal->snapshot, goal->finding->interface)
               : NULL;
}

GPtrArray *cure_candidates(const CureGoal *goal)
{
    g_autoptr(GHashTable) known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GPtrArray) ins = g_ptr_array_new();
    g_autoptr(GPtrArray) outs = g_ptr_array_new();
    g_autoptr(GPtrArray) zones = g_ptr_array_new();
    GPtrArray *cures = g_ptr_array_new_with_free_func((GDestroyNotify)cure_free);
    Candidates candidates = {goal, subject_of(goal), cures, known, ins, outs, zones};
    if (is_about_what_lasts(goal->finding)) {
        candidates_add_lasting(&candidates);
        return cures;
    }
    collect(&candidates);
    candidates_give_back(&candidates);
    candidates_add_bindings(&candidates);
    candidates_add_forwarding(&candidates);
    candidates_add_policies(&candidates);
    candidates_add_wildcards(&candidates);
    candidates_add_sources(&candidates);
    candidates_add_services(&candidates);
    return cures;
}
