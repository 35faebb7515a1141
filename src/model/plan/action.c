/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Actions as values: their inverses and their words. */
#include "model/plan/action.h"

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

bool action_is_of_policy(const Action *action)
{
    return action->op == ACTION_ADD_POLICY || action->op == ACTION_REMOVE_POLICY;
}

bool action_reloads(const Action *action)
{
    return action->op == ACTION_ADD_POLICY && action->scope == SCOPE_RUNTIME;
}

char *action_identity(const Action *action)
{
    const char *words[] = {action_op_word(action->op),
                           action_scope_word(action->scope),
                           action->interface,
                           action->from,
                           action->to,
                           action->value,
                           action->profile};
    GString *text = g_string_new(NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(words); i++) {
        if (words[i] != NULL)
            g_string_append(text, words[i]);
        g_string_append_c(text, '/');
    }
    return g_string_free(text, FALSE);
}

const char *action_subject(const Action *action)
{
    return action_is_of_policy(action) ? action->value : action->interface != NULL ? action->interface : action->to;
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
    Action *inverse =
        action_new(inverses[action->op], action->scope, action->interface,
                   is_binding ? action->to : NULL, is_binding ? action->from : action->to);
    inverse->profile = g_strdup(action->profile);
    return inverse;
}

/* ---- words ---- */

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
