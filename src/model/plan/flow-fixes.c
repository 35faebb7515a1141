/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What check offers for a flow's way comes first, then what cures the flow alone: see flow-fixes.h. */
#include "model/plan/flow-fixes.h"

#include "model/foreach.h"
#include "model/kernel/judgement.h"
#include "model/needs/flow-classes.h"
#include "model/plan/alike.h"
#include "model/plan/fix-search.h"

/* What strangers try on this host is not to be let in. */
static bool is_from_outside(const Snapshot *snapshot, const Diagnosis *diagnosis, const Flow *flow)
{
    const Link *link = flow->in != NULL ? snapshot_link_by_name(snapshot, flow->in) : NULL;
    const UplinkReason *reason =
        link != NULL ? topology_uplink_reason(diagnosis->topology, link) : NULL;
    return reason != NULL && (reason->kind != UPLINK_IS_HARDWARE ||
                              link_leads_outside(snapshot, diagnosis->topology, link));
}

static bool is_known(const Snapshot *snapshot, const char *name)
{
    return name == NULL || snapshot_link_by_name(snapshot, name) != NULL;
}

struct FlowFixes {
    FixSearch search;     /* its diagnosis is NULL until a flow is refused */
    FlowClasses *classes; /* these three likewise */
    AlikeLinks *links;
    GHashTable *findings; /* the way of a flow that a finding rests on, as text, to Finding */
    GHashTable *known;    /* the ends of a flow, as text, to Solution */
    GHashTable *hopeless; /* flows, as text, that nothing lets through */
    guint searches;
    Fix *derived; /* what was found for another flow, said of the last one */
};

/* What cures flows between two ends. */
typedef struct {
    Cure *cure;
    Fix *fix;
    Snapshot *predicted;
    Flow flow;      /* the one it was sought for */
    char *names[3]; /* of FLOW: its links and its MAC address */
} Solution;

static void solution_free(gpointer data)
{
    Solution *solution = data;
    cure_free(solution->cure);
    fix_free(solution->fix);
    snapshot_free(solution->predicted);
    for (guint i = 0; i < G_N_ELEMENTS(solution->names); i++)
        g_free(solution->names[i]);
    g_free(solution);
}

FlowFixes *flow_fixes_new(const Snapshot *snapshot, const Declared *declared)
{
    FlowFixes *fixes = g_new0(FlowFixes, 1);
    fixes->search = (FixSearch){.snapshot = snapshot, .declared = declared};
    fixes->findings = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    fixes->known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, solution_free);
    fixes->hopeless = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    return fixes;
}

void flow_fixes_free(FlowFixes *fixes)
{
    if (fixes == NULL)
        return;
    g_clear_pointer(&fixes->search.needed, g_array_unref);
    flow_classes_free(fixes->classes);
    alike_links_free(fixes->links);
    exposure_base_free(fixes->search.base);
    diagnosis_free(fixes->search.diagnosis);
    g_hash_table_unref(fixes->findings);
    g_hash_table_unref(fixes->known);
    g_hash_table_unref(fixes->hopeless);
    fix_free(fixes->derived);
    g_free(fixes);
}

/* ---- the findings that rest on flows ---- */

static char *way_of(const Flow *flow)
{
    return g_strdup_printf("%d>%s>%s", (int)flow->direction, flow->in != NULL ? flow->in : "",
                           flow->out != NULL ? flow->out : "");
}

/* The first finding on a way is the one that counts. */
static void add_ways(FlowFixes *fixes, Finding *finding)
{
    if (!finding_is_curable(finding))
        return;
    g_autoptr(GArray) flows = finding_flows(fixes->search.diagnosis->calm, finding);
    ARRAY_FOREACH (const Flow, flow, flows) {
        g_autofree char *way = way_of(flow);
        if (!g_hash_table_contains(fixes->findings, way))
            g_hash_table_insert(fixes->findings, g_steal_pointer(&way), finding);
    }
}

static const Finding *finding_about(const FlowFixes *fixes, const Flow *flow)
{
    g_autofree char *way = way_of(flow);
    return g_hash_table_lookup(fixes->findings, way);
}

