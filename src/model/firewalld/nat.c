/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The chains of table nat, hooks PREROUTING and OUTPUT, generation by generation: see nat.h. Tested with
 * packets from 0.9.11 to 2.5.0; what was only read in firewalld's sources is marked as such. */
#include "model/firewalld/nat.h"

#include "model/firewalld/drifting.h"
#include "model/firewalld/filter.h"
#include "model/firewalld/policies.h"
#include "model/foreach.h"
#include "model/host/filter-index.h"

#include <string.h>

/* ---- one forward port ---- */

typedef struct {
    Owner owner;
    Match applies; /* whether the packet meets the owner's chain */
    Outcome outcome;
} Chain;

/* A plain forward port is IPv4's unless it names an IPv6 address to go to. */
static Family family_of(const ForwardPort *forward_port)
{
    IpAddress address;
    return forward_port->to_address != NULL && ip_address_parse(forward_port->to_address, &address)
               ? address.family
               : FAMILY_IPV4;
}

static bool is_address_of_host(const Snapshot *snapshot, const char *text)
{
    IpAddress address;
    if (text == NULL || !ip_address_parse(text, &address))
        return false;
    PTR_ARRAY_FOREACH (const Link, link, snapshot->links) {
        if (link_owns_address(link, &address))
            return true;
    }
    return false;
}

/* StrictForwardPorts accepts a forward port with an address in FORWARD only: one to an address of this
 * host is rejected in INPUT like anybody else's translation (read in the source of 2.3 to 2.5). */
static Outcome outcome_of(const Trace *trace, const Chain *chain, const ForwardPort *forward_port)
{
    bool refused = chain->outcome == OUTCOME_ACCEPT &&
                   firewalld_is_strict(trace->snapshot->firewalld) &&
                   is_address_of_host(trace->snapshot, forward_port->to_address);
    return refused ? OUTCOME_REJECT : chain->outcome;
}

/* A translation that changes nothing still ends the hook: no later one is met. */
static void consult(Trace *trace, const Chain *chain, const ForwardPort *forward_port, Match match,
                    Setting setting)
{
    if (trace->decided || match == MATCH_NO)
        return;
    Match met = match_and(match_and(match, chain->applies), match_not(trace->untranslated));
    Match changes = match_translation(trace->flow, forward_port);
    Outcome outcome = outcome_of(trace, chain, forward_port);
    bool is_sure = outcome != OUTCOME_ANY && !trace->nat_in_disorder;
    Match translated = match_and(match_and(met, changes), is_sure ? MATCH_YES : MATCH_MAYBE);
    if (translated != MATCH_NO)
        trace_rule(trace, STAGE_FORWARD_PORT, chain->owner, translated, outcome, setting);
    trace->untranslated = match_or(trace->untranslated, match_and(met, match_not(changes)));
}

/* ---- all of a zone or policy ---- */

/* The next rule of WALK whose priority is of SIGN, or NULL. */
static const RichRule *next_of(PortWalk *walk, int sign)
{
    const RichRule *rule = port_walk_next(walk);
    while (rule != NULL && (rule->priority > 0) - (rule->priority < 0) != sign)
        rule = port_walk_next(walk);
    return rule;
}

static Match match_rich(const Trace *trace, const RichRule *rule)
{
    return match_and(match_rich_rule_ends(trace->snapshot->firewalld, trace->flow, rule),
                     match_forward_port(trace->flow, rule->forward_port));
}

/* Whether rules that match are many, and one of them changes nothing: D-Bus does not reveal which is the
 * first. */
static bool is_ambiguous(const Trace *trace, const Filter *filter, int sign)
{
    guint matching = 0;
    bool one_may_keep = false;
    PortWalk walk = filter_rich_forward_ports(filter, trace->flow->port);
    for (const RichRule *rule = next_of(&walk, sign); rule != NULL; rule = next_of(&walk, sign)) {
        if (match_rich(trace, rule) == MATCH_NO)
            continue;
        matching++;
        one_may_keep =
            one_may_keep || match_translation(trace->flow, rule->forward_port) != MATCH_YES;
    }
    return matching > 1 && one_may_keep;
}

