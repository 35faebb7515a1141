/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Goes back over what was done, on a copy of the world. A subject is what several actions may
 * change one after the other: the binding of one interface, one setting of a zone, or a policy. */
#include "model/plan/undo.h"

#include "model/foreach.h"

/* The ops that change the same thing. */
static const char *kind_of(const Action *action)
{
    switch (action->op) {
    case ACTION_BIND:
    case ACTION_UNBIND:
    case ACTION_MOVE:
        return "interface";
    case ACTION_ENABLE_FORWARD:
    case ACTION_DISABLE_FORWARD:
        return "forward";
    case ACTION_ADD_SOURCE:
    case ACTION_REMOVE_SOURCE:
        return "source";
    case ACTION_ADD_SERVICE:
    case ACTION_REMOVE_SERVICE:
        return "service";
    case ACTION_ADD_PORT:
    case ACTION_REMOVE_PORT:
        return "port";
    case ACTION_ADD_POLICY:
    case ACTION_REMOVE_POLICY:
        return "policy";
    }
    return "";
}

/* The same for all actions on one subject; of what is joined here only the last can hold a colon. */
static char *key_of(const Action *action)
{
    bool is_setting = action->interface == NULL && action->value != NULL;
    return g_strjoin(":", action_scope_word(action->scope), kind_of(action), action_subject(action),
                     is_setting ? action->value : "", NULL);
}

static GHashTable *subjects_new(void)
{
    return g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
}

/* For each of ACTIONS whether it is still in effect and would be undone (transfer full). An action is
 * in effect where the next one on its subject is, which starts from what it left. Fills SUBJECTS with
 * those of the actions in effect. */
static bool *find_done(const Snapshot *snapshot, const GPtrArray *actions, GHashTable *subjects)
{
    g_autoptr(Snapshot) world = snapshot_copy(snapshot);
    bool *done = g_new0(bool, actions->len);
    for (guint i = actions->len; i > 0; i--) {
        const Action *action = g_ptr_array_index(actions, i - 1);
        g_autofree char *subject = key_of(action);
        if (!action_is_observable(action, world) ||
            (!g_hash_table_contains(subjects, subject) && !action_is_done(action, world)))
            continue;
        done[i - 1] = true;
        g_hash_table_add(subjects, g_steal_pointer(&subject));
        g_autoptr(Action) inverse = action_inverse(action);
        action_predict(inverse, world);
    }
    return done;
}

/* Adds a note for each subject that is neither in effect, by SUBJECTS, nor back where it was. */
static void note_what_stays(const Snapshot *snapshot, const GPtrArray *actions,
                            GHashTable *subjects, GPtrArray *notes)
{
    PTR_ARRAY_FOREACH (const Action, action, actions) {
        bool is_read = action_is_observable(action, snapshot);
        if (g_hash_table_add(subjects, key_of(action)) &&
            !(is_read && action_precondition_holds(action, snapshot)))
            plan_notes_add(notes, (PlanNote){is_read ? NOTE_OVERTAKEN : NOTE_STATE_UNREAD,
                                             .scope = action->scope, .interface = action->interface,
                                             .zone = (char *)action_subject(action)});
    }
}

GPtrArray *undo_actions(const Snapshot *snapshot, const GPtrArray *actions, GPtrArray *notes)
{
    g_autoptr(GHashTable) subjects = subjects_new();
    g_autofree bool *done = find_done(snapshot, actions, subjects);
    GPtrArray *inverses = g_ptr_array_new_with_free_func((GDestroyNotify)action_free);
    for (guint i = actions->len; i > 0; i--) {
        if (done[i - 1])
            g_ptr_array_add(inverses, action_inverse(g_ptr_array_index(actions, i - 1)));
    }
    note_what_stays(snapshot, actions, subjects, notes);
    return inverses;
}

GPtrArray *undo_find_done(const Snapshot *snapshot, const GPtrArray *actions)
{
    g_autoptr(GHashTable) subjects = subjects_new();
    g_autofree bool *done = find_done(snapshot, actions, subjects);
    GPtrArray *found = g_ptr_array_new();
    for (guint i = 0; i < actions->len; i++) {
        if (done[i])
            g_ptr_array_add(found, g_ptr_array_index(actions, i));
    }
    return found;
}
