/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which policies a packet meets. Up to 1.3 a policy applies where the packet's interface or address
 * is listed in one of its zones, whatever zone the packet was sent to; the default zone's catch-all
 * lists nothing. From 2.0 it follows the zones the packet was sent to, catch-all included. */
#include "model/firewalld/policies.h"

#include "model/firewalld/filter.h"
#include "model/foreach.h"

#include <string.h>

static bool zone_list_contains(char *const *zones, const char *name)
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
        text = ipset != NULL && ipset->entries[0] != NULL ? ipset->entries[0] : "";
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
    for (char **interface = zone->interfaces; name != NULL && *interface != NULL; interface++)
        ways[WAY_INTERFACE] = match_or(ways[WAY_INTERFACE], match_interface(*interface, name));
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

static Match match_membership(const Trace *trace, char *const *ingress_zones,
                              char *const *egress_zones)
{
    Match in[N_WAYS] = {MATCH_NO}, out[N_WAYS] = {MATCH_NO};
    match_side(trace, ingress_zones, DISPATCH_INGRESS, in);
    match_side(trace, egress_zones, DISPATCH_EGRESS, out);
    /* Rules for two sources of different kinds are left out since 1.2.6 and 1.3.3. */
    const Firewalld *firewalld = trace->snapshot->firewalld;
    bool mixes =
        !firewalld_is_at_least(firewalld, 1, 3, 3) &&
        (!firewalld_is_at_least(firewalld, 1, 2, 6) || firewalld_is_at_least(firewalld, 1, 3, 0));
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

static Match match_zone(char *const *zones, const ZoneMatch *match)
{
    if (match == NULL)
        return zone_list_contains(zones, "HOST") ? MATCH_YES : MATCH_NO;
    bool named = zone_list_contains(zones, "ANY") ||
                 (match->zone != NULL && zone_list_contains(zones, match->zone->name));
    return named ? MATCH_YES : MATCH_NO;
}

static bool catches_all(const ZoneMatch *match)
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
        catches_all(ingress) && catches_all(egress))
        return MATCH_NO;
    return match_and(match_zone(policy->ingress_zones, ingress),
                     match_zone(policy->egress_zones, egress));
}

static Match match_policy(const Trace *trace, const Policy *policy, const ZoneMatch *ingress,
                          const ZoneMatch *egress)
{
    if (policy->disabled)
        return MATCH_NO;
    if (!policy->settings_read)
        return MATCH_MAYBE;
    FlowDirection hook = zone_list_contains(policy->egress_zones, "HOST")    ? FLOW_INPUT
                         : zone_list_contains(policy->ingress_zones, "HOST") ? FLOW_OUTPUT
                                                                             : FLOW_FORWARD;
    if (hook != trace->flow->direction)
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
    /* Before 1.0 masquerading also meant to accept. */
    if (trace->generation == GENERATION_0_9 && policy->filter.masquerade == TRISTATE_YES)
        trace_rule(trace, STAGE_MASQUERADE, owner, MATCH_YES, OUTCOME_ACCEPT,
                   (Setting){SETTING_MASQUERADE});
    filter_post(trace, owner, &policy->filter, FILTER_WHOLE);
    Outcome outcome = target_outcome(policy->target, (Outcome)0);
    Match match = outcome != 0 ? MATCH_YES : MATCH_NO;
    trace_rule(trace, STAGE_POLICY, owner, match, outcome,
               (Setting){SETTING_TARGET, .target = policy->target});
}

static void run_policy(Trace *trace, const Policy *policy, Match match)
{
    if (!policy->settings_read) {
        trace_unknown(trace, STAGE_POLICY, (Owner){.policy = policy->name},
                      (Setting){SETTING_ALL, .unread = true});
        return;
    }
    run_surely(trace, policy);
    /* Whether it applies is open: what it decided may not be decided. */
    if (match == MATCH_MAYBE)
        trace->decided = false;
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

static bool is_in_phase(const Policy *policy, PolicyPhase phase)
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
        if (is_in_phase(policy, phase))
            match.match = match_policy(trace, policy, ingress, egress);
        if (match.match != MATCH_NO)
            g_array_append_val(matches, match);
    }
    g_array_sort(matches, by_priority_and_name);
    return matches;
}

/* Runs those from FIRST on that share its priority, and returns where the next priority starts.
 * Which of them comes first depends on their history (1.x, 2.5): each may decide. */
