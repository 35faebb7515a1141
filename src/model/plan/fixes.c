/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From findings to what has to pass, and from cures to commands: see fixes.h. flow-fixes.c is about single
 * flows. */
#include "model/plan/fixes.h"

#include "model/foreach.h"
#include "model/plan/alike.h"
#include "model/plan/fix-search.h"
#include "model/strv.h"

/* ---- from a cure to a fix ---- */

static void add_declared(GStrvBuilder *words, const Declared *declared)
{
    if (declared == NULL)
        return;
    STRV_FOREACH (name, declared->uplinks)
        STRV_BUILDER_ADD(words, "--uplink", *name);
    STRV_FOREACH (name, declared->downstreams)
        STRV_BUILDER_ADD(words, "--downstream", *name);
}

/* What does that which check offers for FINDING. */
static char **command_of_finding(const Finding *finding, const Declared *declared)
{
    g_autoptr(GStrvBuilder) words = g_strv_builder_new();
    STRV_BUILDER_ADD(words, "nicfix", "apply", "--finding", finding_word(finding->id));
    if (finding->interface != NULL)
        STRV_BUILDER_ADD(words, "--interface", finding->interface);
    add_declared(words, declared);
    return g_strv_builder_end(words);
}

/* One reload is enough for several policies. */
static void add_commands(Fix *fix, const Action *action)
{
    g_autoptr(GPtrArray) commands = action_commands(action);
    guint last = fix->firewall_cmd->len;
    char **before = last > 0 ? g_ptr_array_index(fix->firewall_cmd, last - 1) : NULL;
    bool is_again = before != NULL && commands->len == 1 &&
                    g_strv_equal((const char *const *)before, g_ptr_array_index(commands, 0));
    if (!is_again)
        g_ptr_array_extend_and_steal(fix->firewall_cmd, g_steal_pointer(&commands));
}

Fix *fix_of_cure(const Cure *cure, const Finding *finding, const Declared *declared)
{
    Fix *fix = fix_new();
    fix->command = cure->command != NULL ? g_strdupv(cure->command)
                   : finding != NULL     ? command_of_finding(finding, declared)
                                         : g_new0(char *, 1);
    fix->actions = g_ptr_array_new_with_free_func((GDestroyNotify)action_free);
    PTR_ARRAY_FOREACH (const Action, action, cure->actions) {
        g_ptr_array_add(fix->actions, action_copy(action));
        add_commands(fix, action);
    }
    return fix;
}

/* ---- what has to pass ---- */

bool finding_is_curable(const Finding *finding)
{
    switch (finding->id) {
    case FINDING_UPLINK_UNBOUND:
        /* Where it may be that all passes, there may be nothing to cure. */
        return finding->severity >= SEVERITY_WARNING &&
               (finding->refused->len > 0 || finding->open->len == 0);
    case FINDING_UPLINK_IN_REJECTING_ZONE:
    case FINDING_FORWARD_BLOCKED:
    case FINDING_NEED_REFUSED:
    case FINDING_EXPECTATION_FAILED:
    case FINDING_RUNTIME_ONLY_BINDING:
    case FINDING_PERMANENT_NOT_ACTIVE:
    case FINDING_MANAGER_ZONE_MISMATCH:
    case FINDING_PROFILE_OVERRIDES_ZONE:
        return finding->severity >= SEVERITY_WARNING;
    case FINDING_PANIC_MODE:
    case FINDING_ZONE_CONFLICT:
    case FINDING_REFUSED_ELSEWHERE:
    case FINDING_RULES_DIFFER:
    case FINDING_FORWARDING_OFF:
    case FINDING_RELOAD_HARMS:
    case FINDING_STALE_BINDING:
    case FINDING_LOGGING_LEFT:
    case FINDING_VERDICT_UNKNOWN:
        break;
    }
    return false;
}

/* A finding rests on the first few of its flows. Of a host with hundreds of networks the last one tells
 * soon that a cure is but for those, and what it takes. */
static void add_flow_of_last(GArray *flows, const Snapshot *snapshot, const Finding *finding)
{
    const GPtrArray *refused = finding->refused;
    if (flows->len == 0 || refused->len <= flows->len)
        return;
    const Link *last = g_ptr_array_index(refused, refused->len - 1);
    Flow flow = g_array_index(flows, Flow, 0);
    const LinkAddress *address = link_first_address(last, flow.family);
    if (flow.direction != FLOW_FORWARD || address == NULL)
        return;
    flow.in = link_ingress_name(snapshot, last);
    flow.from = (FlowAddress){.kind = FLOW_ADDRESS_PREFIX, .prefix = address->prefix};
    g_array_append_val(flows, flow);
}

