/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Actions: their words, what they do to a snapshot, when they fit, and that each undoes what its
 * inverse did. */
#include "model/plan/action.h"

#include "command-line-of.h"
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
    const char *value;
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
    {"a source now", HOST, ACTION_ADD_SOURCE, SCOPE_RUNTIME, NULL, NULL, "work",
     "firewall-cmd --zone=work --add-source=10.0.0.0/8",
     "firewall-cmd --zone=work --remove-source=10.0.0.0/8", "10.0.0.0/8"},
    {"a source for good", HOST "lasting zone work sources 10.1.0.0/16\n", ACTION_ADD_SOURCE,
     SCOPE_PERMANENT, NULL, NULL, "work",
     "firewall-cmd --permanent --zone=work --add-source=10::/8",
     "firewall-cmd --permanent --zone=work --remove-source=10::/8", "10::/8"},
    {"a source goes now", HOST "change work sources ipset:a,10.0.0.0/8\n", ACTION_REMOVE_SOURCE,
     SCOPE_RUNTIME, NULL, NULL, "work", "firewall-cmd --zone=work --remove-source=ipset:a",
     "firewall-cmd --zone=work --add-source=ipset:a", "ipset:a"},
    {"a service now", HOST, ACTION_ADD_SERVICE, SCOPE_RUNTIME, NULL, NULL, "work",
     "firewall-cmd --zone=work --add-service=dns", "firewall-cmd --zone=work --remove-service=dns",
     "dns"},
    {"a service for good", HOST "lasting zone work services ssh\n", ACTION_ADD_SERVICE,
     SCOPE_PERMANENT, NULL, NULL, "work", "firewall-cmd --permanent --zone=work --add-service=dns",
     "firewall-cmd --permanent --zone=work --remove-service=dns", "dns"},
    {"a service goes now", HOST "change work services ssh,dns\n", ACTION_REMOVE_SERVICE,
     SCOPE_RUNTIME, NULL, NULL, "work", "firewall-cmd --zone=work --remove-service=ssh",
     "firewall-cmd --zone=work --add-service=ssh", "ssh"},
    {"a port now", HOST "change work ports 22/tcp\n", ACTION_ADD_PORT, SCOPE_RUNTIME, NULL, NULL,
     "work", "firewall-cmd --zone=work --add-port=6000-6010/udp",
     "firewall-cmd --zone=work --remove-port=6000-6010/udp", "6000-6010/udp"},
    {"a port goes now", HOST "change work ports 22/tcp,53/udp\n", ACTION_REMOVE_PORT, SCOPE_RUNTIME,
     NULL, NULL, "work", "firewall-cmd --zone=work --remove-port=22/tcp",
     "firewall-cmd --zone=work --add-port=22/tcp", "22/tcp"},
    {"a policy for good", HOST "lasting zone work\n", ACTION_ADD_POLICY, SCOPE_PERMANENT, NULL,
     "work", "public",
     "firewall-cmd --permanent --new-policy=p; "
     "firewall-cmd --permanent --policy=p --add-ingress-zone=work; "
     "firewall-cmd --permanent --policy=p --add-egress-zone=public; "
     "firewall-cmd --permanent --policy=p --set-target=ACCEPT",
     "firewall-cmd --permanent --delete-policy=p", "p"},
    {"a policy now, what lasts not read", HOST, ACTION_ADD_POLICY, SCOPE_RUNTIME, NULL, "work",
     "public", "firewall-cmd --reload",
     "firewall-cmd --policy=p --remove-ingress-zone=work; "
     "firewall-cmd --policy=p --remove-egress-zone=public",
     "p"},
};

static Action *make_action(const ActionCase *test)
{
    Action *action = action_new(test->op, test->scope, test->interface, test->from, test->to);
    action->value = g_strdup(test->value);
    return action;
}

