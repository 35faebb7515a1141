/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which policies a packet meets. Up to 1.3 a policy applies where the packet's interface or address
 * is listed in one of its zones, whatever zone the packet was sent to; the default zone's catch-all
 * lists nothing. From 2.0 it follows the zones the packet was sent to, catch-all included. */
#include "model/firewalld/policies.h"

#include "model/firewalld/filter.h"
#include "model/foreach.h"

#include <string.h>

bool zone_list_contains(char *const *zones, const char *name)
{
    return g_strv_contains((const char *const *)zones, name);
}

/* ---- up to 1.3: membership ---- */

/* The ways in which one side of a packet can be listed: rules are written for pairs of them. */
typedef enum {
    WAY_INTERFACE, /* by interface, or ANY, or HOST */
    WAY_MAC,
    WAY_IPV4,
    WAY_IPV6,
    N_WAYS,
} Way;

static Way way_of_source(const Firewalld *firewalld, const AddressSpec *source)
{
    const char *text = source->text;
    if (source->kind == ADDRESS_SPEC_IPSET) {
        const Ipset *ipset = firewalld_ipset(firewalld, source->name);
        if (ipset == NULL) /* could not be read: it may be of any kind */
            return WAY_INTERFACE;
        text = ipset->entries[0] != NULL ? ipset->entries[0] : "";
    }
    if (mac_address_is_valid(text))
        return WAY_MAC;
    return strchr(text, ':') != NULL ? WAY_IPV6 : WAY_IPV4;
}

static void match_members(const Trace *trace, const Zone *zone, DispatchSide side,
                          Match ways[N_WAYS])
{
    const Flow *flow = trace->flow;
    bool ingress = side == DISPATCH_INGRESS;
    const char *name = ingress ? flow->in : flow->out;
    /* Some releases write the wildcard for a name, which no interface has. */
    bool wildcards = release_has(trace->snapshot->firewalld, RELEASE_WILDCARDS_IN_POLICIES);
    NameWalk walk = zone_interfaces_for(zone, name != NULL ? name : "");
    for (const char *interface = name_walk_next(&walk); name != NULL && interface != NULL;
         interface = name_walk_next(&walk)) {
        if (wildcards || !interface_is_wildcard(interface))
            ways[WAY_INTERFACE] = match_or(ways[WAY_INTERFACE], match_interface(interface, name));
    }
    PTR_ARRAY_FOREACH (const AddressSpec, source, zone->sources) {
        Way way = way_of_source(trace->snapshot->firewalld, source);
        ways[way] =
            match_or(ways[way], match_address(trace->snapshot->firewalld, flow,
                                              ingress ? FLOW_SOURCE : FLOW_DESTINATION, source));
    }
}

static void match_side(const Trace *trace, char *const *zones, DispatchSide side,
                       Match ways[N_WAYS])
{
    if (zone_list_contains(zones, "ANY") || zone_list_contains(zones, "HOST"))
        ways[WAY_INTERFACE] = MATCH_YES;
    STRV_FOREACH (name, zones) {
        const Zone *zone = firewalld_zone(trace->snapshot->firewalld, *name);
        if (zone != NULL)
            match_members(trace, zone, side, ways);
    }
}

Match match_membership(const Trace *trace, char *const *ingress_zones, char *const *egress_zones)
{
    Match in[N_WAYS] = {MATCH_NO}, out[N_WAYS] = {MATCH_NO};
    match_side(trace, ingress_zones, DISPATCH_INGRESS, in);
    match_side(trace, egress_zones, DISPATCH_EGRESS, out);
    bool mixes = release_has(trace->snapshot->firewalld, RELEASE_MIXES_KINDS_OF_SOURCES);
    Match best = MATCH_NO;
    for (int a = 0; a < N_WAYS; a++) {
        for (int b = 0; b < N_WAYS; b++) {
            bool written = a == b || a == WAY_INTERFACE || b == WAY_INTERFACE || mixes;
            if (written)
                best = match_or(best, match_and(in[a], out[b]));
        }
    }
    return best;
}

