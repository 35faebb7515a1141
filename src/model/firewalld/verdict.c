/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The way of a packet through firewalld's hooks, generation by generation. The facts behind it were
 * held against real packets over random configurations (nftables backend); what was only read in
 * firewalld's sources is marked so. */
#include "model/firewalld/verdict.h"

#include "model/firewalld/filter.h"
#include "model/firewalld/policies.h"
#include "model/firewalld/preliminaries.h"
#include "model/firewalld/reason.h"
#include "model/host/topology.h"

static const Owner NOBODY = {NULL, NULL};

static Owner zone_owner(const ZoneMatch *match)
{
    return (Owner){.zone = match->zone != NULL ? match->zone->name : NULL};
}

/* ---- forward ports (nat), before the filter ---- */

static void consult_forward_ports_of(Trace *trace, const ZoneMatch *ingress)
{
    policies_forward_ports(trace, POLICIES_BEFORE_ZONE, ingress);
    g_autofree char *rule = NULL;
    Match match = ingress->zone != NULL
                      ? filter_match_forward_port(trace, &ingress->zone->filter, &rule)
                      : MATCH_NO;
    if (match != MATCH_NO)
        trace_rule(trace, STAGE_FORWARD_PORT, zone_owner(ingress), match_and(match, ingress->match),
                   OUTCOME_ACCEPT, g_steal_pointer(&rule));
    policies_forward_ports(trace, POLICIES_AFTER_ZONE, ingress);
}

/* The zones whose forward ports a flow meets: from 2.5 on, the chains of nat go on after one. */
static GArray *zones_of_nat(const Trace *trace)
{
    bool output = trace->flow->direction == FLOW_OUTPUT;
    return dispatch(trace->snapshot, trace->flow, output ? DISPATCH_EGRESS : DISPATCH_INGRESS, NULL,
                    trace->generation == GENERATION_2_5 ? DISPATCH_TO_EVERY : DISPATCH_TO_FIRST);
}

/* A translated connection is accepted in every later hook, wherever it goes. */
static void consult_forward_ports(Trace *trace)
{
    g_autoptr(GArray) zones = zones_of_nat(trace);
    for (guint i = 0; i < zones->len && !trace->decided; i++) {
        const ZoneMatch *zone = &g_array_index(zones, ZoneMatch, i);
        if (trace->flow->direction == FLOW_OUTPUT)
            policies_forward_ports_from_host(trace, zone);
        else
            consult_forward_ports_of(trace, zone);
    }
}

/* Where all else refuses, forward ports that could not be read may accept. */
static void consult_unread_forward_ports(Trace *trace)
{
    Protocol protocol = trace->flow->protocol;
    if ((trace->verdict->possible & OUTCOME_ACCEPT) != 0 || protocol == PROTOCOL_ICMP ||
        protocol == PROTOCOL_ICMPV6)
        return;
    g_autoptr(GArray) zones = zones_of_nat(trace);
    trace->decided = false;
    for (guint i = 0; i < zones->len; i++) {
        const ZoneMatch *ingress = &g_array_index(zones, ZoneMatch, i);
        if (ingress->zone != NULL && !ingress->zone->settings_read)
            trace_rule(trace, STAGE_FORWARD_PORT, zone_owner(ingress), MATCH_MAYBE, OUTCOME_ACCEPT,
                       g_strdup("forward ports, which could not be read"));
    }
}

/* ---- parts of a zone ---- */

/* Only what the zone lists is an exit of its intra-zone forwarding; the default zone's catch-all
 * adds nothing to the list (0.9 to 2.5). */
static Match match_exit(const Trace *trace, const Zone *zone, const char **exit)
{
    Match best = MATCH_NO;
    for (char **interface = zone->interfaces; *interface != NULL; interface++) {
        if (!interface_is_catch_all(*interface) && trace->flow->out != NULL &&
            match_interface(*interface, trace->flow->out) == MATCH_YES) {
            *exit = *interface;
            return MATCH_YES;
        }
    }
    for (guint i = 0; i < zone->sources->len && best != MATCH_YES; i++) {
        const AddressSpec *source = g_ptr_array_index(zone->sources, i);
        Match match =
            match_address(trace->snapshot->firewalld, trace->flow, FLOW_DESTINATION, source);
        if (match > best) {
            best = match;
            *exit = source->text;
        }
    }
    return best;
}

