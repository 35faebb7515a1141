/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Being told that something may have changed: rtnetlink's groups, and the signals of firewalld, of
 * NetworkManager and of the bus. What it is has to be observed anew; nothing is read here. */
#pragma once

#include "bus/bus.h"

typedef enum {
    EVENT_KERNEL = 1 << 0,   /* a link, an address, a route, a rule or a nexthop */
    EVENT_SERVICES = 1 << 1, /* firewalld or NetworkManager, or one of them came or went */
    EVENT_OVERRUN = 1 << 2,  /* the kernel had more to say than there was room for */
    EVENT_BUS_LOST = 1 << 3, /* nothing will be heard of the services any more */
} Event;

/* EVENTS: one or several of Event, or-ed. Called from the default main context. */
typedef void (*EventsTold)(guint events, gpointer user);

typedef struct Events Events;

/* Listens to the kernel from now on and tells TOLD. NULL with NICFIX_ERROR_NETLINK (transfer full). */
Events *events_new(EventsTold told, gpointer user, GError **error);

/* Listens on BUS as well, which must outlive EVENTS or the next call of this; NULL: on none. */
void events_listen(Events *events, Bus *bus);

void events_free(Events *events);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Events, events_free)
