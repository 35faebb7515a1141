/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Actions: their words, what they do to a snapshot, when they fit, and that each undoes what its
 * inverse did. */
#include "model/plan/action.h"

#include "sketch.h"

#define HOST                                                                                       \
    "link eth0 physical\nlink eth1 physical\nzone public interfaces lan+\nzone work\n"             \
    "zone closed forward no\n"

typedef struct {
    const char *name;
    const char *host;
    ActionOp op;
    ActionScope scope;
    const char *interface; /* NULL: the zone itself is changed */
    const char *from;
    const char *to;
    const char *command;
    const char *inverse; /* its command */
} ActionCase;

static const ActionCase actions[] = {
    {"bind now", HOST, ACTION_BIND, SCOPE_RUNTIME, "eth0", NULL, "public",
     "firewall-cmd --zone=public --add-interface=eth0",
     "firewall-cmd --zone=public --remove-interface=eth0"},
    {"bind for good", HOST "permanent eth0 -\n", ACTION_BIND, SCOPE_PERMANENT, "eth0", NULL,
     "public", "firewall-cmd --permanent --zone=public --add-interface=eth0",
     "firewall-cmd --permanent --zone=public --remove-interface=eth0"},
    {"bind for good what nothing was read of", HOST, ACTION_BIND, SCOPE_PERMANENT, "eth0", NULL,
     "public", "firewall-cmd --permanent --zone=public --add-interface=eth0",
     "firewall-cmd --permanent --zone=public --remove-interface=eth0"},
    {"unbind now", HOST "change public interfaces a,eth0,b\n", ACTION_UNBIND, SCOPE_RUNTIME, "eth0",
     "public", NULL, "firewall-cmd --zone=public --remove-interface=eth0",
     "firewall-cmd --zone=public --add-interface=eth0"},
    {"unbind for good", HOST "permanent eth0 public\n", ACTION_UNBIND, SCOPE_PERMANENT, "eth0",
     "public", NULL, "firewall-cmd --permanent --zone=public --remove-interface=eth0",
     "firewall-cmd --permanent --zone=public --add-interface=eth0"},
    {"move now", HOST "change public interfaces eth0\n", ACTION_MOVE, SCOPE_RUNTIME, "eth0",
     "public", "work", "firewall-cmd --zone=work --change-interface=eth0",
     "firewall-cmd --zone=public --change-interface=eth0"},
    {"forward on now", HOST, ACTION_ENABLE_FORWARD, SCOPE_RUNTIME, NULL, NULL, "closed",
     "firewall-cmd --zone=closed --add-forward", "firewall-cmd --zone=closed --remove-forward"},
    {"forward off now", HOST, ACTION_DISABLE_FORWARD, SCOPE_RUNTIME, NULL, NULL, "public",
     "firewall-cmd --zone=public --remove-forward", "firewall-cmd --zone=public --add-forward"},
};

static Action *make_action(const ActionCase *test)
{
    return action_new(test->op, test->scope, test->interface, test->from, test->to);
}

static char *command_of(const Action *action)
{
    g_auto(GStrv) command = action_firewall_cmd(action);
    return g_strjoinv(" ", command);
}

static void test_words(void **state)
{
    const ActionCase *test = *state;
    g_autoptr(Action) action = make_action(test);
    g_autoptr(Action) inverse = action_inverse(action);
    g_autofree char *command = command_of(action);
    g_autofree char *inverse_command = command_of(inverse);
    assert_string_equal(command, test->command);
    assert_string_equal(inverse_command, test->inverse);
    assert_int_equal(inverse->scope, action->scope);
    assert_int_equal(inverse->state, ACTION_PLANNED);
}

/* What an action and its inverse may change, in words. */
static char *bindings_text(const Snapshot *snapshot)
{
    g_autoptr(GString) text = g_string_new(NULL);
    for (guint i = 0; i < snapshot->firewalld->zones->len; i++) {
        const Zone *zone = g_ptr_array_index(snapshot->firewalld->zones, i);
        g_autofree char *interfaces = g_strjoinv(",", zone->interfaces);
        g_string_append_printf(text, "%s %d [%s]\n", zone->name, (int)zone->forward, interfaces);
    }
    for (guint i = 0; i < snapshot->permanent->bindings->len; i++) {
        const PermanentBinding *binding = g_ptr_array_index(snapshot->permanent->bindings, i);
        if (binding->zone != NULL)
            g_string_append_printf(text, "%s in %s\n", binding->interface, binding->zone);
    }
    return g_string_free(g_steal_pointer(&text), FALSE);
}