static void consult_forward_flag(Trace *trace, const ZoneMatch *ingress)
{
    const Zone *zone = ingress->zone;
    const char *exit = NULL;
    Match match = match_exit(trace, zone, &exit);
    const char *out = trace->flow->out;
    if (match == MATCH_NO) {
        trace_rule(
            trace, STAGE_FORWARD, zone_owner(ingress), MATCH_NO, (Outcome)0,
            g_strdup_printf("forward covers only what the zone binds, and %s is not in it", out));
        return;
    }
    if (zone->forward == TRISTATE_NO) {
        trace_rule(trace, STAGE_FORWARD, zone_owner(ingress), MATCH_NO, (Outcome)0,
                   g_strdup_printf("forward: no, so %s is no exit", exit));
        return;
    }
    bool unread = zone->forward == TRISTATE_UNKNOWN;
    trace_rule(trace, STAGE_FORWARD, zone_owner(ingress),
               unread ? match_and(match, MATCH_MAYBE) : match, OUTCOME_ACCEPT,
               g_strdup_printf("forward%s to %s", unread ? " (could not be read)" : "", exit));
}

static Outcome target_outcome(Target target)
{
    switch (target) {
    case TARGET_ACCEPT:
        return OUTCOME_ACCEPT;
    case TARGET_DROP:
        return OUTCOME_DROP;
    case TARGET_DEFAULT:
    case TARGET_REJECT:
    case TARGET_CONTINUE:
        return OUTCOME_REJECT;
    case TARGET_UNKNOWN:
        break;
    }
    return (Outcome)0;
}

static void consult_target(Trace *trace, const ZoneMatch *match)
{
    const Zone *zone = match->zone;
    if (zone == NULL || zone->target == TARGET_UNKNOWN) {
        trace_unknown(trace, STAGE_TARGET, zone_owner(match),
                      g_strdup("target, which could not be read"));
        return;
    }
    trace_rule(trace, STAGE_TARGET, zone_owner(match), MATCH_YES, target_outcome(zone->target),
               g_strdup_printf("target %s", target_word(zone->target)));
}

/* ---- 1.0 and later ---- */

static void run_input(Trace *trace, const ZoneMatch *ingress)
{
    Owner owner = zone_owner(ingress);
    const Zone *zone = ingress->zone;
    policies_run(trace, POLICIES_BEFORE_ZONE, ingress, NULL);
    if (zone != NULL && zone->settings_read)
        filter_run(trace, owner, &zone->filter, FILTER_WHOLE);
    else
        trace_unknown(trace, STAGE_SERVICE, owner,
                      g_strdup("what the zone accepts, which could not be read"));
    /* From 2.0 the general ICMP rule is part of the zone's own step; before, it comes last. */
    bool tail_first = trace->generation >= GENERATION_2;
    if (zone != NULL && tail_first)
        filter_icmp_tail(trace, owner, &zone->filter, zone->target);
    policies_run(trace, POLICIES_AFTER_ZONE, ingress, NULL);
    if (zone != NULL && !tail_first)
        filter_icmp_tail(trace, owner, &zone->filter, zone->target);
    consult_target(trace, ingress);
}

static void run_forward(Trace *trace, const ZoneMatch *ingress, const ZoneMatch *egress)
{
    policies_run(trace, POLICIES_BEFORE_ZONE, ingress, egress);
    if (ingress->zone != NULL)
        consult_forward_flag(trace, ingress);
    policies_run(trace, POLICIES_AFTER_ZONE, ingress, egress);
    consult_target(trace, ingress);
}

static void end_of_output(Trace *trace)
{
    trace_rule(trace, STAGE_END, NOBODY, MATCH_YES, OUTCOME_ACCEPT,
               g_strdup("what the host itself sends is accepted where no policy says otherwise"));
}

