/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Candidates that make networks the sources of a zone. */
#include "model/plan/candidates.h"

#include "model/foreach.h"

#include <linux/rtnetlink.h>

enum { MAX_SOURCES = 8 };

static IpPrefix without_host_bits(const IpPrefix *prefix)
{
    IpPrefix network = *prefix;
    for (guint bit = prefix->length; bit < ip_address_bits(prefix->address.family); bit++)
        network.address.bytes[bit / 8] &= (guint8) ~(0x80u >> (bit % 8));
    return network;
}

static void add_network(GPtrArray *networks, const IpPrefix *prefix)
{
    const IpPrefix network = without_host_bits(prefix);
    char *text = ip_prefix_to_string(&network);
    if (prefix->length == 0 || g_ptr_array_find_with_equal_func(networks, text, g_str_equal, NULL))
        g_free(text);
    else
        g_ptr_array_add(networks, text);
}

/* The block of addresses that PREFIX is one of: an agent such as Calico's keeps a route for it that
 * leads nowhere. */
static const IpPrefix *block_of(const Snapshot *snapshot, const IpPrefix *prefix)
{
    PTR_ARRAY_FOREACH (const Route, route, snapshot->narrow_routes) {
        if (route->type == RTN_BLACKHOLE &&
            ip_prefix_covers(&route->destination, prefix) == MATCH_YES)
            return &route->destination;
    }
    return prefix;
}

static void add_networks_of(const Candidates *candidates, GPtrArray *networks, const Link *link,
                            const FlowAddress *address)
{
    const Snapshot *snapshot = candidates->goal->snapshot;
    if (link_leads_outside(snapshot, candidates->goal->diagnosis->topology, link))
        return;
    PTR_ARRAY_FOREACH (const LinkAddress, own, link->addresses) {
        if (link_address_is_global(own, own->prefix.address.family) &&
            link_forwards(snapshot, link, own->prefix.address.family) != TRISTATE_NO)
            add_network(networks, &own->prefix);
    }
    if (link_is_numbered(link) || address->kind != FLOW_ADDRESS_PREFIX)
        return;
    /* A single pod comes and goes. */
    const IpPrefix *block = block_of(snapshot, &address->prefix);
    if (block->length < ip_address_bits(block->address.family))
        add_network(networks, block);
}

/* firewalld has a source in one zone only. */
static bool is_source_somewhere(const Firewalld *firewalld, const char *network)
{
    PTR_ARRAY_FOREACH (const Zone, zone, firewalld->zones) {
        PTR_ARRAY_FOREACH (const AddressSpec, source, zone->sources) {
            if (g_str_equal(source->text, network))
                return true;
        }
    }
    return false;
}

static void add_source_cures(Candidates *candidates, const GPtrArray *networks)
{
    if (networks->len == 0 || networks->len > MAX_SOURCES)
        return;
    PTR_ARRAY_FOREACH (const char, network, networks) {
        if (is_source_somewhere(candidates->goal->snapshot->firewalld, network))
            return;
    }
    PTR_ARRAY_FOREACH (const char, zone, candidates->zones) {
        GPtrArray *actions = actions_new();
        bool lasts = true;
        PTR_ARRAY_FOREACH (const char, network, networks)
            lasts = lasts &&
                    candidates_add_setting(candidates, actions, ACTION_ADD_SOURCE, zone, network);
        if (lasts)
            candidates_add(candidates, actions, NULL, false);
        else
            g_ptr_array_unref(actions);
    }
}

void candidates_add_sources(Candidates *candidates)
{
    const Snapshot *snapshot = candidates->goal->snapshot;
    for (guint sides = 1; sides < 4; sides++) {
        g_autoptr(GPtrArray) networks = g_ptr_array_new_with_free_func(g_free);
        ARRAY_FOREACH (const Flow, flow, candidates->goal->flows) {
            const Link *in = flow->in != NULL ? snapshot_link_by_name(snapshot, flow->in) : NULL;
            const Link *out = flow->out != NULL ? snapshot_link_by_name(snapshot, flow->out) : NULL;
            if ((sides & 1) != 0 && in != NULL)
                add_networks_of(candidates, networks, in, &flow->from);
            if ((sides & 2) != 0 && out != NULL)
                add_networks_of(candidates, networks, out, &flow->to);
        }
        add_source_cures(candidates, networks);
    }
}