/* ---- from 2.0: the zones the packet was sent to ---- */

Match match_zone(char *const *zones, const ZoneMatch *match)
{
    if (match == NULL)
        return zone_list_contains(zones, "HOST") ? MATCH_YES : MATCH_NO;
    if (zone_list_contains(zones, "ANY"))
        return MATCH_YES;
    if (match->zone == NULL) /* the default zone could not be read: it may be any */
        return MATCH_MAYBE;
    return zone_list_contains(zones, match->zone->name) ? MATCH_YES : MATCH_NO;
}

bool zone_match_catches_all(const ZoneMatch *match)
{
    return match->by == BOUND_BY_CATCH_ALL ||
           (match->by == BOUND_BY_WILDCARD && interface_is_catch_all(match->binding));
}

static Match match_classification(const Trace *trace, const Policy *policy,
                                  const ZoneMatch *ingress, const ZoneMatch *egress)
{
    /* 2.0 to 2.4 send a packet that only catch-alls take to no policy at all, not even from ANY to
     * ANY; repaired in 2.5.0. A binding of "+" is one of them (read in the source). */
    if (trace->generation == GENERATION_2 && ingress != NULL && egress != NULL &&
        zone_match_catches_all(ingress) && zone_match_catches_all(egress))
        return MATCH_NO;
    return match_and(match_zone(policy->ingress_zones, ingress),
                     match_zone(policy->egress_zones, egress));
}

static FlowDirection hook_of(const Policy *policy)
{
    if (zone_list_contains(policy->egress_zones, "HOST"))
        return FLOW_INPUT;
    return zone_list_contains(policy->ingress_zones, "HOST") ? FLOW_OUTPUT : FLOW_FORWARD;
}

Match match_policy(const Trace *trace, const Policy *policy, const ZoneMatch *ingress,
                   const ZoneMatch *egress)
{
    if (policy->disabled)
        return MATCH_NO;
    if (!policy->settings_read)
        return MATCH_MAYBE;
    if (hook_of(policy) != trace->flow->direction)
        return MATCH_NO;
    return trace->generation >= GENERATION_2
               ? match_classification(trace, policy, ingress, egress)
               : match_membership(trace, policy->ingress_zones, policy->egress_zones);
}

/* ---- one policy ---- */

static void run_surely(Trace *trace, const Policy *policy)
{
    Owner owner = {.policy = policy->name};
    filter_pre(trace, owner, &policy->filter, FILTER_WHOLE);
    filter_deny(trace, owner, &policy->filter, FILTER_WHOLE);
    filter_allow(trace, owner, &policy->filter, FILTER_WHOLE);
    if (trace->generation == GENERATION_0_9)
        filter_masquerade(trace, owner, &policy->filter);
    filter_post(trace, owner, &policy->filter, FILTER_WHOLE);
    Outcome outcome = target_outcome(policy->target, (Outcome)0);
    Match match = outcome != 0 ? MATCH_YES : MATCH_NO;
    trace_rule(trace, STAGE_POLICY, owner, match, outcome,
               (Setting){SETTING_TARGET, .target = policy->target});
}

/* Whether the policy of the steps from FIRST on applies is open: what they decided may not be decided. */
static void reopen(Trace *trace, guint first)
{
    for (guint i = first; i < trace->verdict->steps->len; i++) {
        VerdictStep *step = g_ptr_array_index(trace->verdict->steps, i);
        if (step->match == MATCH_YES && step->outcome != 0)
            step->match = MATCH_MAYBE;
    }
    trace->decided = false;
}

static void run_policy(Trace *trace, const Policy *policy, Match match)
{
    if (!policy->settings_read) {
        trace_unknown(trace, STAGE_POLICY, (Owner){.policy = policy->name},
                      (Setting){SETTING_ALL, .unread = true});
        return;
    }
    guint first = trace->verdict->steps->len;
    run_surely(trace, policy);
    if (match == MATCH_MAYBE)
        reopen(trace, first);
}

/* ---- all of a phase ---- */

typedef struct {
    const Policy *policy;
    Match match;
} PolicyMatch;

