/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Actions as values: their effect on a snapshot, their inverses and their words. */
#include "model/plan/action.h"

#include "model/foreach.h"
#include "model/words.h"

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

Action *action_new_for_zone(ActionOp op, ActionScope scope, const char *zone, const char *value)
{
    Action *action = action_new(op, scope, NULL, NULL, zone);
    action->value = g_strdup(value);
    return action;
}

Action *action_new_for_policy(ActionOp op, ActionScope scope, const char *name, const char *from,
                              const char *to)
{
    Action *action = action_new(op, scope, NULL, from, to);
    action->value = g_strdup(name);
    return action;
}

Action *action_copy(const Action *action)
{
    Action *copy =
        action_new(action->op, action->scope, action->interface, action->from, action->to);
    copy->value = g_strdup(action->value);
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
    g_free(action->value);
    g_free(action->profile);
    g_free(action);
}

const char *action_subject(const Action *action)
{
    return action->interface != NULL ? action->interface : action->to;
}

Action *action_inverse(const Action *action)
{
    static const ActionOp inverses[] = {
        [ACTION_BIND] = ACTION_UNBIND,
        [ACTION_UNBIND] = ACTION_BIND,
        [ACTION_MOVE] = ACTION_MOVE,
        [ACTION_ENABLE_FORWARD] = ACTION_DISABLE_FORWARD,
        [ACTION_DISABLE_FORWARD] = ACTION_ENABLE_FORWARD,
        [ACTION_ADD_SOURCE] = ACTION_REMOVE_SOURCE,
        [ACTION_REMOVE_SOURCE] = ACTION_ADD_SOURCE,
        [ACTION_ADD_SERVICE] = ACTION_REMOVE_SERVICE,
        [ACTION_REMOVE_SERVICE] = ACTION_ADD_SERVICE,
        [ACTION_ADD_PORT] = ACTION_REMOVE_PORT,
        [ACTION_REMOVE_PORT] = ACTION_ADD_PORT,
        [ACTION_ADD_POLICY] = ACTION_REMOVE_POLICY,
        [ACTION_REMOVE_POLICY] = ACTION_ADD_POLICY,
    };
    bool is_binding = action->interface != NULL;
    if (action->value != NULL)
        return action_new_for_policy(inverses[action->op], action->scope, action->value,
                                     action->from, action->to);
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
    PTR_ARRAY_FOREACH (const Zone, zone, snapshot->firewalld->zones) {
        if (g_strv_contains((const char *const *)zone->interfaces, name))
            return zone->name;
    }
    return NULL;
}

/* Takes NAME out of FROM and puts it into TO; either may be NULL. */
static void rebind(const char *name, Zone *from, Zone *to)
{
    if (from != NULL) {
        char **kept = from->interfaces;
        for (char **interface = from->interfaces; *interface != NULL; interface++) {
            if (g_str_equal(*interface, name))
                g_free(*interface);
            else
                *kept++ = *interface;
        }
        *kept = NULL;
    }
    if (to != NULL) {
        guint count = g_strv_length(to->interfaces);
        to->interfaces = g_renew(char *, to->interfaces, count + 2);
        to->interfaces[count] = g_strdup(name);
        to->interfaces[count + 1] = NULL;
    }
}

