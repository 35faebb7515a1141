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

/* As nla_validate() of libnl checks it. */
static bool is_valid(const struct nla_policy *policy, const struct nlattr *attribute)
{
    static const int sizes[NLA_TYPE_MAX + 1] = {
        [NLA_U8] = 1, [NLA_U16] = 2, [NLA_U32] = 4, [NLA_U64] = 8, [NLA_STRING] = 1,
    };
    int size = attribute->nla_len - NLA_HDRLEN;
    int least = policy->minlen != 0 ? policy->minlen : sizes[policy->type];
    if (size < least || (policy->maxlen != 0 && size > policy->maxlen))
        return false;
    return policy->type != NLA_STRING || ((const char *)(attribute + 1))[size - 1] == '\0';
}

/* Most of what is read of a host with thousands of links are attributes. nla_parse() takes four times as
 * long, and ends silently at one that is cut short. */
bool attributes_parse_bytes(const AttributeSet *set, const void *head, gsize size,
                            struct nlattr **attributes, GError **error)
{
    const char *next = head;
    gsize rest = size;
    memset(attributes, 0, (gsize)(set->max + 1) * sizeof *attributes);
    while (rest >= sizeof(struct nlattr)) {
        struct nlattr *attribute = (void *)next;
        int type = attribute->nla_type & NLA_TYPE_MASK;
        if (attribute->nla_len < sizeof *attribute || attribute->nla_len > rest ||
            (type <= set->max && !is_valid(&set->policy[type], attribute)))
            return malformed(set, error);
        if (type <= set->max)
            attributes[type] = attribute;
        gsize step = MIN((gsize)NLA_ALIGN(attribute->nla_len), rest);
        next += step;
        rest -= step;
    }
    return rest == 0 || malformed(set, error);
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
