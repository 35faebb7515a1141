/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An action: one change of firewalld's state that can be predicted, done and undone. */
#pragma once

#include "model/host/snapshot.h"

typedef enum {
    ACTION_BIND,   /* an interface that the scope does not bind yet */
    ACTION_UNBIND, /* from the zone that has it */
    ACTION_MOVE,   /* from one zone to another in one step: the running firewall only */
    ACTION_ENABLE_FORWARD,
    ACTION_DISABLE_FORWARD,
    ACTION_ADD_SOURCE, /* VALUE, a network or an ipset, to zone TO */
    ACTION_REMOVE_SOURCE,
    ACTION_ADD_SERVICE, /* VALUE to zone TO */
    ACTION_REMOVE_SERVICE,
    ACTION_ADD_PORT, /* VALUE, "53/udp", to zone TO */
    ACTION_REMOVE_PORT,
    ACTION_ADD_POLICY, /* VALUE, from zone FROM to zone TO, with target ACCEPT */
    ACTION_REMOVE_POLICY,
} ActionOp;

typedef enum {
    SCOPE_RUNTIME,
    SCOPE_PERMANENT,      /* firewalld's permanent configuration */
    SCOPE_NETWORKMANAGER, /* the profile of a device that NetworkManager manages */
} ActionScope;

typedef enum {
    ACTION_PLANNED,
    ACTION_DONE,
    ACTION_FAILED,
    ACTION_UNDONE,
} ActionState;

typedef struct {
    ActionOp op;
    ActionScope scope;
    char *interface; /* NULL where the zone itself is changed */
    char *from;      /* the zone it is bound to before, NULL: none */
    char *to;        /* the zone it is bound to afterwards, or the zone that is changed */
    char *value;   /* what is added to or removed from a zone, or the name of a policy; else NULL */
    char *profile; /* UUID of the profile of SCOPE_NETWORKMANAGER; of SCOPE_PERMANENT: the one that
                      INTERFACE has, or NULL */
    bool saved_only; /* SCOPE_NETWORKMANAGER: what is active stays until the next activation */
    ActionState state;
} Action;

Action *action_new(ActionOp op, ActionScope scope, const char *interface, const char *from,
                   const char *to);

/* The change of the zone that PROFILE gives to INTERFACE; NULL stands for a profile that names
 * none, which NetworkManager takes for the default zone. */
Action *action_new_for_profile(const char *interface, const char *profile, const char *from,
                               const char *to);

/* A change of a setting of ZONE: one of the ops that have a VALUE, those of policies aside. */
Action *action_new_for_zone(ActionOp op, ActionScope scope, const char *zone, const char *value);

/* A policy NAME that accepts what goes from zone FROM to zone TO. firewalld makes policies in its
 * permanent configuration only: SCOPE_RUNTIME stands for the reload that puts it in force (to be done
 * after the permanent one), or for taking its zones from it. */
Action *action_new_for_policy(ActionOp op, ActionScope scope, const char *name, const char *from,
                              const char *to);

/* The same change, planned anew (transfer full). */
Action *action_copy(const Action *action);
void action_free(Action *action);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Action, action_free)

/* The same for actions that do the same, whatever their states, and for no others (transfer full). No part
 * of it has a newline. */
char *action_identity(const Action *action);

/* The name of what ACTION changes: the interface, the policy, else the zone (transfer none). */
const char *action_subject(const Action *action);

/* Whether ACTION is about a policy, and whether it reloads firewalld. */
bool action_is_of_policy(const Action *action);
bool action_reloads(const Action *action);

/* What undoes ACTION: another action (transfer full). */
Action *action_inverse(const Action *action);

/* Makes SNAPSHOT what it would be after ACTION. Of the permanent configuration bindings are always in
 * a snapshot, the rest only where it was asked for. What brings a policy into force is a reload: all
 * of its effects are predicted where the permanent configuration was read, else the policy alone. */
void action_predict(const Action *action, Snapshot *snapshot);

/* SNAPSHOT as it would be after ACTIONS (Action), in their order (transfer full). */
Snapshot *snapshot_after_actions(const Snapshot *snapshot, const GPtrArray *actions);

/* Whether what ACTION changes was read into SNAPSHOT; else the next two mean nothing. */
bool action_is_observable(const Action *action, const Snapshot *snapshot);

/* Whether SNAPSHOT is still what ACTION starts from. */
bool action_precondition_holds(const Action *action, const Snapshot *snapshot);

/* Whether SNAPSHOT is what ACTION leads to. */
bool action_is_done(const Action *action, const Snapshot *snapshot);

/* The command lines of firewall-cmd, or nmcli for a profile, that do the same in this order (char **;
 * transfer full). There is one but for policies. */
GPtrArray *action_commands(const Action *action);

/* The zone that binds NAME by that very name in the running firewall, or NULL (transfer none). */
const char *binding_of_interface(const Snapshot *snapshot, const char *name);

const char *action_op_word(ActionOp op);
const char *action_scope_word(ActionScope scope);
const char *action_state_word(ActionState state);

/* The value that WORD, which may be NULL, stands for; -1 where it is not such a word. */
int action_op_from_word(const char *word);
int action_scope_from_word(const char *word);
