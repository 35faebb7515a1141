/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What taking back an earlier change does to a host that is as it was left, that somebody else has
 * changed since, or on which it was done in part. */
#include "model/plan/undo.h"

#include "model/foreach.h"

#include "command-line-of.h"
#include "sketch.h"

#define HOST                                                                                       \
    "link eth0 physical\nlink eth1 physical\nzone public\nzone work\nzone home\n"                  \
    "zone closed forward no\n"

/* Earlier changes, as rows of actions that end with one without an interface and a zone. */
typedef struct {
    ActionOp op;
    ActionScope scope;
    const char *interface;
    const char *from;
    const char *to;
    const char *value;
} Step;

enum { MAX_STEPS = 4 };

typedef struct {
    const char *name;
    const char *host;
    Step steps[MAX_STEPS];
    const char *commands; /* of what takes them back */
    const char *notes;
} UndoCase;

#define BIND                                                                                       \
    {                                                                                              \
        {ACTION_BIND, SCOPE_RUNTIME, "eth0", NULL, "public"},                                      \
            {ACTION_BIND, SCOPE_PERMANENT, "eth0", NULL, "public"},                                \
    }
#define MOVE                                                                                       \
    {                                                                                              \
        {ACTION_MOVE, SCOPE_RUNTIME, "eth0", "work", "public"},                                    \
            {ACTION_UNBIND, SCOPE_PERMANENT, "eth0", "work", NULL},                                \
            {ACTION_BIND, SCOPE_PERMANENT, "eth0", NULL, "public"},                                \
    }
#define POLICY                                                                                     \
    {                                                                                              \
        {ACTION_ADD_POLICY, SCOPE_PERMANENT, NULL, "home", "work", "p"},                           \
            {ACTION_ADD_POLICY, SCOPE_RUNTIME, NULL, "home", "work", "p"},                         \
    }
#define UNBIND_NOW  "firewall-cmd --zone=public --remove-interface=eth0\n"
#define UNBIND      "firewall-cmd --permanent --zone=public --remove-interface=eth0\n"
#define BACK_NOW    "firewall-cmd --zone=work --change-interface=eth0\n"
#define BACK        "firewall-cmd --permanent --zone=work --add-interface=eth0\n"
#define OTHERS      "eth0 left runtime changed\n"
#define OTHERS_GOOD "eth0 left permanent changed\n"

static const UndoCase cases[] = {
    {"as it was left", HOST "bind public eth0\n", BIND, UNBIND UNBIND_NOW, ""},
    {"all is back already", HOST "permanent eth0 -\n", BIND, "", ""},
    {"a reload has taken what was runtime only", HOST "permanent eth0 public\n", BIND, UNBIND, ""},
    {"it was killed between the steps", HOST "permanent eth0 -\nchange public interfaces eth0\n",
     BIND, UNBIND_NOW, ""},
    {"somebody else has moved it since", HOST "bind home eth0\n", BIND, "", OTHERS OTHERS_GOOD},
    {"somebody else has moved it at run time only",
     HOST "permanent eth0 public\nchange home interfaces eth0\n", BIND, UNBIND, OTHERS},
    {"what is permanent cannot be read", HOST "change public interfaces eth0\n", BIND, UNBIND_NOW,
     "eth0 left permanent unread\n"},
    {"a move", HOST "bind public eth0\n", MOVE, UNBIND BACK BACK_NOW, ""},
    {"a move that was killed half-way", HOST "permanent eth0 -\nchange public interfaces eth0\n",
     MOVE, BACK BACK_NOW, ""},
    {"a move that is back already", HOST "bind work eth0\n", MOVE, "", ""},
    {"a zone's forward",
     HOST "change closed forward yes\n",
     {{ACTION_ENABLE_FORWARD, SCOPE_RUNTIME, NULL, NULL, "closed"}},
     "firewall-cmd --zone=closed --remove-forward\n",
     ""},
    {"a zone's forward that is off again",
     HOST,
     {{ACTION_ENABLE_FORWARD, SCOPE_RUNTIME, NULL, NULL, "closed"}},
     "",
     ""},
    {"the zone is gone",
     "link eth0 physical\nzone public\n",
     {{ACTION_ENABLE_FORWARD, SCOPE_RUNTIME, NULL, NULL, "closed"}},
     "",
     "closed left runtime changed\n"},
    {"two sources of one zone, of which somebody has removed one",
     HOST "change home sources 2001:db8::/64\n",
     {{ACTION_ADD_SOURCE, SCOPE_RUNTIME, NULL, NULL, "home", "10.0.0.0/8"},
      {ACTION_ADD_SOURCE, SCOPE_RUNTIME, NULL, NULL, "home", "2001:db8::/64"}},
     "firewall-cmd --zone=home --remove-source=2001:db8::/64\n",
     ""},
    {"a service and a port",
     HOST "change home services dns ports 53/udp\n",
     {{ACTION_ADD_SERVICE, SCOPE_RUNTIME, NULL, NULL, "home", "dns"},
      {ACTION_ADD_PORT, SCOPE_RUNTIME, NULL, NULL, "home", "53/udp"}},
     "firewall-cmd --zone=home --remove-port=53/udp\n"
     "firewall-cmd --zone=home --remove-service=dns\n",
     ""},
    {"a policy",
     HOST "policy p ingress home egress work target ACCEPT\n"
          "lasting policy p ingress home egress work target ACCEPT\n",
     POLICY,
     "firewall-cmd --policy=p --remove-ingress-zone=home; "
     "firewall-cmd --policy=p --remove-egress-zone=work\n"
     "firewall-cmd --permanent --delete-policy=p\n",
     ""},
    {"a policy that was killed before the reload",
     HOST "lasting policy p ingress home egress work target ACCEPT\n", POLICY,
     "firewall-cmd --permanent --delete-policy=p\n", ""},
    {"a policy that somebody else has changed since",
     HOST "policy p ingress home egress public target ACCEPT\n"
          "lasting policy p ingress home egress public target ACCEPT\n",
     POLICY, "", "p left permanent changed\np left runtime changed\n"},
    {"nothing was done", HOST, {{0}}, "", ""},
};

