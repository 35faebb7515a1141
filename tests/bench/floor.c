/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The least that `nicfix check` could take of a host that it has checked before: the same calls on the bus, in
 * the same batches, and the same kernel lists, through the same libraries, but it keeps nothing and decides
 * nothing. The argument is the uplink, which nicfix has to find. bench.py checks that both make the same
 * calls. */
#include <gio/gio.h>

#include <linux/fib_rules.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/inet_diag.h>
#include <linux/netconf.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <netinet/tcp.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <netlink/socket.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/socket.h>

#define FIREWALLD    "org.fedoraproject.FirewallD1"
#define RUNNING_PATH "/org/fedoraproject/FirewallD1"
#define CONFIG_PATH  "/org/fedoraproject/FirewallD1/config"
#define PROPERTIES   "org.freedesktop.DBus.Properties"
#define BUS          "org.freedesktop.DBus"

enum {
    FAMILY_INET = 1, /* NFPROTO_INET of linux/netfilter.h, which does not go with netinet/in.h */
    RECEIVE_BUFFER_SIZE = 1 << 20,
    SEND_BUFFER_SIZE = 1 << 15,
    DATAGRAM_SIZE = 1 << 15,
};

/* ---- the bus ---- */

static void answered(GObject *source, GAsyncResult *result, gpointer user)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GVariant) reply =
        g_dbus_connection_call_finish(G_DBUS_CONNECTION(source), result, &error);
    if (reply == NULL)
        g_error("floor: %s", error->message);
    --*(guint *)user;
}

static void ask(GDBusConnection *connection, guint *under_way, const char *name, const char *path,
                const char *interface, const char *method, const char *argument)
{
    ++*under_way;
    g_dbus_connection_call(connection, name, path, interface, method,
                           argument != NULL ? g_variant_new("(s)", argument) : NULL, NULL,
                           G_DBUS_CALL_FLAGS_NO_AUTO_START, -1, NULL, answered, under_way);
}

static void ask_bus(GDBusConnection *connection, guint *under_way, const char *method,
                    const char *name)
{
    ask(connection, under_way, BUS, "/org/freedesktop/DBus", BUS, method, name);
}

static void ask_first(GDBusConnection *connection, guint *under_way)
{
    ask(connection, under_way, FIREWALLD, RUNNING_PATH, PROPERTIES, "GetAll", FIREWALLD);
    ask(connection, under_way, FIREWALLD, RUNNING_PATH, FIREWALLD, "getDefaultZone", NULL);
    ask(connection, under_way, FIREWALLD, RUNNING_PATH, FIREWALLD ".zone", "getActiveZones", NULL);
    ask(connection, under_way, FIREWALLD, CONFIG_PATH, PROPERTIES, "GetAll", FIREWALLD ".config");
    ask_bus(connection, under_way, "NameHasOwner", "org.freedesktop.NetworkManager");
    ask_bus(connection, under_way, "GetNameOwner", FIREWALLD);
    ask_bus(connection, under_way, "GetConnectionUnixProcessID", FIREWALLD);
}

static void wait_for_answers(const guint *under_way)
{
    while (*under_way > 0)
        g_main_context_iteration(NULL, TRUE);
}

/* ---- the kernel ---- */

static struct nl_sock *open_netlink(int protocol)
{
    static const int options[] = {NETLINK_GET_STRICT_CHK, NETLINK_EXT_ACK, NETLINK_CAP_ACK};
    const int on = 1;
    struct nl_sock *netlink = nl_socket_alloc();
    if (netlink == NULL || nl_connect(netlink, protocol) < 0)
        g_error("floor: no netlink");
    for (gsize i = 0; i < G_N_ELEMENTS(options); i++)
        (void)setsockopt(nl_socket_get_fd(netlink), SOL_NETLINK, options[i], &on, sizeof on);
    (void)nl_socket_set_buffer_size(netlink, RECEIVE_BUFFER_SIZE, SEND_BUFFER_SIZE);
    (void)nl_socket_set_msg_buf_size(netlink, DATAGRAM_SIZE);
    return netlink;
}

/* Whether the last message of the list is among these. */
static bool is_end(void *bytes, int length)
{
    struct nlmsghdr *message = bytes;
    for (; nlmsg_ok(message, length); message = nlmsg_next(message, &length)) {
        if (message->nlmsg_type == NLMSG_DONE || message->nlmsg_type == NLMSG_ERROR)
            return true;
    }
    return false;
}

/* SEEN: each datagram; NULL: nobody looks. */
static void list(struct nl_sock *netlink, struct nl_msg *request,
                 void (*seen)(void *bytes, int length, GPtrArray *names), GPtrArray *names)
{
    bool ended = false;
    if (nl_send_auto(netlink, request) < 0)
        g_error("floor: cannot send");
    nlmsg_free(request);
    while (!ended) {
        struct sockaddr_nl sender;
        unsigned char *bytes = NULL;
        int length = nl_recv(netlink, &sender, &bytes, NULL);
        if (length <= 0)
            g_error("floor: cannot receive");
        ended = is_end(bytes, length);
        if (seen != NULL)
            seen(bytes, length, names);
        free(bytes);
    }
}

static struct nl_msg *request(int type, void *header, gsize size)
{
    struct nl_msg *message = nlmsg_alloc_simple(type, NLM_F_DUMP);
    if (message == NULL || nlmsg_append(message, header, size, NLMSG_ALIGNTO) < 0)
        g_error("floor: out of memory");
    return message;
}