static void test_words(void **state)
{
    const ActionCase *test = *state;
    g_autoptr(Action) action = make_action(test);
    g_autoptr(Action) inverse = action_inverse(action);
    g_autofree char *command = command_line_of(action);
    g_autofree char *inverse_command = command_line_of(inverse);
    assert_string_equal(command, test->command);
    assert_string_equal(inverse_command, test->inverse);
    assert_int_equal(inverse->scope, action->scope);
    assert_int_equal(inverse->state, ACTION_PLANNED);
}

static void add_names(GString *text, const char *what, char **names)
{
    g_autofree char *joined = g_strjoinv(",", names);
    if (*joined != '\0')
        g_string_append_printf(text, " %s %s", what, joined);
}

static void add_zone_text(GString *text, const Zone *zone)
{
    g_autofree char *interfaces = g_strjoinv(",", zone->interfaces);
    g_string_append_printf(text, "%s %d [%s]", zone->name, (int)zone->forward, interfaces);
    for (guint i = 0; i < zone->sources->len; i++)
        g_string_append_printf(text, " %s",
                               ((const AddressSpec *)g_ptr_array_index(zone->sources, i))->text);
    for (guint i = 0; i < zone->filter.ports->len; i++) {
        g_autofree char *port = port_range_text(g_ptr_array_index(zone->filter.ports, i));
        g_string_append_printf(text, " %s", port);
    }
    add_names(text, "services", zone->filter.services);
    g_string_append_c(text, '\n');
}

static void add_side_text(GString *text, const Firewalld *side)
{
    for (guint i = 0; i < side->zones->len; i++)
        add_zone_text(text, g_ptr_array_index(side->zones, i));
    for (guint i = 0; i < side->policies->len; i++) {
        const Policy *policy = g_ptr_array_index(side->policies, i);
        g_string_append_printf(text, "policy %s %d %s", policy->name, policy->priority,
                               target_word(policy->target));
        add_names(text, "from", policy->ingress_zones);
        add_names(text, "to", policy->egress_zones);
        g_string_append_c(text, '\n');
    }
}

