/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sentences about verdicts: see reason.h. They name settings in firewalld's words. */
#include "model/firewalld/reason.h"

#include <string.h>

char *reason_for_zone(const ZoneMatch *match, const char *interface)
{
    const char *zone = match->zone != NULL ? match->zone->name : "?";
    switch (match->by) {
    case BOUND_BY_CATCH_ALL:
        return g_strdup_printf("zone %s (catch-all: no zone binds %s)", zone, interface);
    case BOUND_BY_WILDCARD:
        return g_strdup_printf("zone %s (wildcard %s)", zone, match->binding);
    case BOUND_BY_INTERFACE:
        return g_strdup_printf("zone %s (interface %s)", zone, match->binding);
    case BOUND_BY_SOURCE:
        return g_strdup_printf("zone %s (source %s)", zone, match->binding);
    case BOUND_BY_NOTHING:
        break;
    }
    return g_strdup("a zone that could not be read");
}

static char *owner_of(const VerdictStep *step)
{
    if (step->policy != NULL)
        return g_strdup_printf("policy %s: ", step->policy);
    return step->zone != NULL ? g_strdup_printf("zone %s: ", step->zone) : g_strdup("");
}

static char *where_it_is_bound(const Flow *flow, const ZoneMatch *egress)
{
    if (egress->by == BOUND_BY_CATCH_ALL || egress->zone == NULL)
        return g_strdup_printf("%s is bound to no zone", flow->out);
    return g_strdup_printf("%s is bound to zone %s", flow->out, egress->zone->name);
}

static const char *verb_of(Outcome outcome)
{
    return outcome == OUTCOME_DROP ? "drops" : "rejects";
}

static bool lists_its_exit(const Flow *flow, const ZoneMatch *ingress, const ZoneMatch *egress)
{
    return egress->zone == ingress->zone && flow->out != NULL &&
           (egress->by == BOUND_BY_INTERFACE || egress->by == BOUND_BY_WILDCARD);
}

static char *why_forward_is_refused(const Flow *flow, const Verdict *verdict,
                                    const VerdictStep *step)
{
    g_autofree char *zone = reason_for_zone(&verdict->ingress, flow->in);
    const char *verb = verb_of(step->outcome);
    if (lists_its_exit(flow, &verdict->ingress, &verdict->egress))
        return g_strdup_printf("%s filters %s and %s: it binds %s too, but its forward is off",
                               zone, flow->in, verb, flow->out);
    g_autofree char *bound = where_it_is_bound(flow, &verdict->egress);
    return g_strdup_printf("%s filters %s and %s what leaves by links it does not bind, and %s",
                           zone, flow->in, verb, bound);
}

static char *why_input_is_refused(const Flow *flow, const Verdict *verdict, const VerdictStep *step)
{
    g_autofree char *zone = reason_for_zone(&verdict->ingress, flow->in);
    return g_strdup_printf("%s filters %s, nothing in it accepts this, and its target %s", zone,
                           flow->in, verb_of(step->outcome));
}

static char *why_target(const Flow *flow, const Verdict *verdict, const VerdictStep *step)
{
    if (step->outcome != OUTCOME_ACCEPT && flow->direction == FLOW_FORWARD &&
        verdict->ingress.zone != NULL && g_strcmp0(step->zone, verdict->ingress.zone->name) == 0)
        return why_forward_is_refused(flow, verdict, step);
    if (step->outcome != OUTCOME_ACCEPT && flow->direction == FLOW_INPUT)
        return why_input_is_refused(flow, verdict, step);
    g_autofree char *owner = owner_of(step);
    return g_strdup_printf("%s%s", owner, step->setting);
}

static char *why_forward_is_accepted(const Flow *flow, const Verdict *verdict)
{
    g_autofree char *zone = reason_for_zone(&verdict->ingress, flow->in);
    const char *name = verdict->ingress.zone != NULL ? verdict->ingress.zone->name : "?";
    return g_strdup_printf("%s filters %s, and the forward of %s lets it out by %s", zone, flow->in,
                           name, flow->out);
}