static void consult_rich(Trace *trace, const Chain *chain, const Filter *filter, int sign)
{
    Match order = is_ambiguous(trace, filter, sign) ? MATCH_MAYBE : MATCH_YES;
    PortWalk walk = filter_rich_forward_ports(filter, trace->flow->port);
    for (const RichRule *rule = next_of(&walk, sign); rule != NULL; rule = next_of(&walk, sign))
        consult(trace, chain, rule->forward_port, match_and(match_rich(trace, rule), order),
                (Setting){SETTING_RICH_RULE, .name = rule->text});
}

/* A rule that is not understood may still say that it forwards a port. */
static bool may_forward_port(const RichRule *rule)
{
    return !rule->understood && strstr(rule->text, "forward-port") != NULL;
}

static bool has_ports(Protocol protocol)
{
    return protocol != PROTOCOL_ICMP && protocol != PROTOCOL_ICMPV6;
}

static void consult_not_understood(Trace *trace, const Chain *chain, const Filter *filter)
{
    PortWalk walk = filter_rich_masquerades(filter);
    for (const RichRule *rule = port_walk_next(&walk); rule != NULL; rule = port_walk_next(&walk)) {
        if (may_forward_port(rule) && has_ports(trace->flow->protocol))
            trace_rule(trace, STAGE_FORWARD_PORT, chain->owner, MATCH_MAYBE, chain->outcome,
                       (Setting){SETTING_RICH_RULE, .name = rule->text});
    }
}

/* The chains "pre", "allow" and "post"; in "allow" rich rules follow what is no rule. */
static void consult_filter(Trace *trace, const Chain *chain, const Filter *filter)
{
    if (chain->applies == MATCH_NO)
        return;
    consult_not_understood(trace, chain, filter);
    consult_rich(trace, chain, filter, -1);
    PTR_ARRAY_FOREACH (const ForwardPort, forward_port, filter->forward_ports) {
        if (family_of(forward_port) == trace->flow->family)
            consult(trace, chain, forward_port, match_forward_port(trace->flow, forward_port),
                    (Setting){SETTING_FORWARD_PORT, .forward_port = forward_port});
    }
    consult_rich(trace, chain, filter, 0);
    consult_rich(trace, chain, filter, 1);
}

/* ---- which zones the packet meets ---- */

static DispatchExtent extent_of(const Trace *trace)
{
    return release_has(trace->snapshot->firewalld, RELEASE_DISPATCHES_ON) ? DISPATCH_TO_EVERY
                                                                          : DISPATCH_TO_FIRST;
}

/* The first of ZONES that surely takes the packet ends the hook; none of those behind one that may is
 * sure. */
static void end_with_first(GArray *zones)
{
    Match open = MATCH_YES;
    for (guint i = 0; i < zones->len; i++) {
        ZoneMatch *zone = &g_array_index(zones, ZoneMatch, i);
        Match match = zone->match;
        zone->match = match_and(match, open);
        if (match == MATCH_YES)
            g_array_set_size(zones, i + 1);
        if (match == MATCH_MAYBE)
            open = MATCH_MAYBE;
    }
}

/* The zones on SIDE, each with whether the packet meets it. */
static GArray *zones_on(const Trace *trace, const Flow *flow, DispatchSide side,
                        const ZoneMatch *ingress)
{
    DispatchExtent extent = extent_of(trace);
    if (side == DISPATCH_INGRESS && zones_drift(trace->snapshot, flow) == MATCH_YES)
        return zones_drifted_through(trace->snapshot, flow, side);
    bool is_known = side == DISPATCH_INGRESS && flow == trace->flow && ingress == NULL &&
                    extent == DISPATCH_TO_FIRST;
    GArray *zones = is_known ? g_array_copy((GArray *)trace->ingress)
                             : dispatch(trace->snapshot, flow, side, ingress, extent);
    if (extent == DISPATCH_TO_FIRST)
        end_with_first(zones);
    return zones;
}

/* The zones that have a way out other than by an address: an interface that is bound, or that it is the
 * default zone and AS_DEFAULT. */
