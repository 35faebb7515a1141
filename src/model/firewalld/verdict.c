/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The way of a packet through firewalld's hooks, generation by generation. The facts behind it were
 * tested with real packets over random configurations (nftables backend); what was only read in
 * firewalld's sources is marked as such. */
#include "model/firewalld/verdict.h"

#include "model/foreach.h"
#include "model/firewalld/drifting.h"
#include "model/firewalld/filter.h"
#include "model/firewalld/nat.h"
#include "model/firewalld/policies.h"
#include "model/firewalld/preliminaries.h"
#include "model/host/topology.h"
#include "model/host/tracking.h"

static Owner zone_owner(const ZoneMatch *match)
{
    return (Owner){.zone = match->zone != NULL ? match->zone->name : NULL};
}

/* ---- parts of a zone ---- */

static bool match_exit_interface(const Zone *zone, const char *out, const char **exit)
{
    if (out == NULL)
        return false;
    NameWalk walk = zone_interfaces_for(zone, out);
    for (const char *interface = name_walk_next(&walk); interface != NULL;
         interface = name_walk_next(&walk)) {
        if (!interface_is_catch_all(interface) && match_interface(interface, out) == MATCH_YES) {
            *exit = interface;
            return true;
        }
    }
    return false;
}

/* Only what the zone lists is an exit of its intra-zone forwarding; the default zone's catch-all
 * adds nothing to the list (0.9 to 2.5). */
static Match match_exit(const Trace *trace, const Zone *zone, const char **exit)
{
    Match best = MATCH_NO;
    if (match_exit_interface(zone, trace->flow->out, exit))
        return MATCH_YES;
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
    bool unread = zone->forward == TRISTATE_UNKNOWN;
    Setting setting = {SETTING_FORWARD, unread, .name = exit};
    if (match == MATCH_NO)
        setting = (Setting){SETTING_FORWARD_EXCLUDES, .name = trace->flow->out};
    else if (zone->forward == TRISTATE_NO)
        setting = (Setting){SETTING_FORWARD_OFF, .name = exit};
    bool accepts = setting.kind == SETTING_FORWARD;
    match = !accepts ? MATCH_NO : unread ? match_and(match, MATCH_MAYBE) : match;
    trace_rule(trace, STAGE_FORWARD, zone_owner(ingress), match,
               accepts ? OUTCOME_ACCEPT : (Outcome)0, setting);
}