static void test_there_and_back(void **state)
{
    const ActionCase *test = *state;
    g_autoptr(Snapshot) snapshot = sketch(test->host);
    g_autoptr(Snapshot) world = snapshot_copy(snapshot);
    g_autoptr(Action) action = make_action(test);
    g_autoptr(Action) inverse = action_inverse(action);

    assert_true(action_precondition_holds(action, world));
    assert_false(action_is_done(action, world));
    action_predict(action, world);
    assert_true(action_is_done(action, world));
    assert_false(action_precondition_holds(action, world));
    assert_true(action_precondition_holds(inverse, world));
    g_autofree char *there = bindings_text(world);

    action_predict(inverse, world);
    assert_true(action_is_done(inverse, world));
    assert_true(action_precondition_holds(action, world));
    g_autofree char *before = bindings_text(snapshot);
    assert_string_not_equal(there, before);
    /* A list need not be in its old order. */
    action_predict(action, world);
    g_autofree char *again = bindings_text(world);
    assert_int_equal(strlen(again), strlen(there));
}

/* ---- what is predicted ---- */

typedef struct {
    const char *name;
    const char *host;
    ActionOp op;
    ActionScope scope;
    const char *interface;
    const char *from;
    const char *to;
    const char *world; /* afterwards */
} PredictCase;

static const PredictCase predictions[] = {
    {"bound at the end", "zone a interfaces x\nzone b\n", ACTION_BIND, SCOPE_RUNTIME, "eth0", NULL,
     "a", "a 2 [x,eth0]\nb 2 []\n"},
    {"bound as the first", "zone a\nzone b\n", ACTION_BIND, SCOPE_RUNTIME, "eth0", NULL, "b",
     "a 2 []\nb 2 [eth0]\n"},
    {"unbound from the middle", "zone a interfaces x,eth0,y\n", ACTION_UNBIND, SCOPE_RUNTIME,
     "eth0", "a", NULL, "a 2 [x,y]\n"},
    {"unbound as the last", "zone a interfaces eth0\n", ACTION_UNBIND, SCOPE_RUNTIME, "eth0", "a",
     NULL, "a 2 []\n"},
    {"moved", "zone a interfaces eth0,x\nzone b interfaces y\n", ACTION_MOVE, SCOPE_RUNTIME, "eth0",
     "a", "b", "a 2 [x]\nb 2 [y,eth0]\n"},
    {"a wildcard is not touched", "zone a interfaces eth+\nzone b\n", ACTION_BIND, SCOPE_RUNTIME,
     "eth0", NULL, "b", "a 2 [eth+]\nb 2 [eth0]\n"},
    {"a zone that the snapshot has not", "zone a interfaces eth0\n", ACTION_MOVE, SCOPE_RUNTIME,
     "eth0", "a", "nosuch", "a 2 []\n"},
    {"for good only", "zone a\n", ACTION_BIND, SCOPE_PERMANENT, "eth0", NULL, "a",
     "a 2 []\neth0 in a\n"},
    {"forward for good is not in every snapshot", "zone a forward no\n", ACTION_ENABLE_FORWARD,
     SCOPE_PERMANENT, NULL, NULL, "a", "a 1 []\n"},
    {"forward now", "zone a forward ?\n", ACTION_ENABLE_FORWARD, SCOPE_RUNTIME, NULL, NULL, "a",
     "a 2 []\n"},
};

static void test_prediction(void **state)
{
    const PredictCase *test = *state;
    g_autoptr(Snapshot) snapshot = sketch(test->host);
    g_autofree char *before = bindings_text(snapshot);
    g_autoptr(Snapshot) world = snapshot_copy(snapshot);
    g_autoptr(Action) action =
        action_new(test->op, test->scope, test->interface, test->from, test->to);
    action_predict(action, world);
    g_autofree char *after = bindings_text(world);
    assert_string_equal(after, test->world);
    g_autofree char *original = bindings_text(snapshot);
    assert_string_equal(original, before);
}

/* ---- when it fits ---- */

typedef struct {
    const char *name;
    const char *host;
    ActionOp op;
    ActionScope scope;
    const char *from;
    const char *to;
    bool fits;
    bool is_done;
} StateCase;