static bool has_way_out(const Firewalld *firewalld, const Zone *zone, bool as_default)
{
    STRV_FOREACH (interface, zone->interfaces) {
        if (!interface_is_catch_all(*interface))
            return true;
    }
    return as_default && g_strcmp0(firewalld->default_zone, zone->name) == 0;
}

/* In 2.0 to 2.4 the chain before routing is sorted by the egress priorities of zones: what goes out by an
 * interface, whichever, meets those of the lowest one and no other (seen in the rules of 2.3.1). */
static int first_egress_priority(const Firewalld *firewalld)
{
    int first = G_MAXINT;
    PTR_ARRAY_FOREACH (const Zone, zone, firewalld->zones) {
        if (has_way_out(firewalld, zone, true))
            first = MIN(first, zone->egress_priority);
    }
    return first;
}

static bool is_sorted_by_egress(const Firewalld *firewalld)
{
    PTR_ARRAY_FOREACH (const Zone, zone, firewalld->zones) {
        if (zone->egress_priority != 0)
            return true;
    }
    return false;
}

static int egress_priority_of(const Trace *trace, const ZoneMatch *egress)
{
    return egress->by == BOUND_BY_SOURCE ? egress->zone->egress_priority
                                         : first_egress_priority(trace->snapshot->firewalld);
}

/* Before routing the output interface is not known: only by its destination address a packet leaves
 * for one zone and not another, and only if that zone is not behind the interfaces. */
static GArray *zones_before_routing(const Trace *trace, const ZoneMatch *ingress)
{
    const Firewalld *firewalld = trace->snapshot->firewalld;
    Flow flow = *trace->flow;
    flow.out = NULL;
    if (!is_sorted_by_egress(firewalld))
        return zones_on(trace, &flow, DISPATCH_EGRESS, ingress);
    bool pairs = trace->generation == GENERATION_2;
    GArray *zones = dispatch(trace->snapshot, &flow, DISPATCH_EGRESS, ingress,
                             pairs ? DISPATCH_TO_EVERY : extent_of(trace));
    int first = first_egress_priority(firewalld);
    for (guint i = zones->len; i-- > 0;) {
        ZoneMatch *zone = &g_array_index(zones, ZoneMatch, i);
        if (!pairs && zones->len > 1) /* interfaces may come before addresses */
            zone->match = MATCH_MAYBE;
        if (pairs && egress_priority_of(trace, zone) > first)
            g_array_remove_index(zones, i);
    }
    if (pairs)
        end_with_first(zones);
    return zones;
}

/* ---- which policies ---- */

static bool zones_have_interfaces(const Trace *trace, char *const *zones)
{
    for (; *zones != NULL; zones++) {
        const Zone *zone = firewalld_zone(trace->snapshot->firewalld, *zones);
        if (zone != NULL && *zone->interfaces != NULL)
            return true;
    }
    return false;
}

static bool any_has_way_out(const Firewalld *firewalld, int priority, bool as_default)
{
    PTR_ARRAY_FOREACH (const Zone, zone, firewalld->zones) {
        if (zone->egress_priority == priority && has_way_out(firewalld, zone, as_default))
            return true;
    }
    return false;
}

/* 2.0 to 2.4: pairs of zones, but for that of two catch-alls. What no source takes on its way out is
 * for every zone with an interface at once, the default one always among them. */
static Match match_pair(const Trace *trace, const Policy *policy, const ZoneMatch *ingress,
                        const ZoneMatch *egress)
{
    const Firewalld *firewalld = trace->snapshot->firewalld;
    bool to_any = zone_list_contains(policy->egress_zones, "ANY");
    if (egress->by == BOUND_BY_SOURCE)
        return match_zone(policy->egress_zones, egress);
    bool as_default = !zone_match_catches_all(ingress);
    int first = first_egress_priority(firewalld);
    if (to_any)
        return any_has_way_out(firewalld, first, as_default) ? MATCH_YES : MATCH_NO;
    bool is_first = egress->zone == NULL || egress->zone->egress_priority == first;
    return as_default && is_first && match_zone(policy->egress_zones, egress) == MATCH_YES
               ? MATCH_YES
               : MATCH_NO;
}