static char *why_decided(const Flow *flow, const Verdict *verdict)
{
    const VerdictStep *step = verdict->deciding;
    if (step->stage == STAGE_TARGET)
        return why_target(flow, verdict, step);
    if (step->stage == STAGE_FORWARD)
        return why_forward_is_accepted(flow, verdict);
    g_autofree char *owner = owner_of(step);
    return g_strdup_printf("%s%s", owner, step->setting);
}

/* The first step that may decide and may not: where there is none, several of equal standing
 * disagree. */
static const VerdictStep *open_step(const Verdict *verdict)
{
    const VerdictStep *last = NULL;
    for (guint i = 0; i < verdict->steps->len; i++) {
        const VerdictStep *step = g_ptr_array_index(verdict->steps, i);
        if (step->match == MATCH_MAYBE)
            return step;
        if (step->match == MATCH_YES && step->outcome != 0)
            last = step;
    }
    return last;
}

static char *outcomes_text(guint possible)
{
    static const Outcome outcomes[] = {OUTCOME_ACCEPT, OUTCOME_REJECT, OUTCOME_DROP};
    g_autoptr(GStrvBuilder) words = g_strv_builder_new();
    for (guint i = 0; i < G_N_ELEMENTS(outcomes); i++) {
        if ((possible & outcomes[i]) != 0)
            g_strv_builder_add(words, outcome_word(outcomes[i]));
    }
    g_auto(GStrv) list = g_strv_builder_end(words);
    return g_strjoinv(" or ", list);
}

static char *why_open(const Verdict *verdict)
{
    g_autofree char *outcomes = outcomes_text(verdict->possible);
    const VerdictStep *step = open_step(verdict);
    if (step == NULL)
        return g_strdup_printf("%s: it depends on firewalld's version, which could not be read",
                               outcomes);
    g_autofree char *owner = owner_of(step);
    const char *why = step->match == MATCH_MAYBE ? "it depends on" : "the order is hidden of";
    return g_strdup_printf("%s: %s %s%s", outcomes, why, owner, step->setting);
}

char *reason_of(const Flow *flow, const Verdict *verdict)
{
    return verdict->deciding != NULL ? why_decided(flow, verdict) : why_open(verdict);
}

/* ---- words ---- */

const char *verdict_word(const Verdict *verdict)
{
    const char *word = outcome_word((Outcome)verdict->possible);
    return word != NULL ? word : "unknown";
}

const char *outcome_word(Outcome outcome)
{
    switch (outcome) {
    case OUTCOME_ACCEPT:
        return "accept";
    case OUTCOME_REJECT:
        return "reject";
    case OUTCOME_DROP:
        return "drop";
    }
    return NULL;
}

const char *stage_word(Stage stage)
{
    static const char *const words[] = {
        [STAGE_PANIC] = "panic",
        [STAGE_REVERSE_PATH] = "reverse-path",
        [STAGE_ESTABLISHED] = "established",
        [STAGE_FORWARD_PORT] = "forward-port",
        [STAGE_LOOPBACK] = "loopback",
        [STAGE_RFC3964] = "rfc3964",
        [STAGE_INGRESS_ZONE] = "ingress-zone",
        [STAGE_EGRESS_ZONE] = "egress-zone",
        [STAGE_POLICY] = "policy",
        [STAGE_FORWARD] = "forward",
        [STAGE_RICH_RULE] = "rich-rule",
        [STAGE_ICMP_BLOCK] = "icmp-block",
        [STAGE_SERVICE] = "service",
        [STAGE_PORT] = "port",
        [STAGE_PROTOCOL] = "protocol",
        [STAGE_MASQUERADE] = "masquerade",
        [STAGE_ICMP] = "icmp",
        [STAGE_TARGET] = "target",
        [STAGE_END] = "end",
    };
    return words[stage];
}

const char *step_result_word(const VerdictStep *step)
{
    static const char *const maybe_words[] = {
        [OUTCOME_ACCEPT] = "maybe-accept",
        [OUTCOME_REJECT] = "maybe-reject",
        [OUTCOME_DROP] = "maybe-drop",
    };
    if (step->match == MATCH_NO || step->outcome == 0)
        return "continue";
    const char *word = outcome_word(step->outcome);
    if (word == NULL)
        return "unknown";
    return step->match == MATCH_YES ? word : maybe_words[step->outcome];
}