static void consult_target(Trace *trace, const ZoneMatch *match)
{
    const Zone *zone = match->zone;
    if (zone == NULL || zone->target == TARGET_UNKNOWN) {
        trace_unknown(trace, STAGE_TARGET, zone_owner(match),
                      (Setting){SETTING_TARGET, .unread = true});
        return;
    }
    trace_rule(trace, STAGE_TARGET, zone_owner(match), MATCH_YES,
               target_outcome(zone->target, OUTCOME_REJECT),
               (Setting){SETTING_TARGET, .target = zone->target});
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
        trace_unknown(trace, STAGE_SERVICE, owner, (Setting){SETTING_ALL, .unread = true});
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

/* ---- 0.9: both zones have a half, and "default" is not the end ---- */

static void consult_terminal_target(Trace *trace, const ZoneMatch *match)
{
    if (match->zone == NULL || match->zone->target != TARGET_DEFAULT)
        consult_target(trace, match);
}

/* In 0.9 it is only here that packets of no connection are dropped (measured with 0.9.3). */
static void end_with_reject(Trace *trace)
{
    if (trace->generation == GENERATION_0_9)
        preliminaries_invalid(trace);
    trace_rule(trace, STAGE_END, NOBODY, MATCH_YES, OUTCOME_REJECT, (Setting){SETTING_END});
}

static void run_input_half_0_9(Trace *trace, const ZoneMatch *ingress)
{
    if (ingress->zone != NULL && ingress->zone->settings_read) {
        const Filter *filter = &ingress->zone->filter;
        filter_run(trace, zone_owner(ingress), filter, FILTER_WHOLE);
        filter_icmp_tail(trace, zone_owner(ingress), filter, ingress->zone->target);
    }
    consult_terminal_target(trace, ingress);
}

static void run_input_0_9(Trace *trace, const ZoneMatch *ingress)
{
    policies_run(trace, POLICIES_BEFORE_ZONE, ingress, NULL);
    run_input_half_0_9(trace, ingress);
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
    if (egress->zone != NULL)
        filter_masquerade(trace, zone_owner(egress), &egress->zone->filter);
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
    static const SettingKind kinds[] = {
        [BOUND_BY_NOTHING] = SETTING_NO_ZONE,   [BOUND_BY_CATCH_ALL] = SETTING_CATCH_ALL,
        [BOUND_BY_WILDCARD] = SETTING_WILDCARD, [BOUND_BY_INTERFACE] = SETTING_INTERFACE,
        [BOUND_BY_SOURCE] = SETTING_SOURCE,
    };
    const char *link = stage == STAGE_INGRESS_ZONE ? trace->flow->in : trace->flow->out;
    Setting setting = {kinds[match->by], .name = match->binding != NULL ? match->binding : link};
    trace_rule(trace, stage, zone_owner(match), match->match, (Outcome)0, setting);
    if (match->by_load_order)
        trace->verdict->assumes[ASSUMPTION_BINDING_ORDER] = true;
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
        policies_run(trace, POLICIES_BEFORE_ZONE, NULL, egress);
        policies_run(trace, POLICIES_AFTER_ZONE, NULL, egress);
        break;
    }
}

/* Which of overlapping interfaces takes it may be open. */
static void note_drift(Trace *trace, Stage stage, const ZoneMatch *zone)
{
    note_zone(trace, stage, zone);
    if (zone->match != MATCH_YES)
        trace_unknown(trace, stage, zone_owner(zone), (Setting){SETTING_ZONE_DRIFTING});
}

/* AllowZoneDrifting of 0.9: the zone of the address first, then that of the interface. Which policies a
 * packet meets does not depend on its zones there. */
static void run_drifting(Trace *trace)
{
    bool forward = trace->flow->direction == FLOW_FORWARD;
    g_autoptr(GArray) ingress =
        zones_drifted_through(trace->snapshot, trace->flow, DISPATCH_INGRESS);
    g_autoptr(GArray) egress =
        forward ? zones_drifted_through(trace->snapshot, trace->flow, DISPATCH_EGRESS) : NULL;
    policies_run(trace, POLICIES_BEFORE_ZONE, NULL, NULL);
    ARRAY_FOREACH (const ZoneMatch, zone, ingress) {
        note_drift(trace, STAGE_INGRESS_ZONE, zone);
        (forward ? run_ingress_half_0_9 : run_input_half_0_9)(trace, zone);
    }
    for (guint i = 0; egress != NULL && i < egress->len; i++) {
        const ZoneMatch *zone = &g_array_index(egress, ZoneMatch, i);
        note_drift(trace, STAGE_EGRESS_ZONE, zone);
        run_egress_half_0_9(trace, zone);
    }
    policies_run(trace, POLICIES_AFTER_ZONE, NULL, NULL);
    end_with_reject(trace);
}

/* Runs the rest once for each zone the packet may leave through. 2.5.0 tries every one of them in OUTPUT,
 * one after the other; else each is a world of its own. */
