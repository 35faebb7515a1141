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

Generation firewalld_generation(const Firewalld *firewalld)
{
    if (firewalld->version == NULL || firewalld_is_at_least(firewalld, 2, 5, 0))
        return GENERATION_2_5;
    if (firewalld_is_at_least(firewalld, 2, 0, 0))
        return GENERATION_2;
    return firewalld_is_at_least(firewalld, 1, 0, 0) ? GENERATION_1 : GENERATION_0_9;
}

static gint by_zone_name(gconstpointer a, gconstpointer b)
{
    const Zone *const *zone_a = a;
    const Zone *const *zone_b = b;
    return strcmp((*zone_a)->name, (*zone_b)->name);
}

static GPtrArray *zones_by_name(const Firewalld *firewalld)
{
    GPtrArray *zones = g_ptr_array_new();
    g_ptr_array_extend(zones, firewalld->zones, NULL, NULL);
    g_ptr_array_sort(zones, by_zone_name);
    return zones;
}

/* ---- sources ---- */

static bool source_is_mac(const Firewalld *firewalld, const AddressSpec *source)
{
    if (source->kind == ADDRESS_SPEC_MAC)
        return true;
    const Ipset *ipset =
        source->kind == ADDRESS_SPEC_IPSET ? firewalld_ipset(firewalld, source->name) : NULL;
    return ipset != NULL && ipset->entries[0] != NULL && mac_address_is_valid(ipset->entries[0]);
}

