/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Decoding the messages about links. */
#include "observe/kernel/links.h"

#include "model/error.h"
#include "model/foreach.h"
#include "observe/kernel/attributes.h"
#include "observe/kernel/link-addresses.h"

#include <linux/if.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <netlink/attr.h>
#include <netlink/msg.h>
#include <string.h>
#include <sys/socket.h>

/* ---- what a message may have ---- */

static const struct nla_policy link_policy[IFLA_MAX + 1] = {
    [IFLA_IFNAME] = {.type = NLA_STRING, .maxlen = IFNAMSIZ},
    [IFLA_MTU] = {.type = NLA_U32},
    [IFLA_LINK] = {.type = NLA_U32},
    [IFLA_LINK_NETNSID] = {.type = NLA_U32},
    [IFLA_MASTER] = {.type = NLA_U32},
    [IFLA_OPERSTATE] = {.type = NLA_U8},
    [IFLA_CARRIER] = {.type = NLA_U8},
    [IFLA_LINKINFO] = {.type = NLA_NESTED},
    [IFLA_PROP_LIST] = {.type = NLA_NESTED},
    [IFLA_XDP] = {.type = NLA_NESTED},
    [IFLA_PARENT_DEV_NAME] = {.type = NLA_STRING},
    [IFLA_PARENT_DEV_BUS_NAME] = {.type = NLA_STRING},
};

static const struct nla_policy info_policy[IFLA_INFO_MAX + 1] = {
    [IFLA_INFO_KIND] = {.type = NLA_STRING},
    [IFLA_INFO_DATA] = {.type = NLA_NESTED},
    [IFLA_INFO_SLAVE_KIND] = {.type = NLA_STRING},
};

static const struct nla_policy bridge_policy[IFLA_BR_MAX + 1] = {
    [IFLA_BR_NF_CALL_IPTABLES] = {.type = NLA_U8},
    [IFLA_BR_NF_CALL_IP6TABLES] = {.type = NLA_U8},
};

static const struct nla_policy port_policy[IFLA_BRPORT_MAX + 1] = {
    [IFLA_BRPORT_MODE] = {.type = NLA_U8},
    [IFLA_BRPORT_ISOLATED] = {.type = NLA_U8},
};

static const struct nla_policy vrf_policy[IFLA_VRF_MAX + 1] = {
    [IFLA_VRF_TABLE] = {.type = NLA_U32},
};

static const struct nla_policy xdp_policy[IFLA_XDP_MAX + 1] = {
    [IFLA_XDP_ATTACHED] = {.type = NLA_U8},
};

static const AttributeSet link_attributes = {"a link", IFLA_MAX, link_policy};
static const AttributeSet info_attributes = {"the kind of a link", IFLA_INFO_MAX, info_policy};
static const AttributeSet bridge_attributes = {"a bridge", IFLA_BR_MAX, bridge_policy};
static const AttributeSet port_attributes = {"a port of a bridge", IFLA_BRPORT_MAX, port_policy};
static const AttributeSet vrf_attributes = {"a VRF", IFLA_VRF_MAX, vrf_policy};
static const AttributeSet xdp_attributes = {"XDP programs of a link", IFLA_XDP_MAX, xdp_policy};

/* ---- attributes of one kind of link ---- */

static Tristate switch_from_attribute(const struct nlattr *attribute)
{
    if (attribute == NULL)
        return TRISTATE_UNKNOWN;
    return nla_get_u8(attribute) != 0 ? TRISTATE_YES : TRISTATE_NO;
}

static bool read_port(Link *link, const struct nlattr *data, GError **error)
{
    struct nlattr *port[IFLA_BRPORT_MAX + 1];
    if (data == NULL || g_strcmp0(link->port_kind, "bridge") != 0)
        return true;
    if (!attributes_parse_nested(&port_attributes, data, port, error))
        return false;
    link->hairpin = switch_from_attribute(port[IFLA_BRPORT_MODE]);
    link->isolated = switch_from_attribute(port[IFLA_BRPORT_ISOLATED]);
    return true;
}

