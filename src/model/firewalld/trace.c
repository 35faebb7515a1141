/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Collecting the steps and the possible outcomes of a verdict. */
#include "model/firewalld/trace.h"

static VerdictStep *add_step(Trace *trace, Stage stage, Owner owner, Match match, Outcome outcome,
                             Setting setting)
{
    VerdictStep *step = g_new0(VerdictStep, 1);
    *step = (VerdictStep){
        .stage = stage,
        .zone = owner.zone,
        .policy = owner.policy,
        .setting = setting,
        .match = match,
        .outcome = outcome,
    };
    g_ptr_array_add(trace->verdict->steps, step);
    if (match != MATCH_NO)
        trace->verdict->possible |= outcome;
    return step;
}

void trace_rule(Trace *trace, Stage stage, Owner owner, Match match, Outcome outcome,
                Setting setting)
{
    if (trace->decided)
        return;
    VerdictStep *step = add_step(trace, stage, owner, match, outcome, setting);
    if (match == MATCH_YES && outcome != 0) {
        trace->decided = true;
        trace->verdict->deciding = step;
    }
}

void trace_unordered(Trace *trace, Stage stage, Owner owner, Match match, Outcome outcome,
                     Setting setting, Match *best)
{
    if (trace->decided)
        return;
    VerdictStep *step = add_step(trace, stage, owner, match, outcome, setting);
    if (match == MATCH_YES)
        trace->verdict->deciding = step;
    *best = match_or(*best, match);
}

void trace_unordered_end(Trace *trace, Match best)
{
    trace->decided = trace->decided || best == MATCH_YES;
}

void trace_unknown(Trace *trace, Stage stage, Owner owner, Setting setting)
{
    trace_rule(trace, stage, owner, MATCH_MAYBE, OUTCOME_ANY, setting);
}

Outcome target_outcome(Target target, Outcome otherwise)
{
    static const Outcome outcomes[] = {
        [TARGET_ACCEPT] = OUTCOME_ACCEPT,
        [TARGET_REJECT] = OUTCOME_REJECT,
        [TARGET_DROP] = OUTCOME_DROP,
    };
    return outcomes[target] != 0 ? outcomes[target] : otherwise;
}
