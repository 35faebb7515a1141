/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Trying plans, the least demanding first, until one cures: see fixes.h. */
#include "model/plan/fixes.h"

#include "model/foreach.h"
#include "model/kernel/judgement.h"

/* What a plan may ask for beyond binding, in the order of how much that changes. What is behind a
 * downstream is the host's own: to take it to the uplink's zone opens less than the other way. */
static const struct {
    bool enable_forward;
    bool bind_downstreams;
    bool move;
    bool uplink_stays; /* in its zone, if that refuses nothing by itself */
} variants[] = {
    {false, false, false, false}, {true, false, false, false}, {false, true, false, false},
    {true, true, false, false},   {false, true, true, true},   {true, true, true, true},
    {false, false, true, false},  {true, false, true, false},  {false, true, true, false},
    {true, true, true, false},
};

static char **command_for(const Plan *plan, const PlanRequest *request)
{
    const struct {
        bool wanted;
        const char *option;
    } flags[] = {
        {request->runtime_only, "--runtime-only"},
        {request->permanent_only, "--permanent-only"},
        {request->enable_forward, "--enable-forward"},
        {request->move, "--move"},
        {request->bind_downstreams, "--bind-downstream"},
        {request->force, "--force"},
    };
    g_autoptr(GStrvBuilder) words = g_strv_builder_new();
    g_strv_builder_add_many(words, "nicfix", "apply", "--zone", plan->zone, NULL);
    STRV_FOREACH (name, request->interfaces)
        g_strv_builder_add_many(words, "--interface", *name, NULL);
    if (request->declared != NULL) {
        STRV_FOREACH (name, request->declared->uplinks)
            g_strv_builder_add_many(words, "--uplink", *name, NULL);
        STRV_FOREACH (name, request->declared->downstreams)
            g_strv_builder_add_many(words, "--downstream", *name, NULL);
    }
    for (guint i = 0; i < G_N_ELEMENTS(flags); i++) {
        if (flags[i].wanted)
            g_strv_builder_add(words, flags[i].option);
    }
    return g_strv_builder_end(words);
}

/* ---- the search ---- */

/* Whether PLAN does what it is sought for; NULL: whatever plan_new() makes cures what it was asked
 * for. */
typedef bool (*PlanIsCure)(const Plan *plan, gconstpointer purpose);

typedef struct {
    const Snapshot *snapshot;
    const PlanRequest *base;
    const char *const *zones; /* other zones than BASE's to try; NULL-terminated */
    bool binds_downstreams;   /* whether that is to be tried */
    PlanIsCure is_cure;
    gconstpointer purpose;
} Search;

/* Links by the hundred come and go, and nobody pastes hundreds of commands. */
static bool is_worth_binding(const Refusal *refusal)
{
    enum { MAX_BOUND = 32 };
    return refusal == NULL || refusal->links->len <= MAX_BOUND;
}

static Plan *try_request(const Search *search, const PlanRequest *request)
{
    g_autoptr(Plan) plan = plan_new(search->snapshot, request, NULL);
    bool cures = plan != NULL && plan->actions->len > 0 &&
                 (search->is_cure == NULL || search->is_cure(plan, search->purpose));
    return cures ? g_steal_pointer(&plan) : NULL;
}

static Plan *try_zones(const Search *search, PlanRequest *request)
{
    Plan *plan = try_request(search, request);
    for (const char *const *zone = search->zones; plan == NULL && *zone != NULL; zone++) {
        request->zone = *zone;
        plan = try_request(search, request);
    }
    return plan;
}

/* The zone that binds the first of the links in question, where its target refuses nothing; else
 * NULL. */
static const char *zone_to_stay_in(const Search *search)
{
    const char *const *names = search->base->interfaces;
    if (names == NULL || *names == NULL || search->base->zone != NULL)
        return NULL;
    const Zone *zone =
        firewalld_zone(search->snapshot->firewalld, binding_of_interface(search->snapshot, *names));
    return zone != NULL && zone->target == TARGET_DEFAULT ? zone->name : NULL;
}

