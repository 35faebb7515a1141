/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Checking and reading attributes. */
#include "observe/kernel/attributes.h"

#include "model/error.h"

#include <linux/rtnetlink.h>
#include <netlink/msg.h>
#include <string.h>
#include <sys/socket.h>

static bool malformed(const AttributeSet *set, GError **error)
{
    nicfix_error_set(error, NICFIX_ERROR_NETLINK, NULL,
                     "the kernel's message about %s is malformed", set->subject);
    return false;
}

bool attributes_parse_bytes(const AttributeSet *set, const void *head, gsize size,
                            struct nlattr **attributes, GError **error)
{
    struct nlattr *first = (struct nlattr *)head;
    const struct nlattr *next = first;
    int rest = (int)size;
    while (nla_ok(next, rest))
        next = nla_next(next, &rest);
    /* nla_parse() ends silently at an attribute that is cut short. */
    if (rest > 0 || nla_parse(attributes, set->max, first, (int)size, set->policy) < 0)
        return malformed(set, error);
    return true;
}

bool attributes_parse(const AttributeSet *set, const struct nlmsghdr *message, gsize header_size,
                      struct nlattr **attributes, GError **error)
{
    if (header_size > message->nlmsg_len || !nlmsg_valid_hdr(message, (int)header_size))
        return malformed(set, error);
    return attributes_parse_bytes(set, nlmsg_attrdata(message, (int)header_size),
                                  (gsize)MAX(nlmsg_attrlen(message, (int)header_size), 0),
                                  attributes, error);
}

bool attributes_parse_nested(const AttributeSet *set, const struct nlattr *nest,
                             struct nlattr **attributes, GError **error)
{
    return attributes_parse_bytes(set, nla_data(nest), (gsize)nla_len(nest), attributes, error);
}

guint8 attribute_u8(const struct nlattr *attribute, guint8 otherwise)
{
    return attribute != NULL ? nla_get_u8(attribute) : otherwise;
}

guint32 attribute_u32(const struct nlattr *attribute, guint32 otherwise)
{
    return attribute != NULL ? nla_get_u32(attribute) : otherwise;
}

static char *escape_bytes(const char *text, gsize length)
{
    GString *escaped = g_string_sized_new(length);
    const char *end = text + length;
    while (text < end) {
        const char *bad;
        g_utf8_validate(text, end - text, &bad);
        const char *slash = memchr(text, '/', (gsize)(bad - text));
        if (slash != NULL)
            bad = slash;
        g_string_append_len(escaped, text, bad - text);
        if (bad < end)
            g_string_append_printf(escaped, "/%02x", (guint8)*bad);
        text = bad + 1;
    }
    return g_string_free(escaped, FALSE);
}

char *attribute_text(const struct nlattr *attribute)
{
    if (attribute == NULL)
        return NULL;
    const char *text = nla_data(attribute);
    gsize length = strnlen(text, (gsize)nla_len(attribute));
    if (length == 0)
        return NULL;
    bool is_plain =
        g_utf8_validate(text, (gssize)length, NULL) && memchr(text, '/', length) == NULL;
    return is_plain ? g_strndup(text, length) : escape_bytes(text, length);
}

static bool address_from_bytes(const void *bytes, gsize size, IpAddress *address)
{
    if (size != 4 && size != 16)
        return false;
    *address = (IpAddress){.family = size == 4 ? FAMILY_IPV4 : FAMILY_IPV6};
    memcpy(address->bytes, bytes, size);
    return true;
}

bool attribute_address(const struct nlattr *attribute, IpAddress *address)
{
    return attribute != NULL &&
           address_from_bytes(nla_data(attribute), (gsize)nla_len(attribute), address);
}

bool attribute_via(const struct nlattr *attribute, IpAddress *address)
{
    Family family;
    IpAddress found;
    if (attribute == NULL || nla_len(attribute) < (int)sizeof(struct rtvia))
        return false;
    const struct rtvia *via = nla_data(attribute);
    if (!family_from_kernel(via->rtvia_family, &family) ||
        !address_from_bytes(via->rtvia_addr, (gsize)nla_len(attribute) - sizeof *via, &found) ||
        found.family != family)
        return false;
    *address = found;
    return true;
}

bool attribute_prefix(const struct nlattr *attribute, int kernel_family, guint8 length,
                      IpPrefix *prefix)
{
    Family family;
    if (!family_from_kernel(kernel_family, &family) || length > ip_address_bits(family))
        return false;
    *prefix = (IpPrefix){.address.family = family, .length = length};
    return length == 0 ||
           (attribute_address(attribute, &prefix->address) && prefix->address.family == family);
}

bool attribute_gateway(const struct nlattr *gateway, const struct nlattr *via, bool *has,
                       IpAddress *address)
{
    *has = gateway != NULL || via != NULL;
    return !*has || attribute_address(gateway, address) || attribute_via(via, address);
}

bool family_from_kernel(int kernel_family, Family *family)
{
    if (kernel_family != AF_INET && kernel_family != AF_INET6)
        return false;
    *family = kernel_family == AF_INET ? FAMILY_IPV4 : FAMILY_IPV6;
    return true;
}
