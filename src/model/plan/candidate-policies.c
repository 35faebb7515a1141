/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Candidates that let pass what goes from one zone to another by a policy. */
#include "model/plan/candidates.h"

#include "model/diagnosis/binding-findings.h"
#include "model/firewalld/dispatch.h"
#include "model/foreach.h"

#include <string.h>

enum { MAX_POLICIES = 4 };

/* Whether no policy has NAME, neither one that is there nor one of POLICIES. */
static bool is_free(const Snapshot *snapshot, const GPtrArray *policies, const char *name)
{
    PTR_ARRAY_FOREACH (const Action, action, policies) {
        if (g_str_equal(action->value, name))
            return false;
    }
    return firewalld_policy(snapshot->firewalld, name) == NULL &&
           (snapshot->permanent->firewalld == NULL ||
            firewalld_policy(snapshot->permanent->firewalld, name) == NULL);
}

/* firewalld takes names of up to 17 characters (18 in 1.3.3, fewer with its older prefixes). */
static char *name_for_policy(const Snapshot *snapshot, const GPtrArray *policies, const char *from,
                             const char *to)
{
    enum { FOR_BOTH = 17 - 8, FOR_ONE = 4 }; /* beside "nicfix-" and "-" */
    gsize to_length = MIN(strlen(to), (gsize)FOR_BOTH - MIN(strlen(from), (gsize)FOR_ONE));
    gsize from_length = MIN(strlen(from), FOR_BOTH - to_length);
    char *name = g_strdup_printf("nicfix-%.*s-%.*s", (int)from_length, from, (int)to_length, to);
    for (char digit = '1'; digit <= '9' && !is_free(snapshot, policies, name); digit++)
        name[strlen(name) - 1] = digit;
    return name;
}

static void add_policy(const Candidates *candidates, GPtrArray *policies, const char *from,
                       const char *to)
{
    PTR_ARRAY_FOREACH (const Action, action, policies) {
        if (g_str_equal(action->from, from) && g_str_equal(action->to, to))
            return;
    }
    g_autofree char *name = name_for_policy(candidates->goal->snapshot, policies, from, to);
    g_ptr_array_add(policies,
                    action_new_for_policy(ACTION_ADD_POLICY, SCOPE_PERMANENT, name, from, to));
}

/* A policy for each pair of zones; what stays within one zone is forwarded there, or by no policy. NULL
 * where there is no such pair, or one of another program's. */
static GPtrArray *policies_of(const Candidates *candidates)
{
    const Snapshot *snapshot = candidates->goal->snapshot;
    g_autoptr(GPtrArray) policies = actions_new();
    ARRAY_FOREACH (const Flow, flow, candidates->goal->flows) {
        const Zone *from = dispatch_first(snapshot, flow, DISPATCH_INGRESS).zone;
        const Zone *to = flow->out != NULL ? dispatch_interface(snapshot, flow->out).zone : NULL;
        if (from == NULL || to == NULL || zone_is_of_another_program(from->name) ||
            zone_is_of_another_program(to->name))
            return NULL;
        if (from != to)
            add_policy(candidates, policies, from->name, to->name);
    }
    return policies->len > 0 && policies->len <= MAX_POLICIES ? g_steal_pointer(&policies) : NULL;
}

/* Binds LINKS that have no zone to the one that filters them: up to 1.3 the default zone's catch-all
 * is no member of it for policies. */
static void bind_where_they_are(const Candidates *candidates, GPtrArray *actions,
                                const GPtrArray *links)
{
    const char *zone = candidates->goal->snapshot->firewalld->default_zone;
    if (zone != NULL)
        bind_each(candidates, actions, links, zone);
    if (zone != NULL)
        bind_wildcards(candidates, actions, links, zone);
}

void candidates_add_policies(Candidates *candidates)
{
    g_autoptr(GPtrArray) policies = policies_of(candidates);
    for (guint sides = 0; policies != NULL && sides < 4; sides++) {
        GPtrArray *actions = actions_new();
        if ((sides & 1) != 0)
            bind_where_they_are(candidates, actions, candidates->outs);
        if ((sides & 2) != 0)
            bind_where_they_are(candidates, actions, candidates->ins);
        PTR_ARRAY_FOREACH (const Action, policy, policies)
            actions_add(actions, action_copy(policy));
        PTR_ARRAY_FOREACH (const Action, policy, policies)
            actions_add(actions, action_new_for_policy(ACTION_ADD_POLICY, SCOPE_RUNTIME,
                                                       policy->value, policy->from, policy->to));
        candidates_add(candidates, actions, NULL, false);
    }
}
