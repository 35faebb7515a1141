/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See own-addresses.h. What an address of a link gives to which addresses is written down once for each link. */
#include "model/host/own-addresses.h"

#include "model/foreach.h"

#include <linux/if_addr.h>
#include <linux/rtnetlink.h>

/* What is known of one address. */
typedef struct {
    IpAddress address;
    guint types;
    guint types_without_vrfs;
    bool is_owned;
} Known;

/* A network of the loopback link. */
typedef struct {
    IpPrefix network;
    bool is_in_vrf;
} LocalNetwork;

struct OwnAddresses {
    grefcount references;
    GHashTable *known; /* IpAddress to Known */
    GArray *local;     /* LocalNetwork */
    guint count;       /* how many links are in it */
};

OwnAddresses *own_addresses_new(void)
{
    OwnAddresses *own = g_new0(OwnAddresses, 1);
    g_ref_count_init(&own->references);
    own->known = g_hash_table_new_full(ip_address_hash, ip_address_same, NULL, g_free);
    own->local = g_array_new(FALSE, FALSE, sizeof(LocalNetwork));
    return own;
}

OwnAddresses *own_addresses_ref(OwnAddresses *own)
{
    g_ref_count_inc(&own->references);
    return own;
}

void own_addresses_unref(OwnAddresses *own)
{
    if (!g_ref_count_dec(&own->references))
        return;
    g_hash_table_unref(own->known);
    g_array_unref(own->local);
    g_free(own);
}

/* ---- what an address gives ---- */

static void set_host_bits(IpPrefix *network, bool to)
{
    for (guint bit = network->length; bit < ip_address_bits(network->address.family); bit++) {
        guint8 mask = (guint8)(0x80u >> bit % 8);
        guint8 *byte = &network->address.bytes[bit / 8];
        *byte = to ? *byte | mask : *byte & (guint8)~mask;
    }
}

/* The last address of an IPv4 network (not of /31 and /32, RFC 3021). */
static bool broadcast_of(const IpPrefix *network, IpAddress *address)
{
    IpPrefix last = *network;
    if (network->address.family != FAMILY_IPV4 || network->length >= 31)
        return false;
    set_host_bits(&last, true);
    *address = last.address;
    return true;
}

bool is_broadcast_of(const IpPrefix *network, const IpAddress *address)
{
    IpAddress last;
    return broadcast_of(network, &last) && ip_address_equal(&last, address);
}

/* A router listens to the first address of each of its IPv6 networks (RFC 4291, section 2.6.1;
 * addrconf_join_anycast()). */
static bool router_anycast_of(const Link *link, const IpPrefix *network, IpAddress *address)
{
    IpPrefix first = *network;
    if (network->address.family != FAMILY_IPV6 || network->length >= 127 ||
        link_is_loopback(link) || link->forwarding_ipv6 != TRISTATE_YES)
        return false;
    set_host_bits(&first, false);
    *address = first.address;
    return true;
}

/* An IPv4 network of the loopback link is local as a whole (fib_add_ifaddr()). */
static bool is_loopback_network(const Link *link, const LinkAddress *own)
{
    return link_is_loopback(link) && own->prefix.address.family == FAMILY_IPV4 &&
           (own->flags & (IFA_F_SECONDARY | IFA_F_NOPREFIXROUTE)) == 0;
}

static guint types_by_address(const Link *link, const LinkAddress *own, const IpPrefix *prefix)
{
    bool is_whole = prefix->length == ip_address_bits(prefix->address.family);
    IpAddress other;
    guint types = 0;
    if (own->prefix.address.family != prefix->address.family)
        return 0;
    if (ip_prefix_contains(prefix, &own->prefix.address) ||
        (is_loopback_network(link, own) && ip_prefix_covers(&own->prefix, prefix) == MATCH_YES))
        types |= 1 << RTN_LOCAL;
    if (is_whole && is_broadcast_of(&own->prefix, &prefix->address))
        types |= 1 << RTN_BROADCAST;
    if (is_whole && router_anycast_of(link, &own->prefix, &other) &&
        ip_address_equal(&other, &prefix->address))
        types |= 1 << RTN_LOCAL;
    return types;
}

guint link_address_types(const Link *link, const IpPrefix *prefix)
{
    guint types = 0;
    PTR_ARRAY_FOREACH (const LinkAddress, own, link->addresses)
        types |= types_by_address(link, own, prefix);
    return types;
}

/* ---- all of them ---- */

static Known *know(OwnAddresses *own, const IpAddress *address, guint type, bool is_in_vrf)
{
    Known *known = g_hash_table_lookup(own->known, address);
    if (known == NULL) {
        known = g_new0(Known, 1);
        known->address = *address;
        g_hash_table_insert(own->known, &known->address, known);
    }
    known->types |= 1u << type;
    if (!is_in_vrf)
        known->types_without_vrfs |= 1u << type;
    return known;
}

static void add_address(OwnAddresses *own, const Link *link, const LinkAddress *address,
                        bool is_in_vrf)
{
    IpAddress other;
    const LocalNetwork local = {address->prefix, is_in_vrf};
    know(own, &address->prefix.address, RTN_LOCAL, is_in_vrf)->is_owned = true;
    if (broadcast_of(&address->prefix, &other))
        know(own, &other, RTN_BROADCAST, is_in_vrf);
    if (router_anycast_of(link, &address->prefix, &other))
        know(own, &other, RTN_LOCAL, is_in_vrf);
    if (is_loopback_network(link, address))
        g_array_append_val(own->local, local);
}

/* Links do not change once they are in a snapshot, but for a master that comes later. */
static const OwnAddresses *own_addresses_of(const Snapshot *snapshot)
{
    OwnAddresses *own = snapshot->own_addresses;
    for (; own->count < snapshot->links->len; own->count++) {
        const Link *link = g_ptr_array_index(snapshot->links, own->count);
        const Link *master = snapshot_link_by_index(snapshot, link->master);
        bool is_in_vrf =
            link_is_kind(link, "vrf") || (master != NULL && link_is_kind(master, "vrf"));
        PTR_ARRAY_FOREACH (const LinkAddress, address, link->addresses)
            add_address(own, link, address, is_in_vrf);
    }
    return own;
}

guint own_address_types(const Snapshot *snapshot, const IpAddress *address, bool without_vrfs)
{
    const OwnAddresses *own = own_addresses_of(snapshot);
    const Known *known = g_hash_table_lookup(own->known, address);
    guint types = known == NULL ? 0 : without_vrfs ? known->types_without_vrfs : known->types;
    ARRAY_FOREACH (const LocalNetwork, local, own->local) {
        if (ip_prefix_contains(&local->network, address) && !(without_vrfs && local->is_in_vrf))
            types |= 1 << RTN_LOCAL;
    }
    return types;
}

bool snapshot_owns_address(const Snapshot *snapshot, const IpAddress *address)
{
    const Known *known = g_hash_table_lookup(own_addresses_of(snapshot)->known, address);
    return known != NULL && known->is_owned;
}