static void run_output(Trace *trace, const ZoneMatch *egress)
{
    policies_run(trace, POLICIES_BEFORE_ZONE, NULL, egress);
    policies_run(trace, POLICIES_AFTER_ZONE, NULL, egress);
}

/* ---- 0.9: both zones have a half, and "default" is not the end ---- */

static void consult_terminal_target(Trace *trace, const ZoneMatch *match)
{
    if (match->zone == NULL || match->zone->target != TARGET_DEFAULT)
        consult_target(trace, match);
}

static void end_with_reject(Trace *trace)
{
    trace_rule(trace, STAGE_END, NOBODY, MATCH_YES, OUTCOME_REJECT,
               g_strdup("what nothing accepted is rejected"));
}

static void run_input_0_9(Trace *trace, const ZoneMatch *ingress)
{
    policies_run(trace, POLICIES_BEFORE_ZONE, ingress, NULL);
    if (ingress->zone != NULL && ingress->zone->settings_read) {
        const Filter *filter = &ingress->zone->filter;
        filter_run(trace, zone_owner(ingress), filter, FILTER_WHOLE);
        filter_icmp_tail(trace, zone_owner(ingress), filter, ingress->zone->target);
    }
    consult_terminal_target(trace, ingress);
    policies_run(trace, POLICIES_AFTER_ZONE, ingress, NULL);
    end_with_reject(trace);
}

static void run_ingress_half_0_9(Trace *trace, const ZoneMatch *ingress)
{
    const Zone *zone = ingress->zone;
    if (zone != NULL) {
        Owner owner = zone_owner(ingress);
        filter_pre(trace, owner, &zone->filter, FILTER_ICMP_ONLY);
        filter_deny(trace, owner, &zone->filter, FILTER_ICMP_ONLY);
        consult_forward_flag(trace, ingress);
        filter_allow(trace, owner, &zone->filter, FILTER_ICMP_ONLY);
        filter_post(trace, owner, &zone->filter, FILTER_ICMP_ONLY);
        filter_icmp_tail(trace, owner, &zone->filter, zone->target);
    }
    consult_terminal_target(trace, ingress);
}

static void run_egress_half_0_9(Trace *trace, const ZoneMatch *egress)
{
    if (egress->zone != NULL && egress->zone->filter.masquerade == TRISTATE_YES)
        trace_rule(trace, STAGE_MASQUERADE, zone_owner(egress), MATCH_YES, OUTCOME_ACCEPT,
                   g_strdup("masquerade accepts what leaves by the zone"));
    consult_terminal_target(trace, egress);
}

static void run_forward_0_9(Trace *trace, const ZoneMatch *ingress, const ZoneMatch *egress)
{
    policies_run(trace, POLICIES_BEFORE_ZONE, ingress, egress);
    run_ingress_half_0_9(trace, ingress);
    run_egress_half_0_9(trace, egress);
    policies_run(trace, POLICIES_AFTER_ZONE, ingress, egress);
    end_with_reject(trace);
}

/* ---- the zones ---- */

static void note_zone(Trace *trace, Stage stage, const ZoneMatch *match)
{
    const char *name = stage == STAGE_INGRESS_ZONE ? trace->flow->in : trace->flow->out;
    char *setting =
        match->by == BOUND_BY_SOURCE
            ? g_strdup_printf("source %s", match->binding)
            : g_strdup_printf(
                  "%s %s", bound_by_word(match->by) != NULL ? bound_by_word(match->by) : "no zone",
                  match->binding != NULL ? match->binding : name);
    trace_rule(trace, stage, zone_owner(match), match->match, (Outcome)0, setting);
    if (match->by_load_order)
        trace_assume(trace, "binding-order");
}

static void run_pair(Trace *trace, const ZoneMatch *ingress, const ZoneMatch *egress)
{
    bool old = trace->generation == GENERATION_0_9;
    switch (trace->flow->direction) {
    case FLOW_INPUT:
        (old ? run_input_0_9 : run_input)(trace, ingress);
        break;
    case FLOW_FORWARD:
        (old ? run_forward_0_9 : run_forward)(trace, ingress, egress);
        break;
    case FLOW_OUTPUT:
        run_output(trace, egress);
        break;
    }
}