static GPtrArray *actions_of(const UndoCase *row)
{
    GPtrArray *actions = g_ptr_array_new_with_free_func((GDestroyNotify)action_free);
    for (const Step *step = row->steps; step->interface != NULL || step->to != NULL; step++) {
        Action *action = action_new(step->op, step->scope, step->interface, step->from, step->to);
        action->value = g_strdup(step->value);
        g_ptr_array_add(actions, action);
    }
    return actions;
}

static char *commands_of(const GPtrArray *actions)
{
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < actions->len; i++) {
        g_autofree char *command = command_line_of(g_ptr_array_index(actions, i));
        g_string_append_printf(text, "%s\n", command);
    }
    return g_string_free(text, FALSE);
}

static char *notes_text(const GPtrArray *notes)
{
    GString *text = g_string_new(NULL);
    PTR_ARRAY_FOREACH (const PlanNote, note, notes) {
        assert_true(note->code == NOTE_OVERTAKEN || note->code == NOTE_STATE_UNREAD);
        g_string_append_printf(
            text, "%s left %s %s\n", note->interface != NULL ? note->interface : note->zone,
            action_scope_word(note->scope), note->code == NOTE_OVERTAKEN ? "changed" : "unread");
    }
    return g_string_free(text, FALSE);
}

static void test_undo(void **state)
{
    const UndoCase *row = *state;
    g_autoptr(Snapshot) snapshot = sketch(row->host);
    g_autoptr(GPtrArray) actions = actions_of(row);
    g_autoptr(GPtrArray) notes = plan_notes_new();
    g_autoptr(GPtrArray) inverses = undo_actions(snapshot, actions, notes);
    g_autofree char *commands = commands_of(inverses);
    assert_string_equal(commands, row->commands);
    g_autofree char *left = notes_text(notes);
    assert_string_equal(left, row->notes);
    g_autoptr(GPtrArray) done = undo_find_done(snapshot, actions);
    assert_int_equal(done->len, inverses->len);
}

typedef struct {
    const char *name;
    const char *manager;
    const char *command;
    const char *note;
} ProfileCase;

static const ProfileCase profiles[] = {
    {"as it was left", "manager eth0 public uuid u-1\n",
     "nmcli connection modify u-1 connection.zone ", ""},
    {"back already", "manager eth0 - uuid u-1\n", NULL, ""},
    {"another profile is active", "manager eth0 public uuid u-2\n", NULL,
     "eth0 left networkmanager unread\n"},
    {"no profile is active", "", NULL, "eth0 left networkmanager unread\n"},
    {"somebody else gave it a zone", "manager eth0 home uuid u-1\n", NULL,
     "eth0 left networkmanager changed\n"},
};

static void test_profile(void **state)
{
    const ProfileCase *row = *state;
    g_autofree char *host = g_strconcat(HOST, row->manager, NULL);
    g_autoptr(Snapshot) snapshot = sketch(host);
    g_autoptr(GPtrArray) actions = g_ptr_array_new_with_free_func((GDestroyNotify)action_free);
    g_ptr_array_add(actions, action_new_for_profile("eth0", "u-1", NULL, "public"));
    g_autoptr(GPtrArray) notes = plan_notes_new();
    g_autoptr(GPtrArray) inverses = undo_actions(snapshot, actions, notes);
    assert_int_equal(inverses->len, row->command != NULL);
    if (row->command != NULL) {
        g_autofree char *command = command_line_of(g_ptr_array_index(inverses, 0));
        assert_string_equal(command, row->command);
    }
    g_autofree char *left = notes_text(notes);
    assert_string_equal(left, row->note);
}

int main(void)
{
    return RUN_CASES(test_undo, cases) + RUN_CASES(test_profile, profiles);
}
