/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Actions as values: their effect on a snapshot, their inverses and their words. */
#include "model/plan/action.h"

Action *action_new(ActionOp op, ActionScope scope, const char *interface, const char *from,
                   const char *to)
{
    Action *action = g_new0(Action, 1);
    action->op = op;
    action->scope = scope;
    action->interface = g_strdup(interface);
    action->from = g_strdup(from);
    action->to = g_strdup(to);
    return action;
}

Action *action_new_for_profile(const char *interface, const char *profile, const char *from,
                               const char *to)
{
    ActionOp op = from == NULL ? ACTION_BIND : to == NULL ? ACTION_UNBIND : ACTION_MOVE;
    Action *action = action_new(op, SCOPE_NETWORKMANAGER, interface, from, to);
    action->profile = g_strdup(profile);
    return action;
}

Action *action_copy(const Action *action)
{
    Action *copy =
        action_new(action->op, action->scope, action->interface, action->from, action->to);
    copy->profile = g_strdup(action->profile);
    copy->saved_only = action->saved_only;
    return copy;
}

void action_free(Action *action)
{
    if (action == NULL)
        return;
    g_free(action->interface);
    g_free(action->from);
    g_free(action->to);
    g_free(action->profile);
    g_free(action);
}

Action *action_inverse(const Action *action)
{
    static const ActionOp inverses[] = {
        [ACTION_BIND] = ACTION_UNBIND,
        [ACTION_UNBIND] = ACTION_BIND,
        [ACTION_MOVE] = ACTION_MOVE,
        [ACTION_ENABLE_FORWARD] = ACTION_DISABLE_FORWARD,
        [ACTION_DISABLE_FORWARD] = ACTION_ENABLE_FORWARD,
    };
    bool is_binding = action->interface != NULL;
    if (action->scope == SCOPE_NETWORKMANAGER) {
        Action *inverse =
            action_new_for_profile(action->interface, action->profile, action->to, action->from);
        inverse->saved_only = action->saved_only;
        return inverse;
    }
    return action_new(inverses[action->op], action->scope, action->interface,
                      is_binding ? action->to : NULL, is_binding ? action->from : action->to);
}

/* ---- effects ---- */

const char *binding_of_interface(const Snapshot *snapshot, const char *name)
{
    for (guint i = 0; i < snapshot->firewalld->zones->len; i++) {
        const Zone *zone = g_ptr_array_index(snapshot->firewalld->zones, i);
        if (g_strv_contains((const char *const *)zone->interfaces, name))
            return zone->name;
    }
    return NULL;
}

static void zone_remove_interface(Zone *zone, const char *name)
{
    char **kept = zone->interfaces;
    for (char **interface = zone->interfaces; *interface != NULL; interface++) {
        if (g_str_equal(*interface, name))
            g_free(*interface);
        else
            *kept++ = *interface;
    }
    *kept = NULL;
}

static void zone_add_interface(Zone *zone, const char *name)
{
    guint count = g_strv_length(zone->interfaces);
    zone->interfaces = g_renew(char *, zone->interfaces, count + 2);
    zone->interfaces[count] = g_strdup(name);
    zone->interfaces[count + 1] = NULL;
}

/* The firewall that ACTION changes; NULL where it is not in SNAPSHOT. */
static Firewalld *side_of(const Action *action, const Snapshot *snapshot)
{
    return action->scope == SCOPE_RUNTIME ? snapshot->firewalld : snapshot->permanent->firewalld;
}

static Zone *zone_of(const Action *action, const Snapshot *snapshot, const char *name)
{
    const Firewalld *side = side_of(action, snapshot);
    return side != NULL ? firewalld_zone(side, name) : NULL;
}

static void predict_zones(const Action *action, const Snapshot *snapshot)
{
    Zone *from = zone_of(action, snapshot, action->from);
    Zone *to = zone_of(action, snapshot, action->to);
    if (from != NULL)
        zone_remove_interface(from, action->interface);
    if (to != NULL)
        zone_add_interface(to, action->interface);
}

static void predict_permanent_binding(const Action *action, Snapshot *snapshot)
{
    PermanentBinding *binding =
        (PermanentBinding *)permanent_binding(snapshot->permanent, action->interface);
    if (binding == NULL) {
        binding = permanent_binding_new(action->interface);
        g_ptr_array_add(snapshot->permanent->bindings, binding);
    }
    g_free(binding->zone);
    binding->zone = g_strdup(action->to);
}

static void predict_profile(const Action *action, Snapshot *snapshot)
{
    ManagedDevice *device =
        (ManagedDevice *)networkmanager_device(snapshot->networkmanager, action->interface);
    if (device == NULL)
        return;
    g_free(device->zone);
    device->zone = g_strdup(action->to);
}

static void predict_forward(const Action *action, Snapshot *snapshot)
{
    Zone *zone = zone_of(action, snapshot, action->to);
    if (zone != NULL)
        zone->forward = action->op == ACTION_ENABLE_FORWARD ? TRISTATE_YES : TRISTATE_NO;
}

void action_predict(const Action *action, Snapshot *snapshot)
{
    if (action->interface == NULL)
        predict_forward(action, snapshot);
    else if (action->scope == SCOPE_NETWORKMANAGER)
        predict_profile(action, snapshot);
    else
        predict_zones(action, snapshot);
    if (action->interface != NULL && action->scope == SCOPE_PERMANENT)
        predict_permanent_binding(action, snapshot);
}