/* 2.0 to 2.4: what is for the host has the priority 0. */
static Match match_host(const Trace *trace, const GArray *egress)
{
    Match best = MATCH_NO;
    for (guint i = 0; i < egress->len; i++) {
        const ZoneMatch *zone = &g_array_index(egress, ZoneMatch, i);
        if (egress_priority_of(trace, zone) >= 0)
            best = match_or(best, zone->match);
    }
    return best;
}

static bool any_has_rules(const Firewalld *firewalld, char *const *zones)
{
    STRV_FOREACH (name, zones) {
        if (zone_has_rules(firewalld, *name))
            return true;
    }
    return false;
}

/* Up to 2.4 a policy to zones with interfaces gets no rule before routing, since these are not known.
 * From 2.5.2 on one to any zone in force gets one, whatever the destination (read in the source). */
static Match match_egress(const Trace *trace, const Policy *policy, const ZoneMatch *ingress,
                          const GArray *egress)
{
    const Firewalld *firewalld = trace->snapshot->firewalld;
    bool to_any = zone_list_contains(policy->egress_zones, "ANY");
    if (release_has(firewalld, RELEASE_TRANSLATES_BY_INGRESS))
        return any_has_rules(firewalld, policy->egress_zones) ? MATCH_YES : MATCH_NO;
    if (trace->generation == GENERATION_2 && !to_any &&
        zones_have_interfaces(trace, policy->egress_zones))
        return MATCH_NO;
    Match best = MATCH_NO;
    for (guint i = 0; i < egress->len; i++) {
        const ZoneMatch *zone = &g_array_index(egress, ZoneMatch, i);
        Match match = trace->generation == GENERATION_2 ? match_pair(trace, policy, ingress, zone)
                                                        : match_zone(policy->egress_zones, zone);
        best = match_or(best, match_and(match, zone->match));
    }
    return best;
}

static Match match_listed(const Trace *trace, const Policy *policy, bool to_host)
{
    static char any[] = "ANY";
    char *const anywhere[] = {any, NULL};
    bool to_any = to_host || zone_list_contains(policy->egress_zones, "ANY");
    if (!to_any && zones_have_interfaces(trace, policy->egress_zones))
        return MATCH_NO;
    return match_membership(trace, policy->ingress_zones, to_any ? anywhere : policy->egress_zones);
}

static Match match_before_routing(const Trace *trace, const Policy *policy,
                                  const ZoneMatch *ingress, const GArray *egress)
{
    bool to_host = zone_list_contains(policy->egress_zones, "HOST");
    if (policy->disabled || !policy->settings_read ||
        zone_list_contains(policy->ingress_zones, "HOST"))
        return MATCH_NO;
    if (to_host && !zone_list_contains(policy->ingress_zones, "ANY") &&
        !release_has(trace->snapshot->firewalld, RELEASE_FORWARDS_PORTS_TO_HOST))
        return MATCH_NO;
    if (trace->generation < GENERATION_2)
        return match_listed(trace, policy, to_host);
    Match in = match_and(match_zone(policy->ingress_zones, ingress), ingress->match);
    if (to_host)
        return match_and(in,
                         trace->generation == GENERATION_2 ? match_host(trace, egress) : MATCH_YES);
    return match_and(in, match_egress(trace, policy, ingress, egress));
}

bool nat_translates(const Filter *filter)
{
    PortWalk rich = filter_rich_forward_ports(filter, 0);
    PortWalk others = filter_rich_masquerades(filter);
    bool may = filter->forward_ports->len > 0 || port_walk_next(&rich) != NULL;
    for (const RichRule *rule = port_walk_next(&others); !may && rule != NULL;
         rule = port_walk_next(&others))
        may = may_forward_port(rule);
    return may;
}

static bool any_policy_translates(const Trace *trace)
{
    PTR_ARRAY_FOREACH (const Policy, policy, trace->snapshot->firewalld->policies) {
        if (nat_translates(&policy->filter))
            return true;
    }
    return false;
}