static guint run_equal_priorities(Trace *trace, const GArray *matches, guint first)
{
    bool any_decided = false;
    guint i = first;
    int priority = g_array_index(matches, PolicyMatch, first).policy->priority;
    for (; i < matches->len; i++) {
        const PolicyMatch *match = &g_array_index(matches, PolicyMatch, i);
        if (match->policy->priority != priority)
            break;
        trace->decided = false;
        run_policy(trace, match->policy, match->match);
        any_decided = any_decided || trace->decided;
    }
    trace->decided = any_decided;
    /* 2.0 to 2.4: one sort key for several rules makes later insertions land anywhere. */
    if (trace->generation == GENERATION_2 && i - first > 1)
        trace_unknown(trace, STAGE_POLICY, NOBODY,
                      (Setting){SETTING_EQUAL_PRIORITIES, .priority = priority});
    return i;
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

/* ---- forward ports ---- */

static bool zones_have_interfaces(const Trace *trace, char *const *zones)
{
    for (; *zones != NULL; zones++) {
        const Zone *zone = firewalld_zone(trace->snapshot->firewalld, *zones);
        if (zone != NULL && *zone->interfaces != NULL)
            return true;
        if (trace->generation >= GENERATION_2 &&
            g_strcmp0(*zones, trace->snapshot->firewalld->default_zone) == 0)
            return true; /* its catch-all is an interface from 2.0 on */
    }
    return false;
}

/* Before routing the egress side is not known: a policy to zones with interfaces gets no rule there,
 * one to the host only from ANY, and from named zones since 2.4. */
static Match match_before_routing(const Trace *trace, const Policy *policy,
                                  const ZoneMatch *ingress)
{
    static char any[] = "ANY";
    char *const anywhere[] = {any, NULL};
    bool to_host = zone_list_contains(policy->egress_zones, "HOST");
    if (policy->disabled || !policy->settings_read ||
        zone_list_contains(policy->ingress_zones, "HOST"))
        return MATCH_NO;
    if (to_host && !zone_list_contains(policy->ingress_zones, "ANY") &&
        !firewalld_is_at_least(trace->snapshot->firewalld, 2, 4, 0))
        return MATCH_NO;
    bool to_any = to_host || zone_list_contains(policy->egress_zones, "ANY");
    if (!to_any && zones_have_interfaces(trace, policy->egress_zones))
        return MATCH_NO;
    char *const *egress_zones = to_any ? anywhere : policy->egress_zones;
    if (trace->generation < GENERATION_2)
        return match_membership(trace, policy->ingress_zones, egress_zones);
    Match ways[N_WAYS] = {MATCH_NO};
    match_side(trace, egress_zones, DISPATCH_EGRESS, ways);
    Match out = MATCH_NO;
    for (int way = 0; way < N_WAYS; way++)
        out = match_or(out, ways[way]);
    Match in = match_and(match_zone(policy->ingress_zones, ingress), ingress->match);
    return match_and(in, out);
}

static void consult_forward_ports(Trace *trace, const Policy *policy, Match applies,
                                  Outcome outcome)
{
    Setting setting;
    Match match = filter_match_forward_port(trace, &policy->filter, &setting);
    bool accepts = outcome == OUTCOME_ACCEPT;
    if (match != MATCH_NO && applies != MATCH_NO)
        trace_rule(trace, STAGE_FORWARD_PORT, (Owner){.policy = policy->name},
                   match_and(match_and(applies, match), accepts ? MATCH_YES : MATCH_MAYBE), outcome,
                   setting);
}

void policies_forward_ports(Trace *trace, PolicyPhase phase, const ZoneMatch *ingress)
{
    const GPtrArray *policies = trace->snapshot->firewalld->policies;
    for (guint i = 0; i < policies->len && !trace->decided; i++) {
        const Policy *policy = g_ptr_array_index(policies, i);
        Match applies =
            is_in_phase(policy, phase) ? match_before_routing(trace, policy, ingress) : MATCH_NO;
        consult_forward_ports(trace, policy, applies, OUTCOME_ACCEPT);
    }
}

/* Policies from the host translate since 1.1. From 2.3 the filter accepts what they translated;
 * before, its policies see the new destination, and what they say of that is not modelled. */
void policies_forward_ports_from_host(Trace *trace, const ZoneMatch *egress)
{
    const Firewalld *firewalld = trace->snapshot->firewalld;
    if (!firewalld_is_at_least(firewalld, 1, 1, 0))
        return;
    Outcome outcome = firewalld_is_at_least(firewalld, 2, 3, 0) ? OUTCOME_ACCEPT : OUTCOME_ANY;
    for (guint i = 0; i < firewalld->policies->len && !trace->decided; i++) {
        const Policy *policy = g_ptr_array_index(firewalld->policies, i);
        Match applies =
            policy->settings_read ? match_policy(trace, policy, NULL, egress) : MATCH_NO;
        consult_forward_ports(trace, policy, match_and(applies, egress->match), outcome);
    }
}
