/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What check offers for a flow's way comes first, then what cures the flow alone: see flow-fixes.h. */
#include "model/plan/flow-fixes.h"

#include "model/foreach.h"
#include "model/kernel/judgement.h"
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

static bool is_same_way(const Flow *a, const Flow *b)
{
    return a->direction == b->direction && g_strcmp0(a->in, b->in) == 0 &&
           g_strcmp0(a->out, b->out) == 0;
}

/* The finding that rests on a flow which takes the way of FLOW, or NULL. */
static const Finding *finding_about(const Diagnosis *diagnosis, const Flow *flow)
{
    PTR_ARRAY_FOREACH (const Finding, finding, diagnosis->findings) {
        g_autoptr(GArray) flows =
            finding_is_curable(finding) ? finding_flows(diagnosis->calm, finding) : NULL;
        for (guint i = 0; flows != NULL && i < flows->len; i++) {
            if (is_same_way(&g_array_index(flows, Flow, i), flow))
                return finding;
        }
    }
    return NULL;
}

struct FlowFixes {
    FixSearch search;  /* its diagnosis is NULL until a flow is refused */
    GHashTable *known; /* the ends of a forwarded flow, as text, to Solution */
    GPtrArray *fixes;  /* Fix: owns them */
};

/* What cures flows between two ends. */
typedef struct {
    Fix *fix;
    Snapshot *predicted;
} Solution;

static void solution_free(gpointer data)
{
    Solution *solution = data;
    snapshot_free(solution->predicted);
    g_free(solution);
}

FlowFixes *flow_fixes_new(const Snapshot *snapshot, const Declared *declared)
{
    FlowFixes *fixes = g_new0(FlowFixes, 1);
    fixes->search = (FixSearch){.snapshot = snapshot, .declared = declared};
    fixes->known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, solution_free);
    fixes->fixes = g_ptr_array_new_with_free_func((GDestroyNotify)fix_free);
    return fixes;
}

void flow_fixes_free(FlowFixes *fixes)
{
    if (fixes == NULL)
        return;
    g_clear_pointer(&fixes->search.needed, g_array_unref);
    exposure_base_free(fixes->search.base);
    diagnosis_free(fixes->search.diagnosis);
    g_hash_table_unref(fixes->known);
    g_ptr_array_unref(fixes->fixes);
    g_free(fixes);
}

static void prepare(FlowFixes *fixes)
{
    FixSearch *search = &fixes->search;
    if (search->diagnosis != NULL)
        return;
    search->diagnosis = diagnose(search->snapshot, search->declared);
    search->base = exposure_base_new(search->snapshot, search->diagnosis->topology);
    search->needed = plan_needed_flows(search->snapshot, search->diagnosis);
}

/* What check offers on FLOW's way, if that lets FLOW through, too. */
static Fix *fix_of_finding(const FixSearch *search, const Flow *flow)
{
    const Finding *finding = finding_about(search->diagnosis, flow);
    if (finding == NULL)
        return NULL;
    g_autoptr(GArray) flows = finding_flows(search->snapshot, finding);
    g_array_append_val(flows, *flow);
    const CureGoal goal = fix_search_goal(search, finding, flows);
    g_autoptr(Cure) cure = cure_find(&goal, search->base, search->needed);
    return cure != NULL ? fix_of_cure(cure, finding, search->declared) : NULL;
}

/* A fix of FLOW alone. It is needed, as long as it is sought for. */
static Fix *fix_of_flow(const FixSearch *search, const Flow *flow)
{
    g_autoptr(GArray) flows = g_array_new(FALSE, FALSE, sizeof(Flow));
    g_array_append_val(flows, *flow);
    g_array_append_val(search->needed, *flow);
    const CureGoal goal = fix_search_goal(search, NULL, flows);
    g_autoptr(Cure) cure = cure_find(&goal, search->base, search->needed);
    g_array_set_size(search->needed, search->needed->len - 1);
    return cure != NULL ? fix_of_cure(cure, NULL, search->declared) : NULL;
}

static void append_end(GString *text, const char *link, const FlowAddress *address)
{
    g_autofree char *prefix = address->kind == FLOW_ADDRESS_PREFIX
                                  ? ip_prefix_to_string(&address->prefix)
                                  : g_strdup_printf("%d", (int)address->kind);
    g_string_append_printf(text, "%s@%s>", link, prefix);
}

/* The ends of FLOW as text, or NULL: for this host each port may have a fix of its own (transfer full). */
static char *ends_of(const Flow *flow)
{
    if (flow->direction != FLOW_FORWARD || flow->in == NULL || flow->out == NULL)
        return NULL;
    GString *text = g_string_new(flow->from_mac);
    append_end(text, flow->in, &flow->from);
    append_end(text, flow->out, &flow->to);
    return g_string_free(text, FALSE);
}

static const Fix *known_fix(const FlowFixes *fixes, const char *ends, const Flow *flow)
{
    const Solution *solution = ends != NULL ? g_hash_table_lookup(fixes->known, ends) : NULL;
    if (solution == NULL)
        return NULL;
    g_autoptr(Judgement) then = judgement_of(solution->predicted, flow, JUDGE_PACKET);
    return judgement_accepts(then) ? solution->fix : NULL;
}

/* Takes FIX, which cures flows between ENDS. */
static void keep(FlowFixes *fixes, const char *ends, Fix *fix)
{
    g_ptr_array_add(fixes->fixes, fix);
    if (ends == NULL)
        return;
    const Solution solution = {fix, snapshot_after_actions(fixes->search.snapshot, fix->actions)};
    g_hash_table_replace(fixes->known, g_strdup(ends), g_memdup2(&solution, sizeof solution));
}

const Fix *flow_fixes_find(FlowFixes *fixes, const Flow *flow, const Judgement *judgement)
{
    FixSearch *search = &fixes->search;
    if (flow->direction == FLOW_OUTPUT || judgement_accepts(judgement) ||
        judgement->firewalld->ingress.zone == NULL || !is_known(search->snapshot, flow->in) ||
        !is_known(search->snapshot, flow->out))
        return NULL;
    prepare(fixes);
    if (flow->direction == FLOW_INPUT && is_from_outside(search->snapshot, search->diagnosis, flow))
        return NULL;
    g_autofree char *ends = ends_of(flow);
    const Fix *known = known_fix(fixes, ends, flow);
    if (known != NULL)
        return known;
    Fix *fix = fix_of_finding(search, flow);
    if (fix == NULL)
        fix = fix_of_flow(search, flow);
    if (fix != NULL)
        keep(fixes, ends, fix);
    return fix;
}