static void add_sources(const Snapshot *snapshot, const Flow *flow, DispatchSide side,
                        const Zone *zone, const ZoneMatch *ingress, GArray *candidates)
{
    FlowEnd end = side == DISPATCH_INGRESS ? FLOW_SOURCE : FLOW_DESTINATION;
    PTR_ARRAY_FOREACH (const AddressSpec, source, zone->sources) {
        bool by_mac = source_is_mac(snapshot->firewalld, source);
        /* 2.0 to 2.4 write no rule for a pair of sources of different kinds. */
        bool skipped = ingress != NULL && ingress->by == BOUND_BY_SOURCE &&
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

static void add_interfaces(const char *name, DispatchSide side, const Zone *zone,
                           GArray *candidates)
{
    for (char **interface = zone->interfaces; name != NULL && *interface != NULL; interface++) {
        if (match_interface(*interface, name) == MATCH_NO)
            continue;
        BoundBy by = interface_is_wildcard(*interface) ? BOUND_BY_WILDCARD : BOUND_BY_INTERFACE;
        Candidate candidate = {
            .match = {zone, by, *interface, false, MATCH_YES, false},
            .priority = side == DISPATCH_INGRESS ? zone->ingress_priority : zone->egress_priority,
            .rank = interface_is_catch_all(*interface) ? 2 : 1,
            .text = *interface,
        };
        g_array_append_val(candidates, candidate);
    }
}

static bool is_permanent(const Snapshot *snapshot, const ZoneMatch *match)
{
    const PermanentBinding *binding = permanent_binding(snapshot->permanent, match->binding);
    return binding != NULL && g_strcmp0(binding->zone, match->zone->name) == 0;
}

/* Up to 1.3 the order of overlapping interface rules is their history. Where all of them are
 * permanent too, it is taken to be the order of the last load, and said so; else each may win. */
static void settle_order_of_interfaces(const Snapshot *snapshot, GArray *candidates, guint first)
{
    bool differ = false, permanent = true;
    for (guint i = first; i < candidates->len; i++) {
        const ZoneMatch *match = &g_array_index(candidates, Candidate, i).match;
        differ = differ || match->zone != g_array_index(candidates, Candidate, first).match.zone;
        permanent = permanent && is_permanent(snapshot, match);
    }
    for (guint i = first; differ && i < candidates->len; i++) {
        ZoneMatch *match = &g_array_index(candidates, Candidate, i).match;
        match->by_load_order = permanent;
        if (!permanent && i + 1 < candidates->len)
            match->match = MATCH_MAYBE;
    }
}

static void reverse(GArray *candidates, guint first)
{
    for (guint i = first, j = candidates->len; i + 1 < j; i++) {
        Candidate *a = &g_array_index(candidates, Candidate, i);
        Candidate *b = &g_array_index(candidates, Candidate, --j);
        Candidate swap = *a;
        *a = *b;
        *b = swap;
    }
}

/* ---- the lists ---- */

static GArray *candidates_up_to_1_3(const Snapshot *snapshot, const Flow *flow, DispatchSide side,
                                    const char *interface)
{
    g_autoptr(GPtrArray) zones = zones_by_name(snapshot->firewalld);
    GArray *candidates = g_array_new(FALSE, FALSE, sizeof(Candidate));
    for (guint i = 0; flow != NULL && i < zones->len; i++)
        add_sources(snapshot, flow, side, g_ptr_array_index(zones, i), NULL, candidates);
    guint first = candidates->len;
    for (guint i = 0; i < zones->len; i++)
        add_interfaces(interface, side, g_ptr_array_index(zones, i), candidates);
    reverse(candidates, first);
    settle_order_of_interfaces(snapshot, candidates, first);
    return candidates;
}

/* "lan+" is "lan*" in firewalld's sort key, and so comes before "lan0". */
static int compare_texts(const char *a, const char *b)
{
    g_autofree char *key_a = g_strdelimit(g_strdup(a), "+", '*');
    g_autofree char *key_b = g_strdelimit(g_strdup(b), "+", '*');
    return strcmp(key_a, key_b);
}

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
    return names != 0 ? names : compare_texts(x->text, y->text);
}

/* A "+" and the catch-all of the default zone differ only in the zone's name in firewalld's
 * sort key. A "+" that comes later by that is not sure to take anything: that was read in the
 * source of 2.x, and not tested with packets. */
static void settle_order_of_catch_alls(const Firewalld *firewalld, GArray *candidates)
{
    for (guint i = 0; i < candidates->len; i++) {
        Candidate *candidate = &g_array_index(candidates, Candidate, i);
        if (candidate->rank == 2 && firewalld->default_zone != NULL &&
            strcmp(candidate->match.zone->name, firewalld->default_zone) > 0)
            candidate->match.match = MATCH_MAYBE;
    }
}

static GArray *candidates_from_2_0(const Snapshot *snapshot, const Flow *flow, DispatchSide side,
                                   const char *interface, const ZoneMatch *ingress)
{
    GArray *candidates = g_array_new(FALSE, FALSE, sizeof(Candidate));
    PTR_ARRAY_FOREACH (const Zone, zone, snapshot->firewalld->zones) {
        if (flow != NULL)
            add_sources(snapshot, flow, side, zone, ingress, candidates);
        add_interfaces(interface, side, zone, candidates);
    }
    g_array_sort(candidates, by_priority);
    settle_order_of_catch_alls(snapshot->firewalld, candidates);
    return candidates;
}

static ZoneMatch catch_all(const Firewalld *firewalld)
{
    const Zone *zone = firewalld_zone(firewalld, firewalld->default_zone);
    BoundBy by = zone != NULL ? BOUND_BY_CATCH_ALL : BOUND_BY_NOTHING;
    return (ZoneMatch){zone, by, NULL, false, MATCH_YES, false};
}

static GArray *candidates_for(const Snapshot *snapshot, const Flow *flow, DispatchSide side,
                              const char *interface, const ZoneMatch *ingress)
{
    return firewalld_generation(snapshot->firewalld) >= GENERATION_2
               ? candidates_from_2_0(snapshot, flow, side, interface, ingress)
               : candidates_up_to_1_3(snapshot, flow, side, interface);
}

GArray *dispatch(const Snapshot *snapshot, const Flow *flow, DispatchSide side,
                 const ZoneMatch *ingress, DispatchExtent extent)
{
    const char *interface = side == DISPATCH_INGRESS ? flow->in : flow->out;
    g_autoptr(GArray) candidates = candidates_for(snapshot, flow, side, interface, ingress);
    GArray *result = g_array_new(FALSE, FALSE, sizeof(ZoneMatch));
    for (guint i = 0; i < candidates->len; i++) {
        const ZoneMatch *match = &g_array_index(candidates, Candidate, i).match;
        g_array_append_val(result, *match);
        if (extent == DISPATCH_TO_FIRST && match->match == MATCH_YES)
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

static const char *const bound_by_words[] = {
    [BOUND_BY_NOTHING] = NULL,        [BOUND_BY_CATCH_ALL] = "catch-all",
    [BOUND_BY_WILDCARD] = "wildcard", [BOUND_BY_INTERFACE] = "interface",
    [BOUND_BY_SOURCE] = "source",
};

DEFINE_WORD(bound_by, BoundBy, bound_by_words)