/* Runs the rest once for each zone the packet may leave by. 2.5 tries every one of them in OUTPUT,
 * one after the other; else each is a world of its own. */
static void run_egress(Trace *trace, const ZoneMatch *ingress)
{
    bool classified = trace->generation != GENERATION_1;
    bool chained = trace->generation == GENERATION_2_5 && trace->flow->direction == FLOW_OUTPUT;
    if (!classified || trace->flow->direction == FLOW_INPUT) {
        run_pair(trace, ingress, NULL);
        return;
    }
    g_autoptr(GArray) zones = dispatch(trace->snapshot, trace->flow, DISPATCH_EGRESS, ingress,
                                       chained ? DISPATCH_TO_EVERY : DISPATCH_TO_FIRST);
    bool all_decided = true;
    for (guint i = 0; i < zones->len; i++) {
        const ZoneMatch *egress = &g_array_index(zones, ZoneMatch, i);
        if (chained && trace->decided)
            break;
        trace->decided = false;
        note_zone(trace, STAGE_EGRESS_ZONE, egress);
        run_pair(trace, ingress, egress);
        all_decided = all_decided && trace->decided;
        if (chained && egress->match == MATCH_MAYBE)
            trace->decided = false;
    }
    trace->decided = chained ? trace->decided : all_decided;
}

static void run_zones(Trace *trace)
{
    if (trace->decided)
        return;
    if (trace->flow->direction == FLOW_OUTPUT) {
        run_egress(trace, NULL);
        end_of_output(trace);
        return;
    }
    g_autoptr(GArray) zones =
        dispatch(trace->snapshot, trace->flow, DISPATCH_INGRESS, NULL, DISPATCH_TO_FIRST);
    for (guint i = 0; i < zones->len; i++) {
        const ZoneMatch *ingress = &g_array_index(zones, ZoneMatch, i);
        trace->decided = false;
        note_zone(trace, STAGE_INGRESS_ZONE, ingress);
        run_egress(trace, ingress);
    }
    consult_unread_forward_ports(trace);
}

/* ---- what is taken for granted ---- */

static void note_assumptions(Trace *trace)
{
    const Firewalld *firewalld = trace->snapshot->firewalld;
    const Verdict *verdict = trace->verdict;
    bool may_accept = (verdict->possible & OUTCOME_ACCEPT) != 0;
    if (may_accept && trace->flow->direction != FLOW_OUTPUT)
        trace_assume(trace, "other-nft-tables");
    if (may_accept && firewalld->direct_rules != TRISTATE_NO)
        trace_assume(trace, "direct-rules");
    if (!may_accept && trace->flow->direction == FLOW_FORWARD)
        trace_assume(trace, "not-translated");
    if (firewalld->version == NULL)
        trace_assume(trace, "unknown-version");
    if (verdict->deciding != NULL && verdict->deciding->policy != NULL &&
        trace->generation < GENERATION_2)
        trace_assume(trace, "policy-installed");
    if (g_strcmp0(firewalld->options.backend, "iptables") == 0)
        trace_assume(trace, "iptables-backend");
}

/* ---- the whole ---- */

/* What could make any answer wrong: here nothing is predicted. */
static void consult_unmodelled(Trace *trace)
{
    const Firewalld *firewalld = trace->snapshot->firewalld;
    if (g_strcmp0(firewalld->options.backend, "iptables") == 0 &&
        firewalld->direct_rules != TRISTATE_NO)
        trace_unknown(trace, STAGE_POLICY, NOBODY,
                      g_strdup("direct rules of the iptables backend come first and can decide"));
    if (trace->generation == GENERATION_0_9 &&
        g_strcmp0(firewalld->options.zone_drifting, "yes") == 0)
        trace_unknown(trace, STAGE_INGRESS_ZONE, NOBODY,
                      g_strdup("AllowZoneDrifting lets a packet visit several zones"));
    if (firewalld->policies_exist == TRISTATE_UNKNOWN)
        trace_unknown(trace, STAGE_POLICY, NOBODY, g_strdup("policies, which could not be read"));
}

