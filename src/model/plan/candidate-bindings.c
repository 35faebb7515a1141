/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Candidates that bind interfaces: those that options of apply express, and wildcards. */
#include "model/plan/candidates.h"

#include "model/firewalld/dispatch.h"
#include "model/foreach.h"
#include "model/strv.h"

/* Links by the hundred come and go, and nobody pastes hundreds of commands. */
enum { MAX_BOUND = 32 };

/* Programs that give their links names of one kind. */
static const char *wildcard_of(const char *name)
{
    static const char *const wildcards[] = {"cali+", "lxc+", "veth+", "vnet+", "tap+",
                                            "eni+",  "azv+", "gke+",  "tunl+"};
    for (gsize i = 0; i < G_N_ELEMENTS(wildcards); i++) {
        if (match_interface(wildcards[i], name) == MATCH_YES)
            return wildcards[i];
    }
    return NULL;
}

/* Of a link that is gone tomorrow: a program gives each of its containers one. */
static bool binds_one_of_many(const GPtrArray *actions)
{
    PTR_ARRAY_FOREACH (const Action, action, actions) {
        if (action->interface != NULL && wildcard_of(action->interface) != NULL)
            return true;
    }
    return false;
}

static char **command_for(const char *zone, const PlanRequest *request)
{
    const struct {
        bool wanted;
        const char *option;
    } flags[] = {
        {request->enable_forward, "--enable-forward"},
        {request->move, "--move"},
        {request->bind_downstreams, "--bind-downstream"},
    };
    g_autoptr(GStrvBuilder) words = g_strv_builder_new();
    STRV_BUILDER_ADD(words, "nicfix", "apply", "--zone", zone);
    STRV_FOREACH (name, request->interfaces)
        STRV_BUILDER_ADD(words, "--interface", *name);
    if (request->declared != NULL) {
        STRV_FOREACH (name, request->declared->uplinks)
            STRV_BUILDER_ADD(words, "--uplink", *name);
        STRV_FOREACH (name, request->declared->downstreams)
            STRV_BUILDER_ADD(words, "--downstream", *name);
    }
    for (guint i = 0; i < G_N_ELEMENTS(flags); i++) {
        if (flags[i].wanted)
            g_strv_builder_add(words, flags[i].option);
    }
    return g_strv_builder_end(words);
}

void candidates_add_request(Candidates *candidates, const char *const *interfaces, const char *zone,
                            PlanRequest request, bool restores)
{
    request.interfaces = interfaces;
    request.zone = zone;
    request.declared = candidates->goal->declared;
    request.known = candidates->goal->diagnosis;
    g_autofree char *chosen = NULL;
    GPtrArray *actions = plan_choose_actions(candidates->goal->snapshot, &request, &chosen);
    if (actions == NULL)
        return;
    if (is_about_what_lasts(candidates->goal->finding) || !binds_one_of_many(actions))
        candidates_add(candidates, actions, command_for(chosen, &request), restores);
    else
        g_ptr_array_unref(actions);
}

/* With all that a plan may do beyond binding. */
static void add_requests(Candidates *candidates, const char *const *interfaces, const char *zone,
                         bool binds_downstreams)
{
    for (guint variant = 0; variant < 8; variant++) {
        const PlanRequest request = {
            .enable_forward = (variant & 1) != 0,
            .move = (variant & 2) != 0,
            .bind_downstreams = (variant & 4) != 0,
        };
        if (binds_downstreams || !request.bind_downstreams)
            candidates_add_request(candidates, interfaces, zone, request, false);
    }
}

/* The finding's own interface: an uplink, or a bridge, or what is to last. */
static void add_bindings_of_finding(Candidates *candidates)
{
    const Link *link = candidates->subject;
    if (link == NULL)
        return;
    const char *interfaces[] = {candidates->goal->finding->interface, NULL};
    const Refusal *refusal = diagnosis_refusal(candidates->goal->diagnosis, link);
    bool binds_downstreams = refusal == NULL || refusal->links->len <= MAX_BOUND;
    add_requests(candidates, interfaces, NULL, binds_downstreams);
    for (guint i = 0; refusal != NULL && i < MIN(refusal->zones->len, CANDIDATES_MAX_ZONES); i++)
        add_requests(candidates, interfaces, g_ptr_array_index(refusal->zones, i),
                     binds_downstreams);
    const Zone *own = dispatch_interface(candidates->goal->snapshot, link->name).zone;
    if (own != NULL)
        add_requests(candidates, interfaces, own->name, binds_downstreams);
}

