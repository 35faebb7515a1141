/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is said where firewalld can no longer load what was written to its permanent configuration. */
#include "act/permanent-check.h"

#include "cases.h"
#include "model/error.h"
#include "peer.h"

#define BROKEN "!org.fedoraproject.FirewallD1.Exception INVALID_ZONE: no element found"

typedef struct {
    const char *name;
    ActionScope scope;
    ActionState state;
    const char *answer; /* of checkPermanentConfig */
    int calls;
    const char *hint;    /* NULL: it is sound */
    ActionState running; /* of the same action in the running firewall */
} CheckCase;

#define REMEDY  "make room on the disk that /etc/firewalld is on, then run: "
#define ADD     "firewall-cmd --permanent --zone=public --add-interface=eth0; "
#define REMOVE  "firewall-cmd --permanent --zone=public --remove-interface=eth0; "
#define RUNNING "firewall-cmd --zone=public --remove-interface=eth0; "
#define LAST    "then see firewall-cmd --check-config"

static const CheckCase checks[] = {
    {"it is sound", SCOPE_PERMANENT, ACTION_DONE, "()", 1, NULL},
    {"done, and broken", SCOPE_PERMANENT, ACTION_DONE, BROKEN, 1, REMEDY REMOVE LAST},
    {"failed, and broken", SCOPE_PERMANENT, ACTION_FAILED, BROKEN, 1, REMEDY ADD REMOVE LAST},
    {"undone, and broken", SCOPE_PERMANENT, ACTION_UNDONE, BROKEN, 1, REMEDY ADD REMOVE LAST},
    {"the running firewall was changed, too", SCOPE_PERMANENT, ACTION_DONE, BROKEN, 1,
     REMEDY REMOVE RUNNING LAST, ACTION_DONE},
    {"and put back", SCOPE_PERMANENT, ACTION_UNDONE, BROKEN, 1, REMEDY ADD REMOVE LAST,
     ACTION_UNDONE},
    {"nothing was tried", SCOPE_PERMANENT, ACTION_PLANNED, BROKEN, 0, NULL},
    {"nothing permanent", SCOPE_RUNTIME, ACTION_DONE, BROKEN, 0, NULL},
    {"firewalld does not say", SCOPE_PERMANENT, ACTION_DONE, "never", 1, NULL},
};

static void test_check(void **state)
{
    const CheckCase *test = *state;
    const PeerAnswer answers[] = {{"checkPermanentConfig", test->answer}, {NULL, NULL}};
    g_autoptr(Peer) peer = peer_new_with_timeout(answers, 500);
    g_autoptr(GPtrArray) actions = g_ptr_array_new_with_free_func((GDestroyNotify)action_free);
    Action *running = action_new(ACTION_BIND, SCOPE_RUNTIME, "eth0", NULL, "public");
    running->state = test->running;
    g_ptr_array_add(actions, running);
    Action *action = action_new(ACTION_BIND, test->scope, "eth0", NULL, "public");
    action->state = test->state;
    g_ptr_array_add(actions, action);
    g_autoptr(GError) reason = NULL;
    nicfix_error_set(&reason, NICFIX_ERROR_UNDONE, NULL, "no space; everything was put back");
    g_autoptr(GError) error = NULL;
    assert_int_equal(permanent_check_after(peer->bus, actions, reason, &error), test->hint == NULL);
    assert_int_equal(g_atomic_int_get(&peer->n_calls), test->calls);
    if (test->hint == NULL)
        return;
    assert_true(g_error_matches(error, NICFIX_ERROR, NICFIX_ERROR_NOT_UNDONE));
    assert_true(g_str_has_prefix(error->message, "no space; everything was put back; the permanent "
                                                 "configuration is broken now"));
    assert_string_equal(nicfix_error_hint(error), test->hint);
}

int main(void)
{
    return RUN_CASES(test_check, checks);
}