static gint by_priority_and_name(gconstpointer a, gconstpointer b)
{
    const Policy *x = ((const PolicyMatch *)a)->policy;
    const Policy *y = ((const PolicyMatch *)b)->policy;
    if (x->priority != y->priority)
        return x->priority < y->priority ? -1 : 1;
    return strcmp(x->name, y->name);
}

bool policy_is_in_phase(const Policy *policy, PolicyPhase phase)
{
    bool before = policy->priority < 0 || !policy->settings_read;
    return before == (phase == POLICIES_BEFORE_ZONE);
}

static GArray *policies_of_phase(const Trace *trace, PolicyPhase phase, const ZoneMatch *ingress,
                                 const ZoneMatch *egress)
{
    GArray *matches = g_array_new(FALSE, FALSE, sizeof(PolicyMatch));
    PTR_ARRAY_FOREACH (const Policy, policy, trace->snapshot->firewalld->policies) {
        PolicyMatch match = {policy, MATCH_NO};
        if (policy_is_in_phase(policy, phase))
            match.match = match_policy(trace, policy, ingress, egress);
        if (match.match != MATCH_NO)
            g_array_append_val(matches, match);
    }
    g_array_sort(matches, by_priority_and_name);
    return matches;
}

/* Whether one of MATCHES from FIRST up to END would decide otherwise than OUTCOME. */
static bool would_differ(const Trace *trace, const GArray *matches, guint first, guint end,
                         guint outcome)
{
    g_autoptr(GPtrArray) steps = g_ptr_array_new_with_free_func(g_free);
    Verdict verdict = {.steps = steps};
    Trace aside = *trace;
    aside.verdict = &verdict;
    for (guint i = first; i < end; i++) {
        const PolicyMatch *match = &g_array_index(matches, PolicyMatch, i);
        aside.decided = false;
        run_policy(&aside, match->policy, match->match);
    }
    return (verdict.possible & ~outcome) != 0;
}

/* Runs those from FIRST on that share its priority, and returns where the next priority starts. They
 * are in the order they were put in force in: that of their names after a load, which is taken for
 * granted where it makes a difference. */
static guint run_equal_priorities(Trace *trace, const GArray *matches, guint first)
{
    guint end = first + 1;
    int priority = g_array_index(matches, PolicyMatch, first).policy->priority;
    while (end < matches->len &&
           g_array_index(matches, PolicyMatch, end).policy->priority == priority)
        end++;
    for (guint i = first; i < end && !trace->decided; i++) {
        const PolicyMatch *match = &g_array_index(matches, PolicyMatch, i);
        run_policy(trace, match->policy, match->match);
        if (trace->decided && would_differ(trace, matches, i + 1, end, trace->verdict->possible))
            trace->verdict->assumes[ASSUMPTION_BINDING_ORDER] = true;
    }
    return end;
}

void policies_run(Trace *trace, PolicyPhase phase, const ZoneMatch *ingress,
                  const ZoneMatch *egress)
{
    if (trace->decided)
        return;
    g_autoptr(GArray) matches = policies_of_phase(trace, phase, ingress, egress);
    for (guint i = 0; i < matches->len && !trace->decided;)
        i = run_equal_priorities(trace, matches, i);
}

/* ---- rules in disorder ---- */

/* The pairs of zones, ANY among them, of policies of one priority (transfer none of all names). */
typedef struct {
    GHashTable *pairs; /* char *: "INGRESS/EGRESS" */
    GHashTable *ingress;
    GHashTable *egress;
} TakenPairs;

static TakenPairs *taken_pairs_new(void)
{
    TakenPairs *taken = g_new0(TakenPairs, 1);
    taken->pairs = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    taken->ingress = g_hash_table_new(g_str_hash, g_str_equal);
    taken->egress = g_hash_table_new(g_str_hash, g_str_equal);
    return taken;
}

static void taken_pairs_free(gpointer data)
{
    TakenPairs *taken = data;
    g_hash_table_unref(taken->pairs);
    g_hash_table_unref(taken->ingress);
    g_hash_table_unref(taken->egress);
    g_free(taken);
}

