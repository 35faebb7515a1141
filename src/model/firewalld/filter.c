/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The phases of a zone's or a policy's chains. Within a phase rules of one priority have an order
 * that D-Bus does not reveal: where they disagree, each may win. */
#include "model/firewalld/filter.h"

#include "model/foreach.h"
#include "model/host/filter-index.h"
#include "model/host/tracking.h"

/* In 0.9 rules with a port, a protocol or a service, and those of masquerade, are about the states new and
 * untracked only (read in nftables.py, seen in the rules of 0.9.3). Later releases test no state, or have
 * dropped and accepted the others before. */
static bool is_of_another_state(const Trace *trace)
{
    FlowState state = trace->flow->state;
    return trace->generation == GENERATION_0_9 &&
           (state == FLOW_ESTABLISHED || state == FLOW_REPLY || flow_is_invalid(trace->flow));
}

static Match match_rich(const Trace *trace, const RichRule *rule)
{
    bool tests_state =
        rule->element == RICH_ELEMENT_PORT || rule->element == RICH_ELEMENT_SOURCE_PORT ||
        rule->element == RICH_ELEMENT_PROTOCOL || rule->element == RICH_ELEMENT_SERVICE;
    Match match = match_rich_rule(trace->snapshot->firewalld, trace->flow, rule);
    return rule->understood && tests_state && is_of_another_state(trace) ? MATCH_NO : match;
}

static Outcome outcome_of(const RichRule *rule)
{
    switch (rule->action) {
    case RICH_ACTION_ACCEPT:
        return OUTCOME_ACCEPT;
    case RICH_ACTION_REJECT:
        return OUTCOME_REJECT;
    case RICH_ACTION_DROP:
        return OUTCOME_DROP;
    case RICH_ACTION_NONE:
        return rule->element == RICH_ELEMENT_ICMP_BLOCK ? OUTCOME_REJECT : (Outcome)0;
    case RICH_ACTION_MARK:
        break;
    }
    return (Outcome)0;
}

/* A rich rule of FILTER; *BEST is of those of its priority. */
static void consult_rich_rule(Trace *trace, Owner owner, const RichRule *rule, FilterScope scope,
                              Match *best)
{
    if (scope != FILTER_WHOLE && rule->understood && rule->element != RICH_ELEMENT_ICMP_BLOCK &&
        rule->element != RICH_ELEMENT_ICMP_TYPE)
        return;
    Match match = match_rich(trace, rule);
    /* An action with a rate limit lets the rest of the packets go on. */
    if (rule->action_limited)
        match = match_and(match, MATCH_MAYBE);
    Outcome outcome = rule->understood ? outcome_of(rule) : OUTCOME_ANY;
    if (match != MATCH_NO)
        trace_unordered(trace, STAGE_RICH_RULE, owner, match, outcome,
                        (Setting){SETTING_RICH_RULE, .name = rule->text}, best);
}

/* All rich rules of PHASE, group by group of one priority; *BEST is of the last group, and what has no priority
 * is one. */
static void consult_rich_rules(Trace *trace, Owner owner, const Filter *filter, FilterScope scope,
                               RichPhase phase, Match *best)
{
    int priority = G_MININT;
    PortWalk walk = filter_rich_rules(filter, phase, trace->flow->port);
    for (const RichRule *rule = port_walk_next(&walk); rule != NULL && !trace->decided;
         rule = port_walk_next(&walk)) {
        if (rule->priority != priority && priority != G_MININT) {
            trace_unordered_end(trace, *best);
            *best = MATCH_NO;
        }
        priority = rule->priority;
        consult_rich_rule(trace, owner, rule, scope, best);
    }
}

static void consult_phase(Trace *trace, Owner owner, const Filter *filter, FilterScope scope,
                          RichPhase phase)
{
    Match best = MATCH_NO;
    consult_rich_rules(trace, owner, filter, scope, phase, &best);
    trace_unordered_end(trace, best);
}

void filter_pre(Trace *trace, Owner owner, const Filter *filter, FilterScope scope)
{
    consult_phase(trace, owner, filter, scope, RICH_PHASE_PRE);
}

void filter_post(Trace *trace, Owner owner, const Filter *filter, FilterScope scope)
{
    consult_phase(trace, owner, filter, scope, RICH_PHASE_POST);
}

/* ICMP blocks are in the deny phase as they stand, and in the allow phase when inverted. */
static void consult_icmp_blocks(Trace *trace, Owner owner, const Filter *filter, Outcome outcome,
                                Match *best)
{
    SettingKind kind = outcome == OUTCOME_ACCEPT ? SETTING_ICMP_ALLOW : SETTING_ICMP_BLOCK;
    STRV_FOREACH (type, filter->icmp_blocks) {
        Match match = match_icmp_type(trace->snapshot->firewalld, trace->flow, *type);
        if (match != MATCH_NO)
            trace_unordered(trace, STAGE_ICMP_BLOCK, owner, match, outcome,
                            (Setting){kind, .name = *type}, best);
    }
}

