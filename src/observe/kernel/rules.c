/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Decoding the messages about rules. */
#include "observe/kernel/rules.h"

#include "model/error.h"
#include "observe/kernel/attributes.h"

#include <linux/fib_rules.h>
#include <linux/if.h>
#include <linux/rtnetlink.h>
#include <netlink/attr.h>
#include <netlink/msg.h>
#include <sys/socket.h>

static const struct nla_policy rule_policy[FRA_MAX + 1] = {
    [FRA_DST] = {.minlen = 4, .maxlen = 16},
    [FRA_SRC] = {.minlen = 4, .maxlen = 16},
    [FRA_IIFNAME] = {.type = NLA_STRING, .maxlen = IFNAMSIZ},
    [FRA_OIFNAME] = {.type = NLA_STRING, .maxlen = IFNAMSIZ},
    [FRA_PRIORITY] = {.type = NLA_U32},
    [FRA_FWMARK] = {.type = NLA_U32},
    [FRA_FWMASK] = {.type = NLA_U32},
    [FRA_TABLE] = {.type = NLA_U32},
    [FRA_SUPPRESS_PREFIXLEN] = {.type = NLA_U32},
    [FRA_L3MDEV] = {.type = NLA_U8},
    [FRA_GOTO] = {.type = NLA_U32},
    [FRA_IP_PROTO] = {.type = NLA_U8},
    [FRA_SPORT_RANGE] = {.minlen = sizeof(struct fib_rule_port_range)},
    [FRA_DPORT_RANGE] = {.minlen = sizeof(struct fib_rule_port_range)},
};

static const AttributeSet rule_attributes = {"a routing rule", FRA_MAX, rule_policy};

static RulePorts read_ports(const struct nlattr *attribute)
{
    if (attribute == NULL)
        return (RulePorts){0, 0};
    const struct fib_rule_port_range *range = nla_data(attribute);
    return (RulePorts){range->start, range->end};
}

/* Of Linux 6.15, which the headers of older systems lack: masks of ports. */
enum { SPORT_MASK = 28, DPORT_MASK = 29 };

/* Attributes that select nothing: a realm, who made the rule, and values for "everything". */
static bool is_neutral(const struct nlattr *attribute)
{
    switch (nla_type(attribute)) {
    case FRA_UNSPEC:
    case FRA_PAD:
    case FRA_FLOW:
    case FRA_PROTOCOL:
        return true;
    case FRA_SUPPRESS_IFGROUP:
        return nla_len(attribute) == (int)sizeof(guint32) &&
               nla_get_u32((struct nlattr *)attribute) == G_MAXUINT32;
    case SPORT_MASK:
    case DPORT_MASK:
        return nla_len(attribute) == (int)sizeof(guint16) &&
               nla_get_u16((struct nlattr *)attribute) == G_MAXUINT16;
    default: /* a number, without an enumeration */
        return false;
    }
}

/* A selector that is not among those that are read, or is newer than this program: where the rule
 * applies cannot be told then. */
static bool has_other_selector(const struct nlmsghdr *message)
{
    struct nlattr *attribute;
    int rest;
    nlmsg_for_each_attr(attribute, (struct nlmsghdr *)message, sizeof(struct fib_rule_hdr), rest)
    {
        int type = nla_type(attribute);
        bool is_read =
            type <= FRA_MAX && (rule_policy[type].type != 0 || rule_policy[type].minlen != 0);
        if (!is_read && !is_neutral(attribute))
            return true;
    }
    return false;
}

enum { LONGEST_PREFIX = 128 };

static void read_scalars(Rule *rule, const struct fib_rule_hdr *header,
                         struct nlattr *const *attributes)
{
    rule->action = header->action;
    rule->inverted = (header->flags & FIB_RULE_INVERT) != 0;
    rule->priority = attribute_u32(attributes[FRA_PRIORITY], 0);
    rule->table = attribute_u32(attributes[FRA_TABLE], header->table);
    rule->l3mdev = attribute_u8(attributes[FRA_L3MDEV], 0) != 0;
    rule->iif = attribute_text(attributes[FRA_IIFNAME]);
    rule->oif = attribute_text(attributes[FRA_OIFNAME]);
    rule->target = attribute_u32(attributes[FRA_GOTO], 0);
    rule->tos = header->tos;
    rule->ip_protocol = attribute_u8(attributes[FRA_IP_PROTO], 0);
    rule->source_ports = read_ports(attributes[FRA_SPORT_RANGE]);
    rule->destination_ports = read_ports(attributes[FRA_DPORT_RANGE]);
    rule->mark = attribute_u32(attributes[FRA_FWMARK], 0);
    rule->mark_mask = attribute_u32(attributes[FRA_FWMASK], rule->mark != 0 ? G_MAXUINT32 : 0);
    /* -1 as unsigned where nothing is suppressed; the kernel takes any length, but no prefix is longer than an
     * address. */
    rule->suppress_prefix_length =
        MIN((int)attribute_u32(attributes[FRA_SUPPRESS_PREFIXLEN], G_MAXUINT32), LONGEST_PREFIX);
}

Rule *rule_from_message(const struct nlmsghdr *message, GError **error)
{
    struct nlattr *attributes[FRA_MAX + 1];
    g_autoptr(Rule) rule = rule_new();
    if (!attributes_parse(&rule_attributes, message, sizeof(struct fib_rule_hdr), attributes,
                          error))
        return NULL;
    const struct fib_rule_hdr *header = nlmsg_data(message);
    read_scalars(rule, header, attributes);
    rule->other_selector = has_other_selector(message);
    /* A selector of length 0 matches everything, like an absent one. */
    rule->has_source = header->src_len > 0;
    rule->has_destination = header->dst_len > 0;
    if (!family_from_kernel(header->family, &rule->family) || rule->suppress_prefix_length < -1 ||
        !attribute_prefix(attributes[FRA_SRC], header->family, header->src_len, &rule->source) ||
        !attribute_prefix(attributes[FRA_DST], header->family, header->dst_len,
                          &rule->destination)) {
        nicfix_error_set(error, NICFIX_ERROR_NETLINK, NULL,
                         "the kernel's message about the routing rule of priority %u is malformed",
                         rule->priority);
        return NULL;
    }
    return g_steal_pointer(&rule);
}

/* ---- all rules ---- */

static bool add_rule(const struct nlmsghdr *message, gpointer data, GError **error)
{
    Rule *rule = rule_from_message(message, error);
    if (rule != NULL)
        g_ptr_array_add(data, rule);
    return rule != NULL;
}

static const NetlinkList rule_list = {
    .subject = "routing rules",
    .need = NETLINK_LIST_OPTIONAL,
    .type = RTM_NEWRULE,
    .message = add_rule,
    .reset = netlink_empty_array,
};

bool rules_observe(Netlink *netlink, guint8 family, GPtrArray *rules, GError **error)
{
    const struct fib_rule_hdr all = {.family = family};
    g_autoptr(NetlinkRequest) request = netlink_request_new(RTM_GETRULE, &all, sizeof all);
    return netlink_list(netlink, request, &rule_list, rules, error);
}