static void prepare(FlowFixes *fixes)
{
    FixSearch *search = &fixes->search;
    if (search->diagnosis != NULL)
        return;
    search->diagnosis = diagnose(search->snapshot, search->declared);
    search->base = exposure_base_new(search->snapshot, search->diagnosis->topology);
    search->needed = plan_needed_flows(search->snapshot, search->diagnosis);
    fixes->classes = flow_classes_new(search->snapshot);
    fixes->links = alike_links_new(search->snapshot, search->diagnosis, search->base);
    PTR_ARRAY_FOREACH (Finding, finding, search->diagnosis->findings)
        add_ways(fixes, finding);
}

/* ---- searching ---- */

/* What check offers on FLOW's way, if that lets FLOW through, too. */
static Cure *cure_of_finding(const FixSearch *search, const Finding *finding, const Flow *flow)
{
    g_autoptr(GArray) flows = finding_flows(search->snapshot, finding);
    g_array_append_val(flows, *flow);
    const CureGoal goal = fix_search_goal(search, finding, flows);
    return cure_find(&goal, search->base, search->needed);
}

/* A cure of FLOW alone. It is needed, as long as it is sought for. */
static Cure *cure_of_flow(const FixSearch *search, const Flow *flow)
{
    g_autoptr(GArray) flows = g_array_new(FALSE, FALSE, sizeof(Flow));
    g_array_append_val(flows, *flow);
    g_array_append_val(search->needed, *flow);
    const CureGoal goal = fix_search_goal(search, NULL, flows);
    Cure *cure = cure_find(&goal, search->base, search->needed);
    g_array_set_size(search->needed, search->needed->len - 1);
    return cure;
}

/* FINDING: the one about FLOW; set to NULL where it does not lead to the solution. */
static Solution *search_for(const FixSearch *search, const Flow *flow, const Finding *finding)
{
    Cure *cure = finding != NULL ? cure_of_finding(search, finding, flow) : NULL;
    if (cure == NULL) {
        finding = NULL;
        cure = cure_of_flow(search, flow);
    }
    if (cure == NULL)
        return NULL;
    Solution *solution = g_new0(Solution, 1);
    solution->cure = cure;
    solution->fix = fix_of_cure(cure, finding, search->declared);
    solution->predicted = snapshot_after_actions(search->snapshot, cure->actions);
    solution->flow = *flow;
    solution->flow.in = solution->names[0] = g_strdup(flow->in);
    solution->flow.out = solution->names[1] = g_strdup(flow->out);
    solution->flow.from_mac = solution->names[2] = g_strdup(flow->from_mac);
    return solution;
}

/* ---- flows that are alike ---- */

/* What is looked up. */
typedef struct {
    char *whole; /* all that may tell FLOW from others */
    char *ends;  /* without its protocol and ports where the ends decide */
    char *alone; /* the same, with the names of its links */
} FlowKey;

