/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether a plan binds what no zone binds, or takes it from one: in this scope or another, by its name or a wildcard,
 * now or after a reboot. */
#include "model/plan/rebinding.h"

#include "model/foreach.h"

#include "sketch.h"

#define LATER "lasting zone public\nlasting zone work\nlasting zone drop target DROP\n"
#define HOST                                                                                       \
    "link eth0 physical\nfirewalld 1.3.3 public\nzone public\nzone work\nzone drop target "        \
    "DROP\n" LATER

typedef struct {
    ActionOp op;
    ActionScope scope;
    const char *from;
    const char *to;
} Step;

enum { MAX_STEPS = 4 };

typedef struct {
    const char *name;
    const char *host;
    Step steps[MAX_STEPS];
    const char *rebindings; /* "SCOPE: FROM to TO" */
} RebindingCase;

#define BIND_NOW                                                                                   \
    {                                                                                              \
        ACTION_BIND, SCOPE_RUNTIME, NULL, "public"                                                 \
    }
#define BIND_LAST                                                                                  \
    {                                                                                              \
        ACTION_BIND, SCOPE_PERMANENT, NULL, "public"                                               \
    }

static const RebindingCase cases[] = {
    {"nothing binds it",
     HOST,
     {BIND_NOW, BIND_LAST},
     "runtime: - to public\npermanent: - to public\n"},
    {"it is in that zone already, at run time",
     HOST "change public interfaces eth0\n",
     {BIND_LAST},
     "permanent: - to public\n"},
    {"it is in that zone already, permanently",
     HOST "lasting change public interfaces eth0\n",
     {BIND_NOW},
     "runtime: - to public\n"},
    {"a wildcard of that zone",
     HOST "change public interfaces eth+\n",
     {BIND_LAST},
     "permanent: - to public\n"},
    {"a wildcard", HOST "change drop interfaces eth+\n", {BIND_NOW}, "runtime: drop to public\n"},
    {"a permanent wildcard",
     HOST "lasting change drop interfaces eth+\n",
     {BIND_NOW, BIND_LAST},
     "runtime: drop to public\npermanent: drop to public\n"},
    {"a wildcard of another interface",
     HOST "change drop interfaces wl+\n",
     {BIND_NOW},
     "runtime: - to public\n"},
    {"bound at run time, changed permanently",
     HOST "change drop interfaces eth0\n",
     {BIND_LAST},
     "permanent: drop to public\n"},
    {"bound permanently, changed at run time",
     HOST "lasting change drop interfaces eth0\n",
     {BIND_NOW},
     "runtime: drop to public\n"},
    {"bound by the profile, changed at run time",
     HOST "manager eth0 drop uuid u-1\n",
     {BIND_NOW},
     "runtime: drop to public\n"},
    {"a move",
     HOST "bind work eth0\n",
     {{ACTION_MOVE, SCOPE_RUNTIME, "work", "public"},
      {ACTION_UNBIND, SCOPE_PERMANENT, "work", NULL},
      BIND_LAST},
     "runtime: work to public\npermanent: work to public\n"},
    {"taken out",
     HOST "bind work eth0\n",
     {{ACTION_UNBIND, SCOPE_RUNTIME, "work", NULL}},
     "runtime: work to -\n"},
    {"taken out, and a wildcard has it then",
     HOST "bind work eth0\nchange drop interfaces eth+\n",
     {{ACTION_UNBIND, SCOPE_RUNTIME, "work", NULL}},
     "runtime: work to -\n"},
    {"more than bindings",
     HOST,
     {BIND_NOW, {ACTION_ENABLE_FORWARD, SCOPE_RUNTIME, NULL, "public"}},
     "and more"},
    {"what lasts cannot be loaded",
     HOST "lasting change drop interfaces eth0\nfault INVALID_ZONE: broken\n",
     {BIND_NOW},
     "unread"},
    {"two wildcards, of which that of the zone itself wins",
     HOST "change public interfaces e+\nchange drop interfaces eth+\n",
     {BIND_LAST},
     "permanent: drop to public\n"},
    {"other zones now and later",
     HOST "change work interfaces eth+\nlasting change drop interfaces eth+\n",
     {BIND_NOW, BIND_LAST},
     "runtime: work to public\npermanent: drop to public\n"},
    {"a profile, and a zone at run time",
     HOST "change work interfaces eth0\n",
     {{ACTION_BIND, SCOPE_NETWORKMANAGER, NULL, "public"}},
     "networkmanager: work to public\n"},
    {"what lasts was not read", "link eth0 physical\nzone public\n", {BIND_NOW}, "unread"},
    {"nothing", "link eth0 physical\nzone public\n", {{0}}, ""},
};

static GPtrArray *actions_of(const RebindingCase *row)
{
    GPtrArray *actions = g_ptr_array_new_with_free_func((GDestroyNotify)action_free);
    for (const Step *step = row->steps; step->from != NULL || step->to != NULL; step++)
        g_ptr_array_add(actions, action_new(step->op, step->scope,
                                            step->op == ACTION_ENABLE_FORWARD ? NULL : "eth0",
                                            step->from, step->to));
    return actions;
}

static const char *zone_word(const char *zone)
{
    return zone != NULL ? zone : "-";
}

static void test_rebindings(void **state)
{
    static const char *const results[] = {"", "and more", "unread"};
    const RebindingCase *row = *state;
    g_autoptr(Snapshot) snapshot = sketch(row->host);
    g_autoptr(GPtrArray) actions = actions_of(row);
    g_autoptr(GPtrArray) rebindings = rebindings_new();
    const Action *culprit = NULL;
    RebindingsResult result = rebindings_find(actions, snapshot, rebindings, &culprit);
    g_autoptr(GString) told = g_string_new(results[result]);
    PTR_ARRAY_FOREACH (const Rebinding, rebinding, rebindings) {
        if (result == REBINDINGS_KNOWN)
            g_string_append_printf(told, "%s: %s to %s\n", action_scope_word(rebinding->scope),
                                   zone_word(rebinding->from), zone_word(rebinding->to));
    }
    assert_string_equal(told->str, row->rebindings);
    if (result == REBINDINGS_AND_MORE)
        assert_ptr_equal(culprit, g_ptr_array_index(actions, actions->len - 1));
}

int main(void)
{
    return RUN_CASES(test_rebindings, cases);
}