/* The zone NAME of the firewall that ACTION changes; NULL where it is not in SNAPSHOT. */
static Zone *zone_of(const Action *action, const Snapshot *snapshot, const char *name)
{
    const Firewalld *side =
        action->scope == SCOPE_RUNTIME ? snapshot->firewalld : snapshot->permanent->firewalld;
    return side != NULL ? firewalld_zone(side, name) : NULL;
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

void action_predict(const Action *action, Snapshot *snapshot)
{
    Zone *to = zone_of(action, snapshot, action->to);
    if (action->interface == NULL) {
        if (to != NULL)
            to->forward = action->op == ACTION_ENABLE_FORWARD ? TRISTATE_YES : TRISTATE_NO;
    } else if (action->scope == SCOPE_NETWORKMANAGER) {
        ManagedDevice *device =
            (ManagedDevice *)networkmanager_device(snapshot->networkmanager, action->interface);
        if (device != NULL) {
            g_free(device->zone);
            device->zone = g_strdup(action->to);
        }
    } else {
        rebind(action->interface, zone_of(action, snapshot, action->from), to);
        if (action->scope == SCOPE_PERMANENT)
            predict_permanent_binding(action, snapshot);
    }
}

/* ---- where a snapshot is ---- */

bool action_is_observable(const Action *action, const Snapshot *snapshot)
{
    if (action->scope == SCOPE_NETWORKMANAGER) {
        const ManagedDevice *device =
            networkmanager_device(snapshot->networkmanager, action->interface);
        return device != NULL && g_strcmp0(device->profile_uuid, action->profile) == 0;
    }
    if (action->scope == SCOPE_RUNTIME)
        return true;
    return action->interface == NULL
               ? snapshot->permanent->firewalld != NULL
               : permanent_binding(snapshot->permanent, action->interface) != NULL;
}

/* Whether ACTION's scope binds its interface to ZONE; for the forward flag, whether it is FORWARD. */
static bool is_at(const Action *action, const Snapshot *snapshot, const char *zone,
                  Tristate forward)
{
    if (action->interface == NULL) {
        const Zone *changed = zone_of(action, snapshot, action->to);
        return changed != NULL && changed->forward == forward;
    }
    const char *bound = NULL;
    if (action->scope == SCOPE_RUNTIME) {
        bound = binding_of_interface(snapshot, action->interface);
    } else if (action->scope == SCOPE_NETWORKMANAGER) {
        const ManagedDevice *device =
            networkmanager_device(snapshot->networkmanager, action->interface);
        bound = device != NULL ? device->zone : NULL;
    } else {
        const PermanentBinding *binding = permanent_binding(snapshot->permanent, action->interface);
        bound = binding != NULL ? binding->zone : NULL;
    }
    return g_strcmp0(bound, zone) == 0;
}

bool action_precondition_holds(const Action *action, const Snapshot *snapshot)
{
    return is_at(action, snapshot, action->from,
                 action->op == ACTION_ENABLE_FORWARD ? TRISTATE_NO : TRISTATE_YES);
}

bool action_is_done(const Action *action, const Snapshot *snapshot)
{
    return is_at(action, snapshot, action->to,
                 action->op == ACTION_ENABLE_FORWARD ? TRISTATE_YES : TRISTATE_NO);
}

/* ---- words ---- */

char **action_firewall_cmd(const Action *action)
{
    static const char *const options[] = {
        [ACTION_BIND] = "--add-interface=",
        [ACTION_UNBIND] = "--remove-interface=",
        [ACTION_MOVE] = "--change-interface=",
        [ACTION_ENABLE_FORWARD] = "--add-forward",
        [ACTION_DISABLE_FORWARD] = "--remove-forward",
    };
    g_autoptr(GStrvBuilder) words = g_strv_builder_new();
    if (action->scope == SCOPE_NETWORKMANAGER) {
        g_strv_builder_add_many(words, "nmcli", "connection", "modify", action->profile,
                                "connection.zone", action->to != NULL ? action->to : "", NULL);
        return g_strv_builder_end(words);
    }
    g_autofree char *zone =
        g_strconcat("--zone=", action->op == ACTION_UNBIND ? action->from : action->to, NULL);
    g_autofree char *option = g_strconcat(options[action->op], action->interface, NULL);
    g_strv_builder_add(words, "firewall-cmd");
    if (action->scope == SCOPE_PERMANENT)
        g_strv_builder_add(words, "--permanent");
    g_strv_builder_add_many(words, zone, option, NULL);
    return g_strv_builder_end(words);
}

static const char *const op_words[] = {
    [ACTION_BIND] = "bind",
    [ACTION_UNBIND] = "unbind",
    [ACTION_MOVE] = "move",
    [ACTION_ENABLE_FORWARD] = "enable-forward",
    [ACTION_DISABLE_FORWARD] = "disable-forward",
    [ACTION_ADD_SOURCE] = "add-source",
    [ACTION_REMOVE_SOURCE] = "remove-source",
    [ACTION_ADD_SERVICE] = "add-service",
    [ACTION_REMOVE_SERVICE] = "remove-service",
    [ACTION_ADD_PORT] = "add-port",
    [ACTION_REMOVE_PORT] = "remove-port",
    [ACTION_ADD_POLICY] = "add-policy",
    [ACTION_REMOVE_POLICY] = "remove-policy",
};

static const char *const scope_words[] = {
    [SCOPE_RUNTIME] = "runtime",
    [SCOPE_PERMANENT] = "permanent",
    [SCOPE_NETWORKMANAGER] = "networkmanager",
};

static const char *const state_words[] = {
    [ACTION_PLANNED] = "planned",
    [ACTION_DONE] = "done",
    [ACTION_FAILED] = "failed",
    [ACTION_UNDONE] = "undone",
};

DEFINE_WORD(action_op, ActionOp, op_words)
DEFINE_FROM_WORD(action_op, int, op_words, -1)
DEFINE_WORD(action_scope, ActionScope, scope_words)
DEFINE_FROM_WORD(action_scope, int, scope_words, -1)
DEFINE_WORD(action_state, ActionState, state_words)