static void run_egress(Trace *trace, const ZoneMatch *ingress)
{
    bool classified = trace->generation != GENERATION_1;
    bool chained = release_has(trace->snapshot->firewalld, RELEASE_DISPATCHES_ON) &&
                   trace->flow->direction == FLOW_OUTPUT;
    if (!classified || trace->flow->direction == FLOW_INPUT) {
        run_pair(trace, ingress, NULL);
        return;
    }
    g_autoptr(GArray) zones = dispatch(trace->snapshot, trace->flow, DISPATCH_EGRESS, ingress,
                                       chained ? DISPATCH_TO_EVERY : DISPATCH_TO_FIRST);
    bool all_decided = true;
    ARRAY_FOREACH (const ZoneMatch, egress, zones) {
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

/* What 2.0 to 2.4 have wrong in the kernel, and D-Bus does not show. */
static void consult_disorder(Trace *trace)
{
    int priority;
    if (policies_disorder(trace, trace->flow->direction, &priority))
        trace_unknown(trace, STAGE_POLICY, NOBODY,
                      (Setting){SETTING_EQUAL_PRIORITIES, .priority = priority});
    ZoneMatch moved_from;
    const char *moved = dispatch_kept_rules(trace->snapshot, trace->flow, &moved_from);
    if (moved != NULL)
        trace_unknown(trace, STAGE_INGRESS_ZONE, zone_owner(&moved_from),
                      (Setting){SETTING_KEPT_RULES, .name = moved});
}

/* The iptables backend writes other rules for MAC addresses in FORWARD (measured with 1.3.4). */
static void consult_iptables_mac(Trace *trace, const ZoneMatch *ingress)
{
    if (ingress->by_mac && trace->flow->direction == FLOW_FORWARD &&
        g_strcmp0(trace->snapshot->firewalld->options.backend, "iptables") == 0)
        trace_unknown(trace, STAGE_INGRESS_ZONE, zone_owner(ingress),
                      (Setting){SETTING_IPTABLES_MAC, .name = ingress->binding});
}

static void run_zones(Trace *trace)
{
    if (trace->decided)
        return;
    consult_disorder(trace);
    if (trace->flow->direction == FLOW_OUTPUT) {
        run_egress(trace, NULL);
        trace_rule(trace, STAGE_END, NOBODY, MATCH_YES, OUTCOME_ACCEPT,
                   (Setting){SETTING_HOST_OUTPUT});
        return;
    }
    if (zones_drift(trace->snapshot, trace->flow) == MATCH_YES) {
        run_drifting(trace);
        nat_consult_unread(trace);
        return;
    }
    ARRAY_FOREACH (const ZoneMatch, ingress, trace->ingress) {
        trace->decided = false;
        note_zone(trace, STAGE_INGRESS_ZONE, ingress);
        consult_iptables_mac(trace, ingress);
        run_egress(trace, ingress);
    }
    nat_consult_unread(trace);
}

/* ---- what is taken for granted ---- */

static void note_assumptions(Trace *trace)
{
    const Firewalld *firewalld = trace->snapshot->firewalld;
    Verdict *verdict = trace->verdict;
    bool may_accept = (verdict->possible & OUTCOME_ACCEPT) != 0;
    if (may_accept && trace->flow->direction != FLOW_OUTPUT)
        verdict->assumes[ASSUMPTION_OTHER_NFT_TABLES] = true;
    if (may_accept && firewalld->direct_rules != TRISTATE_NO)
        verdict->assumes[ASSUMPTION_DIRECT_RULES] = true;
    bool panics = verdict->deciding != NULL && verdict->deciding->stage == STAGE_PANIC;
    if (!may_accept && !panics && !flow_is_invalid(trace->flow) &&
        trace->flow->direction == FLOW_FORWARD && !firewalld_is_strict(firewalld))
        verdict->assumes[ASSUMPTION_NOT_TRANSLATED] = true;
    if (verdict->deciding != NULL && verdict->deciding->policy != NULL &&
        trace->generation < GENERATION_2)
        verdict->assumes[ASSUMPTION_POLICY_INSTALLED] = true;
    if (g_strcmp0(firewalld->options.backend, "iptables") == 0)
        verdict->assumes[ASSUMPTION_IPTABLES_BACKEND] = true;
}

/* ---- the whole ---- */

/* What could make any answer wrong: here nothing is predicted. */
static void consult_unmodelled(Trace *trace)
{
    const Firewalld *firewalld = trace->snapshot->firewalld;
    if (g_strcmp0(firewalld->options.backend, "iptables") == 0 &&
        firewalld->direct_rules != TRISTATE_NO)
        trace_unknown(trace, STAGE_POLICY, NOBODY, (Setting){SETTING_DIRECT_RULES});
    if (zones_drift(trace->snapshot, trace->flow) == MATCH_MAYBE)
        trace_unknown(trace, STAGE_INGRESS_ZONE, NOBODY,
                      (Setting){SETTING_ZONE_DRIFTING, !firewalld_options_are_known(firewalld)});
    if (firewalld->policies_exist == TRISTATE_UNKNOWN)
        trace_unknown(trace, STAGE_POLICY, NOBODY, (Setting){SETTING_POLICIES, .unread = true});
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
                  (Setting){SETTING_OPENVSWITCH, .name = comes_in ? flow->in : flow->out});
    return true;
}

static void run(Trace *trace)
{
    if (consult_openvswitch(trace))
        return;
    preliminaries_panic(trace);
    preliminaries_reverse_path(trace);
    preliminaries_established(trace);
    if (!flow_is_invalid(trace->flow)) /* nat sees no such packet */
        nat_consult(trace);
    preliminaries_loopback(trace);
    consult_unmodelled(trace);
    if (trace->generation != GENERATION_0_9)
        preliminaries_invalid(trace);
    preliminaries_rfc3964(trace);
    run_zones(trace);
    note_assumptions(trace);
}

static GArray *ingress_of(const Snapshot *snapshot, const Flow *flow)
{
    return dispatch(snapshot, flow, DISPATCH_INGRESS, NULL, DISPATCH_TO_FIRST);
}

static void run_as(const Snapshot *snapshot, const Flow *flow, const GArray *ingress,
                   Verdict *verdict)
{
    Trace trace = {
        .snapshot = snapshot,
        .flow = flow,
        .ingress = ingress,
        .generation = firewalld_generation(snapshot->firewalld),
        .verdict = verdict,
    };
    run(&trace);
}

/* What it does is certain where all VERSIONS do it. */
static void run_as_each_of(const char *const *versions, const Snapshot *snapshot, const Flow *flow,
                           Verdict *verdict)
{
    STRV_FOREACH (version, versions) {
        Firewalld firewalld = *snapshot->firewalld;
        Snapshot variant = *snapshot;
        firewalld.version = *version;
        variant.firewalld = &firewalld;
        verdict->deciding = NULL;
        g_ptr_array_set_size(verdict->steps, 0);
        g_autoptr(GArray) ingress = ingress_of(&variant, flow);
        run_as(&variant, flow, ingress, verdict);
    }
    verdict->assumes[ASSUMPTION_UNKNOWN_VERSION] = true;
}

Verdict *verdict_of(const Snapshot *snapshot, const Flow *flow)
{
    Verdict *verdict = g_new0(Verdict, 1);
    verdict->flow = *flow;
    verdict->steps = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GArray) ingress = ingress_of(snapshot, flow);
    if (flow->in != NULL)
        verdict->ingress = g_array_index(ingress, ZoneMatch, 0);
    if (flow->out != NULL)
        verdict->egress = dispatch_interface(snapshot, flow->out);
    const char *const *versions = release_candidates(snapshot->firewalld);
    if (versions == NULL)
        run_as(snapshot, flow, ingress, verdict);
    else
        run_as_each_of(versions, snapshot, flow, verdict);
    if (!verdict_accepts(verdict) && !verdict_refuses(verdict))
        verdict->deciding = NULL;
    return verdict;
}

void verdict_free(Verdict *verdict)
{
    if (verdict == NULL)
        return;
    g_ptr_array_unref(verdict->steps);
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