/* All of eth0, or of zone "a" where there is no binding. */
static const StateCase states[] = {
    {"bind what is unbound", "zone a\n", ACTION_BIND, SCOPE_RUNTIME, NULL, "a", true, false},
    {"bind what a wildcard matches", "zone a interfaces eth+\n", ACTION_BIND, SCOPE_RUNTIME, NULL,
     "a", true, false},
    {"bind what is bound there", "zone a interfaces eth0\n", ACTION_BIND, SCOPE_RUNTIME, NULL, "a",
     false, true},
    {"bind what is bound elsewhere", "zone a\nzone b interfaces eth0\n", ACTION_BIND, SCOPE_RUNTIME,
     NULL, "a", false, false},
    {"move what is there", "zone a interfaces eth0\nzone b\n", ACTION_MOVE, SCOPE_RUNTIME, "a", "b",
     true, false},
    {"move what has left", "zone a\nzone b\n", ACTION_MOVE, SCOPE_RUNTIME, "a", "b", false, false},
    {"move what is in a third zone", "zone a\nzone b\nzone c interfaces eth0\n", ACTION_MOVE,
     SCOPE_RUNTIME, "a", "b", false, false},
    {"bind for good what is bound now only", "zone a interfaces eth0\n", ACTION_BIND,
     SCOPE_PERMANENT, NULL, "a", true, false},
    {"bind for good what is so", "zone a\npermanent eth0 a\n", ACTION_BIND, SCOPE_PERMANENT, NULL,
     "a", false, true},
    {"bind for good what is elsewhere", "zone a\npermanent eth0 b\n", ACTION_BIND, SCOPE_PERMANENT,
     NULL, "a", false, false},
    {"unbind for good", "zone a\npermanent eth0 a\n", ACTION_UNBIND, SCOPE_PERMANENT, "a", NULL,
     true, false},
    {"unbind for good what is not bound", "zone a\npermanent eth0 -\n", ACTION_UNBIND,
     SCOPE_PERMANENT, "a", NULL, false, true},
    {"the profile names no zone", "manager eth0 -\n", ACTION_BIND, SCOPE_NETWORKMANAGER, NULL, "a",
     true, false},
    {"the profile names the zone", "manager eth0 a\n", ACTION_BIND, SCOPE_NETWORKMANAGER, NULL, "a",
     false, true},
    {"the profile names another zone", "manager eth0 b\n", ACTION_MOVE, SCOPE_NETWORKMANAGER, "b",
     "a", true, false},
    {"there is no device any more", "zone a\n", ACTION_MOVE, SCOPE_NETWORKMANAGER, "b", "a", false,
     false},
    {"forward is off", "zone a forward no\n", ACTION_ENABLE_FORWARD, SCOPE_RUNTIME, NULL, "a", true,
     false},
    {"forward is on", "zone a\n", ACTION_ENABLE_FORWARD, SCOPE_RUNTIME, NULL, "a", false, true},
    {"forward is not known", "zone a forward ?\n", ACTION_ENABLE_FORWARD, SCOPE_RUNTIME, NULL, "a",
     false, false},
    {"forward of a zone that is gone", "zone b\n", ACTION_ENABLE_FORWARD, SCOPE_RUNTIME, NULL, "a",
     false, false},
    {"forward for good is not known", "zone a forward no\n", ACTION_ENABLE_FORWARD, SCOPE_PERMANENT,
     NULL, "a", false, false},
    {"forward for good is off", "zone a\nlasting zone a forward no\n", ACTION_ENABLE_FORWARD,
     SCOPE_PERMANENT, NULL, "a", true, false},
    {"forward for good is on", "zone a forward no\nlasting zone a\n", ACTION_ENABLE_FORWARD,
     SCOPE_PERMANENT, NULL, "a", false, true},
};

static void test_state(void **state)
{
    const StateCase *test = *state;
    g_autoptr(Snapshot) snapshot = sketch(test->host);
    bool is_binding = test->op != ACTION_ENABLE_FORWARD;
    g_autoptr(Action) action =
        action_new(test->op, test->scope, is_binding ? "eth0" : NULL, test->from, test->to);
    assert_int_equal(action_precondition_holds(action, snapshot), test->fits);
    assert_int_equal(action_is_done(action, snapshot), test->is_done);
}

/* ---- profiles ---- */

