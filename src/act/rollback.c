/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An answer is not enough: NetworkManager tells firewalld the zone of a profile some time after it
 * has answered, and firewalld carries out late what it did not answer in time. */
#include "act/firewalld-changes.h"
#include "act/journal.h"
#include "act/networkmanager-changes.h"
#include "act/run.h"
#include "bus/deadline.h"
#include "model/foreach.h"
#include "model/plan/undo.h"

/* CERTAIN: ACTION was done; else it may be that there is nothing to undo. */
static void undo_by(const Run *run, Action *action, const Action *inverse, bool certain)
{
    g_autoptr(GError) reason = NULL;
    if (run_make_change(run, inverse, &reason)) {
        action->state = ACTION_UNDONE;
        journal_note(action);
    } else if (!certain && firewalld_change_was_not_made(reason)) {
        action->state = ACTION_FAILED;
    }
}

typedef enum {
    FOUND_BACK, /* or another program has changed it since, or it no longer exists: it is left alone */
    FOUND_IN_EFFECT,
    FOUND_LOST, /* a firewalld that was away and is back has lost its runtime-only settings */
    FOUND_UNREAD,
} Found;

static Found find_profile(const Run *run, const Action *action)
{
    switch (networkmanager_profile_state(run->transaction->bus, action)) {
    case PROFILE_CHANGED:
        return FOUND_IN_EFFECT;
    case PROFILE_UNREAD:
        return FOUND_UNREAD;
    case PROFILE_AS_BEFORE:
    case PROFILE_OTHER:
    case PROFILE_GONE:
        break;
    }
    return FOUND_BACK;
}

/* IN_EFFECT: what WORLD still has of all that is undone. */
static Found find(const Run *run, const Action *action, const Snapshot *world,
                  const GPtrArray *in_effect)
{
    if (action->scope == SCOPE_NETWORKMANAGER)
        return find_profile(run, action);
    if (!action_is_observable(action, world))
        return FOUND_UNREAD;
    if (g_ptr_array_find((GPtrArray *)in_effect, action, NULL))
        return FOUND_IN_EFFECT;
    bool is_lost = action->op == ACTION_MOVE && action->scope == SCOPE_RUNTIME &&
                   binding_of_interface(world, action->interface) == NULL;
    return is_lost ? FOUND_LOST : FOUND_BACK;
}

static void undo_what_is_found(const Run *run, Action *action, Found found)
{
    g_autoptr(Action) rest = found == FOUND_LOST ? action_new(ACTION_BIND, SCOPE_RUNTIME,
                                                              action->interface, NULL, action->from)
                                                 : action_inverse(action);
    undo_by(run, action, rest, true);
}

typedef enum {
    ROUND_CLEAN,  /* all of it was read back */
    ROUND_UNDID,  /* something was still to be undone: look again */
    ROUND_UNREAD, /* the host could not be read: it has been waited for */
} Round;

/* Looks at what was TRIED (Action, in the order it was done), and undoes what is not. */
static Round look(const Run *run, const GPtrArray *tried)
{
    GPtrArray *left = run->result->left;
    g_ptr_array_set_size(left, 0);
    g_autoptr(Snapshot) world = run_observe(run, NULL);
    g_autoptr(GPtrArray) in_effect = world != NULL ? undo_find_done(world, tried) : NULL;
    for (guint i = tried->len; i > 0; i--) {
        Action *action = g_ptr_array_index(tried, i - 1);
        Found found = world != NULL ? find(run, action, world, in_effect) : FOUND_UNREAD;
        if (found == FOUND_BACK) {
            action->state = action->state == ACTION_FAILED ? ACTION_FAILED : ACTION_UNDONE;
            continue;
        }
        g_ptr_array_insert(left, 0, action); /* as TRIED: the hint begins at its end */
        if (found != FOUND_UNREAD)
            undo_what_is_found(run, action, found);
    }
    return world == NULL ? ROUND_UNREAD : left->len > 0 ? ROUND_UNDID : ROUND_CLEAN;
}

static bool has_profile(const GPtrArray *actions)
{
    PTR_ARRAY_FOREACH (const Action, action, actions) {
        if (action->scope == SCOPE_NETWORKMANAGER)
            return true;
    }
    return false;
}

/* Looks until all is read back; with NetworkManager some times in a row, since it may still be about to
 * tell firewalld something. */
static void look_until_undone(const Run *run, const GPtrArray *tried)
{
    enum { SETTLE_MS = 5000, CLEAN_WITH_PROFILE = 4, LOOKS_MIN = 2 };
    bool settles = has_profile(tried);
    gint64 deadline = deadline_in(settles ? SETTLE_MS : 0);
    guint wanted = settles ? CLEAN_WITH_PROFILE : 1;
    guint clean = 0;
    for (guint looks = 1;; looks++) {
        Round round = look(run, tried);
        clean = round == ROUND_CLEAN ? clean + 1 : 0;
        if (clean == wanted || round == ROUND_UNREAD ||
            (!deadline_wait(deadline) && looks >= LOOKS_MIN))
            return;
    }
}

void run_roll_back(const Run *run, const Action *uncertain)
{
    TransactionResult *result = run->result;
    g_autoptr(GPtrArray) tried = g_ptr_array_new();
    PTR_ARRAY_FOREACH (Action, action, run->actions) {
        if (action->state == ACTION_DONE || action == uncertain)
            g_ptr_array_add(tried, action);
    }
    for (guint i = tried->len; i > 0; i--) {
        Action *action = g_ptr_array_index(tried, i - 1);
        g_autoptr(Action) inverse = action_inverse(action);
        undo_by(run, action, inverse, action != uncertain);
    }
    if (tried->len > 0)
        look_until_undone(run, tried);
    PTR_ARRAY_FOREACH (Action, action, result->left) {
        if (action->state == ACTION_UNDONE) /* it was answered, and is not seen */
            action->state = ACTION_DONE;
    }
    if (run_tried_reload(run) && !firewalld_reload_if_failed(run->transaction->bus, NULL))
        g_debug("firewalld is left as failed: the next run finds it so");
    result->changed = result->left->len > 0;
    result->rolled_back = tried->len > 0 && result->left->len == 0;
}