/* What an action and its inverse may change, in words. */
static char *state_text(const Snapshot *snapshot)
{
    g_autoptr(GString) text = g_string_new(NULL);
    add_side_text(text, snapshot->firewalld);
    if (snapshot->permanent->firewalld != NULL) {
        g_string_append(text, "for good:\n");
        add_side_text(text, snapshot->permanent->firewalld);
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
    g_autofree char *there = state_text(world);

    action_predict(inverse, world);
    assert_true(action_is_done(inverse, world));
    assert_true(action_precondition_holds(action, world));
    g_autofree char *before = state_text(snapshot);
    assert_string_not_equal(there, before);
    /* A list need not be in its old order. */
    action_predict(action, world);
    g_autofree char *again = state_text(world);
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
    const char *value;
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
    {"what is no port is not added", "zone a\n", ACTION_ADD_PORT, SCOPE_RUNTIME, NULL, NULL, "a",
     "a 2 []\n", "http"},
    {"a service of a zone that the snapshot has not", "zone a\n", ACTION_ADD_SERVICE, SCOPE_RUNTIME,
     NULL, NULL, "b", "a 2 []\n", "http"},
    {"a policy comes with a reload, which brings what lasts and loses what does not",
     "zone a interfaces eth0 ports 80/tcp\nzone b\nlasting zone a ports 81/tcp\n"
     "lasting zone b interfaces eth1\nlasting policy p ingress a egress b target ACCEPT\n",
     ACTION_ADD_POLICY, SCOPE_RUNTIME, NULL, "a", "b",
     "a 2 [] 81/tcp\nb 2 [eth1]\npolicy p -1 ACCEPT from a to b\n"
     "for good:\na 2 [] 81/tcp\nb 2 [eth1]\npolicy p -1 ACCEPT from a to b\n",
     "p"},
    {"a reload of what firewalld cannot load brings nothing",
     "zone a\nlasting policy p ingress a egress b target ACCEPT\nfault broken\n", ACTION_ADD_POLICY,
     SCOPE_RUNTIME, NULL, "a", "b", "a 2 []\nfor good:\npolicy p -1 ACCEPT from a to b\n", "p"},
    {"a policy that is there already is left alone",
     "lasting policy p ingress c egress d target DROP\n", ACTION_ADD_POLICY, SCOPE_PERMANENT, NULL,
     "a", "b", "for good:\npolicy p -1 DROP from c to d\n", "p"},
    {"taking a running policy back leaves it without zones",
     "policy p ingress a egress b target ACCEPT\n", ACTION_REMOVE_POLICY, SCOPE_RUNTIME, NULL, "a",
     "b", "policy p -1 ACCEPT\n", "p"},
};

static void test_prediction(void **state)
{
    const PredictCase *test = *state;
    g_autoptr(Snapshot) snapshot = sketch(test->host);
    g_autofree char *before = state_text(snapshot);
    g_autoptr(Snapshot) world = snapshot_copy(snapshot);
    g_autoptr(Action) action =
        action_new(test->op, test->scope, test->interface, test->from, test->to);
    action->value = g_strdup(test->value);
    action_predict(action, world);
    g_autofree char *after = state_text(world);
    assert_string_equal(after, test->world);
    g_autofree char *original = state_text(snapshot);
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
    const char *value;
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
    {"services that could not be read", "zone a unread\n", ACTION_ADD_SERVICE, SCOPE_RUNTIME, NULL,
     "a", false, false, "dns"},
    {"ports that could not be read", "zone a unread\n", ACTION_ADD_PORT, SCOPE_RUNTIME, NULL, "a",
     false, false, "53/udp"},
    {"a source that is there", "zone a sources 10.0.0.0/8\n", ACTION_ADD_SOURCE, SCOPE_RUNTIME,
     NULL, "a", false, true, "10.0.0.0/8"},
    {"a source for good, what lasts not read", "zone a\n", ACTION_ADD_SOURCE, SCOPE_PERMANENT, NULL,
     "a", false, false, "10.0.0.0/8"},
    {"a policy of that name that is another", "lasting policy p ingress c egress a target ACCEPT\n",
     ACTION_ADD_POLICY, SCOPE_PERMANENT, "b", "a", false, false, "p"},
    {"a policy of that name without effect", "lasting policy p\n", ACTION_ADD_POLICY,
     SCOPE_PERMANENT, "b", "a", false, false, "p"},
    {"a running policy without effect", "policy p target ACCEPT\n", ACTION_ADD_POLICY,
     SCOPE_RUNTIME, "b", "a", true, false, "p"},
    {"a policy that is in force", "policy p ingress b egress a target ACCEPT\n", ACTION_ADD_POLICY,
     SCOPE_RUNTIME, "b", "a", false, true, "p"},
    {"a policy with the way in alone", "policy p ingress b target ACCEPT\n", ACTION_ADD_POLICY,
     SCOPE_RUNTIME, "b", "a", false, false, "p"},
    {"a policy with the way out alone", "policy p egress a target ACCEPT\n", ACTION_ADD_POLICY,
     SCOPE_RUNTIME, "b", "a", false, false, "p"},
    {"a policy that accepts not all", "policy p ingress b egress a\n", ACTION_ADD_POLICY,
     SCOPE_RUNTIME, "b", "a", false, false, "p"},
    {"a policy that was not read", "policy p ingress b egress a target ACCEPT unread\n",
     ACTION_ADD_POLICY, SCOPE_RUNTIME, "b", "a", false, false, "p"},
    {"a port that is none", "zone a ports 53/udp\n", ACTION_REMOVE_PORT, SCOPE_RUNTIME, NULL, "a",
     false, true, "nonsense"},
    {"a policy that is switched off", "policy p ingress b egress a target ACCEPT disabled\n",
     ACTION_ADD_POLICY, SCOPE_RUNTIME, "b", "a", false, false, "p"},
};

static void test_state(void **state)
{
    const StateCase *test = *state;
    g_autoptr(Snapshot) snapshot = sketch(test->host);
    bool is_binding =
        test->op == ACTION_BIND || test->op == ACTION_UNBIND || test->op == ACTION_MOVE;
    g_autoptr(Action) action =
        action_new(test->op, test->scope, is_binding ? "eth0" : NULL, test->from, test->to);
    action->value = g_strdup(test->value);
    assert_int_equal(action_precondition_holds(action, snapshot), test->fits);
    assert_int_equal(action_is_done(action, snapshot), test->is_done);
}

/* A record is a file, and can name what is no port. */
static void test_what_is_no_port_is_not_added(G_GNUC_UNUSED void **state)
{
    static const char *const ports[] = {"nonsense", "x/tcp", "70000/tcp", "9-8/udp"};
    for (gsize i = 0; i < G_N_ELEMENTS(ports); i++) {
        g_autoptr(Snapshot) snapshot = sketch("zone a ports 53/udp\n");
        g_autoptr(Action) action =
            action_new_for_zone(ACTION_ADD_PORT, SCOPE_RUNTIME, "a", ports[i]);
        action_predict(action, snapshot);
        assert_int_equal(firewalld_zone(snapshot->firewalld, "a")->filter.ports->len, 1);
        assert_false(action_is_done(action, snapshot));
    }
}

/* What is gone meanwhile cannot be changed, and nothing else is. */
static void test_what_is_gone_is_left_alone(G_GNUC_UNUSED void **state)
{
    g_autoptr(Snapshot) snapshot = sketch("zone a\nmanager eth1 home uuid 1-2\n");
    g_autoptr(GPtrArray) gone = g_ptr_array_new_with_free_func((GDestroyNotify)action_free);
    g_ptr_array_add(gone, action_new_for_profile("eth0", "3-4", "home", "work"));
    g_ptr_array_add(gone,
                    action_new_for_policy(ACTION_REMOVE_POLICY, SCOPE_RUNTIME, "p", "a", "b"));
    g_ptr_array_add(gone,
                    action_new_for_policy(ACTION_REMOVE_POLICY, SCOPE_PERMANENT, "p", "a", "b"));
    g_ptr_array_add(gone, action_new_for_policy(ACTION_ADD_POLICY, SCOPE_PERMANENT, "p", "a", "b"));
    for (guint i = 0; i < gone->len; i++) {
        const Action *action = g_ptr_array_index(gone, i);
        action_predict(action, snapshot);
        if (action->scope == SCOPE_PERMANENT) {
            assert_false(action_precondition_holds(action, snapshot));
            assert_false(action_is_done(action, snapshot));
        }
    }
    assert_int_equal(snapshot->firewalld->policies->len, 0);
    assert_null(networkmanager_device(snapshot->networkmanager, "eth0"));
    assert_string_equal(networkmanager_device(snapshot->networkmanager, "eth1")->zone, "home");
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
    g_autofree char *command = command_line_of(action);
    g_autofree char *inverse_command = command_line_of(inverse);
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
        cmocka_unit_test(test_what_is_no_port_is_not_added),
        cmocka_unit_test(test_what_is_gone_is_left_alone),
        cmocka_unit_test(test_a_profile_there_and_back),
        cmocka_unit_test(test_a_binding_is_by_that_very_name),
        cmocka_unit_test(test_json_words),
    };
    return RUN_CASES(test_words, actions) + RUN_CASES(test_there_and_back, actions) +
           RUN_CASES(test_prediction, predictions) + RUN_CASES(test_state, states) +
           RUN_CASES(test_profile, profiles) + cmocka_run_group_tests(others, NULL, NULL);
}
