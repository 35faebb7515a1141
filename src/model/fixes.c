/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Trying plans, the least demanding first, until one cures: see fixes.h. */
#include "model/fixes.h"

#include "model/verdict.h"

/* What a plan may ask for beyond binding, in the order of how much that changes. */
static const struct {
    bool enable_forward;
    bool move;
    bool bind_downstreams;
} variants[] = {
    {false, false, false}, {true, false, false}, {false, true, false}, {true, true, false},
    {false, false, true},  {true, false, true},  {false, true, true},  {true, true, true},
};

static void add_flag(GStrvBuilder *words, bool wanted, const char *flag)
{
    if (wanted)
        g_strv_builder_add(words, flag);
}

static char **command_for(const Plan *plan, const PlanRequest *request)
{
    g_autoptr(GStrvBuilder) words = g_strv_builder_new();
    g_strv_builder_add_many(words, "nicfix", "apply", "--zone", plan->zone, NULL);
    for (const char *const *name = request->interfaces; name != NULL && *name != NULL; name++)
        g_strv_builder_add_many(words, "--interface", *name, NULL);
    for (const char *const *name = request->uplinks; name != NULL && *name != NULL; name++)
        g_strv_builder_add_many(words, "--uplink", *name, NULL);
    add_flag(words, request->runtime_only, "--runtime-only");
    add_flag(words, request->enable_forward, "--enable-forward");
    add_flag(words, request->move, "--move");
    add_flag(words, request->bind_downstreams, "--bind-downstream");
    add_flag(words, request->force, "--force");
    return g_strv_builder_end(words);
}

/* The first plan that cures what BASE is about; *REQUEST is what was asked for then. */
static Plan *search(const Snapshot *snapshot, const PlanRequest *base, PlanRequest *request)
{
    for (guint i = 0; i < G_N_ELEMENTS(variants); i++) {
        *request = *base;
        request->enable_forward = base->enable_forward || variants[i].enable_forward;
        request->move = base->move || variants[i].move;
        request->bind_downstreams = base->bind_downstreams || variants[i].bind_downstreams;
        Plan *plan = plan_new(snapshot, request, NULL);
        if (plan != NULL && plan->actions->len > 0)
            return plan;
        plan_free(plan);
    }
    return NULL;
}

static Fix *fix_from(const Plan *plan, const PlanRequest *request)
{
    Fix *fix = fix_new();
    fix->command = command_for(plan, request);
    for (guint i = 0; i < plan->actions->len; i++)
        g_ptr_array_add(fix->firewall_cmd,
                        action_firewall_cmd(g_ptr_array_index(plan->actions, i)));
    return fix;
}

/* What the fix of a finding has to be about; false where no plan could cure it. */
static bool request_for(const Finding *finding, PlanRequest *request)
{
    switch (finding->id) {
    case FINDING_UPLINK_UNBOUND:
        return finding->severity >= SEVERITY_WARNING;
    case FINDING_UPLINK_IN_REJECTING_ZONE:
    case FINDING_FORWARD_BLOCKED:
        return true;
    case FINDING_RUNTIME_ONLY_BINDING:
    case FINDING_PERMANENT_NOT_ACTIVE:
        request->zone = finding->zone;
        return true;
    case FINDING_PANIC_MODE:
    case FINDING_ZONE_CONFLICT:
    case FINDING_MANAGER_ZONE_MISMATCH:
    case FINDING_STALE_BINDING:
    case FINDING_VERDICT_UNKNOWN:
        break;
    }
    return false;
}

static bool cures(const Plan *plan, const Finding *finding)
{
    const Finding *left = diagnosis_find(plan->after, finding);
    return left == NULL || left->severity < finding->severity;
}

void fixes_suggest(const Snapshot *snapshot, Diagnosis *diagnosis, const char *const *named_uplinks)
{
    for (guint i = 0; i < diagnosis->findings->len; i++) {
        Finding *finding = g_ptr_array_index(diagnosis->findings, i);
        const char *interfaces[] = {finding->interface, NULL};
        PlanRequest base = {.interfaces = interfaces, .uplinks = named_uplinks};
        PlanRequest request;
        if (finding->interface == NULL || !request_for(finding, &base))
            continue;
        g_autoptr(Plan) plan = search(snapshot, &base, &request);
        if (plan != NULL && cures(plan, finding))
            finding->fix = fix_from(plan, &request);
    }
}

char **fixes_find_better(const Snapshot *snapshot, const PlanRequest *request)
{
    PlanRequest found;
    g_autoptr(Plan) plan = search(snapshot, request, &found);
    if (plan == NULL && request->zone != NULL) {
        PlanRequest elsewhere = *request;
        elsewhere.zone = NULL;
        plan = search(snapshot, &elsewhere, &found);
    }
    return plan != NULL ? command_for(plan, &found) : NULL;
}

static bool lets_through(const Plan *plan, const Flow *flow)
{
    g_autoptr(Verdict) verdict = verdict_of(plan->predicted, flow);
    return verdict_accepts(verdict);
}

Fix *fixes_find_for_flow(const Snapshot *snapshot, const Flow *flow,
                         const char *const *named_uplinks)
{
    g_autoptr(Verdict) verdict = verdict_of(snapshot, flow);
    if (flow->direction != FLOW_FORWARD || verdict_accepts(verdict) ||
        verdict->ingress.zone == NULL)
        return NULL;
    const char *interfaces[] = {flow->out, NULL};
    PlanRequest base = {
        .zone = verdict->ingress.zone->name,
        .interfaces = interfaces,
        .uplinks = named_uplinks,
    };
    PlanRequest request;
    g_autoptr(Plan) plan = search(snapshot, &base, &request);
    return plan != NULL && lets_through(plan, flow) ? fix_from(plan, &request) : NULL;
}
