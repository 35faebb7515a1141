/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The order of base chains: see hooked-chains.h. */
#include "model/kernel/hooked-chains.h"

#include "model/foreach.h"
#include "model/host/owner.h"

#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter_bridge.h>
#include <linux/netfilter_ipv4.h>

#ifndef NF_NETDEV_EGRESS
#define NF_NETDEV_EGRESS 1 /* Linux 5.16 */
#endif

/* Where nf_nat's own hooks are: all chains of type nat run there, whatever their priority, which
 * only orders them among themselves (Linux 4.18). */
static gint32 effective_priority(const NftChain *chain, PathHook hook)
{
    if (g_strcmp0(chain->type, "nat") != 0)
        return chain->priority;
    return hook == PATH_PREROUTING || hook == PATH_OUTPUT ? NF_IP_PRI_NAT_DST : NF_IP_PRI_NAT_SRC;
}

/* A bridge has two hooks on the way in, and two on the way out, one after the other: of what it
 * switches, its hook "forward" is asked on the way in. */
static guint bridge_order(const HookedChain *hooked)
{
    if (hooked->table->family != NFT_FAMILY_BRIDGE)
        return 0;
    return hooked->chain->hook == NF_BR_LOCAL_IN || hooked->chain->hook == NF_BR_FORWARD ||
           hooked->chain->hook == NF_BR_POST_ROUTING;
}

/* At one priority the chain that was registered last runs first (measured with Linux 6.18). */
static gint compare_hooked(gconstpointer a, gconstpointer b)
{
    const HookedChain *x = a;
    const HookedChain *y = b;
    if (bridge_order(x) != bridge_order(y))
        return bridge_order(x) < bridge_order(y) ? -1 : 1;
    if (x->priority != y->priority)
        return x->priority < y->priority ? -1 : 1;
    if (x->chain->priority != y->chain->priority)
        return x->chain->priority < y->chain->priority ? -1 : 1;
    if (x->table != y->table)
        return x->table->handle > y->table->handle ? -1 : 1;
    return x->chain->handle > y->chain->handle ? -1 : 1;
}

static bool is_asked(const ChainScope *scope, const NftTable *table)
{
    bool firewalld = nft_is_firewallds(table);
    switch (scope->tables) {
    case PATH_ALL_TABLES:
        break;
    case PATH_WITHOUT_FIREWALLD:
        return !firewalld;
    case PATH_FIREWALLD_ONLY:
        return firewalld;
    }
    return true;
}

static bool is_at_hook(const ChainScope *scope, const NftTable *table, const NftChain *chain,
                       PathHook hook, const Link *device)
{
    static const guint32 numbers[] = {
        [PATH_PREROUTING] = NF_INET_PRE_ROUTING,   [PATH_INPUT] = NF_INET_LOCAL_IN,
        [PATH_FORWARD] = NF_INET_FORWARD,          [PATH_OUTPUT] = NF_INET_LOCAL_OUT,
        [PATH_POSTROUTING] = NF_INET_POST_ROUTING,
    };
    bool of_ip =
        table->family == NFT_FAMILY_INET ||
        table->family == (scope->family == FAMILY_IPV6 ? NFT_FAMILY_IPV6 : NFT_FAMILY_IPV4);
    bool on_device =
        device != NULL && g_strv_contains((const char *const *)chain->devices, device->name);
    switch (hook) {
    case PATH_INGRESS:
        return on_device &&
               chain->hook == (table->family == NFT_FAMILY_NETDEV ? 0 : NF_INET_INGRESS);
    case PATH_EGRESS:
        return on_device && table->family == NFT_FAMILY_NETDEV && chain->hook == NF_NETDEV_EGRESS;
    case PATH_BRIDGE_IN:
        return table->family == NFT_FAMILY_BRIDGE &&
               (chain->hook == NF_BR_PRE_ROUTING ||
                chain->hook == (scope->switched ? NF_BR_FORWARD : NF_BR_LOCAL_IN));
    case PATH_BRIDGE_OUT:
        return table->family == NFT_FAMILY_BRIDGE &&
               ((chain->hook == NF_BR_LOCAL_OUT && !scope->switched) ||
                chain->hook == NF_BR_POST_ROUTING);
    case PATH_PREROUTING:
    case PATH_INPUT:
    case PATH_FORWARD:
    case PATH_OUTPUT:
    case PATH_POSTROUTING:
        return of_ip && chain->hook == numbers[hook];
    case PATH_ROUTE:
        break;
    }
    return false;
}

GArray *hooked_chains(const ChainScope *scope, PathHook hook, const Link *device)
{
    GArray *chains = g_array_new(FALSE, FALSE, sizeof(HookedChain));
    PTR_ARRAY_FOREACH (const NftTable, table, scope->snapshot->ruleset->tables) {
        if ((table->flags & NFT_TABLE_F_DORMANT) != 0 || !is_asked(scope, table))
            continue;
        PTR_ARRAY_FOREACH (const NftChain, chain, table->base_chains) {
            if (is_at_hook(scope, table, chain, hook, device)) {
                HookedChain hooked = {table, chain, effective_priority(chain, hook)};
                g_array_append_val(chains, hooked);
            }
        }
    }
    g_array_sort(chains, compare_hooked);
    return chains;
}

GPtrArray *hooked_ports(const ChainScope *scope, PathHook hook, const Link *bridge)
{
    GPtrArray *ports = g_ptr_array_new();
    PTR_ARRAY_FOREACH (const NftTable, table, scope->snapshot->ruleset->tables) {
        PTR_ARRAY_FOREACH (const NftChain, chain, table->base_chains) {
            STRV_FOREACH (device, chain->devices) {
                const Link *link = snapshot_link_by_name(scope->snapshot, *device);
                if (link != NULL && link->master == bridge->index &&
                    is_at_hook(scope, table, chain, hook, link) &&
                    !g_ptr_array_find(ports, link, NULL))
                    g_ptr_array_add(ports, (gpointer)link);
            }
        }
    }
    return ports;
}
