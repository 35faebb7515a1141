/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One list of all qdiscs, and a list of filters for each direction of the few that can have them. */
#include "observe/kernel/traffic-control.h"

#include "model/foreach.h"
#include "observe/kernel/attributes.h"

#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include <netlink/attr.h>
#include <netlink/msg.h>

static const struct nla_policy qdisc_policy[TCA_MAX + 1] = {
    [TCA_KIND] = {.type = NLA_STRING},
};

static const AttributeSet qdisc_attributes = {"a qdisc", TCA_MAX, qdisc_policy};

bool qdisc_from_message(const struct nlmsghdr *message, int *index, GError **error)
{
    struct nlattr *attributes[TCA_MAX + 1];
    if (!attributes_parse(&qdisc_attributes, message, sizeof(struct tcmsg), attributes, error))
        return false;
    const struct tcmsg *header = nlmsg_data(message);
    const struct nlattr *kind = attributes[TCA_KIND]; /* ends with a NUL */
    bool filters =
        kind != NULL && (nla_strcmp(kind, "ingress") == 0 || nla_strcmp(kind, "clsact") == 0);
    *index = filters ? header->tcm_ifindex : 0;
    return true;
}

/* ---- qdiscs ---- */

static bool add_qdisc(const struct nlmsghdr *message, gpointer data, GError **error)
{
    int index;
    if (!qdisc_from_message(message, &index, error))
        return false;
    if (index != 0)
        g_array_append_val((GArray *)data, index);
    return true;
}

static void forget_qdiscs(gpointer data)
{
    g_array_set_size(data, 0);
}

static const NetlinkList qdisc_list = {
    .subject = "qdiscs",
    .need = NETLINK_LIST_OPTIONAL,
    .type = RTM_NEWQDISC,
    .message = add_qdisc,
    .reset = forget_qdiscs,
};

/* ---- filters ---- */

static bool note_filter(const struct nlmsghdr *message G_GNUC_UNUSED, gpointer data,
                        GError **error G_GNUC_UNUSED)
{
    *(bool *)data = true;
    return true;
}

static void forget_filters(gpointer data)
{
    *(bool *)data = false;
}

static const NetlinkList filter_list = {
    .subject = "filters of traffic control",
    .need = NETLINK_LIST_OPTIONAL,
    .type = RTM_NEWTFILTER,
    .message = note_filter,
    .reset = forget_filters,
};

/* Whether there is a filter below MINOR (TC_H_MIN_INGRESS, _EGRESS) of a clsact qdisc; one of kind
 * ingress takes the first for its own. A link that is gone has none. */
static bool look_for_filter(Netlink *netlink, int index, guint32 minor, bool *found, GError **error)
{
    const struct tcmsg below = {.tcm_ifindex = index, .tcm_parent = TC_H_MAKE(TC_H_CLSACT, minor)};
    g_autoptr(NetlinkRequest) request = netlink_request_new(RTM_GETTFILTER, &below, sizeof below);
    return netlink_list(netlink, request, &filter_list, found, error);
}

bool traffic_control_observe(Netlink *netlink, Snapshot *snapshot, GError **error)
{
    g_autoptr(GArray) indices = g_array_new(FALSE, FALSE, sizeof(int));
    const struct tcmsg all = {.tcm_family = AF_UNSPEC};
    g_autoptr(NetlinkRequest) request = netlink_request_new(RTM_GETQDISC, &all, sizeof all);
    if (!netlink_list(netlink, request, &qdisc_list, indices, error))
        return false;
    ARRAY_FOREACH (const int, index, indices) {
        Link *link = g_hash_table_lookup(snapshot->links_by_index, GINT_TO_POINTER(*index));
        if (link == NULL)
            continue;
        if (!look_for_filter(netlink, *index, TC_H_MIN_INGRESS, &link->programs.tc_ingress,
                             error) ||
            !look_for_filter(netlink, *index, TC_H_MIN_EGRESS, &link->programs.tc_egress, error))
            return false;
    }
    return true;
}