/* The first plan that cures; *REQUEST is what was asked for then. */
static Plan *search_plan(const Search *search, PlanRequest *request)
{
    const char *own_zone = zone_to_stay_in(search);
    Plan *plan = NULL;
    for (guint i = 0; plan == NULL && i < G_N_ELEMENTS(variants); i++) {
        if (variants[i].bind_downstreams && !search->binds_downstreams)
            continue;
        *request = *search->base;
        request->enable_forward |= variants[i].enable_forward;
        request->bind_downstreams |= variants[i].bind_downstreams;
        request->move |= variants[i].move;
        if (!variants[i].uplink_stays) {
            plan = try_zones(search, request);
        } else if (own_zone != NULL) {
            request->zone = own_zone;
            plan = try_request(search, request);
        }
    }
    return plan;
}

static Fix *fix_from(const Plan *plan, const PlanRequest *request)
{
    Fix *fix = fix_new();
    fix->command = command_for(plan, request);
    fix->actions = g_ptr_array_new_with_free_func((GDestroyNotify)action_free);
    PTR_ARRAY_FOREACH (const Action, action, plan->actions) {
        g_ptr_array_add(fix->actions, action_copy(action));
        g_ptr_array_extend_and_steal(fix->firewall_cmd, action_commands(action));
    }
    return fix;
}

/* ---- fixes of findings ---- */

/* What the fix of a finding has to be about; false where no plan could cure it. */
static bool request_for(const Finding *finding, PlanRequest *request)
{
    switch (finding->id) {
    case FINDING_UPLINK_UNBOUND:
    case FINDING_UPLINK_IN_REJECTING_ZONE:
        return finding->severity >= SEVERITY_WARNING;
    case FINDING_FORWARD_BLOCKED:
        return true;
    case FINDING_RUNTIME_ONLY_BINDING:
    case FINDING_PERMANENT_NOT_ACTIVE:
    case FINDING_MANAGER_ZONE_MISMATCH:
        request->zone = finding->zone;
        return true;
    case FINDING_PROFILE_OVERRIDES_ZONE: /* what is in force stays */
        request->zone = finding->other_zone;
        return true;
    case FINDING_PANIC_MODE:
    case FINDING_ZONE_CONFLICT:
    case FINDING_NEED_REFUSED:
    case FINDING_EXPECTATION_FAILED:
    case FINDING_REFUSED_ELSEWHERE:
    case FINDING_RULES_DIFFER:
    case FINDING_FORWARDING_OFF:
    case FINDING_RELOAD_HARMS:
    case FINDING_STALE_BINDING:
    case FINDING_VERDICT_UNKNOWN:
        break;
    }
    return false;
}

static bool cures(const Plan *plan, gconstpointer purpose)
{
    const Finding *finding = purpose;
    const Finding *left = diagnosis_find(plan->after, finding);
    return left == NULL || left->severity < finding->severity;
}

/* Where several zones refuse what leaves by the link, each of them may be the one to choose. */
static char **zones_to_choose_from(const Refusal *refusal)
{
    g_autoptr(GStrvBuilder) zones = g_strv_builder_new();
    for (guint i = 0; refusal != NULL && refusal->zones->len > 1 && i < refusal->zones->len; i++)
        g_strv_builder_add(zones, g_ptr_array_index(refusal->zones, i));
    return g_strv_builder_end(zones);
}