static bool has_pair(const TakenPairs *taken, const char *ingress, const char *egress)
{
    g_autofree char *pair = g_strconcat(ingress, "/", egress, NULL);
    return g_hash_table_contains(taken->pairs, pair);
}

static bool has_either(GHashTable *names, const char *name)
{
    return g_hash_table_contains(names, name) || g_hash_table_contains(names, "ANY");
}

static bool is_taken(const TakenPairs *taken, const char *ingress, const char *egress)
{
    bool from_any = g_str_equal(ingress, "ANY"), to_any = g_str_equal(egress, "ANY");
    if (from_any && to_any)
        return g_hash_table_size(taken->pairs) > 0;
    if (from_any)
        return has_either(taken->egress, egress);
    if (to_any)
        return has_either(taken->ingress, ingress);
    return has_pair(taken, ingress, egress) || has_pair(taken, "ANY", egress) ||
           has_pair(taken, ingress, "ANY") || has_pair(taken, "ANY", "ANY");
}

bool zone_has_rules(const Firewalld *firewalld, const char *name)
{
    const Zone *zone = firewalld_zone(firewalld, name);
    return g_str_equal(name, "ANY") || g_str_equal(name, "HOST") ||
           g_strcmp0(name, firewalld->default_zone) == 0 ||
           (zone != NULL && (zone->interfaces[0] != NULL || zone->sources->len > 0));
}

/* Takes the pairs of POLICY; returns whether one of them was taken. */
static bool take_pairs(const Firewalld *firewalld, const Policy *policy, TakenPairs *taken)
{
    bool any_taken = false;
    STRV_FOREACH (ingress, policy->ingress_zones) {
        STRV_FOREACH (egress, policy->egress_zones) {
            if (!zone_has_rules(firewalld, *ingress) || !zone_has_rules(firewalld, *egress))
                continue;
            any_taken = any_taken || is_taken(taken, *ingress, *egress);
            g_hash_table_add(taken->pairs, g_strconcat(*ingress, "/", *egress, NULL));
            g_hash_table_add(taken->ingress, *ingress);
            g_hash_table_add(taken->egress, *egress);
        }
    }
    return any_taken;
}

static bool lists_anything(const Firewalld *firewalld)
{
    PTR_ARRAY_FOREACH (const Zone, zone, firewalld->zones) {
        if (zone->interfaces[0] != NULL || zone->sources->len > 0)
            return true;
    }
    return false;
}

static bool is_of_hook(const Policy *policy, FlowDirection hook)
{
    return !policy->disabled && policy->settings_read && hook_of(policy) == hook;
}

static guint count_of_hook(const Firewalld *firewalld, FlowDirection hook)
{
    guint count = 0;
    PTR_ARRAY_FOREACH (const Policy, policy, firewalld->policies)
        count += is_of_hook(policy, hook) ? 1 : 0;
    return count;
}

bool policies_disorder(const Trace *trace, FlowDirection hook, int *priority)
{
    const Firewalld *firewalld = trace->snapshot->firewalld;
    bool possible = release_has(firewalld, RELEASE_MISPLACES_EQUAL) &&
                    count_of_hook(firewalld, hook) > 1 &&
                    (hook != FLOW_FORWARD || lists_anything(firewalld));
    g_autoptr(GHashTable) taken_of =
        possible ? g_hash_table_new_full(g_direct_hash, g_direct_equal, NULL, taken_pairs_free)
                 : NULL;
    for (guint i = 0; possible && i < firewalld->policies->len; i++) {
        const Policy *policy = g_ptr_array_index(firewalld->policies, i);
        if (!is_of_hook(policy, hook))
            continue;
        TakenPairs *taken = g_hash_table_lookup(taken_of, GINT_TO_POINTER(policy->priority));
        if (taken == NULL) {
            taken = taken_pairs_new();
            g_hash_table_insert(taken_of, GINT_TO_POINTER(policy->priority), taken);
        }
        if (take_pairs(firewalld, policy, taken)) {
            *priority = policy->priority;
            return true;
        }
    }
    return false;
}
