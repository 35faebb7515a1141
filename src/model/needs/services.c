/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What this host has for its downstreams: a program that is bound to such a link, or waits on the address
 * that only this link has, is there for the hosts behind it. One that waits on every address is not
 * there for any of them in particular. */
#include "model/needs/search.h"

#include "model/foreach.h"
#include "model/host/owner.h"

#include <string.h>

enum {
    DNS = 53,
    DHCP_SERVER = 67,
    DHCP_CLIENT = 68,
    DHCPV6_CLIENT = 546,
    DHCPV6_SERVER = 547,
    FIRST_EPHEMERAL = 32768, /* ip-sysctl, ip_local_port_range */
    SERVICES_MAX = 24,       /* on one link */
};

/* "dns", "dhcp", "8080/tcp" (transfer full). */
static char *service_name(const Socket *socket)
{
    bool is_udp = socket->protocol == PROTOCOL_UDP;
    if (socket->port == DNS)
        return g_strdup("dns");
    if (is_udp && (socket->port == DHCP_SERVER || socket->port == DHCPV6_SERVER))
        return g_strdup(socket->port == DHCP_SERVER ? "dhcp" : "dhcpv6");
    return g_strdup_printf("%u/%s", socket->port, protocol_word(socket->protocol));
}

/* "10.88.0.1:53/udp" (transfer full). */
static char *socket_text(const Socket *socket)
{
    g_autofree char *address = ip_address_to_string(&socket->address);
    bool is_ipv6 = socket->address.family == FAMILY_IPV6;
    return g_strdup_printf("%s%s%s:%u/%s", is_ipv6 ? "[" : "", address, is_ipv6 ? "]" : "",
                           socket->port, protocol_word(socket->protocol));
}

/* ---- the packet that asks ---- */

static FlowAddress address_of(const char *text)
{
    IpPrefix prefix;
    return ip_prefix_parse(text, &prefix)
               ? (FlowAddress){.kind = FLOW_ADDRESS_PREFIX, .prefix = prefix}
               : (FlowAddress){.kind = FLOW_ADDRESS_ANY};
}

/* One that has no address yet asks all (RFC 2131, 4.1; RFC 8415, 7.1): sources of zones that are its
 * network do not count. */
static Flow address_request(const Link *link, Family family)
{
    bool is_ipv6 = family == FAMILY_IPV6;
    Flow flow = flow_new(FLOW_INPUT, family);
    flow.in = link->name;
    flow.protocol = PROTOCOL_UDP;
    flow.port = is_ipv6 ? DHCPV6_SERVER : DHCP_SERVER;
    flow.source_port = is_ipv6 ? DHCPV6_CLIENT : DHCP_CLIENT;
    flow.from = address_of(is_ipv6 ? "fe80::/64" : "0.0.0.0");
    flow.to = address_of(is_ipv6 ? "ff02::1:2" : "255.255.255.255");
    flow.reverse_path = REVERSE_PATH_SAME_LINK;
    return flow;
}

/* From a host of the link's network to the address that SOCKET waits on there. A link without network
 * of the family has nobody who asks: false. */
static bool make_request(const Link *link, const Socket *socket, Flow *flow)
{
    Family family = socket->address.family;
    const LinkAddress *own = link_first_address(link, family);
    if (own == NULL && socket_is_anywhere(socket) && !socket->only_ipv6) {
        family = FAMILY_IPV4;
        own = link_first_address(link, family);
    }
    if (socket->protocol == PROTOCOL_UDP &&
        (socket->port == DHCP_SERVER || socket->port == DHCPV6_SERVER)) {
        *flow = address_request(link, socket->port == DHCP_SERVER ? FAMILY_IPV4 : FAMILY_IPV6);
        return true;
    }
    if (own == NULL)
        return false;
    *flow = flow_new(FLOW_INPUT, family);
    flow->in = link->name;
    flow->protocol = socket->protocol;
    flow->port = (guint16)socket->port;
    flow->typical = true;
    flow->reverse_path = REVERSE_PATH_SAME_LINK;
    flow->from = (FlowAddress){.kind = FLOW_ADDRESS_PREFIX, .prefix = own->prefix};
    flow->to = socket_is_anywhere(socket) || !link_owns_address(link, &socket->address)
                   ? flow_address(&own->prefix.address)
                   : flow_address(&socket->address);
    return true;
}

