/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Two netlink sockets in the main loop, and matches on the bus. */
#include "observe/events.h"

#include "bus/calls.h"
#include "model/error.h"

#include <errno.h>
#include <glib-unix.h>
#include <netlink/errno.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>

#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/rtnetlink.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>

enum { SOCKET_BUFFER = 1 << 20 }; /* bytes: room for some thousand messages */

/* The signals of NetworkManager that concern a snapshot; others come all the time, such as the strength
 * of wireless networks. */
static const struct {
    const char *interface;
    const char *member;
} networkmanager_signals[] = {
    {NETWORKMANAGER_SERVICE ".Device", "StateChanged"},
    {NETWORKMANAGER_SERVICE ".Settings.Connection", "Updated"},
    {NETWORKMANAGER_SERVICE ".Settings.Connection", "Removed"},
    {NETWORKMANAGER_SERVICE, "DeviceAdded"},
    {NETWORKMANAGER_SERVICE, "DeviceRemoved"},
};

enum { N_SUBSCRIPTIONS = 3 + G_N_ELEMENTS(networkmanager_signals) };

typedef struct {
    struct nl_sock *socket;
    guint source;
} KernelSocket;

struct Events {
    EventsFunc notify;
    gpointer user;
    KernelSocket route;
    KernelSocket netfilter;      /* without its right, nothing is heard on it */
    GDBusConnection *connection; /* NULL: none */
    gulong closed_handler;
    guint subscriptions[N_SUBSCRIPTIONS];
    guint n_subscriptions;
};

/* ---- the kernel ---- */

/* What messages of a socket are about, and whether any was lost. */
static gboolean hear(int fd, guint (*meaning)(char *messages, int length), Events *events)
{
    char buffer[1 << 15] __attribute__((aligned(NLMSG_ALIGNTO)));
    guint heard = 0;
    for (;;) {
        ssize_t length = recv(fd, buffer, sizeof buffer, MSG_DONTWAIT);
        if (length > 0)
            heard |= meaning(buffer, (int)length);
        else if (length < 0 && errno == ENOBUFS)
            heard |= EVENT_OVERRUN;
        else if (length == 0 || errno != EINTR)
            break;
    }
    if (heard != 0)
        events->notify(heard, events->user);
    return G_SOURCE_CONTINUE;
}

static guint route_meaning(G_GNUC_UNUSED char *messages, G_GNUC_UNUSED int length)
{
    return EVENT_KERNEL;
}

static gboolean hear_routes(int fd, G_GNUC_UNUSED GIOCondition condition, gpointer events)
{
    return hear(fd, route_meaning, events);
}

/* During a reload there is a table firewalld_policy_drop. */
static bool is_firewalld(const struct nlattr *table)
{
    static const char name[] = "firewalld";
    return nla_len(table) >= (int)strlen(name) && memcmp(nla_data(table), name, strlen(name)) == 0;
}

/* firewalld's own rules change with its configuration, and a reload takes a while between the two. The
 * first attribute of a chain, rule, set or element is the name of its table. */
static guint netfilter_meaning(char *messages, int length)
{
    guint events = EVENT_KERNEL;
    struct nlmsghdr *message = (struct nlmsghdr *)(void *)messages;
    for (; nlmsg_ok(message, length); message = nlmsg_next(message, &length)) {
        const struct nlattr *table =
            nlmsg_valid_hdr(message, sizeof(struct nfgenmsg))
                ? nlmsg_find_attr(message, sizeof(struct nfgenmsg), NFTA_RULE_TABLE)
                : NULL;
        if (table != NULL && is_firewalld(table))
            events |= EVENT_SERVICES;
    }
    return events;
}

static gboolean hear_netfilter(int fd, G_GNUC_UNUSED GIOCondition condition, gpointer events)
{
    return hear(fd, netfilter_meaning, events);
}

static void begin_hearing(Events *events, KernelSocket *kernel, GUnixFDSourceFunc hear_it)
{
    kernel->source =
        g_unix_fd_add(nl_socket_get_fd(kernel->socket), G_IO_IN | G_IO_ERR, hear_it, events);
}

