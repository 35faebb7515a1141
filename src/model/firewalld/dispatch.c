/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The order in which firewalld's rules choose a zone. All of it was tested with packets on
 * 0.9.11, 1.0.0, 1.3.3, 2.0.5, 2.2.3, 2.4.4 and 2.5.0 (nftables backend).
 *
 * Up to 1.3 there is one list: sources by zone name and then in the order they were added,
 * interfaces with the newest rule first, the default zone last. After a load, interfaces are added
 * zone by zone in the order of names, so the newest is the last; what was bound since then went to
 * the front. From 2.0 the order is total: priority, sources before interfaces, zone name, text. */
#include "model/firewalld/dispatch.h"

#include "model/foreach.h"
#include "model/words.h"

#include <string.h>

typedef struct {
    ZoneMatch match;
    int priority;
    int rank; /* 0 sources, 1 interfaces, 2 what catches everything */
    const char *text;
} Candidate;

/* ---- sources ---- */

static void add_sources(const Snapshot *snapshot, const Flow *flow, DispatchSide side,
                        const Zone *zone, const ZoneMatch *ingress, GArray *candidates)
{
    FlowEnd end = side == DISPATCH_INGRESS ? FLOW_SOURCE : FLOW_DESTINATION;
    PTR_ARRAY_FOREACH (const AddressSpec, source, zone->sources) {
        const Ipset *ipset = source->kind == ADDRESS_SPEC_IPSET
                                 ? firewalld_ipset(snapshot->firewalld, source->name)
                                 : NULL;
        bool by_mac =
            source->kind == ADDRESS_SPEC_MAC ||
            (ipset != NULL && ipset->entries[0] != NULL && mac_address_is_valid(ipset->entries[0]));
        /* 2.0 to 2.4 write no rule for a pair of sources of different kinds. A set that could not be read
         * may be of any. */
        bool is_unread = source->kind == ADDRESS_SPEC_IPSET && ipset == NULL;
        bool skipped = !is_unread && ingress != NULL && ingress->by == BOUND_BY_SOURCE &&
                       ingress->by_mac != by_mac &&
                       firewalld_generation(snapshot->firewalld) == GENERATION_2;
        Match match = match_address(snapshot->firewalld, flow, end, source);
        if (skipped || match == MATCH_NO)
            continue;
        Candidate candidate = {
            .match = {zone, BOUND_BY_SOURCE, source->text, by_mac, match, false},
            .priority = side == DISPATCH_INGRESS ? zone->ingress_priority : zone->egress_priority,
            .rank = 0,
            .text = source->text,
        };
        g_array_append_val(candidates, candidate);
    }
}

/* ---- interfaces ---- */

/* Puts the interfaces of ZONE behind all others or, with NEWEST_FIRST, at the place FIRST. */
static void add_interfaces(const char *name, DispatchSide side, const Zone *zone,
                           GArray *candidates, bool newest_first, guint first)
{
    NameWalk walk = zone_interfaces_for(zone, name);
    for (const char *interface = name_walk_next(&walk); interface != NULL;
         interface = name_walk_next(&walk)) {
        if (match_interface(interface, name) == MATCH_NO)
            continue;
        BoundBy by = interface_is_wildcard(interface) ? BOUND_BY_WILDCARD : BOUND_BY_INTERFACE;
        Candidate candidate = {
            .match = {zone, by, interface, false, MATCH_YES, false},
            .priority = side == DISPATCH_INGRESS ? zone->ingress_priority : zone->egress_priority,
            .rank = interface_is_catch_all(interface) ? 2 : 1,
            .text = interface,
        };
        g_array_insert_val(candidates, newest_first ? first : candidates->len, candidate);
    }
}

/* Up to 1.3 the order of overlapping interface rules is their history. Where all of them are
 * permanent too, it is taken to be the order of the last load, and said so; else each may win. */
static void settle_order_of_interfaces(const Snapshot *snapshot, GArray *candidates, guint first)
{
    bool differ = false, permanent = true;
    for (guint i = first; i < candidates->len; i++) {
        const ZoneMatch *match = &g_array_index(candidates, Candidate, i).match;
        differ = differ || match->zone != g_array_index(candidates, Candidate, first).match.zone;
        const PermanentBinding *lasting = permanent_binding(snapshot->permanent, match->binding);
        permanent =
            permanent && lasting != NULL && g_strcmp0(lasting->zone, match->zone->name) == 0;
    }
    for (guint i = first; differ && i < candidates->len; i++) {
        ZoneMatch *match = &g_array_index(candidates, Candidate, i).match;
        match->by_load_order = permanent;
        if (!permanent && i + 1 < candidates->len)
            match->match = MATCH_MAYBE;
    }
}