static bool read_info(Link *link, const struct nlattr *info, GError **error)
{
    struct nlattr *attributes[IFLA_INFO_MAX + 1];
    struct nlattr *bridge[IFLA_BR_MAX + 1];
    struct nlattr *vrf[IFLA_VRF_MAX + 1];
    if (info == NULL)
        return true;
    if (!attributes_parse_nested(&info_attributes, info, attributes, error))
        return false;
    link->kind = attribute_text(attributes[IFLA_INFO_KIND]);
    link->port_kind = attribute_text(attributes[IFLA_INFO_SLAVE_KIND]);
    const struct nlattr *data = attributes[IFLA_INFO_DATA];
    if (data != NULL && link_is_kind(link, "bridge")) {
        if (!attributes_parse_nested(&bridge_attributes, data, bridge, error))
            return false;
        link->bridge_call_iptables = switch_from_attribute(bridge[IFLA_BR_NF_CALL_IPTABLES]);
        link->bridge_call_ip6tables = switch_from_attribute(bridge[IFLA_BR_NF_CALL_IP6TABLES]);
    } else if (data != NULL && link_is_kind(link, "vrf")) {
        if (!attributes_parse_nested(&vrf_attributes, data, vrf, error))
            return false;
        link->vrf_table = attribute_u32(vrf[IFLA_VRF_TABLE], 0);
    }
    return read_port(link, attributes[IFLA_INFO_SLAVE_DATA], error);
}

static bool read_xdp(Link *link, const struct nlattr *xdp, GError **error)
{
    struct nlattr *attributes[IFLA_XDP_MAX + 1];
    if (xdp == NULL)
        return true;
    if (!attributes_parse_nested(&xdp_attributes, xdp, attributes, error))
        return false;
    link->programs.xdp =
        attribute_u8(attributes[IFLA_XDP_ATTACHED], XDP_ATTACHED_NONE) != XDP_ATTACHED_NONE;
    return true;
}

/* ---- a link ---- */

/* Tunnels have an IP address here (4 or 16 bytes), InfiniBand has 20 bytes, and loopback has six
 * zeros: none of these is a MAC address. */
static char *mac_from_attribute(const struct nlattr *attribute)
{
    static const guint8 none[6] = {0};
    static const char digits[] = "0123456789abcdef";
    if (attribute == NULL || nla_len(attribute) != (int)sizeof none ||
        memcmp(nla_data(attribute), none, sizeof none) == 0)
        return NULL;
    const guint8 *mac = nla_data(attribute);
    char *text = g_malloc(3 * sizeof none);
    /* printf() would take ten times as long, for each of thousands of links. */
    for (gsize i = 0; i < sizeof none; i++) {
        text[3 * i] = digits[mac[i] >> 4];
        text[3 * i + 1] = digits[mac[i] & 0xf];
        text[3 * i + 2] = ':';
    }
    text[3 * sizeof none - 1] = '\0';
    return text;
}

static bool read_altnames(Link *link, const struct nlattr *properties, GError **error)
{
    g_autoptr(GStrvBuilder) names = g_strv_builder_new();
    struct nlattr *property;
    int rest;
    if (properties == NULL)
        return true;
    nla_for_each_nested(property, (struct nlattr *)properties, rest)
    {
        g_autofree char *name =
            nla_type(property) == IFLA_ALT_IFNAME ? attribute_text(property) : NULL;
        if (name != NULL)
            g_strv_builder_add(names, name);
    }
    if (rest > 0) {
        nicfix_error_set(error, NICFIX_ERROR_NETLINK, NULL,
                         "the alternative names of link %s are malformed", link->name);
        return false;
    }
    g_strfreev(link->altnames);
    link->altnames = g_strv_builder_end(names);
    return true;
}

