/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See drifting.h. */
#include "model/firewalld/drifting.h"

#include "model/foreach.h"

static Match match_sources(const Snapshot *snapshot, const Flow *flow, FlowEnd end)
{
    Match best = MATCH_NO;
    PTR_ARRAY_FOREACH (const Zone, zone, snapshot->firewalld->zones) {
        PTR_ARRAY_FOREACH (const AddressSpec, source, zone->sources)
            best = match_or(best, match_address(snapshot->firewalld, flow, end, source));
    }
    return best;
}

Match zones_drift(const Snapshot *snapshot, const Flow *flow)
{
    const Firewalld *firewalld = snapshot->firewalld;
    bool known = firewalld_options_are_known(firewalld);
    if (firewalld_generation(firewalld) != GENERATION_0_9 || flow->direction == FLOW_OUTPUT ||
        (known && g_strcmp0(firewalld->options.zone_drifting, "yes") != 0))
        return MATCH_NO;
    Match in = match_sources(snapshot, flow, FLOW_SOURCE);
    Match out = flow->direction == FLOW_FORWARD ? match_sources(snapshot, flow, FLOW_DESTINATION)
                                                : MATCH_NO;
    if (in == MATCH_NO && out == MATCH_NO)
        return MATCH_NO;
    return known && in != MATCH_MAYBE && out != MATCH_MAYBE ? MATCH_YES : MATCH_MAYBE;
}

GArray *zones_drifted_through(const Snapshot *snapshot, const Flow *flow, DispatchSide side)
{
    g_autoptr(GArray) all = dispatch(snapshot, flow, side, NULL, DISPATCH_TO_EVERY);
    GArray *zones = g_array_new(FALSE, FALSE, sizeof(ZoneMatch));
    bool by_source = false, by_interface = false;
    ARRAY_FOREACH (const ZoneMatch, zone, all) {
        bool *visited = zone->by == BOUND_BY_SOURCE ? &by_source : &by_interface;
        if (!*visited)
            g_array_append_val(zones, *zone);
        *visited = true;
    }
    return zones;
}