static Fix *find_fix(const Snapshot *snapshot, const Diagnosis *diagnosis, const Finding *finding,
                     const Declared *declared)
{
    const char *interfaces[] = {finding->interface, NULL};
    PlanRequest base = {.interfaces = interfaces, .declared = declared, .known = diagnosis};
    if (finding->interface == NULL || !request_for(finding, &base))
        return NULL;
    const Link *link = snapshot_link_by_name(snapshot, finding->interface);
    const Refusal *refusal = link != NULL ? diagnosis_refusal(diagnosis, link) : NULL;
    g_auto(GStrv) zones = zones_to_choose_from(refusal);
    const Search search = {
        .snapshot = snapshot,
        .base = &base,
        .zones = (const char *const *)zones,
        .binds_downstreams = is_worth_binding(refusal),
        .is_cure = cures,
        .purpose = finding,
    };
    PlanRequest request;
    g_autoptr(Plan) plan = search_plan(&search, &request);
    return plan != NULL ? fix_from(plan, &request) : NULL;
}

void fixes_suggest(const Snapshot *snapshot, Diagnosis *diagnosis, const Declared *declared)
{
    enum { MAX_EXPECTATIONS = 8 }; /* each fix is a search of its own */
    guint expectations = 0;
    PTR_ARRAY_FOREACH (Finding, finding, diagnosis->findings) {
        if (finding->expectation == NULL)
            finding->fix = find_fix(snapshot, diagnosis, finding, declared);
        else if (finding->expectation->expected == EXPECT_ACCEPT &&
                 finding->id == FINDING_EXPECTATION_FAILED && expectations++ < MAX_EXPECTATIONS)
            finding->fix = fixes_find_for_flow(snapshot, &finding->expectation->flow, declared);
    }
}

/* ---- other fixes ---- */

static const char *const no_other_zone[] = {NULL};

/* Whether that is so for all that is refused. */
static bool is_all_worth_binding(const Snapshot *snapshot, const Declared *declared)
{
    g_autoptr(Diagnosis) diagnosis = diagnose(snapshot, declared);
    GHashTableIter iterator;
    gpointer refusal;
    g_hash_table_iter_init(&iterator, diagnosis->refusals);
    while (g_hash_table_iter_next(&iterator, NULL, &refusal)) {
        if (!is_worth_binding(refusal))
            return false;
    }
    return true;
}

char **fixes_find_better(const Snapshot *snapshot, const PlanRequest *request)
{
    Search search = {
        .snapshot = snapshot,
        .base = request,
        .zones = no_other_zone,
        .binds_downstreams = is_all_worth_binding(snapshot, request->declared),
    };
    PlanRequest found;
    g_autoptr(Plan) plan = search_plan(&search, &found);
    if (plan == NULL && request->zone != NULL) {
        PlanRequest elsewhere = *request;
        elsewhere.zone = NULL;
        search.base = &elsewhere;
        plan = search_plan(&search, &found);
    }
    return plan != NULL ? command_for(plan, &found) : NULL;
}

static bool lets_through(const Plan *plan, gconstpointer purpose)
{
    const Flow *flow = purpose;
    g_autoptr(Judgement) judgement = judgement_of(plan->goal, flow, JUDGE_PACKET);
    return judgement_accepts(judgement);
}

Fix *fixes_find_for_flow(const Snapshot *snapshot, const Flow *flow, const Declared *declared)
{
    g_autoptr(Judgement) judgement = judgement_of(snapshot, flow, JUDGE_PACKET);
    const Verdict *verdict = judgement->firewalld;
    if (flow->direction != FLOW_FORWARD || judgement_accepts(judgement) ||
        verdict->ingress.zone == NULL)
        return NULL;
    const char *interfaces[] = {flow->out, NULL};
    const char *zones[] = {verdict->ingress.zone->name, NULL};
    const PlanRequest base = {.interfaces = interfaces, .declared = declared};
    const Search search = {
        .snapshot = snapshot,
        .base = &base,
        .zones = zones,
        .binds_downstreams = is_all_worth_binding(snapshot, declared),
        .is_cure = lets_through,
        .purpose = flow,
    };
    PlanRequest request;
    g_autoptr(Plan) plan = search_plan(&search, &request);
    return plan != NULL ? fix_from(plan, &request) : NULL;
}