static void read_scalars(Link *link, struct nlattr *const *attributes)
{
    /* IFLA_LINK of these is the other end of a pair, and neither end carries the other. */
    static const char *const paired[] = {"veth", "netkit", "vxcan", NULL};
    link->parent_device = attribute_text(attributes[IFLA_PARENT_DEV_NAME]);
    link->parent_bus = attribute_text(attributes[IFLA_PARENT_DEV_BUS_NAME]);
    link->mac = mac_from_attribute(attributes[IFLA_ADDRESS]);
    link->permanent_mac = mac_from_attribute(attributes[IFLA_PERM_ADDRESS]);
    link->mtu = attribute_u32(attributes[IFLA_MTU], 0);
    link->operstate = attribute_u8(attributes[IFLA_OPERSTATE], IF_OPER_UNKNOWN);
    link->carrier = switch_from_attribute(attributes[IFLA_CARRIER]);
    link->master = (int)attribute_u32(attributes[IFLA_MASTER], 0);
    if (attributes[IFLA_LINK_NETNSID] == NULL && !link_is_any_kind(link, paired))
        link->lower = (int)attribute_u32(attributes[IFLA_LINK], 0);
    if ((link->flags & IFF_LOOPBACK) != 0) {
        g_free(link->kind);
        link->kind = g_strdup("loopback");
    } else if (link->kind == NULL && link->parent_device != NULL) {
        link->kind = g_strdup("physical");
    }
}

Link *link_from_message(const struct nlmsghdr *message, GError **error)
{
    struct nlattr *attributes[IFLA_MAX + 1];
    g_autoptr(Link) link = link_new();
    if (!attributes_parse(&link_attributes, message, sizeof(struct ifinfomsg), attributes, error))
        return NULL;
    const struct ifinfomsg *header = nlmsg_data(message);
    link->index = header->ifi_index;
    link->flags = header->ifi_flags;
    link->name = attribute_text(attributes[IFLA_IFNAME]);
    if (link->name == NULL || link->index <= 0) {
        nicfix_error_set(error, NICFIX_ERROR_NETLINK, NULL,
                         "the kernel's message about the link of index %d has no %s", link->index,
                         link->name == NULL ? "name" : "valid index");
        return NULL;
    }
    if (!read_altnames(link, attributes[IFLA_PROP_LIST], error) ||
        !read_info(link, attributes[IFLA_LINKINFO], error) ||
        !read_xdp(link, attributes[IFLA_XDP], error))
        return NULL;
    read_scalars(link, attributes);
    return g_steal_pointer(&link);
}

/* ---- all links ---- */

static bool add_link(const struct nlmsghdr *message, gpointer data, GError **error)
{
    Link *link = link_from_message(message, error);
    if (link != NULL)
        g_ptr_array_add(data, link);
    return link != NULL;
}

static const NetlinkList link_list = {
    .subject = "links",
    .need = NETLINK_LIST_REQUIRED,
    .type = RTM_NEWLINK,
    .message = add_link,
    .reset = netlink_empty_array,
};

static gint compare_indices(gconstpointer a, gconstpointer b)
{
    const Link *const *first = a;
    const Link *const *second = b;
    return ((*first)->index > (*second)->index) - ((*first)->index < (*second)->index);
}

bool links_observe(Netlink *netlink, Snapshot *snapshot, GError **error)
{
    g_autoptr(GPtrArray) links = g_ptr_array_new_with_free_func((GDestroyNotify)link_free);
    const struct ifinfomsg all = {.ifi_family = AF_UNSPEC};
    g_autoptr(NetlinkRequest) request = netlink_request_new(RTM_GETLINK, &all, sizeof all);
    /* Without the bit for them, virtual functions of SR-IOV are left out. */
    nla_put_u32(request, IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS);
    if (!netlink_list(netlink, request, &link_list, links, error) ||
        !link_addresses_observe(netlink, links, error))
        return false;
    g_ptr_array_sort(links, compare_indices);
    g_ptr_array_set_free_func(links, NULL);
    PTR_ARRAY_FOREACH (Link, link, links)
        snapshot_add_link(snapshot, link);
    return true;
}