GArray *finding_flows(const Snapshot *snapshot, const Finding *finding)
{
    GArray *flows = g_array_new(FALSE, FALSE, sizeof(Flow));
    PTR_ARRAY_FOREACH (const Evidence, evidence, finding->evidence) {
        if (evidence->kind == EVIDENCE_FLOW && evidence->way.coverage == COVERAGE_REFUSED)
            g_array_append_val(flows, evidence->way.flow);
    }
    PTR_ARRAY_FOREACH (const Need, need, finding->needs) {
        if (need->way.coverage == COVERAGE_REFUSED)
            g_array_append_val(flows, need->way.flow);
    }
    const Expectation *expectation = finding->expectation;
    if (expectation != NULL && expectation->expected == EXPECT_ACCEPT)
        g_array_append_val(flows, expectation->flow);
    add_flow_of_last(flows, snapshot, finding);
    return flows;
}

/* What is refused, and what it is to be accepted is asked for; else only a binding is. */
static bool asks_for_nothing(const Finding *finding, const GArray *flows)
{
    return flows->len == 0 &&
           (finding->id == FINDING_NEED_REFUSED || finding->id == FINDING_EXPECTATION_FAILED);
}

/* ---- fixes of findings ---- */

CureGoal fix_search_goal(const FixSearch *search, const Finding *finding, const GArray *flows)
{
    return (CureGoal){search->snapshot, search->declared, search->diagnosis, finding, flows, false};
}

static CureGoal goal_of_finding(const FixSearch *search, const Finding *finding,
                                const GArray *flows)
{
    CureGoal goal = fix_search_goal(search, finding, flows);
    goal.whatever_else = true;
    return goal;
}

/* One cure often is good for several findings of one kind: the first is tried on the others. */
static bool is_cured_by(const FixSearch *search, const Finding *finding, const GArray *flows,
                        const Cure *cure)
{
    CureGoal goal = goal_of_finding(search, finding, flows);
    Cure again = {.actions = cure->actions};
    return cure_is_promising(&goal, search->base, search->needed, &again) &&
           cure_holds(&goal, cure);
}

/* What is offered for another finding anyway, where that is good for FINDING, too; else NULL. */
static Cure *find_among(const FixSearch *search, const Finding *finding, const GArray *flows,
                        const GPtrArray *cures)
{
    enum { MAX_TRIED = 4 };
    for (guint i = 0; i < MIN(cures->len, MAX_TRIED); i++) {
        if (is_cured_by(search, finding, flows, g_ptr_array_index(cures, i)))
            return g_ptr_array_index(cures, i);
    }
    return NULL;
}

static Cure *find_cure(const FixSearch *search, const Finding *finding, GHashTable *cures,
                       const GPtrArray *all)
{
    g_autoptr(GArray) flows = finding_flows(search->snapshot, finding);
    if (!finding_is_curable(finding) || asks_for_nothing(finding, flows))
        return NULL;
    gpointer kind = GINT_TO_POINTER((int)finding->id * 256 + (int)finding->need);
    Cure *known = g_hash_table_lookup(cures, kind);
    if (known != NULL && flows->len > 0 && is_cured_by(search, finding, flows, known))
        return known;
    Cure *other = finding->expectation != NULL ? find_among(search, finding, flows, all) : NULL;
    if (other != NULL)
        return other;
    CureGoal goal = goal_of_finding(search, finding, flows);
    Cure *found = cure_find(&goal, search->base, search->needed);
    if (found != NULL)
        g_hash_table_insert(cures, kind, found);
    return found;
}

/* The first finding of those that are alike, and what is offered for it. */
typedef struct {
    const Finding *finding;
    const Cure *cure; /* NULL: nothing */
} Precedent;

/* The cures that are found, and what may be derived from them. */
typedef struct {
    const FixSearch *search;
    GHashTable *of_kind;    /* the last Cure found for a finding of the kind */
    GPtrArray *all;         /* Cure: owns them */
    AlikeLinks *links;      /* NULL: there is one finding to cure at most */
    GHashTable *precedents; /* what alike_links_describe() says, to Precedent */
    GPtrArray *derived;     /* Finding: what its precedent has is offered for it */
} Suggestions;

static void offer(Suggestions *suggestions, Finding *finding, Cure *cure)
{
    if (cure == NULL)
        return;
    if (!g_ptr_array_find(suggestions->all, cure, NULL))
        g_ptr_array_add(suggestions->all, cure);
    finding->fix = fix_of_cure(cure, finding, suggestions->search->declared);
}

static Cure *search_for(const Suggestions *suggestions, const Finding *finding)
{
    return find_cure(suggestions->search, finding, suggestions->of_kind, suggestions->all);
}

