/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Links: see link.h. */
#include "model/host/link.h"

#include "model/foreach.h"

#include <linux/if.h>
#include <linux/rtnetlink.h>
#include <string.h>

Link *link_new(void)
{
    Link *link = g_new0(Link, 1);
    link->altnames = g_new0(char *, 1);
    link->addresses = g_ptr_array_new_with_free_func(g_free);
    return link;
}

void link_free(Link *link)
{
    if (link == NULL)
        return;
    g_free(link->name);
    g_strfreev(link->altnames);
    g_free(link->kind);
    g_free(link->port_kind);
    g_free(link->parent_device);
    g_free(link->parent_bus);
    g_free(link->mac);
    g_free(link->permanent_mac);
    g_ptr_array_unref(link->addresses);
    g_free(link);
}

bool link_is_up(const Link *link)
{
    return (link->flags & IFF_UP) != 0;
}

bool link_is_loopback(const Link *link)
{
    return (link->flags & IFF_LOOPBACK) != 0;
}

bool link_is_kind(const Link *link, const char *kind)
{
    return g_strcmp0(link->kind, kind) == 0;
}

bool link_is_any_kind(const Link *link, const char *const *kinds)
{
    return link->kind != NULL && g_strv_contains(kinds, link->kind);
}

bool link_is_overlay(const Link *link)
{
    return link_is_kind(link, "vxlan") || link_is_kind(link, "geneve");
}

bool link_address_is_global(const LinkAddress *address, Family family)
{
    return address->prefix.address.family == family && address->scope == RT_SCOPE_UNIVERSE;
}

const LinkAddress *link_first_address(const Link *link, Family family)
{
    PTR_ARRAY_FOREACH (const LinkAddress, address, link->addresses) {
        if (link_address_is_global(address, family))
            return address;
    }
    return NULL;
}

bool link_has_network(const Link *link, Family family)
{
    return link_first_address(link, family) != NULL;
}

bool link_is_numbered(const Link *link)
{
    return link_has_network(link, FAMILY_IPV4) || link_has_network(link, FAMILY_IPV6);
}

bool link_has_address_in(const Link *link, const IpPrefix *network)
{
    PTR_ARRAY_FOREACH (const LinkAddress, address, link->addresses) {
        if (ip_prefix_contains(network, &address->prefix.address))
            return true;
    }
    return false;
}

bool link_owns_address(const Link *link, const IpAddress *address)
{
    PTR_ARRAY_FOREACH (const LinkAddress, own, link->addresses) {
        if (ip_address_equal(&own->prefix.address, address))
            return true;
    }
    return false;
}

bool link_name_is_of_tunnel(const char *name)
{
    static const char *const prefixes[] = {
        "tun",       "tap", "wg", "ppp",      "vpn",    "ipsec", "xfrm", "vti",    "gre",
        "tailscale", "zt",  "wt", "nordlynx", "proton", "utun",  "gpd",  "cscotun"};
    for (gsize i = 0; i < G_N_ELEMENTS(prefixes); i++) {
        if (g_str_has_prefix(name, prefixes[i]))
            return true;
    }
    return false;
}

bool text_fits_xml(const char *text)
{
    if (!g_utf8_validate(text, -1, NULL))
        return false;
    for (const char *p = text; *p != '\0'; p = g_utf8_next_char(p)) {
        gunichar character = g_utf8_get_char(p);
        if (g_unichar_iscntrl(character) || character == 0xfffe || character == 0xffff)
            return false;
    }
    return true;
}

bool link_name_fits_firewalld(const char *name)
{
    return text_fits_xml(name) && strchr(name, '/') == NULL;
}

const char *link_state_word(const Link *link)
{
    if (!link_is_up(link))
        return "down";
    return link->carrier == TRISTATE_NO ? "no-carrier" : "up";
}
