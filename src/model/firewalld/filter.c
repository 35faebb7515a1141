/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The phases of a zone's or a policy's chains. Within a phase rules of one priority have an order
 * that D-Bus does not reveal: where they disagree, each may win. */
#include "model/firewalld/filter.h"

#include "model/foreach.h"
#include "model/host/tracking.h"

typedef enum {
    PHASE_PRE,   /* rich rules with a negative priority */
    PHASE_DENY,  /* those without a priority that refuse */
    PHASE_ALLOW, /* those without a priority that accept */
    PHASE_POST,  /* rich rules with a positive priority */
    PHASE_NONE,  /* logs, marks and rewrites: they decide nothing */
} Phase;

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

static Phase phase_of(const RichRule *rule)
{
    if (!rule->understood)
        return PHASE_PRE;
    Outcome outcome = outcome_of(rule);
    if (outcome == 0)
        return PHASE_NONE;
    if (rule->priority != 0)
        return rule->priority < 0 ? PHASE_PRE : PHASE_POST;
    return outcome == OUTCOME_ACCEPT ? PHASE_ALLOW : PHASE_DENY;
}

/* All rich rules of PHASE that have PRIORITY. */
static void consult_rich_rules(Trace *trace, Owner owner, const Filter *filter, FilterScope scope,
                               Phase phase, int priority, Match *best)
{
    PTR_ARRAY_FOREACH (const RichRule, rule, filter->rich_rules) {
        bool in_scope = scope == FILTER_WHOLE || !rule->understood ||
                        rule->element == RICH_ELEMENT_ICMP_BLOCK ||
                        rule->element == RICH_ELEMENT_ICMP_TYPE;
        if (phase_of(rule) != phase || rule->priority != priority || !in_scope)
            continue;
        Match match = match_rich(trace, rule);
        /* An action with a rate limit lets the rest of the packets go on. */
        if (rule->action_limited)
            match = match_and(match, MATCH_MAYBE);
        Outcome outcome = rule->understood ? outcome_of(rule) : OUTCOME_ANY;
        if (match != MATCH_NO)
            trace_unordered(trace, STAGE_RICH_RULE, owner, match, outcome,
                            (Setting){SETTING_RICH_RULE, .name = rule->text}, best);
    }
}

/* The lowest priority above AFTER that a rule of PHASE has; false where there is none. */
static bool next_priority(const Filter *filter, Phase phase, int after, int *priority)
{
    bool found = false;
    PTR_ARRAY_FOREACH (const RichRule, rule, filter->rich_rules) {
        if (phase_of(rule) != phase || rule->priority <= after ||
            (found && rule->priority >= *priority))
            continue;
        *priority = rule->priority;
        found = true;
    }
    return found;
}

static void consult_in_order_of_priority(Trace *trace, Owner owner, const Filter *filter,
                                         FilterScope scope, Phase phase)
{
    int priority = G_MININT;
    while (!trace->decided && next_priority(filter, phase, priority, &priority)) {
        Match best = MATCH_NO;
        consult_rich_rules(trace, owner, filter, scope, phase, priority, &best);
        trace_unordered_end(trace, best);
    }
}

void filter_pre(Trace *trace, Owner owner, const Filter *filter, FilterScope scope)
{
    consult_in_order_of_priority(trace, owner, filter, scope, PHASE_PRE);
}

void filter_post(Trace *trace, Owner owner, const Filter *filter, FilterScope scope)
{
    consult_in_order_of_priority(trace, owner, filter, scope, PHASE_POST);
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
    consult_rich_rules(trace, owner, filter, scope, PHASE_DENY, 0, &best);
    trace_unordered_end(trace, best);
}

/* ---- what is accepted ---- */

static void accept_ports(Trace *trace, Owner owner, FlowEnd end, const GPtrArray *ranges)
{
    SettingKind kind = end == FLOW_SOURCE ? SETTING_SOURCE_PORT : SETTING_PORT;
    PTR_ARRAY_FOREACH (const PortRange, range, ranges) {
        Match match = match_port(trace->flow, end, range);
        if (match != MATCH_NO)
            trace_rule(trace, STAGE_PORT, owner, match, OUTCOME_ACCEPT,
                       (Setting){kind, .port = range});
    }
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
    accept_ports(trace, owner, FLOW_DESTINATION, filter->ports);
    accept_ports(trace, owner, FLOW_SOURCE, filter->source_ports);
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
    consult_rich_rules(trace, owner, filter, scope, PHASE_ALLOW, 0, &best);
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
    PTR_ARRAY_FOREACH (const RichRule, rule, filter->rich_rules) {
        if (rule->understood && rule->element != RICH_ELEMENT_MASQUERADE)
            continue;
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