/* Offers for FINDING what is offered for one that is alike, or what a search finds. */
static void suggest(Suggestions *suggestions, Finding *finding)
{
    g_autofree char *kind =
        suggestions->links != NULL ? alike_links_describe(suggestions->links, finding) : NULL;
    const Precedent *precedent =
        kind != NULL ? g_hash_table_lookup(suggestions->precedents, kind) : NULL;
    if (precedent == NULL) {
        Cure *cure = search_for(suggestions, finding);
        offer(suggestions, finding, cure);
        const Precedent first = {finding, cure};
        if (kind != NULL)
            g_hash_table_insert(suggestions->precedents, g_steal_pointer(&kind),
                                g_memdup2(&first, sizeof first));
    } else if (precedent->cure != NULL) {
        const Renaming renaming = {precedent->finding->interface, finding->interface};
        g_autoptr(Cure) cure =
            cure_for_alike(precedent->cure, suggestions->search->snapshot, &renaming, 1);
        finding->fix = fix_of_cure(cure, finding, suggestions->search->declared);
        g_ptr_array_add(suggestions->derived, finding);
    }
}

/* What was derived is predicted all at once: a finding that is left is searched for by itself. */
static void verify_derived(Suggestions *suggestions)
{
    if (suggestions->derived->len == 0)
        return;
    const FixSearch *search = suggestions->search;
    g_autoptr(Snapshot) predicted = snapshot_copy(search->snapshot);
    predicted->firewalld_predicted = true;
    PTR_ARRAY_FOREACH (const Finding, finding, suggestions->derived) {
        PTR_ARRAY_FOREACH (const Action, action, finding->fix->actions)
            action_predict(action, predicted);
    }
    g_autoptr(Diagnosis) after = diagnose(predicted, search->declared);
    PTR_ARRAY_FOREACH (Finding, finding, suggestions->derived) {
        const Finding *left = diagnosis_find(after, finding);
        if (left == NULL || left->severity < finding->severity)
            continue;
        g_clear_pointer(&finding->fix, fix_free);
        offer(suggestions, finding, search_for(suggestions, finding));
    }
}

static guint count_curable(const Diagnosis *diagnosis)
{
    guint curable = 0;
    PTR_ARRAY_FOREACH (const Finding, finding, diagnosis->findings)
        curable += finding_is_curable(finding);
    return curable;
}

/* To tell what is exposed, and what is alike, among thousands of links takes as long as a diagnosis: neither is
 * done for nothing. */
void fixes_suggest(G_GNUC_UNUSED const Snapshot *snapshot, Diagnosis *diagnosis,
                   const Declared *declared)
{
    guint curable = count_curable(diagnosis);
    if (curable == 0)
        return;
    /* As the findings are, the cures are about the time after panic mode. */
    const Snapshot *calm = diagnosis->calm;
    g_autoptr(ExposureBase) base = exposure_base_new(calm, diagnosis->topology);
    g_autoptr(GArray) needed = plan_needed_flows(calm, diagnosis);
    const FixSearch search = {calm, diagnosis, declared, base, needed};
    g_autoptr(GHashTable) of_kind = g_hash_table_new(g_direct_hash, g_direct_equal);
    g_autoptr(GPtrArray) all = g_ptr_array_new_with_free_func((GDestroyNotify)cure_free);
    g_autoptr(AlikeLinks) links = curable > 1 ? alike_links_new(calm, diagnosis, base) : NULL;
    g_autoptr(GHashTable) precedents =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    g_autoptr(GPtrArray) derived = g_ptr_array_new();
    Suggestions suggestions = {&search, of_kind, all, links, precedents, derived};
    enum { MAX_EXPECTATIONS = 8 }; /* each fix is a search of its own */
    guint expectations = 0;
    PTR_ARRAY_FOREACH (Finding, finding, diagnosis->findings) {
        if (finding_is_curable(finding) &&
            (finding->expectation == NULL || expectations++ < MAX_EXPECTATIONS))
            suggest(&suggestions, finding);
    }
    verify_derived(&suggestions);
}

/* ---- other fixes ---- */

/* COMMAND with what REQUEST says of when it is to take effect (transfer full). */
static char **as_asked(char *const *command, const PlanRequest *request)
{
    g_autoptr(GStrvBuilder) words = g_strv_builder_new();
    strv_builder_add_strv(words, (const char *const *)command);
    if (request->runtime_only)
        g_strv_builder_add(words, "--runtime-only");
    if (request->permanent_only)
        g_strv_builder_add(words, "--permanent-only");
    return g_strv_builder_end(words);
}

static bool is_asked_about(const PlanRequest *request, const Finding *finding)
{
    const char *const names[] = {finding->interface, finding->peer};
    for (guint i = 0; i < G_N_ELEMENTS(names) && request->interfaces != NULL; i++) {
        if (names[i] != NULL && g_strv_contains(request->interfaces, names[i]))
            return true;
    }
    return request->interfaces == NULL || *request->interfaces == NULL;
}

char **fixes_find_better(const Snapshot *snapshot, const PlanRequest *request)
{
    g_autoptr(Diagnosis) diagnosis = diagnose(snapshot, request->declared);
    fixes_suggest(snapshot, diagnosis, request->declared);
    PTR_ARRAY_FOREACH (const Finding, finding, diagnosis->findings) {
        if (finding->fix != NULL && is_asked_about(request, finding))
            return as_asked(finding->fix->command, request);
    }
    return NULL;
}