/* ---- who is asked ---- */

/* Clients wait for answers only; neither do programs that were given just any port. */
static bool is_service(const Socket *socket)
{
    bool is_client = socket->protocol == PROTOCOL_UDP &&
                     (socket->port == DHCP_CLIENT || socket->port == DHCPV6_CLIENT);
    return !is_client && socket->port < FIRST_EPHEMERAL;
}

static bool is_of_a_network(const Socket *socket)
{
    return socket->port == DNS || (socket->protocol == PROTOCOL_UDP &&
                                   (socket->port == DHCP_SERVER || socket->port == DHCPV6_SERVER));
}

static guint port_key(const Socket *socket)
{
    return ((guint)socket->protocol << 17) | socket->port;
}

/* Notes that LINK's address is waited on at the port KEY; true where another link's is, too. */
static bool is_on_another_link(GHashTable *links, gpointer key, const Link *link)
{
    const Link *known = g_hash_table_lookup(links, key);
    if (known == NULL)
        g_hash_table_insert(links, key, (gpointer)link);
    return known != NULL && known != link;
}

/* The ports that are not for one network in particular: their programs (ntpd, named, nmbd) bind each
 * address of the host there is, that of a link which is no downstream, too. But for what each network has
 * of its own, two links are enough to tell. */
static GHashTable *ports_of_all_addresses(const NeedSearch *search)
{
    GHashTable *ports = g_hash_table_new(g_direct_hash, g_direct_equal);
    g_autoptr(GHashTable) links = g_hash_table_new(g_direct_hash, g_direct_equal);
    PTR_ARRAY_FOREACH (const Socket, socket, search->snapshot->sockets) {
        const Link *link = need_socket_link(search, socket);
        gpointer key = GUINT_TO_POINTER(port_key(socket));
        if (socket->interface != 0 || link == NULL)
            continue;
        bool is_outside = topology_is_uplink(search->topology, link) &&
                          !g_hash_table_contains(search->networks, link);
        if (is_outside || (!is_of_a_network(socket) && is_on_another_link(links, key, link)))
            g_hash_table_add(ports, key);
    }
    return ports;
}

/* The makers of networks run DNS and DHCP for them alone. Docker has neither on the host. */
static bool has_own_servers(const Link *link)
{
    const char *maker = link_maker(link->name);
    return maker != NULL && strcmp(maker, "Docker") != 0;
}

static bool is_meant(const NeedSearch *search, GHashTable *everywhere, const Link *link,
                     const Socket *socket)
{
    bool is_downstream = topology_is_downstream(search->topology, link) ||
                         g_hash_table_contains(search->networks, link);
    if (!is_downstream || !is_service(socket) || !link_is_up(link))
        return false;
    return socket->interface != 0 ||
           !g_hash_table_contains(everywhere, GUINT_TO_POINTER(port_key(socket))) ||
           (is_of_a_network(socket) && has_own_servers(link));
}

/* ---- the whole ---- */

/* Counts the services of LINK; false where there are too many already. */
static bool count_service(GHashTable *counts, const Link *link)
{
    guint count = GPOINTER_TO_UINT(g_hash_table_lookup(counts, link));
    g_hash_table_insert(counts, (gpointer)link, GUINT_TO_POINTER(count + 1));
    return count < SERVICES_MAX;
}

void need_search_services(NeedSearch *search)
{
    g_autoptr(GHashTable) everywhere = ports_of_all_addresses(search);
    g_autoptr(GHashTable) counts = g_hash_table_new(g_direct_hash, g_direct_equal);
    PTR_ARRAY_FOREACH (const Socket, socket, search->snapshot->sockets) {
        const Link *link = need_socket_link(search, socket);
        Flow flow;
        if (link == NULL || !is_meant(search, everywhere, link, socket) ||
            !make_request(link, socket, &flow) || !count_service(counts, link))
            continue;
        WayCoverage way = coverage_of_usual_flow(search->map, &flow);
        g_autofree char *text = socket_text(socket);
        Need *need = need_new(NEED_HOST_SERVICE, NEED_EVIDENT, NEED_BECAUSE_LISTENED, text);
        need->service = service_name(socket);
        need_search_add(search, need, link, NULL, &way);
    }
}