/* ---- the lists ---- */

static gint by_priority(gconstpointer a, gconstpointer b)
{
    const Candidate *x = a;
    const Candidate *y = b;
    /* A binding of "+" is a catch-all: it comes last whatever its zone's priority. */
    if ((x->rank == 2) != (y->rank == 2))
        return x->rank - y->rank;
    if (x->priority != y->priority)
        return x->priority < y->priority ? -1 : 1;
    if (x->rank != y->rank)
        return x->rank - y->rank;
    int names = strcmp(x->match.zone->name, y->match.zone->name);
    if (names != 0)
        return names;
    /* "lan+" is "lan*" in firewalld's sort key, and comes before "lan0". */
    g_autofree char *key_x = g_strdelimit(g_strdup(x->text), "+", '*');
    g_autofree char *key_y = g_strdelimit(g_strdup(y->text), "+", '*');
    return strcmp(key_x, key_y);
}

static ZoneMatch catch_all(const Firewalld *firewalld)
{
    const Zone *zone = firewalld_zone(firewalld, firewalld->default_zone);
    BoundBy by = zone != NULL ? BOUND_BY_CATCH_ALL : BOUND_BY_NOTHING;
    return (ZoneMatch){zone, by, NULL, false, MATCH_YES, false};
}

static gint by_zone_name(gconstpointer a, gconstpointer b)
{
    return strcmp((*(const Zone *const *)a)->name, (*(const Zone *const *)b)->name);
}

/* The zones of FIREWALLD by name (transfer full): mostly they are listed so. */
static GPtrArray *zones_by_name(const Firewalld *firewalld)
{
    GPtrArray *zones = firewalld->zones;
    for (guint i = 1; i < zones->len; i++) {
        if (by_zone_name(&zones->pdata[i - 1], &zones->pdata[i]) <= 0)
            continue;
        GPtrArray *sorted = g_ptr_array_new();
        g_ptr_array_extend(sorted, zones, NULL, NULL);
        g_ptr_array_sort(sorted, by_zone_name);
        return sorted;
    }
    return g_ptr_array_ref(zones);
}

static GArray *candidates_for(const Snapshot *snapshot, const Flow *flow, DispatchSide side,
                              const char *interface, const ZoneMatch *ingress)
{
    const Firewalld *firewalld = snapshot->firewalld;
    bool is_total = firewalld_generation(firewalld) >= GENERATION_2;
    g_autoptr(GPtrArray) zones =
        is_total ? g_ptr_array_ref(firewalld->zones) : zones_by_name(firewalld);
    GArray *candidates = g_array_new(FALSE, FALSE, sizeof(Candidate));
    if (flow != NULL) {
        PTR_ARRAY_FOREACH (const Zone, zone, zones)
            add_sources(snapshot, flow, side, zone, ingress, candidates);
    }
    guint first = candidates->len;
    for (guint i = 0; interface != NULL && i < zones->len; i++) {
        const Zone *zone = g_ptr_array_index(zones, i);
        add_interfaces(interface, side, zone, candidates, !is_total, first);
    }
    if (!is_total) {
        settle_order_of_interfaces(snapshot, candidates, first);
        return candidates;
    }
    g_array_sort(candidates, by_priority);
    /* A "+" and the catch-all of the default zone differ only in the zone's name in firewalld's sort
     * key. A "+" that comes later by that is not sure to take anything: that was read in the source
     * of 2.x, and not tested with packets. */
    ARRAY_FOREACH (Candidate, candidate, candidates) {
        if (candidate->rank == 2 &&
            (firewalld->default_zone == NULL ||
             strcmp(candidate->match.zone->name, firewalld->default_zone) > 0))
            candidate->match.match = MATCH_MAYBE;
    }
    return candidates;
}

GArray *dispatch(const Snapshot *snapshot, const Flow *flow, DispatchSide side,
                 const ZoneMatch *ingress, DispatchExtent extent)
{
    const char *interface = side == DISPATCH_INGRESS ? flow->in : flow->out;
    g_autoptr(GArray) candidates = candidates_for(snapshot, flow, side, interface, ingress);
    GArray *result = g_array_new(FALSE, FALSE, sizeof(ZoneMatch));
    ARRAY_FOREACH (const Candidate, candidate, candidates) {
        g_array_append_val(result, candidate->match);
        if (extent == DISPATCH_TO_FIRST && candidate->match.match == MATCH_YES)
            return result;
    }
    ZoneMatch last = catch_all(snapshot->firewalld);
    g_array_append_val(result, last);
    return result;
}

