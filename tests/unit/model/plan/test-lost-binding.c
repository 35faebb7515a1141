/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is said of a binding that nicfix made and that is gone. */
#include "cases.h"

#include "model/plan/lost-binding.h"
#include "sketch.h"

#include <string.h>

#define NODE                                                                                       \
    "link eth0 physical addr 192.0.2.10/24\nlink cni0 bridge addr 10.244.2.1/24\n"                 \
    "link veth0 veth in cni0\nroute 0.0.0.0/0 dev eth0 via 192.0.2.1\nzone public\nzone work\n"    \
    "permanent eth0 -\n"

typedef struct {
    const char *name;
    const char *host;
    ActionOp op;
    ActionScope scopes[2];
    guint n_scopes;
    bool told;
} LostCase;

static const LostCase cases[] = {
    {"bound at run time, and gone", NODE, ACTION_BIND, {SCOPE_RUNTIME}, 1, true},
    {"moved at run time, and gone", NODE, ACTION_MOVE, {SCOPE_RUNTIME}, 1, true},
    {"it lasts", NODE, ACTION_BIND, {SCOPE_RUNTIME, SCOPE_PERMANENT}, 2, false},
    {"what lasts alone", NODE, ACTION_BIND, {SCOPE_PERMANENT}, 1, false},
    {"bound twice at run time", NODE, ACTION_BIND, {SCOPE_RUNTIME, SCOPE_RUNTIME}, 2, true},
    {"where nothing suffers",
     NODE "zone trusted target ACCEPT\nchange trusted interfaces cni0\n",
     ACTION_BIND,
     {SCOPE_RUNTIME},
     1,
     false},
    {"it was undone", NODE, ACTION_UNBIND, {SCOPE_RUNTIME}, 1, false},
    {"it is there still",
     NODE "change public interfaces eth0\n",
     ACTION_BIND,
     {SCOPE_RUNTIME},
     1,
     false},
};

static void test_lost(void **state)
{
    const LostCase *row = *state;
    g_autoptr(Snapshot) snapshot = sketch(row->host);
    g_autoptr(Diagnosis) diagnosis = diagnose(snapshot, NULL);
    g_autoptr(GPtrArray) actions = g_ptr_array_new_with_free_func((GDestroyNotify)action_free);
    for (guint i = 0; i < row->n_scopes; i++)
        g_ptr_array_add(actions, action_new(row->op, row->scopes[i], "eth0",
                                            row->op == ACTION_BIND ? NULL : "work",
                                            row->op == ACTION_UNBIND ? NULL : "public"));
    lost_bindings_explain(diagnosis, snapshot, actions);
    bool told = false;
    for (guint i = 0; i < diagnosis->findings->len; i++) {
        const Finding *finding = g_ptr_array_index(diagnosis->findings, i);
        const Evidence *last = g_ptr_array_index(finding->evidence, finding->evidence->len - 1);
        told = told || (last->kind == EVIDENCE_LOST_BINDING && g_str_equal(last->subject, "eth0") &&
                        g_str_equal(last->value, "public"));
    }
    assert_int_equal(told, row->told);
}

/* Neither what is no binding nor what lasts of another interface makes a difference. */
static void test_other_actions(G_GNUC_UNUSED void **state)
{
    g_autoptr(Snapshot) snapshot = sketch(NODE);
    g_autoptr(Diagnosis) diagnosis = diagnose(snapshot, NULL);
    g_autoptr(GPtrArray) actions = g_ptr_array_new_with_free_func((GDestroyNotify)action_free);
    g_ptr_array_add(actions,
                    action_new(ACTION_ENABLE_FORWARD, SCOPE_RUNTIME, NULL, NULL, "public"));
    const Finding *finding = g_ptr_array_index(diagnosis->findings, 0);
    guint known = finding->evidence->len;
    lost_bindings_explain(diagnosis, snapshot, actions);
    assert_int_equal(finding->evidence->len, known);
    g_ptr_array_add(actions, action_new(ACTION_BIND, SCOPE_RUNTIME, "eth0", NULL, "public"));
    g_ptr_array_add(actions, action_new(ACTION_BIND, SCOPE_PERMANENT, "cni0", NULL, "public"));
    lost_bindings_explain(diagnosis, snapshot, actions);
    assert_int_equal(finding->evidence->len, known + 1);
}

int main(void)
{
    const struct CMUnitTest others[] = {cmocka_unit_test(test_other_actions)};
    return RUN_CASES(test_lost, cases) + cmocka_run_group_tests(others, NULL, NULL);
}