static bool listen_to_routes(Events *events, GError **error)
{
    static const int groups[] = {
        RTNLGRP_LINK,       RTNLGRP_IPV4_IFADDR, RTNLGRP_IPV6_IFADDR, RTNLGRP_IPV4_ROUTE,
        RTNLGRP_IPV6_ROUTE, RTNLGRP_IPV4_RULE,   RTNLGRP_IPV6_RULE,
    };
    struct nl_sock *socket = nl_socket_alloc();
    events->route.socket = socket;
    int status = nl_connect(socket, NETLINK_ROUTE);
    for (guint i = 0; status == 0 && i < G_N_ELEMENTS(groups); i++)
        status = nl_socket_add_membership(socket, groups[i]);
    if (status == 0)
        status = nl_socket_set_buffer_size(socket, SOCKET_BUFFER, 0);
    if (status != 0) {
        nicfix_error_set(error, NICFIX_ERROR_NETLINK, NULL, "cannot listen to rtnetlink: %s",
                         nl_geterror(status));
        return false;
    }
    /* Before Linux 5.3 there are no nexthops. */
    nl_socket_add_membership(socket, RTNLGRP_NEXTHOP);
    begin_hearing(events, &events->route, hear_routes);
    return true;
}

/* This needs CAP_NET_ADMIN, as reading the rules does. */
static void listen_to_netfilter(Events *events)
{
    struct nl_sock *socket = nl_socket_alloc();
    events->netfilter.socket = socket;
    if (nl_connect(socket, NETLINK_NETFILTER) == 0 &&
        nl_socket_add_membership(socket, NFNLGRP_NFTABLES) == 0 &&
        nl_socket_set_buffer_size(socket, SOCKET_BUFFER, 0) == 0)
        begin_hearing(events, &events->netfilter, hear_netfilter);
}

static void stop_hearing(KernelSocket *kernel)
{
    if (kernel->source != 0)
        g_source_remove(kernel->source);
    nl_socket_free(kernel->socket);
}

Events *events_new(EventsFunc notify, gpointer user, GError **error)
{
    g_autoptr(Events) events = g_new0(Events, 1);
    events->notify = notify;
    events->user = user;
    if (!listen_to_routes(events, error))
        return NULL;
    listen_to_netfilter(events);
    return g_steal_pointer(&events);
}

/* ---- the bus ---- */

static void hear_service(GDBusConnection *connection G_GNUC_UNUSED,
                         const char *sender G_GNUC_UNUSED, const char *path G_GNUC_UNUSED,
                         const char *interface G_GNUC_UNUSED, const char *member G_GNUC_UNUSED,
                         GVariant *parameters G_GNUC_UNUSED, gpointer user)
{
    Events *events = user;
    events->notify(EVENT_SERVICES, events->user);
}

static void hear_close(GDBusConnection *connection G_GNUC_UNUSED, gboolean vanished G_GNUC_UNUSED,
                       GError *error G_GNUC_UNUSED, gpointer user)
{
    Events *events = user;
    events->notify(EVENT_BUS_LOST, events->user);
}

static void subscribe(Events *events, const char *sender, const char *interface, const char *member,
                      const char *argument)
{
    events->subscriptions[events->n_subscriptions++] = g_dbus_connection_signal_subscribe(
        events->connection, sender, interface, member, NULL, argument, G_DBUS_SIGNAL_FLAGS_NONE,
        hear_service, events, NULL);
}

static void stop_listening(Events *events)
{
    for (guint i = 0; i < events->n_subscriptions; i++)
        g_dbus_connection_signal_unsubscribe(events->connection, events->subscriptions[i]);
    events->n_subscriptions = 0;
    if (events->connection != NULL)
        g_signal_handler_disconnect(events->connection, events->closed_handler);
    g_clear_object(&events->connection);
}

/* The only sign of a restart of firewalld is that its name changes hands (1.3.3). */
void events_listen(Events *events, Bus *bus)
{
    stop_listening(events);
    if (bus == NULL)
        return;
    events->connection = g_object_ref(bus_connection(bus));
    events->closed_handler =
        g_signal_connect(events->connection, "closed", G_CALLBACK(hear_close), events);
    subscribe(events, FIREWALLD_SERVICE, NULL, NULL, NULL);
    static const char *const services[] = {FIREWALLD_SERVICE, NETWORKMANAGER_SERVICE};
    for (guint i = 0; i < G_N_ELEMENTS(services); i++)
        subscribe(events, "org.freedesktop.DBus", "org.freedesktop.DBus", "NameOwnerChanged",
                  services[i]);
    for (guint i = 0; i < G_N_ELEMENTS(networkmanager_signals); i++)
        subscribe(events, NETWORKMANAGER_SERVICE, networkmanager_signals[i].interface,
                  networkmanager_signals[i].member, NULL);
}

void events_free(Events *events)
{
    if (events == NULL)
        return;
    stop_listening(events);
    stop_hearing(&events->route);
    stop_hearing(&events->netfilter);
    g_free(events);
}