ZoneMatch dispatch_first(const Snapshot *snapshot, const Flow *flow, DispatchSide side)
{
    g_autoptr(GArray) zones = dispatch(snapshot, flow, side, NULL, DISPATCH_TO_FIRST);
    return g_array_index(zones, ZoneMatch, 0);
}

ZoneMatch dispatch_interface(const Snapshot *snapshot, const char *name)
{
    g_autoptr(GArray) candidates = candidates_for(snapshot, NULL, DISPATCH_INGRESS, name, NULL);
    return candidates->len > 0 ? g_array_index(candidates, Candidate, 0).match
                               : catch_all(snapshot->firewalld);
}

/* ---- rules that stay ---- */

/* The zone that NAME is bound to permanently, and not at run time; NULL for none. */
static const Zone *moved_out_of(const Snapshot *snapshot, const char *name)
{
    const PermanentBinding *lasting = permanent_binding(snapshot->permanent, name);
    const Zone *zone = lasting != NULL && lasting->zone != NULL
                           ? firewalld_zone(snapshot->firewalld, lasting->zone)
                           : NULL;
    return zone != NULL && !zone_lists_interface(zone, name) ? zone : NULL;
}

/* Whether packets on the other side meet a rule of ZONE: by an interface that it lists or did list when
 * firewalld loaded, by an address, or as what the default zone catches. */
static bool is_other_side(const Snapshot *snapshot, const Flow *flow, DispatchSide side,
                          const Zone *zone)
{
    const char *name = side == DISPATCH_INGRESS ? flow->in : flow->out;
    if (name == NULL || moved_out_of(snapshot, name) == zone ||
        g_strcmp0(zone->name, snapshot->firewalld->default_zone) == 0)
        return true;
    if (zone_takes_interface(zone, name))
        return true;
    FlowEnd end = side == DISPATCH_INGRESS ? FLOW_SOURCE : FLOW_DESTINATION;
    PTR_ARRAY_FOREACH (const AddressSpec, source, zone->sources) {
        if (match_address(snapshot->firewalld, flow, end, source) != MATCH_NO)
            return true;
    }
    return false;
}

bool dispatch_would_keep_rules(const Snapshot *snapshot, const char *name, const char *zone)
{
    const PermanentBinding *lasting = permanent_binding(snapshot->permanent, name);
    const Zone *left = firewalld_zone(snapshot->firewalld, zone);
    bool is_loaded = lasting != NULL && g_strcmp0(lasting->zone, zone) == 0;
    return is_loaded && left != NULL &&
           release_has(snapshot->firewalld, RELEASE_KEEPS_RULES_OF_MOVED) &&
           (g_strv_length(left->interfaces) > 1 || left->sources->len > 0 ||
            g_strcmp0(zone, snapshot->firewalld->default_zone) == 0);
}

const char *dispatch_kept_rules(const Snapshot *snapshot, const Flow *flow, ZoneMatch *from)
{
    if (flow->direction != FLOW_FORWARD || flow->in == NULL || flow->out == NULL ||
        !release_has(snapshot->firewalld, RELEASE_KEEPS_RULES_OF_MOVED))
        return NULL;
    const Zone *in = moved_out_of(snapshot, flow->in), *out = moved_out_of(snapshot, flow->out);
    bool by_in = in != NULL && is_other_side(snapshot, flow, DISPATCH_EGRESS, in);
    if (!by_in && (out == NULL || !is_other_side(snapshot, flow, DISPATCH_INGRESS, out)))
        return NULL;
    *from = (ZoneMatch){.zone = by_in ? in : out, .by = BOUND_BY_INTERFACE};
    return by_in ? flow->in : flow->out;
}

static const char *const bound_by_words[] = {
    [BOUND_BY_NOTHING] = NULL,        [BOUND_BY_CATCH_ALL] = "catch-all",
    [BOUND_BY_WILDCARD] = "wildcard", [BOUND_BY_INTERFACE] = "interface",
    [BOUND_BY_SOURCE] = "source",
};

DEFINE_WORD(bound_by, BoundBy, bound_by_words)