static bool is_hidden_port(const Snapshot *snapshot, const char *name)
{
    const Link *link = name != NULL ? snapshot_link_by_name(snapshot, name) : NULL;
    return link != NULL && link_seen_by_firewall(snapshot, link) == NULL;
}

/* A packet by a port of an Open vSwitch bridge goes where the flows of that bridge send it. */
static bool consult_openvswitch(Trace *trace)
{
    const Flow *flow = trace->flow;
    bool comes_in = is_hidden_port(trace->snapshot, flow->in);
    if (!comes_in && !is_hidden_port(trace->snapshot, flow->out))
        return false;
    trace_unknown(trace, comes_in ? STAGE_INGRESS_ZONE : STAGE_EGRESS_ZONE, NOBODY,
                  g_strdup_printf("the flows of Open vSwitch, which has the port %s",
                                  comes_in ? flow->in : flow->out));
    return true;
}

static void run(Trace *trace)
{
    if (consult_openvswitch(trace))
        return;
    preliminaries_panic(trace);
    preliminaries_reverse_path(trace);
    preliminaries_established(trace);
    consult_forward_ports(trace);
    preliminaries_loopback(trace);
    consult_unmodelled(trace);
    preliminaries_rfc3964(trace);
    run_zones(trace);
    note_assumptions(trace);
}

static void run_as(const Snapshot *snapshot, const Flow *flow, Verdict *verdict)
{
    Trace trace = {
        .snapshot = snapshot,
        .flow = flow,
        .generation = firewalld_generation(snapshot->firewalld),
        .verdict = verdict,
    };
    run(&trace);
}

/* A version that could not be read may be any: one of each generation is asked. */
static void run_as_every_generation(const Snapshot *snapshot, const Flow *flow, Verdict *verdict)
{
    static char versions[][8] = {"0.9.11", "1.3.3", "2.4.4", "2.5.0"};
    for (guint i = 0; i < G_N_ELEMENTS(versions); i++) {
        Firewalld firewalld = *snapshot->firewalld;
        Snapshot variant = *snapshot;
        firewalld.version = versions[i];
        variant.firewalld = &firewalld;
        verdict->deciding = NULL;
        g_ptr_array_set_size(verdict->steps, 0);
        run_as(&variant, flow, verdict);
    }
    g_ptr_array_add(verdict->assumptions, (gpointer) "unknown-version");
}

static void step_free(VerdictStep *step)
{
    g_free(step->setting);
    g_free(step);
}

Verdict *verdict_of(const Snapshot *snapshot, const Flow *flow)
{
    Verdict *verdict = g_new0(Verdict, 1);
    verdict->steps = g_ptr_array_new_with_free_func((GDestroyNotify)step_free);
    verdict->assumptions = g_ptr_array_new();
    if (flow->in != NULL)
        verdict->ingress = dispatch_first(snapshot, flow, DISPATCH_INGRESS);
    if (flow->out != NULL)
        verdict->egress = dispatch_interface(snapshot, flow->out);
    if (snapshot->firewalld->version != NULL)
        run_as(snapshot, flow, verdict);
    else
        run_as_every_generation(snapshot, flow, verdict);
    if (!verdict_accepts(verdict) && !verdict_refuses(verdict))
        verdict->deciding = NULL;
    verdict->reason = reason_of(flow, verdict);
    return verdict;
}

void verdict_free(Verdict *verdict)
{
    if (verdict == NULL)
        return;
    g_ptr_array_unref(verdict->steps);
    g_ptr_array_unref(verdict->assumptions);
    g_free(verdict->reason);
    g_free(verdict);
}

bool verdict_accepts(const Verdict *verdict)
{
    return verdict->possible == OUTCOME_ACCEPT;
}

bool verdict_refuses(const Verdict *verdict)
{
    return (verdict->possible & OUTCOME_ACCEPT) == 0;
}