static void flow_key_clear(FlowKey *key)
{
    g_free(key->whole);
    g_free(key->ends);
    g_free(key->alone);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(FlowKey, flow_key_clear)

static guint class_of(const FlowFixes *fixes, const char *name)
{
    const Link *link = name != NULL ? snapshot_link_by_name(fixes->search.snapshot, name) : NULL;
    return link != NULL ? alike_links_class(fixes->links, link) : 0;
}

/* What is forwarded between two ends has one fix; of what is for this host each port may have its own. Rules of
 * other programs may look at anything: then each end is of a class of its own. A finding is about
 * particular links. */
static FlowKey key_of(FlowFixes *fixes, const Flow *flow, const Finding *finding)
{
    Flow ends = *flow;
    ends.protocol = PROTOCOL_ANY;
    ends.port = ends.source_port = 0;
    g_autofree char *what =
        g_strdup_printf("%d,%u,%u,%d,%d,%d", (int)flow->protocol, flow->port, flow->source_port,
                        flow->icmp_type, flow->icmp_code, (int)flow->state);
    FlowKey key;
    key.ends = g_strdup_printf("%p|%u>%u,%d|%s|%d,%d|%p|%s",
                               (gconstpointer)flow_classes_find(fixes->classes, &ends),
                               class_of(fixes, flow->in), class_of(fixes, flow->out),
                               flow->in != NULL && g_strcmp0(flow->in, flow->out) == 0,
                               flow->from_mac != NULL ? flow->from_mac : "",
                               (int)flow->reverse_path, (int)flow->route_refusal,
                               (gconstpointer)finding, flow->direction == FLOW_FORWARD ? "" : what);
    g_autofree char *way = way_of(flow);
    key.alone = g_strdup_printf("%s|%s", key.ends, way);
    key.whole = g_strdup_printf("%s|%s", finding != NULL ? key.alone : key.ends, what);
    return key;
}

/* FLOW as it is where SOLUTION was found: what tells both apart there, nothing looks at. */
static Flow as_solved(const Solution *solution, const Flow *flow)
{
    const Flow *first = &solution->flow;
    bool is_same_way = g_strcmp0(first->in, flow->in) == 0 && g_strcmp0(first->out, flow->out) == 0;
    Flow other = *flow;
    if (!is_same_way) {
        other.in = first->in;
        other.out = first->out;
        other.from = first->from;
        other.to = first->to;
    }
    return other;
}

/* Whether CURE is the same for links that are alike: it names no link but FLOW's, and no address. */
static bool is_of_class(const Cure *cure, const Flow *flow)
{
    PTR_ARRAY_FOREACH (const Action, action, cure->actions) {
        bool is_of_flow = g_strcmp0(action->interface, flow->in) == 0 ||
                          g_strcmp0(action->interface, flow->out) == 0;
        if (action->op == ACTION_ADD_SOURCE || action->op == ACTION_REMOVE_SOURCE ||
            (action->interface != NULL && !is_of_flow))
            return false;
    }
    return true;
}

/* The fix of SOLUTION for the links of FLOW. */
static const Fix *fix_for(FlowFixes *fixes, const Solution *solution, const Flow *flow)
{
    const Renaming renamings[] = {{solution->flow.in, flow->in}, {solution->flow.out, flow->out}};
    g_clear_pointer(&fixes->derived, fix_free);
    if (g_strcmp0(renamings[0].from, renamings[0].to) == 0 &&
        g_strcmp0(renamings[1].from, renamings[1].to) == 0)
        return solution->fix;
    g_autoptr(Cure) cure =
        cure_for_alike(solution->cure, fixes->search.snapshot, renamings, G_N_ELEMENTS(renamings));
    fixes->derived = fix_of_cure(cure, NULL, fixes->search.declared);
    return fixes->derived;
}

/* The solution that is known and lets FLOW through, or NULL. */
static const Solution *known_solution(const FlowFixes *fixes, const FlowKey *key, const Flow *flow)
{
    const Solution *solution = g_hash_table_lookup(fixes->known, key->alone);
    if (solution == NULL)
        solution = g_hash_table_lookup(fixes->known, key->ends);
    if (solution == NULL)
        return NULL;
    const Flow other = as_solved(solution, flow);
    g_autoptr(Judgement) then = judgement_of(solution->predicted, &other, JUDGE_PACKET);
    return judgement_accepts(then) ? solution : NULL;
}

/* ---- the whole ---- */

static const Fix *find(FlowFixes *fixes, const Flow *flow)
{
    enum { MAX_HOPELESS = 1 << 16 };
    const Finding *finding = finding_about(fixes, flow);
    g_auto(FlowKey) key = key_of(fixes, flow, finding);
    const Solution *known = known_solution(fixes, &key, flow);
    if (known != NULL)
        return fix_for(fixes, known, flow);
    if (g_hash_table_contains(fixes->hopeless, key.whole))
        return NULL;
    fixes->searches++;
    Solution *solution = search_for(&fixes->search, flow, finding);
    if (solution == NULL && g_hash_table_size(fixes->hopeless) < MAX_HOPELESS)
        g_hash_table_add(fixes->hopeless, g_steal_pointer(&key.whole));
    if (solution == NULL)
        return NULL;
    bool is_shared = finding == NULL && is_of_class(solution->cure, flow);
    g_hash_table_replace(fixes->known, g_strdup(is_shared ? key.ends : key.alone), solution);
    return solution->fix;
}

const Fix *flow_fixes_find(FlowFixes *fixes, const Flow *flow, const Judgement *judgement)
{
    const FixSearch *search = &fixes->search;
    if (flow->direction == FLOW_OUTPUT || judgement_accepts(judgement) ||
        judgement->firewalld->ingress.zone == NULL || !is_known(search->snapshot, flow->in) ||
        !is_known(search->snapshot, flow->out))
        return NULL;
    prepare(fixes);
    if (flow->direction == FLOW_INPUT && is_from_outside(search->snapshot, search->diagnosis, flow))
        return NULL;
    return find(fixes, flow);
}

guint flow_fixes_searches(const FlowFixes *fixes)
{
    return fixes->searches;
}