/* EGRESS is NULL where no policy has a forward port. */
static void consult_policies(Trace *trace, PolicyPhase phase, const ZoneMatch *ingress,
                             const GArray *egress)
{
    const GPtrArray *policies = trace->snapshot->firewalld->policies;
    for (guint i = 0; egress != NULL && i < policies->len && !trace->decided; i++) {
        const Policy *policy = g_ptr_array_index(policies, i);
        if (!policy_is_in_phase(policy, phase) || !nat_translates(&policy->filter))
            continue;
        const Chain chain = {{.policy = policy->name},
                             match_before_routing(trace, policy, ingress, egress),
                             OUTCOME_ACCEPT};
        consult_filter(trace, &chain, &policy->filter);
    }
}

/* ---- PREROUTING ---- */

static void consult_from(Trace *trace, const ZoneMatch *ingress)
{
    const Zone *zone = ingress->zone;
    g_autoptr(GArray) egress =
        any_policy_translates(trace) ? zones_before_routing(trace, ingress) : NULL;
    consult_policies(trace, POLICIES_BEFORE_ZONE, ingress, egress);
    const Chain chain = {
        {.zone = zone != NULL ? zone->name : NULL}, ingress->match, OUTCOME_ACCEPT};
    if (zone != NULL)
        consult_filter(trace, &chain, &zone->filter);
    consult_policies(trace, POLICIES_AFTER_ZONE, ingress, egress);
}

/* ---- OUTPUT ---- */

/* Policies from the host translate since 1.1. From 2.3 the filter accepts what they translated;
 * before, its policies see the new destination, and what they say of that is not modelled. */
static void consult_to(Trace *trace, const ZoneMatch *egress)
{
    const Firewalld *firewalld = trace->snapshot->firewalld;
    if (!release_has(firewalld, RELEASE_FORWARDS_OUTPUT))
        return;
    Outcome outcome =
        release_has(firewalld, RELEASE_ACCEPTS_DNAT_IN_OUTPUT) ? OUTCOME_ACCEPT : OUTCOME_ANY;
    for (guint i = 0; i < firewalld->policies->len && !trace->decided; i++) {
        const Policy *policy = g_ptr_array_index(firewalld->policies, i);
        Match applies =
            policy->settings_read ? match_policy(trace, policy, NULL, egress) : MATCH_NO;
        const Chain chain = {{.policy = policy->name}, match_and(applies, egress->match), outcome};
        consult_filter(trace, &chain, &policy->filter);
    }
}

/* ---- the whole ---- */

static GArray *zones_of_hook(const Trace *trace)
{
    bool output = trace->flow->direction == FLOW_OUTPUT;
    return zones_on(trace, trace->flow, output ? DISPATCH_EGRESS : DISPATCH_INGRESS, NULL);
}

void nat_consult(Trace *trace)
{
    g_autoptr(GArray) zones = zones_of_hook(trace);
    int priority;
    trace->nat_in_disorder = policies_disorder(trace, FLOW_FORWARD, &priority) ||
                             policies_disorder(trace, FLOW_INPUT, &priority);
    for (guint i = 0; i < zones->len && !trace->decided; i++) {
        const ZoneMatch *zone = &g_array_index(zones, ZoneMatch, i);
        (trace->flow->direction == FLOW_OUTPUT ? consult_to : consult_from)(trace, zone);
    }
}

void nat_consult_unread(Trace *trace)
{
    if ((trace->verdict->possible & OUTCOME_ACCEPT) != 0 || !has_ports(trace->flow->protocol))
        return;
    g_autoptr(GArray) zones = zones_of_hook(trace);
    trace->decided = false;
    ARRAY_FOREACH (const ZoneMatch, ingress, zones) {
        if (ingress->zone != NULL && !ingress->zone->settings_read)
            trace_rule(trace, STAGE_FORWARD_PORT, (Owner){.zone = ingress->zone->name}, MATCH_MAYBE,
                       OUTCOME_ACCEPT, (Setting){SETTING_FORWARD_PORTS, .unread = true});
    }
}
