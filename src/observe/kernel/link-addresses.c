/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Decoding the messages about addresses. */
#include "observe/kernel/link-addresses.h"

#include "model/error.h"
#include "model/foreach.h"
#include "observe/kernel/attributes.h"

#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <netlink/attr.h>
#include <netlink/msg.h>
#include <sys/socket.h>

static const struct nla_policy address_policy[IFA_MAX + 1] = {
    [IFA_ADDRESS] = {.minlen = 4, .maxlen = 16},
    [IFA_LOCAL] = {.minlen = 4, .maxlen = 16},
    [IFA_FLAGS] = {.type = NLA_U32},
};

static const AttributeSet address_attributes = {"an address", IFA_MAX, address_policy};

static bool read_prefix(const struct ifaddrmsg *header, struct nlattr *const *attributes,
                        Family family, IpPrefix *prefix)
{
    IpAddress peer;
    const struct nlattr *own =
        attributes[IFA_LOCAL] != NULL ? attributes[IFA_LOCAL] : attributes[IFA_ADDRESS];
    if (!attribute_address(own, &prefix->address) || prefix->address.family != family ||
        header->ifa_prefixlen > ip_address_bits(family))
        return false;
    bool has_peer = attribute_address(attributes[IFA_ADDRESS], &peer) &&
                    !ip_address_equal(&peer, &prefix->address);
    prefix->length = has_peer ? ip_address_bits(family) : header->ifa_prefixlen;
    return true;
}

bool link_address_from_message(const struct nlmsghdr *message, int *index, LinkAddress *address,
                               GError **error)
{
    struct nlattr *attributes[IFA_MAX + 1];
    LinkAddress result = {0};
    Family family;
    if (!attributes_parse(&address_attributes, message, sizeof(struct ifaddrmsg), attributes,
                          error))
        return false;
    const struct ifaddrmsg *header = nlmsg_data(message);
    if (!family_from_kernel(header->ifa_family, &family)) {
        *index = 0;
        return true;
    }
    if (!read_prefix(header, attributes, family, &result.prefix)) {
        nicfix_error_set(error, NICFIX_ERROR_NETLINK, NULL,
                         "the kernel's message about an address of the link of index %u has no "
                         "address that makes sense",
                         header->ifa_index);
        return false;
    }
    result.scope = header->ifa_scope;
    result.flags = attribute_u32(attributes[IFA_FLAGS], header->ifa_flags);
    *index = (int)header->ifa_index;
    *address = result;
    return true;
}

typedef struct {
    int index;
    LinkAddress address;
} Found;

static bool add_address(const struct nlmsghdr *message, gpointer data, GError **error)
{
    Found found = {0};
    if (!link_address_from_message(message, &found.index, &found.address, error))
        return false;
    if (found.index != 0)
        g_array_append_val((GArray *)data, found);
    return true;
}

static void forget_addresses(gpointer data)
{
    g_array_set_size(data, 0);
}

static const NetlinkList address_list = {
    .subject = "addresses",
    .need = NETLINK_LIST_REQUIRED,
    .type = RTM_NEWADDR,
    .message = add_address,
    .reset = forget_addresses,
};

bool link_addresses_observe(Netlink *netlink, const GPtrArray *links, GError **error)
{
    const struct ifaddrmsg all = {.ifa_family = AF_UNSPEC};
    g_autoptr(NetlinkRequest) request = netlink_request_new(RTM_GETADDR, &all, sizeof all);
    g_autoptr(GArray) addresses = g_array_new(FALSE, FALSE, sizeof(Found));
    if (!netlink_list(netlink, request, &address_list, addresses, error))
        return false;
    g_autoptr(GHashTable) by_index = g_hash_table_new(g_direct_hash, g_direct_equal);
    PTR_ARRAY_FOREACH (Link, link, links)
        g_hash_table_insert(by_index, GINT_TO_POINTER(link->index), link);
    ARRAY_FOREACH (const Found, found, addresses) {
        Link *link = g_hash_table_lookup(by_index, GINT_TO_POINTER(found->index));
        if (link != NULL)
            g_ptr_array_add(link->addresses, g_memdup2(&found->address, sizeof found->address));
    }
    return true;
}