void filter_deny(Trace *trace, Owner owner, const Filter *filter, FilterScope scope)
{
    Match best = MATCH_NO;
    if (!filter->icmp_block_inversion)
        consult_icmp_blocks(trace, owner, filter, OUTCOME_REJECT, &best);
    consult_rich_rules(trace, owner, filter, scope, RICH_PHASE_DENY, &best);
    trace_unordered_end(trace, best);
}

/* ---- what is accepted ---- */

static void accept_port(Trace *trace, Owner owner, FlowEnd end, const PortRange *range)
{
    SettingKind kind = end == FLOW_SOURCE ? SETTING_SOURCE_PORT : SETTING_PORT;
    Match match = match_port(trace->flow, end, range);
    if (match != MATCH_NO)
        trace_rule(trace, STAGE_PORT, owner, match, OUTCOME_ACCEPT, (Setting){kind, .port = range});
}

static void accept_lists(Trace *trace, Owner owner, const Filter *filter)
{
    STRV_FOREACH (service, filter->services) {
        Match match =
            match_service(trace->snapshot->firewalld, trace->flow, *service, SERVICE_WITH_INCLUDES);
        if (match != MATCH_NO)
            trace_rule(trace, STAGE_SERVICE, owner, match, OUTCOME_ACCEPT,
                       (Setting){SETTING_SERVICE, .name = *service});
    }
    PortWalk walk = filter_ports(filter, trace->flow->port);
    for (const PortRange *range = port_walk_next(&walk); range != NULL;
         range = port_walk_next(&walk))
        accept_port(trace, owner, FLOW_DESTINATION, range);
    PTR_ARRAY_FOREACH (const PortRange, range, filter->source_ports)
        accept_port(trace, owner, FLOW_SOURCE, range);
    STRV_FOREACH (protocol, filter->protocols) {
        Match match = match_protocol(trace->flow, *protocol);
        if (match != MATCH_NO)
            trace_rule(trace, STAGE_PROTOCOL, owner, match, OUTCOME_ACCEPT,
                       (Setting){SETTING_PROTOCOL, .name = *protocol});
    }
}

void filter_allow(Trace *trace, Owner owner, const Filter *filter, FilterScope scope)
{
    if (scope == FILTER_WHOLE && !is_of_another_state(trace))
        accept_lists(trace, owner, filter);
    Match best = MATCH_NO;
    if (filter->icmp_block_inversion)
        consult_icmp_blocks(trace, owner, filter, OUTCOME_ACCEPT, &best);
    consult_rich_rules(trace, owner, filter, scope, RICH_PHASE_ALLOW, &best);
    trace_unordered_end(trace, best);
}

void filter_run(Trace *trace, Owner owner, const Filter *filter, FilterScope scope)
{
    filter_pre(trace, owner, filter, scope);
    filter_deny(trace, owner, filter, scope);
    filter_allow(trace, owner, filter, scope);
    filter_post(trace, owner, filter, scope);
}

/* Measured with 1.3.3: a zone of target default accepts every ICMP type that is not blocked, and
 * with the inversion refuses all that are not listed; of target ACCEPT only the inverted form
 * exists, of DROP and REJECT neither. */
void filter_icmp_tail(Trace *trace, Owner owner, const Filter *filter, Target target)
{
    const Flow *flow = trace->flow;
    Match icmp = flow->protocol == PROTOCOL_ANY ? MATCH_MAYBE : MATCH_NO;
    if (flow->protocol == PROTOCOL_ICMP || flow->protocol == PROTOCOL_ICMPV6)
        icmp = MATCH_YES;
    if (icmp == MATCH_NO || target == TARGET_DROP || target == TARGET_REJECT)
        return;
    if (filter->icmp_block_inversion)
        trace_rule(trace, STAGE_ICMP, owner, icmp, OUTCOME_REJECT,
                   (Setting){SETTING_ICMP_INVERSION});
    else if (target != TARGET_ACCEPT)
        trace_rule(trace, STAGE_ICMP, owner, icmp, OUTCOME_ACCEPT, (Setting){SETTING_ICMP_DEFAULT});
}

void filter_masquerade(Trace *trace, Owner owner, const Filter *filter)
{
    if (is_of_another_state(trace))
        return;
    if (filter->masquerade == TRISTATE_YES)
        trace_rule(trace, STAGE_MASQUERADE, owner, MATCH_YES, OUTCOME_ACCEPT,
                   (Setting){SETTING_MASQUERADE});
    PortWalk walk = filter_rich_masquerades(filter);
    for (const RichRule *rule = port_walk_next(&walk); rule != NULL; rule = port_walk_next(&walk)) {
        RichRule any_family = *rule;
        any_family.has_family = false;
        Match match = rule->understood ? match_rich_rule_ends(trace->snapshot->firewalld,
                                                              trace->flow, &any_family)
                                       : MATCH_MAYBE;
        if (match != MATCH_NO)
            trace_rule(trace, STAGE_MASQUERADE, owner, match, OUTCOME_ACCEPT,
                       (Setting){SETTING_RICH_RULE, .name = rule->text});
    }
}
