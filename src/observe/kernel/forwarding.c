/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Decoding the messages about forwarding. */
#include "observe/kernel/forwarding.h"

#include "model/error.h"
#include "model/foreach.h"
#include "observe/kernel/attributes.h"

#include <linux/netconf.h>
#include <linux/rtnetlink.h>
#include <netlink/attr.h>
#include <netlink/msg.h>
#include <sys/socket.h>

static const struct nla_policy netconf_policy[NETCONFA_MAX + 1] = {
    [NETCONFA_IFINDEX] = {.type = NLA_U32},
    [NETCONFA_FORWARDING] = {.type = NLA_U32},
    [NETCONFA_RP_FILTER] = {.type = NLA_U32},
    [NETCONFA_IGNORE_ROUTES_WITH_LINKDOWN] = {.type = NLA_U32},
};

static const AttributeSet netconf_attributes = {"forwarding", NETCONFA_MAX, netconf_policy};

static Tristate switch_from(const struct nlattr *attribute)
{
    if (attribute == NULL)
        return TRISTATE_UNKNOWN;
    return nla_get_u32(attribute) != 0 ? TRISTATE_YES : TRISTATE_NO;
}

bool forwarding_from_message(const struct nlmsghdr *message, ForwardingSwitches *switches,
                             GError **error)
{
    struct nlattr *attributes[NETCONFA_MAX + 1];
    if (!attributes_parse(&netconf_attributes, message, sizeof(struct netconfmsg), attributes,
                          error))
        return false;
    if (attributes[NETCONFA_IFINDEX] == NULL) {
        nicfix_error_set(error, NICFIX_ERROR_NETLINK, NULL,
                         "the kernel's message about forwarding names no link");
        return false;
    }
    *switches = (ForwardingSwitches){
        .index = (int)nla_get_u32(attributes[NETCONFA_IFINDEX]),
        .forwarding = switch_from(attributes[NETCONFA_FORWARDING]),
        .skip_linkdown = switch_from(attributes[NETCONFA_IGNORE_ROUTES_WITH_LINKDOWN]),
        .rp_filter = (int)MIN(attribute_u32(attributes[NETCONFA_RP_FILTER], 0), 2),
    };
    return true;
}

/* ---- one family ---- */

/* What is known of each link, by its index, in one pointer: two bits for each of three switches. */
enum { SWITCH_BITS = 2, SWITCH_MASK = (1 << SWITCH_BITS) - 1 };

typedef enum {
    SWITCH_FORWARDING,
    SWITCH_LINKDOWN,
    SWITCH_RP_FILTER,
} SwitchKind;

static bool add_switch(const struct nlmsghdr *message, gpointer data, GError **error)
{
    ForwardingSwitches switches;
    if (!forwarding_from_message(message, &switches, error))
        return false;
    int packed = (int)switches.forwarding << SWITCH_FORWARDING * SWITCH_BITS |
                 (int)switches.skip_linkdown << SWITCH_LINKDOWN * SWITCH_BITS |
                 switches.rp_filter << SWITCH_RP_FILTER * SWITCH_BITS;
    g_hash_table_insert(data, GINT_TO_POINTER(switches.index), GINT_TO_POINTER(packed));
    return true;
}

static void forget_switches(gpointer data)
{
    g_hash_table_remove_all(data);
}

static const NetlinkList forwarding_list = {
    .subject = "forwarding settings",
    .need = NETLINK_LIST_OPTIONAL,
    .type = RTM_NEWNETCONF,
    .message = add_switch,
    .reset = forget_switches,
};

/* Returns the switches of FAMILY (AF_*) by index (transfer full). */
static GHashTable *list_switches(Netlink *netlink, guint8 family, GError **error)
{
    g_autoptr(GHashTable) switches = g_hash_table_new(g_direct_hash, g_direct_equal);
    const struct netconfmsg all = {.ncm_family = family};
    g_autoptr(NetlinkRequest) request = netlink_request_new(RTM_GETNETCONF, &all, sizeof all);
    if (!netlink_list(netlink, request, &forwarding_list, switches, error))
        return NULL;
    return g_steal_pointer(&switches);
}

static int switch_of(GHashTable *switches, int index, SwitchKind kind)
{
    int packed = GPOINTER_TO_INT(g_hash_table_lookup(switches, GINT_TO_POINTER(index)));
    return packed >> (int)kind * SWITCH_BITS & SWITCH_MASK;
}

/* ---- bridges ---- */

Tristate sysctl_switch(const char *path)
{
    g_autofree char *text = NULL;
    guint64 value;
    if (!g_file_get_contents(path, &text, NULL, NULL) ||
        !g_ascii_string_to_unsigned(g_strstrip(text), 10, 0, G_MAXINT, &value, NULL))
        return TRISTATE_UNKNOWN;
    return value != 0 ? TRISTATE_YES : TRISTATE_NO;
}

bool forwarding_observe(Netlink *netlink, Snapshot *snapshot, GError **error)
{
    g_autoptr(GHashTable) ipv4 = list_switches(netlink, AF_INET, error);
    if (ipv4 == NULL)
        return false;
    g_autoptr(GHashTable) ipv6 = list_switches(netlink, AF_INET6, error);
    if (ipv6 == NULL)
        return false;
    PTR_ARRAY_FOREACH (Link, link, snapshot->links) {
        link->forwarding_ipv4 = (Tristate)switch_of(ipv4, link->index, SWITCH_FORWARDING);
        link->forwarding_ipv6 = (Tristate)switch_of(ipv6, link->index, SWITCH_FORWARDING);
        link->skip_linkdown_ipv4 = (Tristate)switch_of(ipv4, link->index, SWITCH_LINKDOWN);
        link->skip_linkdown_ipv6 = (Tristate)switch_of(ipv6, link->index, SWITCH_LINKDOWN);
        link->rp_filter = switch_of(ipv4, link->index, SWITCH_RP_FILTER);
    }
    snapshot->forwarding_ipv4 = (Tristate)switch_of(ipv4, NETCONFA_IFINDEX_ALL, SWITCH_FORWARDING);
    snapshot->forwarding_ipv6 = (Tristate)switch_of(ipv6, NETCONFA_IFINDEX_ALL, SWITCH_FORWARDING);
    snapshot->rp_filter = switch_of(ipv4, NETCONFA_IFINDEX_ALL, SWITCH_RP_FILTER);
    snapshot->bridge_call_iptables = sysctl_switch("/proc/sys/net/bridge/bridge-nf-call-iptables");
    snapshot->bridge_call_ip6tables =
        sysctl_switch("/proc/sys/net/bridge/bridge-nf-call-ip6tables");
    return true;
}
