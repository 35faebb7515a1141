/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A netlink socket in the main loop, and matches on the bus. */
#include "observe/events.h"

#include "bus/calls.h"
#include "model/error.h"

#include <errno.h>
#include <glib-unix.h>
#include <linux/rtnetlink.h>
#include <netlink/errno.h>
#include <netlink/netlink.h>
#include <stdbool.h>
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

struct Events {
    EventsFunc notify;
    gpointer user;
    struct nl_sock *socket;
    guint source;
    GDBusConnection *connection; /* NULL: none */
    gulong closed_handler;
    guint subscriptions[N_SUBSCRIPTIONS];
    guint n_subscriptions;
};

/* ---- the kernel ---- */

/* Only that messages came matters, and whether any was lost. */
static gboolean hear_kernel(int fd, GIOCondition condition G_GNUC_UNUSED, gpointer user)
{
    Events *events = user;
    char buffer[1 << 15];
    guint heard = 0;
    for (;;) {
        ssize_t length = recv(fd, buffer, sizeof buffer, MSG_DONTWAIT);
        if (length > 0)
            heard |= EVENT_KERNEL;
        else if (length < 0 && errno == ENOBUFS)
            heard |= EVENT_OVERRUN;
        else if (length == 0 || errno != EINTR)
            break;
    }
    if (heard != 0)
        events->notify(heard, events->user);
    return G_SOURCE_CONTINUE;
}

static bool join_groups(struct nl_sock *socket, GError **error)
{
    static const int groups[] = {
        RTNLGRP_LINK,       RTNLGRP_IPV4_IFADDR, RTNLGRP_IPV6_IFADDR, RTNLGRP_IPV4_ROUTE,
        RTNLGRP_IPV6_ROUTE, RTNLGRP_IPV4_RULE,   RTNLGRP_IPV6_RULE,
    };
    int status = nl_connect(socket, NETLINK_ROUTE);
    for (guint i = 0; status == 0 && i < G_N_ELEMENTS(groups); i++)
        status = nl_socket_add_membership(socket, groups[i]);
    if (status == 0)
        status = nl_socket_set_buffer_size(socket, SOCKET_BUFFER, 0);
    /* Before Linux 5.3 there are no nexthops. */
    if (status == 0)
        nl_socket_add_membership(socket, RTNLGRP_NEXTHOP);
    if (status == 0)
        return true;
    nicfix_error_set(error, NICFIX_ERROR_NETLINK, NULL, "cannot listen to rtnetlink: %s",
                     nl_geterror(status));
    return false;
}

Events *events_new(EventsFunc notify, gpointer user, GError **error)
{
    g_autoptr(Events) events = g_new0(Events, 1);
    events->notify = notify;
    events->user = user;
    events->socket = nl_socket_alloc();
    if (!join_groups(events->socket, error))
        return NULL;
    events->source =
        g_unix_fd_add(nl_socket_get_fd(events->socket), G_IO_IN | G_IO_ERR, hear_kernel, events);
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
    if (events->source != 0)
        g_source_remove(events->source);
    stop_listening(events);
    nl_socket_free(events->socket);
    g_free(events);
}