/* Whether the forward flag of the action's zone is WANTED. */
static bool forward_is(const Action *action, const Snapshot *snapshot, bool wanted)
{
    const Zone *zone = zone_of(action, snapshot, action->to);
    return zone != NULL && zone->forward == (wanted ? TRISTATE_YES : TRISTATE_NO);
}

static const char *zone_in_scope(const Action *action, const Snapshot *snapshot)
{
    if (action->scope == SCOPE_RUNTIME)
        return binding_of_interface(snapshot, action->interface);
    if (action->scope == SCOPE_NETWORKMANAGER) {
        const ManagedDevice *device =
            networkmanager_device(snapshot->networkmanager, action->interface);
        return device != NULL ? device->zone : NULL;
    }
    const PermanentBinding *binding = permanent_binding(snapshot->permanent, action->interface);
    return binding != NULL ? binding->zone : NULL;
}

bool action_is_told(const Action *action, const Snapshot *snapshot)
{
    if (action->scope == SCOPE_NETWORKMANAGER) {
        const ManagedDevice *device =
            networkmanager_device(snapshot->networkmanager, action->interface);
        return device != NULL && g_strcmp0(device->profile_uuid, action->profile) == 0;
    }
    if (action->interface == NULL)
        return side_of(action, snapshot) != NULL;
    return action->scope != SCOPE_PERMANENT ||
           permanent_binding(snapshot->permanent, action->interface) != NULL;
}

bool action_fits(const Action *action, const Snapshot *snapshot)
{
    if (action->interface == NULL)
        return forward_is(action, snapshot, action->op == ACTION_DISABLE_FORWARD);
    return g_strcmp0(zone_in_scope(action, snapshot), action->from) == 0;
}

bool action_is_done(const Action *action, const Snapshot *snapshot)
{
    if (action->interface == NULL)
        return forward_is(action, snapshot, action->op == ACTION_ENABLE_FORWARD);
    return g_strcmp0(zone_in_scope(action, snapshot), action->to) == 0;
}

/* ---- words ---- */

static char *option_for(const Action *action)
{
    switch (action->op) {
    case ACTION_BIND:
        return g_strdup_printf("--add-interface=%s", action->interface);
    case ACTION_UNBIND:
        return g_strdup_printf("--remove-interface=%s", action->interface);
    case ACTION_MOVE:
        return g_strdup_printf("--change-interface=%s", action->interface);
    case ACTION_ENABLE_FORWARD:
        return g_strdup("--add-forward");
    case ACTION_DISABLE_FORWARD:
        return g_strdup("--remove-forward");
    }
    return NULL;
}

static char **nmcli_command(const Action *action)
{
    g_autoptr(GStrvBuilder) words = g_strv_builder_new();
    g_strv_builder_add_many(words, "nmcli", "connection", "modify", action->profile,
                            "connection.zone", action->to != NULL ? action->to : "", NULL);
    return g_strv_builder_end(words);
}

char **action_firewall_cmd(const Action *action)
{
    if (action->scope == SCOPE_NETWORKMANAGER)
        return nmcli_command(action);
    g_autoptr(GStrvBuilder) words = g_strv_builder_new();
    g_autofree char *option = option_for(action);
    g_autofree char *zone =
        g_strdup_printf("--zone=%s", action->op == ACTION_UNBIND ? action->from : action->to);
    g_strv_builder_add(words, "firewall-cmd");
    if (action->scope == SCOPE_PERMANENT)
        g_strv_builder_add(words, "--permanent");
    g_strv_builder_add(words, zone);
    g_strv_builder_add(words, option);
    return g_strv_builder_end(words);
}

static const char *const op_words[] = {
    [ACTION_BIND] = "bind",
    [ACTION_UNBIND] = "unbind",
    [ACTION_MOVE] = "move",
    [ACTION_ENABLE_FORWARD] = "enable-forward",
    [ACTION_DISABLE_FORWARD] = "disable-forward",
};

static const char *const scope_words[] = {
    [SCOPE_RUNTIME] = "runtime",
    [SCOPE_PERMANENT] = "permanent",
    [SCOPE_NETWORKMANAGER] = "networkmanager",
};

const char *action_op_word(ActionOp op)
{
    return op_words[op];
}

const char *action_scope_word(ActionScope scope)
{
    return scope_words[scope];
}

static bool find_word(const char *const *words, guint count, const char *word, guint *index)
{
    for (guint i = 0; i < count; i++) {
        if (g_strcmp0(words[i], word) == 0) {
            *index = i;
            return true;
        }
    }
    return false;
}

bool action_op_from_word(const char *word, ActionOp *op)
{
    guint index;
    if (!find_word(op_words, G_N_ELEMENTS(op_words), word, &index))
        return false;
    *op = (ActionOp)index;
    return true;
}

bool action_scope_from_word(const char *word, ActionScope *scope)
{
    guint index;
    if (!find_word(scope_words, G_N_ELEMENTS(scope_words), word, &index))
        return false;
    *scope = (ActionScope)index;
    return true;
}

const char *action_state_word(ActionState state)
{
    static const char *const words[] = {
        [ACTION_PLANNED] = "planned",
        [ACTION_DONE] = "done",
        [ACTION_FAILED] = "failed",
        [ACTION_UNDONE] = "undone",
    };
    return words[state];
}