static void list_routing(struct nl_sock *netlink)
{
    static const unsigned char families[] = {AF_INET, AF_INET6};
    struct tcmsg qdiscs = {.tcm_family = AF_UNSPEC};
    struct ifinfomsg links = {.ifi_family = AF_UNSPEC};
    struct ifaddrmsg addresses = {.ifa_family = AF_UNSPEC};
    struct nl_msg *of_links = request(RTM_GETLINK, &links, sizeof links);
    nla_put_u32(of_links, IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS);
    list(netlink, of_links, NULL, NULL);
    list(netlink, request(RTM_GETADDR, &addresses, sizeof addresses), NULL, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(families); i++) {
        struct rtmsg routes = {.rtm_family = families[i], .rtm_type = RTN_UNICAST};
        struct fib_rule_hdr rules = {.family = families[i]};
        struct netconfmsg forwarding = {.ncm_family = families[i]};
        list(netlink, request(RTM_GETROUTE, &routes, sizeof routes), NULL, NULL);
        list(netlink, request(RTM_GETRULE, &rules, sizeof rules), NULL, NULL);
        list(netlink, request(RTM_GETNETCONF, &forwarding, sizeof forwarding), NULL, NULL);
    }
    list(netlink, request(RTM_GETQDISC, &qdiscs, sizeof qdiscs), NULL, NULL);
}

/* ---- the kernel's rules ---- */

static struct nl_msg *rules_request(int type, const char *set)
{
    struct nfgenmsg header = {.nfgen_family = FAMILY_INET};
    struct nl_msg *message = request(NFNL_SUBSYS_NFTABLES << 8 | type, &header, sizeof header);
    nla_put_string(message, NFTA_RULE_TABLE, "firewalld"); /* the same number for sets */
    if (set != NULL)
        nla_put_string(message, NFTA_SET_ELEM_LIST_SET, set);
    return message;
}

static void keep_set_names(void *bytes, int length, GPtrArray *names)
{
    struct nlmsghdr *message = bytes;
    for (; nlmsg_ok(message, length); message = nlmsg_next(message, &length)) {
        struct nlattr *name = nlmsg_find_attr(message, sizeof(struct nfgenmsg), NFTA_SET_NAME);
        if (name != NULL && message->nlmsg_type != NLMSG_DONE)
            g_ptr_array_add(names, g_strdup(nla_get_string(name)));
    }
}

static void list_rules(struct nl_sock *netlink)
{
    g_autoptr(GPtrArray) sets = g_ptr_array_new_with_free_func(g_free);
    struct nfgenmsg any = {.nfgen_family = AF_UNSPEC};
    list(netlink, request(NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_GETTABLE, &any, sizeof any), NULL,
         NULL);
    list(netlink, request(NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_GETCHAIN, &any, sizeof any), NULL,
         NULL);
    list(netlink, rules_request(NFT_MSG_GETSET, NULL), keep_set_names, sets);
    list(netlink, rules_request(NFT_MSG_GETRULE, NULL), NULL, NULL);
    for (guint i = 0; i < sets->len; i++)
        list(netlink, rules_request(NFT_MSG_GETSETELEM, g_ptr_array_index(sets, i)), NULL, NULL);
}

/* ---- sockets ---- */

static void list_sockets(struct nl_sock *netlink)
{
    static const struct inet_diag_req_v2 wanted[] = {
        {.sdiag_family = AF_INET, .sdiag_protocol = IPPROTO_TCP, .idiag_states = 1u << TCP_LISTEN},
        {.sdiag_family = AF_INET, .sdiag_protocol = IPPROTO_UDP, .idiag_states = 1u << TCP_CLOSE},
        {.sdiag_family = AF_INET6, .sdiag_protocol = IPPROTO_TCP, .idiag_states = 1u << TCP_LISTEN},
        {.sdiag_family = AF_INET6, .sdiag_protocol = IPPROTO_UDP, .idiag_states = 1u << TCP_CLOSE},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(wanted); i++) {
        struct inet_diag_req_v2 header = wanted[i];
        list(netlink, request(SOCK_DIAG_BY_FAMILY, &header, sizeof header), NULL, NULL);
    }
}

static void read_by(int protocol, void (*read)(struct nl_sock *netlink))
{
    struct nl_sock *netlink = open_netlink(protocol);
    read(netlink);
    nl_socket_free(netlink);
}

static void read_kernel(void)
{
    read_by(NETLINK_NETFILTER, list_rules);
    read_by(NETLINK_SOCK_DIAG, list_sockets);
    read_by(NETLINK_ROUTE, list_routing);
}

int main(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GDBusConnection) connection = g_bus_get_sync(G_BUS_TYPE_SYSTEM, NULL, &error);
    guint under_way = 0;
    if (argc != 2 || connection == NULL)
        g_error("floor: %s", error != NULL ? error->message : "the argument is the uplink");
    g_dbus_connection_set_exit_on_close(connection, FALSE);
    ask_first(connection, &under_way);
    read_kernel();
    wait_for_answers(&under_way);
    ask(connection, &under_way, FIREWALLD, CONFIG_PATH, FIREWALLD ".config", "getZoneOfInterface",
        argv[1]);
    wait_for_answers(&under_way);
    return 0;
}