typedef struct {
    const char *name;
    const char *from;
    const char *to;
    ActionOp op;
    const char *command;
    ActionOp inverse_op;
    const char *inverse;
} ProfileCase;

static const ProfileCase profiles[] = {
    {"that named no zone", NULL, "work", ACTION_BIND,
     "nmcli connection modify 1-2 connection.zone work", ACTION_UNBIND,
     "nmcli connection modify 1-2 connection.zone "},
    {"that named another zone", "home", "work", ACTION_MOVE,
     "nmcli connection modify 1-2 connection.zone work", ACTION_MOVE,
     "nmcli connection modify 1-2 connection.zone home"},
    {"that is to name none", "home", NULL, ACTION_UNBIND,
     "nmcli connection modify 1-2 connection.zone ", ACTION_BIND,
     "nmcli connection modify 1-2 connection.zone home"},
};

static void test_profile(void **state)
{
    const ProfileCase *test = *state;
    g_autoptr(Action) action = action_new_for_profile("eth0", "1-2", test->from, test->to);
    g_autoptr(Action) inverse = action_inverse(action);
    g_autofree char *command = command_of(action);
    g_autofree char *inverse_command = command_of(inverse);
    assert_int_equal(action->op, test->op);
    assert_string_equal(command, test->command);
    assert_int_equal(inverse->op, test->inverse_op);
    assert_int_equal(inverse->scope, SCOPE_NETWORKMANAGER);
    assert_string_equal(inverse_command, test->inverse);
}

static void test_a_profile_there_and_back(G_GNUC_UNUSED void **state)
{
    g_autoptr(Snapshot) snapshot = sketch("manager eth0 home uuid 1-2\n");
    g_autoptr(Snapshot) world = snapshot_copy(snapshot);
    g_autoptr(Action) action = action_new_for_profile("eth0", "1-2", "home", NULL);
    g_autoptr(Action) inverse = action_inverse(action);
    action_predict(action, world);
    assert_null(networkmanager_device(world->networkmanager, "eth0")->zone);
    assert_true(action_is_done(action, world));
    action_predict(inverse, world);
    assert_string_equal(networkmanager_device(world->networkmanager, "eth0")->zone, "home");
    assert_true(action_precondition_holds(action, snapshot));
}

/* ---- looking up ---- */

static void test_a_binding_is_by_that_very_name(G_GNUC_UNUSED void **state)
{
    g_autoptr(Snapshot) snapshot = sketch("zone a interfaces eth+\nzone b interfaces eth1\n");
    assert_null(binding_of_interface(snapshot, "eth0"));
    assert_string_equal(binding_of_interface(snapshot, "eth1"), "b");
    assert_string_equal(binding_of_interface(snapshot, "eth+"), "a");
}

static void test_json_words(G_GNUC_UNUSED void **state)
{
    assert_string_equal(action_op_word(ACTION_BIND), "bind");
    assert_string_equal(action_op_word(ACTION_UNBIND), "unbind");
    assert_string_equal(action_op_word(ACTION_MOVE), "move");
    assert_string_equal(action_op_word(ACTION_ENABLE_FORWARD), "enable-forward");
    assert_string_equal(action_op_word(ACTION_DISABLE_FORWARD), "disable-forward");
    assert_string_equal(action_scope_word(SCOPE_RUNTIME), "runtime");
    assert_string_equal(action_scope_word(SCOPE_PERMANENT), "permanent");
    assert_string_equal(action_scope_word(SCOPE_NETWORKMANAGER), "networkmanager");
    assert_string_equal(action_state_word(ACTION_PLANNED), "planned");
    assert_string_equal(action_state_word(ACTION_DONE), "done");
    assert_string_equal(action_state_word(ACTION_FAILED), "failed");
    assert_string_equal(action_state_word(ACTION_UNDONE), "undone");
}

int main(void)
{
    const struct CMUnitTest others[] = {
        cmocka_unit_test(test_a_profile_there_and_back),
        cmocka_unit_test(test_a_binding_is_by_that_very_name),
        cmocka_unit_test(test_json_words),
    };
    return RUN_CASES(test_words, actions) + RUN_CASES(test_there_and_back, actions) +
           RUN_CASES(test_prediction, predictions) + RUN_CASES(test_state, states) +
           RUN_CASES(test_profile, profiles) + cmocka_run_group_tests(others, NULL, NULL);
}