bool is_about_what_lasts(const Finding *finding)
{
    return finding != NULL && (finding->id == FINDING_RUNTIME_ONLY_BINDING ||
                               finding->id == FINDING_PERMANENT_NOT_ACTIVE ||
                               finding->id == FINDING_PROFILE_OVERRIDES_ZONE ||
                               finding->id == FINDING_MANAGER_ZONE_MISMATCH);
}

void candidates_add_lasting(Candidates *candidates)
{
    const Finding *finding = candidates->goal->finding;
    const char *interfaces[] = {finding->interface, NULL};
    bool by_profile = finding->id == FINDING_PROFILE_OVERRIDES_ZONE; /* what is in force stays */
    add_requests(candidates, interfaces, by_profile ? finding->other_zone : finding->zone, false);
}

static void add_names(GPtrArray *names, const GPtrArray *links)
{
    PTR_ARRAY_FOREACH (const Link, link, links) {
        if (!g_ptr_array_find(names, link->name, NULL)) /* in and out again */
            g_ptr_array_add(names, link->name);
    }
}

/* Where the flows come in, where they leave, or both, in each zone. */
static void add_bindings_of_flows(Candidates *candidates)
{
    for (guint sides = 1; sides < 4; sides++) {
        g_autoptr(GPtrArray) names = g_ptr_array_new();
        if ((sides & 1) != 0)
            add_names(names, candidates->outs);
        if ((sides & 2) != 0)
            add_names(names, candidates->ins);
        if (names->len == 0 || names->len > MAX_BOUND)
            continue;
        g_ptr_array_add(names, NULL);
        PTR_ARRAY_FOREACH (const char, zone, candidates->zones)
            add_requests(candidates, (const char *const *)names->pdata, zone, false);
    }
}

void candidates_add_bindings(Candidates *candidates)
{
    add_bindings_of_finding(candidates);
    add_bindings_of_flows(candidates);
}

/* ---- wildcards ---- */

void bind_wildcards(const Candidates *candidates, GPtrArray *actions, const GPtrArray *links,
                    const char *zone)
{
    PTR_ARRAY_FOREACH (const Link, link, links) {
        const char *pattern = wildcard_of(link->name);
        if (pattern == NULL || binding_of_interface(candidates->goal->snapshot, pattern) != NULL)
            continue;
        actions_add(actions, action_new(ACTION_BIND, SCOPE_RUNTIME, pattern, NULL, zone));
        actions_add(actions, action_new(ACTION_BIND, SCOPE_PERMANENT, pattern, NULL, zone));
    }
}

void bind_each(const Candidates *candidates, GPtrArray *actions, const GPtrArray *links,
               const char *zone)
{
    PTR_ARRAY_FOREACH (const Link, link, links) {
        if (wildcard_of(link->name) != NULL || !link_has_no_zone(candidates->goal->snapshot, link))
            continue;
        const char *interfaces[] = {link->name, NULL};
        const PlanRequest request = {
            .zone = zone,
            .interfaces = interfaces,
            .declared = candidates->goal->declared,
            .known = candidates->goal->diagnosis,
        };
        g_autofree char *chosen = NULL;
        g_autoptr(GPtrArray) more =
            plan_choose_actions(candidates->goal->snapshot, &request, &chosen);
        for (guint i = 0; more != NULL && i < more->len; i++)
            actions_add(actions, action_copy(g_ptr_array_index(more, i)));
    }
}

void candidates_add_wildcards(Candidates *candidates)
{
    PTR_ARRAY_FOREACH (const char, zone, candidates->zones) {
        GPtrArray *alone = actions_new();
        bind_wildcards(candidates, alone, candidates->ins, zone);
        bind_wildcards(candidates, alone, candidates->outs, zone);
        GPtrArray *together = actions_new();
        PTR_ARRAY_FOREACH (const Action, action, alone)
            g_ptr_array_add(together, action_copy(action));
        if (alone->len > 0) {
            bind_each(candidates, together, candidates->ins, zone);
            bind_each(candidates, together, candidates->outs, zone);
        }
        candidates_add(candidates, alone, NULL, false);
        candidates_add(candidates, together, NULL, false);
    }
}
