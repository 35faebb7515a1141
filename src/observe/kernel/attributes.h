/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Attributes of rtnetlink messages: checked once against a policy, then read as model values. */
#pragma once

#include "model/host/address.h"

#include <linux/netlink.h>
#include <netlink/attr.h>

/* The attributes a kind of message may have. Those that the policy does not name, or that are newer
 * than MAX, are ignored. */
typedef struct {
    const char *subject; /* what the message is about, with its article: "a link" */
    int max;
    const struct nla_policy *policy; /* max + 1 of them */
} AttributeSet;

/* Fill ATTRIBUTES (SET->max + 1 of them) with those of a MESSAGE that has a header of HEADER_SIZE
 * bytes of its family, of an attribute that NESTS others, or of SIZE bytes at HEAD; NULL for those
 * it does not have. Return false with NICFIX_ERROR_NETLINK where the header is cut short, or an
 * attribute is cut short or of the wrong size. */
bool attributes_parse(const AttributeSet *set, const struct nlmsghdr *message, gsize header_size,
                      struct nlattr **attributes, GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool attributes_parse_nested(const AttributeSet *set, const struct nlattr *nest,
                             struct nlattr **attributes, GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool attributes_parse_bytes(const AttributeSet *set, const void *head, gsize size,
                            struct nlattr **attributes, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The value of an attribute whose size the policy has checked; OTHERWISE for NULL. */
guint8 attribute_u8(const struct nlattr *attribute, guint8 otherwise);
guint32 attribute_u32(const struct nlattr *attribute, guint32 otherwise);

/* The text of ATTRIBUTE up to its first NUL, or NULL where there is none or it is empty (transfer
 * full). Names of links are bytes to the kernel (dev_valid_name() forbids "/", ":" and white space,
 * no more): a byte that is not valid UTF-8 is written "/ff", and a "/" itself, which only an
 * alternative name could have, "/2f". So two names never become one, and a name that is valid UTF-8
 * without a "/" stays as it is. */
char *attribute_text(const struct nlattr *attribute);

/* Reads an address of 4 or 16 bytes; says whether ATTRIBUTE is one. */
bool attribute_address(const struct nlattr *attribute, IpAddress *address);

/* The same for an RTA_VIA, an address that names its family. */
bool attribute_via(const struct nlattr *attribute, IpAddress *address);

/* Reads the prefix of LENGTH bits and the family KERNEL_FAMILY (AF_*) whose address is ATTRIBUTE, which
 * may be NULL for a LENGTH of 0; false where that makes no sense. */
bool attribute_prefix(const struct nlattr *attribute, int kernel_family, guint8 length,
                      IpPrefix *prefix);

/* Reads the gateway of a route or nexthop, an address (RTA_GATEWAY) or an RTA_VIA. Without either *HAS
 * is false; returns false where it is unreadable, which is an error and not an absent gateway. */
bool attribute_gateway(const struct nlattr *gateway, const struct nlattr *via, bool *has,
                       IpAddress *address);

/* FAMILY_IPV4 for AF_INET, FAMILY_IPV6 for AF_INET6; says whether it was one of these. */
bool family_from_kernel(int kernel_family, Family *family);
