/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Decoding the answers of inet_diag. */
#include "observe/kernel/sockets.h"

#include "observe/kernel/attributes.h"
#include "observe/kernel/netlink.h"

#include <linux/inet_diag.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <netlink/attr.h>
#include <netlink/msg.h>
#include <string.h>

/* So many sockets are kept: more than a host has that waits for others. */
enum { SOCKETS_MAX = 4096 };

static const struct nla_policy diag_policy[INET_DIAG_MAX + 1] = {
    [INET_DIAG_SKV6ONLY] = {.type = NLA_U8},
};

static const AttributeSet diag_attributes = {"a socket", INET_DIAG_MAX, diag_policy};

bool socket_from_message(const struct nlmsghdr *message, Protocol protocol, Socket *socket)
{
    struct nlattr *attributes[INET_DIAG_MAX + 1];
    if (!nlmsg_valid_hdr(message, sizeof(struct inet_diag_msg)))
        return false;
    const struct inet_diag_msg *header = nlmsg_data(message);
    *socket = (Socket){.protocol = protocol,
                       .port = g_ntohs(header->id.idiag_sport),
                       .interface = (int)header->id.idiag_if};
    if (socket->port == 0 || socket->interface < 0 ||
        !family_from_kernel(header->idiag_family, &socket->address.family) ||
        !attributes_parse(&diag_attributes, message, sizeof *header, attributes, NULL))
        return false;
    memcpy(socket->address.bytes, header->id.idiag_src,
           socket->address.family == FAMILY_IPV6 ? 16 : 4);
    const struct nlattr *only_ipv6 = attributes[INET_DIAG_SKV6ONLY];
    socket->only_ipv6 = only_ipv6 != NULL && nla_get_u8(only_ipv6) != 0;
    return true;
}

/* ---- one list ---- */

typedef struct {
    Protocol protocol;
    GPtrArray *sockets; /* Socket */
    bool left_out;
} SocketList;

static bool add_socket(const struct nlmsghdr *message, gpointer data, G_GNUC_UNUSED GError **error)
{
    SocketList *list = data;
    Socket socket;
    if (!socket_from_message(message, list->protocol, &socket))
        return true;
    if (list->sockets->len < SOCKETS_MAX)
        g_ptr_array_add(list->sockets, g_memdup2(&socket, sizeof socket));
    else
        list->left_out = true;
    return true;
}

static void forget_sockets(gpointer data)
{
    SocketList *list = data;
    g_ptr_array_set_size(list->sockets, 0);
    list->left_out = false;
}

static const NetlinkList socket_list = {
    .subject = "sockets",
    .need = NETLINK_LIST_OPTIONAL,
    .type = SOCK_DIAG_BY_FAMILY,
    .message = add_socket,
    .reset = forget_sockets,
};

/* A UDP socket that is connected to nobody is in the state TCP_CLOSE (net/ipv4/udp_diag.c). */
static bool list_sockets(Netlink *netlink, guint8 family, Protocol protocol, Snapshot *snapshot,
                         GError **error)
{
    bool is_tcp = protocol == PROTOCOL_TCP;
    const struct inet_diag_req_v2 any = {
        .sdiag_family = family,
        .sdiag_protocol = is_tcp ? IPPROTO_TCP : IPPROTO_UDP,
        .idiag_states = 1u << (is_tcp ? TCP_LISTEN : TCP_CLOSE),
    };
    g_autoptr(NetlinkRequest) request = netlink_request_new(SOCK_DIAG_BY_FAMILY, &any, sizeof any);
    g_autoptr(GPtrArray) sockets = g_ptr_array_new_with_free_func(g_free);
    SocketList list = {protocol, sockets, false};
    if (!netlink_list(netlink, request, &socket_list, &list, error))
        return false;
    if (list.left_out)
        snapshot_add_unread(snapshot, "some of the sockets", "NETLINK_SOCK_DIAG",
                            "there are too many of them");
    g_ptr_array_extend_and_steal(snapshot->sockets, g_steal_pointer(&sockets));
    return true;
}

void sockets_observe(Snapshot *snapshot)
{
    static const guint8 families[] = {AF_INET, AF_INET6};
    static const Protocol protocols[] = {PROTOCOL_TCP, PROTOCOL_UDP};
    g_autoptr(GError) error = NULL;
    g_autoptr(Netlink) netlink = netlink_new(NETLINK_SOCK_DIAG, &error);
    for (guint i = 0; netlink != NULL && error == NULL && i < 4; i++)
        (void)!list_sockets(netlink, families[i / 2], protocols[i % 2], snapshot, &error);
    if (error != NULL)
        snapshot_add_unread(snapshot, "the sockets that listen", "NETLINK_SOCK_DIAG",
                            error->message);
}
